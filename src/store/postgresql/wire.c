/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: commands and their results, in libpq's pipeline mode. Nothing here waits without a limit: the
 * connection does not block, and pg_wait() has a timeout.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/postgresql/postgresql.h"

#define MS_NS INT64_C(1000000)

bool pg_is_error(const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
}

int pg_results(PGconn *conn, int64_t until_ns, PGresult **ret) {
    *ret = NULL;
    for (;;) {
        int r = pg_wait(conn, until_ns);
        if (r < 0) {
            PQclear(*ret);
            *ret = NULL;
            return r;
        }
        PGresult *result = PQgetResult(conn);
        if (!result)
            return *ret ? 0 : -EIO;
        if (*ret && PQresultStatus(*ret) == PGRES_FATAL_ERROR) {
            PQclear(result);
            continue;
        }
        PQclear(*ret);
        *ret = result;
    }
}

int pg_script(PGconn *conn, const char *sql, int64_t until_ns, PGresult **ret) {
    *ret = NULL;
    return PQsendQuery(conn, sql) ? pg_results(conn, until_ns, ret) : -EIO;
}

/* ---- queuing ---- */

static int queued(struct pg_db *db, int sent) {
    if (!sent)
        db->broken = true;
    return db->queued++;
}

int pg_queue(struct pg_db *db, const char *sql) {
    return queued(db, PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, PG_FORMAT_BINARY));
}

static const char take_write_lock[] = "SELECT pg_advisory_xact_lock(" PG_LOCK_WRITE ")";

