/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of an order's custom fields, as the signed-in person may see them.
 */
#ifndef HIRED_CONSOLE_ORDER_VALUES_H
#define HIRED_CONSOLE_ORDER_VALUES_H

#include "api_types.h"
#include "console/console.h"

/* Writes the member "attachments": the files that the values name, with a signed link to each file that is kept
 * here. */
int write_order_attachments(struct call *c, struct hire *h, const struct background_check_order *doc);

/* Writes the member "identity_keys": the keys of the values that are numbers of identity documents. Call this before
 * mask_order_values(), because a masked number is no longer recognized by its form. */
void write_identity_keys(struct call *c, const struct background_check_order *doc);

/* Numbers of identity documents are shown to admins and recruiters only. For any other person this masks them in
 * doc, except their last four characters, and returns true if it masked anything. */
bool mask_order_values(struct call *c, struct background_check_order *doc);

#endif
