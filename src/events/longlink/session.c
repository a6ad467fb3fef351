/* SPDX-License-Identifier: Apache-2.0
 *
 * A WebSocket session: answers pings, sends events in parts, and passes on the clients' answers.
 */
#include <errno.h>
#include <stdlib.h>
#include <wslay/wslay.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/record.h"
#include "events/longlink/frame.h"
#include "events/longlink/internal.h"

#define RECEIVED_MAX (256 * 1024)      /* bytes of one message from a client */
#define JOIN_NS INT64_C(1000000000)    /* a client that has not sent a ping by then gets events all the same */
#define SILENCE_PINGS 3                /* the session is closed after so many missed pings */
#define WAITING_MAX (1024 * 1024)      /* bytes; no further event is sent while the client has not read that much */
#define FORGET_NS INT64_C(60000000000) /* when an unanswered event is forgotten */

/* An event that has been sent and not been answered. */
struct awaited {
    uint64_t token, seq_id;
    int64_t sent_ns;
    struct awaited *next;
    size_t id_len;
    char id[]; /* the message_id */
};

struct session {
    struct hub_member member;
    struct longlink_loop *home;
    struct session *next;
    struct http_raw *raw;
    wslay_event_context_ptr ws;
    uint64_t number; /* on its loop */
    uint64_t mark;   /* of the secret that was valid when the session began */
    char address[64];
    int32_t service;
    bool joined, closing;
    int64_t begun_ns, heard_ns;
    uint64_t seq_id;
    struct awaited *awaited; /* in the order of sending */
    struct str in;           /* while received bytes are parsed */
};

/* ---- wslay's side ---- */

