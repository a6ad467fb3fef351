/* SPDX-License-Identifier: Apache-2.0
 *
 * For src/testing/seed_dump*.c only: a tenant that is being described.
 */
#ifndef HIRED_TESTING_SEED_DUMP_H
#define HIRED_TESTING_SEED_DUMP_H

#include "testing/seed_internal.h"

struct dump {
    struct db *db;
    const struct seal *seal;
    struct arena *arena;
    struct tenant_row tenant;
    struct user_view view;
    struct hire h;
    struct app_row *apps;
    size_t n_apps;
    int error;
};

/* Sets a member, unless the value is absent or empty (false). */
void dump_put(json_t *object, const char *name, struct str value);
void dump_put_true(json_t *object, const char *name, bool value);
/* Sets a list of n records, unless it is empty. */
void dump_put_list(json_t *object, const char *name, const struct record_type *type, const void *v, size_t n);
/* A stored record with user_ids and the links from which files were fetched. */
json_t *dump_spliced(struct dump *d, struct str stored);

json_t *dump_vendors(struct dump *d);
json_t *dump_orders(struct dump *d);

#endif
