/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files in a directory and in a database: one test for both. The rest are tests of the database: its server is
 * restarted, hangs or is full, and two nodes use it.
 */
#include "store/files/files.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/log.h"
#include "base/test.h"
#include "store/files/directory.h"
#include "store/postgresql/cluster_fixture.h"

#define MB ((size_t)1 << 20)

static struct cluster cluster;
static char url[400], dir[] = "/tmp/hired-files-XXXXXX";
static const struct db_options local = {.engine = DB_SQLITE, .dir = dir};
static const struct db_options remote = {.engine = DB_POSTGRESQL, .url = url, .busy_ms = 20000, .connect_ms = 2000};

static struct files *open_files(const struct db_options *o) {
    struct files *f;
    struct str why;
    assert_int_equal(files_new(&f, o, &why), 0);
    return f;
}

/* What byte a file of this id has at this place. */
static char byte_at(int64_t id, size_t at) {
    return (char)((size_t)id * 31 + at * 7 + at / 4099 + at / MB);
}

static struct files_draft *begin(struct files *f, struct files_name name, size_t size) {
    struct files_draft *d;
    char *bytes = mem_alloc(size ? size : 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = byte_at(name.id, i);
    assert_int_equal(files_draft_begin(&d, f, name), 0);
    for (size_t at = 0; at < size;) { /* in pieces of no particular size */
        size_t n = size - at < 70001 ? size - at : 70001;
        assert_int_equal(files_draft_write(d, (struct str){bytes + at, n}), 0);
        at += n;
    }
    free(bytes);
    return d;
}

/* Reads [from, from + len) in pieces. Returns how many bytes were right, or a negative errno. */
static ssize_t read_right(struct files *f, struct files_name name, int64_t written_as, size_t from, size_t len) {
    struct files_reading r;
    char bytes[50000];
    size_t right = 0;
    ssize_t n = files_open(&r, f, name);
    if (n < 0)
        return n;
    do {
        n = files_read(&r, from + right, bytes, len - right < sizeof bytes ? len - right : sizeof bytes);
        for (ssize_t i = 0; i < n; i++)
            if (bytes[i] != byte_at(written_as, from + right + (size_t)i))
                return -EBADMSG;
        right += n > 0 ? (size_t)n : 0;
    } while (n > 0 && right < len);
    files_close(&r);
    return n < 0 ? n : (ssize_t)right;
}

struct listed {
    unsigned kept, drafts;
    struct files_entry draft, file; /* the last of each */
};

static int count(void *ctx, const struct files_entry *e) {
    struct listed *l = ctx;
    assert_int_not_equal(e->kind, FILES_FOREIGN);
    assert_in_range(time(NULL) - e->changed_s + 5, 0, 60);
    if (e->kind == FILES_KEPT) {
        l->kept++;
        l->file = *e;
    } else {
        l->drafts++;
        l->draft = *e;
    }
    return 0;
}

static struct listed list(struct files *f) {
    struct listed l = {0};
    for (unsigned i = 0; i < FILES_PARTS; i++)
        assert_int_equal(files_walk(f, i, count, &l), 0);
    return l;
}

/* ---- both ---- */

static void test_a_file_is_whole_or_not_there(struct files *f) {
    static const size_t sizes[] = {1, MB - 1, MB, MB + 1, 3 * MB + 12345};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct files_name name = {7, 0x100 + (int64_t)i};
        struct files_reading r;
        struct files_draft *d = begin(f, name, sizes[i]);
        assert_int_equal(files_open(&r, f, name), -ENOENT);
        assert_int_equal(files_draft_keep(d, FILES_NEW), 0);
        assert_int_equal(files_open(&r, f, name), 0);
        assert_int_equal(r.size, sizes[i]);
        assert_int_equal(r.fd >= 0, !files_are_remote(f));
        files_close(&r);
        assert_int_equal(read_right(f, name, name.id, 0, sizes[i] + 10), sizes[i]);
        assert_int_equal(read_right(f, name, name.id, sizes[i] - 1, 1), 1);
        assert_int_equal(read_right(f, name, name.id, sizes[i], 1), 0);
    }
    const struct files_name big = {7, 0x104};
    assert_int_equal(read_right(f, big, big.id, MB - 3, MB + 6), MB + 6); /* over three chunks */
    assert_int_equal(list(f).kept, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(files_remove(f, (struct files_name){7, 0x100 + i}, true), 0);
        assert_int_equal(files_remove(f, (struct files_name){7, 0x100 + i}, i % 2), 0); /* again */
        assert_int_equal(read_right(f, (struct files_name){7, 0x100 + i}, 0, 0, 1), -ENOENT);
    }
    assert_int_equal(list(f).kept, 0);
}

