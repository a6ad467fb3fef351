/* SPDX-License-Identifier: Apache-2.0
 *
 * What happened in a run: the journal's entries about the vendor's app, in order, and what the customer did (the checks
 * that it arranged, the rules by which it disturbed calls and events). The rules of rule.h judge it.
 */
#ifndef HIRED_CONFORMANCE_STORY_H
#define HIRED_CONFORMANCE_STORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define STORY_ID_MAX 32
#define STORY_ORDERS_MAX 64
#define STORY_FAULTS_MAX 128

/* What the customer does. Each check belongs to one play. */
enum play {
    PLAY_BIND,       /* an account is added */
    PLAY_PLAIN,      /* checks with every field, with the required ones only, with add-on items */
    PLAY_FORGED,     /* an event with a wrong signature */
    PLAY_TWICE,      /* an event is delivered twice, and once more when the check has ended */
    PLAY_BROKEN,     /* the connection breaks while an event is on its way; the retry is whole */
    PLAY_DISORDER,   /* the event of a check comes after that of its end */
    PLAY_LIMITED,    /* a write is answered with 429 */
    PLAY_FAILING,    /* a write is answered with 500, and one with 502 */
    PLAY_TOKEN,      /* the token ends */
    PLAY_LOST,       /* a write takes effect and its answer is lost */
    PLAY_APPROVAL,   /* reports are approved: one is approved, one rejected */
    PLAY_TERMINATED, /* a check is terminated while its report is on its way */
    PLAYS
};
#define PLAY_BIT(play) (1u << (play))
#define PLAY_ALL (PLAY_BIT(PLAYS) - 1)

struct story_order {
    char id[STORY_ID_MAX];
    enum play play;
    const char *about;     /* "with every field filled in" */
    int64_t told;          /* the last number of the journal before it was arranged */
    int64_t terminated;    /* the last number before the customer terminated it; 0: it did not */
    int64_t decided;       /* PLAY_APPROVAL: the last number before the report was approved or rejected; 0: not yet */
    int64_t decided_again; /* the same, of the report after a rejection */
    json_t *files;         /* console.order.get's files, or NULL; owned by the story */
};

/* What a rule of the test mode did. */
enum story_fault_kind {
    FAULT_NONE,
    FAULT_FORGED,
    FAULT_TWICE,
    FAULT_BROKEN,
    FAULT_DISORDER,
    FAULT_LIMITED,
    FAULT_FAILING,
    FAULT_TOKEN,
    FAULT_LOST, /* it took effect, and the answer did not arrive */
    FAULT_WAY,  /* only the way of the event was chosen */
};

struct story_fault {
    char id[STORY_ID_MAX];
    enum story_fault_kind kind;
    int reset_s; /* FAULT_LIMITED */
};

struct story {
    char app_id[STORY_ID_MAX], account_id[STORY_ID_MAX];
    json_t *entries;   /* an array, with increasing numbers */
    json_t *challenge; /* PLAY_BIND: {"request_url", "status", "code", "msg"}; NULL: the app has no request URL */
    bool may_sign;     /* the app has an Encrypt Key or a Verification Token */
    bool connected;    /* an event went over a long connection */
    bool has_url;
    unsigned played;   /* bits of the plays that were played */
    unsigned waited_s; /* how long the customer waited for the vendor at most */
    struct story_order orders[STORY_ORDERS_MAX];
    size_t n_orders;
    struct story_fault faults[STORY_FAULTS_MAX];
    size_t n_faults;
};

struct story *story_new(const char *app_id);
struct story *story_free(struct story *s); /* takes NULL; returns NULL */

/* NULL if there are STORY_ORDERS_MAX. */
struct story_order *story_add_order(struct story *s, enum play play, const char *about, const char *id);
void story_add_fault(struct story *s, const char *id, enum story_fault_kind kind, int reset_s);

/* Takes an entry of the journal into the story if it concerns the app: it is the app's, or it is a call without a
 * caller that names one of the story's checks. Returns whether it did. */
bool story_add_entry(struct story *s, json_t *entry);

#define CODE_ORDER_STATE 1002858
#define CODE_NO_ORDER 1002862

/* ---- entries ---- */

const char *entry_text(const json_t *e, const char *member); /* "": absent */
int64_t entry_int(const json_t *e, const char *member);      /* 0: absent */
const char *entry_body_text(const json_t *e, const char *member);
bool entry_is_call(const json_t *e);
bool entry_is(const json_t *e, const char *operation);
bool entry_is_event(const json_t *e, const char *type);
int64_t entry_number(const json_t *e);
int64_t entry_begun_ms(const json_t *e); /* of a call: when it arrived */

/* The check that a call or event is about; "": none. */
const char *entry_order(const json_t *e);

enum story_fault_kind entry_fault(const struct story *s, const json_t *e, const struct story_fault **ret);

/* Whether the vendor can only repeat the call: a limit, an error of the server, a token that has ended, a connection
 * that was reset before the call took effect. */
bool entry_is_passing(const struct story *s, const json_t *e);
bool entry_is_effective(const struct story *s, const json_t *e); /* it took effect, known to the vendor or not */
bool entry_is_accepted(const struct story *s, const json_t *e);  /* it took effect, and the vendor was told so */
bool entry_is_refused(const struct story *s, const json_t *e);   /* none of these */

#define EVENT_ACCOUNT "hire.eco_account.created_v1"
#define EVENT_CREATED "hire.eco_background_check.created_v1"
#define EVENT_CANCELED "hire.eco_background_check.canceled_v1"
#define OP_PROGRESS "eco_background_check.update_progress"
#define OP_RESULT "eco_background_check.update_result"
#define OP_CANCEL "eco_background_check.cancel"

/* ---- what the vendor wrote about a check ---- */

enum write_kind { WRITE_PROGRESS, WRITE_RESULT, WRITE_CANCEL };

struct write {
    const json_t *e;
    enum write_kind kind;
    int64_t number, begun_ms;
    bool effective, accepted, passing, refused, lost;
    int code;
};

/* In the order in which they were answered; in the arena. */
size_t story_writes(const struct story *s, const struct story_order *o, struct arena *a, struct write **ret);

/* The first attempt to deliver an event about a check behind number `after` that was taken as it should be (not forged,
 * not broken); NULL: there is none. */
const json_t *story_taken(const struct story *s, const struct story_order *o, const char *type, int64_t after);

#endif
