/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's end of a WebSocket.
 */
#include "client/websocket.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "base/clock.h"
#include "base/id.h"

#define HEAD_MAX 16384
#define WAITING_MAX (8 * 1024 * 1024) /* bytes that wait to be sent */
#define TAKEN_MAX (4 * 1024 * 1024)   /* bytes that one websocket_wait() takes */
#define ANSWERS_MAX 10000             /* pongs and frames that wait to be sent */

struct websocket {
    struct websocket_options o;
    CURL *curl;
    curl_socket_t fd;
    wslay_event_context_ptr ws;
    struct buf early; /* bytes behind the handshake that came with it */
    size_t early_at;
    size_t taken; /* in this websocket_wait() */
    bool ended;
};

/* ---- the connection ---- */

/* Returns the number of bytes, 0 (nothing now), or -EPIPE. */
static ssize_t take(struct websocket *s, void *to, size_t len) {
    size_t n = 0;
    CURLcode code = curl_easy_recv(s->curl, to, len, &n);
    if (code == CURLE_AGAIN)
        return 0;
    return code == CURLE_OK && n > 0 ? (ssize_t)n : -EPIPE;
}

static bool woken(const struct websocket *s, const struct pollfd *p) {
    return s->o.wake_fd >= 0 && (p->revents & POLLIN);
}

/* Waits for the connection. Returns 0, -ECANCELED (wake_fd) or -ETIMEDOUT. */
static int await(const struct websocket *s, short events, int ms) {
    struct pollfd p[2] = {{.fd = s->fd, .events = events}, {.fd = s->o.wake_fd, .events = POLLIN}};
    int n = poll(p, 2, ms);
    if (n > 0 && woken(s, &p[1]))
        return -ECANCELED;
    return n == 0 ? -ETIMEDOUT : 0;
}

static int left_ms(int64_t end_ns) {
    int64_t ms = (end_ns - clock_mono_ns()) / 1000000;
    return ms > 0 ? (int)ms : 0;
}

