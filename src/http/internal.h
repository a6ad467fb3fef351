/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this room share: loops, connections and exchanges. Nobody else includes it.
 *
 * A connection is small and holds no buffers. While it has bytes in hand it borrows an exchange: one request and its
 * answer with all their memory (input buffer, headers, arena, output buffer). Exchanges are pooled last-in first-out on
 * each loop, so a busy loop keeps using the same, cache-warm one, and an idle connection costs little.
 */
#ifndef HIRED_HTTP_INTERNAL_H
#define HIRED_HTTP_INTERNAL_H

#include <stdatomic.h>
#include <sys/uio.h>

#include "http/chunked.h"
#include "http/parse.h"

enum {
    IN_SIZE = 16 * 1024,           /* an exchange's input buffer; more only for a head that needs it */
    IN_ROOM_MIN = 4 * 1024,        /* free room to read into, at least */
    OUT_KEEP = 256 * 1024,         /* output memory an exchange keeps between answers */
    BODY_KEEP = 256 * 1024,        /* body memory, the same */
    POOL_MAX = 256,                /* idle exchanges a loop keeps */
    SCRATCH_SIZE = 64 * 1024,      /* for raw and lingering connections */
    FILE_PIECE = 128 * 1024,       /* of a file at a time */
    DROP_MAX = 64 * 1024,          /* of an unwanted body is read so that the connection can go on */
    STREAM_WAIT_MAX = 256 * 1024,  /* bytes a stream may have waiting */
    RAW_WAIT_MAX = 4096 * 1024,    /* bytes a raw connection may have waiting */
    LINGER_MS = 2000,              /* after an early close the peer may go on sending for so long */
    LINGER_MAX = 64 * 1024 * 1024, /* ... and so much, */
    SHED_MAX = 256,                /* on so many connections beyond connections_max */
    ACCEPT_BATCH = 64,             /* connections taken in a row before requests have their turn */
    ACCEPT_PAUSE_MS = 100,         /* without descriptors or memory */
    WARN_PAUSE_MS = 10000,
    DATE_LEN = 29, /* "Sun, 06 Nov 1994 08:49:37 GMT" */
};

#define NEVER UINT64_MAX

enum conn_state {
    CONN_HEAD,    /* between requests, or a head is arriving */
    CONN_BODY,    /* a body is arriving */
    CONN_HANDLER, /* the application owes an answer */
    CONN_REPLY,   /* the answer is on its way */
    CONN_STREAM,  /* an answer without a known end */
    CONN_RAW,     /* not HTTP any more */
    CONN_LINGER,  /* nothing more to say; reading what still comes so that the answer is not lost to a reset */
    CONN_CLOSED   /* waiting for libuv to let go */
};

struct exchange {
    struct http_request req;
    struct conn *conn;     /* NULL: the peer is gone, the application still holds the request */
    struct exchange *next; /* in the pool or among the held */
    struct arena arena;
    struct http_head head;
    struct http_header *headers;
    size_t headers_cap;
    char *in; /* bytes [pos, len) are still to be looked at; a request in hand points into what is before pos */
    size_t in_cap, pos, len;
    size_t body_at; /* where in `in` the body begins */
    struct buf body;
    struct buf reply_head, out;
    int fd; /* of the file being sent, or -1 */
    uint64_t file_at, file_left;
    uv_fs_t fs;
    bool fs_busy;       /* a thread of libuv's pool reads into out */
    bool streaming;     /* the answer is a stream */
    bool leaving, left; /* app->gone is running; an answer was given during it */
};

struct conn {
    uv_tcp_t tcp;
    uv_write_t write;
    struct http_loop *loop;
    struct conn *prev, *next, *next_deferred;
    struct exchange *x;
    int fd;            /* tcp's */
    uint64_t deadline; /* uv_now() of the loop, or NEVER */
    uint64_t since;    /* when the body, or lingering, began */
    uint64_t arrived;  /* bytes since then */
    uint64_t paused_at;
    uint64_t body_left; /* of a body of known length */
    uint64_t body_got;  /* decoded bytes of a chunked one */
    size_t queue_seen;  /* the write queue when the write deadline was set */
    struct chunked chunked;
    enum conn_state state;
    uint32_t turn; /* counts answers: how a caller of the application sees that one was given */
    bool shed;     /* beyond connections_max */
    bool body_open, body_chunked, body_in_place, dropping, paused;
    bool direct; /* the read under way goes straight into x->body */
    bool reading, writing, processing, deferred, eof, closing_after, linger_after;
    bool raw_closing;        /* close when all is written */
    bool broken;             /* to be closed soon: not now, because the application is in the middle of a call */
    struct buf wait, flight; /* stream and raw: what is to be written, what is being written */
    const struct http_raw_events *raw_events;
    void *raw_ctx;
    struct sockaddr_in6 peer; /* or an IPv4 address, which is shorter */
};

struct loop_task {
    void (*fn)(struct http_loop *l, void *arg);
    void *arg;
};

struct counters {
    _Atomic uint64_t accepted, refused_connections, open_connections, requests, bytes_in, bytes_out;
};

#define LISTEN_MAX 8 /* addresses that one name may give */

struct listener {
    uv_poll_t poll;
    int fd; /* -1: closed */
};

