/* SPDX-License-Identifier: Apache-2.0
 *
 * Background checks by the name of the candidate or the vendor.
 */
#ifndef HIRED_CONSOLE_ORDER_SEARCH_H
#define HIRED_CONSOLE_ORDER_SEARCH_H

#include "console/list.h"

struct order_search {
    struct str text;         /* of any length but 0 */
    int64_t status, account; /* 0: any */
};

/* Writes the rows of the page that list_begin has opened. Returns 0 or < 0. */
int order_search(struct list *l, const struct order_search *in);

#endif
