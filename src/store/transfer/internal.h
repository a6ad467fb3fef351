/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a transfer share. No other file includes this.
 */
#ifndef HIRED_STORE_TRANSFER_INTERNAL_H
#define HIRED_STORE_TRANSFER_INTERNAL_H

#include "store/transfer/side.h"
#include "store/transfer/transfer.h"

struct moving {
    struct transfer *t;
    struct side *from, *to;
    int64_t shown_ns; /* the last progress */
};

/* Tells the progress if that is due. Called with every row. */
void moving_show(struct moving *m, enum transfer_step step, const char *table, int64_t rows);

/* Begins to read a table behind the key of after; NULL: all of it. */
int moving_read(struct side *s, const struct schema_table *t, const struct row *after);

/* Copies what is missing of all tables. */
int moving_copy(struct moving *m);

/* Compares all tables. -EUCLEAN: they differ. */
int moving_compare(struct moving *m);

#endif
