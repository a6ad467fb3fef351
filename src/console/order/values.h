/* SPDX-License-Identifier: Apache-2.0
 *
 * What was filled into the vendor's form of an order, as a person may see it.
 */
#ifndef HIRED_CONSOLE_ORDER_VALUES_H
#define HIRED_CONSOLE_ORDER_VALUES_H

#include "api_types.h"
#include "console/console.h"

/* Writes the member "attachments": the files that the values name, with a signed link to each that is kept here. */
int write_order_attachments(struct call *c, struct hire *h, const struct background_check_order *doc);

/* Writes the member "identity_keys": the keys of the values that are numbers of identity documents. To be called before
 * mask_order_values(), since a masked number is no longer recognized by its form. */
void write_identity_keys(struct call *c, const struct background_check_order *doc);

/* Numbers of identity documents among the values are for those who arrange checks (admin, recruiter). For any other
 * person this replaces all but their last four characters, in doc, and returns true if it replaced anything. */
bool mask_order_values(struct call *c, struct background_check_order *doc);

#endif
