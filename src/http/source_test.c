/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers whose body the application brings piece by piece (http_reply_source), over real sockets.
 */
#include "http/http_testing.h"

static char answer[16 * 1024 * 1024];

/* ---- the application: GET /source?len=&piece=&fail= and one of by=want, by=turn, by=test ---- */

enum giver {
    BY_WANT, /* each piece within want */
    BY_TURN, /* each in the loop's next turn */
    BY_TEST  /* each when the test says so */
};

/* It has one buffer for all pieces and overwrites it for each. */
struct serving {
    struct http_source source;
    struct http_request *r; /* until it is answered */
    struct http_loop *loop;
    enum giver giver;
    uint64_t len, at, fail; /* fail: after so many bytes; with `over`, one byte too many is given there instead */
    size_t piece;
    bool over, posted, ended; /* posted: give_posted will still run */
    char bytes[];
};

static struct {
    _Atomic int wants, ends, deepest, answered;
    int depth; /* calls of want on the stack */
} source_seen;

static struct serving *serving; /* the last one that has not ended; of the loop's thread */

static char byte_at(uint64_t at) {
    return (char)('a' + (at * 31 + at / 1000) % 26);
}

static void give(struct serving *s) {
    if (s->at == s->fail && !s->over) {
        http_source_fail(&s->source, "the test says so");
        return;
    }
    uint64_t left = s->len - s->at;
    size_t n = left < s->piece ? (size_t)left : s->piece;
    if (s->at == s->fail)
        n = (size_t)left + 1;
    for (size_t i = 0; i < n; i++)
        s->bytes[i] = byte_at(s->at + i);
    s->at += n;
    http_source_give(&s->source, (struct str){s->bytes, n});
}

static void give_posted(struct http_loop *l, void *arg) {
    struct serving *s = arg;
    s->posted = false;
    if (s->ended)
        free(s);
    else
        give(s);
}

static void want(struct http_source *source) {
    struct serving *s = (struct serving *)source;
    source_seen.depth++;
    if (source_seen.depth > source_seen.deepest)
        source_seen.deepest = source_seen.depth;
    source_seen.wants++;
    s->posted = s->giver == BY_TURN && http_loop_post(s->loop, give_posted, s) == 0;
    if (s->giver == BY_WANT)
        give(s); /* may free s */
    source_seen.depth--;
}

static void ended(struct http_source *source) {
    struct serving *s = (struct serving *)source;
    assert_false(s->ended);
    s->ended = true;
    serving = NULL;
    if (!s->posted)
        free(s);
    source_seen.ends++;
}

static void reply(struct http_loop *l, void *unused) {
    http_reply_source(serving->r, 200, STR("application/octet-stream"), NULL, 0, &serving->source, serving->len);
    source_seen.answered++;
}

static void give_now(struct http_loop *l, void *unused) {
    give(serving);
}

/* Calls reply or give_now on the loop. */
static void on_loop(void (*fn)(struct http_loop *l, void *unused)) {
    assert_int_equal(http_loop_post(http_server_loop(server, 0), fn, NULL), 0);
}

static void handle(struct http_request *r) {
    if (!str_eq(r->path, STR("/source"))) {
        buf_add_lit(http_out(r), "after");
        http_reply(r, 200, STR("text/plain"), NULL, 0);
        return;
    }
    size_t piece = (size_t)query_number(r, "piece", 1000);
    uint64_t len = query_number(r, "len", 1000);
    struct serving *s = calloc(1, sizeof(*s) + piece + len % piece + 1);
    *s = (struct serving){.source = {.want = want, .end = ended}, .r = r, .loop = r->loop, .len = len, .piece = piece};
    s->fail = query_number(r, "fail", UINT64_MAX);
    s->over = query_number(r, "over", 0);
    s->giver = (enum giver)query_number(r, "by", BY_WANT);
    serving = s;
    r->no_cancel = query_number(r, "held", 0);
    seen.handled++;
    if (!r->no_cancel)
        reply(r->loop, NULL);
}

static void gone(struct http_request *r) {
    seen.gone++;
}

static int begin(void **state) {
    static const struct http_app app = {.handle = handle, .gone = gone};
    struct http_limits limits;
    http_limits_init(&limits);
    memset(&source_seen, 0, sizeof(source_seen));
    server_begin_app(&limits, 1, &app);
    return 0;
}

/* ---- the client ---- */

/* Whether the answer at *at is 200 with len bytes of the source; *at moves on behind it. */
static void is_whole(const char **at, uint64_t len) {
    char length[64];
    assert_int_equal(status_of(*at), 200);
    snprintf(length, sizeof(length), "\r\nContent-Length: %d\r\n", (int)len);
    const char *body = body_of(*at), *header = strstr(*at, length);
    assert_true(header && header < body);
    for (uint64_t i = 0; i < len; i++)
        if (body[i] != byte_at(i))
            fail_msg("byte %d of %d is wrong", (int)i, (int)len);
    *at = body + len;
}

