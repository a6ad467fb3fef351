/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: ends reads that take too long, by a deadline or because the log cannot be emptied meanwhile.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "store/sqlite/sqlite.h"

#define PROGRESS_STEPS 100000 /* of SQLite's machine between two looks at the clock: a millisecond or so */

/* ---- the deadline ---- */

static int on_progress(void *ctx) {
    struct sqlite_db *s = ctx;
    int64_t now = clock_mono_ns();
    return (s->deadline_ns && now >= s->deadline_ns) || limit_look(&s->limit, s->handle) < 0;
}

void sqlite_look_at_clock(struct db *db) {
    struct sqlite_db *s = sqlite_of(db);
    bool look = s->deadline_ns || s->limit.ms || s->limit.log_max;
    sqlite3_progress_handler(s->handle, look ? PROGRESS_STEPS : 0, look ? on_progress : NULL, s);
}

void sqlite_set_deadline(struct db *db, int64_t deadline_ns) {
    sqlite_of(db)->deadline_ns = deadline_ns;
    sqlite_look_at_clock(db);
}

/* ---- the limit of a read ---- */

#define LOOK_FIRST_NS INT64_C(1000000000) /* a shorter read does not matter for the log */
#define LOOK_EVERY_NS INT64_C(200000000)
#define LOOK_STEPS 64 /* rows between two looks at the clock; a power of two */

void limit_begin(struct read_limit *l) {
    if (l->since_ns || (l->ms == 0 && l->log_max == 0))
        return;
    l->since_ns = clock_mono_ns();
    l->look_ns = l->since_ns + LOOK_FIRST_NS;
    l->over = 0;
}

static uint64_t log_bytes(sqlite3 *handle) {
    char path[PATH_MAX];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%s-wal", sqlite3_db_filename(handle, "main"));
    return n > 0 && n < PATH_MAX && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

int limit_look(struct read_limit *l, sqlite3 *handle) {
    if (l->since_ns == 0 || l->over < 0)
        return l->over;
    int64_t now = clock_mono_ns();
    if (l->ms && now - l->since_ns >= (int64_t)l->ms * 1000000)
        l->over = -ETIME;
    if (l->log_max && now >= l->look_ns) {
        l->look_ns = now + LOOK_EVERY_NS;
        if (log_bytes(handle) >= l->log_max)
            l->over = -EFBIG;
    }
    return l->over;
}

int limit_step(struct read_limit *l, sqlite3 *handle) {
    if (l->since_ns == 0)
        limit_begin(l);
    return ++l->steps % LOOK_STEPS == 0 ? limit_look(l, handle) : l->over;
}

void limit_end(struct read_limit *l, sqlite3 *handle) {
    if (l->since_ns == 0 || sqlite3_txn_state(handle, "main") != SQLITE_TXN_NONE)
        return;
    l->since_ns = 0;
    l->over = 0;
}
