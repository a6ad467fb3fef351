/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer: groups, refusals, faults of a whole group, a full queue, the end.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/writer.h"

#define PENDING 12345 /* not reported yet */

struct scratch {
    char dir[4096];
    struct writer *w;
    struct db *db; /* the writer's */
    struct db *reader;
    sem_t started, go; /* of the gate */
    sem_t reported;
    int order; /* jobs reported so far */
};

/* Writes the rows (tenant, 1) and (tenant, 2), then returns answer. */
struct row_job {
    struct write_job job;
    struct scratch *s;
    int64_t tenant;
    int answer;
    bool undo_all; /* as the engine does by itself when the disk fails */
    bool again;    /* submit once more when done */
    int ran, result, place;
    uint64_t commits; /* writer_commits() when it was told */
};

static int row_run(struct db *db, struct write_job *job) {
    struct row_job *j = (struct row_job *)job;
    j->ran++;
    for (int id = 1; id <= 2; id++) {
        int r = fixture_add(db, j->tenant, id, STR("x"), j->ran);
        if (r < 0)
            return r;
    }
    if (j->undo_all)
        sqlite3_exec(sqlite_of(db)->handle, "ROLLBACK", NULL, NULL, NULL);
    return j->answer;
}

static void row_done(struct write_job *job, int result) {
    struct row_job *j = (struct row_job *)job;
    j->result = result;
    j->place = ++j->s->order;
    j->commits = writer_commits(j->s->w);
    if (j->again) {
        j->again = false;
        assert_int_equal(writer_submit(j->s->w, job), 0);
    }
    sem_post(&j->s->reported);
}

static struct row_job row_job(struct scratch *s, int64_t tenant, int answer) {
    return (struct row_job){
        .job = {.run = row_run, .done = row_done}, .s = s, .tenant = tenant, .answer = answer, .result = PENDING};
}

/* A job that holds the writer until gate_open, so that what is submitted meanwhile makes one group. */
static int gate_run(struct db *db, struct write_job *job) {
    struct row_job *j = (struct row_job *)job;
    sem_post(&j->s->started);
    sem_wait(&j->s->go);
    return 0;
}

static struct row_job gate_shut(struct scratch *s) {
    return (struct row_job){.job = {.run = gate_run, .done = row_done}, .s = s};
}

static void gate_wait(struct scratch *s, struct row_job *gate) {
    assert_int_equal(writer_submit(s->w, &gate->job), 0);
    sem_wait(&s->started);
}

static void wait_reported(struct scratch *s, int n) {
    while (n-- > 0)
        sem_wait(&s->reported);
}

static int rows(struct scratch *s, int64_t tenant) {
    return fixture_get(s->reader, tenant, 1, NULL) + fixture_get(s->reader, tenant, 2, NULL);
}

static int setup(void **state) {
    struct scratch *s = mem_alloc(sizeof(*s));
    fixture_dir(s->dir);
    s->db = fixture_open(s->dir, DB_WRITE);
    s->reader = fixture_open(s->dir, DB_READ);
    sem_init(&s->started, 0, 0);
    sem_init(&s->go, 0, 0);
    sem_init(&s->reported, 0, 0);
    *state = s;
    return writer_new(&s->w, s->db, 20, 8);
}

static int teardown(void **state) {
    struct scratch *s = *state;
    writer_free(s->w);
    db_close(s->reader);
    fixture_remove(s->dir);
    free(s);
    return 0;
}

