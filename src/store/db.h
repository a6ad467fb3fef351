/* SPDX-License-Identifier: Apache-2.0
 *
 * The database as the other rooms use it: connections, statements by name, transactions. The engine is known only to
 * the drivers (driver.h): sqlite/ works on a file, remote/ sends the work to the process that serves the database.
 * PostgreSQL accepts the same statements.
 *
 * Statements are in src/store/sql, each with a name; tools/sqlgen.py generates enum db_statement from them
 * (src/store/README.md). A connection prepares each statement on first use and keeps it. Parameters are numbered
 * from 1.
 *
 *     struct db_query q DB_CLEANUP = db_query(db, SQL_ORDER_GET);
 *     db_bind_int(&q, 1, tenant);
 *     db_bind_int(&q, 2, id);
 *     r = db_row(&q);              // 1: a row, 0: no more, < 0: failed (already logged)
 *     status = db_int(&q, COL_ORDER_GET_STATUS);
 */
#ifndef HIRED_STORE_DB_H
#define HIRED_STORE_DB_H

#include "base/arena.h"
#include "base/str.h"
#include "store/statements.h" /* generated: enum db_statement { SQL_..., DB_STATEMENTS } */

struct db; /* A connection; used by one thread at a time. */

enum db_access { DB_READ, DB_WRITE };

/* What to open: a directory for the embedded engine. */
struct db_options {
    /* The log cannot be emptied while a reader holds an old state. So a read of a DB_READ connection (a statement, or
     * the snapshot around several) ends with -ETIME after read_ms; one that has lasted a second, also db_copy and
     * db_check, ends with -EFBIG when the log has log_max bytes. 0: no limit. */
    unsigned read_ms;
    uint64_t log_max;
    const char *dir;   /* holds hired.db; made with mode 0700 if absent and access is DB_WRITE */
    size_t mmap_bytes; /* bytes of the database that are mapped for reading; 0: none */
    unsigned busy_ms;  /* how long a write waits for another process */
    bool no_copy;      /* before a migration the database is not copied (to hired.db.before-NNN): it is a copy itself */
    bool no_sync;      /* for tests of other things: a power failure may destroy the database */
};

/* The version of the schema that this binary needs. */
unsigned db_schema_version(void);

/* Opens a connection. With DB_WRITE the schema is created or migrated first. Returns 0, or a negative errno and a
 * sentence for people in *ret_why (in the arena): -ENOENT there is no database (DB_READ), -EPROTO the schema is
 * newer than this binary (DB_READ: or older), -EUCLEAN the file is damaged or was not made by hired, -EBUSY locked
 * for too long, -EACCES, -ENOSPC, -EIO. */
int db_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a, struct str *ret_why);
struct db *db_close(struct db *db); /* takes NULL; returns NULL */

struct db_query {
    struct db *db;
    void *stmt; /* NULL if preparing failed: then binds do nothing and db_row returns error */
    int error;
    unsigned row; /* of the statement; set by db_query */
};

/* A statement may be used again before its first use has ended (nested); the second use gets its own prepared
 * statement. Allocates only on first use. A query holds its statement until db_query_end, and an unfinished SELECT
 * prevents the write-ahead log from being reset, so end it soon. Every parameter must be bound (-EINVAL, logged). A
 * statement that writes must run within db_begin and db_commit (-EPERM, logged; -EROFS on a DB_READ connection).
 * After db_run, or after db_row returned 0 or less, the query can be bound and run again; values stay bound. */
struct db_query db_query(struct db *db, enum db_statement which);
void db_bind_int(struct db_query *q, int n, int64_t value);
void db_bind_text(struct db_query *q, int n, struct str s); /* absent binds NULL; s must live until db_query_end */
void db_bind_null(struct db_query *q, int n);
int db_row(struct db_query *q); /* -EEXIST: the row's unique key exists already (not logged) */

/* Columns of the row that db_row() has read, by their generated names (enum db_column in statements.h). To read a
 * column that the statement does not give breaks an invariant (base/invariant.h): a debug build aborts, a release build
 * logs it and the column reads as 0, NULL or absent. */
int64_t db_int(const struct db_query *q, int column);
bool db_is_null(const struct db_query *q, int column);
struct str db_text(const struct db_query *q, int column); /* absent for NULL; valid until the next db_row or the end */
void db_query_end(struct db_query *q);
#define DB_CLEANUP __attribute__((cleanup(db_query_end)))

/* Runs a statement that returns no rows. Returns the number of changed rows, -EEXIST if a unique key exists already,
 * or another negative errno. */
int db_run(struct db_query *q);

