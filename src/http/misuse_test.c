/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of what an application must not do: a debug build aborts, a release build logs, sends nothing wrong and
 * goes on serving. Each case runs in a process of its own.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include "http/http_testing.h"

#include "base/invariant.h"

static char answer[100000];

/* ---- the application ---- */

static struct http_request *kept;

static void *reply_from_thread(void *arg) {
    http_reply(arg, 200, STR_ABSENT, NULL, 0);
    return NULL;
}

static void reply_elsewhere(struct http_request *r) {
    pthread_t thread;
    pthread_create(&thread, NULL, reply_from_thread, r);
    pthread_join(thread, NULL); /* the loop's thread waits, so that the two do not race for the request */
    http_reply(r, 200, STR("text/plain"), NULL, 0);
}

static void end_wait(struct http_wait *w) {
}

static void handle(struct http_request *r) {
    static const struct http_raw_events raw_none = {0};
    static struct http_wait wait;
    struct str p = r->path;
    if (str_eq(p, STR("/keep"))) {
        kept = r;
        seen.handled++;
        return;
    }
    if (str_eq(p, STR("/elsewhere"))) {
        reply_elsewhere(r);
        return;
    }
    if (str_eq(p, STR("/wait-over-twice"))) {
        wait.end = end_wait;
        http_wait_begin(r->loop, &wait);
        http_wait_over(&wait);
        http_wait_over(&wait);
    }
    buf_add_str(http_out(r), p);
    http_reply(r, 200, STR("text/plain"), NULL, 0);
    if (str_eq(p, STR("/reply-twice")))
        http_reply(r, 500, STR("text/plain"), NULL, 0);
    else if (str_eq(p, STR("/close-after-reply")))
        http_reply_close(r, 500, STR("text/plain"), NULL, 0, "too late");
    else if (str_eq(p, STR("/file-after-reply")))
        http_reply_file(r, 200, STR("text/plain"), NULL, 0, open("/dev/null", O_RDONLY | O_CLOEXEC), 0, 0);
    else if (str_eq(p, STR("/stream-after-reply")))
        http_stream_begin(r, 200, STR("text/plain"), NULL, 0);
    else if (str_eq(p, STR("/stream-without-begin")))
        (void)http_stream_write(r, STR("x"));
    else if (str_eq(p, STR("/upgrade-after-reply")))
        (void)http_upgrade(r, NULL, 0, &raw_none, NULL);
}

static void gone(struct http_request *r) {
    seen.gone++; /* without no_cancel: the request must not be answered after this */
}

static void answer_kept(struct http_loop *l, void *arg) {
    http_reply(kept, 200, STR("text/plain"), NULL, 0);
    seen.worked++;
}

/* ---- the cases ---- */

static void begin(void) {
    static const struct http_app app = {.handle = handle, .gone = gone};
    struct http_limits limits;
    http_limits_init(&limits);
    server_begin_app(&limits, 1, &app);
}

/* The connection has exactly one answer for each of two requests, and the second one is right. */
static void ask(const char *path) {
    char request[200];
    int end, fd = client_open();
    int n =
        snprintf(request, sizeof(request),
                 "GET %s HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    client_send(fd, request, (size_t)n);
    client_read(fd, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    const char *second = strstr(body_of(answer), "HTTP/1.1 200");
    assert_int_equal(status_of(answer), 200);
    assert_non_null(second);
    assert_string_equal(body_of(second), "/after");
    assert_int_equal(end, 0);
    close(fd);
}

/* The application answers a request that app->gone has cancelled; the server's exchanges must stay whole. */
static void answer_cancelled(const char *unused) {
    int fd = client_open();
    client_say(fd, "GET /keep HTTP/1.1\r\nHost: x\r\n\r\n");
    test_await(&seen.handled, 1);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
    test_await(&seen.gone, 1);
    http_loop_post(http_server_loop(server, 0), answer_kept, NULL);
    test_await(&seen.worked, 1);
    int one = client_open(), two = client_open(), end; /* would get the same exchange if it were twice in the pool */
    client_say(one, "GET /one HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    test_sleep(20);
    client_say(two, "GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
    test_sleep(20);
    client_say(one, "\r\n");
    client_read(one, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_string_equal(body_of(answer), "/one");
    client_say(two, "\r\n");
    client_read(two, answer, sizeof(answer), NULL, 0, PATIENCE_MS, &end);
    assert_string_equal(body_of(answer), "/two");
    close(one);
    close(two);
}

/* Runs fn in a child. The child's standard error must say that an invariant was broken. */
static void misuse(void (*fn)(const char *path), const char *path) {
    int log[2], status = 0;
    assert_int_equal(pipe(log), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        dup2(log[1], STDERR_FILENO);
        begin();
        fn(path);
        server_end();
        _exit(0);
    }
    close(log[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t n = read(log[0], answer, sizeof(answer) - 1);
    close(log[0]);
    answer[n > 0 ? n : 0] = '\0';
    if (INVARIANT_ABORTS ? !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT : status != 0)
        fail_msg("%s: status %d\n%s", path, status, answer);
    if (!strstr(answer, "invariant broken"))
        fail_msg("%s: nothing was logged: %s", path, answer);
}

static void test_second_answer(void **state) {
    static const char *const paths[] = {"/reply-twice",        "/close-after-reply",    "/file-after-reply",
                                        "/stream-after-reply", "/stream-without-begin", "/upgrade-after-reply"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        misuse(ask, paths[i]);
}

static void test_answer_after_gone(void **state) {
    misuse(answer_cancelled, "/keep");
}

static void test_answer_from_another_thread(void **state) {
    misuse(ask, "/elsewhere");
}

static void test_wait_over_twice(void **state) {
    misuse(ask, "/wait-over-twice");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_answer),
        cmocka_unit_test(test_answer_after_gone),
        cmocka_unit_test(test_answer_from_another_thread),
        cmocka_unit_test(test_wait_over_twice),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
