/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the parts of the SQLite driver (sqlite.c, sqlite_open.c) and its tests. Nobody else includes this.
 */
#ifndef HIRED_STORE_SQLITE_H
#define HIRED_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/db.h"

struct db_statement_text {
    const char *name; /* as in src/store/sql */
    const char *sql;
    unsigned parameters; /* $1 to $parameters, at most 64 */
};

/* Generated. */
extern const struct db_statement_text db_statement_texts[DB_STATEMENTS];
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

/* How the database's file is written (sqlite_scrub.c). */
struct scrub {
    sqlite3_io_methods methods; /* first: what SQLite sees */
    const sqlite3_io_methods *below;
};

/* A stamp that was handed out (stamp.c). */
struct stamp {
    int64_t tenant, ms;
    int64_t at_ns;        /* when, clock_mono_ns */
    uint64_t transaction; /* db.transaction then; 0: this place is empty */
    uint64_t savepoint;   /* db.savepoint then */
};

#define STAMPS 64

struct db {
    sqlite3 *handle;
    enum db_access access;
    const struct db_statement_text *texts;
    unsigned texts_n;
    struct statement **statements; /* texts_n lists */
    sqlite3_stmt *controls[CONTROLS];
    bool in_transaction; /* db_begin was called; SQLite may have rolled back by itself meanwhile */
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
    uint64_t transaction; /* counts those that were begun */
    uint64_t savepoint;   /* the same */
    struct stamp stamps[STAMPS];
    bool keeps_ids;    /* commits note which ids may be in use */
    int64_t ids_until; /* ids of before this time may be, as the database says */
    int64_t opened_ns;
};

/* ---- stamp.c ---- */

/* A savepoint is undone: stamps that were handed out in it are forgotten. */
void stamps_undo_savepoint(struct db *db);

/* Ids of before until_ms may be in use: none of those is handed out from now on, and commits of db keep the database's
 * note true. For a DB_WRITE connection with hired's own schema. */
void ids_start(struct db *db, int64_t until_ms);

/* Before a commit: notes the ids that this process has handed out. Returns 0 or a negative errno. */
int ids_cover(struct db *db);

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
