/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of src/http: a server whose application gives every kind of answer, and a client that sends raw bytes.
 */
#ifndef HIRED_HTTP_TESTING_H
#define HIRED_HTTP_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "http/http.h"

/* What the application has seen, from any loop. */
static struct {
    _Atomic int handled, gone, sink_gone, refused, last_refused, raw_closed, stream_full, late_unheld, worked, sinks;
    _Atomic int held, held_gone;
    _Atomic size_t sink_bytes;
} seen;

static inline int64_t test_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void test_sleep(unsigned ms) {
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

/* How long a test waits for an event, on a busy machine. */
enum { PATIENCE_MS = 20000 };

/* Waits until *what reaches value. */
static inline void test_await(_Atomic int *what, int value) {
    int64_t until = test_ms() + PATIENCE_MS;
    while (atomic_load(what) < value && test_ms() < until)
        test_sleep(2);
    assert_int_equal(atomic_load(what), value);
}

/* ---- the application ---- */

static uint64_t query_number(const struct http_request *r, const char *key, uint64_t otherwise) {
    struct str rest = r->query, name, value;
    int64_t n;
    while (http_query_next(&rest, r->arena, &name, &value) > 0)
        if (str_eq(name, str_of(key)) && str_to_i64(value, &n) == 0)
            return (uint64_t)n;
    return otherwise;
}

/* A request handed to another thread, which answers through the loop after ms. */
struct later {
    struct http_request *r;
    struct http_loop *loop;
    unsigned ms;
    char first; /* of the path, read by the other thread: the memory must still be there */
};

static void answer_later(struct http_loop *l, void *arg) {
    struct later *job = arg;
    buf_printf(http_out(job->r), "later %c", job->first);
    http_reply(job->r, 200, STR("text/plain"), NULL, 0);
    free(job);
}

static void *work_later(void *arg) {
    struct later *job = arg;
    test_sleep(job->ms);
    job->first = job->r->path.ptr[1];
    if (http_loop_post(job->loop, answer_later, job) < 0)
        free(job);
    seen.worked++;
    return NULL;
}

static void serve_later(struct http_request *r) {
    struct later *job = calloc(1, sizeof(*job));
    *job = (struct later){.r = r, .loop = r->loop, .ms = (unsigned)query_number(r, "ms", 20)};
    r->no_cancel = true;
    pthread_t thread;
    pthread_create(&thread, NULL, work_later, job);
    pthread_detach(thread);
}

/* A sink that pauses after each 64 KiB, for a loop turn or for ms. */
struct taking {
    size_t bytes, since_pause;
    uint64_t pause_ms;
    uint32_t sum; /* depends on the bytes and on their order */
};

static inline uint32_t sum_of(uint32_t sum, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        sum = sum * 31 + (unsigned char)bytes[i];
    return sum;
}

static void resume_sink(struct http_loop *l, void *arg) {
    http_body_resume(arg);
}

static void *resume_later(void *arg) {
    struct http_request *r = arg;
    test_sleep(400);
    http_loop_post(r->loop, resume_sink, r);
    return NULL;
}

static int take_data(struct http_request *r, const char *bytes, size_t len) {
    struct taking *t = r->ctx;
    t->bytes += len;
    t->since_pause += len;
    seen.sink_bytes += len;
    t->sum = sum_of(t->sum, bytes, len);
    if (str_eq(r->path, STR("/sink-broken")) && t->bytes > 100000)
        return -EIO;
    if (str_eq(r->path, STR("/sink-answers")) && t->bytes > 100000) {
        buf_add_lit(http_out(r), "enough");
        http_reply(r, 409, STR("text/plain"), NULL, 0);
        return -ECANCELED;
    }
    if (t->since_pause < 65536)
        return 0;
    t->since_pause = 0;
    if (t->pause_ms > 0) {
        pthread_t thread;
        t->pause_ms = 0;
        pthread_create(&thread, NULL, resume_later, r);
        pthread_detach(thread);
    } else {
        http_loop_post(r->loop, resume_sink, r);
    }
    return -EAGAIN;
}

static void take_done(struct http_request *r) {
    struct taking *t = r->ctx;
    buf_printf(http_out(r), "%zu %u", t->bytes, t->sum);
    http_reply(r, 200, STR("text/plain"), NULL, 0);
}

static void take_gone(struct http_request *r) {
    seen.sink_gone++;
}

/* A request for which the test posts release_held ("?by=test") or upgrade_later ("/upgrade-by-test"). */
static struct http_request *_Atomic held_request;

static const struct http_sink sink = {take_data, take_done, take_gone};

static void serve_file(struct http_request *r) {
    static _Atomic int files;
    char path[64], piece[4096];
    uint64_t size = query_number(r, "size", 100), from = query_number(r, "from", 0);
    snprintf(path, sizeof(path), "/tmp/http_test_%d_%d", (int)getpid(), files++);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    unlink(path);
    for (uint64_t at = 0; at < size; at += sizeof(piece)) {
        for (size_t i = 0; i < sizeof(piece); i++)
            piece[i] = (char)('a' + (at + i) % 26);
        size_t n = size - at < sizeof(piece) ? (size_t)(size - at) : sizeof(piece);
        assert_int_equal(write(fd, piece, n), n);
    }
    http_reply_file(r, from ? 206 : 200, STR("application/octet-stream"), NULL, 0, fd, from,
                    query_number(r, "len", size - from));
}

/* A stream of n pieces, one each ms; size 0: until somebody is gone. */
struct streaming {
    uv_timer_t timer;
    struct http_request *r;
    uint64_t left;
    size_t size;
};

static void stream_freed(uv_handle_t *h) {
    free(h->data);
}

static void stream_tick(uv_timer_t *timer) {
    struct streaming *s = timer->data;
    char text[64];
    if (s->size > 0) { /* as much as goes */
        static const char block[32768] = {[0 ... 32767] = 'b'};
        while (s->left > 0 && http_stream_write(s->r, (struct str){block, sizeof(block)}) == 0)
            s->left--;
        if (s->left > 0)
            seen.stream_full++;
    } else {
        snprintf(text, sizeof(text), "piece %d\n", (int)s->left);
        http_stream_write(s->r, str_of(text));
        s->left--;
    }
    if (s->left > 0)
        return;
    uv_timer_stop(timer);
    uv_close((uv_handle_t *)timer, stream_freed);
    http_stream_end(s->r);
}

static void serve_stream(struct http_request *r) {
    struct streaming *s = calloc(1, sizeof(*s));
    s->r = r;
    s->left = query_number(r, "n", 3);
    s->size = (size_t)query_number(r, "size", 0);
    s->timer.data = s;
    r->ctx = s;
    http_stream_begin(r, 200, STR("text/event-stream"), NULL, 0);
    uv_timer_init(http_loop_uv(r->loop), &s->timer);
    uv_timer_start(&s->timer, stream_tick, 5, 5);
}

static void raw_read(struct http_raw *raw, void *ctx, const char *bytes, size_t len) {
    if (len == 0 || memchr(bytes, '!', len)) {
        if (len > 0)
            http_raw_write(raw, STR("bye"));
        http_raw_close(raw);
        return;
    }
    http_raw_write(raw, (struct str){bytes, len});
}

static void raw_closed(struct http_raw *raw, void *ctx) {
    seen.raw_closed++;
}

static const struct http_raw_events raw_events = {raw_read, raw_closed};

static void upgrade_later(struct http_loop *l, void *arg) {
    static const struct http_header upgrade[] = {{STR_INIT("Upgrade"), STR_INIT("echo")}};
    http_upgrade(arg, upgrade, 1, &raw_events, NULL);
}

static void serve_big(struct http_request *r) {
    size_t n = (size_t)query_number(r, "n", 1000);
    struct buf *out = http_out(r);
    buf_reserve(out, n);
    for (size_t i = 0; i < n; i++)
        out->ptr[i] = (char)('a' + i % 26);
    out->len = n;
    http_reply(r, 200, STR("text/plain"), NULL, 0);
}

/* A body that is gone as soon as the answer has been given. */
static void serve_gone(struct http_request *r) {
    size_t n = (size_t)query_number(r, "n", 1000);
    char *text = malloc(n);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)('a' + i % 26);
    http_reply_bytes(r, 200, STR("text/plain"), NULL, 0, (struct str){text, n});
    memset(text, '#', n);
    free(text);
}

