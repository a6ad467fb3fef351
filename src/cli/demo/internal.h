/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the parts of hired demo.
 */
#ifndef HIRED_CLI_DEMO_INTERNAL_H
#define HIRED_CLI_DEMO_INTERNAL_H

#include "cli/demo/demo.h"
#include "gateway/caller/account.h"

#define DEMO_ACCOUNTS 4

struct demo_account {
    enum console_role role;
    struct str user_id, name, en_name;
};

struct demo {
    struct cli *cli;
    struct tenant_row tenant;
    struct app_row app, vendor;
    struct str app_secret, vendor_secret;
    struct str base_url;
    struct str passwords[DEMO_ACCOUNTS];
    int64_t vendor_account;
    int64_t days;               /* before today; 0: none */
    int64_t orders, interviews; /* at least that many */
    bool progress;
};

/* Who signs in to the console; each is one of the demo's people. */
extern const struct demo_account demo_accounts[DEMO_ACCOUNTS];

/* Makes all of it in the directory that the configuration names, with its database. Returns 0, or 1 after telling. */
int demo_make(struct demo *d);

/* Gives apps and accounts new secrets and writes demo.json; the database is open. Returns 0, or 1 after telling. */
int demo_renew(struct demo *d);

/* Where the configuration lets hired serve listen. */
struct str demo_base_url(struct cli *c);

/* DIR/demo.json, in the arena. */
struct str demo_path(struct cli *c);

/* Writes it (mode 0600, in one step). Returns 0, or 1 after telling. */
int demo_write_json(struct demo *d);

#endif
