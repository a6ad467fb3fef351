/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections and exchanges. Internal to src/http.
 *
 * A connection (struct conn) is small and holds no buffers. While it has unread bytes or a request it borrows an
 * exchange (struct exchange): one request and its answer with all their memory (input buffer, headers, arena, output
 * buffer). Each loop pools its exchanges last in first out, so that a busy loop uses the same ones while they are in
 * the CPU's cache, and an idle connection needs no buffers.
 *
 * The states of a connection (without the prefix CONN_):
 *
 *     accept
 *       |
 *       v       head complete              http_upgrade
 *     HEAD ----------------------> HANDLER -------------> RAW
 *      ^ ^                          |  ^ |                 |
 *      | |             body follows |  | | answer          |
 *      | |                          v  | |                 |
 *      | +--- rest was dropped --- BODY  | stream          | http_raw_close,
 *      |                            | ^  +-------> STREAM  | all written
 *      |                     answer | |  |           |     |
 *      |                            v |  v  end      |     |
 *      +--- answer written ------- REPLY <-----------+     |
 *                                    |                     |
 *                                    | answer written,     |
 *                                    v closing             |
 *                                 LINGER <-----------------+
 *
 *     every state ---- conn_close ----> CLOSED ---- libuv's close callback ----> freed
 *
 *     from     to       function                event
 *     HEAD     HANDLER  begin_request           the head is complete
 *     HEAD     HANDLER  conn_refuse             a bad head, a timeout, too many connections; REPLY follows at once
 *     HANDLER  BODY     begin_body              on_head has returned without an answer, or http_release was called; a
 *                                               body follows
 *     BODY     HANDLER  body_done               the body is complete
 *     BODY     HANDLER  begin_without_body      the handler needs no body (no_body) and not all of it is there
 *     BODY     HANDLER  conn_refuse             a bad, slow or too long body; REPLY follows at once
 *     BODY     REPLY    http_reply...           the sink answers before the body is complete
 *     BODY     STREAM   http_stream_begin       the same, with a stream
 *     BODY     HEAD     conn_next_request       the unwanted rest of a body has been read and dropped (dropping)
 *     HANDLER  REPLY    http_reply...           the application answers
 *     HANDLER  STREAM   http_stream_begin       the application begins a stream
 *     HANDLER  RAW      http_upgrade            the application takes the connection over
 *     STREAM   REPLY    http_stream_end         the stream's end is being written
 *     REPLY    HEAD     conn_next_request       the answer is written; the connection is kept
 *     REPLY    BODY     conn_answered           the answer is written; the rest of the body is to be dropped first
 *     REPLY    LINGER   conn_finish             the answer is written, and the peer may still be sending
 *     RAW      LINGER   raw_finish              http_raw_close was called and all is written
 *     any      CLOSED   conn_close
 *
 * conn_set_state makes each of these changes and refuses all others.
 *
 * Who owns an exchange (enum exchange_owner, without the prefix EXCHANGE_):
 *
 *     POOL ----- exchange_take -----> CONN       the connection has unread bytes or a request
 *     CONN ----- exchange_release --> POOL       all bytes are read and the answer is written, or nothing is owed
 *     CONN ----- lose_request ------> CANCELLED  the connection closed while an answer was owed; app->gone is running
 *     CONN ----- on_closed ---------> FILE       the connection closed while a thread reads a file into out
 *     CANCELLED ----- http_reply ---> ENDED      the application ends the request within app->gone
 *     CANCELLED, ENDED -------------> POOL       app->gone has returned and no answer can follow
 *     CANCELLED --------------------> ORPHAN     app->gone has returned; the application still uses the request
 *                                                (no_cancel), and its http_reply is still owed
 *     ORPHAN ---- http_reply -------> POOL       the application ends the request; nothing is sent
 *     FILE ------ on_file_read -----> POOL
 *
 * exchange.conn is set for CONN only; so an application's call for a request without a connection sends nothing.
 */
#ifndef HIRED_HTTP_CONN_H
#define HIRED_HTTP_CONN_H

#include <sys/uio.h>

#include "http/chunked.h"
#include "http/loop.h"
#include "http/parse.h"

enum {
    IN_SIZE = 16 * 1024,           /* an exchange's input buffer; more only for a head that needs it */
    IN_ROOM_MIN = 4 * 1024,        /* smallest free room to read into */
    OUT_KEEP = 256 * 1024,         /* output memory that an exchange keeps between answers */
    BODY_KEEP = 256 * 1024,        /* body memory, the same */
    FILE_PIECE = 128 * 1024,       /* bytes of a file that are read and sent at a time */
    DROP_MAX = 64 * 1024,          /* longest rest of an unwanted body that is read to keep the connection */
    STREAM_WAIT_MAX = 256 * 1024,  /* bytes of a stream that may wait for the peer */
    RAW_WAIT_MAX = 4096 * 1024,    /* bytes of a raw connection that may wait for the peer */
    LINGER_MS = 2000,              /* longest time in CONN_LINGER */
    LINGER_MAX = 64 * 1024 * 1024, /* most bytes read in CONN_LINGER */
};

