/* SPDX-License-Identifier: Apache-2.0 */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/test.h"
#include "store/files/pool.h"

enum { THREADS = 4, PER_KEY = 2, MANY = 50 };

struct job {
    struct pool_job job;
    sem_t *gate; /* NULL: does not wait */
    int place;   /* in which it was done; 0: not */
};

static _Atomic int begun, finished;
static sem_t reported;

static void run(struct pool_job *j) {
    struct job *job = (struct job *)j;
    atomic_fetch_add(&begun, 1);
    if (job->gate)
        sem_wait(job->gate);
}

static void done(struct pool_job *j) {
    struct job *job = (struct job *)j;
    job->place = atomic_fetch_add(&finished, 1) + 1;
    sem_post(&reported);
}

static struct job make(int64_t key, sem_t *gate) {
    return (struct job){.job = {.key = key, .run = run, .done = done}, .gate = gate};
}

static int setup(void **state) {
    atomic_store(&begun, 0);
    atomic_store(&finished, 0);
    return sem_init(&reported, 0, 0);
}

/* Somebody whose jobs hang has not all threads, and what others submit after all of those is done at once. */
static void test_one_cannot_take_all(void **state) {
    struct job slow[MANY], other = make(2, NULL);
    struct pool *p;
    sem_t gate;
    sem_init(&gate, 0, 0);
    assert_int_equal(pool_new(&p, THREADS, PER_KEY), 0);
    for (int i = 0; i < MANY; i++) {
        slow[i] = make(1, &gate);
        pool_submit(p, &slow[i].job);
    }
    pool_submit(p, &other.job);
    sem_wait(&reported);
    assert_int_equal(other.place, 1);
    assert_true(atomic_load(&begun) <= PER_KEY + 1);
    for (int i = 0; i < MANY; i++)
        sem_post(&gate);
    for (int i = 0; i < MANY; i++)
        sem_wait(&reported);
    assert_int_equal(atomic_load(&begun), MANY + 1);
    p = pool_free(p);
}

static void test_cancel(void **state) {
    struct job a[3];
    struct pool *p;
    sem_t gate;
    sem_init(&gate, 0, 0);
    assert_int_equal(pool_new(&p, 2, 1), 0);
    for (int i = 0; i < 3; i++) {
        a[i] = make(1, &gate);
        pool_submit(p, &a[i].job);
    }
    while (atomic_load(&begun) == 0)
        ;
    assert_false(pool_cancel(p, &a[0].job)); /* a thread has it */
    assert_true(pool_cancel(p, &a[2].job));
    assert_false(pool_cancel(p, &a[2].job));
    pool_submit(p, &a[2].job);
    assert_true(pool_cancel(p, &a[1].job));
    sem_post(&gate);
    sem_post(&gate);
    p = pool_free(p); /* does what was submitted */
    assert_int_equal(atomic_load(&finished), 2);
    assert_int_equal(a[0].place, 1);
    assert_int_equal(a[2].place, 2);
    assert_int_equal(a[1].place, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one_cannot_take_all, setup),
        cmocka_unit_test_setup(test_cancel, setup),
    };
    return RUN_TESTS(tests);
}
