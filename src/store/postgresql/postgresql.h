/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the PostgreSQL driver and its tests share. README.md describes how it works. No other file includes
 * this.
 */
#ifndef HIRED_STORE_POSTGRESQL_POSTGRESQL_H
#define HIRED_STORE_POSTGRESQL_POSTGRESQL_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "store/driver.h"
#include "store/postgresql/address.h"

#define PG_PARAMETERS_MAX 64
#define PG_PORTION 128        /* rows of a walk that are fetched at once */
#define PG_GRACE_MS 2000      /* how long an answer may be late, after the server should have ended the statement */
#define PG_CHECK_MS 2000      /* how long a connection may take to show that it works, after another one was lost */
#define PG_AGAIN_MS 500       /* between two attempts to reach a server that does not answer */
#define PG_LOST (-ECONNRESET) /* within the driver: the connection broke, so nothing is known of the last exchange */
#define PG_AGAIN (-ERESTART)  /* within the driver: a posted statement failed and was undone; queue the rest again */
#define PG_POSTS 64           /* posted statements in one exchange */
#define PG_AHEAD 64           /* announced queries in one exchange */

/* Advisory locks of the database. */
#define PG_LOCK_WRITE "1214870117, 1"   /* held by the one transaction that writes */
#define PG_LOCK_MIGRATE "1214870117, 2" /* held by the process that takes schema steps */
#define PG_LOCK_SERVE "1214870117, 3"   /* shared by all servers; held alone by `hired migrate` */
#define PG_LOCK_WORKER "1214870117, 4"  /* held by the server that is the worker (store/lease.h) */
#define PG_LOCK_NODES "1214870118"      /* with a node's number: held by the process that has it (store/lease.h) */
#define PG_LOCK_CLASS 1214870117u       /* the numbers in these texts */
#define PG_LOCK_WORKER_KEY 4u
#define PG_LOCK_NODES_CLASS 1214870118u

#define PG_CHANNEL "hired" /* of LISTEN and NOTIFY (store/ear.h) */

/* Numbers of types, which are the same in every PostgreSQL. */
#define PG_TYPE_BOOL 16
#define PG_TYPE_BYTEA 17
#define PG_TYPE_INT8 20
#define PG_TYPE_INT2 21
#define PG_TYPE_INT4 23
#define PG_TYPE_TEXT 25
#define PG_TYPE_OID 26
#define PG_TYPE_VARCHAR 1043
#define PG_TYPE_NUMERIC 1700

/* The forms of a parameter or a result. */
#define PG_FORMAT_TEXT 0
#define PG_FORMAT_BINARY 1

/* A statement as the server knows it. */
struct pg_text {
    const struct db_statement_text *text;
    char name[16];       /* of the prepared statement */
    unsigned generation; /* of the connection that has prepared it; 0: none has */
    bool described;      /* types are known */
    Oid types[];         /* of the parameters */
};

/* A use of a statement: its parameters and its rows. */
struct pg_statement {
    struct pg_text *of;
    struct pg_statement *next; /* another use of the same text, for nested use */
    bool busy;                 /* between db_query and db_query_end */
    bool started;              /* it was executed; rows are being read */
    bool ended;                /* there are no more rows, or it failed */
    bool ahead;                /* it was announced, and goes with the next statement */
    bool fetched;              /* it was sent ahead, and its rows are there */
    int place;                 /* in the exchange in which it was sent ahead */
    int failed;                /* 0 or the negative errno of the last step */
    uint64_t bound;            /* bit n - 1: parameter n has a value */

    PGresult *rows;     /* what the server sent, or the present portion of a walk */
    int at, n;          /* the row being read, and how many rows has */
    char (*digits)[24]; /* texts of integers, one for each column; NULL until one is asked for */

    unsigned cursor;   /* the number of its cursor; 0: it has none */
    bool last;         /* the present portion is the last one */
    bool in_savepoint; /* the cursor was opened in the caller's savepoint */
    bool held;         /* the cursor belongs to no transaction any more */
    struct pg_statement *next_open;

