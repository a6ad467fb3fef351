/* SPDX-License-Identifier: Apache-2.0
 *
 * One outgoing POST of an event or a challenge: its body, signature and curl options.
 */
#ifndef HIRED_EVENTS_DELIVERY_WEBHOOK_H
#define HIRED_EVENTS_DELIVERY_WEBHOOK_H

#include "base/buf.h"
#include "events/outgoing.h"

struct webhook {
    struct buf body;
    struct curl_slist *headers;
};

#define WEBHOOK_CLEANUP __attribute__((cleanup(webhook_clear)))

/* Sets body and headers: encrypted and signed if key is not empty, otherwise the plain body. */
void webhook_prepare(struct webhook *w, struct str key, struct str plain);

/* Sets up a new curl handle; w and guard must outlive the transfer. Redirects are not followed. */
void webhook_setup(const struct webhook *w, CURL *curl, struct outgoing_guard *guard, const char *url, long timeout_ms);

/* Frees what webhook_prepare allocated; w may be prepared again. */
void webhook_clear(struct webhook *w);

#endif