static void test_a_file_is_not_replaced(struct files *f) {
    const struct files_name name = {7, 0x1ff};
    assert_int_equal(files_draft_keep(begin(f, name, 10), FILES_NEW), 0);
    struct files_draft *second = begin(f, (struct files_name){7, 0x1ff}, 2 * MB);
    assert_int_equal(files_draft_keep(second, FILES_NEW), -EEXIST);
    assert_int_equal(list(f).drafts, 0); /* it is gone */
    assert_int_equal(read_right(f, name, name.id, 0, 100), 10);
    assert_int_equal(files_remove(f, name, true), 0);
}

static void test_drafts_are_found_and_dropped(struct files *f) {
    struct files_entry e;
    struct files_draft *d = begin(f, (struct files_name){7, 5}, 2 * MB + 1);
    struct listed l = list(f);
    assert_int_equal(l.drafts, 1);
    assert_int_equal(l.kept, 0);
    assert_int_equal(files_look(f, &l.draft, &e), 0);
    assert_int_equal(e.kind, FILES_DRAFT);
    assert_null(files_draft_drop(d));
    assert_int_equal(list(f).drafts, 0);
    assert_int_equal(files_look(f, &l.draft, &e), -ENOENT);

    struct files_draft *kept = begin(f, (struct files_name){7, 6}, 2 * MB);
    struct files_draft *left = begin(f, (struct files_name){7, 8}, MB + 5); /* as after a crash */
    assert_int_equal(files_draft_keep(kept, FILES_NEW), 0);
    l = list(f);
    assert_int_equal(l.drafts, 1);
    assert_int_equal(l.kept, 1);
    assert_int_equal(l.file.id, 6);
    assert_int_equal(files_remove_entry(f, &l.draft), 0);
    assert_int_equal(files_look(f, &l.file, &e), 0);
    assert_int_equal(e.id, 6);
    assert_int_equal(files_remove_entry(f, &e), 0);
    files_draft_drop(left);
    l = list(f);
    assert_int_equal(l.drafts + l.kept, 0);
}

static void both(void **state, void (*test)(struct files *f)) {
    for (int i = 0; i < 2; i++) {
        struct files *f = open_files(i == 0 ? &local : &remote);
        test(f);
        files_free(f);
    }
}

static void whole(void **state) {
    both(state, test_a_file_is_whole_or_not_there);
}
static void not_replaced(void **state) {
    both(state, test_a_file_is_not_replaced);
}
static void drafts(void **state) {
    both(state, test_drafts_are_found_and_dropped);
}

/* ---- differences ---- */

static void sql(const char *text) {
    char value[256];
    assert_non_null(cluster_sql(&cluster, "hired", text, value));
}

static int64_t number(const char *text) {
    char value[256];
    assert_non_null(cluster_sql(&cluster, "hired", text, value));
    return atoll(value);
}

static void replaced(void **state) {
    const struct files_name name = {7, 0x2ff};
    struct files *f = open_files(&local);
    assert_int_equal(files_draft_keep(begin(f, name, 10), FILES_NEW), 0);
    assert_int_equal(files_draft_keep(begin(f, name, 30), FILES_REPLACE), 0);
    assert_int_equal(read_right(f, name, name.id, 0, 100), 30);
    assert_int_equal(files_remove(f, name, true), 0);
    files_free(f);

    /* In the database it may be that of another server, which is about to record it. */
    f = open_files(&remote);
    assert_int_equal(files_draft_keep(begin(f, name, MB + 1), FILES_NEW), 0);
    assert_int_equal(files_draft_keep(begin(f, name, 3 * MB), FILES_REPLACE), -EEXIST);
    assert_int_equal(read_right(f, name, name.id, 0, 4 * MB), MB + 1);
    sql("UPDATE kept_file SET kept_s = kept_s - 61");
    assert_int_equal(files_draft_keep(begin(f, name, 3 * MB), FILES_REPLACE), 0);
    assert_int_equal(read_right(f, name, name.id, 0, 4 * MB), 3 * MB);
    assert_int_equal(number("SELECT COUNT(*) FROM kept_chunk"), 3);
    assert_int_equal(files_remove(f, name, true), 0);
    files_free(f);
}

