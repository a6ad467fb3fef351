/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the parts of the SQLite driver (sqlite.c, open.c) and its tests. Nobody else includes this.
 */
#ifndef HIRED_STORE_SQLITE_SQLITE_H
#define HIRED_STORE_SQLITE_SQLITE_H

#include <sqlite3.h>

#include "store/driver.h"

/* Generated. */
extern const char *const schema_steps[]; /* each a script; the first makes the table meta */
extern const unsigned schema_steps_n;

/* What the driver needs besides the named statements. */
enum db_control {
    CONTROL_BEGIN,
    CONTROL_BEGIN_READ,
    CONTROL_COMMIT,
    CONTROL_ROLLBACK,
    CONTROL_SAVEPOINT,
    CONTROL_RELEASE,
    CONTROL_ROLLBACK_TO,
    CONTROL_DATA_VERSION,
    CONTROLS
};

struct statement {
    sqlite3_stmt *handle;
    const struct db_statement_text *text;
    struct statement *next; /* a further one with the same text, for nested use */
    uint64_t bound;         /* bit n - 1: parameter n has a value */
    bool busy;              /* between db_query and db_query_end */
    bool writes;
    bool ended;      /* stepped to its end or failure; another step would run it anew */
    int failed;      /* 0 or the negative errno of the last step */
    uint8_t index[]; /* SQLite's own index of $n at [n - 1]: it counts by first appearance */
};

/* How the database's file is written (scrub.c). */
struct scrub {
    sqlite3_io_methods methods; /* first: what SQLite sees */
    const sqlite3_io_methods *below;
};

struct sqlite_db {
    struct db base;
    sqlite3 *handle;
    const struct db_statement_text *texts;
    unsigned texts_n;
    struct statement **statements; /* texts_n lists */
    sqlite3_stmt *controls[CONTROLS];
    int64_t data_version;
    unsigned busy_ms;
    int64_t busy_since_ns; /* of the wait under way */
    int log_pages;         /* in the write-ahead log after the last commit here */
    int log_due;           /* checkpoint when log_pages reaches this */
    int log_step;          /* how much to let come together for one */
    int log_many;          /* overgrown: cut it */
    bool log_clean;        /* all of the log is in its place */
    bool tended;           /* by db_tend */
    bool forget;           /* what the log has is to leave it */
    int64_t forget_ns;     /* not to be tried again before */
    struct scrub scrub;
};

static inline struct sqlite_db *sqlite_of(const struct db *db) {
    return (struct sqlite_db *)db;
}

/* ---- what open.c and backup.c have of the driver ---- */
extern const struct db_driver sqlite_driver;
struct db *sqlite_close_db(struct db *db);
void sqlite_tend(struct db *db, bool idle);
void sqlite_forget(struct db *db);
bool sqlite_forgotten(const struct db *db);
int sqlite_check(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx);
int sqlite_copy(struct db *db, const char *path, db_progress_fn progress, void *ctx);

/* Lets no old bytes into the unused room of pages from now on. Returns SQLite's code. */
int scrub_install(struct db *db);

/* The errno for a SQLite result code, negative. */
int db_errno(int code);

/* Logs what went wrong; what is a statement's name or a short word. Returns db_errno(code). */
int db_fault(struct db *db, int code, const char *what);

/* Opens file as db_open does, but with these schema steps and statements: for tests. */
int db_open_with(struct db **ret, const struct db_options *o, enum db_access access, const char *const *steps,
                 unsigned steps_n, const struct db_statement_text *texts, unsigned texts_n, struct arena *a,
                 struct str *ret_why);

#endif
