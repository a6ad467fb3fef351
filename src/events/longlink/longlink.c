/* SPDX-License-Identifier: Apache-2.0
 *
 * The handshake of the long connection: gives out the address with its ticket, and upgrades to a WebSocket.
 */
#include "events/longlink/longlink.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/record.h"
#include "events/longlink/internal.h"

#define ENDPOINT_PATH "/callback/ws/endpoint"
#define SOCKET_PATH "/ws/v2"
#define TICKET_LIFE_MS INT64_C(60000)
#define MAC_LEN 16
#define TICK_MS 1000

/* The names of the SDKs. */
enum {
    CODE_OK = 0,
    CODE_BUSY = 1,
    CODE_FORBIDDEN = 403,
    CODE_AUTH_FAILED = 514,
    CODE_INTERNAL = 1000040343,
    CODE_TOO_MANY = 1000040350
};

static const struct str content_json = STR_INIT("application/json; charset=utf-8");

/* The signed content of the WebSocket's address. The secret's mark is signed but not sent, so a new secret
 * invalidates older tickets. */
struct ticket {
    int64_t app;
    uint64_t mark;
    int64_t expires_ms;
    int64_t device;
    int32_t service;
};

static const char ticket_refused[] = "the ticket is not valid any more; ask for a new address";

/* ---- tickets ---- */

static void ticket_mac(const struct longlink *ll, const struct ticket *t, char ret_hex[2 * MAC_LEN + 1]) {
    uint8_t mac[32];
    char text[128];
    struct buf hex BUF_CLEANUP = BUF_EMPTY;
    int n = snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId32 ".%" PRIx64, t->app,
                     t->expires_ms, t->device, t->service, t->mark);

    seal_mac(ll->o.seal, STR("long connection"), (struct str){text, (size_t)n}, mac);
    buf_add_hex(&hex, mac, MAC_LEN);
    memcpy(ret_hex, hex.ptr, 2 * MAC_LEN);
    ret_hex[2 * MAC_LEN] = '\0';
}

/* device_id must not come first: one SDK parses the parameters without removing the part of the address before '?'. */
static void ticket_write(const struct longlink *ll, const struct ticket *t, struct buf *out) {
    char mac[2 * MAC_LEN + 1];

    ticket_mac(ll, t, mac);
    buf_printf(out,
               "v=2&device_id=%" PRId64 "&service_id=%" PRId32 "&access_key=%" PRId64 "&expires=%" PRId64 "&ticket=%s",
               t->device, t->service, t->app, t->expires_ms, mac);
}

/* Reads the ticket without its mark, and its signature. Returns 0 or -EBADMSG. */
static int ticket_parse(struct http_request *r, struct ticket *ret, struct str *ret_mac) {
    struct str rest = r->query, name, value, mac = STR_ABSENT;
    struct ticket t = {0};
    int64_t service = 0;
    int more;

    while (!str_is_absent(rest) && (more = http_query_next(&rest, r->arena, &name, &value)) != 0) {
        int64_t number = 0;
        if (more < 0)
            return -EBADMSG;
        if (str_eq(name, STR("ticket"))) {
            mac = value;
            continue;
        }
        if (str_to_i64(value, &number) < 0)
            continue;
        if (str_eq(name, STR("device_id")))
            t.device = number;
        else if (str_eq(name, STR("service_id")))
            service = number;
        else if (str_eq(name, STR("access_key")))
            t.app = number;
        else if (str_eq(name, STR("expires")))
            t.expires_ms = number;
    }
    if (service < 0 || service > INT32_MAX)
        return -EBADMSG;
    t.service = (int32_t)service;
    *ret = t;
    *ret_mac = mac;
    return 0;
}

/* found: of longlink_options.look, which has set the mark. Returns 0, -EACCES if the app does not allow the address, or
 * -EBADMSG if the ticket was not made by this server, is too old, or its app may not connect any more. */
