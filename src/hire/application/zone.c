/* SPDX-License-Identifier: Apache-2.0
 *
 * When the applications of a range of ids changed last.
 */
#include "hire/application/zone.h"

enum {
    LEVELS = 2,
    ROUND_BITS = 20, /* of milliseconds: 17 minutes */
};

static const unsigned id_bits[LEVELS] = {42, 50};

static int raise_level(struct db *db, int64_t tenant, int level, int64_t id, int64_t newest) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APPLICATION_ZONE_RAISE);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, level);
    db_bind_int(&q, 3, id >> id_bits[level]);
    db_bind_int(&q, 4, newest);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

int application_zone_raise(struct db *db, int64_t tenant, int64_t id, int64_t update_time) {
    const int64_t newest = update_time | ((INT64_C(1) << ROUND_BITS) - 1);
    int r = 0;

    for (int level = 0; level < LEVELS && r == 0; level++)
        r = raise_level(db, tenant, level, id, newest);
    return r;
}

/* The first range of a level from first to last that may have a change at from_ms or later. Returns 1, 0 or < 0. */
static int next_zone(struct db *db, int64_t tenant, int level, int64_t first, int64_t last, int64_t from_ms,
                     int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APPLICATION_ZONE_NEXT);
    int r;

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, level);
    db_bind_int(&q, 3, first);
    db_bind_int(&q, 4, last);
    db_bind_int(&q, 5, from_ms);
    r = db_row(&q);
    if (r == 1)
        *ret = db_int(&q, COL_APPLICATION_ZONE_NEXT_ZONE);
    return r;
}

int application_zone_next(struct db *db, int64_t tenant, int64_t id, int64_t from_ms, int64_t *ret) {
    const unsigned within = id_bits[1] - id_bits[0];
    int r;

    for (;;) {
        int64_t large, small, first = id >> id_bits[0];
        if ((r = next_zone(db, tenant, 1, id >> id_bits[1], INT64_MAX, from_ms, &large)) != 1)
            return r;
        if (large > id >> id_bits[1])
            first = large << within;
        r = next_zone(db, tenant, 0, first, ((large + 1) << within) - 1, from_ms, &small);
        if (r < 0)
            return r;
        if (r == 1) {
            *ret = small > id >> id_bits[0] ? small << id_bits[0] : id;
            return 1;
        }
        if (large >= INT64_MAX >> id_bits[1])
            return 0;
        id = (large + 1) << id_bits[1];
    }
}
