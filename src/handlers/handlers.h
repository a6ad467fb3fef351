/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers of the open API share: the caller as the domain's actor, pages, filters.
 */
#ifndef HIRED_HANDLERS_HANDLERS_H
#define HIRED_HANDLERS_HANDLERS_H

#include "gateway/answer.h"
#include "handlers/domain.h"

/* The domain's view of a call, with the calling app as its actor. */
struct hire hire_of(struct call *c);

/* Appends the members that the type describes of a record stored as it was received, in wire form for this caller.
 * Returns 0 or -EBADMSG. */
int call_write_typed(struct call *c, const struct record_type *type, struct str doc, struct buf *out);

/* Finds the user with an id of the request; fails the call if there is none. */
int call_user(struct call *c, struct str id, int64_t *ret_uid);

/* The page size of a request, which the tables of api/ have checked and defaulted. */
int page_limit(struct opt_int page_size);

/* Writes a page of stored records as {"items":[...],"has_more":..,"page_token":..}. The handler reads one record
 * more than the page holds; that one only shows that there are more. */
struct page {
    struct call *c;
    struct record_reader reader;
    int limit, n;
    bool cut;               /* there may be more, although the page is not full */
    int64_t last_a, last_b; /* key of the last record written, or where the list was cut */
};
void page_begin(struct page *p, struct call *c, int limit);
void page_add(void *page, int64_t a, int64_t b, struct str doc);
/* The same, with another name than "items" for the list. */
void page_begin_as(struct page *p, struct call *c, struct str member, int limit);
/* Adds a record that was stored as it was received. Returns 1, or a negative errno. */
int page_add_typed(struct page *p, int64_t a, const struct record_type *type, struct str doc);
/* The list ended early: the next page begins behind this key. */
void page_cut(struct page *p, int64_t a, int64_t b);
void page_end(struct page *p, const struct page_key *from);

/* Filters in the form that call_page_open takes. */
struct str filter_bytes(struct call *c, const int64_t *filters, size_t n);

/* Parses an optional time of a filter, in milliseconds; absent or empty leaves *ret unchanged. */
int filter_time(struct call *c, const char *name, struct str text, int64_t *ret);

#endif
