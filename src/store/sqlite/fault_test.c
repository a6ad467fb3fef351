/* SPDX-License-Identifier: Apache-2.0
 *
 * The store on a disk that fails or loses power, at every single write and sync: what was reported done is there, what
 * was refused is not, and nothing is there by half.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <semaphore.h>

#include "base/log.h"
#include "store/sqlite/fault_vfs.h"
#include "store/writer.h"

#define BATCHES 6
#define BATCH 3
#define JOBS (BATCHES * BATCH)
#define STEPS_MAX 2000 /* no run has so many writes */

struct fault_job {
    struct write_job job;
    int64_t tenant;
    int result;
    sem_t *reported;
};

struct outcome {
    int opened; /* db_open's result */
    struct fault_job jobs[JOBS];
};

static bool wants_refusal(int64_t tenant) {
    return tenant % 5 == 3;
}

static struct str label_of(int64_t tenant, int64_t id, char *room) {
    memset(room, (int)('a' + (tenant * 7 + id) % 26), 6000);
    return (struct str){room, 6000};
}

/* Two rows of a page or so each. */
static int fault_job_run(struct db *db, struct write_job *job) {
    struct fault_job *j = (struct fault_job *)job;
    char room[6000];
    for (int id = 1; id <= 2; id++) {
        int r = fixture_add(db, j->tenant, id, label_of(j->tenant, id, room), 0);
        if (r < 0)
            return r;
    }
    return wants_refusal(j->tenant) ? -ECANCELED : 1;
}

static void fault_job_done(struct write_job *job, int result) {
    struct fault_job *j = (struct fault_job *)job;
    j->result = result;
    sem_post(j->reported);
}

struct gate {
    struct write_job job;
    sem_t started, go;
};

static int gate_run(struct db *db, struct write_job *job) {
    struct gate *g = (struct gate *)job;
    sem_post(&g->started);
    sem_wait(&g->go);
    return -ECANCELED;
}

static void gate_done(struct write_job *job, int result) {
}

/* Makes a database and writes to it in groups of BATCH, with checkpoints in between. */
static void work(const char *dir, struct outcome *out, bool careless) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    struct db *db;
    struct writer *w;
    struct gate gate = {.job = {.run = gate_run, .done = gate_done}};
    sem_t reported;

    memset(out, 0, sizeof(*out));
    if ((out->opened = fixture_try(&db, dir, DB_WRITE, FIXTURE_STEPS_N, &a, &why)) < 0)
        return;
    if (careless)
        sqlite3_exec(sqlite_of(db)->handle, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    sqlite_of(db)->log_due = sqlite_of(db)->log_step = 12;
    sem_init(&gate.started, 0, 0);
    sem_init(&gate.go, 0, 0);
    sem_init(&reported, 0, 0);
    assert_int_equal(writer_new(&w, db, 100, BATCH), 0);
    for (int i = 0; i < JOBS; i++) {
        struct fault_job *j = &out->jobs[i];
        *j = (struct fault_job){
            .job = {.run = fault_job_run, .done = fault_job_done}, .tenant = i, .reported = &reported};
        if (i % BATCH == 0) {
            assert_int_equal(writer_submit(w, &gate.job), 0);
            sem_wait(&gate.started);
        }
        assert_int_equal(writer_submit(w, &j->job), 0);
        if (i % BATCH == BATCH - 1) {
            sem_post(&gate.go);
            for (int n = 0; n < BATCH; n++)
                sem_wait(&reported);
        }
    }
    writer_free(w);
    sem_destroy(&reported);
    sem_destroy(&gate.go);
    sem_destroy(&gate.started);
}

static bool careless_now; /* damage is what is looked for: no need to list it */

static void print_finding(void *ctx, struct str line) {
    if (!careless_now)
        print_error("# %.*s\n", STR_FMT(line));
}

/* Opens what is left. Returns the number of broken promises. */
static int promises_broken(const char *dir, const struct outcome *out) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    struct db *db;
    char room[6000];
    int broken = 0;

    int r = fixture_try(&db, dir, DB_WRITE, FIXTURE_STEPS_N, &a, &why);
    if (r < 0) {
        print_finding(NULL, why);
        return JOBS + 1;
    }
    for (int i = 0; i < JOBS && out->opened == 0; i++) {
        int there = 0;
        struct db_query q DB_CLEANUP = T_QUERY(db, T_ALL);
        db_bind_int(&q, 1, i);
        while (db_row(&q) == 1)
            there += str_eq(db_text(&q, 1), label_of(i, db_int(&q, 0), room));
        int result = out->jobs[i].result;
        bool fine = result >= 0 ? there == 2 : wants_refusal(i) ? there == 0 : there == 0 || there == 2;
        if (!fine)
            broken++;
    }
    if (db_check(db, print_finding, NULL) != 0)
        broken++;
    db_close(db);
    return broken;
}

