/* SPDX-License-Identifier: Apache-2.0
 *
 * Transfers a whole database between the engines: copies all rows of all tables, then reads both sides and compares
 * them row by row. A transfer that was interrupted goes on with the rows that are missing, unless the source has
 * changed since; then it begins again. Until all rows were compared and the rest was brought, the target has a note
 * (META_TRANSFER), and db_open refuses it.
 */
#ifndef HIRED_STORE_TRANSFER_TRANSFER_H
#define HIRED_STORE_TRANSFER_TRANSFER_H

#include "base/arena.h"
#include "base/str.h"

/* A directory, or the address of a database of PostgreSQL (db_options.url); the other is NULL. The caller owns a
 * directory (store/owner.h). */
struct transfer_place {
    const char *dir, *url;
};

enum transfer_step { TRANSFER_COPIES, TRANSFER_COMPARES };

struct transfer_table {
    const char *name;
    int64_t rows;
    char sha256[65]; /* of all its rows as row_encode() writes them, in the order of the key */
};

struct transfer {
    struct transfer_place from, to;
    struct arena *arena;
    /* Something was decided: a sentence. */
    void (*say)(void *ctx, struct str line);
    /* At most every two seconds: rows of the table so far. */
    void (*progress)(void *ctx, enum transfer_step step, const char *table, int64_t rows);
    /* A table was compared, and both sides have the same. */
    void (*compared)(void *ctx, const struct transfer_table *t);
    /* All rows are the same on both sides; what else belongs to the database can be brought before it may be served.
     * Returns 0, or a negative errno with a sentence in why: the next transfer goes on. NULL: there is nothing else. */
    int (*rest)(void *ctx);
    void *ctx;
    struct str why; /* a sentence after an error */
};

/* Returns 0 or a negative errno: -ENOTEMPTY the target has other data, -EUCLEAN the sides differ after copying (the
 * next transfer begins again), -EINVAL the target cannot store a row, and those of db_open. */
int transfer_run(struct transfer *t);

#endif