static void is_after(const char *at) {
    assert_int_equal(status_of(at), 200);
    assert_string_equal(body_of(at), "after");
}

static int ask(const char *query) {
    char request[200];
    int fd = client_open();
    int n = snprintf(request, sizeof(request), "GET /source?%s HTTP/1.1\r\nHost: x\r\n\r\n", query);
    client_send(fd, request, (size_t)n);
    return fd;
}

static void reset(int fd) {
    struct linger at_once = {.l_onoff = 1};
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
    close(fd);
}

/* The body of len bytes comes in wants pieces, and the connection serves the request that was sent behind it. */
static void comes_whole(const char *query, uint64_t len, int wants) {
    const char *at = answer;
    int end, ends = source_seen.ends, before = source_seen.wants, fd = ask(query);
    client_say(fd, "GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "after", 1, PATIENCE_MS, &end);
    assert_int_equal(end, CLIENT_OPEN);
    is_whole(&at, len);
    is_after(at);
    assert_int_equal(source_seen.wants - before, wants);
    assert_int_equal(source_seen.ends - ends, 1);
    client_say(fd, "GET /after HTTP/1.1\r\nHost: x\r\n\r\n"); /* the same for one that is sent later */
    client_read(fd, answer, sizeof(answer), "after", 1, PATIENCE_MS, &end);
    is_after(answer);
    close(fd);
}

static void test_given_within_want(void **state) {
    comes_whole("len=1000", 1000, 1);
    comes_whole("len=50000&piece=1", 50000, 50000);
    comes_whole("len=3000001&piece=100000", 3000001, 31);
    assert_int_equal(source_seen.deepest, 1); /* the stack does not grow with the pieces */
}

static void test_given_later(void **state) {
    comes_whole("by=1&len=1000", 1000, 1);
    comes_whole("by=1&len=5000&piece=1", 5000, 5000);
    comes_whole("by=1&len=3000001&piece=100000", 3000001, 31);
    assert_int_equal(source_seen.deepest, 1);
}

static void test_no_body_to_send(void **state) {
    comes_whole("len=0", 0, 0);
    int end, fd = client_open();
    client_say(fd, "HEAD /source?len=5000 HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "after", 1, PATIENCE_MS, &end);
    assert_non_null(strstr(answer, "\r\nContent-Length: 5000\r\n"));
    is_after(body_of(answer));
    assert_int_equal(source_seen.wants, 0);
    assert_int_equal(source_seen.ends, 2);
    close(fd);
}

static void test_http_1_0(void **state) {
    const char *at = answer;
    int end, fd = client_open();
    client_say(fd, "GET /source?by=1&len=5000 HTTP/1.0\r\n\r\n");
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    is_whole(&at, 5000);
    test_await(&source_seen.ends, 1);
    close(fd);
}

/* While the client does not read, no piece is wanted beyond those that the sockets hold. */
static void test_slow_client(void **state) {
    enum { LEN = 15000000, PIECE = 100000 };
    for (int by = BY_WANT; by <= BY_TURN; by++) {
        const char *at = answer;
        char query[100];
        int end, before = source_seen.wants, wants = 0, stopped;
        snprintf(query, sizeof(query), "by=%d&len=%d&piece=%d", by, LEN, PIECE);
        int fd = ask(query);
        client_say(fd, "GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
        do {
            stopped = wants;
            test_sleep(50);
            wants = source_seen.wants - before;
        } while (wants == 0 || wants != stopped);
        assert_true(wants < LEN / PIECE);
        client_read(fd, answer, sizeof(answer), "after", 1, PATIENCE_MS, &end);
        is_whole(&at, LEN);
        is_after(at);
        assert_int_equal(source_seen.wants - before, LEN / PIECE);
        close(fd);
    }
    assert_int_equal(source_seen.ends, 2);
    assert_int_equal(source_seen.deepest, 1);
}

/* ---- clients that leave ---- */

/* Its end comes once, and the server goes on. */
static void ends_once(int ends) {
    test_await(&source_seen.ends, ends);
    int end, fd = client_open();
    client_say(fd, "GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
    client_read(fd, answer, sizeof(answer), "after", 1, PATIENCE_MS, &end);
    is_after(answer);
    close(fd);
    assert_int_equal(source_seen.ends, ends);
}

static void test_leaves_while_wanted(void **state) {
    int end, fd = ask("by=2&len=5000"); /* before the first piece */
    test_await(&source_seen.wants, 1);
    reset(fd);
    ends_once(1);
    fd = ask("by=2&len=5000"); /* after it */
    test_await(&source_seen.wants, 2);
    on_loop(give_now);
    test_await(&source_seen.wants, 3);
    client_read(fd, answer, sizeof(answer), "\r\n\r\n", 1, PATIENCE_MS, &end);
    reset(fd);
    ends_once(2);
    assert_int_equal(source_seen.wants, 3);
    assert_int_equal(seen.gone, 0); /* the request was answered */
}

static void test_leaves_while_written(void **state) {
    int fd = ask("len=15000000&piece=15000000");
    test_await(&source_seen.answered, 1);
    assert_int_equal(source_seen.ends, 0);
    reset(fd);
    ends_once(1);
    fd = ask("by=1&len=15000000&piece=15000000");
    test_await(&source_seen.wants, 2);
    test_sleep(20);
    assert_int_equal(source_seen.ends, 1);
    reset(fd);
    ends_once(2);
    assert_int_equal(source_seen.wants, 2);
}

/* A piece is on its way from another place when the connection closes. */
static void test_leaves_while_posted(void **state) {
    for (int i = 1; i <= 20; i++) {
        int end, fd = ask("by=1&len=15000000&piece=1");
        client_read(fd, answer, sizeof(answer), "\r\n\r\n", 1, PATIENCE_MS, &end);
        reset(fd);
        ends_once(i);
    }
}

static void test_leaves_before_the_answer(void **state) {
    int fd = ask("held=1&len=5000");
    test_await(&seen.handled, 1);
    reset(fd);
    test_await(&seen.gone, 1);
    on_loop(reply);
    ends_once(1);
    assert_int_equal(source_seen.wants, 0);
}

/* ---- sources that fail ---- */

/* The client gets the first `len` bytes of the body and then the end of the connection. */
static void breaks_off(const char *query, uint64_t len) {
    int end, ends = source_seen.ends, fd = ask(query);
    client_say(fd, "GET /after HTTP/1.1\r\nHost: x\r\n\r\n");
    size_t n = client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_not_equal(end, CLIENT_OPEN);
    if (len == 0) {
        assert_int_equal(n, 0); /* no head */
    } else {
        const char *body = body_of(answer);
        assert_int_equal(status_of(answer), 200);
        assert_non_null(strstr(answer, "\r\nContent-Length: 5000\r\n"));
        assert_int_equal(n - (size_t)(body - answer), len);
        for (uint64_t i = 0; i < len; i++)
            assert_int_equal(body[i], byte_at(i));
    }
    close(fd);
    ends_once(ends + 1);
}

static void test_fails(void **state) {
    breaks_off("len=5000&fail=0", 0);
    breaks_off("by=1&len=5000&fail=0", 0);
    breaks_off("len=5000&fail=3000", 3000);
    breaks_off("by=1&len=5000&fail=3000", 3000);
}

static void test_gives_too_much(void **state) {
    breaks_off("len=5000&piece=3000&fail=3000&over=1", 3000);
    breaks_off("by=1&len=5000&piece=3000&fail=3000&over=1", 3000);
    breaks_off("len=5000&piece=6000&fail=0&over=1", 0);
}

/* ---- the server's end ---- */

static void *drain(void *arg) {
    http_server_drain(server, PATIENCE_MS);
    return NULL;
}

static void begin_drain(pthread_t *ret) {
    assert_int_equal(pthread_create(ret, NULL, drain, NULL), 0);
    for (int64_t until = test_ms() + PATIENCE_MS; test_ms() < until; test_sleep(1)) {
        int fd = client_try();
        if (fd < 0)
            break; /* the server does not listen any more */
        close(fd);
    }
}

static void test_drain_waits(void **state) {
    const char *at = answer;
    pthread_t thread;
    int end, fd = ask("by=2&len=2000");
    test_await(&source_seen.wants, 1);
    begin_drain(&thread);
    on_loop(give_now);
    test_await(&source_seen.wants, 2);
    assert_int_equal(source_seen.ends, 0);
    on_loop(give_now);
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_int_equal(end, 0);
    is_whole(&at, 2000);
    pthread_join(thread, NULL);
    assert_int_equal(source_seen.ends, 1);
    close(fd);
}

static void test_drain_does_not_wait_for_ever(void **state) {
    int end, fd = ask("by=2&len=2000");
    test_await(&source_seen.wants, 1);
    http_server_drain(server, 50);
    assert_int_equal(source_seen.ends, 1);
    assert_int_equal(client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end), 0);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_given_within_want, begin, finish),
        cmocka_unit_test_setup_teardown(test_given_later, begin, finish),
        cmocka_unit_test_setup_teardown(test_no_body_to_send, begin, finish),
        cmocka_unit_test_setup_teardown(test_http_1_0, begin, finish),
        cmocka_unit_test_setup_teardown(test_slow_client, begin, finish),
        cmocka_unit_test_setup_teardown(test_leaves_while_wanted, begin, finish),
        cmocka_unit_test_setup_teardown(test_leaves_while_written, begin, finish),
        cmocka_unit_test_setup_teardown(test_leaves_while_posted, begin, finish),
        cmocka_unit_test_setup_teardown(test_leaves_before_the_answer, begin, finish),
        cmocka_unit_test_setup_teardown(test_fails, begin, finish),
        cmocka_unit_test_setup_teardown(test_gives_too_much, begin, finish),
        cmocka_unit_test_setup_teardown(test_drain_waits, begin, finish),
        cmocka_unit_test_setup_teardown(test_drain_does_not_wait_for_ever, begin, finish),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