/* Ten wait: a group of eight, one of two. Every third refuses after it wrote, one hits a unique key. */
static void test_groups(void **state) {
    struct scratch *s = *state;
    struct row_job jobs[10], gate = gate_shut(s);
    struct writer_stats stats;

    gate_wait(s, &gate);
    for (int i = 0; i < 10; i++) {
        jobs[i] = row_job(s, i == 7 ? 1 : i, i % 3 == 2 ? -ECANCELED : i);
        assert_int_equal(writer_submit(s->w, &jobs[i].job), 0);
    }
    for (int64_t since = clock_mono_ms(); clock_mono_ms() < since + 20;)
        ;
    writer_stats(s->w, &stats);
    assert_int_equal(stats.queued, 10);
    assert_true(stats.running_ms >= 19); /* the gate's group */
    sem_post(&s->go);
    wait_reported(s, 11);
    for (int i = 0; i < 10; i++) {
        int expected = i == 7 ? -EEXIST : i % 3 == 2 ? -ECANCELED : i;
        assert_int_equal(jobs[i].result, expected);
        assert_int_equal(jobs[i].ran, 1);
        assert_int_equal(jobs[i].place, i + 2);
        assert_int_equal(jobs[i].commits, i < 8 ? 2 : 3); /* counted before a job is told */
        assert_int_equal(rows(s, i), expected >= 0 ? 2 : 0);
    }
    writer_stats(s->w, &stats);
    assert_int_equal(stats.jobs, 11);
    assert_int_equal(stats.groups, 3);
    assert_int_equal(stats.queued, 0);
    assert_int_equal(stats.failed_commits, 0);
    assert_int_equal(stats.running_ms, 0);
    assert_int_equal(stats.error, 0);
    uint64_t commits = 0;
    for (int i = 0; i <= WRITER_COMMIT_BUCKETS; i++)
        commits += stats.commits[i];
    assert_int_equal(commits, 3);
    assert_true(stats.log.bytes > 0);
    assert_int_equal(stats.group_sizes[0], 1);
    assert_int_equal(stats.group_sizes[1], 1);
    assert_int_equal(stats.group_sizes[3], 1);
    assert_true(stats.commit_ns > 0);
}

static void count(void *ctx) {
    (*(int *)ctx)++;
}

/* Others are woken for groups that kept something only. */
static void test_on_commit(void **state) {
    struct scratch *s = *state;
    int woken = 0;
    writer_on_commit(s->w, count, &woken);
    struct row_job refused = row_job(s, 1, -ECANCELED), fine = row_job(s, 2, 0);
    assert_int_equal(writer_submit(s->w, &refused.job), 0);
    wait_reported(s, 1);
    assert_int_equal(writer_submit(s->w, &fine.job), 0);
    wait_reported(s, 1);
    assert_int_equal(refused.commits, 0);
    assert_int_equal(fine.commits, 1);
    s->w = writer_free(s->w);
    assert_int_equal(woken, 1);
    assert_int_equal(rows(s, 1), 0);
    assert_int_equal(rows(s, 2), 2);
}

static void test_again_from_done(void **state) {
    struct scratch *s = *state;
    struct row_job j = row_job(s, 1, 0);
    j.again = true;
    assert_int_equal(writer_submit(s->w, &j.job), 0);
    wait_reported(s, 2);
    assert_int_equal(j.ran, 2);
    assert_int_equal(j.result, -EEXIST);
    assert_int_equal(rows(s, 1), 2);
}

static void test_queue_full(void **state) {
    struct scratch *s = *state;
    struct row_job jobs[21], gate = gate_shut(s);

    gate_wait(s, &gate);
    for (int i = 0; i < 21; i++) {
        jobs[i] = row_job(s, i, 0);
        assert_int_equal(writer_submit(s->w, &jobs[i].job), i < 20 ? 0 : -EBUSY);
    }
    sem_post(&s->go);
    wait_reported(s, 21);
    assert_int_equal(jobs[19].result, 0);
    assert_int_equal(jobs[20].ran, 0);
    assert_int_equal(writer_submit(s->w, &jobs[20].job), 0);
    wait_reported(s, 1);
    assert_int_equal(rows(s, 20), 2);
}

/* One job's fault undoes the transaction: nobody of the group may be told that all is well. */
static void test_transaction_lost(void **state) {
    struct scratch *s = *state;
    struct row_job jobs[4], gate = gate_shut(s), after;
    struct writer_stats stats;

    gate_wait(s, &gate);
    for (int i = 0; i < 4; i++) {
        jobs[i] = row_job(s, i, i == 2 ? -ENOSPC : 0);
        jobs[i].undo_all = i == 2;
        assert_int_equal(writer_submit(s->w, &jobs[i].job), 0);
    }
    sem_post(&s->go);
    wait_reported(s, 5);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(jobs[i].result, -ENOSPC);
        assert_int_equal(rows(s, i), 0);
    }
    assert_int_equal(jobs[3].ran, 0);
    after = row_job(s, 9, 0);
    after.undo_all = true; /* and one that does not even notice */
    assert_int_equal(writer_submit(s->w, &after.job), 0);
    wait_reported(s, 1);
    assert_int_equal(after.result, -EIO);
    after = row_job(s, 9, 0);
    assert_int_equal(writer_submit(s->w, &after.job), 0);
    wait_reported(s, 1);
    assert_int_equal(after.result, 0);
    assert_int_equal(rows(s, 9), 2);
    writer_stats(s->w, &stats);
    assert_int_equal(stats.failed_commits, 2);
}