enum conn_state {
    CONN_HEAD,    /* between requests, or a head is arriving */
    CONN_BODY,    /* a body is arriving */
    CONN_HANDLER, /* the application owes an answer */
    CONN_REPLY,   /* the answer is being written */
    CONN_STREAM,  /* an answer without a known end is being written */
    CONN_RAW,     /* not HTTP any more */
    CONN_LINGER,  /* our side is shut down; bytes of the peer are read and dropped, because closing a socket with unread
                     bytes resets the connection, and the peer could lose the answer */
    CONN_CLOSED,  /* uv_close was called; its callback frees the connection */
    CONN_STATES
};

enum exchange_owner {
    EXCHANGE_POOL,
    EXCHANGE_CONN,
    EXCHANGE_CANCELLED,
    EXCHANGE_ENDED,
    EXCHANGE_ORPHAN,
    EXCHANGE_FILE
};

struct exchange {
    struct http_request req; /* first, see exchange_of */
    enum exchange_owner owner;
    struct conn *conn;     /* if owner is EXCHANGE_CONN, otherwise NULL */
    struct exchange *next; /* in the loop's pool or orphans */
    struct arena arena;
    struct http_head head;
    struct http_header *headers;
    size_t headers_cap;
    char *in; /* bytes [pos, len) are not parsed yet; the request in hand points into those before pos */
    size_t in_cap, pos, len;
    size_t body_at; /* where in `in` the body begins */
    struct buf body;
    struct buf reply_head, out;
    uint64_t left; /* bytes of a body sent piece by piece (pieces.c) that are not given to the socket yet */
    int fd;        /* of the file being sent, or -1 */
    uint64_t file_at;
    uv_fs_t fs;
    bool fs_busy;               /* a thread of libuv's pool reads the file into out */
    struct http_source *source; /* that brings the answer's body, or NULL */
};

struct conn {
    uv_tcp_t tcp; /* first: a struct http_raw is a struct conn */
    uv_write_t write;
    struct http_loop *loop;
    struct conn *prev, *next, *next_deferred;
    struct exchange *x; /* BODY, HANDLER, REPLY, STREAM: set. HEAD, RAW: set while there are unread bytes.
                           LINGER: NULL */
    int fd;             /* of tcp */
    uint64_t deadline;  /* uv_now() at which conn_expire is called, or NEVER */
    uint64_t since;     /* uv_now() when the body began, without pauses */
    uint64_t arrived;   /* bytes of the body since then, or bytes read in CONN_LINGER */
    uint64_t paused_at; /* uv_now() */
    uint64_t body_left; /* bytes still to come of a body with Content-Length */
    uint64_t body_got;  /* decoded bytes of a chunked body */
    size_t queue_seen;  /* length of the write queue when the write deadline was set */
    struct chunked chunked;
    enum conn_state state;
    uint32_t answers; /* number of answers begun; compared before and after a call of the application to see whether it
                         has answered */
    bool shed;        /* accepted beyond connections_max: it is not counted there and is answered with 503 */

    /* The body of the request in hand. */
    bool body_open;     /* not all of it has been parsed */
    bool body_chunked;  /* Transfer-Encoding: chunked */
    bool body_in_place; /* it stays in x->in, behind the head */
    bool body_direct;   /* the read under way puts it straight into x->body */
    bool dropping;      /* CONN_BODY after the answer: the rest is read and dropped */
    bool paused;        /* the sink returned -EAGAIN; http_body_resume ends the pause */

    bool reading;       /* uv_read_start is in force */
    bool writing;       /* a uv_write is under way */
    bool processing;    /* conn_process is running, further up the stack: it goes on after the application's call */
    bool wanting;       /* source_step is running, further up the stack: it goes on after the application's call */
    bool deferred;      /* in loop->deferred; conn_process will be called. In any state but CONN_CLOSED, or removed */
    bool eof;           /* the peer has shut down its side */
    bool closing_after; /* the connection ends with the answer in hand */
    bool linger_after;  /* ... in CONN_LINGER even if no unread bytes are known */
    bool raw_closing;   /* http_raw_close was called: CONN_LINGER when all is written */
    bool broken;        /* conn_process closes it. Set with loop_defer where conn_close would call the application (its
                           app->gone) from within one of the application's own calls */

    struct buf wait, flight; /* stream and raw: bytes not given to uv_write yet; bytes that the uv_write sends */
    const struct http_raw_events *raw_events;
    void *raw_ctx;
    struct sockaddr_in6 peer; /* or an IPv4 address, which is shorter */
};

