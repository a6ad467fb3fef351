/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: reaches a server, and sets the session up.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/postgresql/postgresql.h"
#include "store/postgresql/schema.h"

#define MS_NS INT64_C(1000000)
#define OLDEST_SERVER 150000
#define READER_IDLE_MS 60000 /* a snapshot without read_ms may pause so long */
/* A writer that pauses longer loses its transaction, and with it the lock. Others wait longer for the lock. */
#define WRITER_IDLE_MS 8000

/* An attempt to reach one host. */
struct attempt {
    PGconn *conn;
    int error; /* negative errno */
    struct str why;
};

/* ---- what went wrong, for people ---- */

/* The SQLSTATE in an error message of verbosity "verbose" ("FATAL:  28P01: password ..."), or NULL. */
static const char *sqlstate_in(const char *message) {
    for (const char *at = message; (at = strstr(at, ":  ")); at += 3) {
        size_t n = strspn(at + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n == 5 && at[8] == ':')
            return at + 3;
    }
    return NULL;
}

/* libpq's last message without its line end and without the lines that name source files. */
static struct str message_of(PGconn *conn, struct arena *a) {
    struct str text = str_of(PQerrorMessage(conn));
    const char *location = strstr(text.ptr, "\nLOCATION:");
    if (location)
        text.len = (size_t)(location - text.ptr);
    while (text.len > 0 && isspace((unsigned char)text.ptr[text.len - 1]))
        text.len--;
    char *copy = arena_bytes(a, text.len + 1);
    memcpy(copy, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] == '\n' || copy[i] == '\t')
            copy[i] = ' ';
    copy[text.len] = 0;
    return (struct str){copy, text.len};
}

static struct str where(PGconn *conn, struct arena *a) {
    const char *host = PQhost(conn), *port = PQport(conn);
    return arena_printf(a, "%s%s%s", host && *host ? host : "the local socket", port && *port ? ":" : "",
                        port ? port : "");
}

static void explain(struct attempt *t, struct arena *a) {
    struct str text = message_of(t->conn, a), place = where(t->conn, a);
    const char *state = sqlstate_in(text.ptr), *user = PQuser(t->conn), *name = PQdb(t->conn);
    user = user ? user : "";
    name = name ? name : "";
    bool read_only = strstr(text.ptr, "session is read-only") || strstr(text.ptr, "hot standby") ||
                     strstr(text.ptr, "not in hot standby");

    t->error = state ? pg_errno(state) : read_only ? -EROFS : -EHOSTUNREACH;
    if (!state && PQconnectionNeedsPassword(t->conn)) {
        t->error = -EACCES;
        t->why = arena_printf(a,
                              "The database server %s wants a password for the user %s, and none was given: put it "
                              "into ~/.pgpass or the environment variable PGPASSWORD.",
                              place.ptr, user);
    } else if (t->error == -EACCES && state && state[0] == '4')
        t->why =
            arena_printf(a, "The user %s may not connect to the database %s of %s: GRANT CONNECT ON DATABASE %s TO %s.",
                         user, name, place.ptr, name, user);
    else if (t->error == -EACCES)
        t->why = arena_printf(a,
                              "The database server %s refuses the user %s: the password is wrong, there is no such "
                              "user, or its pg_hba.conf does not let this host in.",
                              place.ptr, user);
    else if (t->error == -ENOENT)
        t->why = arena_printf(a,
                              "The database server %s has no database %s: make it with CREATE DATABASE %s TEMPLATE "
                              "template0 ENCODING 'UTF8' LOCALE 'C' OWNER %s.",
                              place.ptr, name, name, user);
    else if (t->error == -EBUSY)
        t->why =
            arena_printf(a,
                         "The database server %s has no connection left: raise its max_connections (or the limit of "
                         "the user), or lower [store] readers of the nodes.",
                         place.ptr);
    else if (t->error == -EROFS)
        t->why = arena_printf(a,
                              "The database server %s takes no writes: it is a standby. Name the primary, or all hosts "
                              "and target_session_attrs=read-write.",
                              place.ptr);
    else
        t->why = arena_printf(a, "Cannot reach the database server %s: %.*s", place.ptr, STR_FMT(text));
}

/* ---- reaching a server ---- */

