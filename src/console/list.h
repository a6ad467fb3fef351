/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists that go backwards in time, and rows that several pages of the console show.
 */
#ifndef HIRED_CONSOLE_LIST_H
#define HIRED_CONSOLE_LIST_H

#include "api_types.h"
#include "console/console.h"
#include "hire/interview/interview.h"
#include "hire/reference/card.h"
#include "hire/reference/reference.h"

/* A page under way: {"items":[...],"has_more":..}. */
struct list {
    struct call *c;
    struct hire h;
    struct page_key from; /* the page begins right before it */
    int limit, n;
    int64_t last_a, last_b;
    struct job_processes_list processes; /* for names of stages */
};

/* Opens the page token; filters as call_page_open wants them. Returns 0, or < 0 with the call failed. */
int list_begin(struct list *l, struct call *c, struct opt_int page_size, struct str page_token, const int64_t *filters,
               size_t n_filters, struct str text_filter);
/* A row at (a, b) is about to be written. False: the page is full; there is more. */
bool list_add(struct list *l, int64_t a, int64_t b);
void list_end(struct list *l);

struct application_row {
    int64_t update_time, id, talent, job;
    struct str stage_id;
    int64_t active_status;
};
/* Writes it as console_application. create_time absent: left out. */
int write_application_row(struct call *c, struct hire *h, const struct job_processes_list *processes,
                          const struct application_row *row, struct str create_time);
void read_application_row(struct call *c, const struct db_query *q, struct application_row *ret);

/* talent_name and job_title of an application; an unknown one writes nothing. */
int write_subject(struct call *c, struct hire *h, int64_t application);

/* The columns of console_orders, written as console_order. */
int write_order_row(struct call *c, struct hire *h, const struct db_query *q);
/* An application's latest orders as a list "orders", with "orders_more" if there are others. */
int write_orders_of(struct call *c, struct hire *h, int64_t application);
/* An application's interviews as a list "interviews". */
int write_interviews_of(struct call *c, struct hire *h, int64_t application);

#endif
