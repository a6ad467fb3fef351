/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the gateway share: the state of the gateway, of each loop, and of one request.
 */
#ifndef HIRED_GATEWAY_INTERNAL_H
#define HIRED_GATEWAY_INTERNAL_H

#include <stdatomic.h>
#include <stddef.h>

#include "gateway/caller/passwords.h"
#include "gateway/caller/token.h"
#include "gateway/gateway.h"
#include "gateway/limiter.h"
#include "gateway/log_id.h"
#include "gateway/metrics.h"
#include "gateway/request_log.h"
#include "gateway/router.h"
#include "gateway/upload/upload.h"
#include "gateway/watch.h"

struct gateway_loop {
    struct gateway *g;
    struct db *db;
    struct token_cache *tokens;
    struct user_cache *users;
    struct answer_cache *answers;
    struct metrics *metrics;
    struct watch *watch;
    uv_timer_t change_timer;
    int64_t change_count;
    int64_t access_changes; /* the number of access_changes() in the snapshot; -1: unknown */
    uv_check_t round_end;   /* runs after each round of ready connections */
    bool in_snapshot;
    int64_t snapshot_changes;  /* db_change_count() of the snapshot; -1: there is no snapshot */
    uint64_t snapshot_commits; /* writer_commits() when the snapshot was taken */
    struct log_id_maker log_ids;
};

struct gateway {
    const struct db_options *db_options;
    struct writer *writer;
    const struct seal *seal;
    struct router *router;
    struct limiter *limiter;
    struct attempts *attempts; /* failed attempts to sign in */
    struct attempts *secrets;  /* failed attempts with an app's secret */
    struct passwords *passwords;
    struct pool *pool;        /* the threads that write uploads */
    _Atomic unsigned errands; /* running now */
    struct request_log *requests;
    int user_id_scope; /* index of the scope without which user_ids are left out of answers */
    _Atomic(const struct settings *) settings;
    struct settings *all_settings; /* all settings since the start: a request may still read old ones */
    _Atomic bool draining;         /* streams must end */
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

/* One request. Lives in the request's arena. */
struct request {
    struct call call;
    struct http_request *r;
    struct gateway *g;
    struct gateway_loop *loop;
    struct route route;
    struct admission admitted;
    struct write_job job;
    struct upload *upload; /* the upload of a multipart body; else NULL */
    struct http_work work; /* for an errand */
    int result;            /* of a handler that writes */
    size_t data_at;        /* where the answer's data begins in the buffer */
    bool keep;             /* the answer is worth keeping in the loop's answer_cache */
    struct str allow;      /* for a 405 */
    struct str request_id;
    char log_id[LOG_ID_LEN];
};

/* The settings in force. Valid as long as the gateway. */
static inline const struct gateway_settings *gateway_settings_now(struct gateway *g) {
    return &((const struct settings *)atomic_load(&g->settings))->s;
}

/* Makes sure that the loop's reads see all writes whose clients have been answered. (gateway.c) */
void snapshot_take(struct gateway_loop *gl);

/* ---- request.c: one request and its answer ---- */

struct request *request_new(struct gateway *g, struct http_request *r, const struct gateway_settings *s);

/* Begins a successful answer, up to the place of the handler's data. */
void request_begin_answer(struct request *x);

/* Answers after the handler has run. result: the handler's value, or the error of its transaction. Ends the request. */
void request_finish(struct request *x, int result);

/* Answers as another request was answered. Ends the request. */
void request_repeat(struct request *x, struct str answer);

/* Answers a call that has failed. Ends the request. */
void request_fail(struct request *x);

/* Fails the call because of error, unless it has failed already, and answers. Ends the request. */
void request_refuse(struct request *x, int error);

/* ---- caller/access.c: may this caller do that, now? ---- */

/* Checks token, scopes and limits, or the person's session. Returns 0, or < 0 with the call failed. */
int access_admit(struct request *x, const struct gateway_settings *s);

/* Repeats the checks of access_admit (without the limits) before the work begins, on the call's connection, within
 * the transaction that does the work. Costs one look-up by key, unless something has changed since access_admit.
 * Sets the call's time and updates what has changed about the caller. Returns 0, or < 0 with the call failed, or
 * another negative errno. */
int access_recheck(struct request *x);

/* The members of records that this caller may not see. */
uint32_t access_hidden(const struct gateway *g, const struct call *c);

/* ---- serve.c: to the operation ---- */

/* Finds the operation and admits the caller; needs only the head of the request. Returns 0, or < 0 with the call
 * failed. */
int serve_admit(struct request *x, const struct gateway_settings *s);

/* Reads the input, after serve_admit. Returns 0, or < 0 with the call failed. */
int serve_read(struct request *x);

/* The request that an errand belongs to. */
static inline struct request *request_of_work(struct http_work *work) {
    return (struct request *)(void *)((char *)work - offsetof(struct request, work));
}

/* Lets the writer thread run the handler, and answers after the commit. */
void serve_write(struct request *x);

#endif
