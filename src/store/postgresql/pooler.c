/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: refuses a pooler that lends a connection of the server for a transaction only. Advisory locks,
 * settings and prepared statements belong to a session, so behind such a pooler they would be another client's.
 */
#include <errno.h>

#include "base/clock.h"
#include "store/postgresql/postgresql.h"

#define MS_NS INT64_C(1000000)
#define TRIES 3 /* another client of the pooler may come in between */

/* The process of the server that runs the script's last statement, pg_backend_pid(). Returns a negative errno if it
 * failed. */
static int64_t process_of(PGconn *conn, unsigned ms, const char *script) {
    PGresult *result;
    if (pg_script(conn, script, clock_mono_ns() + ms * MS_NS, &result) < 0)
        return -EHOSTUNREACH;
    int64_t pid = -EIO;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        (void)str_to_i64(str_of(PQgetvalue(result, 0, 0)), &pid);
    PQclear(result);
    return pid;
}

/* Whether the process of the idle session conn serves a transaction of other, or another one serves conn now. Each
 * answer has ms. Returns 1, 0 or < 0. */
static int is_lent(PGconn *conn, PGconn *other, unsigned ms) {
    int64_t own = process_of(conn, ms, "SELECT pg_backend_pid()");
    int64_t its = own < 0 ? own : process_of(other, ms, "BEGIN; SELECT pg_backend_pid()");
    int64_t later = its < 0 ? its : process_of(conn, ms, "SELECT pg_backend_pid()");
    int64_t end = later < 0 ? later : process_of(other, ms, "ROLLBACK; SELECT pg_backend_pid()");
    if (its < 0 && process_of(conn, ms, "SELECT pg_backend_pid()") > 0)
        return 1; /* there is a connection, and it takes no transactions: pool_mode = statement */
    if (end < 0)
        return (int)end;
    return its == own || later != own;
}

int pg_pooler_check(const struct pg_address *address, PGconn *conn, int64_t pid, struct arena *a, struct str *ret_why) {
    PGconn *other = NULL;
    if (pid == PQbackendPID(conn))
        return 0; /* a pooler tells its clients numbers of its own */
    int r = pg_reach(address, &other, a, ret_why);
    for (int i = 0; i < TRIES && r == 0; i++)
        r = is_lent(conn, other, pg_address_connect_ms(address));
    if (other)
        PQfinish(other);
    if (r == 1)
        *ret_why =
            STR("The pooler in front of the database lends its connections for a transaction or a statement, which "
                "hired's locks, settings and prepared statements would not survive. Set pool_mode = session "
                "(PgBouncer), or name PostgreSQL itself.");
    else if (r < 0 && r != -EBUSY && str_is_absent(*ret_why))
        *ret_why = STR("The pooler in front of the database broke the connection while it was set up.");
    return r == 1 ? -EOPNOTSUPP : r;
}
