/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers share: from a call to the domain and back.
 */
#ifndef HIRED_HANDLERS_HANDLERS_H
#define HIRED_HANDLERS_HANDLERS_H

#include "gateway/answer.h"
#include "gateway/call.h"
#include "hire/hire.h"

/* The domain's view of a call: same database, time, tenant and caller. */
struct hire hire_of(struct call *c);

/* What the handler returns for what a domain function returned: 0 or more passes as 0; a refusal fails the call with
 * the code that fits; a fault stays one. */
int call_from_hire(struct call *c, const struct hire *h, int result);

/* The same for an operation that documents a code of its own for what is wrong with its parameters. */
int call_from_hire_as(struct call *c, const struct hire *h, int result, int parameter_code);
/* A record that is kept as it came, in the wire form of this caller: what the type describes of it. Returns 0 or
 * -EBADMSG. */
int call_write_typed(struct call *c, const struct record_type *type, struct str doc, struct buf *out);

/* Checks the id of a user in the request. Fails the call if there is none. */
int call_user(struct call *c, struct str id, int64_t *ret_uid);

/* A page's size, checked and defaulted by the table. */
int page_limit(struct opt_int page_size);

/* Writes a page of stored records as {"items":[...],"has_more":..,"page_token":..}: one record more than the page holds
 * is asked for, and only tells that there are more. */
struct page {
    struct call *c;
    struct record_reader reader;
    int limit, n;
    int64_t last_a, last_b; /* key of the last record written */
};
void page_begin(struct page *p, struct call *c, int limit);
void page_add(void *page, int64_t a, int64_t b, struct str doc);
/* The list is not called items. */
void page_begin_as(struct page *p, struct call *c, struct str member, int limit);
/* Adds what the type describes of a record that was stored as it came. Returns 1, or a negative errno. */
int page_add_typed(struct page *p, int64_t a, const struct record_type *type, struct str doc);
void page_end(struct page *p, const struct page_key *from);

/* Filters as call_page_open wants them. */
struct str filter_bytes(struct call *c, const int64_t *filters, size_t n);

/* An optional millisecond timestamp in a filter: absent or empty leaves *ret alone. */
int filter_time(struct call *c, const char *name, struct str text, int64_t *ret);

#endif