static int faulty(const struct outcome *out) {
    int n = 0;
    for (int i = 0; i < JOBS; i++)
        n += out->jobs[i].result < 0 && out->jobs[i].result != -ECANCELED;
    return n;
}

/* The nth strikes, for every n that there is. */
static void every_fault(enum fault_kind kind, bool lasting, int expected) {
    unsigned n;
    int seen = 0;
    for (n = 1; n < STEPS_MAX; n++) {
        char dir[4096];
        struct outcome out;
        fixture_dir(dir);
        fault_arm(kind, n, lasting);
        work(dir, &out, false);
        bool struck = fault_disarm();
        int broken = promises_broken(dir, &out), failed = out.opened < 0 ? 0 : faulty(&out);
        fault_forget();
        fixture_remove(dir);
        if (broken)
            fail_msg("%d promises broken by fault %d at number %u", broken, (int)kind, n);
        if (out.opened < 0 && out.opened != expected)
            fail_msg("opening gave %d, not %d, at number %u", out.opened, expected, n);
        for (int i = 0; i < JOBS && out.opened == 0; i++)
            if (out.jobs[i].result < 0 && out.jobs[i].result != -ECANCELED && out.jobs[i].result != expected)
                fail_msg("a job got %d, not %d, at number %u", out.jobs[i].result, expected, n);
        if (!struck) {
            assert_int_equal(out.opened, 0);
            assert_int_equal(failed, 0);
            break;
        }
        /* One fault costs one group, and those after it are fine. */
        if (!lasting && failed > BATCH)
            fail_msg("%d jobs failed for one fault at number %u", failed, n);
        seen += out.opened < 0 || failed > 0;
    }
    assert_true(n > 20 && n < STEPS_MAX);
    assert_true(seen > 5);
}

static void test_full_once(void **state) {
    every_fault(FAULT_WRITE_FULL, false, -ENOSPC);
}

static void test_full(void **state) {
    every_fault(FAULT_WRITE_FULL, true, -ENOSPC);
}

static void test_write_fails_once(void **state) {
    every_fault(FAULT_WRITE_ERROR, false, -EIO);
}

static void test_write_fails(void **state) {
    every_fault(FAULT_WRITE_ERROR, true, -EIO);
}

static void test_write_torn(void **state) {
    every_fault(FAULT_WRITE_TORN, false, -EIO);
}

static void test_sync_fails_once(void **state) {
    every_fault(FAULT_SYNC, false, -EIO);
}

static void test_sync_fails(void **state) {
    every_fault(FAULT_SYNC, true, -EIO);
}

/* The power goes at every write or sync; three ways in which the disk may be found. Returns promises broken. */
static int every_power_loss(enum fault_kind kind, bool careless) {
    int broken = 0;
    unsigned n;
    careless_now = careless;
    for (n = 1; n < STEPS_MAX; n++) {
        char dir[4096], image[4096];
        struct outcome out;
        fixture_dir(dir);
        fault_arm(kind, n, true);
        work(dir, &out, careless);
        bool struck = fault_disarm();
        for (int i = 0; i < FAULT_IMAGES; i++) {
            fixture_dir(image);
            fault_image_write(dir, image, (enum fault_image)i, n);
            broken += promises_broken(image, &out);
            fixture_remove(image);
        }
        fault_forget();
        fixture_remove(dir);
        if (broken && !careless)
            fail_msg("%d promises broken when the power went at number %u", broken, n);
        if (!struck)
            break;
    }
    assert_true(n > 10 && n < STEPS_MAX);
    return broken;
}

static void test_power_at_write(void **state) {
    assert_int_equal(every_power_loss(FAULT_POWER_AT_WRITE, false), 0);
}

static void test_power_at_sync(void **state) {
    assert_int_equal(every_power_loss(FAULT_POWER_AT_SYNC, false), 0);
}

/* That these tests can fail: without syncs, promises must be seen broken. */
static void test_power_without_syncs(void **state) {
    assert_true(every_power_loss(FAULT_POWER_AT_WRITE, true) > 0);
}

int main(void) {
    log_set_level((enum log_level)(LOG_ERROR + 1)); /* thousands of faults, all meant */
    cmocka_set_message_output(CM_OUTPUT_TAP);
    fault_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_once),        cmocka_unit_test(test_full),
        cmocka_unit_test(test_write_fails_once), cmocka_unit_test(test_write_fails),
        cmocka_unit_test(test_write_torn),       cmocka_unit_test(test_sync_fails_once),
        cmocka_unit_test(test_sync_fails),       cmocka_unit_test(test_power_at_write),
        cmocka_unit_test(test_power_at_sync),    cmocka_unit_test(test_power_without_syncs),
    };
    return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}
