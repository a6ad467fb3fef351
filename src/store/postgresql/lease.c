/* SPDX-License-Identifier: Apache-2.0
 *
 * Node numbers and the right to serve, as advisory locks of a session.
 */
#include "store/lease.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "store/postgresql/postgresql.h"

#define CONNECT_MS 5000
#define ANSWER_MS 5000

struct lease {
    struct pg_db db; /* only its address and its connection are used */
    int node;        /* -1: none was taken */
    bool serving;
    char name[32]; /* of its sessions, and of no others */
};

/* These notice a machine that is gone. */
static const char settings[] =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 20000; SET idle_session_timeout = 0; SET statement_timeout = 4000;";
/* A server asks several times a second (lease_keep); one that hangs loses the right to serve. */
static const char serving_settings[] = "SET idle_session_timeout = 20000";

static void disconnect(struct lease *l) {
    if (l->db.conn)
        PQfinish(l->db.conn);
    l->db.conn = NULL;
}

/* Runs SQL. Returns 1 if its value is true, 0 if not, or -EIO; then the connection is closed. */
static int ask(struct lease *l, const char *sql) {
    PGresult *result = NULL;
    int r = l->db.conn ? pg_script(l->db.conn, sql, clock_mono_ns() + ANSWER_MS * INT64_C(1000000), &result) : -EIO;
    if (r == 0 && PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        r = PQgetvalue(result, 0, 0)[0] == 't';
    else if (r < 0 || PQresultStatus(result) != PGRES_COMMAND_OK)
        r = -EIO;
    PQclear(result);
    if (r < 0)
        disconnect(l);
    return r;
}

/* After a network failure the database's server may keep the session before this one, and with it the locks, until it
 * notices: they would seem to be another process's. Ends it. Returns 1, 0 if it has not ended yet, or -EIO. */
static int end_old_session(struct lease *l, struct arena *a) {
    return ask(l, arena_printf(a,
                               "SELECT COALESCE(bool_and(pg_terminate_backend(pid, 2000)), true)"
                               " FROM pg_stat_activity WHERE application_name = '%s' AND pid <> pg_backend_pid()",
                               l->name)
                      .ptr);
}

static int connect_to(struct lease *l, struct arena *a, struct str *ret_why) {
    int r = pg_reach(&l->db, a, ret_why);
    if (r < 0)
        return r;
    struct str name = arena_printf(a, "SET application_name = '%s'", l->name);
    if (PQsetnonblocking(l->db.conn, 1) != 0 || ask(l, settings) < 0 || end_old_session(l, a) != 1 ||
        ask(l, name.ptr) < 0) {
        disconnect(l);
        *ret_why = STR("The database server broke the connection while it was set up.");
        return -EHOSTUNREACH;
    }
    return 0;
}

int lease_new(struct lease **ret, const struct db_options *o, struct arena *a, struct str *ret_why) {
    struct lease *l = mem_alloc(sizeof(*l));
    *l = (struct lease){.node = -1, .name = "hired-"};
    id_random_hex(l->name + strlen(l->name), 8);
    int r = pg_address_new(&l->db.address, o->url, ret_why);
    if (r == 0) {
        unsigned given_ms = pg_address_connect_ms(l->db.address);
        l->db.connect_ms = given_ms ? given_ms : o->connect_ms ? o->connect_ms : CONNECT_MS;
        r = connect_to(l, a, ret_why);
    }
    if (r < 0)
        lease_free(l);
    else
        *ret = l;
    return r;
}

static int try_node(struct lease *l, unsigned number) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    return ask(l, arena_printf(&scratch, "SELECT pg_try_advisory_lock(" PG_LOCK_NODES ", %u)", number).ptr);
}

int lease_take_node(struct lease *l, unsigned first, unsigned last) {
    for (unsigned n = first; n <= last; n++) {
        int r = try_node(l, n);
        if (r < 0)
            return r;
        if (r == 1)
            return l->node = (int)n;
    }
    return -EBUSY;
}

int lease_take_serving(struct lease *l) {
    int r = ask(l, "SELECT pg_try_advisory_lock(" PG_LOCK_SERVE ")");
    if (r == 1)
        r = ask(l, serving_settings) < 0 ? -EIO : 1;
    l->serving = r == 1;
    return r < 0 ? r : r == 1 ? 0 : -EBUSY;
}

int lease_keep(struct lease *l) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    int r = ask(l, "SELECT true");
    if (r == 1)
        return 0;
    if ((r = connect_to(l, &scratch, &why)) < 0)
        return r;
    if (l->node >= 0 && (r = try_node(l, (unsigned)l->node)) != 1)
        return r < 0 ? r : -EBUSY;
    bool serving = l->serving;
    r = serving ? lease_take_serving(l) : 0;
    l->serving = serving;
    return r;
}

struct lease *lease_free(struct lease *l) {
    if (!l)
        return NULL;
    disconnect(l);
    pg_address_free(l->db.address);
    free(l);
    return NULL;
}