static int send_all(struct websocket *s, struct str bytes, int64_t end_ns) {
    while (bytes.len > 0) {
        size_t n = 0;
        CURLcode code = curl_easy_send(s->curl, bytes.ptr, bytes.len, &n);
        if (code != CURLE_OK && code != CURLE_AGAIN)
            return -EPIPE;
        bytes = str_skip(bytes, n);
        int r = code == CURLE_AGAIN ? await(s, POLLOUT, left_ms(end_ns)) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- the handshake ---- */

static void write_key(char ret[25]) {
    uint8_t bytes[16];
    id_random(bytes, sizeof bytes);
    EVP_EncodeBlock((unsigned char *)ret, bytes, sizeof bytes);
}

static bool accepts(struct str head, const char *key) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str text = arena_printf(&scratch, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    unsigned char digest[EVP_MAX_MD_SIZE];
    char expected[32];
    unsigned n = 0;
    EVP_Digest(text.ptr, text.len, digest, &n, EVP_sha1(), NULL);
    EVP_EncodeBlock((unsigned char *)expected, digest, (int)n);
    while (!str_is_absent(head)) {
        struct str value = str_cut(&head, '\n'), name = str_cut(&value, ':');
        if (value.len > 0 && value.ptr[value.len - 1] == '\r')
            value.len--;
        if (!str_is_absent(value) && str_eq_nocase(name, STR("Sec-WebSocket-Accept")))
            return str_eq(str_trim(value), str_of(expected));
    }
    return false;
}

static int say(struct buf *why, int error, const char *text, struct str detail) {
    why->len = 0;
    buf_printf(why, "%s%.*s", text, STR_FMT(detail));
    buf_add_char(why, '\0');
    return error;
}

static int read_head(struct websocket *s, struct buf *head, size_t *ret_len, int64_t end_ns) {
    for (;;) {
        char bytes[4096];
        ssize_t n = take(s, bytes, sizeof bytes);
        int r = n == 0 ? await(s, POLLIN, left_ms(end_ns)) : n < 0 ? (int)n : 0;
        if (r < 0)
            return r;
        if (n > 0)
            buf_add(head, bytes, (size_t)n);
        const char *end = head->len > 0 ? memmem(head->ptr, head->len, "\r\n\r\n", 4) : NULL;
        if (end) {
            *ret_len = (size_t)(end - head->ptr) + 4;
            return 0;
        }
        if (head->len > HEAD_MAX)
            return -EPROTO;
    }
}

static int shake_hands(struct websocket *s, CURLU *url, int64_t end_ns, struct buf *why) {
    struct buf request BUF_CLEANUP = BUF_EMPTY, head BUF_CLEANUP = BUF_EMPTY;
    char *host = NULL, *port = NULL, *path = NULL, *query = NULL, key[25];
    size_t len = 0;

    curl_url_get(url, CURLUPART_HOST, &host, 0);
    curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
    curl_url_get(url, CURLUPART_PATH, &path, 0);
    curl_url_get(url, CURLUPART_QUERY, &query, 0);
    write_key(key);
    buf_printf(&request,
               "GET %s%s%s HTTP/1.1\r\nHost: %s:%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\nUser-Agent: hired/" HIRED_VERSION "\r\n\r\n",
               path ? path : "/", query ? "?" : "", query ? query : "", host ? host : "", port ? port : "", key);
    curl_free(host);
    curl_free(port);
    curl_free(path);
    curl_free(query);
    int r = send_all(s, buf_str(&request), end_ns);
    if (r == 0)
        r = read_head(s, &head, &len, end_ns);
    if (r < 0)
        return say(why, r, "the WebSocket's handshake was not answered", STR(""));
    struct str text = {head.ptr, len}, rest = text, line = str_cut(&rest, '\r');
    if (!str_starts(line, STR("HTTP/1.1 101")) || !accepts(text, key))
        return say(why, -EPROTO, "the server refused the WebSocket: ", str_head(line, 100));
    buf_add(&s->early, head.ptr + len, head.len - len);
    return 0;
}

/* ---- wslay's side ---- */

static ssize_t ws_recv(wslay_event_context_ptr ws, uint8_t *to, size_t len, int flags, void *ctx) {
    struct websocket *s = ctx;
    size_t early = s->early.len - s->early_at;
    if (early > 0) {
        size_t n = early < len ? early : len;
        memcpy(to, s->early.ptr + s->early_at, n);
        s->early_at += n;
        return (ssize_t)n;
    }
    /* A server that sends without a pause must not hold the caller, who has to look whether it is to end. */
    ssize_t n = s->taken < TAKEN_MAX ? take(s, to, len) : 0;
    if (n > 0) {
        s->taken += (size_t)n;
        return n;
    }
    wslay_event_set_error(ws, n == 0 ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static ssize_t ws_send(wslay_event_context_ptr ws, const uint8_t *data, size_t len, int flags, void *ctx) {
    struct websocket *s = ctx;
    size_t n = 0;
    CURLcode code = curl_easy_send(s->curl, data, len, &n);
    if (code == CURLE_OK)
        return (ssize_t)n;
    wslay_event_set_error(ws, code == CURLE_AGAIN ? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static int ws_mask(wslay_event_context_ptr ws, uint8_t *to, size_t len, void *ctx) {
    id_random(to, len);
    return 0;
}

static void ws_message(wslay_event_context_ptr ws, const struct wslay_event_on_msg_recv_arg *arg, void *ctx) {
    struct websocket *s = ctx;
    if (arg->opcode == WSLAY_BINARY_FRAME)
        s->o.message(s->o.ctx, (struct str){(const char *)arg->msg, arg->msg_length});
}

/* ---- use ---- */

int websocket_open(struct websocket **ret, const struct websocket_options *o, struct buf *ret_why) {
    static const struct wslay_event_callbacks callbacks = {.recv_callback = ws_recv,
                                                           .send_callback = ws_send,
                                                           .genmask_callback = ws_mask,
                                                           .on_msg_recv_callback = ws_message};
    int64_t end_ns = clock_mono_ns() + o->connect_ms * INT64_C(1000000);
    bool tls = strncmp(o->url, "wss://", 6) == 0;
    struct buf plain BUF_CLEANUP = BUF_EMPTY;
    CURLU *url = curl_url();
    struct websocket *s = mem_alloc(sizeof *s);
    int r = 0;

    *s = (struct websocket){.o = *o, .curl = curl_easy_init()};
    buf_printf(&plain, "%s%s", tls ? "https" : "http", strchr(o->url, ':') ? strchr(o->url, ':') : "");
    buf_add_char(&plain, '\0');
    if ((!tls && strncmp(o->url, "ws://", 5) != 0) || !s->curl || !url ||
        curl_url_set(url, CURLUPART_URL, plain.ptr, 0) != CURLUE_OK)
        r = say(ret_why, -EPROTO, "the WebSocket's address is not one of ws or wss", STR(""));
    if (r == 0) {
        curl_easy_setopt(s->curl, CURLOPT_URL, plain.ptr);
        curl_easy_setopt(s->curl, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(s->curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
        curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
        curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
        if (o->ca_file)
            curl_easy_setopt(s->curl, CURLOPT_CAINFO, o->ca_file);
        CURLcode code = curl_easy_perform(s->curl);
        if (code != CURLE_OK)
            r = say(ret_why, code == CURLE_OPERATION_TIMEDOUT ? -ETIMEDOUT : -ECONNREFUSED,
                    "cannot connect to the WebSocket's address: ", str_of(curl_easy_strerror(code)));
    }
    if (r == 0) {
        curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &s->fd);
        r = shake_hands(s, url, end_ns, ret_why);
    }
    if (r == 0 && wslay_event_context_client_init(&s->ws, &callbacks, s) != 0)
        r = say(ret_why, -ENOMEM, "there is no memory for a WebSocket", STR(""));
    curl_url_cleanup(url);
    if (r < 0) {
        websocket_free(s);
        return r;
    }
    s->o.url = s->o.ca_file = NULL;
    wslay_event_config_set_max_recv_msg_length(s->ws, o->message_max);
    *ret = s;
    return 0;
}

static int flush(struct websocket *s) {
    if (s->ended || wslay_event_send(s->ws) != 0)
        s->ended = true;
    return s->ended ? -EPIPE : 0;
}

int websocket_send(struct websocket *s, struct str bytes) {
    const struct wslay_event_msg msg = {WSLAY_BINARY_FRAME, (const uint8_t *)bytes.ptr, bytes.len};
    if (s->ended || wslay_event_get_queued_msg_length(s->ws) > WAITING_MAX || wslay_event_queue_msg(s->ws, &msg) != 0)
        return -EPIPE;
    return flush(s);
}

int websocket_wait(struct websocket *s, int ms) {
    short events = (short)(POLLIN | (wslay_event_want_write(s->ws) ? POLLOUT : 0));
    if (s->ended)
        return -EPIPE;
    if (s->early.len == s->early_at)
        (void)await(s, events, s->taken < TAKEN_MAX ? ms : 0); /* what it says is seen by reading */
    s->taken = 0;
    if (wslay_event_get_queued_msg_count(s->ws) > ANSWERS_MAX) /* it sends and does not read */
        s->ended = true;
    if (s->ended || wslay_event_recv(s->ws) != 0 || (!wslay_event_want_read(s->ws) && !wslay_event_want_write(s->ws))) {
        s->ended = true;
        return -EPIPE;
    }
    return flush(s);
}

struct websocket *websocket_free(struct websocket *s) {
    if (!s)
        return NULL;
    if (s->ws)
        wslay_event_context_free(s->ws);
    curl_easy_cleanup(s->curl);
    buf_free(&s->early);
    free(s);
    return NULL;
}
