/* SPDX-License-Identifier: Apache-2.0
 *
 * The POST that carries an event.
 */
#include "events/delivery/webhook.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "events/delivery/envelope.h"

#define CONNECT_MS 2000L
#define NONCE_LEN 32

static void add_header(struct webhook *w, const char *name, struct str value) {
    char line[160];

    snprintf(line, sizeof(line), "%s: %.*s", name, STR_FMT(value));
    w->headers = curl_slist_append(w->headers, line);
}

void webhook_prepare(struct webhook *w, struct str key, struct str plain) {
    uint8_t iv[ENVELOPE_IV_LEN];
    char nonce[NONCE_LEN], timestamp[24], signature[ENVELOPE_SIGNATURE_LEN];

    webhook_clear(w);
    add_header(w, "Content-Type", STR("application/json; charset=utf-8"));
    w->headers = curl_slist_append(w->headers, "Expect:"); /* otherwise curl waits a round trip before it sends the
                                                            * body */
    w->headers = curl_slist_append(w->headers, "Accept: */*");
    if (key.len == 0) {
        buf_add_str(&w->body, plain);
        return;
    }
    id_random(iv, sizeof(iv));
    envelope_encrypt(key, iv, plain, &w->body);
    id_random_hex(nonce, sizeof(nonce) / 2);
    snprintf(timestamp, sizeof(timestamp), "%lld", (long long)(clock_now_ms() / 1000));
    envelope_sign(str_of(timestamp), (struct str){nonce, sizeof(nonce)}, key, buf_str(&w->body), signature);
    add_header(w, "X-Lark-Request-Timestamp", str_of(timestamp));
    add_header(w, "X-Lark-Request-Nonce", (struct str){nonce, sizeof(nonce)});
    add_header(w, "X-Lark-Signature", (struct str){signature, sizeof(signature)});
}

void webhook_setup(const struct webhook *w, CURL *curl, struct outgoing_guard *guard, const char *url,
                   long timeout_ms) {
    outgoing_setup(curl, guard, url, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, w->headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, w->body.ptr);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)w->body.len);
}

void webhook_clear(struct webhook *w) {
    buf_free(&w->body);
    curl_slist_free_all(w->headers);
    *w = (struct webhook){0};
}
