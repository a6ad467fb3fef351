/* SPDX-License-Identifier: Apache-2.0
 *
 * The database as the other rooms use it: connections, statements by name, transactions. The engine is known only to
 * the drivers (driver.h): sqlite/ works on a file, remote/ sends the work to the process that serves the database,
 * postgresql/ asks a server of PostgreSQL. All accept the same statements.
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

enum db_engine {
    DB_SQLITE,     /* the database is in the directory db_options.dir */
    DB_POSTGRESQL, /* the database is where db_options.url says */
};

/* What to open. */
struct db_options {
    enum db_engine engine;

    /* Both engines. */
    unsigned busy_ms; /* how long a write waits for another process */
    bool no_sync;     /* for tests of other things: a power failure may destroy the database */

    /* The log cannot be emptied (PostgreSQL: old rows not removed) while a reader holds an old state. So a read of a
     * DB_READ connection (a statement, or the snapshot around several) ends with -ETIME after read_ms; one that has
     * lasted a second, also db_copy and db_check, ends with -EFBIG when the log has log_max bytes (SQLite only). 0: no
     * limit. */
    unsigned read_ms;
    uint64_t log_max;

    /* DB_SQLITE */
    const char *dir;   /* holds hired.db; made with mode 0700 if absent and access is DB_WRITE */
    size_t mmap_bytes; /* bytes of the database that are mapped for reading; 0: none */
    bool no_copy;      /* before a migration the database is not copied (to hired.db.before-NNN): it is a copy itself */

    /* DB_POSTGRESQL */
    const char *url;       /* a postgresql:// URL or a list of key=value, as libpq takes them */
    unsigned connect_ms;   /* for one attempt to reach one host; 0: 5 seconds */
    unsigned statement_ms; /* for one statement of a DB_WRITE connection; 0: 60 seconds. Statements of a migration have
                              no such limit. */
};

/* The version of the schema that this binary needs. */
unsigned db_schema_version(void);

/* Opens a connection. With DB_WRITE the schema is created or migrated first. Returns 0, or a negative errno and a
 * sentence for people in *ret_why (in the arena): -ENOENT there is no database (SQLite: DB_READ only), -EPROTO the
 * schema is newer than this binary (DB_READ: or older), -EUCLEAN the file is damaged or the database was not made by
 * hired, -EBUSY locked for too long, or the server of PostgreSQL has no connection left, -EACCES, -ENOSPC, -EIO. Only
 * PostgreSQL: -EHOSTUNREACH no server answers, -EINVAL the URL cannot be read, -EMEDIUMTYPE the database orders or
 * encodes texts in another way, -EROFS no server takes writes, -EOPNOTSUPP the server is too old. */
int db_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a, struct str *ret_why);
struct db *db_close(struct db *db); /* takes NULL; returns NULL */

/* What only some connections can do. */
enum db_capability {
    /* db_tend. Without: it does nothing, because the database's server maintains itself. */
    DB_CAN_TEND = 1,
    /* db_forget. Without: it does nothing, and db_forgotten is true; old versions of rows stay until the database's
     * server removes them. */
    DB_CAN_FORGET = 2,
    /* db_copy. Without: -EOPNOTSUPP. */
    DB_CAN_COPY = 4,
    /* db_log, db_watch_log. Without: all is 0, and nothing is watched. */
    DB_CAN_LOG = 8,
    /* db_check reads the engine's structures. Without: it does what db_check_references does. */
    DB_CAN_CHECK_STRUCTURE = 16,
};
bool db_can(const struct db *db, enum db_capability what);

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
int db_row(struct db_query *q); /* -EEXIST: the row's unique key exists already (not logged); -EIO: see db_begin */

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

