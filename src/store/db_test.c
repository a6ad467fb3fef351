/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: files, schema steps, upkeep, checks. engine_test.c has what holds for every driver.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

struct scratch {
    char dir[4096];
    struct arena a;
    struct str why;
};

static int setup(void **state) {
    struct scratch *s = mem_alloc(sizeof(*s));
    fixture_dir(s->dir);
    *state = s;
    return 0;
}

static int teardown(void **state) {
    struct scratch *s = *state;
    fixture_remove(s->dir);
    arena_free(&s->a);
    free(s);
    return 0;
}

static bool why_has(const struct scratch *s, const char *part) {
    return s->why.ptr && strstr(s->why.ptr, part);
}

static int64_t ask(struct db *db, const char *sql) {
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(sqlite_of(db)->handle, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

static void overwrite(const char *dir, long at, const void *bytes, size_t len) {
    char path[4200];
    snprintf(path, sizeof(path), "%s/hired.db", dir);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

/* ---- opening and the schema ---- */

static void test_fresh(void **state) {
    struct scratch *s = *state;
    char dir[4200], path[4300];
    struct stat st;
    struct db *db;

    snprintf(dir, sizeof(dir), "%s/new", s->dir);
    assert_int_equal(fixture_try(&db, dir, DB_READ, 2, &s->a, &s->why), -ENOENT);
    assert_true(why_has(s, "There is no database in"));
    assert_int_equal(fixture_try(&db, dir, DB_WRITE, 2, &s->a, &s->why), 0);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/hired.db", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), 1);
    assert_int_equal(ask(db, "PRAGMA page_size"), 4096);
    assert_int_equal(ask(db, "PRAGMA synchronous"), 2);
    assert_int_equal(ask(db, "PRAGMA foreign_keys"), 0);
    assert_int_equal(ask(db, "PRAGMA trusted_schema"), 0);
    snprintf(path, sizeof(path), "%s/hired.db-wal", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    db_close(db);
    assert_int_equal(fixture_try(&db, dir, DB_WRITE, 2, &s->a, &s->why), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
    fixture_remove(dir);
}

static void test_migrates(void **state) {
    struct scratch *s = *state;
    struct db *db;

    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 1, &s->a, &s->why), 0);
    db_close(db);
    assert_int_equal(fixture_try(&db, s->dir, DB_READ, 2, &s->a, &s->why), -EPROTO);
    assert_true(why_has(s, "has schema 0, this hired needs 1"));
    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 2, &s->a, &s->why), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
    for (int access = DB_READ; access <= DB_WRITE; access++) {
        assert_int_equal(fixture_try(&db, s->dir, (enum db_access)access, 1, &s->a, &s->why), -EPROTO);
        assert_true(why_has(s, "has schema 1, made by a newer hired; this one knows schemas up to 0."));
    }
    db = fixture_open(s->dir, DB_READ);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), 1);
    db_close(db);
}

/* A step that fails leaves nothing of itself or of those before it. */
static void test_migration_fails(void **state) {
    struct scratch *s = *state;
    const char *const steps[] = {fixture_steps[0], fixture_steps[1], "CREATE TABLE u (a INTEGER); CREATE NONSENSE;"};
    struct db_options o = {.dir = s->dir, .busy_ms = 100};
    struct db *db;

    db_close(fixture_open(s->dir, DB_WRITE));
    assert_int_equal(db_open_with(&db, &o, DB_WRITE, steps, 3, fixture_texts, T_N, &s->a, &s->why), -EINVAL);
    assert_true(why_has(s, "taking schema step 002"));
    db = fixture_open(s->dir, DB_WRITE);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'u'"), 0);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), 1);
    db_close(db);
}

/* A process that dies in the middle of a migration; and one that made nothing but an empty file. */
static void test_migration_interrupted(void **state) {
    struct scratch *s = *state;
    struct db *db;

    overwrite(s->dir, 0, "", 0);
    assert_int_equal(fixture_try(&db, s->dir, DB_READ, 2, &s->a, &s->why), -ENOENT);
    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 1, &s->a, &s->why), 0);
    db_close(db);
    pid_t child = fork();
    if (child == 0) {
        db = NULL;
        if (fixture_try(&db, s->dir, DB_WRITE, 1, &s->a, &s->why) < 0 ||
            sqlite3_exec(sqlite_of(db)->handle, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE", 0, 0,
                         0) ||
            sqlite3_exec(sqlite_of(db)->handle, fixture_steps[1], 0, 0, 0) ||
            sqlite3_exec(
                sqlite_of(db)->handle,
                "UPDATE meta SET value = '1'; CREATE TABLE big (b TEXT); WITH RECURSIVE c (i) AS (SELECT 1 UNION "
                "ALL SELECT i + 1 FROM c WHERE i < 100) INSERT INTO big SELECT hex(zeroblob(10000)) FROM c",
                0, 0, 0))
            _exit(1);
        _exit(0); /* without closing or committing; pages have been spilled to the log */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(fixture_try(&db, s->dir, DB_READ, 2, &s->a, &s->why), -EPROTO);
    db = fixture_open(s->dir, DB_WRITE);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'big'"), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
}

