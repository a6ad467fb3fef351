/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: how long a statement may take. The server ends it (statement_timeout); if the server does not
 * answer some time later, the connection is given up (wire.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "store/postgresql/postgresql.h"

#define MS_NS INT64_C(1000000)

/* Milliseconds up to a time, at least 1; 0 or less: it has passed. */
static int64_t ms_until(int64_t until_ns) {
    int64_t rest = until_ns - clock_mono_ns();
    return rest > 0 ? (rest + MS_NS - 1) / MS_NS : 0;
}

/* What is left of the time for the present read. */
static int64_t read_rest(struct pg_db *db) {
    if (db->since_ns == 0 || !pg_holds(db))
        db->since_ns = clock_mono_ns();
    return ms_until(db->since_ns + (int64_t)db->read_ms * MS_NS);
}

int pg_limit(struct pg_db *db) {
    bool reads = db->base.access == DB_READ;
    int64_t want = db->unlimited ? 0 : reads ? db->read_ms : db->statement_ms;

    if (want > 0 && reads && (want = read_rest(db)) == 0)
        return -ETIME;
    if (db->deadline_ns) {
        int64_t rest = ms_until(db->deadline_ns);
        if (rest == 0)
            return -EINTR;
        want = want == 0 || rest < want ? rest : want;
    }
    /* The setting is not changed for each statement of a snapshot, only when a quarter of the time has passed. */
    bool near = want > 0 && want <= db->timeout_ms && want > db->timeout_ms - db->timeout_ms / 4;
    if (want != db->timeout_ms && !near) {
        char sql[64];
        snprintf(sql, sizeof(sql), "SET statement_timeout = %" PRId64, want);
        pg_queue(db, sql);
        db->timeout_ms = want;
    }
    db->wait_ms = db->timeout_ms;
    return 0;
}

int pg_limit_error(const struct pg_db *db, int error) {
    return error == -ETIME && db->deadline_ns && clock_mono_ns() >= db->deadline_ns ? -EINTR : error;
}

void pg_set_deadline(struct db *db, int64_t deadline_ns) {
    pg_of(db)->deadline_ns = deadline_ns;
}
