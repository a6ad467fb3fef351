/* SPDX-License-Identifier: Apache-2.0
 *
 * One side of a transfer: a database that is read, or one that is filled, of either engine.
 *
 * Functions return 0 or a negative errno with a sentence in the side's why, unless their comment says more.
 */
#ifndef HIRED_STORE_TRANSFER_SIDE_H
#define HIRED_STORE_TRANSFER_SIDE_H

#include "store/transfer/row.h"

struct side {
    const struct side_functions *fn;
    struct arena *arena;
    struct str *why;
    struct str name; /* for people: "data/hired.db", "the database hired of db.example:5432"; without a password */
};

struct side_functions {
    /* The first column of the first row that a query gives, in the arena; absent if there is no row. */
    int (*ask)(struct side *s, const char *sql, struct str *ret);

    /* Of the source: describes its state; another value after a change that a server or a command made. In the arena.
     */
    int (*state)(struct side *s, struct str *ret);

    /* Reads rows of a table by a query of row_select. One at a time. */
    int (*read)(struct side *s, const struct schema_table *t, const char *sql);
    /* Returns 1 and a row, whose texts are valid until the next call; 0: no more. */
    int (*next)(struct side *s, struct row *ret);
    void (*read_end)(struct side *s);

    /* Of the target. Removes all rows, and notes the transfer: in one transaction. */
    int (*begin)(struct side *s, struct str note);
    /* Puts rows, all of one table, between put_begin and put_end: one transaction. Without put_end they are undone when
     * the side is closed. */
    int (*put_begin)(struct side *s, const struct schema_table *t);
    int (*put)(struct side *s, const struct row *r);
    int (*put_end)(struct side *s);
    /* Changes the note; absent: removes it, and the database can be served. The change is durable. */
    int (*set_note)(struct side *s, struct str note);

    void (*close)(struct side *s);
};

/* ---- side.c ---- */

/* The note of a transfer says which state of the source it copies; absent: there is none. */
int side_note(struct side *s, struct str *ret);
/* Each of these returns 1, 0 or a negative errno. */
int side_is_unfinished(struct side *s); /* it has a note */
int side_is_used(struct side *s);       /* it has tenants or facts; it was not only made */
int side_has_own_data(struct side *s);  /* it is used, and not by a transfer: it may not be filled */

/* How opening a side ends: r < 0 closes it, otherwise *ret is s. Returns r. */
int side_give(struct side *s, int r, struct side **ret);

/* ---- each engine ---- */

/* Opens a database to read it. Its schema must be the present one. PostgreSQL: no server and no command may use it
 * until the side is closed. SQLite: the caller owns the directory (store/owner.h). */
int sqlite_side_source(struct side **ret, const char *dir, struct arena *a, struct str *ret_why);
int postgresql_side_source(struct side **ret, const char *url, struct arena *a, struct str *ret_why);

/* Opens a database to fill it: a new one, which is made, or one with the note of a transfer. -ENOTEMPTY: it is neither.
 * Otherwise as above. */
int sqlite_side_target(struct side **ret, const char *dir, struct arena *a, struct str *ret_why);
int postgresql_side_target(struct side **ret, const char *url, struct arena *a, struct str *ret_why);

#endif
