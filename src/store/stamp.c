/* SPDX-License-Identifier: Apache-2.0
 *
 * Stamps of changes, and the reservation that keeps ids from being issued twice after a restart.
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

/* The place where a tenant's stamp is remembered. Another tenant may use the same place; that costs one more update. */
static struct stamp *stamp_place(struct db *db, int64_t tenant) {
    return &db->stamps[((uint64_t)tenant * UINT64_C(0x9e3779b97f4a7c15)) >> 58];
}

/* The stamp after last would be ahead of the clock: waits until the millisecond in which last was issued has passed.
 * It does not wait longer, even if the clock was set back. */
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
    int64_t ms = db_int(&q, COL_STAMP_NEXT_LAST_MS);
    /* It is ahead of the clock, and the one before it was not issued here, so nobody has waited for it: another node
     * has written in this millisecond. Nobody else gets a stamp while this transaction waits. */
    if (ms > now && !(known && ms == s->ms + 1))
        nanosleep(&(struct timespec){.tv_nsec = MS_NS}, NULL);
    *s = (struct stamp){.tenant = tenant,
                        .ms = ms,
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
        s->transaction = 0; /* the next stamp will be greater */
    return 0;
}

void stamps_undo_savepoint(struct db *db) {
    for (size_t i = 0; i < STAMPS; i++)
        if (db->stamps[i].transaction == db->transaction && db->stamps[i].savepoint == db->savepoint)
            db->stamps[i].transaction = UINT64_MAX; /* belongs to no transaction, but wait_for_next_ms still uses its
                                                     * time */
}

void stamps_keep(struct db *db, uint64_t savepoint) {
    for (size_t i = 0; i < STAMPS; i++) {
        struct stamp *s = &db->stamps[i];
        if (s->transaction != db->transaction || s->savepoint != savepoint)
            continue;
        struct db_query q DB_CLEANUP = db_query(db, SQL_STAMP_RAISE);
        db_bind_int(&q, 1, s->tenant);
        db_bind_int(&q, 2, s->ms);
        (void)db_post(&q); /* if it fails, so does the transaction or the savepoint */
        s->savepoint = db->savepoint;
    }
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
    /* The reservation reaches as far ahead as this process is old: a server writes it once a minute, and a sequence
     * of short commands does not reserve more time than it takes. */
    int64_t ahead = (clock_mono_ns() - db->opened_ns) / MS_NS, until;
    until = last + 1 + (ahead < RESERVE_MS_MAX ? ahead : RESERVE_MS_MAX);
    char text[24];
    int n = snprintf(text, sizeof(text), "%lld", (long long)until);
    struct db_query q DB_CLEANUP = db_query(db, SQL_IDS_RESERVE);
    db_bind_text(&q, 1, (struct str){text, (size_t)n});
    int r = db_post(&q);
    if (r < 0)
        return r;
    db->ids_until = until;
    return 0;
}
