/* SPDX-License-Identifier: Apache-2.0
 *
 * A driver implements db.h for one kind of connection. db.c passes each call to the connection's driver:
 * sqlite/sqlite.c works on a file, remote/remote.c sends the call to the process that serves the database, postgresql/
 * asks a server of PostgreSQL. Only src/store includes this header.
 */
#ifndef HIRED_STORE_DRIVER_H
#define HIRED_STORE_DRIVER_H

#include "store/db.h"

/* Functions of db.h with the same names. Those that belong to a capability are NULL in a driver without it. */
struct db_driver {
    unsigned capabilities; /* bits of enum db_capability */
    struct db *(*close)(struct db *db);

    struct db_query (*query)(struct db *db, enum db_statement which);
    void (*query_end)(struct db_query *q);
    void (*bind_int)(struct db_query *q, int n, int64_t value);
    void (*bind_text)(struct db_query *q, int n, struct str s);
    void (*bind_null)(struct db_query *q, int n);
    int (*row)(struct db_query *q);
    int (*run)(struct db_query *q);
    int (*post)(struct db_query *q);   /* NULL: as run */
    void (*ahead)(struct db_query *q); /* NULL: it has no use */
    int64_t (*get_int)(const struct db_query *q, int column);
    bool (*is_null)(const struct db_query *q, int column);
    struct str (*text)(const struct db_query *q, int column);
    /* For remote/step.c, which sends rows on: the number of columns of the row that was read, and whether a value is an
     * integer. */
    int (*columns)(const struct db_query *q);
    bool (*is_int)(const struct db_query *q, int column);

    int (*begin)(struct db *db);
    int (*commit)(struct db *db);
    void (*rollback)(struct db *db);
    int (*savepoint)(struct db *db);
    int (*release)(struct db *db);
    void (*rollback_savepoint)(struct db *db);
    int (*savepoint_error)(const struct db *db, uint64_t savepoint); /* NULL: what is posted fails at once */
    bool (*in_transaction)(const struct db *db);

    int (*snapshot_begin)(struct db *db);
    int (*snapshot_renew)(struct db *db); /* NULL: end and begin */
    void (*snapshot_end)(struct db *db);
    void (*tend)(struct db *db, bool idle);
    void (*forget)(struct db *db);
    bool (*forgotten)(const struct db *db);
    int64_t (*change_count)(struct db *db);
    void (*set_deadline)(struct db *db, int64_t deadline_ns);
    int (*check)(struct db *db, bool structure, void (*fn)(void *ctx, struct str line), void *ctx);
    int (*copy)(struct db *db, const char *path, const struct db_copying *how);
    void (*watch_log)(struct db *db, const struct db_log_watch *watch, void *ctx);
    void (*log)(struct db *db, struct db_log *ret);
    const char *(*why)(const struct db *db);
};

struct db_statement_text {
    const char *name; /* as in src/store/sql */
    const char *sql;
    unsigned parameters; /* $1 to $parameters, at most 64 */
    unsigned row;        /* the number of its row; 0: it has no columns, or none with names */
    unsigned flags;      /* DB_TEXT_..., which tools/sqlplan.py finds out */
};

#define DB_TEXT_WRITES 1     /* it may change the database */
#define DB_TEXT_COLLIDES 2   /* it may meet a unique key that exists already, so that db_run returns -EEXIST */
#define DB_TEXT_WALKS 4      /* it may return any number of rows: neither a LIMIT nor a whole key bounds them */
#define DB_TEXT_GIVES_WORK 8 /* it adds an event to deliver, a report to fetch or a file to remove */

/* Generated. */
extern const struct db_statement_text db_statement_texts[DB_STATEMENTS];

/* A stamp that was issued (stamp.c). */
struct stamp {
    int64_t tenant, ms;
    int64_t at_ns;        /* when it was issued, clock_mono_ns */
    uint64_t transaction; /* db.transaction at that time; 0: this place is empty */
    uint64_t savepoint;   /* db.savepoint at that time */
};

#define STAMPS 64

/* The first member of every driver's connection. */
struct db {
    const struct db_driver *driver;
    enum db_access access;
    bool in_transaction;  /* db_begin was called; the engine may have rolled back since */
    uint64_t transaction; /* number of transactions begun */
    uint64_t savepoint;   /* number of savepoints begun */
    struct stamp stamps[STAMPS];
    int64_t remembered;     /* db_remember */
    uint64_t remembered_in; /* the number of its transaction; 0: none */
    bool keeps_ids;         /* a commit records which ids may be in use */
    int64_t ids_until;      /* the recorded time: ids of earlier times may be in use */
    int64_t opened_ns;
};

static inline int db_columns(const struct db_query *q) {
    return q->db->driver->columns(q);
}

static inline bool db_is_int(const struct db_query *q, int column) {
    return q->db->driver->is_int(q, column);
}

/* ---- opening, see db.c ---- */

/* As db_open, without the note of ids. */
int sqlite_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a,
                struct str *ret_why);
int postgresql_open(struct db **ret, const struct db_options *o, enum db_access access, struct arena *a,
                    struct str *ret_why);

/* ---- stamp.c ---- */

/* A savepoint was rolled back: forgets the stamps that were issued in it. */
void stamps_undo_savepoint(struct db *db);

/* A savepoint was rolled back after others of the transaction had begun, which may have used its stamps: issues them
 * anew, in the present savepoint. */
void stamps_keep(struct db *db, uint64_t savepoint);

/* Ids of times before until_ms may be in use: none of those is issued from now on, and commits of db keep the
 * recorded time correct. For a DB_WRITE connection with hired's own schema. */
void ids_start(struct db *db, int64_t until_ms);

/* Before a commit: records the ids that this process has issued. Returns 0 or a negative errno. */
int ids_cover(struct db *db);

#endif
