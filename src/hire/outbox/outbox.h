/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox: an event is written in the transaction of the change that it reports, with one delivery for each app that
 * receives it. src/events sends the deliveries; nothing is sent from here.
 */
#ifndef HIRED_HIRE_OUTBOX_OUTBOX_H
#define HIRED_HIRE_OUTBOX_OUTBOX_H

#include "api_events.h"
#include "api_types.h"
#include "hire/hire.h"

struct hire_event {
    enum api_event type;
    int64_t account_id; /* not 0: only the app of this vendor account receives the event or, if the account has no app,
                           the tenant's own apps that have no account. 0: every app that qualifies */
    int64_t
        subject_id; /* the order, application, account ... that the event is about; the console searches and shows it */
    const void *event; /* struct NAME_event of the type: eco_background_check_created_v1_event ... */
};

/* Writes an event, within the caller's transaction. An app receives it if at this time it is installed in h->tenant,
 * enabled, subscribed to the type and has one of the type's scopes. Returns 0 or a negative errno. */
int hire_emit(struct hire *h, const struct hire_event *e);

/* Generates a new app_ticket for a store app and writes the event that pushes it (h->tenant is not used). Pushes
 * that are still waiting are superseded. The previous ticket stays valid until the next push. -ENOENT: no such store
 * app. */
int hire_push_app_ticket(struct hire *h, int64_t app);

/* Whether the ticket is valid: the store app's latest one, or the one before it. Returns 1, 0 or < 0. */
int hire_app_ticket_good(struct hire *h, int64_t app, struct str ticket);

enum delivery_state { DELIVERY_WAITS = 0, DELIVERY_DONE = 1, DELIVERY_GIVEN_UP = 2, DELIVERY_SUPERSEDED = 3 };

/* The value of event.type for an event of the platform itself. */
#define EVENT_TYPE_APP_TICKET "app_ticket"

#endif
