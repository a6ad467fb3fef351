/* SPDX-License-Identifier: Apache-2.0
 *
 * The demo tenant: its files in the binary, and copies of its records for load tests.
 */
#ifndef HIRED_CLI_DEMO_DEMO_H
#define HIRED_CLI_DEMO_DEMO_H

#include "cli/open.h"

#define DEMO_TENANT_KEY "2ed263bf32cf1651"

struct embedded_file {
    const char *name; /* NULL ends the table */
    struct str bytes;
};

extern const struct embedded_file demo_files[]; /* demo/ *.json and demo/reports/ *.pdf, by file name */

/* Copies the tenant's orders and interviews until there are that many, with their own ids and times; the same ones in
 * every run. Half of the orders can be updated by the vendor whose account is given. Returns 0 or a negative errno. */
int demo_clone_orders(struct cli *c, int64_t tenant, int64_t vendor_account, int64_t wanted, bool progress);
int demo_clone_interviews(struct cli *c, int64_t tenant, int64_t wanted, bool progress);

/* The days before today (days.c): packages, checks, events. Made in one transaction. */
struct demo_days {
    int64_t tenant, own_app, vendor_app, vendor_account;
    struct str recruiter; /* user_id of the recruiter who arranges the checks */
    int64_t days;
};
int demo_make_days(struct cli *c, const struct demo_days *d); /* returns 0, or 1 after an error message */

#endif
