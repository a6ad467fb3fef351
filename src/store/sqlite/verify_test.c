/* SPDX-License-Identifier: Apache-2.0
 *
 * Checksums of pages and the verification of the files: every damage is found, and nothing else is reported.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/log.h"
#include "store/sqlite/wal.h"
#include "store/verify.h"

#define PAGE 4096
#define TENANTS 40
#define ROWS 30

struct scratch {
    char dir[4096];
    struct arena a;
};

static int set_up(void **state) {
    struct scratch *s = calloc(1, sizeof(*s));
    fixture_dir(s->dir);
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    struct scratch *s = *state;
    fixture_remove(s->dir);
    arena_free(&s->a);
    free(s);
    return 0;
}

/* ---- what a verification says ---- */

struct said {
    unsigned n;
    char first[512];
    char all[4096];
};

static void note(void *ctx, struct str line) {
    struct said *said = ctx;
    size_t used = strlen(said->all);
    if (said->n++ == 0)
        snprintf(said->first, sizeof(said->first), "%.*s", STR_FMT(line));
    snprintf(said->all + used, sizeof(said->all) - used, "%.*s\n", STR_FMT(line));
}

static int verify(const char *dir, struct said *ret, struct verify_result *result) {
    memset(ret, 0, sizeof(*ret));
    const struct verify_watch w = {.finding = note, .ctx = ret};
    return verify_pages(dir, &w, result);
}

static void assert_sound(const char *dir) {
    struct said said;
    struct verify_result result;
    assert_int_equal(verify(dir, &said, &result), 0);
    assert_string_equal(said.all, "");
    assert_true(result.checksums);
    assert_true(result.pages > 10);
    assert_int_equal(result.damaged, 0);
}

/* ---- databases ---- */

/* These tests are not about power failures, so nothing waits for the disk. */
static struct db *open_to_write(const char *dir) {
    struct db *db = fixture_open(dir, DB_WRITE);
    assert_int_equal(sqlite3_exec(sqlite_of(db)->handle, "PRAGMA synchronous = OFF", 0, 0, 0), SQLITE_OK);
    return db;
}

static void add_tenant(struct db *db, int64_t tenant, size_t bytes) {
    char *text = malloc(bytes);
    memset(text, (int)('a' + tenant % 26), bytes);
    assert_int_equal(db_begin(db), 0);
    for (int64_t id = 1; id <= ROWS; id++)
        assert_int_equal(fixture_add(db, tenant, id, (struct str){text, bytes / 4 * (size_t)(id % 4 + 1)}, id), 1);
    assert_int_equal(db_commit(db), 0);
    free(text);
}

static void remove_tenant(struct db *db, int64_t tenant) {
    struct db_query q DB_CLEANUP = T_QUERY(db, T_DELETE);
    db_bind_int(&q, 1, tenant);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(db_run(&q), ROWS);
    assert_int_equal(db_commit(db), 0);
}

/* Rows within a page and rows with overflow pages; freed and reused pages. */
static void work(struct db *db, int64_t first) {
    for (int64_t i = 0; i < TENANTS; i++)
        add_tenant(db, first + i, i % 5 == 0 ? 60000 : 1500);
    for (int64_t i = 0; i < TENANTS; i += 2)
        remove_tenant(db, first + i);
    for (int64_t i = 0; i < TENANTS; i += 4)
        add_tenant(db, first + i, 3000);
}

static void make(const char *dir) {
    struct db *db = open_to_write(dir);
    work(db, 1);
    db_close(db);
}

static int open_bytes(const char *dir, const char *name) {
    char path[8192];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    return fd;
}

static int64_t size_of(int fd) {
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    return st.st_size;
}

static void flip(int fd, int64_t at, unsigned bit) {
    unsigned char c;
    assert_int_equal(pread(fd, &c, 1, at), 1);
    c ^= (unsigned char)(1U << bit);
    assert_int_equal(pwrite(fd, &c, 1, at), 1);
}

static void copy_file(const char *from, const char *to, const char *name) {
    char source[8192], target[8192], bytes[65536];
    snprintf(source, sizeof(source), "%s/%s", from, name);
    snprintf(target, sizeof(target), "%s/%s", to, name);
    int in = open(source, O_RDONLY), out = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ssize_t n;
    assert_true(in >= 0 && out >= 0);
    while ((n = read(in, bytes, sizeof(bytes))) > 0)
        assert_int_equal(write(out, bytes, (size_t)n), n);
    close(in);
    close(out);
}

