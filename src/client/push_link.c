/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's end of the long connection.
 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/thread.h"
#include "client/client.h"
#include "client/parts.h"
#include "client/push.h"
#include "client/websocket.h"
#include "events/longlink/frame.h"

#define CONNECT_MS 10000
#define MESSAGE_MAX (4 * 1024 * 1024)
#define PING_S 120 /* unless the server says otherwise */
#define PING_S_MAX 3600
#define SILENCE_PINGS 3 /* the connection is given up after so many intervals without a frame */
#define PAUSE_MS 1000   /* before the first attempt after a loss: a random part of it */
#define PAUSE_MAX_MS 120000

struct push_link {
    struct push_link_options o;
    struct client *client;
    char *app_id, *app_secret, *ca_file;
    pthread_t thread;
    int wake_fd;
    _Atomic bool stop;

    /* of the thread */
    struct websocket *socket;
    struct parts parts;
    int32_t service;
    int64_t ping_s, pause_max_ms;
    int64_t heard_ns;
    bool lost; /* a frame could not be sent */
};

/* ---- frames ---- */

static void send_frame(struct push_link *l, const struct frame *f) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    frame_write(f, &out);
    if (websocket_send(l->socket, buf_str(&out)) < 0)
        l->lost = true;
}

static void send_ping(struct push_link *l) {
    struct frame ping = {.service = l->service, .method = FRAME_CONTROL};
    frame_add(&ping, STR("type"), STR("ping"));
    send_frame(l, &ping);
}

static void take_config(struct push_link *l, const json_t *config) {
    json_int_t ping = json_integer_value(json_object_get(config, "PingInterval"));
    json_int_t pause = json_integer_value(json_object_get(config, "ReconnectInterval"));
    if (ping > 0)
        l->ping_s = ping < PING_S_MAX ? ping : PING_S_MAX;
    if (pause > 0)
        l->pause_max_ms = pause < PAUSE_MAX_MS / 1000 ? pause * 1000 : PAUSE_MAX_MS;
}

/* A pong brings the configuration again. */
static void take_pong(struct push_link *l, struct str payload) {
    json_t *config = json_loadb(payload.ptr ? payload.ptr : "", payload.len, 0, NULL);
    take_config(l, config);
    json_decref(config);
}

static int64_t number_of(const struct frame *f, struct str name, int64_t otherwise) {
    int64_t n;
    return str_to_i64(frame_header(f, name), &n) == 0 ? n : otherwise;
}

static void take_event(struct push_link *l, struct frame *f) {
    struct str whole;
    char text[32];
    int r = parts_take(&l->parts, frame_header(f, STR("message_id")), number_of(f, STR("sum"), 1),
                       number_of(f, STR("seq"), 0), f->payload, &whole);
    if (r == 0)
        return; /* the frame with the last part is answered */
    int code = r == 1 ? l->o.receiver.event(l->o.receiver.ctx, whole) : PUSH_AGAIN;
    int n = snprintf(text, sizeof text, "{\"code\":%d}", code);
    f->payload = (struct str){text, (size_t)n};
    send_frame(l, f);
}

static void on_message(void *ctx, struct str bytes) {
    struct push_link *l = ctx;
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct frame f;
    l->heard_ns = clock_mono_ns();
    if (frame_read(bytes, &scratch, &f) < 0) {
        l->lost = true;
        return;
    }
    struct str type = frame_header(&f, STR("type"));
    if (f.method == FRAME_CONTROL && str_eq(type, STR("pong")))
        take_pong(l, f.payload);
    else if (f.method == FRAME_DATA && str_eq(type, STR("event")))
        take_event(l, &f);
}

/* ---- connecting ---- */

static void tell(struct push_link *l, bool connected, const char *why) {
    if (l->o.receiver.state)
        l->o.receiver.state(l->o.receiver.ctx, connected, why);
}

/* The address as it was given, or its path at the host of base_url. Ended by a NUL. */
static void write_address(const struct push_link *l, const char *given, struct buf *out) {
    const char *base = client_base_url(l->client), *host = strstr(given, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    if (l->o.keep_host && path)
        buf_printf(out, "%s%s%s", strncmp(base, "https", 5) == 0 ? "wss" : "ws", strchr(base, ':'), path);
    else
        buf_add_str(out, str_of(given));
    buf_add_char(out, '\0');
}

/* Asks for the WebSocket's address. Returns 0 or a negative errno after telling why. */
static int ask_address(struct push_link *l, struct buf *ret_url) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    json_t *body = json_pack("{s:s, s:s}", "AppID", l->app_id, "AppSecret", l->app_secret);
    int r = client_call(l->client, "POST", "/callback/ws/endpoint", NULL, body, &a);
    json_decref(body);
    if (r < 0) {
        tell(l, false, client_why(l->client));
        return r;
    }
    const char *url = json_string_value(json_object_get(a.data, "URL"));
    if (a.code != 0 || !url) {
        tell(l, false, a.code != 0 ? client_refusal(l->client, &a) : "the answer of the server has no URL");
        return -EACCES;
    }
    take_config(l, json_object_get(a.data, "ClientConfig"));
    const char *service = strstr(url, "service_id=");
    l->service = service ? (int32_t)strtol(service + sizeof("service_id=") - 1, NULL, 10) : 0;
    write_address(l, url, ret_url);
    return 0;
}

