/* SPDX-License-Identifier: Apache-2.0
 *
 * The form of an event on the wire: its body, the encryption if the app has an Encrypt Key, and the signature.
 */
#ifndef HIRED_EVENTS_DELIVERY_ENVELOPE_H
#define HIRED_EVENTS_DELIVERY_ENVELOPE_H

#include "base/buf.h"

struct envelope {
    struct str event_id, type;
    struct str token;      /* the app's Verification Token; "" if it has none */
    struct str app_id;     /* cli_... */
    struct str tenant_key; /* "" for events of the platform itself */
    int64_t created_ms;
    struct str event; /* the member "event": compact JSON in wire form */
};

/* Appends the body before encryption: schema 2.0, or for app_ticket the form 1.0. JSON.stringify(JSON.parse(body))
 * gives the very same bytes, which the official Node SDK needs to check a signature. */
void envelope_write(const struct envelope *e, struct buf *out);

/* Appends {"encrypt":"..."}: AES-256-CBC with SHA-256(key), PKCS#7, iv in front, in base64. */
#define ENVELOPE_IV_LEN 16
void envelope_encrypt(struct str key, const uint8_t iv[ENVELOPE_IV_LEN], struct str plain, struct buf *out);

/* The reverse, for a receiver: text is the base64 of the member "encrypt". Appends what was encrypted to out. Returns
 * 0, or -EBADMSG if it is not base64 or was encrypted with another key; then nothing is appended. */
int envelope_decrypt(struct str key, struct str text, struct buf *out);

/* X-Lark-Signature: SHA-256(timestamp + nonce + key + body) in hex; not terminated. */
#define ENVELOPE_SIGNATURE_LEN 64
void envelope_sign(struct str timestamp, struct str nonce, struct str key, struct str body,
                   char ret[ENVELOPE_SIGNATURE_LEN]);

#endif