struct http_loop {
    uv_loop_t uv;
    struct http_server *server;
    const struct http_app *app;
    void *app_data;
    unsigned index;
    struct http_limits limits;
    struct listener listeners[LISTEN_MAX]; /* one for each address */
    unsigned n_listeners;
    uint64_t accept_again; /* when to listen again after a pause; NEVER: not paused */
    uint64_t warn_again;   /* when the log may say so again */
    uv_timer_t tick;
    uv_idle_t idle; /* runs the deferred connections; active only while there are some */
    struct conn *deferred;
    struct conn *conns;
    size_t n_conns, n_shed;
    struct exchange *pool, *held;
    struct http_wait *waits, *waits_told; /* those whose end has not been called, and has */
    size_t n_pool;
    char *scratch;
    char date[DATE_LEN + 1];
    int64_t date_second;
    bool draining, ending;
    uint64_t drain_until;
    struct counters stats;
    uv_thread_t thread;
    bool running; /* the thread exists */
    int start_error;
    uv_sem_t started;
    uv_async_t wake;
    uv_mutex_t lock; /* over what follows */
    struct loop_task *tasks;
    size_t n_tasks, tasks_cap;
    bool ended;
};

struct http_server {
    const struct http_app *app;
    void *app_ctx;
    struct http_loop *loops;
    unsigned n_loops;
    unsigned port;
    _Atomic size_t connections;
};

/* ---- listen.c ---- */
/* Opens sockets on every address that host gives (LISTEN_MAX at most), n for each: ret_fds[i * n ...] are those of
 * address i. Returns the number of addresses, or a negative errno with a sentence in *ret_why (static). */
int listen_open(const char *host, unsigned port, unsigned n, int *ret_fds, unsigned *ret_port, struct str *ret_why);

/* ---- loop.c ---- */
/* Takes over the sockets listen_fds[0], listen_fds[step], ... of the n_addresses addresses, if it returns 0. */
int loop_init(struct http_loop *l, struct http_server *s, unsigned index, const int *listen_fds, unsigned n_addresses,
              unsigned step, const struct http_limits *limits);
int loop_start(struct http_loop *l); /* makes the thread and waits until it serves */
void loop_join(struct http_loop *l);
void loop_fini(struct http_loop *l);
void loop_drain(struct http_loop *l, unsigned grace_ms); /* any thread */
void loop_defer(struct conn *c);                         /* conn_process(c) soon */
void loop_take(struct http_loop *l, struct conn *c);     /* a connection came */
void loop_drop(struct http_loop *l, struct conn *c);     /* it went */

static inline void counter_add(_Atomic uint64_t *c, uint64_t n) { /* each counter has one writer */
    atomic_store_explicit(c, atomic_load_explicit(c, memory_order_relaxed) + n, memory_order_relaxed);
}

/* ---- wait.c ---- */
void waits_end(struct http_loop *l); /* calls the end of each wait whose end has not been called yet */

/* ---- exchange.c ---- */
struct exchange *exchange_take(struct conn *c);
void exchange_next(struct exchange *x);                         /* forgets the request, keeps unread input */
void exchange_release(struct http_loop *l, struct exchange *x); /* back to the pool */
struct exchange *exchange_free(struct exchange *x);
void exchange_hold(struct exchange *x);                   /* its connection is gone, the application is not done */
void exchange_let_go(struct exchange *x);                 /* now it is */
void exchange_make_room(struct exchange *x, size_t room); /* free bytes in `in`; while no request points into it */

static inline struct exchange *exchange_of(struct http_request *r) {
    return (struct exchange *)r; /* its first member */
}

/* ---- conn.c ---- */
void conn_open(struct http_loop *l, int fd, const struct sockaddr_in6 *peer, bool shed);
void conn_process(struct conn *c); /* goes on with what is in the input */
void conn_settle(struct conn *c);  /* after a change of state outside of conn_process */
void conn_close(struct conn *c);   /* at once */
void conn_refuse(struct conn *c, unsigned status, const char *why);
void conn_expire(struct conn *c, uint64_t now);
void conn_drain(struct conn *c);
void conn_answered(struct conn *c); /* the answer has left completely */

/* ---- body.c ---- */
void body_begin(struct conn *c);
bool body_step(struct conn *c); /* returns true if there may be more to do */
bool body_too_slow(const struct conn *c, uint64_t now);

/* ---- write.c ---- */

/* Sends now what the socket takes and the rest later; all must stay in place until then. Returns 1 if all was sent, 0
 * if the rest is on its way (conn_written follows), or a negative errno. */
int conn_send(struct conn *c, struct iovec *iov, int n);
int conn_queue(struct conn *c, struct iovec *iov, int n, size_t wait_max); /* the same, but copies; stream and raw */
size_t conn_waiting(const struct conn *c);

/* ---- reply.c ---- */
void reply_written(struct conn *c); /* a write of CONN_REPLY is done */
struct reply_head {
    unsigned status;
    struct str type;
    const struct http_header *headers;
    size_t n_headers;
    int64_t length; /* -1: not known */
    bool keep;      /* the connection goes on */
};
void reply_head_write(struct exchange *x, const struct reply_head *h);
bool reply_may_keep(const struct conn *c);

/* ---- file.c ---- */
void file_step(struct conn *c); /* the next piece of the file */

/* ---- stream.c, upgrade.c ---- */
bool raw_feed(struct conn *c); /* hands what came with the request to the application */
void raw_written(struct conn *c);

#endif
