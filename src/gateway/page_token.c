/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tokens: base64url of 24 bytes of position and 15 bytes of MAC. 39 bytes need no padding.
 */
#include <errno.h>
#include <openssl/crypto.h>

#include "gateway/page_token.h"

#define KEY_LEN 24
#define MAC_LEN 15
#define RAW_LEN (KEY_LEN + MAC_LEN)
#define TEXT_LEN (RAW_LEN / 3 * 4)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_i64(uint8_t *out, int64_t value) {
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)value >> (8 * i));
}

static int64_t get_i64(const uint8_t *in) {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)in[i] << (8 * i);
    return (int64_t)value;
}

static void token_mac(const struct seal *s, struct str walk, const uint8_t key[KEY_LEN], uint8_t ret[32]) {
    struct buf message BUF_CLEANUP = BUF_EMPTY;
    buf_add(&message, key, KEY_LEN);
    buf_add_str(&message, walk);
    seal_mac(s, STR("page_token"), buf_str(&message), ret);
}

void page_token_write(const struct seal *s, struct str walk, const struct page_key *key, struct buf *out) {
    uint8_t raw[RAW_LEN], mac[32];
    put_i64(raw, key->a);
    put_i64(raw + 8, key->b);
    put_i64(raw + 16, key->walk_start_ms);
    token_mac(s, walk, raw, mac);
    memcpy(raw + KEY_LEN, mac, MAC_LEN);
    buf_reserve(out, TEXT_LEN);
    for (size_t i = 0; i < RAW_LEN; i += 3) {
        unsigned bits = (unsigned)raw[i] << 16 | (unsigned)raw[i + 1] << 8 | raw[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            out->ptr[out->len++] = alphabet[bits >> shift & 63];
    }
}

static int letter_value(char c) {
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

int page_token_read(const struct seal *s, struct str walk, struct str token, struct page_key *ret) {
    uint8_t raw[RAW_LEN], mac[32];
    if (token.len != TEXT_LEN)
        return -EBADMSG;
    for (size_t i = 0; i < TEXT_LEN / 4; i++) {
        unsigned bits = 0;
        for (size_t j = 0; j < 4; j++) {
            int value = letter_value(token.ptr[4 * i + j]);
            if (value < 0)
                return -EBADMSG;
            bits = bits << 6 | (unsigned)value;
        }
        raw[3 * i] = (uint8_t)(bits >> 16);
        raw[3 * i + 1] = (uint8_t)(bits >> 8);
        raw[3 * i + 2] = (uint8_t)bits;
    }
    token_mac(s, walk, raw, mac);
    if (CRYPTO_memcmp(raw + KEY_LEN, mac, MAC_LEN) != 0)
        return -EBADMSG;
    *ret = (struct page_key){get_i64(raw), get_i64(raw + 8), get_i64(raw + 16)};
    return 0;
}