/* ---- two nodes ---- */

static void two_nodes(void **state) {
    const struct files_name name = {7, 0x31};
    struct files *a = open_files(&remote), *b = open_files(&remote);
    struct files_draft *first = begin(a, name, 2 * MB), *second = begin(b, name, MB + 7); /* the same file */
    assert_int_equal(files_drop_drafts(b), 0); /* a start of node b leaves those of node a */
    assert_int_equal(files_draft_keep(second, FILES_REPLACE), 0);
    assert_int_equal(files_draft_keep(first, FILES_REPLACE), -EEXIST);
    assert_int_equal(read_right(a, name, name.id, 0, 4 * MB), MB + 7);

    struct files_reading r;
    char byte;
    assert_int_equal(files_open(&r, a, name), 0);
    assert_int_equal(files_read(&r, 0, &byte, 1), 1);
    assert_int_equal(files_remove(b, name, true), 0); /* while node a sends it */
    assert_int_equal(files_read(&r, MB, &byte, 1), -ENOENT);
    assert_int_equal(number("SELECT COUNT(*) FROM kept_chunk"), 0);

    /* A chunk that is lost is never answered with fewer bytes, and a draft without one of its chunks is not kept. */
    assert_int_equal(files_draft_keep(begin(a, name, 3 * MB), FILES_NEW), 0);
    assert_int_equal(files_open(&r, a, name), 0);
    sql("DELETE FROM kept_chunk WHERE n = 1");
    assert_int_equal(files_read(&r, MB + 5, &byte, 1), -EUCLEAN);
    sql("UPDATE kept_chunk SET bytes = SUBSTR(bytes, 1, 100) WHERE n = 2");
    assert_int_equal(files_read(&r, 2 * MB + 99, &byte, 1), 1);
    assert_int_equal(files_read(&r, 2 * MB + 100, &byte, 1), -EUCLEAN);
    assert_int_equal(files_remove(a, name, true), 0);
    struct files_draft *d = begin(a, name, 2 * MB + 1);
    sql("DELETE FROM kept_chunk WHERE n = 0");
    assert_int_equal(files_draft_keep(d, FILES_NEW), -EHOSTUNREACH);
    assert_int_equal(number("SELECT COUNT(*) FROM kept_chunk"), 0);
    files_free(a);
    files_free(b);
}

/* ---- many at once ---- */

struct worker {
    struct files *files;
    pthread_t thread;
    int64_t id;
};

static void *work(void *arg) {
    struct worker *w = arg;
    for (int i = 0; i < 6; i++) {
        const struct files_name name = {w->id % 3, w->id * 100 + i};
        size_t size = MB / 2 + (size_t)(w->id * 300000);
        if (files_draft_keep(begin(w->files, name, size), FILES_NEW) != 0)
            return "keep";
        if (read_right(w->files, name, name.id, 0, size) != (ssize_t)size)
            return "read";
        if (i % 2 && files_remove(w->files, name, true) != 0)
            return "remove";
    }
    return NULL;
}

/* More threads than connections, on two nodes, while the lock of those that write is held by somebody else. */
static void many(void **state) {
    struct files *f[2] = {open_files(&remote), open_files(&remote)};
    struct worker w[20];
    PGconn *writer = PQconnectdb(url);
    PQclear(PQexec(writer, "BEGIN; SELECT pg_advisory_xact_lock(1214870117, 1)"));
    for (int i = 0; i < 20; i++) {
        w[i] = (struct worker){.files = f[i % 2], .id = i + 1};
        assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < 20; i++) {
        void *failed;
        pthread_join(w[i].thread, &failed);
        if (failed)
            fail_msg("%s", (const char *)failed);
    }
    assert_int_equal(list(f[0]).kept, 60);
    assert_int_equal(list(f[0]).drafts, 0);
    assert_in_range(number("SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"), 2, 18);
    sql("TRUNCATE kept_file, kept_chunk");
    PQfinish(writer);
    files_free(f[0]);
    files_free(f[1]);
}

