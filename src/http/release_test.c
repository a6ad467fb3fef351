/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests that are held after their head: a body that arrives in pieces before, with and after the release, and
 * clients that leave in each of these states.
 */
#include <netinet/tcp.h>

#include "http/http_testing.h"

static char answer[1024 * 1024], body[70000];

static int begin(void **state) {
    struct http_limits limits;
    http_limits_init(&limits);
    server_begin(&limits, 1);
    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (char)('a' + i * i % 23); /* so that pieces in another order are not the same */
    return 0;
}

/* ---- the body in pieces ---- */

enum kind { LENGTH, CHUNKED };

struct sending {
    int fd;
    const char *path;
    enum kind kind;
    bool expect;   /* Expect: 100-continue */
    size_t len;    /* of the body */
    struct buf b;  /* head, body and the head of the next request */
    size_t at;     /* where in b the body begins */
    size_t end;    /* where it ends */
    uint64_t read; /* bytes that the server had read before */
};

/* Each part is sent at once, although the one before it is not acknowledged yet. */
static int client_open_nodelay(void) {
    int on = 1, room = 212992, fd = client_open();
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)), 0); /* for a body that nobody reads */
    return fd;
}

static void sending_write(struct sending *s) {
    s->b.len = 0;
    buf_printf(&s->b, "POST %s?by=test HTTP/1.1\r\nHost: x\r\n%s", s->path,
               s->expect ? "Expect: 100-continue\r\n" : "");
    if (s->kind == LENGTH)
        buf_printf(&s->b, "Content-Length: %zu\r\n\r\n", s->len);
    else
        buf_add_lit(&s->b, "Transfer-Encoding: chunked\r\n\r\n");
    s->at = s->b.len;
    if (s->kind == LENGTH)
        buf_add(&s->b, body, s->len);
    for (size_t i = 0, n; s->kind == CHUNKED && i < s->len; i += n) {
        n = s->len - i < 3000 ? s->len - i : 3000;
        buf_printf(&s->b, "%zx\r\n", n);
        buf_add(&s->b, body + i, n);
        buf_add_lit(&s->b, "\r\n");
    }
    if (s->kind == CHUNKED)
        buf_add_lit(&s->b, "0\r\n\r\n");
    s->end = s->b.len;
    buf_add_lit(&s->b, "GET /last HTTP/1.1\r\nHost: x\r\n\r\n");
}

static void send_part(struct sending *s, size_t from, size_t to) {
    client_send(s->fd, s->b.ptr + from, to - from);
}

/* Sends a part and waits until it is read. */
static void send_and_await(struct sending *s, size_t from, size_t to) {
    send_part(s, from, to);
    await_bytes_read(s->read + to);
}

static void begin_held(struct sending *s, size_t with_head) {
    int held = seen.held;
    s->read = bytes_read();
    send_and_await(s, 0, with_head);
    test_await(&seen.held, held + 1);
}

/* Releases the request, and does what act says in the same turn of the loop. */
static void release_while(struct sending *s, void (*act)(struct sending *s, size_t from, size_t to), size_t from,
                          size_t to) {
    loop_stops();
    act(s, from, to);
    loop_goes_on(release_held, held_request);
}

static const char *skip_continue(const char *text) {
    static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    return strncmp(text, line, sizeof(line) - 1) == 0 ? text + sizeof(line) - 1 : text;
}

static void check_answer(const struct sending *s, const size_t cut[3]) {
    int end;
    client_read(s->fd, answer, sizeof(answer), "GET /last", 1, PATIENCE_MS, &end);
    const char *text = skip_continue(answer);
    char want[64];
    bool right = status_of(text) == 200 && count_of(text, "HTTP/1.1 200") == 2;
    if (strcmp(s->path, "/hold") == 0) {
        right = right && strlen(body_of(text)) > s->len && memcmp(body_of(text), body, s->len) == 0;
    } else {
        snprintf(want, sizeof(want), "%zu %u", s->len, sum_of(0, body, s->len));
        right = right && strncmp(body_of(text), want, strlen(want)) == 0;
    }
    if (!right)
        fail_msg("%s, %s, %zu bytes, cut at %zu, %zu and %zu of %zu: %.300s", s->path,
                 s->kind == CHUNKED ? "chunked" : "with a length", s->len, cut[0] - s->at, cut[1] - s->at,
                 cut[2] - s->at, s->end - s->at, answer);
    bool invited = text != answer;
    if (s->expect && cut[2] == s->at)
        assert_true(invited);
    if (!s->expect || cut[1] > s->at)
        assert_false(invited);
}

/* The first part comes with the head, the second while the request is held, the third in the turn of the loop that
 * releases it, and the last when it is released. */
