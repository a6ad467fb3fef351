/* SPDX-License-Identifier: Apache-2.0
 *
 * What a vendor pushes of itself: the fields that customers fill in for an account, and for each account the fields of
 * an order, its packages and add-on items. Each change is whole or not at all: a refusal (always REFUSED_PARAMETER)
 * means that nothing of the call was done once the caller has undone the transaction.
 */
#ifndef HIRED_HIRE_VENDOR_FORM_H
#define HIRED_HIRE_VENDOR_FORM_H

#include "api_types.h"
#include "hire/hire.h"

#define VENDOR_FIELDS_MAX 100   /* of one form */
#define VENDOR_OPTIONS_MAX 500  /* of one field */
#define VENDOR_PACKAGES_MAX 500 /* of one account and kind */

/* As the store has it: never renumber. */
enum vendor_form { FORM_CHECK_ACCOUNT = 1, FORM_EXAM_ACCOUNT = 2, FORM_ORDER = 3 };
enum vendor_package_kind { PACKAGE_WHOLE = 1, PACKAGE_ITEM = 2 };

/* ---- the fields of an account: of the app that defines them, within the tenant; scope is 1 or 2 ---- */

/* Replaces the form. A key that was deleted may not come again. */
int account_fields_create(struct hire *h, int64_t app, const struct eco_account_custom_field_create_body *in);
/* Changes names and descriptions of fields that are there; an absent description stays. */
int account_fields_update(struct hire *h, int64_t app, const struct eco_account_custom_field_batch_update_body *in);
/* At least one field must stay. */
int account_fields_delete(struct hire *h, int64_t app, const struct eco_account_custom_field_batch_delete_body *in);
/* app 0: those of all apps of the tenant that are bound to no account, of a key the first one. In the arena. */
int account_fields_list(struct hire *h, int64_t app, enum vendor_form form,
                        struct eco_account_custom_field_data_list *ret);

/* ---- the fields of orders of an account (which h->only_app must be allowed to know) ---- */

int order_fields_create(struct hire *h, const struct eco_background_check_custom_field_create_body *in);
/* All fields must be given, with their types and the keys of their options; names and descriptions change. */
int order_fields_update(struct hire *h, const struct eco_background_check_custom_field_batch_update_body *in);
/* Deletes all of them. */
int order_fields_delete(struct hire *h, const struct eco_background_check_custom_field_batch_delete_body *in);
int order_fields_list(struct hire *h, int64_t account, struct eco_background_check_custom_field_data_list *ret);

/* ---- packages and add-on items of an account ---- */

int packages_create(struct hire *h, const struct eco_background_check_package_create_body *in);
int packages_update(struct hire *h, const struct eco_background_check_package_batch_update_body *in);
int packages_delete(struct hire *h, const struct eco_background_check_package_batch_delete_body *in);

struct vendor_package {
    struct str id, name, description;
};
/* In the order in which they came, in the arena. */
int packages_list(struct hire *h, int64_t account, enum vendor_package_kind kind, struct vendor_package **ret,
                  size_t *ret_n);
/* Returns 1, 0 (none such) or < 0. */
int package_get(struct hire *h, int64_t account, enum vendor_package_kind kind, struct str id,
                struct vendor_package *ret);

#endif