static int ticket_check(const struct longlink *ll, const struct ticket *t, struct str mac, int found) {
    char expected[2 * MAC_LEN + 1];
    if (found != LONGLINK_AUTH_OK && found != LONGLINK_AUTH_ADDRESS)
        return -EBADMSG;
    ticket_mac(ll, t, expected);
    if (!str_eq_secret(mac, str_of(expected)) || clock_now_ms() >= t->expires_ms)
        return -EBADMSG;
    return found == LONGLINK_AUTH_OK ? 0 : -EACCES;
}

/* ---- reading ---- */

/* A request while the database is read for it. In the request's arena. */
struct handshake {
    struct longlink *ll;
    struct http_request *r;
    struct str app_id, secret; /* for an address */
    struct ticket ticket;      /* for an upgrade; mark is read */
    struct str mac;
    int64_t app;
    uint64_t mark;
    int result; /* enum longlink_auth or < 0 */
};

static struct handshake *handshake_new(struct longlink *ll, struct http_request *r) {
    struct handshake *h = arena_new(r->arena, struct handshake);
    h->ll = ll;
    h->r = r;
    r->no_cancel = true;
    return h;
}

static void handshake_read(struct handshake *h, void (*run)(void *arg, struct db *db),
                           void (*done)(void *arg, int error)) {
    const struct longlink_options *o = &h->ll->o;
    const struct longlink_read read = {run, done, h};
    o->read(o->ctx, h->r->loop, o->caller(o->ctx, h->r), &read);
}

/* ---- the address ---- */

/* Failures are answered with 200 and a data object too, because the SDKs read it before they look at code. */
static void endpoint_fail(struct http_request *r, int code, const char *msg) {
    struct buf *out = http_out(r);

    json_begin(out, '{');
    json_member_int(out, STR("code"), code);
    json_member_str(out, STR("msg"), str_of(msg));
    json_key(out, STR("data"));
    json_begin(out, '{');
    json_end(out, '}');
    json_end(out, '}');
    http_reply(r, 200, content_json, NULL, 0);
}

static void endpoint_reply(const struct longlink *ll, struct http_request *r, int64_t app, uint64_t mark) {
    struct buf url BUF_CLEANUP = BUF_EMPTY;
    struct buf *out = http_out(r);
    uint32_t device;
    struct str base = ll->o.base_url(ll->o.ctx);

    id_random(&device, sizeof(device));
    const struct ticket t = {.app = app,
                             .mark = mark,
                             .expires_ms = clock_now_ms() + TICKET_LIFE_MS,
                             .device = INT64_C(7000000000000000000) + device,
                             .service = (int32_t)((uint64_t)app >> 22 & INT32_MAX)};
    if (str_starts(base, STR("https://"))) {
        buf_add_lit(&url, "wss://");
        buf_add_str(&url, str_skip(base, sizeof("https://") - 1));
    } else {
        buf_add_str(&url, str_is_empty(base) && r->https ? STR("wss://") : STR("ws://"));
        buf_add_str(&url, str_is_empty(base) ? http_header_get(r, STR("Host")) : str_skip(base, sizeof("http://") - 1));
    }
    buf_add_lit(&url, SOCKET_PATH "?");
    ticket_write(ll, &t, &url);
    json_begin(out, '{');
    json_member_int(out, STR("code"), CODE_OK);
    json_member_str(out, STR("msg"), STR("ok"));
    json_key(out, STR("data"));
    json_begin(out, '{');
    json_member_str(out, STR("URL"), buf_str(&url));
    json_key(out, STR("ClientConfig"));
    buf_add_str(out, str_of(ll->client_config));
    json_end(out, '}');
    json_end(out, '}');
    http_reply(r, 200, content_json, NULL, 0);
}

static struct str text_member(const json_t *object, const char *name) {
    return str_of(json_string_value(json_object_get(object, name)));
}

static void read_secret(void *arg, struct db *db) {
    struct handshake *h = arg;
    const struct longlink_options *o = &h->ll->o;
    struct str address = http_peer(h->r);
    h->result = o->authenticate(o->ctx, db, h->app_id, h->secret, address, h->r->arena, &h->app);
    if (h->result == LONGLINK_AUTH_OK)
        h->result = o->look(o->ctx, db, h->app, address, &h->mark);
}

