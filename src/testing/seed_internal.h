/* SPDX-License-Identifier: Apache-2.0
 *
 * For src/testing/seed_*.c only: a seed that is being applied.
 */
#ifndef HIRED_TESTING_SEED_INTERNAL_H
#define HIRED_TESTING_SEED_INTERNAL_H

#include "gateway/caller/app.h"
#include "gateway/caller/tenant.h"
#include "gateway/users.h"
#include "hire/hire.h"
#include "testing/seed.h"

struct seed_app_row {
    const struct seed_app *in; /* NULL: the seed does not name it */
    struct app_row row;
    struct str secret;        /* absent: the app existed before */
    struct str events_before; /* types that it was subscribed to, separated by spaces */
};

struct seed_work {
    struct seed *seed;
    struct seed_part *part;
    struct db *db;
    const struct seal *seal;
    struct arena *arena;
    struct hire h;
    int64_t start_ms; /* the stamp of the transaction */
    struct tenant_row tenant;
    bool fresh;                /* the tenant is new */
    bool copy;                 /* made from a template: names that all tenants share are made unique */
    json_t *stands;            /* {list: {key: record}} of what was there before; NULL: nothing */
    struct seed_app_row *apps; /* all of the tenant */
    size_t n_apps;
    bool *account_made; /* for each of the users: its console account is new */
    struct seed_outcome *out;
};

/* The lists of a tenant's records (seed_read.c). */
struct seed_list {
    const char *name;               /* in the seed: "job_levels" */
    const char *key;                /* the member that identifies a record: "job_level_id" */
    const char *kind;               /* in the table reference: "job_level"; NULL: it has a table and rules of its own */
    const struct record_type *type; /* as api/ describes it; NULL: no operation answers it yet */
    const char *const *user_members; /* members at any depth whose texts are users' ids; ended by NULL */
};
extern const struct seed_list seed_lists[];
extern const size_t n_seed_lists;
/* NULL: there is none with that name. */
const struct seed_list *seed_list_find(struct str name);

/* A member's text; absent if it has none. */
struct str seed_text(const json_t *object, const char *name);

/* "tenants[0].apps[1]" */
struct str seed_item_path(const struct seed_work *w, const char *list, size_t i);

/* The refusal of the domain, or -EEXIST, at a path. Returns -EINVAL; another negative errno as it is; 0 or more as it
 * is. */
int seed_judge(struct seed_work *w, int r, struct str path);

/* Whether the record was there before; counts it. */
bool seed_stands(struct seed_work *w, const char *list, struct str key);

/* The app with that name: NULL after a finding at path. */
const struct seed_app_row *seed_app_named(struct seed_work *w, struct str name, struct str path);

/* Each makes what is missing of its lists. */
int seed_make_apps(struct seed_work *w);
int seed_make_users(struct seed_work *w);
int seed_make_records(struct seed_work *w); /* references and applications */
int seed_make_vendors(struct seed_work *w);
int seed_make_orders(struct seed_work *w);
int seed_make_interviews(struct seed_work *w);
/* Apps get their events at the end, so that a seed sends none. */
int seed_subscribe(struct seed_work *w);
int seed_unsubscribe(struct seed_work *w);

/* The internal id of a user_id, which is made if it is unknown. "" is 0. */
int seed_user(struct seed_work *w, struct str user_id, int64_t *ret_uid);

/* Callback of record_each_user(): replaces a user_id by the internal id; ctx is the work. */
int seed_map_user(void *ctx, struct str *value, struct str path);

/* Compares the seed with what is there now. Differences of new records are findings (seed_compare.c). */
int seed_compare(struct seed_work *w);

/* Describes a made tenant for the caller. */
int seed_describe(struct seed_work *w, struct seed_made *ret);

/* {list: {key: record}} of a dump. */
json_t *seed_index(const json_t *tenant);

/* The text of package as its name, if it is the id of one of the account's packages; otherwise as it is. */
int seed_package_name(struct hire *h, int64_t account, struct str package, struct str *ret);

#endif
