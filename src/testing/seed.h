/* SPDX-License-Identifier: Apache-2.0
 *
 * Seeds: files that say what is to be there (docs/TESTING.md). A seed is read and checked, then applied within one
 * transaction; what is there can be described as a seed again. Members and bounds are described in api/types/seed_*.
 *
 * Functions return 0 or more, or a negative errno; -EINVAL: the findings say what is wrong.
 */
#ifndef HIRED_TESTING_SEED_H
#define HIRED_TESTING_SEED_H

#include <jansson.h>

#include "api_types.h"
#include "base/seal.h"
#include "store/db.h"

#define SEED_FINDINGS_MAX 100
#define SEED_TEMPLATES_MAX 32
#define SEED_TEMPLATE_BYTES_MAX (1u << 20) /* of a template's text */
#define SEED_DEFAULT_TEMPLATE "default"

/* What is wrong in a seed. */
struct seed_finding {
    struct str path; /* "tenants[0].apps[1].scopes[2]"; empty: the whole seed */
    struct str reason;
    unsigned line, column; /* from 1, of the text that was read; 0: not known */
};

struct seed_findings {
    struct seed_finding v[SEED_FINDINGS_MAX];
    size_t n; /* found; may exceed SEED_FINDINGS_MAX */
};

static inline size_t seed_findings_kept(const struct seed_findings *f) {
    return f->n < SEED_FINDINGS_MAX ? f->n : SEED_FINDINGS_MAX;
}

/* A tenant or a template of a seed. */
struct seed_part {
    struct str path;     /* of the tenant: "tenants[0]", "templates[2].tenant" */
    struct str template; /* its name; absent: a tenant */
    struct seed_tenant in;
    json_t *json; /* the same */
    /* For each of in.users: set by seed_prepare. */
    struct str *passwords, *password_hashes;
};

/* Of the accounts in the built-in template. Everybody knows it, so a slow hash would protect nothing. */
#define SEED_KNOWN_PASSWORD "a-password-for-tests"

struct seed {
    struct arena *arena;
    struct str text;
    json_t *json;
    struct seed_part *parts;
    size_t n;
    struct seed_findings findings;
    bool test_mode; /* set by the caller after seed_read: random passwords and SEED_KNOWN_PASSWORD are hashed quickly */
};

/* Reads and checks a seed. Texts are in the arena and in text, which must outlive it. Call seed_end in every case. */
int seed_read(struct seed *s, struct str text, struct arena *a);
void seed_end(struct seed *s);

/* Adds a finding; the path is copied. Returns -EINVAL. */
int seed_find(struct seed *s, struct str path, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Hashes the passwords: some tenths of a second for each that differs. Needs no database. -ENOMEM. */
int seed_prepare(struct seed *s);

/* ---- applying (seed_apply.c) ---- */

struct seed_difference_found {
    struct str path, seed, stands; /* stands absent: nothing */
};

struct seed_outcome {
    int64_t made, stood; /* records */
    struct seed_difference_found differences[SEED_FINDINGS_MAX];
    size_t n_differences; /* found; may exceed SEED_FINDINGS_MAX */
    struct seed_made *tenants;
    size_t n_tenants;
};

/* Makes what is missing, within the caller's transaction, and keeps the templates. Templates are tried out: a tenant is
 * made from each and removed again. Rolls back nothing. */
int seed_apply(struct seed *s, struct db *db, const struct seal *seal, struct seed_outcome *ret);

/* Makes a tenant from a template, which seed_prepare has seen, within the caller's transaction. Nothing is compared:
 * seed_apply has tried it out. */
struct seed_copy {
    struct str name; /* of the tenant; absent: the template's */
    const struct test_request_url *request_urls;
    size_t n_request_urls;
};
int seed_make_copy(struct seed *s, struct seed_part *template, const struct seed_copy *how, struct db *db,
                   const struct seal *seal, struct seed_made *ret);

/* Appends the members of the answer to an applied seed. */
void seed_outcome_write(const struct seed_outcome *o, struct buf *out);

/* ---- templates (seed_template.c) ---- */

/* The text of a template as a seed with one template, in the arena. Returns 1, 0 (there is none) or < 0. The built-in
 * template is found if no other was kept under its name. */
int seed_template_get(struct db *db, struct str name, struct arena *a, struct str *ret);
int seed_template_keep(struct db *db, struct str name, const json_t *tenant, struct arena *a);
/* Names of the kept templates, in the arena. */
int seed_template_names(struct db *db, struct arena *a, struct str_list *ret);

/* ---- describing (seed_dump.c, seed_schema.c) ---- */

/* The tenant as a seed_tenant; NULL: ret_error is a negative errno. */
json_t *seed_dump_tenant(struct db *db, const struct seal *seal, int64_t tenant, struct arena *a, int *ret_error);
/* The whole seed of one tenant (absent: of all), or NULL as above; -ENOENT: there is no such tenant. */
json_t *seed_dump(struct db *db, const struct seal *seal, struct str tenant_key, struct arena *a, int *ret_error);

/* Appends the members of the JSON Schema, without braces. */
void seed_schema_write(struct buf *out);

#endif
