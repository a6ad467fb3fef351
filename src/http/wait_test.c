/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "base/test.h"
#include "http/http.h"

enum { WORKS = 12 }; /* more than libuv's pool has threads, so some have not begun when the loop ends */

static struct {
    bool stopped;
    int fired, ended, late; /* late: called after loop_stop */
    int done, cancelled;
    _Atomic int run, begun;
    _Atomic bool ready;
} seen;

static struct http_work works[WORKS];
static struct http_timer *stopped_timer;

static void fire(void *arg) {
    seen.fired++;
    seen.late += seen.stopped;
    if (arg && stopped_timer) {
        http_timer_stop(stopped_timer);
        stopped_timer = NULL;
        atomic_store(&seen.ready, true);
    }
}

static void posted(struct http_loop *l, void *arg) {
    seen.late += seen.stopped;
}

/* What an end posts is still run. */
static void end(void *arg) {
    seen.ended++;
    seen.late += seen.stopped;
    assert_int_equal(http_loop_post(arg, posted, NULL), 0);
}

static void run(struct http_work *w) {
    atomic_fetch_add(&seen.begun, 1);
    nanosleep(&(struct timespec){.tv_nsec = 200 * 1000000}, NULL);
    atomic_fetch_add(&seen.run, 1);
}

static void done(struct http_work *w, int status) {
    seen.done++;
    seen.cancelled += status == -ECANCELED;
    assert_true(status == 0 || status == -ECANCELED);
    seen.late += seen.stopped;
}

static void begin(struct http_loop *l, void *arg) {
    stopped_timer = http_timer_start(l, 1, fire, end, l);
    (void)http_timer_start(l, 5, fire, end, l);
    for (int i = 0; i < WORKS; i++) {
        works[i] = (struct http_work){.run = run, .done = done};
        assert_int_equal(http_work_begin(l, &works[i]), 0);
    }
}

static int loop_start(struct http_loop *l) {
    return 0;
}

static void loop_stop(struct http_loop *l) {
    assert_false(seen.stopped);
    seen.stopped = true;
}

static void handle(struct http_request *r) {
    http_reply(r, 200, STR_ABSENT, NULL, 0);
}

static void drain(unsigned grace_ms, int cancelled_min) {
    static const struct http_app app = {.handle = handle, .loop_start = loop_start, .loop_stop = loop_stop};
    struct http_limits limits;
    struct http_server *s;
    struct str why;
    memset(&seen, 0, sizeof seen);
    http_limits_init(&limits);
    assert_int_equal(http_server_new(&s, "127.0.0.1", 0, 1, &limits, &app, NULL, &why), 0);
    assert_int_equal(http_server_start(s), 0);
    assert_int_equal(http_loop_post(http_server_loop(s, 0), begin, NULL), 0);
    while (!atomic_load(&seen.ready) || atomic_load(&seen.begun) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    http_server_drain(s, grace_ms);
    assert_true(seen.stopped);
    assert_true(seen.fired > 0);
    assert_int_equal(seen.ended, 1); /* the one that was not stopped */
    assert_int_equal(seen.done, WORKS);
    assert_int_equal(seen.cancelled + atomic_load(&seen.run), WORKS);
    assert_true(seen.cancelled >= cancelled_min);
    assert_int_equal(seen.late, 0);
    http_server_free(s);
}

static void test_all_waits_end_before_the_loop_stops(void **state) {
    drain(0, 1);
}

/* As long as there is time, work goes on; a timer alone would never end by itself. */
static void test_the_grace_is_given(void **state) {
    drain(2000, 0);
    assert_int_equal(seen.cancelled, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_waits_end_before_the_loop_stops),
        cmocka_unit_test(test_the_grace_is_given),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