/* Transactions of a DB_WRITE connection. A savepoint lies within a transaction; at most one is open. -ENOSPC: the
 * disk is full; -EIO: it failed; after a failed commit the transaction is rolled back. End every query before
 * db_commit. db_begin waits up to busy_ms for writers of other processes: -EBUSY. After -EIO from db_commit this
 * process sees the transaction as rolled back; but if the machine fails before the next successful commit, the whole
 * transaction may be found committed. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);
int db_savepoint(struct db *db);
int db_release(struct db *db);
void db_rollback_savepoint(struct db *db);

/* False outside of db_begin and db_commit, and after a fault (disk full or failed) for which the engine rolled back
 * the whole transaction: then everything up to db_commit or db_rollback fails. */
bool db_in_transaction(const struct db *db);

/* A sentence on why the connection cannot write any more, or NULL; for example, a command's transaction was rolled
 * back by the serving process (-ETIMEDOUT). Valid until db_close. */
const char *db_why(const struct db *db);

/* A consistent view over several reads of a DB_READ connection. */
int db_snapshot_begin(struct db *db);
void db_snapshot_end(struct db *db);

/* Maintains a DB_WRITE connection between transactions: checkpoints the write-ahead log when that is due. idle: no
 * job waits, so checkpoint all of it. After the first call, commits leave checkpoints to the caller. */
void db_tend(struct db *db, bool idle);

/* Requests that data deleted or overwritten in the current transaction, or before, be removed from all files of the
 * database. Freed space is always overwritten at once; db_tend empties the log, which still has the data, as soon as
 * no reader needs it. */
void db_forget(struct db *db);
/* False: the log has not been emptied since db_forget. */
bool db_forgotten(const struct db *db);

/* Grows when another connection (of any process) has changed the database since the last call. Cheap: two locks of
 * the file, about two microseconds, no disk access. Constant within a snapshot. */
int64_t db_change_count(struct db *db);

/* Checks the whole file: the engine's structures, then all statements whose name begins with check_ (no parameters;
 * the first column of each row is a finding). Calls fn with one line for each finding, at most 100 of each kind.
 * Reads everything: takes seconds per gigabyte. Returns the number of findings or a negative errno. */
int db_check(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx);

/* The same without the engine's structures. */
int db_check_references(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx);

/* Reads that are running at this time (clock_mono_ns()), and later ones, end with -EINTR: pages that refer to each
 * other in a damaged file can make a read endless. 0: no deadline. */
void db_set_deadline(struct db *db, int64_t deadline_ns);

/* Copies the whole database into a new file (mode 0600; -EEXIST if it exists) and syncs it. The copy is of one moment:
 * db_copy takes a snapshot and ends it when all pages are copied; within db_snapshot_begin and db_snapshot_end it
 * copies that snapshot. Other connections can write meanwhile and never make it begin again, but their changes stay in
 * the write-ahead log until then. Fills in what of *how is wanted. Returns 0, -EUCLEAN if a page could not be read as
 * it was written, or another negative errno; an incomplete copy then stays at path. */
typedef bool (*db_progress_fn)(void *ctx, int64_t done, int64_t total);
struct db_copying {
    uint64_t rate;           /* bytes a second at most; 0: no limit */
    db_progress_fn progress; /* or NULL; called now and then with the pages copied and all pages; false ends the copy:
                              -ECANCELED */
    void *ctx;
};
int db_copy(struct db *db, const char *path, const struct db_copying *how);

/* The write-ahead log as a DB_WRITE connection knows it; used on the thread of the connection. */
struct db_log {
    uint64_t bytes; /* in use: of commits that a checkpoint has not let the log begin anew after */
    uint64_t checkpoints,
        failed_checkpoints; /* of this connection; a failed one ended with a fault, not with a reader */
};
void db_log(struct db *db, struct db_log *ret);

/* Watches the write-ahead log of a DB_WRITE connection; called on the thread that uses it. Set it before the first
 * commit. Both functions may be called until db_close has returned. */
struct db_log_watch {
    void (*committed)(void *ctx, int pages);    /* after each commit: the pages that the log has now */
    bool (*may_reset)(void *ctx, bool closing); /* before a checkpoint: whether the log is not needed any more */
};
void db_watch_log(struct db *db, const struct db_log_watch *watch, void *ctx);

/* Brings path-wal, an image of a write-ahead log, into the database file path and removes it. Does not sync. Returns
 * 0, -EUCLEAN if not every frame of it can be read, or another negative errno. */
int db_replay_log(const char *path);

/* Checks the structure of any database file (SQLite's quick_check), also one of another schema, while nobody writes in
 * it. Calls fn with a line for each finding, at most 100. Returns the number of findings or a negative errno. */
int db_check_file(const char *path, void (*fn)(void *ctx, struct str line), void *ctx);

#endif
