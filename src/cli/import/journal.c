/* SPDX-License-Identifier: Apache-2.0
 *
 * The progress of an import, stored under key 'import' of table meta and updated in each of its transactions: "taken
 * records begun label", or "" if no import is running. After a kill the next import reports it.
 */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/invariant.h"
#include "cli/import/internal.h"

#define KEY STR("import")

static int set(struct db *db, struct str value) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_SET);

    db_bind_text(&q, 1, KEY);
    db_bind_text(&q, 2, value);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

int import_journal_note(struct import *im, int64_t taken) {
    if (!im->label)
        return 0;
    INVARIANT_RETURN(db_in_transaction(im->cli->db), -EINVAL);
    if (im->begun_ms == 0)
        im->begun_ms = clock_now_ms();
    return set(im->cli->db, arena_printf(&im->scratch, "%lld %lld %lld %s", (long long)taken, (long long)im->records,
                                         (long long)im->begun_ms, im->label));
}

int import_journal_clear(struct import *im) {
    return im->label ? set(im->cli->db, STR("")) : 0;
}

int import_journal_end(struct import *im) {
    int r = im->label ? db_begin(im->cli->db) : 0;

    if (r < 0 || !im->label)
        return r;
    if ((r = set(im->cli->db, STR(""))) == 0)
        r = db_commit(im->cli->db);
    else
        db_rollback(im->cli->db);
    if (r < 0)
        cli_fail_errno(im->cli, r, "note that all is imported", NULL);
    return r;
}

void import_journal_tell(struct cli *c) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_META_GET);
    int64_t taken, records, begun_ms;
    char when[32];
    struct tm tm;

    db_bind_text(&q, 1, KEY);
    if (db_row(&q) != 1)
        return;
    struct str label = db_text(&q, COL_META_GET_VALUE);
    if (str_to_i64(str_cut(&label, ' '), &taken) < 0 || str_is_absent(label) ||
        str_to_i64(str_cut(&label, ' '), &records) < 0 || str_is_absent(label) ||
        str_to_i64(str_cut(&label, ' '), &begun_ms) < 0 || str_is_absent(label))
        return;
    time_t seconds = (time_t)(begun_ms / 1000);
    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&seconds, &tm));
    fprintf(stderr,
            "hired %s: an earlier import (%.*s, begun %s) was interrupted after %lld of %lld records; those are "
            "stored, "
            "and importing the same files again adds the rest\n",
            c->command, STR_FMT(label), when, (long long)taken, (long long)records);
}
