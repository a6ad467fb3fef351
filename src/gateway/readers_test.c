/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool of readers: shares, turns, limits, time, what a read sees, its end. With real threads and a real database.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/test.h"
#include "gateway/readers.h"

#define PATIENCE_MS 20000
#define JOBS 16

static struct {
    char dir[64];
    struct db_options options;
    struct db *db;
    struct writer *writer;
    struct http_server *server;
    struct readers *readers;
    struct arena arena;
    sem_t gate; /* jobs that wait pass it one by one */
    _Atomic int began, ended;
    _Atomic int order[JOBS]; /* the keys of jobs as they began */
} t;

struct job {
    struct read_job job; /* first */
    bool waits;          /* at the gate */
    int64_t seen;        /* the value that it has read */
    _Atomic bool ran;
    _Atomic int result; /* 1: done was not called */
};

static struct job jobs[JOBS];

static void await(_Atomic int *what, int value) {
    int64_t until = clock_mono_ms() + PATIENCE_MS;
    while (atomic_load(what) < value && clock_mono_ms() < until)
        usleep(1000);
    assert_int_equal(atomic_load(what), value);
}

static void run(struct read_job *job, struct reader *rd) {
    struct job *j = (struct job *)job;
    struct db_query q DB_CLEANUP = db_query(reader_db(rd), SQL_META_GET);
    db_bind_text(&q, 1, STR("test"));
    j->seen = db_row(&q) == 1 ? db_text(&q, COL_META_GET_VALUE).ptr[0] - '0' : -1;
    db_query_end(&q);
    j->ran = true;
    int n = atomic_fetch_add(&t.began, 1);
    t.order[n % JOBS] = (int)job->key;
    if (j->waits)
        sem_wait(&t.gate);
}

static void done(struct read_job *job, int error) {
    struct job *j = (struct job *)job;
    j->result = error;
    atomic_fetch_add(&t.ended, 1);
}

static int submit(int i, int64_t key, bool waits) {
    struct job *j = &jobs[i];
    j->job = (struct read_job){.key = key, .run = run, .done = done, .loop = http_server_loop(t.server, 0)};
    j->waits = waits;
    j->ran = false;
    j->result = 1;
    return readers_submit(t.readers, &j->job);
}

static void open_gate(int n) {
    for (int i = 0; i < n; i++)
        sem_post(&t.gate);
}

static void write_value(const char *value) {
    assert_int_equal(db_begin(t.db), 0);
    struct db_query q DB_CLEANUP = db_query(t.db, SQL_META_SET);
    db_bind_text(&q, 1, STR("test"));
    db_bind_text(&q, 2, str_of(value));
    assert_true(db_run(&q) >= 0);
    db_query_end(&q);
    assert_int_equal(db_commit(t.db), 0);
}

static void handle(struct http_request *r) {
    http_reply(r, 404, STR_ABSENT, NULL, 0);
}

static void begin(unsigned threads, unsigned queue_max, unsigned key_max, unsigned timeout_ms) {
    static const struct http_app app = {.handle = handle};
    struct http_limits limits;
    struct db *writing;
    struct str why;
    memset(&t, 0, sizeof t);
    snprintf(t.dir, sizeof t.dir, "/tmp/hired-readers-XXXXXX");
    assert_non_null(mkdtemp(t.dir));
    t.options = (struct db_options){.dir = t.dir, .busy_ms = 1000, .no_sync = true};
    assert_int_equal(db_open(&writing, &t.options, DB_WRITE, &t.arena, &why), 0);
    assert_int_equal(writer_new(&t.writer, writing, 16, 16), 0);
    assert_int_equal(db_open(&t.db, &t.options, DB_WRITE, &t.arena, &why), 0); /* as another process has it */
    sem_init(&t.gate, 0, 0);
    http_limits_init(&limits);
    assert_int_equal(http_server_new(&t.server, "127.0.0.1", 0, 1, &limits, &app, NULL, &why), 0);
    assert_int_equal(http_server_start(t.server), 0);
    const struct readers_options o = {.db = &t.options,
                                      .writer = t.writer,
                                      .threads = threads,
                                      .queue_max = queue_max,
                                      .key_max = key_max,
                                      .timeout_ms = timeout_ms};
    assert_int_equal(readers_new(&t.readers, &o), 0);
}

static void finish(void) {
    t.readers = readers_free(t.readers);
    http_server_drain(t.server, 1000);
    t.server = http_server_free(t.server);
    t.db = db_close(t.db);
    t.writer = writer_free(t.writer);
    arena_free(&t.arena);
    assert_int_equal(dir_remove(t.dir), 0);
}

