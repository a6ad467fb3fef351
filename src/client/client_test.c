/* SPDX-License-Identifier: Apache-2.0
 *
 * The client against a real server: slow, cut off, too long, limited, and with tokens and sessions that end.
 */
#include "client/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/test.h"
#include "http/http.h"

/* What the server has seen; the loop's thread writes, the test reads between calls. */
static struct {
    _Atomic int tokens, sign_ins, calls, limited;
    _Atomic int limits_left; /* so many calls of /limited are answered with 429 */
    _Atomic bool ended;      /* the token or session that is valid now has ended */
    char authorization[64], cookie[64], csrf[64], type[128];
} seen;

static struct http_server *server;
static char base[64];

static void answer(struct http_request *r, unsigned status, const char *json) {
    buf_add_str(http_out(r), str_of(json));
    http_reply(r, status, STR("application/json; charset=utf-8"),
               &(struct http_header){STR("X-Tt-Logid"), STR("20261129000000ABCDEF")}, 1);
}

static void keep(char *to, size_t cap, struct str value) {
    snprintf(to, cap, "%.*s", STR_FMT(value));
}

static void serve_token(struct http_request *r) {
    if (!strstr(arena_dup(r->arena, r->body).ptr, "the-secret"))
        return answer(r, 200, "{\"code\":10014,\"msg\":\"app secret invalid\"}");
    seen.ended = false;
    buf_printf(http_out(r), "{\"code\":0,\"msg\":\"ok\",\"tenant_access_token\":\"t-%d\",\"expire\":7200}",
               ++seen.tokens);
    http_reply(r, 200, STR("application/json"), NULL, 0);
}

static void serve_sign_in(struct http_request *r) {
    seen.ended = false;
    buf_printf(http_out(r), "{\"code\":0,\"msg\":\"ok\",\"data\":{\"csrf_token\":\"csrf-%d\"}}", ++seen.sign_ins);
    http_reply(r, 200, STR("application/json"),
               &(struct http_header){STR("Set-Cookie"), STR("hired_session=cookie; Path=/; HttpOnly")}, 1);
}

static void serve_limited(struct http_request *r) {
    if (seen.limits_left <= 0)
        return answer(r, 200, "{\"code\":0,\"msg\":\"ok\"}");
    seen.limits_left--;
    seen.limited++;
    buf_add_lit(http_out(r), "{\"code\":99991400,\"msg\":\"request trigger frequency limit\"}");
    http_reply(r, 429, STR("application/json"), &(struct http_header){STR("x-ogw-ratelimit-reset"), STR("2")}, 1);
}

static void serve_huge(struct http_request *r) {
    buf_add_lit(http_out(r), "{\"code\":0,\"msg\":\"");
    for (int i = 0; i < 100000; i++)
        buf_add_char(http_out(r), 'x');
    buf_add_lit(http_out(r), "\"}");
    http_reply(r, 200, STR("application/json"), NULL, 0);
}

static void serve_echo(struct http_request *r) {
    struct buf *out = http_out(r);
    json_begin(out, '{');
    json_member_int(out, STR("code"), 0);
    json_member_str(out, STR("msg"), STR("ok"));
    json_key(out, STR("data"));
    json_begin(out, '{');
    json_member_str(out, STR("method"), r->method_name);
    json_member_str(out, STR("query"), r->query);
    json_member_str(out, STR("body"), r->body);
    json_end(out, '}');
    json_end(out, '}');
    http_reply(r, 200, STR("application/json"), NULL, 0);
}

