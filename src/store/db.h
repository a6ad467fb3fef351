/* SPDX-License-Identifier: Apache-2.0
 *
 * The database, as the rest of hired sees it: connections, statements by name, transactions. What engine is behind it,
 * only the drivers know (driver.h): sqlite.c works on a file, remote.c lets the process that serves it work; PostgreSQL
 * takes the same statements.
 *
 * Statements stand in src/store/sql under a name; tools/sqlgen.py makes enum db_statement of them
 * (src/store/README.md). A connection prepares each on first use and keeps it. Parameters are numbered from 1, columns
 * from 0.
 *
 *     struct db_query q DB_CLEANUP = db_query(db, SQL_ORDER_GET);
 *     db_bind_int(&q, 1, tenant);
 *     db_bind_int(&q, 2, id);
 *     r = db_row(&q);              // 1: a row, 0: no more, < 0: failed (already logged)
 *     status = db_int(&q, 0);
 */
#ifndef HIRED_STORE_DB_H
#define HIRED_STORE_DB_H

#include "base/arena.h"
#include "base/str.h"
#include "store/statements.h" /* generated: enum db_statement { SQL_..., DB_STATEMENTS } */

struct db; /* one connection; used by one thread at a time */

enum db_access { DB_READ, DB_WRITE };

/* What to open: a directory for the embedded engine. */
struct db_options {
    const char *dir;   /* holds hired.db; made with mode 0700 if absent and access is DB_WRITE */
    size_t mmap_bytes; /* of the database mapped for reading; 0: none */
    unsigned busy_ms;  /* how long a write waits for another process's */
    bool no_sync;      /* for tests of other things: a loss of power may destroy the database */
};

/* The schema this binary is made for. */
unsigned db_schema_version(void);

/* Opens a connection. With DB_WRITE the schema is made or migrated first. Returns 0, or a negative errno and a sentence
 * for a person in *ret_why (in the arena): -ENOENT no database there (DB_READ), -EPROTO the schema is newer than this
 * binary (DB_READ: or older), -EUCLEAN it is damaged or not ours, -EBUSY locked too long, -EACCES, -ENOSPC, -EIO. */
int db_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a, struct str *ret_why);
struct db *db_close(struct db *db); /* takes NULL; returns NULL */

struct db_query {
    struct db *db;
    void *stmt; /* NULL if preparing failed: binds do nothing, db_row returns error */
    int error;
    unsigned row; /* of the statement; set by db_query */
};

/* May be asked for again before the first use has ended (nested): it gets a statement of its own then. Costs no
 * allocation but the first time. A query holds its statement until db_query_end; a SELECT that was not walked to its
 * end also holds back the log's upkeep, so end it soon. Every parameter must be bound (-EINVAL, logged). A statement
 * that writes runs within db_begin and db_commit only (-EPERM, logged; -EROFS on a DB_READ connection). After db_run,
 * or after db_row returned 0 or less, bind again and run again with the same query: values stay bound. */
struct db_query db_query(struct db *db, enum db_statement which);
void db_bind_int(struct db_query *q, int n, int64_t value);
void db_bind_text(struct db_query *q, int n, struct str s); /* absent binds NULL; s must live until db_query_end */
void db_bind_null(struct db_query *q, int n);
int db_row(struct db_query *q); /* -EEXIST: a unique key stands against it (not logged) */

/* Columns of the row that db_row() has read, by their generated names (enum db_column in statements.h). A column of a
 * row that the statement does not give is an error of the program: it is logged and reads as 0, NULL or absent. */
int64_t db_int(const struct db_query *q, int column);
bool db_is_null(const struct db_query *q, int column);
struct str db_text(const struct db_query *q, int column); /* absent for NULL; valid until the next db_row or the end */
void db_query_end(struct db_query *q);
#define DB_CLEANUP __attribute__((cleanup(db_query_end)))

/* Runs a statement that gives no rows. Returns the number of rows changed, -EEXIST if a unique key stands against it,
 * or another negative errno. */
int db_run(struct db_query *q);

/* Transactions of a DB_WRITE connection. A savepoint lies within a transaction; at most one is open. -ENOSPC: the disk
 * is full; -EIO: it failed; after a failed commit the transaction is rolled back. End every query before db_commit.
 * db_begin waits for other writers, of any process, up to busy_ms: -EBUSY.
 * After -EIO from db_commit the outcome is settled for this process (nothing was kept), but should the machine fail
 * before the next good commit, the whole transaction may be found kept. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);
int db_savepoint(struct db *db);
int db_release(struct db *db);
void db_rollback_savepoint(struct db *db);

/* False outside of db_begin and db_commit, and also after a fault (disk full, failed) that made the engine undo the
 * whole transaction by itself: then everything up to db_commit or db_rollback fails. */
bool db_in_transaction(const struct db *db);

/* A sentence on why the connection cannot write any more, for a command whose transaction the serving process undid
 * (-ETIMEDOUT), say; or NULL. Valid until db_close. */
const char *db_why(const struct db *db);

/* A consistent view over several reads of a DB_READ connection. */
int db_snapshot_begin(struct db *db);
void db_snapshot_end(struct db *db);

/* Housekeeping of a DB_WRITE connection, between transactions: writes what the log has gathered to its place when that
 * is due; idle: nobody waits, so do it all. After the first call commits leave it to the caller. */
void db_tend(struct db *db, bool idle);

/* What the database held before and does not hold any more, as of the transaction under way or what was committed
 * before, shall be in none of its files: what is freed is overwritten at once (always), and the log, which still has
 * it, is emptied by db_tend as soon as no reader stands in the way. */
void db_forget(struct db *db);
/* False: the log has not been emptied yet since db_forget. */
bool db_forgotten(const struct db *db);

/* Grows when another connection (of this process or any other) has changed the database since the last call. Cheap:
 * two microseconds or so (two locks of the file), no disk. Within a snapshot it stands still. */
int64_t db_change_count(struct db *db);

/* Checks the file as a whole: the engine's structures, then every statement whose name begins with check_ (no
 * parameters; each row's first column is a finding). One line per finding to fn, at most 100 of each kind. Reads
 * everything: takes seconds per gigabyte. Returns the number of findings or a negative errno. */
int db_check(struct db *db, void (*fn)(void *ctx, struct str line), void *ctx);

/* Copies the whole database into a new file (mode 0600; -EEXIST if it is there), synced; others go on writing
 * meanwhile. Within db_snapshot_begin and db_snapshot_end the copy is that view. progress, if not NULL, is told now and
 * then how many of how many pages are done. Returns 0 or a negative errno; what was begun then stays at path. */
typedef void (*db_progress_fn)(void *ctx, int64_t done, int64_t total);
int db_copy(struct db *db, const char *path, db_progress_fn progress, void *ctx);

#endif
