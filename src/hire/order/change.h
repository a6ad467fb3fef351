/* SPDX-License-Identifier: Apache-2.0
 *
 * Within src/hire: how an order is read, changed and written. Everything that changes one goes through order_change().
 */
#ifndef HIRED_HIRE_ORDER_CHANGE_H
#define HIRED_HIRE_ORDER_CHANGE_H

#include "hire/order/order.h"
#include "hire/order/place.h"

/* An order in hand. Its doc is the truth of what it says; the columns hold what rules and filters ask for. */
struct order_row {
    int64_t id;
    int64_t update_time;
    int64_t application_id;
    int64_t account_id; /* 0: none */
    int64_t begin_time; /* 0: unknown */
    int64_t last_stage_time;
    int64_t app; /* of the account; 0: none */
    struct order_state state;
    struct str package_id; /* the vendor's own; "" if unknown */
    struct background_check_order doc;

    struct str stored_doc;           /* as it was read; absent: not stored yet */
    int64_t stored_time;             /* its update_time; 0: not stored yet */
    struct order_place stored_place; /* where it stood when it was read */
};

struct order_change {
    int64_t order_id; /* 0: a new one is made */
    enum order_action action;
    struct str why; /* for the history; edit may set it */

    /* Asks the rules of this change and does it to o->doc and the columns, but for state, update_time and end_time.
     * o->update_time is already that of the change. NULL: there is nothing more to it. */
    int (*edit)(struct hire *h, struct order_row *o, struct order_change *c);
    const void *in; /* for edit */
};

/* Reads the order (h->only_app is honoured), asks the state table, edits, and writes the order, its history and what
 * the vendor is told. Refusals in this order: REFUSED_NO_ORDER, REFUSED_STATE, what edit refuses. ret_id may be NULL.
 */
int order_change(struct hire *h, struct order_change *c, int64_t *ret_id);

/* Reads one; REFUSED_NO_ORDER if there is none or it is not the caller's to know. */
int order_read(struct hire *h, int64_t order_id, struct order_row *ret);

/* Writes the order as it stands in o (doc included, which gets status and update_time from it) and moves it from its
 * former place (place.h) to the new one. -EAGAIN: somebody else has changed it since it was read. */
int order_write(struct hire *h, struct order_row *o);

/* The stored form of the doc, in the arena. */
struct str order_doc(struct hire *h, const struct background_check_order *doc);

int order_note(struct hire *h, int64_t order_id, enum order_action action, struct order_state from,
               struct order_state to, struct str why);

/* Writes the event of this step, if it has one, for the vendor whose account the order is of. why: of a termination. */
int order_announce(struct hire *h, const struct order_row *o, enum order_event event, struct str why);

/* Asks the rules for reports that came with a call. field is their list's name. */
int order_check_reports(struct hire *h, const char *field, const struct order_row *o,
                        const struct eco_background_check_report_file_list *reports);

/* Adds checked reports in front, the last one newest, each with the result (may be absent); files to download are put
 * down for the fetcher. */
int order_add_reports(struct hire *h, struct order_row *o, const struct eco_background_check_report_file_list *reports,
                      struct str result, int report_type);

/* Adds the uploads of a person in the same way. Refuses (REFUSED_PARAMETER) what is no upload, or one too many. */
int order_add_uploads(struct hire *h, struct order_row *o, const struct order_upload *uploads, size_t n,
                      struct str result, int report_type);

enum { REPORT_INTERIM = 1, REPORT_FINAL = 2 };            /* report_type */
enum { REPORT_URL_DOWNLOAD = 1, REPORT_URL_PREVIEW = 2 }; /* report_url_type */

/* Of one owner (order_file_owner): reports of more are refused until some have been fetched. */
#define ORDER_FILES_WAITING_MAX 1000

/* Whose turn a file of this order takes: the vendor's app, or its account if it has none, or 0. */
int64_t order_file_owner(const struct order_row *o);

/* Puts a file down for the fetcher. */
int order_add_file(struct hire *h, int64_t order_id, int64_t owner, struct str source_url, int64_t *ret_id);

/* How a kept (or awaited) file stands in attachment_url; becomes a signed link for each reader. */
struct str order_file_slot(struct hire *h, int64_t file_id);

/* A text that the caller need not have given: absent if it is empty. */
static inline struct str or_absent(struct str s) {
    return str_is_empty(s) ? STR_ABSENT : s;
}

#endif