    const char *values[PG_PARAMETERS_MAX];
    int lengths[PG_PARAMETERS_MAX], formats[PG_PARAMETERS_MAX];
    char numbers[PG_PARAMETERS_MAX][24]; /* of integers: in network order, or digits */
};

/* Statements that were posted since the last exchange, all in one savepoint. */
struct pg_posts {
    struct pg_posted {
        int place; /* in the exchange */
        const struct db_statement_text *text;
    } v[PG_POSTS];
    unsigned n;
    uint64_t savepoint; /* its number */
    bool released;      /* RELEASE was queued behind them */
};

/* A savepoint that failed after its release. */
struct pg_late {
    uint64_t savepoint;
    int error;
};

/* Commands without parameters that each connection has prepared. */
enum pg_command {
    PG_BEGIN_READ,
    PG_BEGIN_WRITE,
    PG_LOCK,
    PG_COMMIT,
    PG_ROLLBACK,
    PG_SAVEPOINT_JOB,
    PG_RELEASE_JOB,
    PG_ROLLBACK_TO_JOB,
    PG_SAVEPOINT_GUARD,
    PG_RELEASE_GUARD,
    PG_ROLLBACK_TO_GUARD,
    PG_COMMANDS
};

struct pg_db {
    struct db base;
    struct pg_address *address;
    unsigned busy_ms, read_ms, statement_ms;
    bool no_sync;
    const char *const *steps;
    unsigned steps_n;
    const struct db_statement_text *texts;
    unsigned texts_n;
    struct pg_text **known;           /* texts_n + 1: the last is pg_change_text */
    struct pg_statement **statements; /* the same; lists */

    PGconn *conn;        /* NULL: none */
    unsigned generation; /* of conn */
    bool broken;         /* a command could not be queued */
    int queued;          /* commands since the last Sync */
    int owed;            /* Syncs whose results were not read yet */
    uint64_t exchanges;  /* round trips: how often the server's answer was waited for */
    int64_t answered_ns; /* clock_mono_ns of the last one */
    int error_at;        /* of the last exchange: the command that failed, or -1 */
    int64_t wait_ms;     /* the server should answer within; 0: no limit */
    int64_t timeout_ms;  /* statement_timeout of the session; -1: unknown */
    bool unlimited;      /* statements have no limit now */
    bool reopen;         /* the server takes no writes: connect anew before the next transaction */
    int64_t again_ns;    /* no attempt to connect before this time */
    int connect_error;   /* of the last attempt */
    char why[512];       /* the same; "": connected */

    bool snapshot;   /* between db_snapshot_begin and db_snapshot_end */
    bool reading;    /* the server has a transaction that reads, for the snapshot or for walks */
    bool savepoint;  /* the caller's savepoint is open */
    bool gives_work; /* other processes are told of the transaction, see store/ear.h */
    bool lost;       /* the connection broke within a transaction or a snapshot, which is not ended yet */
    int aborted;     /* error after which the server refuses everything until a rollback; or 0 */
    struct pg_posts posts;
    struct buf late; /* struct pg_late, of the present or last transaction */
    struct pg_statement *ahead[PG_AHEAD];
    unsigned ahead_n;
    struct pg_statement *walks; /* with an open cursor */
    unsigned cursors;           /* numbers that were given to cursors */

    int64_t deadline_ns; /* clock_mono_ns; 0: none */
    int64_t since_ns;    /* begin of the present read; 0: none */

    struct buf state; /* the last pg_current_snapshot() */
    int64_t changes;
};

static inline struct pg_db *pg_of(const struct db *db) {
    return (struct pg_db *)db;
}

/* Whether the server holds something for this connection that is gone if the connection breaks. */
static inline bool pg_holds(const struct pg_db *db) {
    return db->base.in_transaction || db->reading;
}

/* ---- error.c ---- */

/* The errno for a SQLSTATE, negative. */
int pg_errno(const char *sqlstate);
/* Logs the error of a result, without values, and returns its errno; -EEXIST is not logged. what: a statement's name.
 */