/* ---- tests ---- */

static void test_sound(void **state) {
    struct scratch *s = *state;
    struct said said;
    struct verify_result result;

    assert_int_equal(verify(s->dir, &said, &result), -ENOENT);
    make(s->dir);
    assert_sound(s->dir);
    struct db *db = open_to_write(s->dir); /* the log is in use */
    work(db, 1000);
    assert_sound(s->dir);
    db_close(db);
    assert_sound(s->dir);
}

/* Any bit of any page, the checksums and the header included. */
static void test_flipped_bits(void **state) {
    struct scratch *s = *state;
    struct said said;
    struct verify_result result;
    unsigned seed = 20261128;
    char wanted[32];

    make(s->dir);
    int fd = open_bytes(s->dir, "hired.db");
    for (int i = 0; i < 60; i++) {
        int64_t at = (int64_t)((uint64_t)rand_r(&seed) * 65536 + (uint64_t)rand_r(&seed)) % size_of(fd);
        unsigned bit = (unsigned)rand_r(&seed) % 8;
        flip(fd, at, bit);
        assert_int_equal(verify(s->dir, &said, &result), 0);
        assert_int_equal(said.n, 1);
        assert_int_equal(result.damaged, 1);
        snprintf(wanted, sizeof(wanted), "page %lld of ", (long long)at / PAGE + 1);
        assert_non_null(strstr(said.first, wanted));
        flip(fd, at, bit);
    }
    /* The byte that says whether there are checksums. */
    for (unsigned bit = 0; bit < 8; bit++) {
        flip(fd, 20, bit);
        assert_int_equal(verify(s->dir, &said, &result), 0);
        assert_true(result.checksums);
        assert_int_equal(said.n, 1);
        flip(fd, 20, bit);
    }
    close(fd);
    assert_sound(s->dir);
}

static void test_exchanged_pages(void **state) {
    struct scratch *s = *state;
    struct said said;
    struct verify_result result;
    char page[PAGE], zero[PAGE] = {0};

    make(s->dir);
    int fd = open_bytes(s->dir, "hired.db");
    int64_t pages = size_of(fd) / PAGE;
    for (int64_t i = 20; i < 40; i++) { /* intact pages of the same database, in the place of others */
        assert_int_equal(pread(fd, page, PAGE, (pages - i) * PAGE), PAGE);
        assert_int_equal(pwrite(fd, page, PAGE, i * PAGE), PAGE);
    }
    assert_int_equal(pwrite(fd, zero, PAGE, 50 * PAGE), PAGE); /* a lost write */
    assert_int_equal(verify(s->dir, &said, &result), 0);
    assert_int_equal(result.damaged, 21);
    assert_non_null(strstr(said.all, "page 51 of "));
    assert_int_equal(ftruncate(fd, (pages - 3) * PAGE + 100), 0);
    assert_int_equal(verify(s->dir, &said, &result), 0);
    assert_int_equal(result.damaged, 24);
    assert_non_null(strstr(said.all, "the file ends before"));
    close(fd);
}

