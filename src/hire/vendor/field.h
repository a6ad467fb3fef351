/* SPDX-License-Identifier: Apache-2.0
 *
 * The forms that vendors push: the fields that customers fill in for an account, and for each account the fields of an
 * order. After a refusal (always REFUSED_PARAMETER) the caller must roll the transaction back, because a part of the
 * call may have been written.
 */
#ifndef HIRED_HIRE_VENDOR_FIELD_H
#define HIRED_HIRE_VENDOR_FIELD_H

#include "api_types.h"
#include "hire/hire.h"

#define VENDOR_FIELDS_MAX 100  /* of one form */
#define VENDOR_OPTIONS_MAX 500 /* of one field */

/* Stored in the database: never renumber. */
enum vendor_form { FORM_CHECK_ACCOUNT = 1, FORM_EXAM_ACCOUNT = 2, FORM_ORDER = 3 };

/* ---- the fields of an account, which belong to the app that defines them and to the tenant; scope is 1 or 2 ---- */

/* Replaces the form. Refuses a key that account_fields_delete() deleted. */
int account_fields_create(struct hire *h, int64_t app, const struct eco_account_custom_field_create_body *in);
/* Changes names and descriptions of existing fields; an absent description stays unchanged. */
int account_fields_update(struct hire *h, int64_t app, const struct eco_account_custom_field_batch_update_body *in);
/* Deletes fields. Refuses to delete all of them. */
int account_fields_delete(struct hire *h, int64_t app, const struct eco_account_custom_field_batch_delete_body *in);
/* Reads the fields. app 0: those of all the tenant's own apps that have no account; of several fields with one key,
 * the first. In the arena. */
int account_fields_list(struct hire *h, int64_t app, enum vendor_form form,
                        struct eco_account_custom_field_data_list *ret);

/* ---- the fields of orders of an account; the account must be h->only_app's ---- */

int order_fields_create(struct hire *h, const struct eco_background_check_custom_field_create_body *in);
/* Changes names and descriptions. All fields must be given, with the same types and the same keys of options. */
int order_fields_update(struct hire *h, const struct eco_background_check_custom_field_batch_update_body *in);
/* Deletes all fields of the account's orders. */
int order_fields_delete(struct hire *h, const struct eco_background_check_custom_field_batch_delete_body *in);
int order_fields_list(struct hire *h, int64_t account, struct eco_background_check_custom_field_data_list *ret);

#endif