int pg_report(const PGresult *result, const char *what);
/* The same for a result of db, which connects anew after -EROFS. */
int pg_fault(struct pg_db *db, const PGresult *result, const char *what);

/* ---- wait.c; until_ns: clock_mono_ns, 0: no limit but that of a process that ends ---- */

/* Waits until a result can be read without waiting. Returns 0, -ETIMEDOUT or -EIO. */
int pg_wait(PGconn *conn, int64_t until_ns);
/* Waits for events of poll(). began_ns: pg_wait_begins(), from before the first of the calls that are one wait. Returns
 * the events, which are not 0, -ETIMEDOUT or -EIO. */
int pg_poll(PGconn *conn, short events, int64_t began_ns, int64_t until_ns);
int64_t pg_wait_begins(void);

/* ---- wire.c: commands are queued, and an exchange sends them and reads all results: one round trip ---- */

/* Queues a command without parameters. Returns its place in the exchange. A command that cannot be queued lets the
 * exchange fail. */
int pg_queue(struct pg_db *db, const char *sql);
int pg_command(struct pg_db *db, enum pg_command which);
/* Prepares the commands on a new connection. Returns 0 or PG_LOST. */
int pg_prepare_commands(struct pg_db *db);
int pg_queue_statement(struct pg_db *db, const struct pg_statement *s);             /* the prepared one */
int pg_queue_text(struct pg_db *db, const char *sql, const struct pg_statement *s); /* with the parameters of s */
int pg_queue_prepare(struct pg_db *db, const struct pg_text *t);
int pg_queue_describe(struct pg_db *db, const struct pg_text *t);
/* Sends what is queued, and reads the results. *ret is that of the command at place keep (-1: none), or the first error
 * (see error_at); the caller clears it. Returns 0, or PG_LOST: then the connection is closed, and lost is set if it
 * held something. If a posted statement failed, *ret is NULL and nothing after it was done: PG_AGAIN if it belonged to
 * a savepoint that was released, which is undone now; else its errno, which aborted has too. */
int pg_exchange(struct pg_db *db, int keep, PGresult **ret);
/* Sends what is queued, and waits PG_CHECK_MS at most. Returns 0 or PG_LOST. */
int pg_check(struct pg_db *db);
/* Sends what is queued without waiting for the results, which the next exchange reads. */
void pg_send(struct pg_db *db);
/* Whether another connection of this process was lost since this one was last answered. */
bool pg_suspect(const struct pg_db *db);
/* Gives the connection up. why: for the log; NULL: say nothing. */
int pg_lose(struct pg_db *db, const char *why);
/* Outside of pipeline mode: reads the results of what was sent. *ret is the last one, or the first error. Returns 0,
 * -ETIMEDOUT or -EIO; then *ret is NULL. */
int pg_results(PGconn *conn, int64_t until_ns, PGresult **ret);
/* The same, after sending a script. */
int pg_script(PGconn *conn, const char *sql, int64_t until_ns, PGresult **ret);
bool pg_is_error(const PGresult *result); /* also if there is none: NULL */

/* ---- connect.c ---- */

/* Settings with which the server notices that the machine of its client is gone. */
#define PG_KEEPALIVES                                                                                                  \
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;"                     \
    "SET tcp_user_timeout = 20000;"

/* Connects to the first host of the address that lets it in. The connection does not block and is not in pipeline mode;
 * the session has no settings yet. Returns 0 or a negative errno with a sentence in *ret_why: see db_open. */
int pg_reach(const struct pg_address *address, PGconn **ret, struct arena *a, struct str *ret_why);

/* The same, and sets the session up by a script, for which the server has the same time. */
int pg_session(const struct pg_address *address, const char *settings, PGconn **ret, struct arena *a,
               struct str *ret_why);

/* After a connection to the address was made, and the server said that its process is pid: whether a pooler in between
 * keeps the session together. Returns 0, or a negative errno with a sentence in *ret_why: -EOPNOTSUPP it does not. */
int pg_pooler_check(const struct pg_address *address, PGconn *conn, int64_t pid, struct arena *a, struct str *ret_why);

