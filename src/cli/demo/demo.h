/* SPDX-License-Identifier: Apache-2.0
 *
 * The demo tenant: its files in the binary, and copies of its records for load tests.
 */
#ifndef HIRED_CLI_DEMO_DEMO_H
#define HIRED_CLI_DEMO_DEMO_H

#include "cli/demo/scale.h"
#include "cli/open.h"

#define DEMO_TENANT_KEY "2ed263bf32cf1651"

struct embedded_file {
    const char *name; /* NULL ends the table */
    struct str bytes;
};

extern const struct embedded_file demo_files[]; /* demo/ *.json and demo/reports/ *.pdf, by file name */

/* Copies the tenant's orders, with applications and talents of their own, and its interviews, until there are that
 * many; see scale.h. *ret says what the copied orders are like (orders 0: there are none), and the interviews belong to
 * their applications. Return 0 or a negative errno. */
int demo_clone_orders(struct cli *c, int64_t tenant, int64_t wanted, bool progress, struct scale *ret);
int demo_clone_interviews(struct cli *c, int64_t tenant, const struct scale *orders, int64_t wanted, bool progress);

/* The days before today (days.c): packages, checks, events. Made in one transaction. */
struct demo_days {
    int64_t tenant, own_app, vendor_app, vendor_account;
    struct str recruiter; /* user_id of the recruiter who arranges the checks */
    int64_t days;
};
int demo_make_days(struct cli *c, const struct demo_days *d); /* returns 0, or 1 after an error message */

#endif