static const char *const commands[PG_COMMANDS] = {
    [PG_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    [PG_BEGIN_WRITE] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    [PG_LOCK] = take_write_lock,
    [PG_COMMIT] = "COMMIT",
    [PG_ROLLBACK] = "ROLLBACK",
    [PG_SAVEPOINT_JOB] = "SAVEPOINT job",
    [PG_RELEASE_JOB] = "RELEASE job",
    [PG_ROLLBACK_TO_JOB] = "ROLLBACK TO job",
    [PG_SAVEPOINT_GUARD] = "SAVEPOINT guard",
    [PG_RELEASE_GUARD] = "RELEASE guard",
    [PG_ROLLBACK_TO_GUARD] = "ROLLBACK TO guard",
};

static const char *const command_names[PG_COMMANDS] = {"c0", "c1", "c2", "c3", "c4", "c5",
                                                       "c6", "c7", "c8", "c9", "c10"};

int pg_command(struct pg_db *db, enum pg_command which) {
    return queued(db, PQsendQueryPrepared(db->conn, command_names[which], 0, NULL, NULL, NULL, PG_FORMAT_BINARY));
}

int pg_prepare_commands(struct pg_db *db) {
    PGresult *result;
    for (int i = 0; i < PG_COMMANDS; i++)
        queued(db, PQsendPrepare(db->conn, command_names[i], commands[i], 0, NULL));
    db->wait_ms = pg_address_connect_ms(db->address);
    int r = pg_exchange(db, -1, &result);
    if (r == 0 && db->error_at >= 0)
        r = pg_fault(db, result, "PREPARE");
    PQclear(result);
    return r;
}

int pg_queue_statement(struct pg_db *db, const struct pg_statement *s) {
    db->gives_work = db->gives_work || s->of->text->flags & DB_TEXT_GIVES_WORK;
    return queued(db, PQsendQueryPrepared(db->conn, s->of->name, (int)s->of->text->parameters, s->values, s->lengths,
                                          s->formats, PG_FORMAT_BINARY));
}

int pg_queue_text(struct pg_db *db, const char *sql, const struct pg_statement *s) {
    return queued(db, PQsendQueryParams(db->conn, sql, (int)s->of->text->parameters, s->of->types, s->values,
                                        s->lengths, s->formats, PG_FORMAT_BINARY));
}

int pg_queue_prepare(struct pg_db *db, const struct pg_text *t) {
    int n = t->described ? (int)t->text->parameters : 0;
    return queued(db, PQsendPrepare(db->conn, t->name, t->text->sql, n, n > 0 ? t->types : NULL));
}

int pg_queue_describe(struct pg_db *db, const struct pg_text *t) {
    return queued(db, PQsendDescribePrepared(db->conn, t->name));
}

/* ---- results ---- */

/* Why the server ended the connection, if it said so. The text is one of the server's fixed sentences. */
static void log_loss(PGconn *conn, const char *why) {
    const char *state = NULL;
    PGresult *said = NULL;
    for (int i = 0; i < 64 && PQstatus(conn) == CONNECTION_BAD; i++) {
        PGresult *result = PQgetResult(conn);
        if (!result)
            break;
        const char *at = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        if (!state && at) {
            state = at;
            said = result;
        } else
            PQclear(result);
    }
    log_line(LOG_WARN, "the connection to the database was lost", "why", why, "code", state ? state : "", NULL);
    PQclear(said);
}

/* When a connection of this process was lost last, clock_mono_ns. The network may have swallowed packets: then the
 * other connections are lost too, and none of them has noticed. */
static _Atomic int64_t lost_ns;

bool pg_suspect(const struct pg_db *db) {
    return db->answered_ns < atomic_load(&lost_ns);
}

int pg_lose(struct pg_db *db, const char *why) {
    db->queued = db->owed = 0;
    db->broken = false;
    db->posts.n = 0;
    if (!db->conn)
        return PG_LOST;
    if (why) {
        log_loss(db->conn, why);
        atomic_store(&lost_ns, clock_mono_ns());
    }
    PQfinish(db->conn);
    db->conn = NULL;
    db->timeout_ms = -1;
    db->lost = pg_holds(db);
    pg_walks_gone(db, PG_GONE_CONNECTION);
    return PG_LOST;
}

/* Reads the results of the commands up to the next Sync. */
static int read_results(struct pg_db *db, int64_t until_ns, int keep, PGresult **ret) {
    PGresult *kept = NULL;
    int at = 0;

    db->error_at = -1;
    for (;;) {
        int r = pg_wait(db->conn, until_ns);
        if (r < 0) {
            PQclear(kept);
            return pg_lose(db, r == -ETIMEDOUT ? "the server did not answer in time" : "the server closed it");
        }
        PGresult *result = PQgetResult(db->conn);
        if (!result && PQstatus(db->conn) == CONNECTION_BAD) {
            PQclear(kept);
            return pg_lose(db, "the server closed it");
        }
        if (!result) {
            at++;
            continue;
        }
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            break;
        }
        if (ret && at != keep && pg_ahead_take(db, at, result))
            continue;
        if (db->error_at < 0 && (pg_is_error(result) || at == keep)) {
            if (pg_is_error(result))
                db->error_at = at;
            PQclear(kept);
            kept = result;
        } else
            PQclear(result);
    }
    db->owed--;
    if (ret)
        *ret = kept;
    else
        PQclear(kept);
    return 0;
}

static bool send_sync(struct pg_db *db) {
    if (!db->conn || db->broken || !PQpipelineSync(db->conn)) {
        pg_lose(db, "a command could not be sent");
        return false;
    }
    db->queued = 0;
    db->owed++;
    return true;
}

static int exchange(struct pg_db *db, int64_t until_ns, int keep, PGresult **ret) {
    int r = send_sync(db) ? 0 : PG_LOST;
    *ret = NULL;
    db->exchanges++;
    while (r == 0 && db->owed > 1)
        r = read_results(db, until_ns, -1, NULL);
    if (r == 0)
        r = read_results(db, until_ns, keep, ret);
    if (r == 0)
        db->answered_ns = clock_mono_ns();
    return r == 0 ? pg_posts_settle(db, ret) : r;
}

int pg_exchange(struct pg_db *db, int keep, PGresult **ret) {
    int64_t until_ns = db->wait_ms > 0 ? clock_mono_ns() + (db->wait_ms + PG_GRACE_MS) * MS_NS : 0;
    return exchange(db, until_ns, keep, ret);
}

int pg_check(struct pg_db *db) {
    PGresult *result;
    int r = exchange(db, clock_mono_ns() + PG_CHECK_MS * MS_NS, -1, &result);
    PQclear(result);
    return r;
}

void pg_send(struct pg_db *db) {
    if (send_sync(db) && PQflush(db->conn) < 0)
        pg_lose(db, "a command could not be sent");
}
