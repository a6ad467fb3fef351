/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the SQLite driver and its tests share. No other file includes this.
 */
#ifndef HIRED_STORE_SQLITE_SQLITE_H
#define HIRED_STORE_SQLITE_SQLITE_H

#include <sqlite3.h>

#include "store/driver.h"
#include "store/sqlite/pages.h"

/* Generated. */
extern const char *const schema_steps[]; /* each a script; the first makes the table meta */
extern const unsigned schema_steps_n;

/* A statement of a schema step that fills a table of a new file from an older file, which is attached as "old"
 * (rewrite.c). If last is set, the statement copies the next ?4 rows behind the key (?1, ?2, ?3), and last reads the
 * key of the row that was copied last. */
struct schema_move {
    unsigned step;
    const char *table; /* NULL: behind the last move */
    const char *sql;
    const char *last; /* or NULL */
};
extern const struct schema_move schema_moves[];

/* Statements that the driver itself needs. */
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
    struct statement *next; /* another statement with the same text, for nested use */
    uint64_t bound;         /* bit n - 1: parameter n has a value */
    bool busy;              /* between db_query and db_query_end */
    bool writes;
    bool ended;      /* the last step returned its end or failed; another step would restart it */
    int failed;      /* 0 or the negative errno of the last step */
    uint8_t index[]; /* SQLite's index of $n at [n - 1]; SQLite numbers parameters by first appearance */
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
    int64_t busy_since_ns; /* of the current wait */
    int log_pages;         /* pages in the write-ahead log after the last commit of this connection */
    int log_due;           /* checkpoint when log_pages reaches this */
    int log_step;          /* pages to gather for one checkpoint */
    int log_many;          /* the log is too large: truncate it */
    int page_size;         /* 0: not asked yet */
    uint64_t checkpoints, failed_checkpoints;
    bool log_clean;                   /* all of the log has been checkpointed */
    bool tended;                      /* checkpoints are made by db_tend */
    bool forget;                      /* the log must be emptied */
    const struct db_log_watch *watch; /* or NULL */
    void *watch_ctx;
    int64_t forget_ns;   /* do not try to empty it before this time */
    int64_t deadline_ns; /* clock_mono_ns; 0: none */
    struct read_limit {
        unsigned ms;      /* 0: no limit */
        uint64_t log_max; /* the same */
        int64_t since_ns; /* begin of the present read; 0: none, or no limit */
        int64_t look_ns;  /* when to look at the log again */
        unsigned steps;
        int over; /* -ETIME or -EFBIG: the present read must end */
    } limit;
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
void sqlite_watch_log(struct db *db, const struct db_log_watch *watch, void *ctx);
void sqlite_set_deadline(struct db *db, int64_t deadline_ns);
/* The limit of a read (db_options.read_ms, log_max). limit_step is called before each step and returns 0 or the error
 * with which the read ends; limit_end after a statement or a snapshot has ended; limit_look now and then within long
 * work. */
void limit_begin(struct read_limit *l);
int limit_step(struct read_limit *l, sqlite3 *handle);
int limit_look(struct read_limit *l, sqlite3 *handle);
void limit_end(struct read_limit *l, sqlite3 *handle);
/* Lets SQLite look at the limit and the deadline during long steps. */
void sqlite_look_at_clock(struct db *db);
void sqlite_log(struct db *db, struct db_log *ret);
/* A number from a PRAGMA or SELECT; the read begins the snapshot if the connection is in a transaction. Returns 0 or a
 * negative errno. */
int sqlite_ask_number(sqlite3 *handle, const char *sql, int *ret);
int sqlite_check(struct db *db, bool structure, void (*fn)(void *ctx, struct str line), void *ctx);
/* Before schema steps, the first of which is step: copies the database path to path.before-NNN. Returns 0, or a
 * negative errno with a sentence in *ret_why. */
int sqlite_copy_before(struct db *db, const char *path, unsigned step, struct arena *a, struct str *ret_why);
int sqlite_copy(struct db *db, const char *path, const struct db_copying *how);

/* ---- opening (open.c, rewrite.c) ---- */
struct opening {
    struct db *db;
    struct arena *arena;
    struct str *why;
    const char *path;
    const char *const *steps;
    unsigned steps_n;
    bool no_copy; /* a migration makes no copy of the database as it was */
    bool keep;    /* rewrite_database() keeps the file as it was; no copy was made before */
};

/* Words the failure for people and returns the negative errno. doing: "taking schema step 017". */
int opening_failed(struct opening *o, int code, const char *doing);
int opening_exec(struct opening *o, const char *sql, const char *doing);
/* The first column of the first row, in the arena; absent if there is no row. */
int opening_ask(struct opening *o, const char *sql, struct str *ret);

#define APPLICATION_ID 0x48697265 /* "Hire", in the file's header */
#define PAGE_BYTES "4096"         /* of a page; docs/STORE.md compares sizes */

/* Sets the layout of a file that has no pages yet; does nothing to another one. Returns SQLite's code. */
int layout_new_file(sqlite3 *handle);

/* In meta, between steps in place and the rewriting: a copy of the database was made before these steps. */
#define COPIED_BEFORE "copied_before"

/* Older databases, with schemas before this step, are rewritten into a new file. */
#define SCHEMA_REWRITTEN 17

/* Rewrites the database, which has the schema SCHEMA_REWRITTEN - 1, into a new file with the present schema, and puts
 * that in its place. With o->keep the file as it was stays beside it, as hired.db.before-017 (store/before.h). Goes on
 * where an earlier attempt was interrupted. Closes the connection's handle: the file must be opened again. Returns 0 or
 * a negative errno with a sentence in o->why; then the database is as it was. */
int rewrite_database(struct opening *o);

/* Configures SQLite and its VFS (pages.h), once in a process. Every function that opens a connection calls it first. */
void sqlite_setup(void);

/* The errno for a SQLite result code, negative. */
int db_errno(int code);

/* Logs an error; what is a statement's name or a short word. Returns db_errno(code). */
int db_fault(struct db *db, int code, const char *what);

/* As db_open, with other schema steps and statements: for tests. */
int db_open_with(struct db **ret, const struct db_options *o, enum db_access access, const char *const *steps,
                 unsigned steps_n, const struct db_statement_text *texts, unsigned texts_n, struct arena *a,
                 struct str *ret_why);

#endif