static int connect_once(struct push_link *l) {
    struct buf url BUF_CLEANUP = BUF_EMPTY, why BUF_CLEANUP = BUF_EMPTY;
    int r = ask_address(l, &url);
    if (r < 0)
        return r;
    const struct websocket_options o = {.url = url.ptr,
                                        .ca_file = l->ca_file,
                                        .connect_ms = CONNECT_MS,
                                        .wake_fd = l->wake_fd,
                                        .message = on_message,
                                        .ctx = l,
                                        .message_max = MESSAGE_MAX};
    r = websocket_open(&l->socket, &o, &why);
    if (r < 0)
        tell(l, false, why.len > 0 ? why.ptr : "the connection failed");
    return r;
}

/* ---- the thread ---- */

static void serve(struct push_link *l) {
    l->lost = false;
    l->heard_ns = clock_mono_ns();
    send_ping(l); /* the server sends events after the first frame */
    int64_t ping_ns = clock_mono_ns();
    tell(l, true, "");
    while (!atomic_load(&l->stop) && !l->lost) {
        int64_t now_ns = clock_mono_ns(), every_ns = l->ping_s * INT64_C(1000000000);
        if (now_ns - l->heard_ns > SILENCE_PINGS * every_ns)
            break;
        if (now_ns - ping_ns >= every_ns) {
            send_ping(l);
            ping_ns = now_ns;
        }
        int64_t wait_ms = (ping_ns + every_ns - now_ns) / 1000000 + 1;
        if (websocket_wait(l->socket, wait_ms > 0 ? (int)wait_ms : 0) < 0)
            break;
    }
    l->socket = websocket_free(l->socket);
    parts_free(&l->parts);
    l->parts = (struct parts){0};
    if (!atomic_load(&l->stop))
        tell(l, false, "the long connection was lost");
}

/* Waits, or until the link ends. */
static void pause_for(const struct push_link *l, int64_t ms) {
    struct pollfd p = {.fd = l->wake_fd, .events = POLLIN};
    (void)poll(&p, 1, (int)ms); /* it is only a pause */
}

static void *run(void *arg) {
    struct push_link *l = arg;
    int64_t pause_ms = PAUSE_MS;
    while (!atomic_load(&l->stop)) {
        uint32_t random;
        if (connect_once(l) == 0) {
            serve(l);
            pause_ms = PAUSE_MS;
        } else {
            pause_ms = pause_ms * 2 < l->pause_max_ms ? pause_ms * 2 : l->pause_max_ms;
        }
        id_random(&random, sizeof random);
        if (!atomic_load(&l->stop))
            pause_for(l, pause_ms / 2 + random % (pause_ms / 2 + 1) - (pause_ms == PAUSE_MS ? pause_ms / 2 : 0));
    }
    return NULL;
}

static char *copy(const char *text) {
    size_t len = text ? strlen(text) + 1 : 0;
    return text ? memcpy(mem_alloc(len), text, len) : NULL;
}

int push_link_new(struct push_link **ret, const struct push_link_options *o, const char **ret_why) {
    struct push_link *l = mem_alloc(sizeof *l);
    *l = (struct push_link){
        .o = *o, .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .ping_s = PING_S, .pause_max_ms = PAUSE_MAX_MS};
    l->app_id = copy(o->app_id);
    l->app_secret = copy(o->app_secret);
    l->ca_file = copy(o->ca_file);
    const struct client_options client = {.base_url = o->base_url,
                                          .ca_file = o->ca_file,
                                          .proxy = o->proxy,
                                          .fails_at_limit = true,
                                          .stop = &l->stop,
                                          .total_ms = CONNECT_MS};
    int r = client_new(&l->client, &client, ret_why);
    if (r == 0 && l->wake_fd < 0)
        r = -errno;
    if (r == 0)
        r = thread_start(&l->thread, "push link", run, l);
    if (r == 0) {
        *ret = l;
        return 0;
    }
    if (r != -EINVAL)
        *ret_why = "there are not enough threads or file descriptors";
    atomic_store(&l->stop, true);
    l->client = client_free(l->client);
    if (l->wake_fd >= 0)
        close(l->wake_fd);
    free(l->app_id);
    free(l->app_secret);
    free(l->ca_file);
    free(l);
    return r;
}

struct push_link *push_link_free(struct push_link *l) {
    if (!l)
        return NULL;
    atomic_store(&l->stop, true);
    (void)!write(l->wake_fd, &(uint64_t){1}, sizeof(uint64_t)); /* an eventfd takes it */
    pthread_join(l->thread, NULL);
    client_free(l->client);
    close(l->wake_fd);
    free(l->app_id);
    if (l->app_secret)
        memset(l->app_secret, 0, strlen(l->app_secret));
    free(l->app_secret);
    free(l->ca_file);
    free(l);
    return NULL;
}
