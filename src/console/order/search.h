/* SPDX-License-Identifier: Apache-2.0
 *
 * Background checks by the name of the candidate or the vendor.
 */
#ifndef HIRED_CONSOLE_ORDER_SEARCH_H
#define HIRED_CONSOLE_ORDER_SEARCH_H

#include "console/list.h"
#include "console/vendor/time.h"

/* What the list of background checks is filtered by. */
struct order_search {
    struct str text;                      /* "": any */
    int64_t status, account, application; /* 0: any */
    int64_t phase;                        /* -1: any */
    bool late;                            /* only orders that are late by times */
    int64_t completed_since;              /* not 0: only orders completed since then */
    struct vendor_times times;            /* read where late is set */
};

/* Orders whose candidate or vendor has the text in their name: writes the rows of the page that list_begin has opened.
 * Returns 0 or < 0. */
int order_search(struct list *l, const struct order_search *in);

#endif
