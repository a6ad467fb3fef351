/* SPDX-License-Identifier: Apache-2.0
 *
 * The counter of changes that decide who may call.
 */
#include "gateway/caller/access_changes.h"

#include <errno.h>

int access_changes(struct db *db, int64_t *ret) {
    if (db_recall(db, ret))
        return 0;
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_CHANGES);
    int r = db_row(&q);
    if (r == 1) {
        *ret = db_int(&q, COL_ACCESS_CHANGES_N);
        db_remember(db, *ret);
    }
    return r < 0 ? r : r == 0 ? -EUCLEAN : 0;
}

struct db_query access_changes_ask(struct db *db) {
    struct db_query q = db_query(db, SQL_ACCESS_CHANGES);
    db_ahead(&q);
    return q;
}

int access_changes_answer(struct db_query *q, int64_t *ret) {
    int r = db_row(q);
    if (r == 1)
        *ret = db_int(q, COL_ACCESS_CHANGES_N);
    return r < 0 ? r : r == 0 ? -EUCLEAN : 0;
}

int access_changed(struct db *db) {
    db_unremember(db);
    struct db_query q DB_CLEANUP = db_query(db, SQL_ACCESS_CHANGED);
    int r = db_post(&q);
    return r < 0 ? r : r == 0 ? -EUCLEAN : 0;
}