static void test_not_ours(void **state) {
    struct scratch *s = *state;
    struct db *db;
    char path[4200];
    sqlite3 *h;

    static const char text[] =
        "This is a text file, and a rather long one at that: longer than the header of a database, "
        "which takes a hundred bytes.";
    overwrite(s->dir, 0, text, sizeof(text));
    for (int access = DB_READ; access <= DB_WRITE; access++) {
        assert_int_equal(fixture_try(&db, s->dir, (enum db_access)access, 2, &s->a, &s->why), -EUCLEAN);
        assert_true(why_has(s, "is damaged, or not a database"));
    }
    snprintf(path, sizeof(path), "%s/hired.db", s->dir);
    unlink(path);
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    sqlite3_exec(h, "CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('schema', '1')", 0, 0, 0);
    sqlite3_close(h);
    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 2, &s->a, &s->why), -EUCLEAN);
    assert_true(why_has(s, "not one of hired"));
}

static void test_cannot_make(void **state) {
    struct scratch *s = *state;
    char dir[4200];
    struct db *db;

    snprintf(dir, sizeof(dir), "%s/no/such", s->dir);
    assert_int_equal(fixture_try(&db, dir, DB_WRITE, 2, &s->a, &s->why), -ENOENT);
    assert_true(why_has(s, "Cannot make the directory"));
}

/* ---- the project's own schema and statements ---- */

static void test_all_statements(void **state) {
    struct scratch *s = *state;
    struct db_options o = {.dir = s->dir, .busy_ms = 100, .mmap_bytes = 1 << 20};
    struct db *db;

    assert_int_equal(db_open(&db, &o, DB_WRITE, &s->a, &s->why), 0);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), db_schema_version());
    for (int i = 0; i < DB_STATEMENTS; i++) {
        struct db_query q DB_CLEANUP = db_query(db, (enum db_statement)i);
        if (q.error)
            fail_msg("%s: %s", db_statement_texts[i].name, sqlite3_errmsg(sqlite_of(db)->handle));
        assert_int_equal(sqlite3_bind_parameter_count(((struct statement *)q.stmt)->handle),
                         db_statement_texts[i].parameters);
    }
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("schema"));
    assert_int_equal(db_row(&q), 1);
    assert_int_equal(db_int(&q, COL_META_GET_VALUE), db_schema_version());
    assert_int_equal(db_int(&q, COL_FIRST), db_schema_version());
    db_query_end(&q);
    db_close(db);
}

/* ---- after a crash ---- */

/* What a killed process left in the log is there for whoever opens first, even to read only. */
static void test_reader_recovers(void **state) {
    struct scratch *s = *state;
    pid_t child = fork();
    if (child == 0) {
        struct db *db = fixture_open(s->dir, DB_WRITE);
        db_begin(db);
        fixture_add(db, 1, 7, STR("x"), 1);
        _exit(db_commit(db) < 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct db *reader = fixture_open(s->dir, DB_READ);
    assert_true(fixture_get(reader, 1, 7, NULL));
    db_close(reader);
}

/* ---- upkeep and checks ---- */

static void fill(struct db *db, int64_t tenant, int n) {
    char label[8000];
    memset(label, 'x', sizeof(label));
    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < n; i++)
        assert_int_equal(fixture_add(db, tenant, i, (struct str){label, sizeof(label)}, 1), 1);
    assert_int_equal(db_commit(db), 0);
}

static void test_log_upkeep(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);

    sqlite_of(db)->log_due = sqlite_of(db)->log_step = 256; /* instead of hundreds of megabytes */
    sqlite_of(db)->log_many = 2048;
    for (int tended = 0; tended < 2; tended++) {
        for (int i = 0; i < 12; i++) {
            fill(db, i + 100 * tended, 40);
            if (tended)
                db_tend(db, false);
            assert_true(sqlite_of(db)->log_pages < 512);
        }
        fill(db, 50 + tended, 1);
        assert_false(sqlite_of(db)->log_clean);
        db_tend(db, true);
        assert_true(sqlite_of(db)->log_clean);
    }
    char path[4200];
    struct stat st;
    snprintf(path, sizeof(path), "%s/hired.db-wal", s->dir);

    /* A reader that stays holds the log back; when it is gone, the log is cut. */
    struct db *reader = fixture_open(s->dir, DB_READ);
    assert_int_equal(db_snapshot_begin(reader), 0);
    assert_false(fixture_get(reader, -1, 1, NULL));
    for (int i = 0; i < 40; i++) {
        fill(db, 1000 + i, 40);
        db_tend(db, false);
    }
    assert_true(sqlite_of(db)->log_pages > 512);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 512 * 16384);
    db_snapshot_end(reader);
    for (int i = 0; i < 5; i++) {
        fill(db, 2000 + i, 40);
        db_tend(db, false);
    }
    assert_true(sqlite_of(db)->log_pages < 512);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < 128 * 17000);
    db_close(reader);
    db_close(db);
}

