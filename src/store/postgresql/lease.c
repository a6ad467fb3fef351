/* SPDX-License-Identifier: Apache-2.0
 *
 * Node numbers, the worker's duty, and the right to send an app's events, as advisory locks of a session.
 *
 * How many long connections a node has of an app is a lock too, which nobody else asks for: its key contains the
 * number. So it ends with the session, and costs neither a table nor a write.
 */
#include "store/lease.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "store/postgresql/postgresql.h"

#define ANSWER_MS 5000

/* The second part of the key of LEASE_CONNECTIONS; the first is the app's mark. No other lock has these values. */
#define CONNECTIONS 0x48000000u
#define CONNECTIONS_BITS 6

struct lease {
    struct pg_address *address;
    PGconn *conn;  /* NULL: none */
    int node;      /* -1: none was taken */
    bool serves;   /* the session shares PG_LOCK_SERVE */
    char name[32]; /* of its sessions, and of no others */
};

static const char settings[] = PG_KEEPALIVES "SET idle_session_timeout = 0; SET statement_timeout = 4000;"
                                             "SET synchronous_commit = off;"; /* lease_tell has nothing to keep */
/* A server asks several times a second (lease_look); one that hangs loses what it has: LEASE_HANGS_MS. */
static const char server_settings[] = "SET idle_session_timeout = 20000";

static void disconnect(struct lease *l) {
    if (l->conn)
        PQfinish(l->conn);
    l->conn = NULL;
    l->serves = false;
}

/* Runs SQL. Returns its result, or NULL: then the connection is closed. */
static PGresult *run(struct lease *l, const char *sql) {
    PGresult *result = NULL;
    int r = l->conn ? pg_script(l->conn, sql, clock_mono_ns() + ANSWER_MS * INT64_C(1000000), &result) : -EIO;
    if (r == 0 && !pg_is_error(result))
        return result;
    PQclear(result);
    disconnect(l);
    return NULL;
}

/* Runs SQL. Returns 1 if its value is true, 0 if not, or -EIO. */
static int ask(struct lease *l, const char *sql) {
    PGresult *result = run(l, sql);
    int r = !result ? -EIO : PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't';
    PQclear(result);
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
    int r = pg_session(l->address, settings, &l->conn, a, ret_why);
    if (r < 0)
        return r;
    struct str name = arena_printf(a, "SET application_name = '%s'", l->name);
    if (end_old_session(l, a) != 1 || ask(l, name.ptr) < 0) {
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
    int r = pg_address_new(&l->address, o->url, o->connect_ms, ret_why);
    if (r == 0)
        r = connect_to(l, a, ret_why);
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
    if (first < LEASE_COMMANDS_FIRST) {
        int r = ask(l, server_settings);
        if (r >= 0 && !l->serves)
            r = ask(l, "SELECT pg_try_advisory_lock_shared(" PG_LOCK_SERVE ")");
        if (r <= 0 && !l->serves)
            return r < 0 ? r : -EALREADY;
        l->serves = true;
    }
    for (unsigned n = first; n <= last; n++) {
        int r = try_node(l, n);
        if (r < 0)
            return r;
        if (r == 1)
            return l->node = (int)n;
    }
    return -EBUSY;
}

int lease_take_worker(struct lease *l) {
    int r = ask(l, "SELECT pg_try_advisory_lock(" PG_LOCK_WORKER ")");
    return r < 0 ? r : r == 1 ? 0 : -EBUSY;
}

/* ---- apps ---- */

uint32_t lease_mark(int64_t app) {
    return (uint32_t)((uint64_t)app * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static void write_change(const struct lease *l, const struct lease_change *c, struct buf *out) {
    buf_add_str(out, c->give_back ? STR("pg_advisory_unlock(") : STR("pg_try_advisory_lock("));
    if (c->kind == LEASE_APP)
        buf_printf(out, "%" PRId64 ")", c->app);
    else
        buf_printf(out, "%" PRId32 ", %" PRIu32 ")", (int32_t)lease_mark(c->app),
                   CONNECTIONS | (uint32_t)l->node << CONNECTIONS_BITS | c->n);
}

int lease_change(struct lease *l, struct lease_change *changes, size_t n) {
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        buf_add_str(&sql, i == 0 ? STR("SELECT ") : STR(", "));
        write_change(l, &changes[i], &sql);
    }
    buf_add_char(&sql, '\0');
    PGresult *result = run(l, sql.ptr);
    if (!result)
        return -EIO;
    for (size_t i = 0; i < n; i++)
        changes[i].done = PQgetvalue(result, 0, (int)i)[0] == 't';
    PQclear(result);
    return 0;
}

/* ---- who has what ---- */

static uint32_t number_at(const PGresult *result, int row, int column) {
    return (uint32_t)strtoul(PQgetvalue(result, row, column), NULL, 10);
}

/* Returns whether the row is a lock of a server. */
static bool held_of_row(const PGresult *result, int row, struct lease_held *ret) {
    uint32_t class = number_at(result, row, 0), key = number_at(result, row, 1);
    *ret = (struct lease_held){.mine = PQgetvalue(result, row, 2)[0] == 't'};
    if (key >> 27 == CONNECTIONS >> 27) {
        ret->kind = LEASE_CONNECTIONS;
        ret->mark = class;
        ret->node = (key & ~CONNECTIONS) >> CONNECTIONS_BITS;
        ret->n = key & LEASE_CONNECTIONS_MAX;
    } else if (class == PG_LOCK_NODES_CLASS && key < LEASE_COMMANDS_FIRST) {
        ret->kind = LEASE_NODE;
        ret->node = key;
    } else if (class == PG_LOCK_CLASS && key == PG_LOCK_WORKER_KEY)
        ret->kind = LEASE_WORKER;
    else
        return false;
    return true;
}

int lease_look(struct lease *l, void (*fn)(void *ctx, const struct lease_held *held), void *ctx) {
    PGresult *result = run(l, "SELECT classid, objid, pid = pg_backend_pid() FROM pg_locks"
                              " WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND database ="
                              " (SELECT oid FROM pg_database WHERE datname = current_database())");
    if (!result)
        return -EIO;
    for (int row = 0; row < PQntuples(result); row++) {
        struct lease_held held;
        if (held_of_row(result, row, &held))
            fn(ctx, &held);
    }
    PQclear(result);
    return 0;
}

int lease_again(struct lease *l) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    disconnect(l);
    int r = connect_to(l, &scratch, &why);
    if (r == 0 && l->node >= 0)
        r = lease_take_node(l, (unsigned)l->node, (unsigned)l->node);
    return r < 0 ? r : 0;
}

int lease_tell(struct lease *l, const char *text) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    return ask(l, arena_printf(&scratch, "NOTIFY " PG_CHANNEL ", '%s'", text).ptr) < 0 ? -EIO : 0;
}

struct lease *lease_free(struct lease *l) {
    if (!l)
        return NULL;
    disconnect(l);
    pg_address_free(l->address);
    free(l);
    return NULL;
}
