/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the gateway share: the state of the gateway, of each loop, and of one request.
 */
#ifndef HIRED_GATEWAY_INTERNAL_H
#define HIRED_GATEWAY_INTERNAL_H

#include <stdatomic.h>
#include <stddef.h>

#include "gateway/caller/passwords.h"
#include "gateway/gateway.h"
#include "gateway/hooks.h"
#include "gateway/limiter.h"
#include "gateway/log_id.h"
#include "gateway/metrics.h"
#include "gateway/reader.h"
#include "gateway/readers.h"
#include "gateway/request_log.h"
#include "gateway/router.h"
#include "gateway/share.h"
#include "gateway/upload/upload.h"
#include "gateway/watch.h"
#include "store/files/pool.h"

struct gateway_loop {
    struct gateway *g;
    struct http_loop *loop;
    struct reader reader;  /* not open if the gateway has a pool of readers */
    struct shares *shares; /* NULL without a pool */
    struct metrics *metrics;
    struct watch *watch;
    uv_timer_t change_timer;
    unsigned ticks;       /* of change_timer */
    struct read_job look; /* reads what the streams of watch tell */
    bool looking;         /* look has not come back */
    int64_t *seen;        /* db_change_count() at the last look; by the index of the reader, because connections count
                           * for themselves */
    uv_check_t round_end; /* runs after each round of ready connections */
    struct log_id_maker log_ids;
};

/* Whether the database answers reads, as the last probe found (health.c). */
enum gateway_health { HEALTH_OK, HEALTH_UNREADABLE, HEALTH_SLOW };

struct gateway {
    const struct db_options *db_options;
    struct db_options readers_db; /* for the pool of readers */
    struct writer *writer;
    struct readers *readers; /* the pool; NULL: each loop reads for itself */
    const struct seal *seal;
    struct router *router;
    struct limiter *limiter;
    portion_cell portion;      /* of the limits: this process's part */
    struct attempts *attempts; /* failed attempts to sign in */
    struct attempts *secrets;  /* failed attempts with an app's secret */
    struct passwords *passwords;
    struct files *files;
    struct pool *pool;     /* the threads that write uploads, and read files from a database */
    struct quota *uploads; /* NULL: there is no limit */
    struct pool *waits;    /* the threads of operations that wait (OP_WAITS); NULL: no test mode */
    struct toolbox *toolbox;
    const struct call_hooks *hooks; /* NULL: no test mode */
    struct str test_token;
    _Atomic unsigned errands; /* running now */
    struct request_log *requests;
    int user_id_scope; /* index of the scope without which user_ids are left out of answers */
    _Atomic(const struct settings *) settings;
    struct settings *all_settings; /* all settings since the start: a request may still read old ones */
    _Atomic bool draining;         /* streams must end */
    struct read_job probe;         /* of the first loop */
    bool probing;                  /* it has not come back; of the first loop's thread */
    _Atomic int64_t probed_ns;     /* when it began; 0: it has come back */
    _Atomic enum gateway_health health;
    unsigned n_loops;
    struct gateway_loop *loops;
};

struct settings {
    struct gateway_settings s;
    struct arena arena;
    struct settings *older;
};

/* A caller's admission is valid as long as access_changes() gives this number, until ends_ms. */
struct admission {
    int64_t changes, ends_ms;
};

/* What a request does after its read. */
enum request_next {
    NEXT_SEND,      /* the answer is complete */
    NEXT_WRITE,     /* the writer runs the handler */
    NEXT_STREAM,    /* a stream begins */
    NEXT_WAIT,      /* a thread of its own runs the handler */
    NEXT_END_TOKEN, /* a rule of the test mode ends the caller's token */
};

/* One request. Lives in the request's arena. */
struct request {
    struct call call;
    struct http_request *r;
    struct gateway *g;
    struct gateway_loop *loop;
    const struct gateway_settings *settings;
    struct read_job read;
    int (*run)(struct request *x); /* of the read; returns 0, or < 0 with the call failed, or another negative errno */
    void (*done)(struct request *x); /* of the read; not called if it failed */
    struct reader *reader;           /* set while run runs, as are call.db and call.user_cache */
    bool reading;                    /* the read has not come back */
    bool by_head;                    /* the caller was admitted by the head alone */
    bool counted;                    /* the call was taken from its limits */
    bool trusts;                     /* run uses the reader's cache of tokens before it is confirmed (reader_confirm) */
    enum request_next next;
    struct str again;   /* the answer, if it is that of another request and lies in the cache of the loop's reader */
    int64_t watch_from; /* for NEXT_STREAM; see watch_begin */
    int told;           /* the result of the upload's file, if it was told while reading; else 0 */
    struct route route;
    struct admission admitted;
    struct write_job job;
    struct pool_job wait;     /* of OP_WAITS */
    struct upload *upload;    /* the upload of a multipart body; else NULL */
    struct http_work work;    /* for an errand */
    int result;               /* of the read, or of a handler that writes */
    size_t data_at;           /* where the answer's data begins in the buffer */
    struct call_fault *fault; /* what a rule of the test mode does to the call; NULL: nothing */
    bool keep;                /* the answer is worth keeping in the reader's answer_cache */
    struct str allow;         /* for a 405 */
    struct str request_id;
    char log_id[LOG_ID_LEN];
};

