/* SPDX-License-Identifier: Apache-2.0
 *
 * Within the dispatcher: its places, each of which holds one delivery that is on its way. All on the dispatcher's
 * thread but where it says otherwise.
 */
#ifndef HIRED_EVENTS_DELIVERY_INTERNAL_H
#define HIRED_EVENTS_DELIVERY_INTERNAL_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "events/delivery/delivery.h"
#include "events/delivery/dispatcher.h"
#include "events/delivery/webhook.h"
#include "events/load.h"

enum slot_state {
    SLOT_FREE,
    SLOT_POSTED,   /* with curl */
    SLOT_HANDED,   /* with a long connection */
    SLOT_SETTLING, /* its outcome is with the writer */
    SLOT_AGAIN,    /* the writer could not take the outcome: once more, later */
};

/* A delivery that a long connection left unanswered goes to another one at once, so many times; then it waits for its
 * rung. It is bounded because an event may be what stops its receivers. */
#define SLOT_MOVES_MAX 3

enum outcome { OUTCOME_TAKEN, OUTCOME_FAILED, OUTCOME_GIVEN_UP, OUTCOMES };

struct slot {
    struct dispatcher *d;
    enum slot_state state;
    uint32_t generation; /* tells late answers from those that are awaited */
    struct delivery_outcome out;
    int64_t begun_ns;
    uint64_t member; /* SLOT_HANDED: to which connection (hub.h) */
    unsigned moves;  /* from one connection to another */

    CURL *curl;
    struct webhook hook;
    struct outgoing_guard guard;
    char error[CURL_ERROR_SIZE];
    char answer[DELIVERY_ANSWER_MAX];
    size_t answer_len;

    struct write_job job;
    bool settled; /* under the dispatcher's lock: the writer is done with it */
    int result;
    int64_t again_ns;
};

/* What a long connection said, on its way to the dispatcher's thread. */
struct hub_answer {
    uint64_t token;
    int status;
    const char *error; /* fixed text; NULL: there is a status */
    char answer[DELIVERY_ANSWER_MAX];
    size_t answer_len;
};

struct dispatcher {
    struct dispatcher_options o;
    pthread_t thread;
    CURLM *multi;
    struct db *db;
    _Atomic bool stop, woken;

    struct slot *slots; /* o.parallel of them */
    unsigned busy;      /* those that are not free */
    struct loads loads; /* by app */
    int64_t cursor;     /* the app that was last served */
    int64_t scan_at_ms; /* when to look again, by the clock that tests move */
    int64_t scan_not_before_ns;
    int64_t change_count;
    int64_t upkeep_ns, forget_ns;
    int64_t forget_after; /* the event up to which this round of forgetting has looked */

    pthread_mutex_t lock; /* of results, and of every slot's settled and result */
    struct buf results;   /* struct hub_answer after struct hub_answer */

    _Atomic uint64_t outcomes[OUTCOMES];
    _Atomic unsigned running;
};

/* ---- due.c: what is to be sent, and to whom ---- */

/* The app that receives a delivery. Texts are in the arena. */
struct due_receiver {
    struct str app_id, url, key, token;
    bool disabled, connected; /* connected: it has a long connection */
};

/* A due delivery. Texts are in the arena. */
struct due {
    int64_t tenant, event, subject_id, created_ms;
    int attempts;
    struct str event_id, type, doc, tenant_key;
};

/* Returns 0, -ENOENT (no such app), or another negative errno. */
int due_receiver_read(struct dispatcher *d, int64_t app, struct arena *a, struct due_receiver *ret);

/* The delivery in the current row of a statement with "-- row: event_due". */
struct due due_of_row(const struct db_query *q, struct arena *a);

/* Reads a delivery that has been sent. Returns 1, 0 (it is not due any more as it was then) or < 0. */
int due_read_again(struct dispatcher *d, const struct delivery_outcome *o, struct arena *a, struct due *ret);

/* Appends the body to send, before encryption. */
void due_write(struct dispatcher *d, int64_t app, const struct due_receiver *to, const struct due *due,
               struct buf *out);

/* ---- slot.c: deliveries that have been sent ---- */

/* A free place; there must be one. out is to be set, then one of the next three called. */
struct slot *slot_take(struct dispatcher *d);
void slot_post(struct slot *s, const char *url, struct str key, struct str body);
void slot_hand(struct slot *s, struct str message_id, struct str body);
void slot_fail(struct slot *s, const char *why);

/* Goes through what has come from connections, the writer and the passing of time. */
void slots_tend(struct dispatcher *d);
/* Goes through what curl has finished. */
void slots_collect(struct dispatcher *d);
/* Whether an outcome has still to be written. */
bool slots_pending(const struct dispatcher *d);
/* Gives up everything; waits for outcomes that are with the writer. */
void slots_end(struct dispatcher *d);
void slot_free(struct slot *s);

/* For hub_on_result; any thread. */
void slots_on_result(void *ctx, uint64_t token, int status, struct str answer, const char *error);

#endif
