/* SPDX-License-Identifier: Apache-2.0
 *
 * The server over real sockets: requests of every form, answers of every kind.
 */
#include "http/http_testing.h"

static char answer[8 * 1024 * 1024];

static void test_get(void **state) {
    int end, fd = client_open();
    client_say(fd, "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "/a", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    assert_non_null(strstr(answer, "\r\nDate: "));
    assert_non_null(strstr(answer, " GMT\r\n"));
    assert_non_null(strstr(answer, "\r\nContent-Type: text/plain\r\n"));
    assert_non_null(strstr(answer, "\r\nContent-Length: 6\r\n"));
    assert_non_null(strstr(answer, "\r\nX-One: 1\r\n"));
    assert_null(strstr(answer, "\r\nSet-Cookie")); /* a header's value cannot begin a new header */
    assert_null(strstr(answer, "Connection"));
    assert_string_equal(body_of(answer), "GET /a");
    client_say(fd, "GET /peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    assert_string_equal(body_of(answer), "127.0.0.1");
    close(fd);
}

/* One after the other on one connection, as a proxy sends them: each has its own client. */
static void test_behind_proxy(void **state) {
    int end, fd = client_open();
    client_say(fd, "GET /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 9.9.9.9, 192.0.2.7:99\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "192.0.2.7", 1, 2000, &end);
    assert_string_equal(body_of(answer), "192.0.2.7");
    client_say(fd, "GET /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 2001:db8::7\r\nX-Forwarded-Proto: https\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "https", 1, 2000, &end);
    assert_string_equal(body_of(answer), "2001:db8::7 https");
    client_say(fd, "GET /peer HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "127.0.0.1", 1, 2000, &end);
    assert_string_equal(body_of(answer), "127.0.0.1");
    client_say(fd, "POST /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: unknown\r\nContent-Length: 36\r\n\r\n"
                   "GET /peer HTTP/1.1\r\nHost: smuggled\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, 2000, &end);
    assert_int_equal(status_of(answer), 400);
    assert_int_equal(count_of(answer, "HTTP/1.1 "), 1);
    assert_non_null(strstr(answer, "an entry that is no address"));
    assert_int_equal(end, 0);
    close(fd);
}

/* Nobody is a proxy unless the configuration says so. */
static void test_no_proxy(void **state) {
    int end, fd = client_open();
    client_say(fd, "GET /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "127.0.0.1", 1, 2000, &end);
    assert_string_equal(body_of(answer), "127.0.0.1");
    close(fd);
}

static void test_byte_by_byte(void **state) {
    static const char text[] = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                               "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3;a=b\r\none\r\n4\r\n-two\r\n0\r\nT: v\r\n\r\n";
    int end, fd = client_open();
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        client_send(fd, text + i, 1);
        test_sleep(1);
    }
    client_read(fd, answer, sizeof(answer), "one-two", 1, PATIENCE_MS, &end);
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 2);
    assert_non_null(strstr(answer, "hello"));
    assert_non_null(strstr(answer, "one-two"));
    close(fd);
}

static void test_pipelining(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    enum { MANY = 1000 };
    for (int i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            buf_printf(&b, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nbody%04d", i);
        else if (i % 3 == 1)
            buf_printf(&b,
                       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nbody%04d\r\n0\r\n\r\n",
                       i);
        else
            buf_printf(&b, "GET /body%04d HTTP/1.1\r\nHost: x\r\n\r\n", i);
    }
    int end, fd = client_open();
    client_send(fd, b.ptr, b.len);
    client_read(fd, answer, sizeof(answer), "body0999", 1, PATIENCE_MS, &end);
    assert_int_equal(count_of(answer, "HTTP/1.1 200 OK"), MANY);
    const char *at = answer;
    for (int i = 0; i < MANY; i++) { /* all of them, in order */
        char expected[16];
        snprintf(expected, sizeof(expected), "body%04d", i);
        at = strstr(at, expected);
        assert_non_null(at);
    }
    close(fd);
}

/* While an answer is owed, the server takes in a bounded amount only, and goes on afterwards. */
static void test_pipelining_behind_a_late_answer(void **state) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    enum { MANY = 20000 };
    buf_add_lit(&b, "GET /later?ms=150 HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < MANY; i++)
        buf_add_lit(&b, "GET /empty HTTP/1.1\r\nHost: x\r\n\r\n");
    buf_add_lit(&b, "GET /later?ms=10 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    int end, fd = client_open();
    fcntl(fd, F_SETFL, O_NONBLOCK);
    size_t sent = 0, got = 0;
    int64_t until = test_ms() + PATIENCE_MS;
    end = CLIENT_OPEN;
    while (end != 0 && test_ms() < until) {
        struct pollfd p = {.fd = fd, .events = (short)(POLLIN | (sent < b.len ? POLLOUT : 0))};
        poll(&p, 1, 1000);
        if (p.revents & POLLOUT) {
            ssize_t n = send(fd, b.ptr + sent, b.len - sent, MSG_NOSIGNAL);
            sent += n > 0 ? (size_t)n : 0;
        }
        if (p.revents & POLLIN) {
            ssize_t n = recv(fd, answer + got, sizeof(answer) - 1 - got, 0);
            assert_true(n >= 0);
            end = n == 0 ? 0 : CLIENT_OPEN;
            got += (size_t)n;
        }
    }
    answer[got] = '\0';
    assert_int_equal(end, 0);
    assert_int_equal(count_of(answer, "HTTP/1.1 204"), MANY);
    assert_int_equal(count_of(answer, "later l"), 2);
    close(fd);
}

static void test_head_method(void **state) {
    int end, fd = client_open();
    client_say(fd, "HEAD /big?n=5000 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n"
                   "HEAD /file?size=70000 HTTP/1.1\r\nHost: x\r\n\r\nGET /empty HTTP/1.1\r\nHost: x\r\n\r\n"
                   "GET /end HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "GET /end", 1, PATIENCE_MS, &end);
    assert_int_equal(count_of(answer, "HTTP/1.1 "), 5);
    assert_non_null(strstr(answer, "Content-Length: 5000\r\n"));
    assert_non_null(strstr(answer, "Content-Length: 70000\r\n"));
    assert_null(strstr(answer, "aaaa"));
    assert_null(strstr(answer, "piece"));
    assert_null(strstr(strstr(answer, "204 No Content"), "Content-Length: 0"));
    close(fd);
}

static void test_http_1_0(void **state) {
    int end, fd = client_open();
    client_say(fd, "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "GET /1", 1, PATIENCE_MS, &end);
    assert_non_null(strstr(answer, "\r\nConnection: keep-alive\r\n"));
    client_say(fd, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    assert_null(strstr(answer, "chunked"));
    assert_string_equal(body_of(answer), "piece 3\npiece 2\npiece 1\n");
    close(fd);
    client_once("GET /2 HTTP/1.0\r\n\r\n", 19, answer, sizeof(answer), &end);
    assert_int_equal(end, 0);
    assert_string_equal(body_of(answer), "GET /2");
}

static void test_bodies_of_all_sizes(void **state) {
    static const size_t sizes[] = {0, 1, 100, 4096, 16000, 16384, 16385, 40000, 65536, 100000, 1000000, 1048576};
    char *body = malloc(1048576);
    for (size_t i = 0; i < 1048576; i++)
        body[i] = (char)('a' + i % 25);
    int end, fd = client_open();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int chunked = 0; chunked < 2; chunked++) {
            struct buf b BUF_CLEANUP = BUF_EMPTY;
            buf_add_lit(&b, "POST /echo HTTP/1.1\r\nHost: x\r\n");
            if (chunked) {
                buf_add_lit(&b, "Transfer-Encoding: chunked\r\n\r\n");
                for (size_t at = 0; at < sizes[i]; at += 10000) {
                    size_t n = sizes[i] - at < 10000 ? sizes[i] - at : 10000;
                    buf_printf(&b, "%zx\r\n", n);
                    buf_add(&b, body + at, n);
                    buf_add_lit(&b, "\r\n");
                }
                buf_add_lit(&b, "0\r\n\r\n");
            } else {
                buf_printf(&b, "Content-Length: %zu\r\n\r\n", sizes[i]);
                buf_add(&b, body, sizes[i]);
            }
            buf_add_lit(&b, "GET /mark HTTP/1.1\r\nHost: x\r\n\r\n");
            client_send(fd, b.ptr, b.len);
            client_read(fd, answer, sizeof(answer), "GET /mark", 1, PATIENCE_MS, &end);
            assert_int_equal(status_of(answer), 200);
            assert_memory_equal(body_of(answer), body, sizes[i]);
            assert_int_equal(strncmp(body_of(answer) + sizes[i], "HTTP/1.1 200", 12), 0);
        }
    }
    close(fd);
    free(body);
}

static void test_expect_continue(void **state) {
    int end, fd = client_open();
    client_say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "\r\n\r\n", 1, PATIENCE_MS, &end);
    assert_string_equal(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    client_say(fd, "hello");
    client_read(fd, answer, sizeof(answer), "hello", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    /* who sends the body at once needs no invitation */
    client_say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nagain");
    client_read(fd, answer, sizeof(answer), "again", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 200);
    /* answered from the head alone: no invitation */
    client_say(fd, "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 401);
    assert_int_equal(end, 0);
    close(fd);
    fd = client_open();
    client_say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 413);
    assert_int_equal(end, 0);
    close(fd);
}

static void test_answer_from_the_head(void **state) {
    static char big[300000];
    int end, fd = client_open();
    /* a short body is read and dropped, the connection goes on */
    client_say(fd, "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 30000\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "denied", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 401);
    memset(big, 'x', sizeof(big));
    client_send(fd, big, 30000);
    client_say(fd, "GET /next HTTP/1.1\r\nHost: x\r\n\r\nGET /deny HTTP/1.1\r\nHost: x\r\n\r\n"
                   "POST /deny HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "denied", 2, PATIENCE_MS, &end);
    assert_non_null(strstr(answer, "GET /next"));
    assert_int_equal(count_of(answer, "HTTP/1.1 401"), 2);
    /* a long one is not */
    client_send(fd, big, sizeof(big));
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    close(fd);
}

static void test_sink(void **state) {
    size_t len = 3000000;
    char *body = malloc(len);
    for (size_t i = 0; i < len; i++)
        body[i] = (char)(i * 7);
    uint32_t sum = sum_of(0, body, len);
    int end, fd = client_open();
    for (int chunked = 0; chunked < 2; chunked++) {
        struct buf b BUF_CLEANUP = BUF_EMPTY;
        char expected[64];
        if (chunked)
            buf_printf(&b, "PUT /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n", len);
        else
            buf_printf(&b, "PUT /sink?pause=1 HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", len);
        buf_add(&b, body, len);
        if (chunked)
            buf_add_lit(&b, "\r\n0\r\n\r\n");
        client_send(fd, b.ptr, b.len);
        snprintf(expected, sizeof(expected), "%zu %u", len, sum);
        client_read(fd, answer, sizeof(answer), expected, 1, PATIENCE_MS, &end);
        assert_string_equal(body_of(answer), expected);
    }
    client_say(fd, "PUT /sink HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "0 0", 1, PATIENCE_MS, &end);
    assert_string_equal(body_of(answer), "0 0");
    close(fd);

    struct buf b BUF_CLEANUP = BUF_EMPTY;
    static const char *const paths[] = {"/sink-broken", "/sink-answers"};
    static const unsigned statuses[] = {500, 409};
    for (int i = 0; i < 2; i++) {
        buf_reset(&b, 0);
        buf_printf(&b, "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", paths[i], len);
        buf_add(&b, body, len);
        assert_int_equal(client_once(b.ptr, b.len, answer, sizeof(answer), &end), statuses[i]);
        assert_int_equal(end, 0);
    }
    seen.sink_gone = 0;
    fd = client_open();
    client_send(fd, b.ptr, 80000);
    test_sleep(50);
    close(fd);
    test_await(&seen.sink_gone, 1);
    free(body);
}

static void test_late_answers(void **state) {
    int end, fd = client_open();
    client_say(fd, "GET /later HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "GET /after", 1, PATIENCE_MS, &end);
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 2);
    assert_non_null(strstr(answer, "later l"));
    close(fd);
    /* the peer closed its side only: it still gets what it asked for */
    fd = client_open();
    client_say(fd, "GET /later?ms=100 HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n");
    shutdown(fd, SHUT_WR);
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 2);
    close(fd);
    /* the peer vanished: the request's memory stays until its answer, which goes nowhere */
    seen.gone = 0;
    int handled = seen.handled;
    fd = client_open();
    client_say(fd, "GET /later?ms=200 HTTP/1.1\r\nHost: x\r\n\r\n");
    test_await(&seen.handled, handled + 1);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
    test_await(&seen.gone, 1);
    test_sleep(250);
    assert_int_equal(seen.late_unheld, 0);
}

static void check_file(const char *body, size_t from, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (body[i] != (char)('a' + (from + i) % 26))
            fail_msg("byte %zu of the file is %d", i, body[i]);
}

static void test_files(void **state) {
    static const struct {
        size_t size, from, len;
    } cases[] = {{100, 0, 100},        {0, 0, 0}, {100, 10, 20}, {300000, 0, 300000}, {300000, 131072, 131072},
                 {5000000, 1, 4999999}};
    int end, fd = client_open();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b BUF_CLEANUP = BUF_EMPTY;
        buf_printf(
            &b, "GET /file?size=%zu&from=%zu&len=%zu HTTP/1.1\r\nHost: x\r\n\r\nGET /END HTTP/1.1\r\nHost: x\r\n\r\n",
            cases[i].size, cases[i].from, cases[i].len);
        client_send(fd, b.ptr, b.len);
        test_sleep(30); /* let the socket's buffer fill up */
        client_read(fd, answer, sizeof(answer), "GET /END", 1, PATIENCE_MS, &end);
        assert_int_equal(status_of(answer), cases[i].from ? 206 : 200);
        check_file(body_of(answer), cases[i].from, cases[i].len);
        assert_int_equal(strncmp(body_of(answer) + cases[i].len, "HTTP/1.1 200", 12), 0);
    }
    client_say(fd, "GET /file?size=1000&len=2000 HTTP/1.1\r\nHost: x\r\n\r\n"); /* shorter than promised */
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    close(fd);
}

/* More than the socket takes at once, from the server's memory or from memory that is gone after the call. */
static void check_big(int fd, const char *requests) {
    int end;
    client_send(fd, requests, strlen(requests));
    test_sleep(50);
    client_read(fd, answer, sizeof(answer), "GET /END", 1, PATIENCE_MS, &end);
    check_file(body_of(answer), 0, 4000000);
    assert_int_equal(strncmp(body_of(answer) + 4000000, "HTTP/1.1 200", 12), 0);
}

static void test_big_answers(void **state) {
    int end, fd = client_open();
    check_big(fd, "GET /big?n=4000000 HTTP/1.1\r\nHost: x\r\n\r\nGET /END HTTP/1.1\r\nHost: x\r\n\r\n");
    check_big(fd, "GET /gone?n=4000000 HTTP/1.1\r\nHost: x\r\n\r\nGET /END HTTP/1.1\r\nHost: x\r\n\r\n");
    client_say(fd, "HEAD /gone?n=500 HTTP/1.1\r\nHost: x\r\n\r\nGET /END HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "GET /END", 1, PATIENCE_MS, &end);
    assert_non_null(strstr(answer, "\r\nContent-Length: 500\r\n"));
    assert_int_equal(strncmp(body_of(answer), "HTTP/1.1 200", 12), 0);
    client_say(fd, "GET /close HTTP/1.1\r\nHost: x\r\n\r\nGET /not HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    assert_int_equal(count_of(answer, "HTTP/1.1"), 1);
    close(fd);
}

static void test_streams(void **state) {
    int end, fd = client_open();
    client_say(fd, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /END HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "GET /END", 1, PATIENCE_MS, &end);
    assert_non_null(strstr(answer, "\r\nTransfer-Encoding: chunked\r\n"));
    assert_int_equal(
        strncmp(body_of(answer), "8\r\npiece 3\n\r\n8\r\npiece 2\n\r\n8\r\npiece 1\n\r\n0\r\n\r\nHTTP/1.1 200", 56), 0);
    /* more than fits: the writer is told to wait, and nothing is lost */
    client_say(fd, "GET /stream?size=1&n=200 HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int64_t until = test_ms() + PATIENCE_MS; seen.stream_full == 0 && test_ms() < until;)
        test_sleep(5);
    client_read(fd, answer, sizeof(answer), "\r\n0\r\n\r\n", 1, PATIENCE_MS, &end);
    assert_true(seen.stream_full > 0);
    assert_int_equal(count_of(answer, "\r\n8000\r\n"), 200);
    /* gone */
    seen.gone = 0;
    client_say(fd, "GET /stream?n=100000 HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "piece", 2, PATIENCE_MS, &end);
    close(fd);
    test_await(&seen.gone, 1);
}

static void upgrade_once(const char *path) {
    int end, fd = client_open();
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_printf(&b, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly", path);
    client_send(fd, b.ptr, b.len);
    client_read(fd, answer, sizeof(answer), "early", 1, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 101);
    assert_non_null(strstr(answer, "\r\nUpgrade: echo\r\n"));
    assert_non_null(strstr(answer, "\r\nConnection: Upgrade\r\n"));
    assert_null(strstr(answer, "Content-Length"));
    assert_string_equal(body_of(answer), "early");
    client_say(fd, "GET / HTTP/1.1\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "HTTP/1.1\r\n\r\n", 1, PATIENCE_MS, &end);
    assert_string_equal(answer, "GET / HTTP/1.1\r\n\r\n");
    client_say(fd, "!");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_string_equal(answer, "bye");
    assert_int_equal(end, 0);
    close(fd);
}

static void test_upgrades(void **state) {
    seen.raw_closed = 0;
    upgrade_once("/upgrade");
    upgrade_once("/upgrade-later");
    test_await(&seen.raw_closed, 2);
    int fd = client_open(), end;
    client_say(fd, "GET /upgrade HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "\r\n\r\n", 1, PATIENCE_MS, &end);
    close(fd);
    test_await(&seen.raw_closed, 3);
    client_once("POST /upgrade HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", 55, answer, sizeof(answer), &end);
    assert_int_equal(status_of(answer), 400);
    assert_int_equal(end, 0);
}

static void test_refusals(void **state) {
    static const struct {
        const char *bytes;
        size_t len;
        unsigned status;
    } cases[] = {
#define CASE(status, text) {text, sizeof(text) - 1, status}
        CASE(400, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        CASE(400, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"),
        CASE(501, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
        CASE(400, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        CASE(413, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\nHost: x\n\n"),
        CASE(400, "GET / HTTP/1.1\r\n\r\n"),
        CASE(400, "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"),
        CASE(505, "GET / HTTP/3.0\r\nHost: x\r\n\r\n"),
        CASE(417, "GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n"),
        CASE(400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
#undef CASE
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int end;
        seen.refused = 0;
        unsigned status = client_once(cases[i].bytes, cases[i].len, answer, sizeof(answer), &end);
        if (status != cases[i].status || end != 0 || count_of(answer, "\r\nDate: ") != 1)
            fail_msg("case %zu: status %u, end %d, answer %s", i, status, end, answer);
        assert_int_equal(seen.refused, 1);
        assert_int_equal(seen.last_refused, status);
        assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
    }
    /* the first request is good, what follows is not: both are answered, in order */
    static const char two[] = "GET /good HTTP/1.1\r\nHost: x\r\n\r\nBAD\r\n\r\n";
    int end;
    assert_int_equal(client_once(two, sizeof(two) - 1, answer, sizeof(answer), &end), 200);
    assert_int_equal(end, 0);
    assert_non_null(strstr(answer, "HTTP/1.1 400 "));
}

/* Whoever sends a body that is not wanted gets to read why, not a reset. */
static void test_lingering(void **state) {
    size_t len = 5000000;
    char *big = malloc(len);
    int head = snprintf(big, len, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4999900\r\n\r\n");
    memset(big + head, 'x', len - (size_t)head);
    for (int i = 0; i < 5; i++) {
        int end;
        assert_int_equal(client_once(big, len, answer, sizeof(answer), &end), 413);
        assert_int_equal(end, 0);
    }
    free(big);
}

static int begin(void **state) {
    struct http_limits limits;
    http_limits_init(&limits);
    limits.body_max = 1048576;
    server_begin(&limits, 1);
    return 0;
}

static int begin_proxied(void **state) {
    struct http_limits limits;
    server_end();
    http_limits_init(&limits);
    assert_int_equal(networks_parse(STR("127.0.0.0/8"), &limits.proxies), 0);
    server_begin(&limits, 1);
    return 0;
}

static int begin_again(void **state) {
    server_end();
    return begin(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_no_proxy),
        cmocka_unit_test_setup_teardown(test_behind_proxy, begin_proxied, begin_again),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_pipelining),
        cmocka_unit_test(test_pipelining_behind_a_late_answer),
        cmocka_unit_test(test_head_method),
        cmocka_unit_test(test_http_1_0),
        cmocka_unit_test(test_bodies_of_all_sizes),
        cmocka_unit_test(test_expect_continue),
        cmocka_unit_test(test_answer_from_the_head),
        cmocka_unit_test(test_sink),
        cmocka_unit_test(test_late_answers),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_big_answers),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_upgrades),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_lingering),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, begin, finish);
}