static ssize_t ws_recv(wslay_event_context_ptr ws, uint8_t *buf, size_t len, int flags, void *ctx) {
    struct session *s = ctx;
    size_t n = s->in.len < len ? s->in.len : len;

    if (n == 0) {
        wslay_event_set_error(ws, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(buf, s->in.ptr, n);
    s->in = str_skip(s->in, n);
    return (ssize_t)n;
}

static ssize_t ws_send(wslay_event_context_ptr ws, const uint8_t *data, size_t len, int flags, void *ctx) {
    struct session *s = ctx;

    if (http_raw_write(s->raw, (struct str){(const char *)data, len}) < 0) {
        wslay_event_set_error(ws, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    return (ssize_t)len;
}

/* Reports all unanswered events as failed. */
static void fail_awaited(struct session *s) {
    while (s->awaited) {
        struct awaited *w = s->awaited;
        s->awaited = w->next;
        hub_result(s->home->ll->o.hub, w->token, 0, STR_ABSENT,
                   "the long connection was closed before the client answered");
        free(w);
    }
}

/* Unregisters the session at once, so that it gets no further event; it is freed when the connection is closed. */
static void session_close(struct session *s, const char *why) {
    if (s->closing)
        return;
    s->closing = true;
    log_line(LOG_DEBUG, "long connection closed", "why", why, NULL);
    if (s->joined)
        hub_leave(s->home->ll->o.hub, &s->member);
    fail_awaited(s);
    http_raw_close(s->raw);
}

/* Sends the queued frames; closes the session if the client does not read them. */
static void session_flush(struct session *s) {
    if (s->closing)
        return;
    if (wslay_event_send(s->ws) != 0)
        session_close(s, "the client does not read what is sent");
    else if (!wslay_event_want_read(s->ws) && !wslay_event_want_write(s->ws))
        session_close(s, "the WebSocket was closed");
}

/* Returns 0, or -EPIPE. */
static int session_send(struct session *s, const struct buf *frame) {
    const struct wslay_event_msg msg = {WSLAY_BINARY_FRAME, (const uint8_t *)frame->ptr, frame->len};

    if (s->closing || wslay_event_queue_msg(s->ws, &msg) != 0)
        return -EPIPE;
    session_flush(s);
    return s->closing ? -EPIPE : 0;
}

/* Sends the reason in a close frame with code 1008, and closes. */
static void session_refuse(struct session *s, const char *why) {
    if (s->closing)
        return;
    wslay_event_queue_close(s->ws, WSLAY_CODE_POLICY_VIOLATION, (const uint8_t *)why, strlen(why));
    session_flush(s);
    session_close(s, why);
}

static void session_join(struct session *s) {
    if (s->joined || s->closing)
        return;
    if (hub_join(s->home->ll->o.hub, &s->member) < 0)
        session_refuse(s, "too many connections");
    else
        s->joined = true;
}

/* ---- what a client says ---- */

static void on_ping(struct session *s, const struct frame *ping) {
    struct frame pong = {
        .seq_id = ping->seq_id, .log_id = ping->log_id, .service = s->service, .method = FRAME_CONTROL};
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    frame_add(&pong, STR("type"), STR("pong"));
    pong.payload = str_of(s->home->ll->client_config);
    frame_write(&pong, &out);
    session_send(s, &out);
}

/* The code of {"code":200}; 0 if there is none. */
static int answer_code(struct str payload, struct arena *a) {
    struct str why;
    json_t *object = record_parse(payload, a, &why);
    const json_t *code = json_object_get(object, "code");
    json_int_t value = json_is_integer(code) ? json_integer_value(code) : 0;

    json_decref(object);
    return value > 0 && value < 1000000 ? (int)value : 0;
}

static void on_event_answer(struct session *s, const struct frame *f, struct arena *a) {
    struct str id = frame_header(f, STR("message_id"));

    for (struct awaited **at = &s->awaited; *at; at = &(*at)->next) {
        struct awaited *w = *at;
        /* SDKs send the frame's SeqID back, which distinguishes a late answer from the answer to a later attempt at
         * the same event. If a client sends none, its answer counts for the oldest. */
        if (!str_eq(id, (struct str){w->id, w->id_len}) || (f->seq_id != 0 && f->seq_id != w->seq_id))
            continue;
        int code = answer_code(f->payload, a);
        *at = w->next;
        hub_result(s->home->ll->o.hub, w->token, code, f->payload, code > 0 ? NULL : "the client's answer has no code");
        free(w);
        return;
    }
}

static void on_frame(struct session *s, struct str bytes) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct frame f;

    if (frame_read(bytes, &scratch, &f) < 0) {
        wslay_event_queue_close(s->ws, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, NULL, 0);
        return;
    }
    struct str type = frame_header(&f, STR("type"));
    if (f.method == FRAME_CONTROL && str_eq(type, STR("ping")))
        on_ping(s, &f);
    else if (f.method == FRAME_DATA && str_eq(type, STR("event")))
        on_event_answer(s, &f, &scratch);
    session_join(s);
}

static void ws_message(wslay_event_context_ptr ws, const struct wslay_event_on_msg_recv_arg *arg, void *ctx) {
    struct session *s = ctx;

    s->heard_ns = clock_mono_ns();
    if (s->joined && !s->closing)
        hub_heard(s->home->ll->o.hub, &s->member);
    if (arg->opcode == WSLAY_BINARY_FRAME)
        on_frame(s, (struct str){(const char *)arg->msg, arg->msg_length});
    else if (arg->opcode == WSLAY_TEXT_FRAME)
        wslay_event_queue_close(ws, WSLAY_CODE_UNSUPPORTED_DATA, NULL, 0);
}

/* ---- the connection's side ---- */

static void on_read(struct http_raw *raw, void *ctx, const char *bytes, size_t len) {
    struct session *s = ctx;

    if (len == 0) {
        session_close(s, "the client hung up");
        return;
    }
    s->in = (struct str){bytes, len};
    int r = wslay_event_recv(s->ws);
    s->in = STR_ABSENT;
    if (r != 0) {
        session_close(s, "what the client sent is no WebSocket frame");
        return;
    }
    session_flush(s);
}

static void on_closed(struct http_raw *raw, void *ctx) {
    struct session *s = ctx;

    if (s->joined && !s->closing)
        hub_leave(s->home->ll->o.hub, &s->member);
    for (struct session **at = &s->home->sessions; *at; at = &(*at)->next)
        if (*at == s) {
            *at = s->next;
            break;
        }
    fail_awaited(s);
    wslay_event_context_free(s->ws);
    free(s);
}

void session_begin(struct longlink_loop *home, struct http_request *r, struct str accept,
                   const struct session_owner *owner) {
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = ws_recv, .send_callback = ws_send, .on_msg_recv_callback = ws_message};
    static const struct http_raw_events events = {on_read, on_closed};
    const struct http_header headers[] = {{STR("Upgrade"), STR("websocket")}, {STR("Sec-WebSocket-Accept"), accept}};
    struct session *s = mem_alloc(sizeof(*s));
    int64_t now_ns = clock_mono_ns();

    *s = (struct session){.member = {.app = owner->app, .loop = r->loop},
                          .home = home,
                          .number = ++home->begun,
                          .mark = owner->mark,
                          .service = owner->service,
                          .begun_ns = now_ns,
                          .heard_ns = now_ns};
    memcpy(s->address, owner->address.ptr, str_head(owner->address, sizeof(s->address) - 1).len);
    if (wslay_event_context_server_init(&s->ws, &callbacks, s) != 0) {
        free(s);
        http_reply_close(r, 503, STR_ABSENT, NULL, 0, "no memory for a WebSocket");
        return;
    }
    wslay_event_config_set_max_recv_msg_length(s->ws, RECEIVED_MAX);
    s->raw = http_upgrade(r, headers, sizeof(headers) / sizeof(*headers), &events, s);
    if (!s->raw) {
        wslay_event_context_free(s->ws);
        free(s);
        return;
    }
    s->next = home->sessions;
    home->sessions = s;
}

/* ---- its owner ---- */

static struct session *find_session(const struct longlink_loop *home, uint64_t number) {
    struct session *s = home->sessions;
    while (s && s->number != number)
        s = s->next;
    return s;
}

static void describe_owner(const struct session *s, struct owner *ret) {
    *ret = (struct owner){.session = s->number, .app = s->member.app};
    memcpy(ret->address, s->address, sizeof(ret->address));
}

/* Closes the session if the app may not have it any more. If the look-up failed, the session stays. */
static void judge(struct session *s, const struct owner *w) {
    if (w->result > LONGLINK_AUTH_OK)
        session_refuse(s, longlink_why(w->result));
    else if (w->result == LONGLINK_AUTH_OK && w->mark != s->mark)
        session_refuse(s, "the app has a new secret");
}

/* The owners are in the order of the sessions, of which some may have ended. */
static void judge_all(struct longlink_loop *home, const struct owner *owners, size_t n, void *arg, int error) {
    if (error == -ESHUTDOWN)
        return;
    home->checking = false;
    for (struct session *s = home->sessions; s && error == 0; s = s->next) {
        while (n > 0 && owners->session > s->number) {
            owners++;
            n--;
        }
        if (n > 0 && owners->session == s->number)
            judge(s, owners);
    }
}

static void check_all(struct longlink_loop *home) {
    size_t n = 0;
    for (const struct session *s = home->sessions; s; s = s->next)
        n++;
    if (n == 0 || home->checking)
        return;
    struct owner *owners = mem_alloc(n * sizeof(*owners)), *w = owners;
    for (const struct session *s = home->sessions; s; s = s->next)
        describe_owner(s, w++);
    home->checking = true;
    owners_read(home, 0, owners, n, judge_all, NULL);
}

void sessions_tick(struct longlink_loop *home) {
    int64_t now_ns = clock_mono_ns(), silence_ns = (int64_t)home->ll->o.ping_s * SILENCE_PINGS * 1000000000;

    for (struct session *s = home->sessions; s; s = s->next) {
        if (!s->joined && now_ns - s->begun_ns >= JOIN_NS)
            session_join(s);
        if (s->joined && !s->closing && hub_refused(home->ll->o.hub, &s->member))
            session_refuse(s, "too many connections");
        if (now_ns - s->heard_ns >= silence_ns)
            session_close(s, "the client is silent");
        for (struct awaited **at = &s->awaited; *at;) {
            struct awaited *w = *at;
            if (now_ns - w->sent_ns < FORGET_NS) {
                at = &w->next;
                continue;
            }
            *at = w->next;
            free(w); /* the dispatcher's timeout has passed long before */
        }
    }
    check_all(home);
}

/* ---- sending events ---- */

static int send_event(struct session *s, const struct hub_message *m) {
    const struct frame_event e = {.seq_id = ++s->seq_id,
                                  .service = s->service,
                                  .message_id = m->message_id,
                                  .trace_id = m->message_id,
                                  .payload = m->body};
    struct awaited *w = mem_alloc(sizeof(*w) + m->message_id.len), **end = &s->awaited;
    int r = 0;

    *w = (struct awaited){
        .token = m->token, .seq_id = e.seq_id, .sent_ns = clock_mono_ns(), .id_len = m->message_id.len};
    memcpy(w->id, m->message_id.ptr, m->message_id.len);
    while (*end)
        end = &(*end)->next;
    *end = w;
    for (size_t seq = 0; seq < frame_parts(m->body.len) && r == 0; seq++) {
        struct buf out BUF_CLEANUP = BUF_EMPTY;
        frame_write_part(&e, seq, &out);
        r = session_send(s, &out);
    }
    return r;
}

/* Sends half of the event's first frame and ends the connection, as a rule of the test mode says. */
static void break_off(struct session *s, const struct hub_message *m) {
    const struct frame_event e = {.seq_id = ++s->seq_id,
                                  .service = s->service,
                                  .message_id = m->message_id,
                                  .trace_id = m->message_id,
                                  .payload = m->body};
    struct buf frame BUF_CLEANUP = BUF_EMPTY, out BUF_CLEANUP = BUF_EMPTY;

    frame_write_part(&e, 0, &frame);
    buf_add_lit(&out, "\x82\x7f"); /* a binary message, whose length follows in 8 bytes */
    for (int shift = 56; shift >= 0; shift -= 8)
        buf_add_char(&out, (char)(frame.len >> shift & 0xff));
    buf_add(&out, frame.ptr, frame.len / 2);
    (void)http_raw_write(s->raw, buf_str(&out)); /* it is closed either way */
    hub_result(s->home->ll->o.hub, m->token, 0, STR_ABSENT, "a rule of the test mode has broken the long connection");
    session_close(s, "a rule of the test mode");
}

static void fail_message(const struct longlink_loop *home, struct hub_message *m, const char *why) {
    hub_result(home->ll->o.hub, m->token, 0, STR_ABSENT, why);
    free(m);
}

/* After the session's owner was read; s is NULL if the session was closed meanwhile. */
static void deliver(const struct longlink_loop *home, struct session *s, struct hub_message *m) {
    struct longlink *ll = home->ll;
    if (!s || s->closing)
        hub_result(ll->o.hub, m->token, 0, STR_ABSENT, "the long connection was closed");
    else if (m->breaks)
        break_off(s, m);
    else if (http_raw_waiting(s->raw) > WAITING_MAX)
        hub_result(ll->o.hub, m->token, 0, STR_ABSENT, "the client has not taken what was sent before");
    else
        send_event(s, m); /* if it fails, the end of the session reports the event as failed */
    free(m);
}

static void deliver_judged(struct longlink_loop *home, const struct owner *owner, size_t n, void *arg, int error) {
    struct hub_message *m = arg;
    struct session *s;
    if (error == -ESHUTDOWN) {
        free(m);
        return;
    }
    if (error < 0) {
        fail_message(home, m, "the database has too much to do");
        return;
    }
    s = find_session(home, owner->session);
    if (s)
        judge(s, owner);
    deliver(home, s, m);
}

/* The owner is checked here too, so that no event is sent to such a client in the second before the next tick. */
void sessions_deliver(struct http_loop *l, struct hub_message *m) {
    const struct longlink *ll = m->ctx;
    struct longlink_loop *home = &ll->loops[http_loop_index(l)];
    const struct session *s = home->sessions;

    while (s && (s->member.id != m->member || s->closing))
        s = s->next;
    if (!s) {
        fail_message(home, m, "the long connection was closed");
        return;
    }
    struct owner *owner = mem_alloc(sizeof(*owner));
    describe_owner(s, owner);
    owners_read(home, s->member.app, owner, 1, deliver_judged, m);
}