static void test_one_caller_leaves_threads(void **state) {
    begin(4, 100, 100, PATIENCE_MS);
    for (int i = 0; i < 6; i++)
        assert_int_equal(submit(i, 1, true), 0);
    await(&t.began, 3);
    assert_int_equal(submit(6, 2, false), 0); /* answered while the first caller's reads hang */
    await(&t.ended, 1);
    assert_int_equal(jobs[6].result, 0);
    struct readers_stats s;
    readers_stats(t.readers, &s);
    assert_int_equal(s.running, 3);
    assert_int_equal(s.waiting, 3);
    usleep(20000);
    readers_stats(t.readers, &s);
    assert_true(s.running_ms >= 20);
    open_gate(6);
    await(&t.ended, 7);
    for (int i = 0; i < 6; i++)
        assert_int_equal(jobs[i].result, 0);
    finish();
}

static void test_callers_take_turns(void **state) {
    static const int expected[] = {1, 1, 2, 3, 1, 2};
    begin(1, 100, 100, PATIENCE_MS);
    assert_int_equal(submit(0, 1, true), 0);
    await(&t.began, 1);
    assert_int_equal(submit(1, 1, false), 0);
    assert_int_equal(submit(2, 1, false), 0);
    assert_int_equal(submit(3, 2, false), 0);
    assert_int_equal(submit(4, 2, false), 0);
    assert_int_equal(submit(5, 3, false), 0);
    open_gate(1);
    await(&t.ended, 6);
    for (int i = 0; i < 6; i++)
        assert_int_equal(t.order[i], expected[i]);
    finish();
}

static void test_queue_is_bounded(void **state) {
    begin(1, 4, 2, PATIENCE_MS);
    assert_int_equal(submit(0, 1, true), 0);
    await(&t.began, 1);
    assert_int_equal(submit(1, 1, false), 0);
    assert_int_equal(submit(2, 1, false), 0);
    assert_int_equal(submit(3, 1, false), -EBUSY); /* of one caller */
    assert_int_equal(submit(4, 2, false), 0);
    assert_int_equal(submit(5, 3, false), 0);
    assert_int_equal(submit(6, 4, false), -EBUSY); /* in all */
    struct readers_stats s;
    readers_stats(t.readers, &s);
    assert_int_equal(s.refused, 2);
    open_gate(1);
    await(&t.ended, 5);
    assert_int_equal(submit(3, 1, false), 0); /* there is room again */
    await(&t.ended, 6);
    assert_false(jobs[6].ran);
    finish();
}

static void test_waits_end(void **state) {
    begin(1, 100, 100, 100);
    assert_int_equal(submit(0, 1, true), 0);
    await(&t.began, 1);
    assert_int_equal(submit(1, 1, false), 0);
    assert_int_equal(submit(2, 2, false), 0);
    readers_expire(t.readers); /* too early */
    assert_int_equal(t.ended, 0);
    usleep(120000);
    assert_int_equal(submit(3, 2, false), 0);
    readers_expire(t.readers);
    await(&t.ended, 2);
    assert_int_equal(jobs[1].result, -ETIMEDOUT);
    assert_int_equal(jobs[2].result, -ETIMEDOUT);
    open_gate(1);
    await(&t.ended, 4);
    assert_false(jobs[1].ran);
    assert_false(jobs[2].ran);
    assert_int_equal(jobs[0].result, 0); /* what runs is not ended */
    assert_int_equal(jobs[3].result, 0);
    finish();
}

/* A client sees what was written before it asked, by whomever. */
static void test_reads_are_new_enough(void **state) {
    begin(2, 100, 100, PATIENCE_MS);
    for (int i = 0; i < 200; i++) {
        const char value[] = {(char)('0' + i % 10), 0};
        write_value(value);
        assert_int_equal(submit(0, i % 3, false), 0);
        await(&t.ended, i + 1);
        assert_int_equal(jobs[0].seen, i % 10);
    }
    /* also if a thread goes on without a pause: both jobs wait, the second is queued after the change */
    assert_int_equal(submit(0, 1, true), 0);
    assert_int_equal(submit(1, 2, true), 0);
    await(&t.began, 202);
    assert_int_equal(submit(2, 1, false), 0);
    write_value("5");
    assert_int_equal(submit(3, 2, false), 0);
    open_gate(2);
    await(&t.ended, 204);
    assert_int_equal(jobs[3].seen, 5);
    finish();
}

static void test_end(void **state) {
    begin(2, 100, 100, PATIENCE_MS);
    assert_int_equal(submit(0, 1, true), 0);
    assert_int_equal(submit(1, 1, false), 0);
    await(&t.began, 1);
    open_gate(1);
    t.readers = readers_free(t.readers);
    await(&t.ended, 2);
    assert_int_equal(jobs[0].result, 0); /* what runs is ended */
    assert_true(jobs[1].ran ? jobs[1].result == 0 : jobs[1].result == -ESHUTDOWN);
    finish();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_caller_leaves_threads), cmocka_unit_test(test_callers_take_turns),
        cmocka_unit_test(test_queue_is_bounded),          cmocka_unit_test(test_waits_end),
        cmocka_unit_test(test_reads_are_new_enough),      cmocka_unit_test(test_end),
    };
    return RUN_TESTS(tests);
}
