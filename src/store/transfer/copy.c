/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies rows in the order of their key, in portions that are transactions. Where an interrupted copy goes on follows
 * from the rows themselves: behind the last one that the target has.
 */
#include "store/transfer/internal.h"

#define PORTION_ROWS 20000
#define PORTION_BYTES (8 << 20)

static size_t size_of(const struct schema_table *t, const struct row *r) {
    size_t n = 0;
    for (unsigned i = 0; i < t->columns; i++)
        n += r->cell[i].kind == CELL_TEXT ? r->cell[i].text.len : 8;
    return n;
}

/* Returns 1 and the key of the last row of the target, 0 if it has none, or < 0. */
static int last_key(struct side *to, const struct schema_table *t, struct arena *a, struct row *ret) {
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    struct row found;
    row_select(&sql, t, NULL, true);
    buf_add_char(&sql, 0);
    int r = to->fn->read(to, t, sql.ptr);
    if (r < 0)
        return r;
    r = to->fn->next(to, &found);
    if (r == 1)
        *ret = row_key(t, &found, a);
    to->fn->read_end(to);
    return r;
}

/* Puts a portion; *row is its first row, and then the first of the next portion. Returns 1 if there is one, 0 or < 0.
 */
static int copy_portion(struct moving *m, const struct schema_table *t, struct row *row, int64_t *rows) {
    size_t bytes = 0;
    int more = 1, r = m->to->fn->put_begin(m->to, t);
    for (int n = 0; r == 0 && more == 1 && n < PORTION_ROWS && bytes < PORTION_BYTES; n++) {
        bytes += size_of(t, row);
        r = m->to->fn->put(m->to, row);
        if (r == 0 && (more = m->from->fn->next(m->from, row)) < 0)
            r = more;
        moving_show(m, TRANSFER_COPIES, t->name, ++*rows);
    }
    if (r == 0)
        r = m->to->fn->put_end(m->to);
    return r < 0 ? r : more;
}

static int copy_table(struct moving *m, const struct schema_table *t) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct row last, row;
    int64_t rows = 0;
    int r = last_key(m->to, t, &scratch, &last);
    if (r < 0)
        return r;
    r = moving_read(m->from, t, r == 1 ? &last : NULL);
    if (r < 0)
        return r;
    r = m->from->fn->next(m->from, &row);
    while (r == 1)
        r = copy_portion(m, t, &row, &rows);
    m->from->fn->read_end(m->from);
    return r;
}

int moving_copy(struct moving *m) {
    int r = 0;
    for (unsigned i = 0; i < schema_tables_n && r == 0; i++)
        r = copy_table(m, &schema_tables[i]);
    return r;
}