static void send_in_parts(struct sending *s, const size_t cut[3]) {
    begin_held(s, cut[0]);
    send_and_await(s, cut[0], cut[1]);
    release_while(s, send_part, cut[1], cut[2]);
    send_part(s, cut[2], s->b.len);
    check_answer(s, cut);
}

/* Everywhere where a part may end, in all combinations, and on the same connection. */
static void send_everywhere(struct sending *s) {
    sending_write(s);
    s->fd = client_open_nodelay();
    const size_t at[] = {s->at, s->at + 1, (s->at + s->end) / 2, s->end - 1, s->end, s->b.len};
    const size_t n = sizeof(at) / sizeof(*at);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i; j < n; j++)
            for (size_t k = j; k < n; k++)
                send_in_parts(s, (const size_t[]){at[i], at[j], at[k]});
    close(s->fd);
    buf_free(&s->b);
}

static void test_parts(void **state) {
    static const size_t lengths[] = {5, 14000, 40000,
                                     70000}; /* in place; just; longer than the buffer; than it grows */
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        send_everywhere(&(struct sending){.path = "/hold", .kind = LENGTH, .len = lengths[i]});
        send_everywhere(&(struct sending){.path = "/hold", .kind = CHUNKED, .len = lengths[i]});
        send_everywhere(&(struct sending){.path = "/hold-sink", .kind = LENGTH, .len = lengths[i]});
        send_everywhere(&(struct sending){.path = "/hold-sink", .kind = CHUNKED, .len = lengths[i]});
    }
}

static void test_parts_after_invitation(void **state) {
    send_everywhere(&(struct sending){.path = "/hold", .expect = true, .kind = LENGTH, .len = 40000});
    send_everywhere(&(struct sending){.path = "/hold-sink", .expect = true, .kind = CHUNKED, .len = 40000});
}

/* The body that the handler does not use is not taken for the next request. */
static void test_parts_not_used(void **state) {
    struct sending s = {.path = "/hold-no-body", .kind = LENGTH, .len = 40000};
    int end;
    sending_write(&s);
    const size_t at[] = {s.at, s.at + 1, (s.at + s.end) / 2, s.end - 1, s.end, s.b.len};
    for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
        for (size_t j = i; j < sizeof(at) / sizeof(*at); j++) {
            s.fd = client_open_nodelay();
            begin_held(&s, at[i]);
            release_while(&s, send_part, at[i], at[j]);
            send_part(&s, at[j], s.b.len);
            client_read(s.fd, answer, sizeof(answer), "GET /last", 1, PATIENCE_MS, &end);
            assert_int_equal(status_of(answer), 200);
            assert_non_null(strstr(answer, "POST /hold-no-body"));
            assert_null(strstr(answer, "HTTP/1.1 4"));
            if (end == 0) /* closed, because the end of the body was not there */
                assert_int_equal(count_of(answer, "HTTP/1.1"), 1);
            close(s.fd);
        }
    buf_free(&s.b);
}

/* ---- clients that leave ---- */

static void shut_down(struct sending *s, size_t from, size_t to) {
    send_part(s, from, to);
    assert_int_equal(shutdown(s->fd, SHUT_WR), 0);
}

