/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tokens: the key of the last record handed out, signed together with operation, tenant and filters.
 */
#ifndef HIRED_GATEWAY_PAGE_TOKEN_H
#define HIRED_GATEWAY_PAGE_TOKEN_H

#include "base/buf.h"
#include "base/seal.h"

/* Where a walk stands: the next page begins right behind (a, b). */
struct page_key {
    int64_t a, b;
    int64_t walk_start_ms; /* when the walk's first page was asked for */
    uint8_t filters[16];   /* digest of operation, tenant and filters; filled by the gateway */
};

/* Appends the token's text (base64url, 80 to 120 characters). */
void page_token_write(const struct seal *s, const struct page_key *key, struct buf *out);

/* Returns 0, or -EBADMSG for a text that page_token_write did not make with this key. */
int page_token_read(const struct seal *s, struct str token, struct page_key *ret);

/* Digest for page_key.filters. */
void page_token_digest(uint16_t op_index, int64_t tenant, struct str filters, uint8_t ret[16]);

#endif
