/* SPDX-License-Identifier: Apache-2.0
 *
 * A database that does not answer: the loop goes on, callers are told, /readyz tells why, and all is well afterwards.
 */
#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "gateway/gateway_fixture.h"

#define PATIENCE_MS 20000

static const char ready[] = "GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

static sem_t gate, begun, over;

struct hanging {
    struct read_job job; /* first */
    struct gateway *gateway;
};

static void hang(struct read_job *job, struct reader *rd) {
    sem_post(&begun);
    sem_wait(&gate);
}

static void hung(struct read_job *job, int error) {
    assert_int_equal(error, 0);
    sem_post(&over);
}

static void begin_hang(struct http_loop *l, void *arg) {
    struct hanging *h = arg;
    gateway_read(h->gateway, l, &h->job);
}

static int setup(void **state) {
    sem_init(&gate, 0, 0);
    sem_init(&begun, 0, 0);
    sem_init(&over, 0, 0);
    return begin(state, 2);
}

/* Asks until the answer has the status, for callers to whom the state is told within seconds. */
static const char *await_ready(struct fixture *f, const char *status) {
    int64_t until = clock_mono_ms() + PATIENCE_MS;
    const char *answer;
    while (strncmp((answer = ask_for(f, ready)) + sizeof "HTTP/1.1 " - 1, status, 3) != 0 && clock_mono_ms() < until)
        usleep(50000);
    assert_int_equal(strncmp(answer + sizeof "HTTP/1.1 " - 1, status, 3), 0);
    return answer;
}

static void test_hung_database(void **state) {
    struct fixture *f = *state;
    struct hanging all[2];
    assert_non_null(strstr(ask(f), "\"code\":0"));
    await_ready(f, "200");
    for (int i = 0; i < 2; i++) {
        all[i] = (struct hanging){.job = {.key = i + 1, .run = hang, .done = hung}, .gateway = f->gateway};
        assert_int_equal(http_loop_post(http_server_loop(f->server, 0), begin_hang, &all[i]), 0);
        sem_wait(&begun);
    }
    int64_t start_ms = clock_mono_ms();
    assert_non_null(strstr(ask_for(f, ready), "ready")); /* at once: it waits for no read */
    assert_true(clock_mono_ms() - start_ms < 2500);
    const char *answer = ask(f);
    if (strncmp(answer, "HTTP/1.1 503", 12) != 0 || !strstr(answer, "does not answer in time"))
        fail_msg("503 was expected:\n%s", answer);
    assert_non_null(strstr(answer, "\r\nRetry-After: 1\r\n"));
    assert_non_null(strstr(await_ready(f, "503"), "has not answered a read"));
    sem_post(&gate);
    sem_post(&gate);
    sem_wait(&over);
    sem_wait(&over);
    assert_non_null(strstr(ask(f), "\"code\":0"));
    await_ready(f, "200");
}

static _Atomic int late = 1;

static void hung_too_long(struct read_job *job, int error) {
    late = error;
}

/* A read that does not come back does not keep the loop from ending; its end is told to whoever owns its memory. */
static void test_end_while_hung(void **state) {
    static struct hanging one;
    struct fixture *f = *state;
    one = (struct hanging){.job = {.key = 1, .run = hang, .done = hung_too_long}, .gateway = f->gateway};
    assert_int_equal(http_loop_post(http_server_loop(f->server, 0), begin_hang, &one), 0);
    sem_wait(&begun);
    http_server_drain(f->server, 100);
    assert_int_equal(late, 1);
    sem_post(&gate);
    gateway_stop(f->gateway);
    assert_int_equal(late, -ESHUTDOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hung_database, setup, finish),
        cmocka_unit_test_setup_teardown(test_end_while_hung, setup, finish),
    };
    return RUN_TESTS(tests);
}
