/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a customer share: what it knows of its order (customer.c), and how it arranges one
 * (customer_arrange.c).
 */
#ifndef HIRED_ROBOT_CUSTOMER_H
#define HIRED_ROBOT_CUSTOMER_H

#include "robot/internal.h"

#define CUSTOMER_ORDERS "/open-apis/hire/v1/background_check_orders" /* where it sees the order */

struct customer {
    const struct scenario *scenario;
    char application_id[24], account_id[24], order_id[24];
    int64_t due_ms;  /* when it acts or looks next; ROBOT_NEVER: after the next notice */
    int tries;       /* of the call that failed last */
    size_t decided;  /* reports that were decided about */
    int status;      /* as it was seen last */
    bool has_result; /* there is a final report: what is approved now is the report */
    size_t results, interims, stages;
    int64_t seen_ms;   /* when the state was seen first that the next act is about; 0: none */
    int64_t looked_ns; /* clock_mono_ns() of the last look */
    bool arranged, over;
};

/* Arranges the check: chooses application, account and package, fills in the vendor's form, and sets order_id. */
struct act customer_arrange(struct robot *r, struct customer *c);

#endif
