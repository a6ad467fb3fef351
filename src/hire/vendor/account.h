/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant's accounts at vendors: add, edit and assign to an app. The values of the vendor's form are checked and the
 * vendor gets an event.
 */
#ifndef HIRED_HIRE_VENDOR_ACCOUNT_H
#define HIRED_HIRE_VENDOR_ACCOUNT_H

#include "api_types.h"
#include "hire/tenant/tenant.h"

enum vendor_scope { VENDOR_CHECKS = 1, VENDOR_EXAMS = 2 };
enum vendor_usage { USAGE_SOCIAL = 1, USAGE_CAMPUS = 2 };

struct vendor_account_filled {
    struct vendor_account account; /* the input of vendor_account_add; app: the vendor's app, 0: none */
    struct int_list usages;        /* enum vendor_usage; empty: social */
    struct eco_account_custom_field_event_data_list values;
};

/* Adds an account with values for the vendor's custom fields and sends the vendor hire.eco_account.created_v1.
 * Refuses unknown keys, keys given twice, a required field that is empty, and what vendor_account_add refuses. */
int vendor_account_create(struct hire *h, const struct vendor_account_filled *in, int64_t *ret_id);

/* Assigns the account to another app (0: none), which gets the same event as for a new account. */
int vendor_account_assign(struct hire *h, int64_t id, int64_t app);

struct vendor_account_edit {
    struct opt_int app;                                            /* 0: none */
    struct str name, provider_zh, provider_en;                     /* absent: unchanged */
    const struct eco_account_custom_field_event_data_list *values; /* NULL: unchanged */
};

/* Changes the given members. If the app changes, or the name or a value that the app knows, the account's app gets
 * the same event as for a new account, with the same account_id, and *ret_told is true. Refuses values as
 * vendor_account_create does, an empty name, and an unknown account. */
int vendor_account_edit(struct hire *h, int64_t id, const struct vendor_account_edit *in, bool *ret_told);

/* Reads the values of an account. Returns 1, 0 (the account is unknown, or an import created it) or < 0. In the
 * arena. */
int vendor_account_filled(struct hire *h, int64_t id, struct eco_account_created_v1_event *ret);

#endif
