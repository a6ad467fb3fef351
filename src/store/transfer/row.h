/* SPDX-License-Identifier: Apache-2.0
 *
 * A row of any table, between the two engines.
 */
#ifndef HIRED_STORE_TRANSFER_ROW_H
#define HIRED_STORE_TRANSFER_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "store/transfer/table.h"

enum cell_kind { CELL_NULL, CELL_INT, CELL_TEXT };

struct cell {
    enum cell_kind kind;
    int64_t number;
    struct str text;
};

/* cell[i] belongs to table->column[i]. */
struct row {
    struct cell cell[SCHEMA_COLUMNS_MAX];
};

/* The form of a row that digests are computed from, the same for both engines: of each cell its kind (one byte), then
 * an integer's eight bytes, or a text's length (eight bytes) and its bytes; numbers in network order. */
void row_encode(const struct schema_table *t, const struct row *r, struct buf *out);

/* A copy of the key of r; its texts are in the arena. */
struct row row_key(const struct schema_table *t, const struct row *r, struct arena *a);

/* The order of the keys in both engines: integers by value, texts by bytes. Returns < 0, 0 or > 0. */
int row_compare_keys(const struct schema_table *t, const struct row *a, const struct row *b);

/* "tenant=1, id=700", in the arena. A text of the key is shown up to 64 bytes, a byte that is not printable as "?". */
struct str row_describe_key(const struct schema_table *t, const struct row *r, struct arena *a);

/* Whether PostgreSQL can store the row. Returns 0, or -EINVAL with a sentence in *ret_why (in the arena) that names the
 * table, the key and the column. */
int row_fits_postgresql(const struct schema_table *t, const struct row *r, struct arena *a, struct str *ret_why);

/* A query for rows in the order of their key, which both engines take: those behind the key of after (NULL: all), or
 * only the last one. Rows of meta that describe the database itself, and not its contents, are left out. */
void row_select(struct buf *sql, const struct schema_table *t, const struct row *after, bool last);

/* "tenant, id, doc" */
void row_columns(struct buf *sql, const struct schema_table *t, unsigned n);

/* The condition that leaves out rows of the table as row_select does; NULL: none. */
const char *row_filter(const struct schema_table *t);

/* In meta: this database is the unfinished copy of another one, which the value describes. */
#define META_TRANSFER "transfer"

#endif
