/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox: an event is written in the transaction of the change it tells of, with a delivery for each app that is to
 * hear of it. src/events delivers them; nothing is sent from here.
 */
#ifndef HIRED_HIRE_OUTBOX_OUTBOX_H
#define HIRED_HIRE_OUTBOX_OUTBOX_H

#include "api_events.h"
#include "api_types.h"
#include "hire/hire.h"

struct hire_event {
    enum api_event type;
    int64_t account_id; /* an event of a vendor account goes to that account's app alone, and if none is bound to it, to
                         * the tenant's own apps that are bound to no account; 0: to every app that qualifies */
    int64_t subject_id; /* the order, application, account ... that it is about; for people who look through events */
    const void *event;  /* struct NAME_event of the type: eco_background_check_created_v1_event ... */
};

/* Within the caller's transaction. An app receives the event if it is installed in h->tenant, enabled, subscribed to
 * the type and holds one of its scopes, all as of now. Returns 0 or a negative errno. */
int hire_emit(struct hire *h, const struct hire_event *e);

/* Makes a new app_ticket for a store app and writes the event that pushes it (h->tenant does not matter). Tickets that
 * are still on their way are superseded; the one before stays good until the next push. -ENOENT: no such store app. */
int hire_push_app_ticket(struct hire *h, int64_t app);

/* Whether that is a ticket the store app may use now: the last one, or the one before it. Returns 1, 0 or < 0. */
int hire_app_ticket_good(struct hire *h, int64_t app, struct str ticket);

enum delivery_state { DELIVERY_WAITS = 0, DELIVERY_DONE = 1, DELIVERY_GIVEN_UP = 2, DELIVERY_SUPERSEDED = 3 };

/* What an event of the platform itself is called in event.type. */
#define EVENT_TYPE_APP_TICKET "app_ticket"

#endif