/* Whether the bytes stand in one of the database's files. */
static bool file_has(const char *dir, const char *name, const char *bytes) {
    char path[4200];
    struct stat st;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    assert_int_equal(fstat(fd, &st), 0);
    char *all = malloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, all, (size_t)st.st_size), st.st_size);
    close(fd);
    bool found = memmem(all, (size_t)st.st_size, bytes, strlen(bytes)) != NULL;
    free(all);
    return found;
}

static void delete_tenant(struct db *db, int64_t tenant) {
    struct db_query q DB_CLEANUP = db_query(db, (enum db_statement)T_DELETE);
    db_bind_int(&q, 1, tenant);
    assert_true(db_run(&q) >= 0);
}

/* Rows of many sizes come and go, so that pages are split, merged and rebuilt over and over, and rows of the odd
 * tenants say something that nobody may find afterwards. */
static void churn(struct db *db) {
    char label[6000];
    unsigned dice = 7;
    for (int round = 0; round < 100; round++) {
        assert_int_equal(db_begin(db), 0);
        for (int i = 0; i < 60; i++) {
            dice = dice * 1103515245 + 12345;
            int tenant = (int)(dice >> 16) % 200;
            size_t len = 40 + (dice >> 8) % (dice % 7 == 0 ? sizeof(label) - 40 : 700);
            for (size_t at = 0; at < len; at++)
                label[at] = (tenant & 1 ? "secret!!" : "harmless")[at % 8];
            (void)fixture_add(db, tenant, round * 1000 + i, (struct str){label, len}, 1);
        }
        delete_tenant(db, (dice >> 16) % 200);
        assert_int_equal(db_commit(db), 0);
        db_tend(db, round % 3 == 0);
    }
}

static void test_forget(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct db *reader = fixture_open(s->dir, DB_READ);

    churn(db);
    assert_int_equal(db_snapshot_begin(reader), 0);
    (void)fixture_get(reader, 1, 1, NULL);
    assert_true(file_has(s->dir, "hired.db", "secret!!"));
    assert_int_equal(db_begin(db), 0);
    for (int tenant = 1; tenant < 200; tenant += 2) {
        if (tenant % 4 == 1) {
            delete_tenant(db, tenant);
            continue;
        }
        char sql[128];
        snprintf(sql, sizeof(sql), "UPDATE t SET label = '' WHERE tenant = %d", tenant);
        assert_int_equal(sqlite3_exec(sqlite_of(db)->handle, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    db_forget(db);
    assert_int_equal(db_commit(db), 0);

    /* A reader that may still see it holds it back; then it goes by itself. */
    db_tend(db, false);
    assert_false(db_forgotten(db));
    db_snapshot_end(reader);
    for (int i = 0; i < 100 && !db_forgotten(db); i++) {
        db_tend(db, true);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    assert_true(db_forgotten(db));
    assert_false(file_has(s->dir, "hired.db", "secret!!"));
    assert_false(file_has(s->dir, "hired.db-wal", "secret!!"));
    assert_true(file_has(s->dir, "hired.db", "harmless"));
    db_close(reader);
    db_close(db);
}

struct findings_seen {
    int n;
    char last[256];
};

static void see_finding(void *ctx, struct str line) {
    struct findings_seen *seen = ctx;
    seen->n++;
    snprintf(seen->last, sizeof(seen->last), "%.*s", STR_FMT(line));
}

static void test_check(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct findings_seen seen = {0};

    fill(db, 1, 100);
    assert_int_equal(db_check(db, see_finding, &seen), 0);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 2, 1, STR("x"), -1), 1);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(db_check(db, see_finding, &seen), 1);
    assert_string_equal(seen.last, "t: n is negative");
    db_close(db);
    char garbage[16384];
    memset(garbage, 0x5a, sizeof(garbage));
    overwrite(s->dir, 10 * 16384, garbage, sizeof(garbage));
    db = fixture_open(s->dir, DB_READ);
    seen.n = 0;
    int found = db_check(db, see_finding, &seen);
    assert_true(found > 0);
    assert_int_equal(found, seen.n);
    db_close(db);
}

int main(void) {
    log_set_level(LOG_ERROR);
    cmocka_set_message_output(CM_OUTPUT_TAP);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_fresh),      T(test_migrates),    T(test_migration_fails), T(test_migration_interrupted),
        T(test_not_ours),   T(test_cannot_make), T(test_all_statements),  T(test_reader_recovers),
        T(test_log_upkeep), T(test_forget),      T(test_check),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
