/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's bounds over real sockets: time, number of connections, descriptors, and its orderly end.
 */
#include "http/http_testing.h"

#include <sys/resource.h>

static char answer[8 * 1024 * 1024];

static const struct http_limits quick = {
    .head_max = 2048,
    .body_max = 100000,
    .headers_max = 10,
    .head_timeout_ms = 200,
    .body_timeout_ms = 200,
    .body_rate_min = 1000,
    .idle_timeout_ms = 300,
    .write_timeout_ms = 300,
    .connections_max = 20,
};

/* Where time is not what is tested: nothing ends for a machine that is busy with other things. */
static const struct http_limits patient = {
    .head_max = 2048,
    .body_max = 100000,
    .headers_max = 10,
    .head_timeout_ms = PATIENCE_MS,
    .body_timeout_ms = PATIENCE_MS,
    .body_rate_min = 1,
    .idle_timeout_ms = PATIENCE_MS,
    .write_timeout_ms = PATIENCE_MS,
    .connections_max = 20,
};

static int begin_quick(void **state) {
    server_begin(&quick, 1);
    return 0;
}

static int begin_patient(void **state) {
    server_begin(&patient, 1);
    return 0;
}

static int begin_two(void **state) {
    server_begin(&patient, 2);
    return 0;
}

/* Sends byte by byte, one each ms, until the server closes. Returns the time that took. */
static int64_t drip(const char *first, size_t len, unsigned ms, int *ret_end) {
    int64_t start = test_ms();
    int fd = client_open();
    client_send(fd, first, len);
    *ret_end = CLIENT_OPEN;
    answer[0] = '\0';
    for (size_t n = 0; *ret_end == CLIENT_OPEN && test_ms() < start + PATIENCE_MS;) {
        n += client_read(fd, answer + n, 10000, NULL, 0, (int)ms, ret_end);
        if (*ret_end == CLIENT_OPEN && n == 0)
            client_say(fd, "a");
    }
    close(fd);
    return test_ms() - start;
}