/* The page says whose it is, although its parent or sibling may be damaged too. */
static void test_names_table(void **state) {
    struct scratch *s = *state;
    struct said said;
    struct verify_result result;
    sqlite3 *h;
    sqlite3_stmt *q;

    make(s->dir);
    struct db *db = fixture_open(s->dir, DB_READ);
    h = sqlite_of(db)->handle;
    assert_int_equal(
        sqlite3_prepare_v2(h, "SELECT pageno FROM dbstat WHERE name = 't' AND pagetype = 'leaf' ORDER BY random()", -1,
                           &q, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t page = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    db_close(db);
    int fd = open_bytes(s->dir, "hired.db");
    flip(fd, (page - 1) * PAGE + 2000, 3);
    close(fd);
    assert_int_equal(verify(s->dir, &said, &result), 0);
    assert_int_equal(said.n, 1);
    assert_non_null(strstr(said.first, " (t): "));
}

/* All ways in which a whole database is written give checksums. */
static void test_copies(void **state) {
    struct scratch *s = *state;
    char to[4096], path[8192];

    make(s->dir);
    for (int way = 0; way < 3; way++) {
        struct db *db = fixture_open(s->dir, way == 1 ? DB_READ : DB_WRITE);
        if (way != 1)
            work(db, 10000 * (way + 1)); /* the copied pages come from the log */
        fixture_dir(to);
        snprintf(path, sizeof(path), "%s/hired.db", to);
        if (way < 2) {
            assert_int_equal(db_copy(db, path, NULL), 0);
        } else {
            struct str sql = arena_printf(&s->a, "VACUUM INTO '%s'", path);
            sqlite3_db_config(sqlite_of(db)->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
            sqlite3_limit(sqlite_of(db)->handle, SQLITE_LIMIT_ATTACHED, 1);
            if (sqlite3_exec(sqlite_of(db)->handle, sql.ptr, NULL, NULL, NULL) != SQLITE_OK)
                fail_msg("%s", sqlite3_errmsg(sqlite_of(db)->handle));
        }
        assert_sound(to);
        db_close(db);
        fixture_remove(to);
    }
}

/* A database of an older hired has no room for checksums until it is rewritten. */
static void test_without_checksums(void **state) {
    struct scratch *s = *state;
    struct said said;
    struct verify_result result;
    char path[8192];
    sqlite3 *h;

    snprintf(path, sizeof(path), "%s/hired.db", s->dir);
    sqlite_setup();
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h,
                                  "PRAGMA page_size = 16384; PRAGMA application_id = 1214870117;"
                                  "PRAGMA journal_mode = WAL; BEGIN;",
                                  0, 0, 0),
                     SQLITE_OK);
    for (unsigned i = 0; i < FIXTURE_STEPS_N; i++)
        assert_int_equal(sqlite3_exec(h, fixture_steps[i], 0, 0, 0), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "INSERT INTO meta VALUES ('schema', '1'); COMMIT", 0, 0, 0), SQLITE_OK);
    sqlite3_close(h);
    make(s->dir);
    assert_int_equal(verify(s->dir, &said, &result), 0);
    assert_false(result.checksums);
    assert_int_equal(said.n, 0);

    /* The last bytes of its pages are data. */
    struct db *db = fixture_open(s->dir, DB_READ);
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(sqlite_of(db)->handle, "PRAGMA integrity_check", -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(q, 0), "ok");
    sqlite3_finalize(q);
    db_close(db);

    int fd = open_bytes(s->dir, "hired.db");
    assert_int_equal(ftruncate(fd, size_of(fd) - PAGE), 0);
    assert_int_equal(verify(s->dir, &said, &result), 0);
    assert_int_equal(result.damaged, 1);
    close(fd);
}

static void test_rewritten(void **state) {
    struct scratch *s = *state;
    char path[8192];
    sqlite3 *h;

    snprintf(path, sizeof(path), "%s/hired.db", s->dir);
    sqlite_setup();
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "PRAGMA page_size = 16384; PRAGMA application_id = 1214870117;", 0, 0, 0), 0);
    for (unsigned i = 0; i < FIXTURE_STEPS_N; i++)
        assert_int_equal(sqlite3_exec(h, fixture_steps[i], 0, 0, 0), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, "INSERT INTO meta VALUES ('schema', '1')", 0, 0, 0), SQLITE_OK);
    sqlite3_close(h);
    struct db *db = open_to_write(s->dir);
    work(db, 1);
    sqlite3_limit(sqlite_of(db)->handle, SQLITE_LIMIT_ATTACHED, 1);
    if (sqlite3_exec(sqlite_of(db)->handle, "VACUUM", 0, 0, 0) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(sqlite_of(db)->handle));
    work(db, 1000);
    db_close(db);
    assert_sound(s->dir);
}

/* ---- the log ---- */

/* A copy of the files while the database is open: the log as a crash leaves it. */
static void make_crashed(const char *dir, const char *to) {
    struct db *db = open_to_write(dir);
    db_tend(db, false); /* from now on only db_tend makes checkpoints */
    work(db, 1);
    copy_file(dir, to, "hired.db");
    copy_file(dir, to, "hired.db-wal");
    db_close(db);
}

