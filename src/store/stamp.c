/* SPDX-License-Identifier: Apache-2.0
 *
 * Stamps of changes, and the reservation that keeps ids from coming twice over a restart.
 */
#include "store/stamp.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "store/driver.h"

#define MS_NS INT64_C(1000000)
#define RESERVE_MS_MAX INT64_C(60000)

/* ---- stamps ---- */

/* The place where a tenant's stamp is remembered; another tenant may have it, which costs an update more. */
static struct stamp *stamp_place(struct db *db, int64_t tenant) {
    return &db->stamps[((uint64_t)tenant * UINT64_C(0x9e3779b97f4a7c15)) >> 58];
}

/* The stamp that follows on last would be ahead of the clock: lets the millisecond pass in which last was handed out.
 * Not longer: a clock that went back is not waited for. */
static void wait_for_next_ms(const struct stamp *last) {
    int64_t rest = last->at_ns + MS_NS - clock_mono_ns();
    if (rest > 0 && rest <= MS_NS)
        nanosleep(&(struct timespec){.tv_nsec = rest}, NULL);
}

int db_stamp(struct db *db, int64_t tenant, int64_t *ret_ms) {
    struct stamp *s = stamp_place(db, tenant);
    bool known = s->tenant == tenant && s->transaction != 0;
    if (known && s->transaction == db->transaction && db_in_transaction(db)) {
        *ret_ms = s->ms;
        return 0;
    }
    int64_t now = clock_now_ms();
    if (known && now <= s->ms) {
        wait_for_next_ms(s);
        now = clock_now_ms();
    }
    struct db_query q DB_CLEANUP = db_query(db, SQL_STAMP_NEXT);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, now);
    int r = db_row(&q);
    if (r < 1)
        return r < 0 ? r : -EIO;
    *s = (struct stamp){.tenant = tenant,
                        .ms = db_int(&q, COL_STAMP_NEXT_LAST_MS),
                        .at_ns = clock_mono_ns(),
                        .transaction = db->transaction,
                        .savepoint = db->savepoint};
    *ret_ms = s->ms;
    return 0;
}

int db_stamp_raise(struct db *db, int64_t tenant, int64_t ms) {
    struct stamp *s = stamp_place(db, tenant);
    bool known = s->tenant == tenant && s->transaction == db->transaction && db_in_transaction(db);
    if (known && ms <= s->ms)
        return 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_STAMP_RAISE);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, ms);
    int r = db_run(&q);
    if (r < 0)
        return r;
    if (s->tenant == tenant)
        s->transaction = 0; /* the next stamp is a greater one */
    return 0;
}

void stamps_undo_savepoint(struct db *db) {
    for (size_t i = 0; i < STAMPS; i++)
        if (db->stamps[i].transaction == db->transaction && db->stamps[i].savepoint == db->savepoint)
            db->stamps[i].transaction = UINT64_MAX; /* of none, but its time still counts for the wait */
}

/* ---- ids ---- */

void ids_start(struct db *db, int64_t until_ms) {
    db->keeps_ids = true;
    db->ids_until = until_ms;
    db->opened_ns = clock_mono_ns();
    id_go_above(until_ms);
}

int ids_cover(struct db *db) {
    int64_t last = id_last_ms();
    if (!db->keeps_ids || last < db->ids_until)
        return 0;
    /* As far ahead as this process is old: a server writes this each minute, and commands that follow each other do not
     * run further ahead of the clock than they take. */
    int64_t ahead = (clock_mono_ns() - db->opened_ns) / MS_NS, until;
    until = last + 1 + (ahead < RESERVE_MS_MAX ? ahead : RESERVE_MS_MAX);
    char text[24];
    int n = snprintf(text, sizeof(text), "%lld", (long long)until);
    struct db_query q DB_CLEANUP = db_query(db, SQL_IDS_RESERVE);
    db_bind_text(&q, 1, (struct str){text, (size_t)n});
    int r = db_run(&q);
    if (r < 0)
        return r;
    db->ids_until = until;
    return 0;
}