/* libpq would write notices to standard error, where each line of the log is JSON. */
static void ignore_notice(void *arg, const PGresult *result) {
}

/* Goes on until the connection stands or failed. Returns 0 or -EIO: PQerrorMessage says why; or -ETIMEDOUT. */
static int finish_connecting(PGconn *conn, int64_t until_ns) {
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    int64_t began_ns = pg_wait_begins();
    while (want == PGRES_POLLING_READING || want == PGRES_POLLING_WRITING) {
        int r = pg_poll(conn, want == PGRES_POLLING_READING ? POLLIN : POLLOUT, began_ns, until_ns);
        if (r < 0)
            return r;
        want = PQconnectPoll(conn);
    }
    return want == PGRES_POLLING_OK ? 0 : -EIO;
}

static struct attempt reach(const struct pg_address *address, unsigned host, struct arena *a) {
    unsigned ms = pg_address_connect_ms(address);
    struct attempt t = {0};
    struct pg_keywords k;
    pg_address_keywords(address, host, a, &k);
    t.conn = PQconnectStartParams(k.names, k.values, 0);
    if (!t.conn)
        return (struct attempt){.error = -ENOMEM, .why = STR("There is no memory left for a connection.")};
    PQsetNoticeReceiver(t.conn, ignore_notice, NULL);
    PQsetErrorVerbosity(t.conn, PQERRORS_VERBOSE); /* a refusal is known by its SQLSTATE */
    int r = PQstatus(t.conn) == CONNECTION_BAD ? -EIO : finish_connecting(t.conn, clock_mono_ns() + ms * MS_NS);
    if (r == 0 && PQsetnonblocking(t.conn, 1) != 0)
        r = -EIO;
    if (r == -ETIMEDOUT) {
        t.error = -EHOSTUNREACH;
        t.why = arena_printf(a, "Cannot reach the database server %s: it did not answer within %u ms.",
                             where(t.conn, a).ptr, ms);
    } else if (r < 0)
        explain(&t, a);
    if (t.error < 0) {
        PQfinish(t.conn);
        t.conn = NULL;
    } else
        PQsetErrorVerbosity(t.conn, PQERRORS_DEFAULT);
    return t;
}

/* Tries one host after the other. Of their errors, one that a server answered says more than silence. */
int pg_reach(const struct pg_address *address, PGconn **ret, struct arena *a, struct str *ret_why) {
    struct attempt first = {0};
    for (unsigned i = 0; i < pg_address_hosts(address); i++) {
        struct attempt t = reach(address, i, a);
        if (t.conn) {
            *ret = t.conn;
            return 0;
        }
        if (first.error == 0 || first.error == -EHOSTUNREACH)
            first = t;
    }
    *ret_why = first.why;
    return first.error;
}

/* Runs the script that sets a session up. *ret: the result of its last statement. */
static int settle(PGconn *conn, const char *settings, unsigned ms, struct arena *a, PGresult **ret,
                  struct str *ret_why) {
    if (pg_script(conn, settings, clock_mono_ns() + ms * MS_NS, ret) < 0) {
        *ret_why =
            arena_printf(a, "The database server %s broke the connection while it was set up.", where(conn, a).ptr);
        return -EHOSTUNREACH;
    }
    if (!pg_is_error(*ret))
        return 0;
    *ret_why = arena_printf(a, "The database server %s does not take the settings of the session: %s",
                            where(conn, a).ptr, PQresultErrorField(*ret, PG_DIAG_MESSAGE_PRIMARY));
    return pg_report(*ret, "SET");
}

int pg_session(const struct pg_address *address, const char *settings, PGconn **ret, struct arena *a,
               struct str *ret_why) {
    PGresult *result = NULL;
    int r = pg_reach(address, ret, a, ret_why);
    if (r < 0)
        return r;
    r = settle(*ret, settings, pg_address_connect_ms(address), a, &result, ret_why);
    PQclear(result);
    if (r < 0) {
        PQfinish(*ret);
        *ret = NULL;
    }
    return r;
}

/* ---- a session of db.h ---- */

