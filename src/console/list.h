/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of lists: {"items":[...],"has_more":..,"page_token":..}. A list is ordered by a key of two numbers.
 */
#ifndef HIRED_CONSOLE_LIST_H
#define HIRED_CONSOLE_LIST_H

#include "api_types.h"
#include "console/console.h"

/* A page that is being written. */
struct list {
    struct call *c;
    struct hire h;
    struct page_key from; /* the page continues after this key */
    int limit, n;
    int64_t last_a, last_b;
    bool cut; /* there may be more, although the page is not full */
};

/* Opens the page token and begins the answer. filters and text_filter are bound to the token: a token of a list with
 * other filters is refused. The first page's key is INT64_MAX twice, which is right for descending lists. Returns 0, or
 * < 0 with the call failed. */
int list_begin(struct list *l, struct call *c, struct opt_int page_size, struct str page_token, const int64_t *filters,
               size_t n_filters, struct str text_filter);

/* Call this before a row with the key (a, b) is written. False: the page is full and has a next page. */
bool list_add(struct list *l, int64_t a, int64_t b);

/* How the rows of a statement are written. */
struct list_rows {
    int a, b;                                           /* the columns of the key; b -1: the key has one number */
    bool (*wants)(void *ctx, const struct db_query *q); /* NULL: every row is wanted */
    int (*write)(struct list *l, void *ctx, const struct db_query *q); /* returns 0 or < 0 */
    void *ctx;
};

/* Writes rows of q until the page is full or q has no more. Returns 0 or < 0. */
int list_write(struct list *l, struct db_query *q, const struct list_rows *rows);

/* The list ended early: the next page begins behind this key. */
void list_cut(struct list *l, int64_t a, int64_t b);

/* Ends the answer. */
void list_end(struct list *l);

#endif
