/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests that the application holds after their head, over real sockets.
 */
#include "http/http_testing.h"

static char answer[1024 * 1024], body[400000];

static int begin(void **state) {
    struct http_limits limits;
    http_limits_init(&limits);
    limits.body_max = 100000;
    server_begin(&limits, 1);
    memset(body, 'x', sizeof(body));
    return 0;
}

/* Whether nothing arrives within ms. */
static bool is_silent(int fd, int ms) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, ms) == 0;
}

static void test_body_waits(void **state) {
    int end, fd = client_open();
    client_say(fd, "POST /hold?ms=200 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    assert_true(is_silent(fd, 50)); /* no invitation while it is held */
    client_read(fd, answer, sizeof(answer), "\r\n\r\n", 1, PATIENCE_MS, &end);
    assert_string_equal(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    assert_int_equal(seen.handled, 0);
    client_say(fd, "hello");
    client_read(fd, answer, sizeof(answer), "hello", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    /* bodies that are there already: in place, longer than the buffer, none, and the next request behind them */
    client_say(
        fd, "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nagainPOST /hold?ms=100 HTTP/1.1\r\nHost: x\r\n"
            "Content-Length: 90000\r\n\r\n");
    client_send(fd, body, 90000);
    client_say(fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\nGET /last HTTP/1.1\r\nHost: x\r\n\r\n");
    size_t n = client_read(fd, answer, sizeof(answer), "GET /last", 1, PATIENCE_MS, &end);
    assert_true(n > 90000);
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 4);
    assert_non_null(strstr(answer, "again"));
    assert_non_null(strstr(answer, "Content-Length: 90000"));
    close(fd);
}

static void test_sink_is_set_later(void **state) {
    char want[32];
    int end, fd = client_open();
    client_say(fd, "POST /hold-sink?ms=100 HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\n");
    client_send(fd, body, sizeof(body));
    snprintf(want, sizeof(want), "%zu ", sizeof(body));
    client_read(fd, answer, sizeof(answer), want, 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    assert_int_equal(seen.sink_bytes, sizeof(body));
    close(fd);
}

static void test_is_refused(void **state) {
    int end, fd = client_open();
    client_say(fd, "POST /hold-deny HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 401);
    assert_null(strstr(answer, "100 Continue"));
    close(fd);
    fd = client_open(); /* longer than a body may be: refused when it is released */
    client_say(fd, "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 413);
    close(fd);
    fd = client_open(); /* the handler uses no body: it is not waited for */
    client_say(fd, "POST /hold-no-body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "POST /hold-no-body", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    close(fd);
}

static void test_client_leaves(void **state) {
    int end, fd = client_open();
    client_say(fd, "POST /hold?ms=200 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    test_await(&seen.held, 1);
    struct linger reset = {.l_onoff = 1};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
    close(fd);
    test_await(&seen.gone, 1);
    test_await(&seen.held_gone, 1);
    assert_int_equal(seen.handled, 0);
    fd = client_open(); /* half a body, then the client sends no more */
    client_say(fd, "POST /hold?ms=50 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe");
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_int_equal(client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end), 0);
    assert_int_equal(seen.handled, 0);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_body_waits, begin, finish),
        cmocka_unit_test_setup_teardown(test_sink_is_set_later, begin, finish),
        cmocka_unit_test_setup_teardown(test_is_refused, begin, finish),
        cmocka_unit_test_setup_teardown(test_client_leaves, begin, finish),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