static void secret_read(void *arg, int error) {
    struct handshake *h = arg;
    const struct longlink *ll = h->ll;
    struct http_request *r = h->r;
    int result = h->result;

    if (error == -ESHUTDOWN)
        return;
    if (error < 0) {
        endpoint_fail(r, CODE_BUSY, "the database has too much to do; try again in a few seconds");
    } else if (result < 0) {
        log_fmt(LOG_ERROR, "cannot look up an app for a long connection: %s", strerror(-result));
        endpoint_fail(r, CODE_INTERNAL, "internal error");
    } else if (result == LONGLINK_AUTH_FAILED) {
        endpoint_fail(r, CODE_AUTH_FAILED, "app id or app secret is wrong");
    } else if (result != LONGLINK_AUTH_OK) {
        endpoint_fail(r, result == LONGLINK_AUTH_WAIT ? CODE_BUSY : CODE_FORBIDDEN, longlink_why(result));
    } else if (hub_full(ll->o.hub, h->app)) {
        endpoint_fail(r, CODE_TOO_MANY, "the number of connections exceeded the limit");
    } else {
        endpoint_reply(ll, r, h->app, h->mark);
    }
}

static void serve_endpoint(struct longlink *ll, struct http_request *r) {
    struct str why;
    struct handshake *h = handshake_new(ll, r);
    json_t *object = record_parse(r->body, r->arena, &why);

    h->app_id = arena_dup(r->arena, text_member(object, "AppID"));
    h->secret = arena_dup(r->arena, text_member(object, "AppSecret"));
    json_decref(object);
    if (str_is_empty(h->app_id) || str_is_empty(h->secret))
        endpoint_fail(r, CODE_AUTH_FAILED, "AppID and AppSecret are expected");
    else
        handshake_read(h, read_secret, secret_read);
}

/* ---- the upgrade ---- */

/* In headers, where the SDKs look for it. */
static void upgrade_refuse(struct http_request *r, unsigned status, int code, const char *why) {
    struct str number = arena_printf(r->arena, "%d", code);
    const struct http_header headers[] = {{STR("Handshake-Status"), number},
                                          {STR("Handshake-Msg"), str_of(why)},
                                          {STR("Handshake-Autherrcode"), number},
                                          {STR("Sec-WebSocket-Version"), STR("13")}};

    buf_add_str(http_out(r), str_of(why));
    http_reply_close(r, status, STR("text/plain; charset=utf-8"), headers, status == 426 ? 4 : 3, why);
}

static bool list_has(struct str list, struct str word) {
    while (!str_is_absent(list))
        if (str_eq_nocase(str_trim(str_cut(&list, ',')), word))
            return true;
    return false;
}

/* Sec-WebSocket-Key is the base64 of 16 bytes. */
static bool key_ok(struct str key) {
    if (key.len != 24 || !str_ends(key, STR("==")))
        return false;
    for (size_t i = 0; i < 22; i++) {
        char c = key.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/'))
            return false;
    }
    return true;
}

