/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares both sides: reads each table on both in the order of the key, row beside row.
 */
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "store/transfer/internal.h"

struct comparing {
    struct moving *m;
    const struct schema_table *table;
    EVP_MD_CTX *digest;
    struct buf from, to; /* the rows, encoded */
    int64_t rows;        /* that are the same */
};

static int differ(struct comparing *c, const struct row *row, const char *how) {
    struct transfer *t = c->m->t;
    t->why = arena_printf(t->arena,
                          "%s and %s differ: the first difference is in the table %s, in the row with %s, which %s. "
                          "The copy cannot be served. Run the command again: it begins again.",
                          c->m->from->name.ptr, c->m->to->name.ptr, c->table->name,
                          row_describe_key(c->table, row, t->arena).ptr, how);
    return -EUCLEAN;
}

/* Returns 1 if both sides have the same row, 0 if both are at their end, or < 0. */
static int compare_row(struct comparing *c) {
    struct side *from = c->m->from, *to = c->m->to;
    struct row old, new;
    int had = from->fn->next(from, &old), has = had < 0 ? had : to->fn->next(to, &new);
    if (had < 0 || has < 0)
        return had < 0 ? had : has;
    if (had == 0 && has == 0)
        return 0;
    int order = had == 0 ? 1 : has == 0 ? -1 : row_compare_keys(c->table, &old, &new);
    if (order != 0)
        return order < 0 ? differ(c, &old, "is missing in the copy") : differ(c, &new, "only the copy has");
    c->from.len = c->to.len = 0;
    row_encode(c->table, &old, &c->from);
    row_encode(c->table, &new, &c->to);
    if (!str_eq(buf_str(&c->from), buf_str(&c->to)))
        return differ(c, &old, "has other values in the copy");
    if (EVP_DigestUpdate(c->digest, c->from.ptr, c->from.len) != 1)
        return -EIO;
    moving_show(c->m, TRANSFER_COMPARES, c->table->name, ++c->rows);
    return 1;
}

static int tell(struct comparing *c) {
    struct transfer_table told = {.name = c->table->name, .rows = c->rows};
    struct buf hex BUF_CLEANUP = BUF_EMPTY;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n;
    if (EVP_DigestFinal_ex(c->digest, digest, &n) != 1)
        return -EIO;
    buf_add_hex(&hex, digest, n);
    snprintf(told.sha256, sizeof(told.sha256), "%.*s", STR_FMT(buf_str(&hex)));
    c->m->t->compared(c->m->t->ctx, &told);
    return 0;
}

static int compare_table(struct comparing *c) {
    struct side *from = c->m->from, *to = c->m->to;
    int r = EVP_DigestInit_ex(c->digest, EVP_sha256(), NULL) == 1 ? 0 : -EIO;
    if (r == 0)
        r = moving_read(from, c->table, NULL);
    if (r == 0)
        r = moving_read(to, c->table, NULL);
    if (r == 0)
        r = 1;
    while (r == 1)
        r = compare_row(c);
    from->fn->read_end(from);
    to->fn->read_end(to);
    return r == 0 ? tell(c) : r;
}

int moving_compare(struct moving *m) {
    struct comparing c = {.m = m, .digest = EVP_MD_CTX_new()};
    int r = c.digest ? 0 : -ENOMEM;
    for (unsigned i = 0; i < schema_tables_n && r == 0; i++) {
        c.table = &schema_tables[i];
        c.rows = 0;
        r = compare_table(&c);
    }
    EVP_MD_CTX_free(c.digest);
    buf_free(&c.from);
    buf_free(&c.to);
    return r;
}