static void test_head_timeout(void **state) {
    int end;
    int64_t ms = drip("GET / HTTP/1.1\r\nHost: x\r\nA: ", 28, 50, &end);
    assert_int_equal(status_of(answer), 408);
    assert_int_equal(end, 0);
    assert_in_range(ms, 150, PATIENCE_MS / 2); /* counts from the first byte, however much keeps dripping */
    ms = drip("\r\n", 2, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 408);
    assert_in_range(ms, 150, PATIENCE_MS / 2);
    /* the same behind a request that was answered */
    int fd = client_open();
    client_say(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    assert_non_null(strstr(answer, "GET /a"));
    assert_non_null(strstr(answer, "HTTP/1.1 408 "));
    close(fd);
}

static void test_idle_timeout(void **state) {
    int end, fd = client_open();
    int64_t start = test_ms();
    assert_int_equal(client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end), 0);
    assert_int_equal(end, 0);
    assert_in_range(test_ms() - start, 250, PATIENCE_MS / 2);
    close(fd);
    fd = client_open();
    client_say(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    assert_string_equal(body_of(answer), "GET /a");
    close(fd);
}

static void test_body_timeouts(void **state) {
    static const char *const heads[] = {
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
        "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        int end;
        int64_t ms = drip(heads[i], strlen(heads[i]), PATIENCE_MS, &end); /* nothing more comes */
        assert_int_equal(status_of(answer), 408);
        assert_int_equal(end, 0);
        assert_in_range(ms, 150, PATIENCE_MS / 2);
        ms = drip(heads[i], strlen(heads[i]), 20, &end); /* 50 bytes a second, but 1000 are asked for */
        assert_int_equal(status_of(answer), 408);
        assert_int_equal(end, 0);
        assert_in_range(ms, 150, PATIENCE_MS / 2);
    }
    assert_true(seen.sink_gone > 0);
}

/* The rest of a body that is dropped after its request was answered: when it comes too slowly, the connection is closed
 * without a 408, which the client would take for the answer to its next request. */
static void test_dropped_body_too_slow(void **state) {
    static const char head[] = "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n";
    int end = CLIENT_OPEN, fd = client_open();
    size_t n = 0;
    client_send(fd, head, sizeof(head) - 1);
    answer[0] = '\0';
    for (int64_t start = test_ms(); test_ms() < start + PATIENCE_MS;) {
        n += client_read(fd, answer + n, sizeof(answer) - n, NULL, 0, 20, &end);
        if (end != CLIENT_OPEN)
            break;
        client_say(fd, "a"); /* 50 bytes a second, but 1000 are asked for */
    }
    assert_int_equal(status_of(answer), 401);
    assert_null(strstr(answer + 1, "HTTP/1.1"));
    assert_true(end != CLIENT_OPEN);
    close(fd);
}

/* The time for which the application pauses the body does not count. */
static void test_paused_sink_is_not_slow(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    int end;
    buf_printf(&b, "POST /sink?pause=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 80000\r\n\r\n");
    for (int i = 0; i < 80000; i++)
        buf_add_char(&b, 1);
    assert_int_equal(client_once(b.ptr, b.len, answer, sizeof(answer), &end), 200);
    assert_int_equal(strncmp(body_of(answer), "80000 ", 6), 0);
}

static void test_write_timeout(void **state) {
    int fd = client_open(), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    client_say(fd, "GET /big?n=7000000 HTTP/1.1\r\nHost: x\r\n\r\n");
    struct http_stats stats = {.open_connections = 1}; /* takes nothing */
    for (int64_t until = test_ms() + PATIENCE_MS; stats.open_connections > 0 && test_ms() < until; test_sleep(10))
        http_loop_stats(http_server_loop(server, 0), &stats);
    assert_int_equal(stats.open_connections, 0);
    close(fd);
}

/* Takes a little each time, for longer than the timeout in all. */
static void test_slow_reader(void **state) {
    struct http_limits limits = patient;
    limits.write_timeout_ms = 1000;
    server_begin(&limits, 1);
    int end, fd = client_open();
    client_say(fd, "GET /big?n=7000000 HTTP/1.1\r\nHost: x\r\n\r\nGET /END HTTP/1.1\r\nHost: x\r\n\r\n");
    size_t got = 0;
    for (int i = 0; i < 12; i++) {
        test_sleep(100);
        got += client_read(fd, answer, 500000, NULL, 0, PATIENCE_MS, &end);
    }
    got += client_read(fd, answer, sizeof(answer), "GET /END", 1, PATIENCE_MS, &end);
    assert_true(got > 7000000);
    close(fd);
}

static void test_head_too_long(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    int end;
    buf_add_lit(&b, "GET /");
    for (int i = 0; i < 1000000; i++)
        buf_add_char(&b, 'a');
    assert_int_equal(client_once(b.ptr, b.len, answer, sizeof(answer), &end), 431);
    assert_int_equal(end, 0);
    buf_reset(&b, 0);
    buf_add_lit(&b, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 10; i++)
        buf_add_lit(&b, "A: b\r\n");
    buf_add_lit(&b, "\r\n");
    assert_int_equal(client_once(b.ptr, b.len, answer, sizeof(answer), &end), 431);
    assert_int_equal(end, 0);
}

static void test_connections_max(void **state) {
    int fds[20], end;
    for (int i = 0; i < 20; i++) {
        fds[i] = client_open();
        client_say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        client_read(fds[i], answer, sizeof(answer), "GET /", 1, PATIENCE_MS, &end);
        assert_int_equal(status_of(answer), 200);
    }
    static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_int_equal(client_once(get, sizeof(get) - 1, answer, sizeof(answer), &end), 503);
    assert_int_equal(end, 0);
    assert_non_null(strstr(answer, "\r\nRetry-After: 1\r\n"));
    for (int i = 0; i < 20; i++)
        close(fds[i]);
    unsigned status = 503; /* until it has heard of those that are gone */
    for (int64_t until = test_ms() + PATIENCE_MS; status == 503 && test_ms() < until; test_sleep(10)) {
        int fd = client_open();
        client_send(fd, get, sizeof(get) - 1);
        client_read(fd, answer, sizeof(answer), "GET /", 1, PATIENCE_MS, &end);
        status = status_of(answer);
        close(fd);
    }
    assert_int_equal(status, 200);
}

static double cpu_seconds(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void test_no_descriptors(void **state) {
    struct rlimit before, tight;
    int end, fd = client_open(), waiting = socket(AF_INET, SOCK_STREAM, 0); /* ours, made while there are some */
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client_say(fd, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "GET /1", 1, PATIENCE_MS, &end);
    getrlimit(RLIMIT_NOFILE, &before);
    tight = before;
    tight.rlim_cur = (rlim_t)dup(0); /* every lower one is taken */
    close((int)tight.rlim_cur);
    setrlimit(RLIMIT_NOFILE, &tight);
    assert_int_equal(connect(waiting, (struct sockaddr *)&a, sizeof(a)), 0); /* into the queue */
    client_say(waiting, "GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    double cpu = cpu_seconds();
    for (int i = 0; i < 3; i++) { /* others are served meanwhile */
        client_say(fd, "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
        client_read(fd, answer, sizeof(answer), "GET /3", 1, PATIENCE_MS, &end);
        assert_int_equal(status_of(answer), 200);
        test_sleep(130);
    }
    cpu = cpu_seconds() - cpu;
    setrlimit(RLIMIT_NOFILE, &before);
    assert_true(cpu < 0.1);
    client_read(waiting, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    close(waiting);
    close(fd);
}

static void test_limits_change(void **state) {
    struct http_limits wider = patient;
    int end;
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_add_lit(&b, "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 200000\r\n\r\n");
    for (int i = 0; i < 200000; i++)
        buf_add_char(&b, 'x');
    assert_int_equal(client_once(b.ptr, b.len, answer, sizeof(answer), &end), 413);
    wider.body_max = 200000;
    wider.headers_max = 200;
    http_server_set_limits(server, &wider);
    unsigned status = 413; /* until the loop has heard of it */
    for (int64_t until = test_ms() + PATIENCE_MS; status == 413 && test_ms() < until;)
        status = client_once(b.ptr, b.len, answer, sizeof(answer), &end);
    assert_int_equal(status, 200);
    buf_reset(&b, 0);
    buf_add_lit(&b, "GET /many HTTP/1.0\r\n");
    for (int i = 0; i < 200; i++)
        buf_add_lit(&b, "A: b\r\n");
    buf_add_lit(&b, "\r\n");
    assert_int_equal(client_once(b.ptr, b.len, answer, sizeof(answer), &end), 200);
}

/* ---- the end ---- */

static void *drain_thread(void *arg) {
    http_server_drain(server, *(unsigned *)arg);
    return NULL;
}

static void test_drain(void **state) {
    pthread_t thread;
    unsigned grace = 2 * PATIENCE_MS;
    int end, busy = client_open(), idle = client_open(), stream = client_open(), raw = client_open();
    client_say(idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(idle, answer, sizeof(answer), "GET /", 1, PATIENCE_MS, &end);
    client_say(stream, "GET /stream?n=100000 HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(stream, answer, sizeof(answer), "piece", 1, PATIENCE_MS, &end);
    client_say(raw, "GET /upgrade HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(raw, answer, sizeof(answer), "\r\n\r\n", 1, PATIENCE_MS, &end);
    client_say(busy, "GET /later?ms=1500 HTTP/1.1\r\nHost: x\r\n\r\n");
    test_await(&seen.handled, 4);
    int64_t start = test_ms();
    pthread_create(&thread, NULL, drain_thread, &grace);
    for (int fd; (fd = client_try()) >= 0 && test_ms() < start + PATIENCE_MS; test_sleep(5))
        close(fd);
    assert_true(client_try() < 0); /* no new connections */
    client_read(idle, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    client_read(stream, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_not_equal(end, CLIENT_OPEN);
    client_read(raw, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    close(raw);
    client_read(busy, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end); /* what was asked for is answered */
    assert_int_equal(status_of(answer), 200);
    assert_non_null(strstr(answer, "Connection: close"));
    assert_string_equal(body_of(answer), "later l");
    assert_int_equal(end, 0);
    pthread_join(thread, NULL);
    assert_true(test_ms() - start < PATIENCE_MS);
    assert_int_equal(seen.gone, 1); /* the stream */
    assert_int_equal(seen.raw_closed, 1);
    close(busy);
    close(idle);
    close(stream);
}

static void nothing(struct http_loop *l, void *arg) {
}

static void test_drain_does_not_wait_for_ever(void **state) {
    int fd = client_open(), half = client_open();
    client_say(fd, "GET /later?ms=3000 HTTP/1.1\r\nHost: x\r\n\r\n");
    client_say(half, "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    test_await(&seen.handled, 1);
    test_await(&seen.sinks, 1);
    int64_t start = test_ms();
    http_server_drain(server, 100);
    assert_in_range(test_ms() - start, 50, 2500);
    assert_int_equal(seen.gone, 1);
    assert_int_equal(seen.sink_gone, 1);
    assert_int_equal(http_loop_post(http_server_loop(server, 0), nothing, NULL), -ESHUTDOWN);
    test_await(&seen.worked, 1); /* another thread looked at the request's memory: there until http_server_free */
    close(fd);
    close(half);
}

static void test_address_in_use(void **state) {
    struct http_server *other = NULL;
    struct str why = STR_ABSENT;
    for (unsigned loops = 1; loops <= 2; loops++) {
        assert_int_equal(http_server_new(&other, "127.0.0.1", port, loops, &quick, &test_app, NULL, &why), -EADDRINUSE);
        assert_true(why.len > 0);
        assert_null(other);
    }
    assert_int_equal(http_server_new(&other, "not an address", port, 1, &quick, &test_app, NULL, &why), -EINVAL);
    assert_int_equal(http_server_new(&other, "127.0.0.1", 65536, 1, &quick, &test_app, NULL, &why), -EINVAL);
    assert_int_equal(http_server_new(&other, "127.0.0.1", 0, 0, &quick, &test_app, NULL, &why), -EINVAL);
    assert_int_equal(http_server_new(&other, "::1", 0, 2, &quick, &test_app, NULL, &why), 0);
    other = http_server_free(other); /* never started */
}

static void test_two_loops_share_the_work(void **state) {
    int fds[20], end;
    for (int i = 0; i < 20; i++) {
        fds[i] = client_open();
        client_say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        client_read(fds[i], answer, sizeof(answer), "GET /", 1, PATIENCE_MS, &end);
        assert_int_equal(status_of(answer), 200);
    }
    struct http_stats a, b;
    http_loop_stats(http_server_loop(server, 0), &a);
    http_loop_stats(http_server_loop(server, 1), &b);
    assert_int_equal(a.requests + b.requests, 20);
    assert_int_equal(a.open_connections + b.open_connections, 20);
    assert_true(a.requests > 0 && b.requests > 0);
    assert_true(a.bytes_in + b.bytes_in == 20 * 27 && a.bytes_out + b.bytes_out > 20 * 100);
    for (int i = 0; i < 20; i++)
        close(fds[i]);
}

static int start_fails(struct http_loop *l) {
    return http_loop_index(l) == 1 ? -ENOTSUP : 0;
}

static void test_failing_start(void **state) {
    static const struct http_app app = {.handle = app_handle, .loop_start = start_fails};
    struct http_server *s;
    struct str why;
    assert_int_equal(http_server_new(&s, "127.0.0.1", 0, 3, &quick, &app, NULL, &why), 0);
    assert_int_equal(http_server_start(s), -ENOTSUP);
    s = http_server_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_head_timeout, begin_quick, finish),
        cmocka_unit_test_setup_teardown(test_idle_timeout, begin_quick, finish),
        cmocka_unit_test_setup_teardown(test_body_timeouts, begin_quick, finish),
        cmocka_unit_test_setup_teardown(test_dropped_body_too_slow, begin_quick, finish),
        cmocka_unit_test_setup_teardown(test_paused_sink_is_not_slow, begin_quick, finish),
        cmocka_unit_test_setup_teardown(test_write_timeout, begin_quick, finish),
        cmocka_unit_test_teardown(test_slow_reader, finish),
        cmocka_unit_test_setup_teardown(test_head_too_long, begin_patient, finish),
        cmocka_unit_test_setup_teardown(test_connections_max, begin_patient, finish),
        cmocka_unit_test_setup_teardown(test_no_descriptors, begin_patient, finish),
        cmocka_unit_test_setup_teardown(test_limits_change, begin_patient, finish),
        cmocka_unit_test_setup_teardown(test_drain, begin_two, finish),
        cmocka_unit_test_setup_teardown(test_drain_does_not_wait_for_ever, begin_patient, finish),
        cmocka_unit_test_setup_teardown(test_address_in_use, begin_two, finish),
        cmocka_unit_test_setup_teardown(test_two_loops_share_the_work, begin_two, finish),
        cmocka_unit_test(test_failing_start),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