/* Runs a statement that returns no rows and of whose outcome the caller needs nothing: neither how many rows changed
 * nor -EEXIST. On PostgreSQL it is sent with the next statement whose outcome is needed, or with the commit, so that it
 * costs no round trip. If it fails (a unique key that exists is a failure here), then everything up to
 * db_rollback_savepoint fails as well. If the savepoint was released before the failure was known, the savepoint is
 * undone, later ones go on, and db_savepoint_error tells. Without a savepoint the whole transaction fails. Returns how
 * many rows were changed, 1 if that is not known yet, or a negative errno. */
int db_post(struct db_query *q);

/* Announces that q, all of whose parameters are bound, will be read with db_row soon. On PostgreSQL it is sent with the
 * next statement that runs, so that its rows are there without a further round trip: announce several, then read them
 * in turn. It sees what the database has when that statement runs. More than db_ahead_max() at once have no use: that
 * is 1 where announcing has none. */
#define DB_AHEAD_MAX 64
void db_ahead(struct db_query *q);
unsigned db_ahead_max(const struct db *db);

/* Transactions of a DB_WRITE connection. A savepoint lies within a transaction; at most one is open. -ENOSPC: the
 * disk is full; -EIO: it failed; after a failed commit the transaction is rolled back. End every query before
 * db_commit. db_begin waits up to busy_ms for writers of other processes: -EBUSY. After -EIO from db_commit this
 * process sees the transaction as rolled back; but if the machine fails before the next successful commit, the whole
 * transaction may be found committed.
 *
 * A connection to PostgreSQL may break. Outside of a transaction and a snapshot the next db_begin or read opens it
 * again without a word, and fails as db_open does if it cannot (-EHOSTUNREACH, ...). Within one, everything fails with
 * -EIO until it is ended. If it broke while db_commit waited for the answer, db_commit returns -EIO and the whole
 * transaction may be committed or not. -EBUSY also: another session of the database stands in the way (a deadlock). */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);
int db_savepoint(struct db *db);
int db_release(struct db *db);
void db_rollback_savepoint(struct db *db);

/* The number of the savepoint that was begun last. After db_commit: the error for which its writes were undone after
 * db_release had returned 0 (see db_post); 0: they are committed. Valid until the next db_begin. */
uint64_t db_savepoint_number(const struct db *db);
int db_savepoint_error(const struct db *db, uint64_t number);

/* A number that the caller knows about the database, remembered up to the end of the transaction: what nobody else can
 * change meanwhile need not be read for each job. db_recall returns false if there is none. */
void db_remember(struct db *db, int64_t number);
bool db_recall(const struct db *db, int64_t *ret);
void db_unremember(struct db *db);

/* False outside of db_begin and db_commit, and after a fault (disk full or failed, connection lost) for which the
 * engine rolled back the whole transaction: then everything up to db_commit or db_rollback fails. */
bool db_in_transaction(const struct db *db);

/* A sentence on why the connection cannot write any more, or NULL; for example, a command's transaction was rolled
 * back by the serving process (-ETIMEDOUT), or the server of PostgreSQL cannot be reached. Valid until the connection
 * is used again. */
const char *db_why(const struct db *db);

/* A consistent view over several reads of a DB_READ connection. */
int db_snapshot_begin(struct db *db);
int db_snapshot_renew(struct db *db); /* ends it and begins another, which costs less than both calls */
void db_snapshot_end(struct db *db);

/* DB_CAN_TEND. Maintains a DB_WRITE connection between transactions: checkpoints the write-ahead log when that is due.
 * idle: no job waits, so checkpoint all of it. After the first call, commits leave checkpoints to the caller. */
void db_tend(struct db *db, bool idle);

/* DB_CAN_FORGET. Requests that data deleted or overwritten in the current transaction, or before, be removed from all
 * files of the database. Freed space is always overwritten at once; db_tend empties the log, which still has the data,
 * as soon as no reader needs it. */
void db_forget(struct db *db);
/* False: the log has not been emptied since db_forget. */
bool db_forgotten(const struct db *db);

