/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a run share. Functions return 0 or a negative errno; then run->why has a sentence.
 */
#ifndef HIRED_CONFORMANCE_RUN_INTERNAL_H
#define HIRED_CONFORMANCE_RUN_INTERNAL_H

#include "client/client.h"
#include "conformance/run.h"

#define RUN_WHY_MAX 600
#define RUN_APPLICATION_ID "7990000000000000003"
#define RUN_EVENTS 3

extern const char *const run_events[RUN_EVENTS]; /* the types that a vendor needs */

struct run {
    const struct run_options *o;
    struct story *story;
    struct client *test, *console;
    char why[RUN_WHY_MAX];
    bool ending; /* what was changed is undone, also after o->stop */
    int code;    /* with which a call was refused (-EPROTO) */
    char tenant[80], account_id[STORY_ID_MAX], request_url[2048];
    int64_t last;          /* the last number of the journal that was read */
    int64_t advanced_ms;   /* how far the clock was moved */
    bool settings_changed; /* the next two are to be set back */
    bool approve_arrangement, approve_report;
    bool by_request_url; /* events go to the request URL now, although the app has a long connection */
    json_t *vendor;      /* of console.vendor.list; NULL: not read */
    char attachment[STORY_ID_MAX];
};

/* ---- run.c: calls and the journal ---- */

int run_fail(struct run *r, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A call that has to succeed; body is taken over, may be NULL. *ret_data (may be NULL) is the caller's. */
int run_test(struct run *r, const char *method, const char *path, json_t *body, json_t **ret_data);
int run_console(struct run *r, const char *method, const char *path, json_t *body, json_t **ret_data);

/* Whether what is waited for is in the story; index: from which entry on there is something new. */
typedef bool run_seen_fn(const struct run *r, const void *ctx);

/* Reads the journal until seen() is true, or the vendor's time is over: then *ret_seen (may be NULL) is false. */
int run_wait(struct run *r, run_seen_fn *seen, const void *ctx, bool *ret_seen);

/* Reads the journal until the app was quiet for so long, at most ten times as long. */
int run_settle(struct run *r, unsigned quiet_ms);

/* Reads the journal for so long. */
int run_watch(struct run *r, unsigned ms);

/* ---- begin.c ---- */

int act_begin(struct run *r);
void act_end(struct run *r);

/* ---- acts.c: what the customer does ---- */

int act_bind(struct run *r); /* adds an account, which is the vendor's customer from then on */
int act_look(struct run *r); /* reads what the vendor has pushed */
int act_challenge(struct run *r);

/* How much of the form of an order is filled in. */
enum fill { FILL_ALL, FILL_REQUIRED };

/* Arranges a check of the nth package (0: the first); *ret is the story's. */
int act_arrange(struct run *r, enum play play, const char *about, enum fill fill, size_t package, bool items,
                struct story_order **ret);
int act_terminate(struct run *r, struct story_order *o);
int act_decide(struct run *r, struct story_order *o, bool approves); /* about its report */
int act_set_approval(struct run *r, bool of_reports);
int act_replay(struct run *r, const struct story_order *o); /* the event of a check is sent once more */
int act_get_files(struct run *r);
int act_advance(struct run *r, int64_t ms);

/* Makes a rule of the test mode for the app; body has its members without app_id, and is taken over. */
int act_disturb(struct run *r, enum story_fault_kind kind, int reset_s, json_t *body);
int act_calm(struct run *r); /* removes the rules */

/* Sends events to the request URL from now on, or as the server chooses. */
int act_set_way(struct run *r, bool by_request_url);

/* ---- values.c ---- */

/* The values of the form of an order, as console.order.arrange takes them. */
json_t *values_of_form(const struct run *r, const json_t *fields, enum fill fill);

/* ---- plays ---- */

int play_bind(struct run *r);
int play_all_ways(struct run *r);                       /* the plays about events, over each way that the app has */
int play_faults(struct run *r);                         /* limits, errors, tokens, lost answers */
int play_customer(struct run *r);                       /* approval, termination */
bool run_plays_it(const struct run *r, enum play play); /* and notes it, if it does */
void run_tell(const struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Waits until the checks of the last n arrangements have ended by the vendor's doing, and all is quiet. */
int run_wait_ends(struct run *r, size_t n);

#endif
