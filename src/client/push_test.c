/* SPDX-License-Identifier: Apache-2.0
 *
 * Receivers of events: parts that are joined, and the server behind a request URL.
 */
#include "client/push.h"

#include <errno.h>

#include "base/json.h"
#include "base/test.h"
#include "client/client.h"
#include "client/parts.h"
#include "events/delivery/envelope.h"

/* ---- parts ---- */

static void test_parts(void **state) {
    struct parts p = {0};
    struct str whole;

    assert_int_equal(parts_take(&p, STR("a"), 1, 0, STR("alone"), &whole), 1);
    assert_lit(whole, "alone");
    assert_int_equal(parts_take(&p, STR("a"), 3, 2, STR("3"), &whole), 0);
    assert_int_equal(parts_take(&p, STR("b"), 2, 1, STR("B"), &whole), 0);
    assert_int_equal(parts_take(&p, STR("a"), 3, 0, STR("1"), &whole), 0);
    assert_int_equal(parts_take(&p, STR("a"), 3, 0, STR("1"), &whole), 0); /* twice */
    assert_int_equal(parts_take(&p, STR("a"), 3, 1, STR("2"), &whole), 1);
    assert_lit(whole, "123");
    assert_int_equal(parts_take(&p, STR("b"), 2, 0, STR("A"), &whole), 1);
    assert_lit(whole, "AB");
    assert_int_equal(parts_take(&p, STR("a"), 0, 0, STR("x"), &whole), -EINVAL);
    assert_int_equal(parts_take(&p, STR("a"), 2, 2, STR("x"), &whole), -EINVAL);
    assert_int_equal(parts_take(&p, STR("a"), PARTS_MAX + 1, 0, STR("x"), &whole), -EINVAL);
    for (int i = 0; i < PARTS_EVENTS; i++) /* the oldest makes room */
        assert_int_equal(parts_take(&p, (struct str){&"cdefgh"[i], 1}, 2, 0, STR("x"), &whole), 0);
    assert_int_equal(parts_take(&p, STR("z"), 2, 0, STR("x"), &whole), 0);
    assert_int_equal(parts_take(&p, STR("c"), 2, 1, STR("y"), &whole), 0);
    assert_int_equal(parts_take(&p, STR("z"), 2, 1, STR("y"), &whole), 1);
    parts_free(&p);
}

/* ---- the server ---- */

static int taken, answer;
static int on_event(void *ctx, struct str body) {
    taken++;
    assert_non_null(ctx);
    assert_true(str_starts(body, STR("{\"schema\":\"2.0\"")));
    return answer;
}

static struct client *client;
static struct push_server *server;

static void begin(struct str key) {
    struct str why;
    const char *text;
    char url[64];
    const struct push_server_options o = {.host = "127.0.0.1",
                                          .encrypt_key = key,
                                          .verification_token = STR("token"),
                                          .receiver = {.event = on_event, .ctx = &taken}};
    taken = 0;
    answer = PUSH_TAKEN;
    assert_int_equal(push_server_new(&server, &o, &why), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", push_server_port(server));
    assert_int_equal(client_new(&client, &(struct client_options){.base_url = url}, &text), 0);
}

static void end(void) {
    client = client_free(client);
    server = push_server_free(server);
}

/* Posts it and returns the status. */
static unsigned post(const char *json, struct client_answer *a) {
    json_t *body = json_loads(json, 0, NULL);
    assert_non_null(body);
    (void)client_call(client, "POST", "/", NULL, body, a); /* an answer without an envelope */
    json_decref(body);
    return a->status;
}

static void test_plain(void **state) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    static const char event[] = "{\"schema\":\"2.0\",\"header\":{\"token\":\"token\"},\"event\":{}}";

    begin(STR(""));
    assert_int_equal(post("{\"type\":\"url_verification\",\"challenge\":\"abc\",\"token\":\"token\"}", &a), 200);
    assert_buf(&a.raw, "{\"challenge\":\"abc\"}");
    assert_int_equal(post("{\"type\":\"url_verification\",\"challenge\":\"abc\",\"token\":\"wrong\"}", &a), 401);
    assert_int_equal(post(event, &a), 200);
    assert_int_equal(taken, 1);
    assert_int_equal(post("{\"schema\":\"2.0\",\"header\":{\"token\":\"tokem\"},\"event\":{}}", &a), 401);
    assert_int_equal(post("{\"schema\":\"2.0\",\"event\":{}}", &a), 401);
    assert_int_equal(taken, 1);
    answer = PUSH_AGAIN;
    assert_int_equal(post(event, &a), 500);
    assert_int_equal(client_call(client, "GET", "/", NULL, NULL, &a), -EBADMSG);
    assert_int_equal(a.status, 405);
    end();
}

/* Encrypted by the key, but without a signature: a challenge is answered, an event is not taken. */
static void test_forged(void **state) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    const uint8_t iv[ENVELOPE_IV_LEN] = {1};
    static const char *const plain[] = {"{\"type\":\"url_verification\",\"challenge\":\"abc\",\"token\":\"token\"}",
                                        "{\"schema\":\"2.0\",\"header\":{\"token\":\"token\"},\"event\":{}}"};

    begin(STR("key"));
    for (int i = 0; i < 2; i++) {
        struct buf sent BUF_CLEANUP = BUF_EMPTY, wrong BUF_CLEANUP = BUF_EMPTY;
        envelope_encrypt(STR("key"), iv, str_of(plain[i]), &sent);
        buf_add_char(&sent, '\0');
        assert_int_equal(post(sent.ptr, &a), i == 0 ? 200 : 401);
        envelope_encrypt(STR("another"), iv, str_of(plain[i]), &wrong);
        buf_add_char(&wrong, '\0');
        assert_int_equal(post(wrong.ptr, &a), 401);
        assert_int_equal(post(plain[i], &a), 401);
    }
    assert_int_equal(taken, 0);
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_forged),
    };
    return RUN_TESTS(tests);
}