/* Grows when another connection (of any process) has changed the database since the last call. Constant within a
 * snapshot. SQLite: two locks of the file, about two microseconds, no disk access; it does not grow otherwise.
 * PostgreSQL: a question to the server; it grows with changes of the own connection too, and now and then without any,
 * because the server's own work and its other databases take numbers of transactions. */
int64_t db_change_count(struct db *db);

/* Checks the whole database: the engine's structures (DB_CAN_CHECK_STRUCTURE), then all statements whose name begins
 * with check_ (no parameters; the first column of each row is a finding). Calls fn with one line for each finding, at
 * most 100 of each kind. Reads everything: takes seconds per gigabyte. Returns the number of findings or a negative
 * errno. */
int db_check(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx);

/* The same without the engine's structures. */
int db_check_references(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx);

/* Reads that are running at this time (clock_mono_ns()), and later ones, end with -EINTR: pages that refer to each
 * other in a damaged file can make a read endless. 0: no deadline. */
void db_set_deadline(struct db *db, int64_t deadline_ns);

/* For a server that ends: from at_ns (clock_mono_ns()) on, no connection of this process waits longer than 3 seconds
 * for a server of PostgreSQL, and after one wait without an answer not longer than 200 ms, so that a database that does
 * not answer cannot keep the process. What waited fails as if the connection had broken. Waits that have begun are cut,
 * too. 0: takes it back. SQLite does not wait for others so long. Any thread. */
void db_end_waits(int64_t at_ns);

/* DB_CAN_COPY. Copies the whole database into a new file (mode 0600; -EEXIST if it exists) and syncs it. The copy is of
 * one moment: db_copy takes a snapshot and ends it when all pages are copied; within db_snapshot_begin and
 * db_snapshot_end it copies that snapshot. Other connections can write meanwhile and never make it begin again, but
 * their changes stay in the write-ahead log until then. Fills in what of *how is wanted. Returns 0, -EUCLEAN if a page
 * could not be read as it was written, or another negative errno; an incomplete copy then stays at path. */
typedef bool (*db_progress_fn)(void *ctx, int64_t done, int64_t total);
struct db_copying {
    uint64_t rate;           /* bytes a second at most; 0: no limit */
    db_progress_fn progress; /* or NULL; called now and then with the pages copied and all pages; false ends the copy:
                              -ECANCELED */
    void *ctx;
};
int db_copy(struct db *db, const char *path, const struct db_copying *how);

/* DB_CAN_LOG. The write-ahead log as a DB_WRITE connection knows it; used on the thread of the connection. */
struct db_log {
    uint64_t bytes; /* in use: of commits that a checkpoint has not let the log begin anew after */
    uint64_t checkpoints,
        failed_checkpoints; /* of this connection; a failed one ended with a fault, not with a reader */
};
void db_log(struct db *db, struct db_log *ret);

/* DB_CAN_LOG. Watches the write-ahead log of a DB_WRITE connection; called on the thread that uses it. Set it before
 * the first commit. Both functions may be called until db_close has returned. */
struct db_log_watch {
    void (*committed)(void *ctx, int pages);    /* after each commit: the pages that the log has now */
    bool (*may_reset)(void *ctx, bool closing); /* before a checkpoint: whether the log is not needed any more */
};
void db_watch_log(struct db *db, const struct db_log_watch *watch, void *ctx);

/* SQLite only. Brings path-wal, an image of a write-ahead log, into the database file path and removes it. Does not
 * sync. Returns 0, -EUCLEAN if not every frame of it can be read, or another negative errno. */
int db_replay_log(const char *path);

/* SQLite only. Checks the structure of any database file (its quick_check), also one of another schema, while nobody
 * writes in it. Calls fn with a line for each finding, at most 100. Returns the number of findings or a negative errno.
 */
int db_check_file(const char *path, void (*fn)(void *ctx, struct str line), void *ctx);

#endif
