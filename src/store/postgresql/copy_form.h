/* SPDX-License-Identifier: Apache-2.0
 *
 * The binary form in which COPY sends and takes rows (PostgreSQL's documentation, COPY, "Binary Format"): a header,
 * then of each row the number of its columns and of each column its length (-1: NULL) and its bytes. Integers are in
 * network order.
 */
#ifndef HIRED_STORE_POSTGRESQL_COPY_FORM_H
#define HIRED_STORE_POSTGRESQL_COPY_FORM_H

#include "store/transfer/row.h"

/* Rows from the server. */
struct copy_in {
    struct buf bytes;
    size_t at;   /* what is before was read */
    bool headed; /* the header was read */
    bool ended;  /* the trailer was */
};

void copy_in_begin(struct copy_in *in);
void copy_in_free(struct copy_in *in);
/* More bytes from the server; texts of the last row become invalid. */
void copy_in_add(struct copy_in *in, struct str bytes);
/* Returns 1 and the next row, whose texts are valid until the next call of copy_in_add; 0: there is no whole row yet,
 * or none will come; -EPROTO: this is not a row of the table. */
int copy_in_row(struct copy_in *in, const struct schema_table *t, struct row *ret);

/* Rows for the server, added to out: a header, any number of rows, an end. A row must fit (row_fits_postgresql). */
void copy_out_begin(struct buf *out);
void copy_out_row(struct buf *out, const struct schema_table *t, const struct row *r);
void copy_out_end(struct buf *out);

#endif