static void app_handle(struct http_request *r) {
    static const struct http_header extra[] = {{STR_INIT("X-One"), STR_INIT("1")},
                                               {STR_INIT("X-Two"), STR_INIT("split\r\nSet-Cookie: a=b")}};
    struct str p = r->path;
    seen.handled++;
    assert_int_equal(http_out(r)->len, 0);
    if (str_eq(p, STR("/echo")) || str_eq(p, STR("/hold")))
        buf_add_str(http_out(r), r->body);
    else if (str_eq(p, STR("/later")))
        return serve_later(r);
    else if (str_eq(p, STR("/file")))
        return serve_file(r);
    else if (str_eq(p, STR("/stream")))
        return serve_stream(r);
    else if (str_eq(p, STR("/upgrade")))
        return upgrade_later(r->loop, r);
    else if (str_eq(p, STR("/upgrade-later"))) {
        r->no_cancel = true;
        return (void)http_loop_post(r->loop, upgrade_later, r);
    } else if (str_eq(p, STR("/upgrade-by-test"))) {
        r->no_cancel = true;
        held_request = r;
        seen.held++;
        return;
    } else if (str_eq(p, STR("/big")))
        return serve_big(r);
    else if (str_eq(p, STR("/gone")))
        return serve_gone(r);
    else if (str_eq(p, STR("/empty")))
        return http_reply(r, 204, STR_ABSENT, NULL, 0);
    else if (str_eq(p, STR("/close")))
        return http_reply_close(r, 200, STR_ABSENT, NULL, 0, "the test says so");
    else if (str_eq(p, STR("/peer")))
        buf_printf(http_out(r), "%.*s%s", STR_FMT(http_peer(r)), r->https ? " https" : "");
    else
        buf_printf(http_out(r), "%.*s %.*s", STR_FMT(r->method_name), STR_FMT(p));
    http_reply(r, 200, STR("text/plain"), extra, 2);
}