/* Connects, and sets the session up. Returns 0 or a negative errno with a sentence in *ret_why: see db_open. */
int pg_connect(struct pg_db *db, bool first, struct arena *a, struct str *ret_why);
/* Before a statement or a transaction: connects again if that is needed and may be done. Returns 0 or a negative errno.
 */
int pg_ready(struct pg_db *db);

/* ---- limit.c ---- */

/* Begins or goes on with a read or a write; queues what sets the server's limit. Returns 0, -ETIME or -EINTR. */
int pg_limit(struct pg_db *db);
/* -ETIME means -EINTR if the deadline has passed. */
int pg_limit_error(const struct pg_db *db, int error);
void pg_set_deadline(struct db *db, int64_t deadline_ns);

/* ---- statement.c, row.c, value.c ---- */
struct db_query pg_query(struct db *db, enum db_statement which);
void pg_query_end(struct db_query *q);
void pg_bind_int(struct db_query *q, int n, int64_t value);
void pg_bind_text(struct db_query *q, int n, struct str s);
void pg_bind_null(struct db_query *q, int n);
/* Why a statement may not run now, a negative errno; or 0. */
int pg_may_run(struct db_query *q, const struct pg_statement *s);
void pg_rows_drop(struct pg_db *db, struct pg_statement *s); /* clears the rows, closes the cursor */
/* Cursors are gone: with the connection, with the transaction, or with the caller's savepoint. */
enum pg_gone { PG_GONE_CONNECTION, PG_GONE_TRANSACTION, PG_GONE_SAVEPOINT };
void pg_walks_gone(struct pg_db *db, enum pg_gone with);
int pg_row(struct db_query *q);
int pg_run(struct db_query *q);
int64_t pg_int(const struct db_query *q, int column);
bool pg_is_null(const struct db_query *q, int column);
struct str pg_text(const struct db_query *q, int column);
int pg_columns(const struct db_query *q);
bool pg_is_int(const struct db_query *q, int column);
bool pg_is_binary_int(Oid type);                                /* sent and received as an integer in network order */
int64_t pg_int_at(const PGresult *result, int row, int column); /* of a result in binary form; NULL: 0 */

/* ---- post.c ---- */
int pg_post(struct db_query *q);
int pg_savepoint_error(const struct db *db, uint64_t savepoint);
/* Waits for the results of posted statements. Returns 0 or the error with which the transaction, or the open savepoint,
 * has failed. */
int pg_confirm(struct pg_db *db);
/* After an exchange; see pg_exchange. */
int pg_posts_settle(struct pg_db *db, PGresult **ret);

/* ---- ahead.c ---- */
void pg_ahead(struct db_query *q);
void pg_ahead_drop(struct pg_db *db, struct pg_statement *s); /* if it was announced and not sent */
void pg_ahead_queue(struct pg_db *db);
/* Whether the result belongs to an announced query, which has it then. */
bool pg_ahead_take(struct pg_db *db, int place, PGresult *result);
bool pg_ahead_end(struct pg_db *db); /* after the exchange; whether there were any */

/* ---- transaction.c ---- */
int pg_begin(struct db *db);
int pg_commit(struct db *db);
void pg_rollback(struct db *db);
int pg_savepoint(struct db *db);
int pg_release(struct db *db);
void pg_rollback_savepoint(struct db *db);
bool pg_in_transaction(const struct db *db);
int pg_snapshot_begin(struct db *db);
int pg_snapshot_renew(struct db *db);
void pg_snapshot_end(struct db *db);
/* Ends the transaction that reads if neither a snapshot nor a walk needs it. */
void pg_reading_end(struct pg_db *db);
extern const struct db_statement_text pg_change_text;
int64_t pg_change_count(struct db *db);

/* ---- open.c ---- */

/* As db_open, with other schema steps and statements: for tests. */
int pg_open_with(struct db **ret, const struct db_options *o, enum db_access access, const char *const *steps,
                 unsigned steps_n, const struct db_statement_text *texts, unsigned texts_n, struct arena *a,
                 struct str *ret_why);

#endif
