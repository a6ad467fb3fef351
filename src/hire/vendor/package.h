/* SPDX-License-Identifier: Apache-2.0
 *
 * The packages and add-on items that a vendor pushes for an account. After a refusal (always REFUSED_PARAMETER) the
 * caller must roll the transaction back, because a part of the call may have been written.
 */
#ifndef HIRED_HIRE_VENDOR_PACKAGE_H
#define HIRED_HIRE_VENDOR_PACKAGE_H

#include "api_types.h"
#include "hire/hire.h"

#define VENDOR_PACKAGES_MAX 500 /* of one account and kind */

/* Stored in the database: never renumber. */
enum vendor_package_kind { PACKAGE_WHOLE = 1, PACKAGE_ITEM = 2 };

int packages_create(struct hire *h, const struct eco_background_check_package_create_body *in);
int packages_update(struct hire *h, const struct eco_background_check_package_batch_update_body *in);
int packages_delete(struct hire *h, const struct eco_background_check_package_batch_delete_body *in);

struct vendor_package {
    struct str id, name, description;
};
/* In the order in which they were pushed, in the arena. */
int packages_list(struct hire *h, int64_t account, enum vendor_package_kind kind, struct vendor_package **ret,
                  size_t *ret_n);
/* Whether the account has packages or add-on items: 1, 0 or < 0. */
int packages_any(struct hire *h, int64_t account);
/* Returns 1, 0 (there is none) or < 0. */
int package_get(struct hire *h, int64_t account, enum vendor_package_kind kind, struct str id,
                struct vendor_package *ret);

#endif
