/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed ids: an id, 32 bits beside it and a kind, encrypted together into one AES block (32 hex digits). Sealed
 * ids can only be made and read with the key. They are used as access tokens, open_ids and signed links, and no table
 * is needed to read them. A guessed value opens with a probability of 2^-32; it must then also name an existing row
 * whose 32 bits match.
 */
#ifndef HIRED_BASE_SEAL_H
#define HIRED_BASE_SEAL_H

#include <stdint.h>

#include "base/str.h"

enum seal_kind {
    SEAL_TENANT_TOKEN = 1,
    SEAL_APP_TOKEN,
    SEAL_OPEN_ID,
    SEAL_UNION_ID,
    SEAL_FILE_LINK,
    SEAL_ATTACHMENT_LINK,
    SEAL_KINDS
};

#define SEAL_HEX_LEN 32
#define SEAL_KEY_LEN 32

struct seal; /* a key, expanded for every kind; immutable, so any thread may use it */

/* key is SEAL_KEY_LEN secret bytes. Free with seal_free. */
struct seal *seal_new(const uint8_t key[SEAL_KEY_LEN]);
struct seal *seal_free(struct seal *s); /* takes NULL; returns NULL */

/* Writes SEAL_HEX_LEN lower-case hex digits, not terminated. */
void seal_close(const struct seal *s, enum seal_kind kind, int64_t id, uint32_t aux, char out[SEAL_HEX_LEN]);

/* Returns 0 and sets both, or -EBADMSG if the text was not sealed with this key as this kind. */
int seal_open(const struct seal *s, enum seal_kind kind, struct str hex, int64_t *ret_id, uint32_t *ret_aux);

/* HMAC-SHA-256 under a key derived from the same secret; purpose keeps uses apart. out takes 32 bytes. */
void seal_mac(const struct seal *s, struct str purpose, struct str message, uint8_t out[32]);

#endif