/* The settings in force. Valid as long as the gateway. */
static inline const struct gateway_settings *gateway_settings_now(struct gateway *g) {
    return &((const struct settings *)atomic_load(&g->settings))->s;
}

/* ---- health.c ---- */

/* Lets a reader of the pool try what every request reads. On the first loop's thread, from time to time. */
void health_probe(struct gateway *g);

/* ---- reading.c ---- */

/* Calls run with a reading connection whose snapshot has all writes that the client knows of, and then, on the loop's
 * thread, done; or ends the request if run returns < 0 or no reader is free. On the loop's thread. */
void request_read(struct request *x, int (*run)(struct request *x), void (*done)(struct request *x));

/* Whose the request is: an app's or account's id; 0: nobody was admitted. */
int64_t request_caller(const struct call *c);

/* ---- request.c: one request and its answer ---- */

struct request *request_new(struct gateway *g, struct http_request *r);

/* Begins a successful answer, up to the place of the handler's data. */
void request_begin_answer(struct request *x);

/* Completes a successful answer, after the handler has run. */
void request_end_answer(struct request *x);

/* Makes the answer the one that another request got. answer must live until the request's read is done; so only a
 * loop's own reader repeats answers. */
void request_repeat(struct request *x, struct str answer);

/* Sends the answer of a call that succeeded. Ends the request. */
void request_send(struct request *x);

/* Answers after the handler has run on another thread. result: the handler's value, or the error of its transaction.
 * Ends the request. */
void request_finish(struct request *x, int result);

/* Answers a call that has failed. Ends the request. */
void request_fail(struct request *x);

/* Fails the call because of error, unless it has failed already, and answers. Ends the request. */
void request_refuse(struct request *x, int error);

/* ---- caller/access.c: may this caller do that, now? ---- */

/* Checks token, scopes and limits, or the person's session, on a reader. Returns 0, or < 0 with the call failed, or
 * another negative errno. */
int access_admit(struct request *x);

/* Repeats the checks of access_admit (without the limits) before the work begins, on the call's connection, within
 * the transaction that does the work. Costs one look-up by key, unless something has changed since access_admit.
 * Sets the call's time and updates what has changed about the caller. Returns 0, or < 0 with the call failed, or
 * another negative errno. */
int access_recheck(struct request *x);

/* The members of records that this caller may not see. */
uint32_t access_hidden(const struct gateway *g, const struct call *c);

/* ---- serve.c: to the operation ---- */

/* Finds the operation; needs only the head of the request. Returns 0, or < 0 with the call failed. */
int serve_find(struct request *x);

/* Reads the input, after access_admit. Returns 0, or < 0 with the call failed. */
int serve_input(struct request *x);

/* ---- wait.c: handlers that wait ---- */

/* Lets a thread of its own run the handler, and answers then. */
void wait_begin(struct request *x);

/* ---- fault.c: only if there are hooks ---- */

/* Asks whether a rule applies, after the caller was admitted and the input was read. Returns 0 (go on; the answer may
 * be changed later), 1 (fault_end_token comes next), or < 0 with the call failed. */
int fault_begin(struct request *x);

/* Ends the caller's token, and refuses the call as one with an ended token. On the loop's thread. */
void fault_end_token(struct request *x);

/* Makes a call that has ended one that failed, if the rule says so. Call it only if x->fault is set. */
void fault_replace(struct request *x);

/* Sends the answer as the rule says, and tells the hooks of it. Ends the request. */
void fault_reply(struct request *x, unsigned status, struct str type, const struct http_header *headers,
                 size_t n_headers, struct str body);

/* ---- write.c: handlers that write ---- */

/* Lets the writer thread run the handler, and answers after the commit. */
void write_begin(struct request *x);

/* The same, after the call's errand or the work on its passwords, if there is any. */
void write_prepare(struct request *x);

#endif
