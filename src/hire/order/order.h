/* SPDX-License-Identifier: Apache-2.0
 *
 * Background check orders: every change goes through one function in order.c, which checks the state table, moves
 * update_time, writes the order, its history and what the vendor is to be told, all in the caller's transaction.
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
 * REFUSED_PARAMETER (stage_id used before, stage_time not growing, result without a report, a broken report_url). */
int order_progress(struct hire *h, const struct eco_background_check_update_progress_body *in);

/* update_result: the final reports and the conclusion. */
int order_result(struct hire *h, const struct eco_background_check_update_result_body *in);

/* cancel: the vendor ends it. order_id 0 is as unknown as any other. */
int order_cancel(struct hire *h, int64_t order_id, struct str reason);

/* The vendor's receiver answered 200 to the created event. Does nothing in states where that means nothing. */
int order_vendor_took(struct hire *h, int64_t order_id);

/* ---- the tenant's side ---- */

struct order_arrangement {
    int64_t application_id;
    int64_t account_id;  /* the vendor account */
    int64_t creator_uid; /* the recruiter, a user of the tenant; 0: none */
    struct str package_name;
    struct str package_id; /* the vendor's own; absent: its name serves in what the vendor is told */
    struct candidate_contact_info candidate;
    struct user_contact_info contactor;
    struct background_check_item_info_list items;
    struct eco_background_check_custom_field_data_list custom_fields; /* their definitions, as they are now */
    struct background_check_custom_field_data_value_list custom_values;
    struct str geo, location_code, remark; /* absent: none */
};

/* Takes what it is given for what the vendor offers; check_form_arrange() holds it against that first. */
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
    int64_t attachment; /* of usage ATTACHMENT_REPORT; becomes the order's file and is no attachment any more */
};

/* A finished check entered by a person: name, result and reports come with it; it is completed from the start. */
struct order_by_hand {
    int64_t application_id;
    int64_t creator_uid;
    struct str name, result, remark;
    struct candidate_contact_info candidate;
    struct eco_background_check_report_file_list reports; /* by their links */
    const struct order_upload *uploads;                   /* newer than those */
    size_t n_uploads;
};
int order_record(struct hire *h, const struct order_by_hand *in, int64_t *ret_order_id);

/* Takes an order as the platform answered it (user ids already internal). Returns 1 if anything changed, 0 if it stands
 * so already. */
int order_import(struct hire *h, struct background_check_order *in);
/* What that would refuse, without writing anything: 0, or HIRE_REFUSED. */
int order_import_check(struct hire *h, const struct background_check_order *in);

/* ---- reading ---- */

struct order_filter {
    int64_t application_id;           /* 0: any */
    int64_t update_start, update_end; /* inclusive; 0 / INT64_MAX: open */
    int64_t begin_start, begin_end;   /* the same */
    int status;                       /* 0: any */
};

/* Walks orders by (update_time, id) behind (after_time, after_id), at most limit; fn gets each stored doc, which lives
 * until fn returns. Honours h->only_app. Returns the number walked, or < 0. */
typedef void (*order_fn)(void *ctx, int64_t update_time, int64_t id, struct str doc);
int order_list(struct hire *h, const struct order_filter *f, int64_t after_time, int64_t after_id, int limit,
               order_fn fn, void *ctx);

/* One order's stored doc, by id. Returns 1, 0 (none such), or < 0. The doc is in the arena. */
int order_get(struct hire *h, int64_t order_id, struct order_state *ret_state, struct str *ret_doc);

struct order_history_entry {
    int64_t at_ms;
    enum hire_actor_kind actor_kind;
    int64_t actor_id;
    enum order_action action;
    struct order_state from, to;
    struct str why;
};
/* Oldest first, in the arena. */
int order_history(struct hire *h, int64_t order_id, struct order_history_entry **ret, size_t *ret_n);

/* ---- report files (the fetcher's side) ---- */

enum order_file_state { ORDER_FILE_DUE = 0, ORDER_FILE_KEPT = 1, ORDER_FILE_GIVEN_UP = 2 };

struct order_file {
    int64_t id, order_id;
    struct str source_url; /* where the vendor said it is */
    enum order_file_state state;
    int attempts;
    int64_t next_ms; /* when to try (again) */
    int64_t size;    /* of a kept file, in bytes */
    struct str sha256, error;
};

/* The name of the report whose file this is; absent if there is none. In the arena. Returns 0 or < 0. */
int order_file_name(struct hire *h, int64_t file_id, struct str *ret);

/* Returns 1, 0 (none such in this tenant), or < 0. Texts are in the arena. */
int order_file_get(struct hire *h, int64_t file_id, struct order_file *ret);

/* The file was fetched and is kept: an order that still shows its original link shows the kept file from now on. Does
 * nothing to a file that is not due. -ENOENT: there is no such file. */
int order_file_kept(struct hire *h, int64_t file_id, int64_t size, struct str sha256);

/* A try failed. next_ms 0: given up; the order's history says why. Does nothing to a file that is not due. -ENOENT. */
int order_file_failed(struct hire *h, int64_t file_id, struct str error, int64_t next_ms);

#endif
