/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies of events, their encryption and signature.
 */
#include "events/delivery/envelope.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/log.h"
#include "hire/outbox/outbox.h"

#define KEY_LEN 32
#define BLOCK 16

/* {"ts","uuid","token","type":"event_callback","event"} */
static void write_old_form(const struct envelope *e, struct buf *out) {
    json_begin(out, '{');
    json_key(out, STR("ts"));
    buf_printf(out, "\"%lld.%03lld\"", (long long)(e->created_ms / 1000), (long long)(e->created_ms % 1000));
    json_member_str(out, STR("uuid"), e->event_id);
    json_member_str(out, STR("token"), e->token);
    json_member_str(out, STR("type"), STR("event_callback"));
    json_key(out, STR("event"));
    buf_add_str(out, e->event);
    json_end(out, '}');
}

void envelope_write(const struct envelope *e, struct buf *out) {
    if (str_eq(e->type, STR(EVENT_TYPE_APP_TICKET))) {
        write_old_form(e, out);
        return;
    }
    json_begin(out, '{');
    json_member_str(out, STR("schema"), STR("2.0"));
    json_key(out, STR("header"));
    json_begin(out, '{');
    json_member_str(out, STR("event_id"), e->event_id);
    json_member_str(out, STR("event_type"), e->type);
    json_member_id(out, STR("create_time"), e->created_ms);
    json_member_str(out, STR("token"), e->token);
    json_member_str(out, STR("app_id"), e->app_id);
    json_member_str(out, STR("tenant_key"), e->tenant_key);
    json_end(out, '}');
    json_key(out, STR("event"));
    buf_add_str(out, e->event);
    json_end(out, '}');
}

/* OpenSSL has no memory or lacks the algorithm: no event can be sent correctly any more. */
static void must(int ok) {
    if (ok == 1)
        return;
    log_line(LOG_ERROR, "encryption is not available; ending", NULL);
    abort();
}

void envelope_encrypt(struct str key, const uint8_t iv[ENVELOPE_IV_LEN], struct str plain, struct buf *out) {
    uint8_t digest[KEY_LEN];
    struct buf cipher BUF_CLEANUP = BUF_EMPTY;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, last = 0;

    must(ctx != NULL);
    must(EVP_Digest(key.ptr, key.len, digest, NULL, EVP_sha256(), NULL));
    buf_add(&cipher, iv, ENVELOPE_IV_LEN);
    buf_reserve(&cipher, plain.len + BLOCK);
    uint8_t *at = (uint8_t *)cipher.ptr + ENVELOPE_IV_LEN;
    must(EVP_EncryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, digest, iv));
    must(EVP_EncryptUpdate(ctx, at, &n, (const uint8_t *)plain.ptr, (int)plain.len));
    must(EVP_EncryptFinal_ex(ctx, at + n, &last));
    EVP_CIPHER_CTX_free(ctx);
    OPENSSL_cleanse(digest, sizeof(digest));
    cipher.len += (size_t)(n + last);

    buf_add_lit(out, "{\"encrypt\":\"");
    buf_reserve(out, 4 * ((cipher.len + 2) / 3) + 1);
    out->len += (size_t)EVP_EncodeBlock((uint8_t *)out->ptr + out->len, (const uint8_t *)cipher.ptr, (int)cipher.len);
    buf_add_lit(out, "\"}");
}

/* Returns 0 or -EBADMSG. */
static int decode(struct str text, struct buf *out) {
    if (text.len == 0 || text.len % 4 != 0 || text.len > INT32_MAX)
        return -EBADMSG;
    buf_reserve(out, text.len / 4 * 3);
    int n = EVP_DecodeBlock((uint8_t *)out->ptr, (const uint8_t *)text.ptr, (int)text.len);
    int padding = text.ptr[text.len - 1] != '=' ? 0 : text.ptr[text.len - 2] != '=' ? 1 : 2;
    if (n < padding)
        return -EBADMSG;
    out->len = (size_t)(n - padding);
    return 0;
}

int envelope_decrypt(struct str key, struct str text, struct buf *out) {
    struct buf cipher BUF_CLEANUP = BUF_EMPTY;
    uint8_t digest[KEY_LEN];
    int n = 0, last = 0;

    if (decode(text, &cipher) < 0 || cipher.len < ENVELOPE_IV_LEN + BLOCK)
        return -EBADMSG;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    must(ctx != NULL);
    must(EVP_Digest(key.ptr, key.len, digest, NULL, EVP_sha256(), NULL));
    must(EVP_DecryptInit_ex(ctx, EVP_aes_256_cbc(), NULL, digest, (const uint8_t *)cipher.ptr));
    buf_reserve(out, cipher.len + BLOCK);
    uint8_t *at = (uint8_t *)out->ptr + out->len;
    int ok = EVP_DecryptUpdate(ctx, at, &n, (const uint8_t *)cipher.ptr + ENVELOPE_IV_LEN,
                               (int)(cipher.len - ENVELOPE_IV_LEN)) == 1 &&
             EVP_DecryptFinal_ex(ctx, at + n, &last) == 1;
    EVP_CIPHER_CTX_free(ctx);
    OPENSSL_cleanse(digest, sizeof(digest));
    if (!ok)
        return -EBADMSG;
    out->len += (size_t)(n + last);
    return 0;
}

void envelope_sign(struct str timestamp, struct str nonce, struct str key, struct str body,
                   char ret[ENVELOPE_SIGNATURE_LEN]) {
    uint8_t digest[ENVELOPE_SIGNATURE_LEN / 2];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    must(ctx != NULL);
    must(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
    must(EVP_DigestUpdate(ctx, timestamp.ptr, timestamp.len));
    must(EVP_DigestUpdate(ctx, nonce.ptr, nonce.len));
    must(EVP_DigestUpdate(ctx, key.ptr, key.len));
    must(EVP_DigestUpdate(ctx, body.ptr, body.len));
    must(EVP_DigestFinal_ex(ctx, digest, NULL));
    EVP_MD_CTX_free(ctx);
    hex_encode(digest, sizeof(digest), ret);
}
