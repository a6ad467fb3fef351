/* SPDX-License-Identifier: Apache-2.0
 *
 * Interfaces between the files of hired demo.
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
    int64_t days;               /* number of days before today; 0: none */
    int64_t orders, interviews; /* minimum numbers of records */
    bool progress;
};

/* Console accounts; each belongs to a person of the demo. */
extern const struct demo_account demo_accounts[DEMO_ACCOUNTS];

/* Makes the whole demo in the configuration's data directory, with a new database. Returns 0, or 1 after an error
 * message. */
int demo_make(struct demo *d);

/* Gives apps and accounts new secrets and writes demo.json; the database must be open. Returns 0, or 1 after an error
 * message. */
int demo_renew(struct demo *d);

/* The URL at which hired serve would listen by the configuration. */
struct str demo_base_url(struct cli *c);

/* The path of DIR/demo.json, in the arena. */
struct str demo_path(struct cli *c);

/* Writes demo.json (mode 0600, by rename). Returns 0, or 1 after an error message. */
int demo_write_json(struct demo *d);

#endif
