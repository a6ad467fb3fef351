/* SPDX-License-Identifier: Apache-2.0
 *
 * Background check orders. Every change goes through one function in order.c, which checks the state table, sets
 * update_time, and writes the order, its history and the vendor's event, all in the caller's transaction.
 */
#ifndef HIRED_HIRE_ORDER_ORDER_H
#define HIRED_HIRE_ORDER_ORDER_H

#include "api_types.h"
#include "hire/hire.h"
#include "hire/order/state.h"

#define ORDER_STAGES_MAX 500  /* stages one order may have */
#define ORDER_REPORTS_MAX 200 /* reports one order may have */
#define ORDER_REPORTS_PER_CALL 20

/* ---- the vendor's side (hire/v1/eco_background_checks) ---- */

/* update_progress: appends a stage and its interim reports. Refusals: REFUSED_NO_ORDER, REFUSED_STATE,
 * REFUSED_PARAMETER (stage_id used before, stage_time not increasing, result without a report, invalid report_url). */
int order_progress(struct hire *h, const struct eco_background_check_update_progress_body *in);

/* update_result: adds the final reports and sets the conclusion. */
int order_result(struct hire *h, const struct eco_background_check_update_result_body *in);

/* cancel: the vendor ends the order. order_id 0 is refused like any unknown id. */
int order_cancel(struct hire *h, int64_t order_id, struct str reason);

/* Call this when the vendor's receiver answered 200 to the created event. Does nothing unless the order's state is
 * an approved arrangement. */
int order_vendor_took(struct hire *h, int64_t order_id);

/* ---- the tenant's side ---- */

struct order_arrangement {
    int64_t order_id; /* of the new order, which no order may have; 0: one is made */
    int64_t application_id;
    int64_t account_id;  /* the vendor account */
    int64_t creator_uid; /* the recruiter, a user of the tenant; 0: none */
    struct str package_name;
    struct str package_id; /* the vendor's id of the package; absent: events have the name instead */
    struct candidate_contact_info candidate;
    struct user_contact_info contactor;
    struct background_check_item_info_list items;
    struct eco_background_check_custom_field_data_list custom_fields; /* copies of the present definitions */
    struct background_check_custom_field_data_value_list custom_values;
    struct str geo, location_code, remark; /* absent: none */
};

/* Creates the order without checking that the vendor offers package, items and fields; order_arrange_checked()
 * checks it first. */
int order_arrange(struct hire *h, const struct order_arrangement *in, int64_t *ret_order_id);
/* Refuses (REFUSED_PARAMETER) an application that does not exist. */
int order_needs_application(struct hire *h, int64_t application_id);

int order_approve(struct hire *h, int64_t order_id, struct str reason);
int order_reject(struct hire *h, int64_t order_id, struct str reason); /* a reason is required */
int order_withdraw(struct hire *h, int64_t order_id, struct str reason);
int order_terminate(struct hire *h, int64_t order_id, struct str reason); /* a reason is required */

/* A report that a person uploaded. */
struct order_upload {
    struct str name;
    int64_t attachment; /* of usage ATTACHMENT_REPORT; it becomes a file of the order and stops being an attachment */
};

/* A finished check that a person enters with name, result and reports; the new order is completed. */
struct order_by_hand {
    int64_t order_id; /* as in struct order_arrangement */
    int64_t application_id;
    int64_t creator_uid;
    struct str name, result, remark;
    struct candidate_contact_info candidate;
    struct eco_background_check_report_file_list reports; /* given as links */
    const struct order_upload *uploads;                   /* shown before the linked ones */
    size_t n_uploads;
};
int order_record(struct hire *h, const struct order_by_hand *in, int64_t *ret_order_id);

/* Stores an order from an answer of the platform, with user ids translated to internal ones. Returns 1 if anything
 * changed, 0 if the same order was stored already. */
int order_import(struct hire *h, struct background_check_order *in);
/* Whether order_import would accept it: 0, or HIRE_REFUSED. Writes nothing. */
int order_import_check(struct hire *h, const struct background_check_order *in);

/* ---- reading ---- */

struct order_filter {
    int64_t application_id;           /* 0: any */
    int64_t update_start, update_end; /* inclusive; 0 / INT64_MAX: open */
    int64_t begin_start, begin_end;   /* the same */
    int status;                       /* 0: any */
};

struct order_place_in_list {
    int64_t time, id; /* update_time and id */
};

/* Calls fn for each order behind the place after, in the order of (update_time, id), at most limit times. doc is the
 * stored record and is valid until fn returns. If h->only_app is set, only orders of its accounts are listed. Returns
 * the number of calls, or < 0. A list whose filters match few orders may end before the limit (walk.h): then ret_cut is
 * the place behind which it goes on, else it is 0. */
typedef void (*order_fn)(void *ctx, int64_t update_time, int64_t id, struct str doc);
int order_list(struct hire *h, const struct order_filter *f, struct order_place_in_list after, int limit, order_fn fn,
               void *ctx, struct order_place_in_list *ret_cut);

/* Reads one order's stored doc, into the arena. Returns 1, 0 (there is none), or < 0. */
int order_get(struct hire *h, int64_t order_id, struct order_state *ret_state, struct str *ret_doc);

struct order_history_entry {
    int64_t at_ms;
    int64_t seq; /* 1, 2, 3 ... */
    enum hire_actor_kind actor_kind;
    int64_t actor_id;
    enum order_action action;
    struct order_state from, to;
    struct str why;
};
/* The history of an order, oldest entry first, in the arena. */
int order_history(struct hire *h, int64_t order_id, struct order_history_entry **ret, size_t *ret_n);

/* ---- report files (the fetcher's side) ---- */

enum order_file_state { ORDER_FILE_DUE = 0, ORDER_FILE_KEPT = 1, ORDER_FILE_GIVEN_UP = 2 };

struct order_file {
    int64_t id, order_id;
    struct str source_url; /* the vendor's link */
    enum order_file_state state;
    int attempts;
    int64_t next_ms; /* time of the next attempt */
    int64_t size;    /* of a kept file, in bytes */
    struct str sha256, error;
};

/* The name of the report that has this file; absent if there is none. In the arena. Returns 0 or < 0. */
int order_file_name(struct hire *h, int64_t file_id, struct str *ret);

/* Returns 1, 0 (this tenant has no such file), or < 0. Texts are in the arena. */
int order_file_get(struct hire *h, int64_t file_id, struct order_file *ret);

/* Call this when the file was fetched and stored. If the order still shows the file's original link, it shows the
 * kept file from now on. Does nothing if the file is not due. -ENOENT: there is no such file. */
int order_file_kept(struct hire *h, int64_t file_id, int64_t size, struct str sha256);

/* Call this when an attempt failed. next_ms 0: no further attempt; the error is added to the order's history. Does
 * nothing if the file is not due. -ENOENT: there is no such file. */
int order_file_failed(struct hire *h, int64_t file_id, struct str error, int64_t next_ms);

#endif
