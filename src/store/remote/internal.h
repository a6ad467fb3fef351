/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the remote driver share.
 */
#ifndef HIRED_STORE_REMOTE_INTERNAL_H
#define HIRED_STORE_REMOTE_INTERNAL_H

#include "store/driver.h"
#include "store/remote/wire.h"

struct remote {
    struct db base;
    int fd;
    struct db *reader; /* the file, for reads outside of transactions */
    struct buf out;
    struct remote_inbox in;
    int64_t reply_ns; /* the longest wait for an answer; 0: a minute, because other commands may be served first */
    bool lost;        /* the transaction was lost, and with it the connection */
    bool forget;      /* the next commit calls db_forget */
    bool forgotten;
    char why[256]; /* why it was lost */
};

static inline struct remote *remote_of(const struct db *db) {
    return (struct remote *)db;
}

/* ---- remote.c ---- */
bool remote_in_transaction(const struct db *db);

/* Marks the connection as unusable; why is for people. Returns error. */
int remote_lose(struct remote *r, int error, const char *why);

/* Sends the frames in out and waits for the answer. Returns 0 and the rest of a frame of the wanted kind, or a
 * negative errno: then the connection is lost. */
int remote_ask(struct remote *r, enum remote_op wanted, struct remote_reader *ret);

/* The same for an answer that is a status; returns the status. */
int remote_ask_status(struct remote *r);

/* ---- query.c ---- the functions of the driver with these names */
struct db_query remote_query(struct db *db, enum db_statement which);
void remote_query_end(struct db_query *q);
void remote_bind_int(struct db_query *q, int n, int64_t value);
void remote_bind_null(struct db_query *q, int n);
void remote_bind_text(struct db_query *q, int n, struct str text);
int remote_run(struct db_query *q);
int remote_row(struct db_query *q);
int64_t remote_int(const struct db_query *q, int column);
bool remote_is_null(const struct db_query *q, int column);
struct str remote_text(const struct db_query *q, int column);
int remote_columns(const struct db_query *q);
bool remote_is_int(const struct db_query *q, int column);

#endif