static void test_locked_out(void **state) {
    struct scratch *s = *state;
    struct db *other = fixture_open(s->dir, DB_WRITE);
    struct row_job j = row_job(s, 1, 0);

    sqlite_of(s->db)->busy_ms = 50; /* it has nothing to do yet */
    assert_int_equal(db_begin(other), 0);
    assert_int_equal(writer_submit(s->w, &j.job), 0);
    wait_reported(s, 1);
    assert_int_equal(j.result, -EBUSY);
    assert_int_equal(j.ran, 0);
    db_rollback(other);
    assert_int_equal(writer_submit(s->w, &j.job), 0);
    wait_reported(s, 1);
    assert_int_equal(j.result, 0);
    db_close(other);
}

static void *end_writer(void *arg) {
    struct scratch *s = arg;
    writer_free(s->w);
    return NULL;
}

/* What waits is finished; what comes once the end has begun is turned away. */
static void test_end(void **state) {
    struct scratch *s = *state;
    struct row_job jobs[20], gate = gate_shut(s), late = row_job(s, 100, 0);
    pthread_t thread;
    int r, submitted = 19;

    gate_wait(s, &gate);
    for (int i = 0; i < 19; i++) {
        jobs[i] = row_job(s, i, 0);
        assert_int_equal(writer_submit(s->w, &jobs[i].job), 0);
    }
    assert_int_equal(pthread_create(&thread, NULL, end_writer, s), 0);
    /* Until the other thread got that far, there is room for one more, then for none. */
    while ((r = writer_submit(s->w, submitted == 19 ? &late.job : &jobs[19].job)) != -ESHUTDOWN) {
        assert_true(r == (submitted == 19 ? 0 : -EBUSY));
        submitted = 20;
        usleep(1000);
    }
    sem_post(&s->go);
    assert_int_equal(pthread_join(thread, NULL), 0);
    s->w = NULL;
    for (int i = 0; i < 19; i++) {
        assert_int_equal(jobs[i].result, 0);
        assert_int_equal(rows(s, i), 2);
    }
    assert_int_equal(late.result, submitted == 20 ? 0 : PENDING);
}

struct counter {
    struct writer *w;
    int64_t tenant;
    int failures;
};

static int add_next(struct db *db, void *arg) {
    struct counter *c = arg;
    struct db_query q DB_CLEANUP = T_QUERY(db, T_ALL);
    int64_t n = 0;
    db_bind_int(&q, 1, c->tenant);
    while (db_row(&q) == 1)
        n++;
    db_query_end(&q);
    return fixture_add(db, c->tenant, n, STR("x"), n) < 0 ? -EIO : (int)n;
}

static void *count_up(void *arg) {
    struct counter *c = arg;
    for (int i = 0; i < 50; i++)
        c->failures += writer_run(c->w, add_next, c) != i;
    return NULL;
}

static int run_within(struct db *db, void *arg) {
    struct counter *c = arg;
    return writer_run(c->w, add_next, c);
}

static void test_run_and_wait(void **state) {
    struct scratch *s = *state;
    struct counter c[8];
    pthread_t threads[8];

    for (int i = 0; i < 8; i++) {
        c[i] = (struct counter){.w = s->w, .tenant = i};
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &c[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(c[i].failures, 0);
        assert_true(fixture_get(s->reader, i, 49, NULL));
    }
    assert_int_equal(writer_run(s->w, run_within, &c[0]), -EDEADLK);
}

/* A writer that never rests leaves room for the command line. */
static void test_others_get_in(void **state) {
    struct scratch *s = *state;
    struct db *other = fixture_open(s->dir, DB_WRITE);
    struct counter c[4];
    pthread_t threads[4];

    for (int i = 0; i < 4; i++) {
        c[i] = (struct counter){.w = s->w, .tenant = i};
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &c[i]), 0);
    }
    for (int i = 0; i < 5; i++) {
        assert_int_equal(db_begin(other), 0); /* within its two seconds */
        assert_int_equal(fixture_add(other, 100, i, STR("x"), i), 1);
        assert_int_equal(db_commit(other), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(c[i].failures, 0);
    }
    assert_true(fixture_get(s->reader, 100, 4, NULL));
    db_close(other);
}

int main(void) {
    log_set_level(LOG_ERROR);
    cmocka_set_message_output(CM_OUTPUT_TAP);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_groups),           T(test_on_commit), T(test_again_from_done), T(test_queue_full),    T(test_locked_out),
        T(test_transaction_lost), T(test_end),       T(test_run_and_wait),    T(test_others_get_in),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
