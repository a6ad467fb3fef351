/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the dispatcher share: its state and its slots, each of which holds one delivery in progress. All
 * functions run on the dispatcher's thread unless they say otherwise.
 */
#ifndef HIRED_EVENTS_DELIVERY_INTERNAL_H
#define HIRED_EVENTS_DELIVERY_INTERNAL_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "events/delivery/delivery.h"
#include "events/delivery/dispatcher.h"
#include "events/delivery/hooks.h"
#include "events/delivery/webhook.h"
#include "events/load.h"
#include "events/settle.h"

#define TICKET_EVERY_MS INT64_C(3600000)

enum slot_state {
    SLOT_FREE,
    SLOT_POSTED,   /* curl is sending it */
    SLOT_HANDED,   /* a long connection has it */
    SLOT_SETTLING, /* the writer has its outcome */
    SLOT_AGAIN,    /* the writer did not take the outcome: submit it again later */
};

/* If a long connection does not answer, another one of the app gets the event at once, at most so many times; after
 * that the usual delay applies. The number is bounded because the event itself may crash its receivers. */
#define SLOT_MOVES_MAX 3

enum outcome { OUTCOME_TAKEN, OUTCOME_FAILED, OUTCOME_GIVEN_UP, OUTCOMES };

struct slot {
    struct dispatcher *d;
    enum slot_state state;
    uint32_t generation; /* distinguishes a late answer from the one that is awaited */
    struct delivery_outcome out;
    int64_t begun_ns;
    uint64_t member; /* SLOT_HANDED: the connection (hub.h) */
    unsigned moves;  /* how often it was moved to another connection */

    CURL *curl;
    struct webhook hook;
    struct outgoing_guard guard;
    char error[CURL_ERROR_SIZE];
    char answer[DELIVERY_ANSWER_MAX];
    size_t answer_len;

    struct disturbance *disturbance; /* NULL: no test mode */

    struct write_job job;
    bool settled; /* the writer has finished; protected by the dispatcher's lock */
    int result;
    int64_t again_ns;
};

/* The answer of a long connection, queued for the dispatcher's thread. */
struct hub_answer {
    uint64_t token;
    int status;
    const char *error; /* fixed text; NULL: status is set */
    char answer[DELIVERY_ANSWER_MAX];
    size_t answer_len;
};

struct dispatcher {
    struct dispatcher_options o;
    pthread_t thread;
    CURLM *multi;
    struct db *db;
    _Atomic bool stop, woken;

    struct slot *slots;  /* o.parallel of them */
    unsigned busy;       /* slots that are not free */
    struct loads loads;  /* by app */
    int64_t cursor;      /* the app that was served last */
    int64_t scan_at_ms;  /* when to scan again, by the clock that tests change */
    int64_t next_due_ms; /* the earliest time that the last scan found to be in the future; SETTLE_NEVER: none */
    int64_t scan_not_before_ns;
    int64_t change_count;
    int64_t upkeep_ns, forget_ns;
    int64_t forget_after; /* the last event that the deletion of old events has read in this round */

    struct settle settle;
    pthread_mutex_t lock; /* protects results, and settled and result of all slots */
    struct buf results;   /* a sequence of struct hub_answer */

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

/* Returns a free slot; there must be one (if not, an invariant is broken, and the result NULL). The caller sets out and
 * then calls one of the next three functions. */
struct slot *slot_take(struct dispatcher *d);
void slot_post(struct slot *s, const char *url, struct str key, struct str body);
void slot_hand(struct slot *s, struct str message_id, struct str body);
void slot_fail(struct slot *s, const char *why);

/* Sends the delivery of a slot whose receiver has taken it once more. */
void slot_repeat(struct slot *s, const char *url, struct str key, struct str message_id, struct str body);

/* Makes the delivery due at another time, without an attempt. */
void slot_put_off(struct slot *s, int64_t until_ms);

/* Handles answers of connections, results of the writer, and timeouts. */
void slots_tend(struct dispatcher *d);
/* Handles transfers that curl has finished. */
void slots_collect(struct dispatcher *d);
/* Whether an outcome has not been written yet. */
bool slots_pending(const struct dispatcher *d);
/* Gives up all deliveries; waits for outcomes that the writer has. */
void slots_end(struct dispatcher *d);
void slot_free(struct slot *s);

/* ---- settled.c ---- */

/* Answers dispatcher_settle, if somebody waits and nothing is left to do. After each round of the thread. */
void dispatcher_tell_settled(struct dispatcher *d);

/* ---- disturb.c: rules of the test mode; only with hooks ---- */

/* A rule of the test mode, and what is needed to send the delivery again. */
struct disturbance {
    struct event_fault fault;
    struct event_attempt attempt;
    struct arena arena;
    struct str body; /* before encryption; in the arena, as are the next three */
    struct str url, key;
    bool repeated; /* twice: it is sent the second time; breaks_connection: the first half was sent */
    int status;    /* twice: of the first time */
};

/* Asks whether a rule applies to the attempt that the slot is to begin, and notes what is needed later. Returns true if
 * the delivery was put off. Else *to is the receiver that the body is written for: its token may be a wrong one. */
bool disturb_begin(struct slot *s, const struct due *due, struct due_receiver *to);

/* Keeps the body that is sent. */
void disturb_body(struct slot *s, struct str body);

/* Changes the prepared request as the rule says: first its headers, then the transfer. */
void disturb_headers(struct slot *s);
void disturb_transfer(struct slot *s);

/* The attempt has ended: tells the hooks. Returns true if it is sent once more. Else *status and *why are the outcome.
 */
bool disturb_ended(struct slot *s, int *status, const char **why);

void disturb_free(struct slot *s);

/* For hub_on_result; any thread. */
void slots_on_result(void *ctx, uint64_t token, int status, struct str answer, const char *error);

#endif
