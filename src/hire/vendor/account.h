/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant adds its account at a vendor, fills in what the vendor asks for, and the vendor hears of it.
 */
#ifndef HIRED_HIRE_VENDOR_ACCOUNT_H
#define HIRED_HIRE_VENDOR_ACCOUNT_H

#include "api_types.h"
#include "hire/tenant/tenant.h"

enum vendor_scope { VENDOR_CHECKS = 1, VENDOR_EXAMS = 2 };
enum vendor_usage { USAGE_SOCIAL = 1, USAGE_CAMPUS = 2 };

struct vendor_account_filled {
    struct vendor_account account; /* as vendor_account_add takes it; app: the vendor's, 0: none */
    struct int_list usages;        /* enum vendor_usage; none: social */
    struct eco_account_custom_field_event_data_list values;
};

/* Adds the account with the vendor's custom fields filled in and tells the vendor (hire.eco_account.created_v1).
 * Refuses unknown keys, keys given twice, a required field that is empty, and what vendor_account_add refuses. */
int vendor_account_create(struct hire *h, const struct vendor_account_filled *in, int64_t *ret_id);

/* Binds the account to another app (0: none), which is told of it as if it had been added now. */
int vendor_account_assign(struct hire *h, int64_t id, int64_t app);

struct vendor_account_edit {
    struct opt_int app;                                            /* 0: none */
    struct str name, provider_zh, provider_en;                     /* absent: stays */
    const struct eco_account_custom_field_event_data_list *values; /* NULL: stay */
};

/* Changes what was given. The app that is bound then is told (*ret_told) if it is another one than before, or if the
 * name or a value that it knows has changed: by the same event as of a new account, with the same account_id. Refuses
 * what vendor_account_create refuses of values, an empty name, and an unknown account. */
int vendor_account_edit(struct hire *h, int64_t id, const struct vendor_account_edit *in, bool *ret_told);

/* What was filled in. Returns 1, 0 (the account is unknown, or an import made it) or < 0. In the arena. */
int vendor_account_filled(struct hire *h, int64_t id, struct eco_account_created_v1_event *ret);

/* The account that a vendor names by its id on the wire. Refuses what is no id, does not exist, or is not
 * h->only_app's, all in the same words. */
int vendor_account_known(struct hire *h, struct str account_id, int64_t *ret);

#endif