static struct str session_settings(const struct pg_db *db, struct arena *a) {
    bool reads = db->base.access == DB_READ;
    unsigned idle_ms = !reads ? WRITER_IDLE_MS : db->read_ms ? db->read_ms + PG_GRACE_MS : READER_IDLE_MS;
    return arena_printf(a,
                        PG_KEEPALIVES
                        "SET statement_timeout = %u; SET lock_timeout = %u;"
                        "SET idle_in_transaction_session_timeout = %u; SET default_transaction_read_only = %s;"
                        "SET jit = off; SET client_min_messages = error;"
                        /* Statements are written to walk indexes in nested loops. A plan that does so depends on no
                         * value, so each is planned once; planning takes longer than most statements run. */
                        "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0;"
                        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_material = off;"
                        "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_sort = off;"
                        "SELECT set_config('synchronous_commit', '%s', false)%s; SELECT pg_backend_pid()",
                        reads ? db->read_ms : db->statement_ms, db->busy_ms ? db->busy_ms : 1, idle_ms,
                        reads ? "on" : "off", db->no_sync ? "off" : "on",
                        /* A stricter or looser setting of the administrator's counts, but for one that would make
                         * commits that are not durable. */
                        db->no_sync ? "" : " WHERE current_setting('synchronous_commit') = 'off'");
}

static int set_up(struct pg_db *db, bool first, struct arena *a, struct str *ret_why) {
    PGresult *result = NULL;
    int64_t pid = 0;
    if (PQserverVersion(db->conn) < OLDEST_SERVER) {
        *ret_why =
            arena_printf(a, "The database server %s is PostgreSQL %d, which is too old: hired needs 15 or newer.",
                         where(db->conn, a).ptr, PQserverVersion(db->conn) / 10000);
        return -EOPNOTSUPP;
    }
    int r = settle(db->conn, session_settings(db, a).ptr, pg_address_connect_ms(db->address), a, &result, ret_why);
    if (r == 0)
        (void)str_to_i64(str_of(PQgetvalue(result, 0, 0)), &pid);
    PQclear(result);
    if (r == 0 && first)
        r = pg_pooler_check(db->address, db->conn, pid, a, ret_why);
    db->timeout_ms = db->base.access == DB_READ ? db->read_ms : db->statement_ms;
    return r < 0 ? r : pg_schema_check(db, first && db->base.access == DB_WRITE, a, ret_why);
}

int pg_connect(struct pg_db *db, bool first, struct arena *a, struct str *ret_why) {
    int r = pg_reach(db->address, &db->conn, a, ret_why);
    if (r < 0)
        return r;
    r = set_up(db, first, a, ret_why);
    if (r == 0 && !PQenterPipelineMode(db->conn))
        r = -EIO;
    db->generation++;
    db->reopen = false;
    db->queued = db->owed = 0;
    db->broken = false;
    if (r == 0 && (r = pg_prepare_commands(db)) == PG_LOST) {
        *ret_why = STR("The database server broke the connection while it was set up.");
        r = -EHOSTUNREACH;
    }
    if (r < 0 && db->conn) {
        PQfinish(db->conn);
        db->conn = NULL;
    }
    return r;
}

/* A server that does not answer is not asked again at once, or each request would wait for it. */
static int connect_again(struct pg_db *db) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why = STR_ABSENT;
    if (db->connect_error < 0 && clock_mono_ns() < db->again_ns)
        return db->connect_error;
    int r = pg_connect(db, false, &scratch, &why);
    if (r < 0) {
        db->again_ns = clock_mono_ns() + PG_AGAIN_MS * MS_NS;
        bool told = db->connect_error == r;
        snprintf(db->why, sizeof(db->why), "%.*s", STR_FMT(why));
        if (!told)
            log_line(LOG_ERROR, "the database cannot be reached", "why", db->why, NULL);
    } else {
        log_line(LOG_INFO, "connected to the database again", NULL);
        db->why[0] = 0;
    }
    db->connect_error = r;
    return r;
}

int pg_ready(struct pg_db *db) {
    if (db->lost)
        return -EIO;
    if (db->conn && db->reopen && !pg_holds(db))
        pg_lose(db, NULL); /* perhaps another host takes writes by now */
    if (db->conn && PQstatus(db->conn) == CONNECTION_BAD)
        pg_lose(db, "the server closed it");
    if (db->conn && !pg_holds(db) && pg_suspect(db))
        (void)pg_check(db);
    if (db->lost)
        return -EIO;
    return db->conn ? 0 : connect_again(db);
}