static void test_log(void **state) {
    struct scratch *s = *state;
    struct said said;
    struct verify_result result;
    struct wal_scan whole, scan;
    char to[4096], path[8192];

    fixture_dir(to);
    snprintf(path, sizeof(path), "%s/hired.db", to);
    make_crashed(s->dir, to);
    assert_int_equal(wal_scan(path, NULL, NULL, &whole), 0);
    assert_true(whole.committed > 100);
    assert_int_equal(whole.damaged, 0);
    int fd = open_bytes(to, "hired.db-wal");
    for (uint32_t frame = 1; frame + 80 < whole.committed; frame += 101) {
        int64_t at = 32 + (int64_t)(frame - 1) * (24 + PAGE) + frame * 13 % (24 + PAGE);
        flip(fd, at, frame % 8);
        assert_int_equal(wal_scan(path, NULL, NULL, &scan), 0);
        assert_int_equal(scan.damaged, frame);
        assert_true(scan.lost > 0);
        flip(fd, at, frame % 8);
    }
    flip(fd, 32 + 9 * (24 + PAGE) + 100, 1);
    assert_int_equal(verify(to, &said, &result), 0);
    assert_true(result.log_damaged);
    assert_non_null(strstr(said.first, "is damaged in frame 10"));
    flip(fd, 32 + 9 * (24 + PAGE) + 100, 1);
    /* What a crash leaves: a last transaction that is cut off, or torn. */
    assert_int_equal(ftruncate(fd, size_of(fd) - 5000), 0);
    flip(fd, size_of(fd) - 2 * PAGE, 1);
    assert_int_equal(verify(to, &said, &result), 0);
    assert_false(result.log_damaged);
    assert_int_equal(said.n, 0);
    close(fd);
    fixture_remove(to);
}

/* ---- beside a writer ---- */

struct busy {
    const char *dir;
    atomic_bool stop;
    unsigned rounds;
};

static void *write_on(void *arg) {
    struct busy *b = arg;
    struct db *db = open_to_write(b->dir);
    for (; !atomic_load(&b->stop); b->rounds++) {
        work(db, 1000 * (b->rounds % 3 + 1) + 100000 * (b->rounds / 3 % 2));
        for (int64_t i = 0; i < TENANTS; i++) {
            struct db_query q DB_CLEANUP = T_QUERY(db, T_DELETE);
            db_bind_int(&q, 1, 1000 * (b->rounds % 3 + 1) + 100000 * (b->rounds / 3 % 2) + i);
            db_begin(db);
            db_run(&q);
            db_query_end(&q);
            db_commit(db);
        }
        db_tend(db, true);
    }
    db_close(db);
    return NULL;
}

static void test_beside_writer(void **state) {
    struct scratch *s = *state;
    struct busy b = {.dir = s->dir};
    pthread_t thread;

    make(s->dir);
    pthread_create(&thread, NULL, write_on, &b);
    for (int i = 0; i < 20; i++)
        assert_sound(s->dir);
    atomic_store(&b.stop, true);
    pthread_join(thread, NULL);
    assert_true(b.rounds > 0);
    assert_sound(s->dir);
}

/* ---- pace ---- */

static int stop_third(void *ctx, size_t bytes) {
    struct said *said = ctx;
    assert_true(bytes > 0 && bytes <= 256 << 10);
    return ++said->n == 3 ? -ECANCELED : 0;
}

static void test_stops(void **state) {
    struct scratch *s = *state;
    struct said said = {0};
    struct verify_result result;
    const struct verify_watch w = {.pace = stop_third, .finding = note, .ctx = &said};

    make(s->dir);
    assert_int_equal(verify_pages(s->dir, &w, &result), -ECANCELED);
    assert_int_equal(said.n, 3);
}

int main(void) {
    log_set_level((enum log_level)(LOG_ERROR + 1)); /* damaged databases, all meant */
    cmocka_set_message_output(CM_OUTPUT_TAP);
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_sound),       TEST(test_flipped_bits), TEST(test_exchanged_pages),
        TEST(test_names_table), TEST(test_copies),       TEST(test_without_checksums),
        TEST(test_rewritten),   TEST(test_log),          TEST(test_beside_writer),
        TEST(test_stops),
    };
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
