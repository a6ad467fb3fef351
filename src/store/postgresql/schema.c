/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: looks at the database behind a new connection, and takes schema steps.
 */
#include "store/postgresql/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/postgresql/postgresql.h"

#define MS_NS INT64_C(1000000)
#define MIGRATE_WAIT "600000" /* milliseconds for another process to take the steps */

/* Marks the table meta as hired's; a dump keeps it. */
#define MARK "hired: the database of a hired server. Its tables are changed by hired only."

struct look {
    struct pg_db *db;
    struct arena *arena;
    struct str *why;
    const char *name; /* of the database */
    bool unsafe;      /* the server does not sync */
};

/* ---- questions ---- */

/* Words the failure for people. */
static int look_failed(struct look *l, const PGresult *result, const char *doing) {
    if (!result) {
        *l->why = arena_printf(l->arena, "The connection to the database %s broke while %s.", l->name, doing);
        return -EHOSTUNREACH;
    }
    int r = pg_fault(l->db, result, doing);
    if (r == -EACCES)
        *l->why = arena_printf(l->arena,
                               "The user %s may not read or change the tables of the database %s: sign in as the user "
                               "that owns them, or let a superuser make %s the owner of the database (ALTER DATABASE "
                               "%s OWNER TO %s) and, if there are tables already, of these (in the database: REASSIGN "
                               "OWNED BY their owner TO %s).",
                               PQuser(l->db->conn), l->name, PQuser(l->db->conn), l->name, PQuser(l->db->conn),
                               PQuser(l->db->conn));
    else if (r == -EBUSY)
        *l->why = arena_printf(l->arena, "The database %s is locked by another process, for too long.", l->name);
    else
        *l->why = arena_printf(l->arena, "The database %s failed while %s: %s.", l->name, doing,
                               PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    return r;
}

/* Runs a script. *ret: its last result, which the caller clears; or NULL. wait_ms: 0: no limit. */
static int ask(struct look *l, const char *sql, const char *doing, int64_t wait_ms, PGresult **ret) {
    PGresult *result;
    int64_t until_ns = wait_ms ? clock_mono_ns() + wait_ms * MS_NS : 0;
    int r = pg_script(l->db->conn, sql, until_ns, &result);
    if (r < 0 || pg_is_error(result))
        r = look_failed(l, result, doing);
    if (ret && r == 0)
        *ret = result;
    else
        PQclear(result);
    return r;
}

static const char LOOK_SQL[] =
    "SELECT pg_encoding_to_char(d.encoding), d.datcollate, d.datlocprovider, current_schema() IS NULL,"
    " (SELECT COALESCE(obj_description(c.oid, 'pg_class'), '') FROM pg_class c JOIN pg_namespace n"
    "  ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relname = 'meta'),"
    " (SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    "  WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS"
    "  (SELECT 1 FROM pg_depend x WHERE x.classid = CAST('pg_class' AS regclass) AND x.objid = c.oid"
    "   AND x.deptype = 'e')),"
    " current_setting('fsync')"
    " FROM pg_database d WHERE d.datname = current_database()";

/* Texts must be compared byte by byte, as SQLite does and as pages of lists expect. */
static int check_texts(struct look *l, const PGresult *p) {
    const char *encoding = PQgetvalue(p, 0, 0), *order = PQgetvalue(p, 0, 1), *provider = PQgetvalue(p, 0, 2);
    bool bytes = strcmp(provider, "b") == 0 ||
                 (strcmp(provider, "c") == 0 && (strcmp(order, "C") == 0 || strcmp(order, "POSIX") == 0));
    if (bytes && strcmp(encoding, "UTF8") == 0)
        return 0;
    *l->why =
        arena_printf(l->arena,
                     "The database %s has the encoding %s and orders texts by %s; hired needs UTF8 and C: make it "
                     "anew with CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'.",
                     l->name, encoding, order, l->name);
    return -EMEDIUMTYPE;
}

/* How many schema steps were taken; 0 for an empty database. */
static int read_taken(struct look *l, unsigned *ret) {
    PGresult *p = NULL;
    int64_t number;
    int r = ask(l, "SELECT value FROM meta WHERE key = 'schema'", "reading its schema",
                pg_address_connect_ms(l->db->address), &p);
    if (r < 0)
        return r;
    if (PQntuples(p) == 1 && str_to_i64(str_of(PQgetvalue(p, 0, 0)), &number) == 0 && number >= 0 && number < 1000000)
        *ret = (unsigned)number + 1;
    else {
        *l->why =
            arena_printf(l->arena, "The table meta of the database %s does not say which schema it has.", l->name);
        r = -EUCLEAN;
    }
    PQclear(p);
    return r;
}

static int judge(struct look *l, const PGresult *p, unsigned *ret_taken) {
    bool has_meta = !PQgetisnull(p, 0, 4);
    int r = check_texts(l, p);
    if (r < 0)
        return r;
    if (strcmp(PQgetvalue(p, 0, 3), "t") == 0) {
        *l->why = arena_printf(l->arena,
                               "The database %s has no schema that the user %s may use: CREATE SCHEMA hired "
                               "AUTHORIZATION %s, and ALTER ROLE %s SET search_path = hired.",
                               l->name, PQuser(l->db->conn), PQuser(l->db->conn), PQuser(l->db->conn));
        return -EACCES;
    }
    if (has_meta && str_starts(str_of(PQgetvalue(p, 0, 4)), STR("hired:")))
        return read_taken(l, ret_taken);
    *ret_taken = 0;
    if (!has_meta && strcmp(PQgetvalue(p, 0, 5), "0") == 0)
        return 0;
    *l->why = arena_printf(l->arena, "The database %s has tables, and is not one of hired: give hired one of its own.",
                           l->name);
    return -EUCLEAN;
}

static int look(struct look *l, unsigned *ret_taken) {
    PGresult *p = NULL;
    int r = ask(l, LOOK_SQL, "looking at it", pg_address_connect_ms(l->db->address), &p);
    if (r < 0)
        return r;
    if (PQntuples(p) != 1) {
        *l->why = arena_printf(l->arena, "The database %s does not say how it was made.", l->name);
        r = -EIO;
    } else
        r = judge(l, p, ret_taken);
    l->unsafe = r == 0 && strcmp(PQgetvalue(p, 0, 6), "off") == 0;
    PQclear(p);
    return r;
}

/* ---- steps ---- */

static int refuse(struct look *l, unsigned taken) {
    if (taken == 0) {
        *l->why = arena_printf(l->arena,
                               "There is no database of hired yet: %s is empty. hired serve or hired tenant create "
                               "makes its tables, hired migrate copies those of a directory.",
                               l->name);
        return -ENOENT;
    }
    if (taken > l->db->steps_n)
        *l->why =
            arena_printf(l->arena,
                         "%s has schema %u, made by a newer hired; this one knows schemas up to %u. Use the newer "
                         "hired, or a backup from before the upgrade.",
                         l->name, taken - 1, l->db->steps_n - 1);
    else
        *l->why =
            arena_printf(l->arena,
                         "%s has schema %u, this hired needs %u. Start `hired serve` once: it brings the database "
                         "up to date.",
                         l->name, taken - 1, l->db->steps_n - 1);
    return -EPROTO;
}

static int take_steps(struct look *l, unsigned taken) {
    int r = 0;
    for (unsigned i = taken; r == 0 && i < l->db->steps_n; i++) {
        struct str doing = arena_printf(l->arena, "taking schema step %03u", i);
        r = ask(l, l->db->steps[i], doing.ptr, 0, NULL);
    }
    if (r < 0)
        return r;
    struct str sql = arena_printf(l->arena,
                                  "INSERT INTO meta (key, value) VALUES ('schema', '%u')"
                                  " ON CONFLICT (key) DO UPDATE SET value = excluded.value;"
                                  "COMMENT ON TABLE meta IS '" MARK "'",
                                  l->db->steps_n - 1);
    return ask(l, sql.ptr, "noting the schema", 0, NULL);
}

/* In one transaction under a lock: the first of several processes takes the steps, and the others wait for it and then
 * find them taken. Nobody writes meanwhile. */
static int migrate(struct look *l) {
    unsigned taken = 0;
    int r = ask(l,
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
                "SET LOCAL lock_timeout = " MIGRATE_WAIT "; SET LOCAL statement_timeout = 0;"
                "SET LOCAL idle_in_transaction_session_timeout = 0;"
                "SELECT pg_advisory_xact_lock(" PG_LOCK_MIGRATE "), pg_advisory_xact_lock(" PG_LOCK_WRITE ")",
                "waiting to migrate it", 0, NULL);
    if (r == 0)
        r = look(l, &taken);
    if (r == 0 && taken > l->db->steps_n)
        r = refuse(l, taken);
    if (r == 0 && taken < l->db->steps_n)
        r = take_steps(l, taken);
    if (r == 0)
        r = ask(l, "COMMIT", "committing the schema", 0, NULL);
    if (r < 0 || taken == l->db->steps_n)
        return r; /* closing the connection rolls back */
    char from[16], to[16];
    snprintf(from, sizeof(from), "%d", (int)taken - 1);
    snprintf(to, sizeof(to), "%u", l->db->steps_n - 1);
    log_line(LOG_INFO, taken == 0 ? "database made" : "database migrated", "from", taken == 0 ? "none" : from, "schema",
             to, NULL);
    return 0;
}

int pg_schema_check(struct pg_db *db, bool take, struct arena *a, struct str *ret_why) {
    struct look l = {.db = db, .arena = a, .why = ret_why, .name = PQdb(db->conn)};
    unsigned taken;
    int r = look(&l, &taken);
    if (r == 0 && take && l.unsafe && !db->no_sync)
        log_line(LOG_WARN, "the database server has fsync = off: a power failure may destroy the database", NULL);
    if (r < 0 || taken == db->steps_n)
        return r;
    return take && taken < db->steps_n ? migrate(&l) : refuse(&l, taken);
}
