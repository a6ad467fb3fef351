/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tokens: the key of the last record handed out, signed together with the walk it belongs to (operation, tenant
 * and filters), so that a token serves for its own walk only.
 */
#ifndef HIRED_GATEWAY_PAGE_TOKEN_H
#define HIRED_GATEWAY_PAGE_TOKEN_H

#include "base/buf.h"
#include "base/seal.h"

/* Where a walk stands: the next page begins right behind (a, b). */
struct page_key {
    int64_t a, b;
    int64_t walk_start_ms; /* when the walk's first page was asked for */
};

/* Appends the token's text (base64url). walk: bytes that are the same on all pages of one walk and no other. */
void page_token_write(const struct seal *s, struct str walk, const struct page_key *key, struct buf *out);

/* Returns 0, or -EBADMSG for a text that page_token_write did not make for this walk with this key. */
int page_token_read(const struct seal *s, struct str walk, struct str token, struct page_key *ret);

#endif
