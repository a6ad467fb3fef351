/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates that are ready for use: read, checked, and with hashed passwords, because hashing takes some tenths of a
 * second. A template that was replaced is read again.
 */
#ifndef HIRED_TESTING_TEMPLATE_CACHE_H
#define HIRED_TESTING_TEMPLATE_CACHE_H

#include "gateway/call.h"
#include "testing/seed.h"

#define TEST_TENANTS_MAX 10000 /* tenants that a server in the test mode may have */

struct template_cache;
struct template_use;

struct template_cache *template_cache_new(void);
struct template_cache *template_cache_free(struct template_cache *t); /* takes NULL; returns NULL */

/* Any thread. Returns the last template that was used under this name, which may have been replaced, to be given back
 * with template_cache_done; NULL: none was used. */
struct template_use *template_cache_last(struct template_cache *t, struct str name);
/* The same as it is in the database now; may take some tenths of a second. Returns 1, 0: there is none; or < 0. */
int template_cache_use(struct template_cache *t, struct call *c, struct str name, struct template_use **ret);
struct seed_part *template_use_part(struct template_use *use);
/* Whether it is the one that is kept now. Returns 1, 0, or < 0. */
int template_use_is_new(const struct template_use *use, struct db *db, struct arena *a);
void template_cache_done(struct template_cache *t, struct template_use *use);

#endif