static void serve(struct http_request *r) {
    struct str p = r->path;
    seen.calls++;
    keep(seen.authorization, sizeof seen.authorization, http_header_get(r, STR("Authorization")));
    keep(seen.cookie, sizeof seen.cookie, http_header_get(r, STR("Cookie")));
    keep(seen.csrf, sizeof seen.csrf, http_header_get(r, STR("X-Csrf-Token")));
    keep(seen.type, sizeof seen.type, http_header_get(r, STR("Content-Type")));
    if (str_ends(p, STR("/tenant_access_token/internal")))
        return serve_token(r);
    if (str_eq(p, STR("/console/api/session/sign_in")))
        return serve_sign_in(r);
    if (seen.ended && str_starts(p, STR("/console/")))
        return answer(r, 401, "{\"code\":4010,\"msg\":\"sign in first\"}");
    if (seen.ended)
        return answer(r, 400, "{\"code\":99991663,\"msg\":\"Invalid access token\"}");
    if (str_eq(p, STR("/limited")))
        return serve_limited(r);
    if (str_eq(p, STR("/huge")))
        return serve_huge(r);
    if (str_eq(p, STR("/silent")))
        return; /* never answered: the client gives up and closes */
    if (str_eq(p, STR("/cut")))
        return http_reply_cut(r, 200, STR("application/json"), NULL, 0, STR("{\"code\":0,\"msg\":\"ok\"}"), 9);
    if (str_eq(p, STR("/reset")))
        return http_reset(r);
    if (str_eq(p, STR("/html"))) {
        buf_add_lit(http_out(r), "<html>Bad Gateway");
        return http_reply(r, 502, STR("text/html"), NULL, 0);
    }
    if (str_eq(p, STR("/moved")))
        return http_reply(r, 302, STR_ABSENT, &(struct http_header){STR("Location"), STR("/file?secret=1")}, 1);
    if (str_eq(p, STR("/refused")))
        return answer(r, 400, "{\"code\":1002000,\"msg\":\"params error\"}");
    if (str_eq(p, STR("/file"))) {
        buf_add_lit(http_out(r), "bytes of a file");
        return http_reply(r, 200, STR("application/pdf"), NULL, 0);
    }
    serve_echo(r);
}

static void gone(struct http_request *r) {
}

static const struct http_app app = {.handle = serve, .gone = gone};

static int server_begin(void **state) {
    struct http_limits limits;
    struct str why;
    http_limits_init(&limits);
    memset(&seen, 0, sizeof seen);
    if (http_server_new(&server, "127.0.0.1", 0, 1, &limits, &app, NULL, &why) < 0 || http_server_start(server) < 0)
        return -1;
    snprintf(base, sizeof base, "http://127.0.0.1:%u/", http_server_port(server));
    return 0;
}

static int server_end(void **state) {
    http_server_drain(server, 2000);
    server = http_server_free(server);
    return 0;
}

static struct client *begin(struct client_options o) {
    struct client *c = NULL;
    const char *why;
    if (!o.base_url)
        o.base_url = base;
    if (client_new(&c, &o, &why) < 0)
        fail_msg("client_new: %s", why);
    return c;
}

static int get(struct client *c, const char *path, struct client_answer *a) {
    return client_call(c, "GET", path, NULL, NULL, a);
}

static const char *data_text(const struct client_answer *a, const char *name) {
    return json_string_value(json_object_get(a->data, name));
}

/* ---- calls ---- */

static void test_call(void **state) {
    struct client *c CLIENT_CLEANUP = begin((struct client_options){0});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    struct buf query BUF_CLEANUP = BUF_EMPTY;
    json_t *body = json_pack("{s:s}", "name", "\xe5\xbc\xa0");

    client_query(&query, "a", STR("x y&z\xc3\xa9"));
    client_query_int(&query, "n", -5);
    assert_int_equal(client_call(c, "POST", "/echo", query.ptr, body, &a), 0);
    json_decref(body);
    assert_int_equal(a.status, 200);
    assert_string_equal(data_text(&a, "method"), "POST");
    assert_string_equal(data_text(&a, "query"), "a=x%20y%26z%C3%A9&n=-5");
    assert_string_equal(data_text(&a, "body"), "{\"name\":\"\xe5\xbc\xa0\"}");
    assert_string_equal(seen.type, "application/json; charset=utf-8");
    assert_string_equal(seen.authorization, "");
    assert_int_equal(client_call(c, "DELETE", "/echo", NULL, NULL, &a), 0);
    assert_string_equal(data_text(&a, "method"), "DELETE");
    assert_string_equal(data_text(&a, "body"), "");
    assert_int_equal(get(c, "/refused", &a), 0);
    assert_int_equal(a.status, 400);
    assert_int_equal(a.code, 1002000);
    assert_string_equal(a.msg, "params error");
    assert_string_equal(a.log_id, "20261129000000ABCDEF");
    assert_lit(client_answer_header(&a, STR("content-type")), "application/json; charset=utf-8");
    assert_string_equal(client_why(c), "");
    assert_string_equal(client_refusal(c, &a),
                        "GET /refused: code 1002000, params error (log id 20261129000000ABCDEF)");
    struct http_stats stats;
    http_loop_stats(http_server_loop(server, 0), &stats);
    assert_int_equal(stats.accepted, 1); /* the connection was kept */
}

