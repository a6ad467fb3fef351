/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: what a user gave to name the database, a URL or a list of key=value. It may contain a
 * password, so no sentence repeats it.
 */
#ifndef HIRED_STORE_POSTGRESQL_ADDRESS_H
#define HIRED_STORE_POSTGRESQL_ADDRESS_H

#include "base/arena.h"

struct pg_address;

/* Takes url apart. connect_ms: the time for an attempt to reach one host if the URL says none; 0: 5 s. Returns 0, or
 * -EINVAL with a sentence in *ret_why. */
int pg_address_new(struct pg_address **ret, const char *url, unsigned connect_ms, struct str *ret_why);
struct pg_address *pg_address_free(struct pg_address *d); /* takes NULL; returns NULL */

/* The number of hosts, at least 1, and the time for an attempt to reach one of them. */
unsigned pg_address_hosts(const struct pg_address *d);
unsigned pg_address_connect_ms(const struct pg_address *d);

/* Keywords and values for PQconnectStartParams(), to reach one host. */
#define PG_KEYWORDS_MAX 80
struct pg_keywords {
    const char *names[PG_KEYWORDS_MAX + 1];
    const char *values[PG_KEYWORDS_MAX + 1];
};

/* ret refers to the address, and to the arena. */
void pg_address_keywords(const struct pg_address *d, unsigned host, struct arena *a, struct pg_keywords *ret);

#endif