static void begin_sink(struct http_request *r) {
    r->sink = &sink;
    seen.sinks++;
    r->body_max = 64 * 1024 * 1024;
    r->ctx = arena_alloc(r->arena, sizeof(struct taking));
    ((struct taking *)r->ctx)->pause_ms = query_number(r, "pause", 0);
}

/* After the time for which a request was held: it is refused, or its body goes to the sink or to app_handle. */
static void release_held(struct http_loop *l, void *arg) {
    struct http_request *r = arg;
    if (str_eq(r->path, STR("/hold-deny"))) {
        buf_add_lit(http_out(r), "denied");
        http_reply(r, 401, STR("text/plain"), NULL, 0);
        return;
    }
    if (str_eq(r->path, STR("/hold-sink")))
        begin_sink(r);
    r->no_body = str_eq(r->path, STR("/hold-no-body"));
    if (http_release(r) == 0)
        return;
    seen.held_gone++;
    http_reply(r, 500, STR("text/plain"), NULL, 0);
}

static void *hold(void *arg) {
    struct http_request *r = arg;
    test_sleep((unsigned)query_number(r, "ms", 50));
    http_loop_post(r->loop, release_held, r);
    return NULL;
}

static void begin_hold(struct http_request *r) {
    pthread_t thread;
    r->held = r->no_cancel = true;
    if (str_eq(r->query, STR("by=test"))) {
        held_request = r;
        seen.held++;
        return;
    }
    seen.held++;
    pthread_create(&thread, NULL, hold, r);
    pthread_detach(thread);
}

static void app_head(struct http_request *r) {
    if (str_starts(r->path, STR("/hold"))) {
        begin_hold(r);
    } else if (str_starts(r->path, STR("/sink"))) {
        begin_sink(r);
    } else if (str_eq(r->path, STR("/deny"))) {
        buf_add_lit(http_out(r), "denied");
        http_reply(r, 401, STR("text/plain"), NULL, 0);
    }
}

static void app_gone(struct http_request *r) {
    seen.gone++;
    if (str_eq(r->path, STR("/stream"))) {
        struct streaming *s = r->ctx;
        uv_timer_stop(&s->timer);
        uv_close((uv_handle_t *)&s->timer, stream_freed);
    } else if (!r->no_cancel) {
        seen.late_unheld++;
    }
}

static void app_refused(struct http_loop *l, unsigned status, const char *why) {
    assert_non_null(why);
    seen.refused++;
    seen.last_refused = (int)status;
}

static const struct http_app test_app = {
    .on_head = app_head, .handle = app_handle, .gone = app_gone, .refused = app_refused};

/* ---- the server ---- */

static struct http_server *server;
static unsigned port;

static inline void server_begin_app(const struct http_limits *limits, unsigned loops, const struct http_app *app) {
    struct str why;
    int r = http_server_new(&server, "127.0.0.1", 0, loops, limits, app, NULL, &why);
    if (r < 0)
        fail_msg("http_server_new: %.*s", STR_FMT(why));
    port = http_server_port(server);
    assert_int_equal(http_server_start(server), 0);
    memset(&seen, 0, sizeof(seen));
}

static inline void server_begin(const struct http_limits *limits, unsigned loops) {
    server_begin_app(limits, loops, &test_app);
}

