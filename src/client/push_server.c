/* SPDX-License-Identifier: Apache-2.0
 *
 * An HTTP server behind an app's request URL: challenges, signatures, decryption.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/json.h"
#include "client/push.h"
#include "events/delivery/envelope.h"
#include "http/http.h"

#define BODY_MAX (4 * 1024 * 1024)
#define CONNECTIONS_MAX 64
#define DRAIN_MS 1000

struct push_server {
    struct push_receiver receiver;
    struct http_server *http;
    struct buf key, token;
};

static void reply(struct http_request *r, unsigned status, const char *json) {
    buf_add_str(http_out(r), str_of(json));
    http_reply(r, status, STR("application/json; charset=utf-8"), NULL, 0);
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static bool signed_rightly(const struct push_server *s, const struct http_request *r) {
    char expected[ENVELOPE_SIGNATURE_LEN];
    struct str given = http_header_get(r, STR("X-Lark-Signature"));
    envelope_sign(http_header_get(r, STR("X-Lark-Request-Timestamp")), http_header_get(r, STR("X-Lark-Request-Nonce")),
                  buf_str(&s->key), r->body, expected);
    return str_eq_secret(given, (struct str){expected, sizeof expected});
}

/* {"encrypt":"..."} or, without a key, the body as it is. Returns 0 or -EBADMSG. */
static int open_body(const struct push_server *s, const struct http_request *r, struct buf *ret) {
    if (s->key.len == 0) {
        buf_add_str(ret, r->body);
        return 0;
    }
    json_t *body = json_loadb(r->body.ptr, r->body.len, 0, NULL);
    int result = envelope_decrypt(buf_str(&s->key), str_of(text_of(body, "encrypt")), ret);
    json_decref(body);
    return result;
}

static bool token_is_right(const struct push_server *s, const json_t *body) {
    const json_t *header = json_object_get(body, "header");
    const char *token = text_of(header ? header : body, "token");
    return s->token.len == 0 || str_eq_secret(str_of(token), buf_str(&s->token));
}

static void echo(struct http_request *r, const json_t *body) {
    struct buf *out = http_out(r);
    json_begin(out, '{');
    json_member_str(out, STR("challenge"), str_of(text_of(body, "challenge")));
    json_end(out, '}');
    http_reply(r, 200, STR("application/json; charset=utf-8"), NULL, 0);
}

static void serve_body(struct push_server *s, struct http_request *r, struct str text) {
    json_t *body = json_loadb(text.ptr, text.len, 0, NULL);
    if (!json_is_object(body))
        reply(r, 400, "{\"msg\":\"the body is no JSON object\"}");
    else if (!token_is_right(s, body))
        reply(r, 401, "{\"msg\":\"the verification token is wrong\"}");
    else if (strcmp(text_of(body, "type"), "url_verification") == 0)
        echo(r, body);
    else if (s->key.len > 0 && !signed_rightly(s, r))
        reply(r, 401, "{\"msg\":\"the signature is wrong\"}");
    else
        reply(r, (unsigned)s->receiver.event(s->receiver.ctx, text), "{\"msg\":\"\"}");
    json_decref(body);
}

static void serve(struct http_request *r) {
    struct push_server *s = http_loop_app_ctx(r->loop);
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    if (r->method != HTTP_POST)
        reply(r, 405, "{\"msg\":\"events are posted here\"}");
    else if (open_body(s, r, &text) < 0)
        reply(r, 401, "{\"msg\":\"the body is not encrypted with the key of this receiver\"}");
    else
        serve_body(s, r, buf_str(&text));
}

static void gone(struct http_request *r) {
}

int push_server_new(struct push_server **ret, const struct push_server_options *o, struct str *ret_why) {
    static const struct http_app app = {.handle = serve, .gone = gone};
    struct push_server *s = mem_alloc(sizeof *s);
    struct http_limits limits;
    *s = (struct push_server){.receiver = o->receiver};
    buf_add_str(&s->key, o->encrypt_key);
    buf_add_str(&s->token, o->verification_token);
    http_limits_init(&limits);
    limits.body_max = BODY_MAX;
    limits.connections_max = CONNECTIONS_MAX;
    int r = http_server_new(&s->http, o->host, o->port, 1, &limits, &app, s, ret_why);
    if (r == 0 && (r = http_server_start(s->http)) < 0)
        *ret_why = STR("the server's thread cannot be started");
    if (r < 0) {
        push_server_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

unsigned push_server_port(const struct push_server *s) {
    return http_server_port(s->http);
}

struct push_server *push_server_free(struct push_server *s) {
    if (!s)
        return NULL;
    if (s->http)
        http_server_drain(s->http, DRAIN_MS);
    http_server_free(s->http);
    buf_free(&s->key);
    buf_free(&s->token);
    free(s);
    return NULL;
}
