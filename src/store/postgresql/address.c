/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: takes the user's address of the database apart.
 */
#include "store/postgresql/address.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/invariant.h"

struct pg_address {
    PQconninfoOption *options; /* all that libpq knows; val is NULL where the user said nothing */
    unsigned hosts, connect_ms;
};

#define CONNECT_MS 5000

/* Used where the user says nothing. A peer that is gone is noticed after about 20 seconds. */
static const struct {
    const char *name, *value;
} defaults[] = {
    {"application_name", "hired"}, {"keepalives_idle", "5"},     {"keepalives_interval", "2"},
    {"keepalives_count", "3"},     {"tcp_user_timeout", "5000"},
};

static const char *option_of(const struct pg_address *d, const char *name) {
    for (const PQconninfoOption *o = d->options; o->keyword; o++)
        if (strcmp(o->keyword, name) == 0)
            return o->val;
    return NULL;
}

static unsigned count_items(const char *list) {
    unsigned n = 1;
    for (; list && *list; list++)
        n += *list == ',';
    return n;
}

/* The item at place in a list with commas; of a list with one item, that item. */
static const char *item_of(struct arena *a, const char *list, unsigned place) {
    struct str rest = str_of(list), item = str_cut(&rest, ',');
    while (place-- > 0 && !str_is_absent(rest))
        item = str_cut(&rest, ',');
    return arena_dup(a, item).ptr;
}

static unsigned connect_ms_of(const struct pg_address *d, unsigned otherwise_ms) {
    const char *text = option_of(d, "connect_timeout");
    int64_t seconds;
    if (text && str_to_i64(str_of(text), &seconds) == 0 && seconds > 0 && seconds <= 3600)
        return (unsigned)seconds * 1000;
    return otherwise_ms ? otherwise_ms : CONNECT_MS;
}

static int refuse(struct str *ret_why) {
    *ret_why =
        STR("The address of the database cannot be read: write postgresql://USER@HOST:PORT/DATABASE, or key=value "
            "pairs as libpq takes them. In a URL, the characters @ : / % of a password are written %40 %3A %2F %25.");
    return -EINVAL;
}

/* libpq's own message may contain a part of the password, so it is not shown. The same is true for the name of a host
 * with a character that only a password with an unescaped "@" or ":" brings there. */
int pg_address_new(struct pg_address **ret, const char *url, unsigned connect_ms, struct str *ret_why) {
    char *message = NULL;
    struct pg_address *d = mem_alloc(sizeof(*d));
    d->options = url && *url ? PQconninfoParse(url, &message) : NULL;
    PQfreemem(message);
    const char *host = d->options ? option_of(d, "host") : NULL, *ports = d->options ? option_of(d, "port") : NULL;
    const char *addresses = d->options ? option_of(d, "hostaddr") : NULL;
    bool odd = (host && strpbrk(host, "@:?#%")) || (ports && strspn(ports, "0123456789,") != strlen(ports));
    if (!d->options || odd || (host && addresses && count_items(host) != count_items(addresses))) {
        pg_address_free(d);
        return refuse(ret_why);
    }
    d->hosts = count_items(host ? host : addresses);
    if (ports && count_items(ports) != 1 && count_items(ports) != d->hosts) {
        pg_address_free(d);
        *ret_why = STR("The address of the database names several ports, but not one for each host.");
        return -EINVAL;
    }
    /* libpq would take the user's name. */
    const char *database = option_of(d, "dbname"), *service = option_of(d, "service");
    if (!(database && *database) && !(service && *service) && !getenv("PGDATABASE")) {
        pg_address_free(d);
        *ret_why = STR("The address of the database names no database: write postgresql://USER@HOST:PORT/DATABASE.");
        return -EINVAL;
    }
    d->connect_ms = connect_ms_of(d, connect_ms);
    *ret = d;
    return 0;
}

struct pg_address *pg_address_free(struct pg_address *d) {
    if (d)
        PQconninfoFree(d->options);
    free(d);
    return NULL;
}

unsigned pg_address_hosts(const struct pg_address *d) {
    return d->hosts;
}

unsigned pg_address_connect_ms(const struct pg_address *d) {
    return d->connect_ms;
}

static void add(struct pg_keywords *k, unsigned *n, const char *name, const char *value) {
    if (!INVARIANT(*n < PG_KEYWORDS_MAX))
        return;
    k->names[*n] = name;
    k->values[(*n)++] = value;
}

void pg_address_keywords(const struct pg_address *d, unsigned host, struct arena *a, struct pg_keywords *ret) {
    unsigned n = 0;
    *ret = (struct pg_keywords){{0}, {0}};
    for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
        if (!option_of(d, defaults[i].name))
            add(ret, &n, defaults[i].name, defaults[i].value);
    for (const PQconninfoOption *o = d->options; o->keyword; o++) {
        bool per_host =
            strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "hostaddr") == 0 || strcmp(o->keyword, "port") == 0;
        if (o->val && strcmp(o->keyword, "client_encoding") != 0)
            add(ret, &n, o->keyword, per_host ? item_of(a, o->val, host) : o->val);
    }
    add(ret, &n, "client_encoding", "UTF8");
}
