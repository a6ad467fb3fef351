/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the gateway share: its own state, each loop's, and one request on its way.
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
    struct auth_cache *auth;
    struct user_cache *users;
    struct metrics *metrics;
    struct watch *watch;
    uv_timer_t change_timer;
    int64_t change_count;
    int64_t access_changes; /* caller/changes.h, as the snapshot has it; -1: not known */
    uv_check_t round_end;   /* after each round of ready connections */
    bool in_snapshot;
    uint64_t snapshot_commits; /* g->commits when it was taken */
    struct log_id_maker log_ids;
};

struct gateway {
    const struct db_options *db_options;
    struct writer *writer;
    const struct seal *seal;
    struct router *router;
    struct limiter *limiter;
    struct attempts *attempts; /* to sign in */
    struct attempts *secrets;  /* to show an app's secret */
    struct passwords *passwords;
    struct pool *pool;        /* writes uploads */
    _Atomic unsigned errands; /* under way */
    struct request_log *requests;
    int user_id_scope;        /* without it, ids of type user_id are left out of answers */
    _Atomic uint64_t commits; /* writes that were kept, counted before anybody hears of them */
    _Atomic(const struct settings *) settings;
    struct settings *all_settings; /* every one there was: a request in hand may still read an old one */
    _Atomic bool draining;         /* streams are to end */
    unsigned n_loops;
    struct gateway_loop *loops;
};

struct settings {
    struct gateway_settings s;
    struct arena arena;
    struct settings *older;
};

/* Under what a caller was admitted: it holds as long as access_changes gives that number, until ends_ms. */
struct admission {
    int64_t changes, ends_ms;
};

/* One request on its way. Lives in the request's arena. */
struct request {
    struct call call;
    struct http_request *r;
    struct gateway *g;
    struct gateway_loop *loop;
    struct route route;
    struct admission admitted;
    struct write_job job;
    struct upload *upload; /* of a multipart body; else NULL */
    struct http_work work; /* an errand */
    int result;            /* of a writing handler */
    size_t data_at;        /* where the answer's data begins */
    struct str allow;      /* for a 405 */
    struct str request_id;
    char log_id[LOG_ID_LEN];
};

/* The settings in force; they stay whole as long as the gateway. */
static inline const struct gateway_settings *gateway_settings_now(struct gateway *g) {
    return &((const struct settings *)atomic_load(&g->settings))->s;
}

/* Makes sure that the loop's reads see every write that anybody has heard of. (gateway.c) */
void snapshot_take(struct gateway_loop *gl);

/* ---- request.c: one request and its answer ---- */

struct request *request_new(struct gateway *g, struct http_request *r, const struct gateway_settings *s);

/* Begins a successful answer: up to where the handler's data goes. */
void request_begin_answer(struct request *x);

/* A handler has run: result is what it returned, or what became of its transaction. Ends the request. */
void request_finish(struct request *x, int result);

/* Answers a call that has failed. Ends the request. */
void request_fail(struct request *x);

/* The same for an error that may not have been put into words yet. Ends the request. */
void request_refuse(struct request *x, int error);

/* ---- caller/access.c: may this caller do that, now? ---- */

/* Token, scopes and limits, or the person's session. Returns 0, or < 0 with the call failed. */
int access_admit(struct request *x, const struct gateway_settings *s);

/* The work begins: is all that access_admit looked at (but the limits) still so? By the call's connection, whose
 * transaction the work is done in; costs one look-up by key unless something has changed. Sets the call's time and
 * takes over what has changed of the caller. Returns 0, or < 0 with the call failed or a negative errno. */
int access_again(struct request *x);

/* Members of answers that this caller may not see. */
uint32_t access_hidden(const struct gateway *g, const struct call *c);

/* ---- serve.c: to the operation ---- */

/* Finds the operation and admits the caller, by the head alone. Returns 0, or < 0 with the call failed. */
int serve_admit(struct request *x, const struct gateway_settings *s);

/* Then reads the input. Returns 0, or < 0 with the call failed. */
int serve_read(struct request *x);

/* Whose errand it is. */
static inline struct request *request_of_work(struct http_work *work) {
    return (struct request *)(void *)((char *)work - offsetof(struct request, work));
}

/* Lets the writer run the handler and answers after the commit. */
void serve_write(struct request *x);

#endif
