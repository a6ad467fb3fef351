/* SPDX-License-Identifier: Apache-2.0
 *
 * For src/hire only: reading, changing and writing orders. Every change of an order calls order_change().
 */
#ifndef HIRED_HIRE_ORDER_CHANGE_H
#define HIRED_HIRE_ORDER_CHANGE_H

#include "hire/order/order.h"
#include "hire/order/place.h"

/* An order in memory. doc is the complete record; the other members are columns that rules and filters read. */
struct order_row {
    int64_t id;
    int64_t update_time;
    int64_t application_id;
    int64_t account_id; /* 0: none */
    int64_t begin_time; /* 0: unknown */
    int64_t last_stage_time;
    int64_t app;        /* the account's app; 0: none */
    int64_t history_ms; /* at_ms of the last entry of its history; 0: none */
    int64_t version;    /* the number of that entry; 0: none */
    struct order_state state;
    struct str package_id; /* the vendor's id of the package; "" if unknown */
    struct str stage_ids;  /* of its stages (stage_id.h) */
    struct background_check_order doc;

    struct str stored_doc;         /* the doc as it was read; absent: not stored yet */
    int64_t stored_time;           /* update_time as it was read; 0: not stored yet */
    int64_t stored_application_id; /* the same of these columns */
    struct str stored_package_id;
    struct order_place stored_place; /* its place (place.h) as it was read */
};

struct order_change {
    int64_t order_id; /* 0: create a new order */
    int64_t new_id;   /* of a new order; 0: one is made */
    enum order_action action;
    struct str why; /* for the history; edit may set it */

    /* Checks the rules of this change and edits o->doc and the columns, except state, update_time and end_time,
     * which order_change() sets; o->update_time already has the new value. NULL: only the state changes. */
    int (*edit)(struct hire *h, struct order_row *o, struct order_change *c);
    const void *in; /* for edit */
};

/* Reads the order (only h->only_app's, if set), checks the state table, calls edit, and writes the order, its
 * history and the vendor's event. Refusals, in this order: REFUSED_NO_ORDER, REFUSED_STATE, what edit refuses.
 * ret_id may be NULL. */
int order_change(struct hire *h, struct order_change *c, int64_t *ret_id);

/* Reads an order. REFUSED_NO_ORDER: it does not exist, or h->only_app may not read it. */
int order_read(struct hire *h, int64_t order_id, struct order_row *ret);

/* Writes o: the columns, and the doc with status and update_time set from o. Moves the order from its previous place
 * (place.h) to the new one. -EAGAIN: another transaction has changed the order since it was read. */
int order_write(struct hire *h, struct order_row *o);

/* The stored form of the doc, in the arena. */
struct str order_doc(struct hire *h, const struct background_check_order *doc);

/* Appends an entry to the order's history. order_write() then stores that it is the order's last one. */
int order_note(struct hire *h, struct order_row *o, enum order_action action, struct order_state from,
               struct order_state to, struct str why);
/* The same for an entry about which nothing else of the order changes: it needs no order_write(). */
int order_note_alone(struct hire *h, struct order_row *o, enum order_action action, struct str why);

/* The history of an order that was read, oldest entry first, in the arena. -EBADMSG: an entry is missing. */
int order_history_of(struct hire *h, const struct order_row *o, struct order_history_entry **ret, size_t *ret_n);

/* Writes the step's event, if it has one, for the app of the order's account. why: the reason of a termination. */
int order_announce(struct hire *h, const struct order_row *o, enum order_event event, struct str why);

/* Checks the rules for the reports of a call. field is the name of their list, for refusals. */
int order_check_reports(struct hire *h, const char *field, const struct order_row *o,
                        const struct eco_background_check_report_file_list *reports);

/* Adds reports that were checked at the front of the order's list (the last one becomes the first), each with the
 * result, which may be absent. Files to download are queued for the fetcher. */
int order_add_reports(struct hire *h, struct order_row *o, const struct eco_background_check_report_file_list *reports,
                      struct str result, int report_type);

/* Adds uploads of a person in the same way. Refuses (REFUSED_PARAMETER) an attachment that is not an uploaded
 * report, and more uploads than allowed. */
int order_add_uploads(struct hire *h, struct order_row *o, const struct order_upload *uploads, size_t n,
                      struct str result, int report_type);

enum { REPORT_INTERIM = 1, REPORT_FINAL = 2 };            /* report_type */
enum { REPORT_URL_DOWNLOAD = 1, REPORT_URL_PREVIEW = 2 }; /* report_url_type */

/* Most files of one owner (order_file_owner) that may wait for the fetcher. Further reports are refused. */
#define ORDER_FILES_WAITING_MAX 1000

/* The owner of the order's files, by which the fetcher takes turns: the vendor's app, the account if it has no app,
 * or 0. */
int64_t order_file_owner(const struct order_row *o);

/* Queues a file for the fetcher. */
int order_add_file(struct hire *h, int64_t order_id, int64_t owner, struct str source_url, int64_t *ret_id);

/* The text in attachment_url for a file that is kept here or will be fetched. Answers have a signed link instead. */
struct str order_file_slot(struct hire *h, int64_t file_id);

/* The reverse: columns are never NULL. */
static inline struct str or_empty(struct str s) {
    return str_is_absent(s) ? STR("") : s;
}

/* Turns an empty optional text into an absent one. */
static inline struct str or_absent(struct str s) {
    return str_is_empty(s) ? STR_ABSENT : s;
}

#endif