static void reset(struct sending *s, size_t from, size_t to) {
    struct linger at_once = {.l_onoff = 1};
    assert_int_equal(setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
    close(s->fd);
    s->fd = -1;
}

/* The client resets the connection in the turn of the loop that releases the request. The turn sees the release first,
 * so a sink is told, and nothing is owed. */
static void test_reset_with_release(void **state) {
    static const char *const paths[] = {"/hold-sink", "/hold"};
    for (int p = 0; p < 2; p++) {
        struct sending s = {.path = paths[p], .kind = LENGTH, .len = 40000};
        sending_write(&s);
        const size_t at[] = {s.at, s.at + 1, s.end - 1};
        for (int i = 0; i < 3; i++) {
            s.fd = client_open_nodelay();
            begin_held(&s, at[i]);
            release_while(&s, reset, 0, 0);
            if (p == 0)
                test_await(&seen.sink_gone, i + 1);
        }
        buf_free(&s.b);
    }
    server_end();
    assert_int_equal(seen.sink_gone, 3);
    assert_int_equal(seen.handled, 0);
    assert_int_equal(seen.held_gone, 0);
    begin(NULL);
}

/* A client that has sent all, and only reads from then on, is answered; one whose body is not complete is not. */
static void test_half_closed(void **state) {
    static const char *const paths[] = {"/hold", "/hold-sink"};
    int end;
    for (int i = 0; i < 8; i++) {
        struct sending s = {.path = paths[i & 1], .kind = i & 2 ? CHUNKED : LENGTH, .len = i & 4 ? 40000 : 100};
        sending_write(&s);
        const size_t at[] = {s.at, s.at + 1, s.end - 1, s.end};
        for (int before = 0; before < 4; before++)
            for (int complete = 0; complete < 2; complete++) {
                size_t until = complete ? s.end : s.end - 1;
                if (at[before] > until)
                    continue;
                s.fd = client_open_nodelay();
                begin_held(&s, at[before]);
                release_while(&s, shut_down, at[before], until);
                client_read(s.fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
                assert_int_equal(status_of(answer), complete ? 200 : 0);
                assert_int_equal(end, 0);
                close(s.fd);
            }
        buf_free(&s.b);
    }
}

static void *drain(void *arg) {
    http_server_drain(server, PATIENCE_MS);
    return NULL;
}

/* A drain begins in the turn that releases a request whose client has sent all and shut down its side. */
static void test_drain_with_release(void **state) {
    static const char *const paths[] = {"/hold", "/hold-sink", "/hold"};
    int end;
    for (int i = 0; i < 3; i++) {
        struct sending s = {.path = paths[i], .kind = LENGTH, .len = i == 2 ? 40000 : 100};
        pthread_t thread;
        sending_write(&s);
        s.fd = client_open_nodelay();
        begin_held(&s, s.at);
        shut_down(&s, s.at, s.end);
        await_bytes_read(s.read + s.end);
        loop_stops();
        assert_int_equal(pthread_create(&thread, NULL, drain, NULL), 0);
        test_sleep(20); /* the drain is posted behind the release; if it is late, this tests less */
        loop_goes_on(release_held, held_request);
        client_read(s.fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
        pthread_join(thread, NULL);
        server = http_server_free(server);
        assert_int_equal(status_of(answer), 200);
        assert_int_equal(end, 0);
        close(s.fd);
        buf_free(&s.b);
        begin(NULL);
    }
}

/* ---- upgrades ---- */

/* What a client sends behind the head, before the application takes the connection over, comes before what it sends
 * then. */
static void test_upgrade_keeps_order(void **state) {
    static const char head[] =
        "GET /upgrade-by-test HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
    for (int leaves = 0; leaves < 2; leaves++) {
        int end, held = seen.held, fd = client_open_nodelay();
        uint64_t read = bytes_read();
        client_say(fd, "");
        client_send(fd, head, sizeof(head) - 1);
        client_say(fd, "first ");
        test_await(&seen.held, held + 1);
        await_bytes_read(read + sizeof(head) - 1 + 6);
        loop_stops();
        if (leaves)
            assert_int_equal(shutdown(fd, SHUT_WR), 0);
        else
            client_say(fd, "second!");
        loop_goes_on(upgrade_later, held_request);
        client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
        assert_int_equal(status_of(answer), 101);
        assert_string_equal(body_of(answer), leaves ? "first " : "first bye");
        assert_int_equal(end, 0);
        close(fd);
    }
    test_await(&seen.raw_closed, 2);
}

static void upgrade_and_close(struct http_loop *l, void *arg) {
    static const struct http_header upgrade[] = {{STR_INIT("Upgrade"), STR_INIT("echo")}};
    struct http_raw *raw = http_upgrade(arg, upgrade, 1, &raw_events, NULL);
    assert_non_null(raw);
    assert_int_equal(http_raw_write(raw, STR("no")), 0);
    http_raw_close(raw);
}

/* The application closes what it has just taken over: the client gets all that was written, and no reset. */
static void test_upgrade_and_close(void **state) {
    int end, fd = client_open_nodelay();
    client_say(fd, "GET /upgrade-by-test HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst");
    test_await(&seen.held, 1);
    assert_int_equal(http_loop_post(http_server_loop(server, 0), upgrade_and_close, held_request), 0);
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(status_of(answer), 101);
    assert_string_equal(body_of(answer), "no");
    assert_int_equal(end, 0);
    test_sleep(20);
    assert_int_equal(seen.raw_closed, 0); /* what the client still sends is read for a while, so it is not reset */
    close(fd);
    test_await(&seen.raw_closed, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_parts, begin, finish),
        cmocka_unit_test_setup_teardown(test_parts_after_invitation, begin, finish),
        cmocka_unit_test_setup_teardown(test_parts_not_used, begin, finish),
        cmocka_unit_test_setup_teardown(test_reset_with_release, begin, finish),
        cmocka_unit_test_setup_teardown(test_half_closed, begin, finish),
        cmocka_unit_test_setup_teardown(test_drain_with_release, begin, finish),
        cmocka_unit_test_setup_teardown(test_upgrade_keeps_order, begin, finish),
        cmocka_unit_test_setup_teardown(test_upgrade_and_close, begin, finish),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