/* ---- a server that is not well ---- */

static void restarted(void **state) {
    const struct files_name name = {7, 0x41};
    struct files *f = open_files(&remote);
    struct files_draft *d = begin(f, name, 3 * MB + 1);
    cluster_halt(&cluster, SIGINT);
    assert_true(cluster_run(&cluster));
    assert_int_equal(files_draft_write(d, STR("x")), 0); /* the connections are made again */
    assert_int_equal(files_draft_keep(d, FILES_NEW), 0);
    assert_int_equal(read_right(f, name, name.id, 0, 3 * MB + 1), 3 * MB + 1);

    d = begin(f, (struct files_name){7, 0x42}, 2 * MB);
    cluster_halt(&cluster, SIGINT);
    int64_t begun_ns = clock_mono_ns();
    assert_int_equal(read_right(f, name, name.id, 0, 1), -EHOSTUNREACH);
    for (int i = 0; i < 1000; i++) /* it is not asked each time */
        assert_int_equal(read_right(f, name, name.id, 0, 1), -EHOSTUNREACH);
    assert_true(clock_mono_ns() - begun_ns < INT64_C(3000000000));
    assert_int_equal(files_draft_keep(d, FILES_NEW), -EHOSTUNREACH);
    assert_true(cluster_run(&cluster));
    int r = -EHOSTUNREACH;
    for (int i = 0; i < 100 && r == -EHOSTUNREACH; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        r = (int)read_right(f, name, name.id, 0, 1);
    }
    assert_int_equal(r, 1);
    assert_int_equal(list(f).drafts, 1); /* it could not be dropped; the daily sweep finds it */
    assert_int_equal(files_remove(f, name, true), 0);
    sql("TRUNCATE kept_file, kept_chunk");
    files_free(f);
}

/* What a full disk answers; and a command that waits too long for a lock. */
static void full_or_locked(void **state) {
    const struct files_name name = {7, 0x51};
    struct files *f = open_files(&remote);
    struct files_draft *d;
    sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.n > 0 THEN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END IF; RETURN NEW; END $$");
    sql("CREATE TRIGGER full_disk BEFORE INSERT ON kept_chunk FOR EACH ROW EXECUTE FUNCTION full_disk()");
    assert_int_equal(files_draft_begin(&d, f, name), 0);
    char *bytes = mem_alloc(2 * MB);
    assert_int_equal(files_draft_write(d, (struct str){bytes, MB}), 0);
    assert_int_equal(files_draft_write(d, (struct str){bytes, MB}), -ENOSPC);
    files_draft_drop(d);
    assert_int_equal(number("SELECT COUNT(*) FROM kept_chunk"), 0);
    sql("DROP TRIGGER full_disk ON kept_chunk");

    PGconn *other = PQconnectdb(url);
    PQclear(PQexec(other, "BEGIN; LOCK TABLE kept_file IN ACCESS EXCLUSIVE MODE"));
    int64_t begun_ns = clock_mono_ns();
    struct files_reading r;
    assert_int_equal(files_open(&r, f, name), -EBUSY);
    assert_true(clock_mono_ns() - begun_ns < INT64_C(9000000000));
    PQfinish(other);
    assert_int_equal(files_open(&r, f, name), -ENOENT);
    free(bytes);
    files_free(f);
}

/* ---- setting up ---- */

static int setup(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    struct db *db;
    char value[256];
    log_set_level(LOG_ERROR + 1);
    if (!mkdtemp(dir) || !cluster_start(&cluster) ||
        !cluster_sql(&cluster, "postgres", "CREATE DATABASE hired TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'",
                     value))
        return -1;
    cluster_url(&cluster, "hired", url, sizeof url);
    if (db_open(&db, &remote, DB_WRITE, &a, &why) < 0)
        return -1;
    db_close(db);
    return 0;
}

static int teardown(void **state) {
    cluster_stop(&cluster);
    return dir_remove(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),     cmocka_unit_test(not_replaced),   cmocka_unit_test(drafts),
        cmocka_unit_test(replaced),  cmocka_unit_test(two_nodes),      cmocka_unit_test(many),
        cmocka_unit_test(restarted), cmocka_unit_test(full_or_locked),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("files", tests, setup, teardown);
}