static void test_base_urls(void **state) {
    static const struct {
        const char *url, *why;
    } bad[] = {
        {NULL, "missing"},         {"", "no address"},         {"ftp://x", "http://"},
        {"http://u:p@x/", "user"}, {"http://x/?a=1", "query"},
    };
    struct client *c = NULL;
    const char *why;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(client_new(&c, &(struct client_options){.base_url = bad[i].url}, &why), -EINVAL);
        assert_non_null(strstr(why, bad[i].why));
    }
}

/* ---- what may go wrong ---- */

static void assert_fails(struct client *c, const char *path, int error, const char *why) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    assert_int_equal(get(c, path, &a), error);
    if (!strstr(client_why(c), why))
        fail_msg("%s: %s", path, client_why(c));
}

static void test_faults(void **state) {
    struct client *c CLIENT_CLEANUP = begin((struct client_options){.total_ms = 300, .body_max = 4096});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;

    assert_fails(c, "/silent", -ETIMEDOUT, "GET /silent: ");
    assert_fails(c, "/cut", -EBADMSG, "GET /cut: ");
    assert_fails(c, "/reset", -ECONNRESET, "GET /reset: ");
    assert_fails(c, "/huge", -EFBIG, "longer than 4096 bytes");
    assert_fails(c, "/html?token=secret", -EBADMSG,
                 "GET /html: the answer (HTTP 502) is not in the API's form; it begins: <html>Bad Gateway");
    assert_fails(c, "/moved", -EBADMSG, "a redirect (302) to /file, which is not followed");
    assert_fails(c, "/file", -EBADMSG, "begins: bytes of a file");
    assert_int_equal(get(c, "/echo", &a), 0); /* it works again */

    struct client *nobody CLIENT_CLEANUP = begin((struct client_options){.base_url = "http://127.0.0.1:1"});
    assert_fails(nobody, "/", -ECONNREFUSED, "GET /: ");
    struct client *nowhere CLIENT_CLEANUP = begin((struct client_options){.base_url = "http://no-such-host.invalid"});
    assert_fails(nowhere, "/", -EHOSTUNREACH, "GET /: ");
}

static void test_stop(void **state) {
    static _Atomic bool stop = true;
    struct client *c CLIENT_CLEANUP = begin((struct client_options){.stop = &stop});
    int64_t begun = clock_mono_ns();
    assert_fails(c, "/silent", -ECANCELED, "GET /silent: ");
    assert_true(clock_mono_ns() - begun < INT64_C(10000000000)); /* total_ms is three times that */
}

/* ---- limits ---- */

static int64_t waited;
static int note_wait(void *ctx, int64_t ms) {
    waited += ms;
    return waited > 100000 ? -ECANCELED : 0;
}

static void test_limits(void **state) {
    struct client *c CLIENT_CLEANUP = begin((struct client_options){.wait = note_wait});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;

    waited = 0;
    seen.limits_left = 3;
    assert_int_equal(get(c, "/limited", &a), 0);
    assert_int_equal(a.code, 0);
    assert_int_equal(a.waits, 3);
    assert_int_equal(waited, 6000);
    seen.limits_left = 100; /* not for ever */
    assert_int_equal(get(c, "/limited", &a), 0);
    assert_int_equal(a.status, 429);
    assert_int_equal(a.code, 99991400);
    assert_int_equal(a.waits, 5);
    struct client *brief CLIENT_CLEANUP = begin((struct client_options){.wait = note_wait, .limit_wait_ms = 5000});
    assert_int_equal(get(brief, "/limited", &a), 0);
    assert_int_equal(a.status, 429);
    assert_int_equal(a.waits, 2);
    struct client *never CLIENT_CLEANUP = begin((struct client_options){.fails_at_limit = true});
    assert_int_equal(get(never, "/limited", &a), 0);
    assert_int_equal(a.status, 429);
    assert_int_equal(a.waits, 0);
    waited = 99000;
    assert_fails(c, "/limited", -ECANCELED, "given up while waiting");
}

/* ---- credentials ---- */