static struct str accept_of(struct str key, struct arena *a) {
    struct str text = arena_printf(a, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", STR_FMT(key));
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    char *accept = arena_bytes(a, 32);

    if (EVP_Digest(text.ptr, text.len, digest, &n, EVP_sha1(), NULL) != 1)
        return STR_ABSENT;
    return (struct str){accept, (size_t)EVP_EncodeBlock((unsigned char *)accept, digest, (int)n)};
}

static void read_owner(void *arg, struct db *db) {
    struct handshake *h = arg;
    const struct longlink_options *o = &h->ll->o;
    h->result = o->look(o->ctx, db, h->ticket.app, http_peer(h->r), &h->ticket.mark);
}

static void owner_read(void *arg, int error) {
    struct handshake *h = arg;
    struct longlink *ll = h->ll;
    struct http_request *r = h->r;
    const struct ticket *t = &h->ticket;

    if (error == -ESHUTDOWN)
        return;
    if (error < 0) {
        upgrade_refuse(r, 503, CODE_BUSY, "the database has too much to do; try again in a few seconds");
        return;
    }
    error = ticket_check(ll, t, h->mac, h->result);
    if (error == -EACCES) {
        upgrade_refuse(r, 403, CODE_FORBIDDEN, longlink_why(LONGLINK_AUTH_ADDRESS));
    } else if (error < 0) {
        upgrade_refuse(r, 403, CODE_AUTH_FAILED, ticket_refused);
    } else if (hub_full(ll->o.hub, t->app)) {
        upgrade_refuse(r, 403, CODE_TOO_MANY, "the number of connections exceeded the limit");
    } else {
        struct str accept = accept_of(http_header_get(r, STR("Sec-WebSocket-Key")), r->arena);
        const struct session_owner owner = {
            .app = t->app, .mark = t->mark, .address = http_peer(r), .service = t->service};
        session_begin(&ll->loops[http_loop_index(r->loop)], r, accept, &owner);
    }
}

static void serve_socket(struct longlink *ll, struct http_request *r) {
    struct str key = http_header_get(r, STR("Sec-WebSocket-Key"));

    if (!list_has(http_header_get(r, STR("Upgrade")), STR("websocket")) ||
        !list_has(http_header_get(r, STR("Connection")), STR("upgrade")) || !key_ok(key)) {
        upgrade_refuse(r, 400, CODE_FORBIDDEN, "a WebSocket handshake is expected here");
        return;
    }
    if (!str_eq(http_header_get(r, STR("Sec-WebSocket-Version")), STR("13"))) {
        upgrade_refuse(r, 426, CODE_FORBIDDEN, "version 13 of the WebSocket protocol is spoken here");
        return;
    }
    struct handshake *h = handshake_new(ll, r);
    if (ticket_parse(r, &h->ticket, &h->mac) < 0)
        upgrade_refuse(r, 403, CODE_AUTH_FAILED, ticket_refused);
    else
        handshake_read(h, read_owner, owner_read);
}

bool longlink_serve(struct longlink *ll, struct http_request *r) {
    if (r->method == HTTP_POST && str_eq(r->path, STR(ENDPOINT_PATH)))
        serve_endpoint(ll, r);
    else if (r->method == HTTP_GET && str_eq(r->path, STR(SOCKET_PATH)))
        serve_socket(ll, r);
    else
        return false;
    return true;
}

struct str longlink_methods(struct str path) {
    if (str_eq(path, STR(ENDPOINT_PATH)))
        return STR("POST, OPTIONS");
    return str_eq(path, STR(SOCKET_PATH)) ? STR("GET, OPTIONS") : STR_ABSENT;
}

/* ---- setting up ---- */

struct longlink *longlink_new(const struct longlink_options *o) {
    struct longlink *ll = mem_alloc(sizeof(*ll));
    struct buf config = BUF_EMPTY;

    ll->o = *o;
    ll->loops = mem_alloc(o->loops * sizeof(*ll->loops));
    json_begin(&config, '{');
    json_member_int(&config, STR("ReconnectCount"), -1);
    json_member_int(&config, STR("ReconnectInterval"), o->reconnect_s);
    json_member_int(&config, STR("ReconnectNonce"), o->reconnect_spread_s);
    json_member_int(&config, STR("PingInterval"), o->ping_s);
    json_end(&config, '}');
    buf_add_char(&config, '\0');
    ll->client_config = config.ptr;
    hub_on_deliver(o->hub, sessions_deliver, ll);
    return ll;
}

struct longlink *longlink_free(struct longlink *ll) {
    if (!ll)
        return NULL;
    free(ll->client_config);
    free(ll->loops);
    free(ll);
    return NULL;
}

static void on_tick(uv_timer_t *timer) {
    sessions_tick(timer->data);
}

void longlink_loop_start(struct longlink *ll, struct http_loop *l) {
    struct longlink_loop *home = &ll->loops[http_loop_index(l)];

    home->ll = ll;
    home->loop = l;
    uv_timer_init(http_loop_uv(l), &home->tick);
    home->tick.data = home;
    uv_timer_start(&home->tick, on_tick, TICK_MS, TICK_MS);
    uv_unref((uv_handle_t *)&home->tick);
}

void longlink_loop_stop(struct longlink *ll, struct http_loop *l) {
    uv_close((uv_handle_t *)&ll->loops[http_loop_index(l)].tick, NULL);
}