static inline struct exchange *exchange_of(struct http_request *r) {
    _Static_assert(offsetof(struct exchange, req) == 0, "a request is the beginning of its exchange");
    return (struct exchange *)r;
}

/* ---- state.c ---- */

/* Changes the state if the table above has this change. Otherwise it is an error of the program: the state stays, the
 * connection will be closed in the loop's next turn, and false is returned. */
bool conn_set_state(struct conn *c, enum conn_state next);

/* Begins the application's answer: changes to next (REPLY, STREAM or RAW) and stops the clock. Returns false if the
 * application has answered this request already; then nothing may be sent. */
bool conn_begin_answer(struct conn *c, enum conn_state next);

/* True if the application may answer: the state is HANDLER, or BODY without dropping. */
bool conn_owes_answer(const struct conn *c);

/* ---- exchange.c ---- */
struct exchange *exchange_take(struct conn *c);
void exchange_next(struct exchange *x);                         /* forgets the request, keeps unread input */
void exchange_release(struct http_loop *l, struct exchange *x); /* back to the pool; takes NULL */
struct exchange *exchange_free(struct exchange *x);
void exchange_orphan(struct exchange *x);                 /* CANCELLED to ORPHAN */
void exchange_end(struct exchange *x);                    /* the application ends a request without a connection */
void exchange_make_room(struct exchange *x, size_t room); /* free bytes in `in`; while no request points into it */

/* ---- conn.c ---- */
void conn_open(struct http_loop *l, int fd, const struct sockaddr_in6 *peer, bool shed);
void conn_process(struct conn *c); /* parses what is in the input buffer, and begins requests */
void conn_settle(struct conn *c); /* after a change of state outside conn_process: starts or stops reading, or closes */
void conn_close(struct conn *c);
void conn_refuse(struct conn *c, unsigned status, const char *why); /* answers for the application, then closes */
void conn_expire(struct conn *c, uint64_t now);
void conn_drain(struct conn *c);
void conn_answered(struct conn *c); /* the answer is written completely */

/* ---- request.c ---- */
bool head_step(struct conn *c); /* returns true if there may be more to do */

/* ---- read.c ---- */
int conn_read_start(struct conn *c);

/* ---- body.c ---- */
void body_begin(struct conn *c);
bool body_step(struct conn *c); /* returns true if there may be more to do */
bool body_too_slow(const struct conn *c, uint64_t now);

/* ---- write.c ---- */

/* Sends at once what the socket takes and the rest later; all bytes must stay in place until then. Returns 1 if all was
 * sent, 0 if the rest is being written (pieces_go_on or raw_written follows), or a negative errno. */
int conn_send(struct conn *c, struct iovec *iov, int n);

/* The same for bytes that live during this call only: copies what the socket does not take at once into keep, whose
 * memory is used until the write ends. */
int conn_send_copied(struct conn *c, struct iovec *iov, int n, struct buf *keep);
int conn_queue(struct conn *c, struct iovec *iov, int n, size_t wait_max); /* the same, but copies; stream and raw */
size_t conn_waiting(const struct conn *c);

/* ---- reply.c ---- */
struct reply_head {
    unsigned status;
    struct str type;
    const struct http_header *headers;
    size_t n_headers;
    int64_t length; /* -1: not known */
    bool keep;      /* the connection is kept */
};
void reply_head_write(struct exchange *x, const struct reply_head *h);
bool reply_may_keep(const struct conn *c);

/* ---- pieces.c: an answer whose body is sent piece by piece, from a file or a source ---- */

/* Begins such an answer. Returns false if there is none to send: the connection is gone (then the request is ended), or
 * the application has answered already. */
bool pieces_begin(struct exchange *x);

/* Writes the head, whose length is that of the body, and goes on with the first piece. h->keep is set here. */
void pieces_start(struct exchange *x, struct reply_head *h);

/* Sends the head, if it is not sent yet, and the next piece of the body, which must stay in place until it is written.
 * Returns as conn_send; pieces_go_on takes the result. */
int pieces_send(struct conn *c, struct str piece);

/* sent: what pieces_send returned, or 1 when a write of CONN_REPLY is done. At 1 the next piece follows, or the answer
 * is complete. */
void pieces_go_on(struct conn *c, int sent);

/* The next piece cannot be had: closes the connection. why goes to the log. */
void pieces_fail(struct conn *c, const char *why);

/* ---- file.c ---- */
void file_step(struct conn *c); /* sends the next piece of the file */

/* ---- source.c ---- */
void source_step(struct conn *c);    /* wants the next piece; does nothing while wanting */
void source_end(struct exchange *x); /* does nothing if there is no source */

/* ---- upgrade.c ---- */
bool raw_feed(struct conn *c); /* gives the bytes that came behind the request's head to the application */
void raw_read(struct conn *c, const char *bytes, size_t len); /* these come after them */
void raw_eof(struct conn *c);
void raw_written(struct conn *c);

#endif