static inline void server_end(void) {
    http_server_drain(server, 2000);
    server = http_server_free(server);
}

/* For the end of a test that has begun a server of its own. */
static inline int finish(void **state) {
    server_end();
    return 0;
}

/* Stops the loop's thread within a task until loop_goes_on, which lets the loop call fn(loop, arg) right before it
 * polls again. So what has been posted and has arrived while it stood still is seen between fn and the loop's next
 * turn. */
static struct {
    sem_t stopped, continued;
    uv_prepare_t before_poll;
    void (*fn)(struct http_loop *l, void *arg);
    void *arg;
} stopping;

static void pause_over(uv_prepare_t *before_poll) {
    uv_close((uv_handle_t *)before_poll, NULL);
    stopping.fn(before_poll->data, stopping.arg);
}

static inline void stand_still(struct http_loop *l, void *arg) {
    sem_post(&stopping.stopped);
    sem_wait(&stopping.continued);
    uv_prepare_init(http_loop_uv(l), &stopping.before_poll);
    stopping.before_poll.data = l;
    uv_prepare_start(&stopping.before_poll, pause_over);
}

static inline void loop_stops(void) {
    sem_init(&stopping.stopped, 0, 0);
    sem_init(&stopping.continued, 0, 0);
    assert_int_equal(http_loop_post(http_server_loop(server, 0), stand_still, NULL), 0);
    sem_wait(&stopping.stopped);
}

static inline void loop_goes_on(void (*fn)(struct http_loop *l, void *arg), void *arg) {
    stopping.fn = fn;
    stopping.arg = arg;
    sem_post(&stopping.continued);
}

static inline uint64_t bytes_read(void) {
    struct http_stats stats;
    http_loop_stats(http_server_loop(server, 0), &stats);
    return stats.bytes_in;
}

/* Waits until the server has read so many bytes in all, or as many as its buffers take. */
static inline void await_bytes_read(uint64_t bytes) {
    uint64_t before = bytes_read();
    for (int quiet = 0; bytes_read() < bytes && quiet < 5; quiet++) {
        test_sleep(1);
        if (bytes_read() != before)
            quiet = 0;
        before = bytes_read();
    }
}

/* ---- the client ---- */

static inline int client_try(void) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
        close(fd);
        return -errno;
    }
    return fd;
}

static inline int client_open(void) {
    int fd = client_try();
    assert_true(fd >= 0);
    return fd;
}

static inline void client_send(int fd, const void *bytes, size_t len) {
    const char *p = bytes;
    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server has closed: what it said is still to be read */
        p += n;
        len -= (size_t)n;
    }
}

#define client_say(fd, literal) client_send((fd), "" literal, sizeof(literal) - 1)

enum { CLIENT_OPEN = -1, CLIENT_RESET = -2 };

/* Reads until the text `until` has come count times, the peer closes or ms are over. Returns the number of bytes with
 * *ret_end 0 (closed), CLIENT_RESET or CLIENT_OPEN. */
static inline size_t client_read(int fd, char *out, size_t cap, const char *until, int count, int ms, int *ret_end) {
    size_t n = 0, scanned = 0;
    int64_t end = test_ms() + ms;
    *ret_end = CLIENT_OPEN;
    for (;;) {
        int64_t left = end - test_ms();
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (left <= 0 || n == cap - 1 || poll(&p, 1, (int)left) <= 0)
            break;
        ssize_t r = recv(fd, out + n, cap - 1 - n, 0);
        if (r <= 0) {
            *ret_end = r == 0 ? 0 : CLIENT_RESET;
            break;
        }
        n += (size_t)r;
        out[n] = '\0';
        for (const char *hit; until && (hit = strstr(out + scanned, until));) {
            scanned = (size_t)(hit - out) + strlen(until);
            if (--count == 0)
                return n;
        }
    }
    out[n] = '\0';
    return n;
}

static inline size_t count_of(const char *text, const char *what) {
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

static inline unsigned status_of(const char *answer) {
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (unsigned)atoi(answer + 9) : 0;
}

static inline const char *body_of(const char *answer) {
    const char *end = strstr(answer, "\r\n\r\n");
    return end ? end + 4 : "";
}

/* Sends len bytes on a new connection and reads all until the server closes. */
static inline unsigned client_once(const void *bytes, size_t len, char *out, size_t cap, int *ret_end) {
    int fd = client_open();
    client_send(fd, bytes, len);
    client_read(fd, out, cap, NULL, 0, PATIENCE_MS, ret_end);
    close(fd);
    return status_of(out);
}

#endif
