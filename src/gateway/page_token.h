/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tokens: the key of the last record of a page, signed together with operation, tenant and filters, so that a
 * token is valid for the same list only.
 */
#ifndef HIRED_GATEWAY_PAGE_TOKEN_H
#define HIRED_GATEWAY_PAGE_TOKEN_H

#include "base/buf.h"
#include "base/seal.h"

/* A position in a list: the next page begins after (a, b). */
struct page_key {
    int64_t a, b;
    int64_t walk_start_ms; /* when the first page was requested */
};

/* Appends the token's text (base64url). walk: bytes that are the same on all pages of one list, and differ between
 * lists. */
void page_token_write(const struct seal *s, struct str walk, const struct page_key *key, struct buf *out);

/* Returns 0, or -EBADMSG if page_token_write did not make the text for this walk with this key. */
int page_token_read(const struct seal *s, struct str walk, struct str token, struct page_key *ret);

#endif