static void test_app(void **state) {
    const struct client_options o = {.credentials = CLIENT_APP, .id = "cli_a", .secret = "the-secret"};
    struct client *c CLIENT_CLEANUP = begin(o);
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;

    assert_int_equal(get(c, "/echo", &a), 0);
    assert_string_equal(seen.authorization, "Bearer t-1");
    assert_int_equal(get(c, "/echo", &a), 0);
    assert_int_equal(seen.tokens, 1);
    seen.ended = true; /* the server says so */
    assert_int_equal(get(c, "/echo", &a), 0);
    assert_int_equal(a.code, 0);
    assert_string_equal(seen.authorization, "Bearer t-2");
    clock_advance(6890000); /* before its end, without being told */
    assert_int_equal(get(c, "/echo", &a), 0);
    assert_string_equal(seen.authorization, "Bearer t-2");
    clock_advance(20000);
    assert_int_equal(get(c, "/echo", &a), 0);
    assert_string_equal(seen.authorization, "Bearer t-3");

    struct client *wrong CLIENT_CLEANUP =
        begin((struct client_options){.credentials = CLIENT_APP, .id = "cli_a", .secret = "another"});
    int calls = seen.calls;
    assert_fails(wrong, "/echo", -EACCES, "the credentials were refused: code 10014, app secret invalid");
    assert_int_equal(seen.calls, calls + 1); /* the call itself was not made */
}

static void test_token(void **state) {
    struct client *c CLIENT_CLEANUP = begin((struct client_options){.credentials = CLIENT_TOKEN, .secret = "given"});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;

    assert_int_equal(get(c, "/echo", &a), 0);
    assert_string_equal(seen.authorization, "Bearer given");
    seen.ended = true; /* it cannot be renewed */
    assert_int_equal(get(c, "/echo", &a), 0);
    assert_int_equal(a.code, 99991663);
    assert_int_equal(seen.tokens, 0);
}

static void test_session(void **state) {
    struct client *c CLIENT_CLEANUP =
        begin((struct client_options){.credentials = CLIENT_SESSION, .id = "ada", .secret = "pass"});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;

    assert_int_equal(client_call(c, "POST", "/console/api/x", NULL, NULL, &a), 0);
    assert_string_equal(seen.cookie, "hired_session=cookie");
    assert_string_equal(seen.csrf, "csrf-1");
    seen.ended = true;
    assert_int_equal(client_call(c, "POST", "/console/api/x", NULL, NULL, &a), 0);
    assert_int_equal(a.code, 0);
    assert_string_equal(seen.csrf, "csrf-2");
    assert_int_equal(seen.sign_ins, 2);
}

/* ---- files ---- */

static void test_upload(void **state) {
    struct client *c CLIENT_CLEANUP = begin((struct client_options){0});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    const struct client_file file = {
        .field = "content", .name = "r\".pdf", .type = "application/pdf", .bytes = STR("%PDF-1.4 bytes")};

    assert_int_equal(client_upload(c, "/echo", NULL, &file, &a), 0);
    assert_non_null(strstr(seen.type, "multipart/form-data; boundary="));
    const char *sent = data_text(&a, "body");
    assert_non_null(strstr(sent, "name=\"content\"; filename=\"r%22.pdf\"\r\n"));
    assert_non_null(strstr(sent, "Content-Type: application/pdf\r\n"));
    assert_non_null(strstr(sent, "\r\n\r\n%PDF-1.4 bytes\r\n--"));
}

static void test_download(void **state) {
    struct client *c CLIENT_CLEANUP = begin((struct client_options){.credentials = CLIENT_TOKEN, .secret = "given"});
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    char path[] = "/tmp/hired-client-XXXXXX", bytes[64] = "", url[128];
    int fd = mkstemp(path);
    size_t len = 0;

    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(client_download(c, "/file", fd, 100, &len, &a), 0);
    assert_int_equal(len, 15);
    assert_int_equal(pread(fd, bytes, sizeof bytes - 1, 0), 15);
    assert_string_equal(bytes, "bytes of a file");
    assert_string_equal(seen.authorization, "Bearer given");
    assert_int_equal(client_download(c, "/file", fd, 14, &len, &a), -EFBIG);
    assert_int_equal(client_download(c, "/moved", fd, 100, &len, &a), -EBADMSG);
    assert_int_equal(client_download(c, "/refused", fd, 100, &len, &a), 0);
    assert_int_equal(a.code, 1002000);
    snprintf(url, sizeof url, "%sfile", base);
    assert_int_equal(client_download(c, url, fd, 100, &len, &a), 0);
    assert_string_equal(seen.authorization, "Bearer given");
    snprintf(url, sizeof url, "http://localhost:%u/file",
             http_server_port(server)); /* another server than the base's */
    assert_int_equal(client_download(c, url, fd, 100, &len, &a), 0);
    assert_string_equal(seen.authorization, "");
    close(fd);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, server_begin, server_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_call), TEST(test_base_urls), TEST(test_faults),  TEST(test_stop),   TEST(test_limits),
        TEST(test_app),  TEST(test_token),     TEST(test_session), TEST(test_upload), TEST(test_download),
    };
    return RUN_TESTS(tests);
}
