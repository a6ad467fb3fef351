/* SPDX-License-Identifier: Apache-2.0
 *
 * Search for background checks by the name of the candidate or the vendor.
 */
#ifndef HIRED_CONSOLE_ORDER_SEARCH_H
#define HIRED_CONSOLE_ORDER_SEARCH_H

#include "console/list.h"
#include "console/vendor/time.h"

/* The filters of the list of background checks. */
struct order_search {
    struct str text;                      /* "": any */
    int64_t status, account, application; /* 0: any */
    int64_t phase;                        /* -1: any */
    bool late;                            /* only orders that are late according to times */
    int64_t completed_since;              /* not 0: only orders completed since then */
    struct vendor_times times;            /* filled if late is set */
};

/* Writes the page that list_begin has opened with the orders whose candidate's or vendor's name contains the text.
 * Returns 0 or < 0. */
int order_search(struct list *l, const struct order_search *in);

#endif
