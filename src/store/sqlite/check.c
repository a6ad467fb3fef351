/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: checks the structure of the file and the references between its rows.
 */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "store/sqlite/sqlite.h"

#define FINDINGS_MAX 100
#define PROGRESS_STEPS 100000 /* of SQLite's machine between two looks at the clock: a millisecond or so */

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* ---- the deadline ---- */

static int on_progress(void *ctx) {
    const struct sqlite_db *s = ctx;
    return clock_mono_ns() >= s->deadline_ns;
}

void sqlite_set_deadline(struct db *db, int64_t deadline_ns) {
    struct sqlite_db *s = sqlite_of(db);
    s->deadline_ns = deadline_ns;
    sqlite3_progress_handler(s->handle, deadline_ns ? PROGRESS_STEPS : 0, deadline_ns ? on_progress : NULL, s);
}

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
        return -EINTR;
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
    int r =
        !structure ? 0 : check_rows(db, "PRAGMA integrity_check(" TEXT(FINDINGS_MAX) ")", "integrity_check", "ok", &f);
    for (unsigned i = 0; r == 0 && i < sqlite_of(db)->texts_n; i++)
        if (str_starts(str_of(sqlite_of(db)->texts[i].name), STR("check_")))
            r = check_rows(db, sqlite_of(db)->texts[i].sql, sqlite_of(db)->texts[i].name, NULL, &f);
    return r < 0 ? r : f.n;
}
