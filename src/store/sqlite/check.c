/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: checks the structure of the file and the references between its rows.
 */
#include <errno.h>
#include <stdio.h>

#include "store/sqlite/sqlite.h"

#define FINDINGS_MAX 100

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* ---- checks ---- */

struct findings {
    void (*fn)(void *ctx, struct str line);
    void *ctx;
    int n;
};

static void findings_add(struct findings *f, struct str line) {
    f->fn(f->ctx, line);
    f->n++;
}

static int check_rows(struct db *db, const char *sql, const char *name, const char *fine, struct findings *f) {
    sqlite3_stmt *s = NULL;
    int r = sqlite3_prepare_v2(sqlite_of(db)->handle, sql, -1, &s, NULL);
    int rows = 0;
    while (r == SQLITE_OK || r == SQLITE_ROW) {
        r = sqlite3_step(s);
        if (r != SQLITE_ROW)
            break;
        struct str line = {(const char *)sqlite3_column_text(s, 0), (size_t)sqlite3_column_bytes(s, 0)};
        if (line.ptr && !str_eq(line, str_of(fine)))
            findings_add(f, line);
        if (++rows == FINDINGS_MAX)
            r = SQLITE_DONE;
    }
    sqlite3_finalize(s);
    if (r == SQLITE_DONE)
        return 0;
    if (r == SQLITE_INTERRUPT)
        return sqlite_of(db)->limit.over < 0 ? sqlite_of(db)->limit.over : -EINTR;
    int error = db_fault(db, r, name);
    if (error != -EUCLEAN)
        return error;
    char line[160];
    int n = snprintf(line, sizeof(line), "%s: the file is damaged, so that it cannot be read to its end", name);
    findings_add(f, (struct str){line, (size_t)n});
    return 0;
}

int sqlite_check(struct db *db, bool structure, void (*fn)(void *ctx, struct str line), void *ctx) {
    struct findings f = {.fn = fn, .ctx = ctx};
    struct sqlite_db *s = sqlite_of(db);
    const struct read_limit limit = s->limit;
    s->limit = (struct read_limit){.log_max = limit.log_max}; /* its time depends on the size of the database */
    limit_begin(&s->limit);
    int r =
        !structure ? 0 : check_rows(db, "PRAGMA integrity_check(" TEXT(FINDINGS_MAX) ")", "integrity_check", "ok", &f);
    for (unsigned i = 0; r == 0 && i < sqlite_of(db)->texts_n; i++)
        if (str_starts(str_of(sqlite_of(db)->texts[i].name), STR("check_")))
            r = check_rows(db, sqlite_of(db)->texts[i].sql, sqlite_of(db)->texts[i].name, NULL, &f);
    s->limit = limit;
    return r < 0 ? r : f.n;
}
