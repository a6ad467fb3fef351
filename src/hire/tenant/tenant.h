/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant's approval switches and its accounts at background check vendors.
 */
#ifndef HIRED_HIRE_TENANT_TENANT_H
#define HIRED_HIRE_TENANT_TENANT_H

#include "hire/hire.h"

struct tenant_approvals {
    bool arrangement; /* arrangements wait for an approver */
    bool report;      /* final reports wait for an approver */
};

/* -ENOENT: there is no such tenant. */
int tenant_approvals_get(struct hire *h, struct tenant_approvals *ret);

/* Applies to later actions only: orders that wait for an approver continue to wait. */
int tenant_approvals_set(struct hire *h, const struct tenant_approvals *in);

struct vendor_account {
    int64_t id;
    struct str name;        /* what the tenant calls it */
    struct str provider_id; /* the vendor's id, as orders have it */
    struct str provider_zh, provider_en;
    int third_type; /* account_third_type of its orders: 1, 2, 3 or 127 */
    int64_t app;    /* the vendor's app, which may update its orders; 0: none */
    int64_t created_ms;
};

/* Adds an account. If id is 0, an id is generated; created_ms is set here. Refuses an empty name or provider_id, an
 * unknown third_type, and an id that exists. */
int vendor_account_add(struct hire *h, const struct vendor_account *in, int64_t *ret_id);

/* Returns 1 and the account (texts in the arena), 0 if there is none, or < 0. */
int vendor_account_get(struct hire *h, int64_t id, struct vendor_account *ret);

/* Reads an account id from the wire. Refuses with one message a text that is not an id, an account that does not
 * exist, and one that is not h->only_app's. */
int vendor_account_known(struct hire *h, struct str account_id, int64_t *ret);

/* The oldest account at that provider. Returns 1, 0 or < 0. */
int vendor_account_find(struct hire *h, struct str provider_id, int64_t *ret_id);

/* All accounts, in the order of their ids, in the arena. */
int vendor_account_list(struct hire *h, struct vendor_account **ret, size_t *ret_n);

/* Allows this app (0: none), and no other vendor's app, to read and update the account's orders. Refuses an unknown
 * account. */
int vendor_account_bind(struct hire *h, int64_t id, int64_t app);

#endif
