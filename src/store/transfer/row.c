/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows: their encoding, their keys, and the queries that read them.
 */
#include "store/transfer/row.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN_MAX 64

/* ---- encoding ---- */

static void add_number(struct buf *out, uint64_t n) {
    unsigned char bytes[8];
    for (size_t at = sizeof(bytes); at-- > 0; n >>= 8)
        bytes[at] = (unsigned char)(n & 0xff);
    buf_add(out, bytes, sizeof(bytes));
}

void row_encode(const struct schema_table *t, const struct row *r, struct buf *out) {
    for (unsigned i = 0; i < t->columns; i++) {
        const struct cell *c = &r->cell[i];
        buf_add_char(out, (char)c->kind);
        if (c->kind == CELL_INT)
            add_number(out, (uint64_t)c->number);
        else if (c->kind == CELL_TEXT) {
            add_number(out, c->text.len);
            buf_add_str(out, c->text);
        }
    }
}

/* ---- keys ---- */

struct row row_key(const struct schema_table *t, const struct row *r, struct arena *a) {
    struct row key = {0};
    for (unsigned i = 0; i < t->keys; i++) {
        key.cell[i] = r->cell[i];
        if (key.cell[i].kind == CELL_TEXT)
            key.cell[i].text = arena_dup(a, r->cell[i].text);
    }
    return key;
}

int row_compare_keys(const struct schema_table *t, const struct row *a, const struct row *b) {
    for (unsigned i = 0; i < t->keys; i++) {
        const struct cell *x = &a->cell[i], *y = &b->cell[i];
        int order = x->kind != y->kind     ? (x->kind < y->kind ? -1 : 1)
                    : x->kind == CELL_INT  ? (x->number > y->number) - (x->number < y->number)
                    : x->kind == CELL_TEXT ? str_compare(x->text, y->text)
                                           : 0;
        if (order != 0)
            return order;
    }
    return 0;
}

static void add_shown(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.len && i < SHOWN_MAX; i++)
        buf_add_char(out, s.ptr[i] >= 0x20 && s.ptr[i] < 0x7f ? s.ptr[i] : '?');
    if (s.len > SHOWN_MAX)
        buf_add_lit(out, "...");
}

struct str row_describe_key(const struct schema_table *t, const struct row *r, struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    for (unsigned i = 0; i < t->keys; i++) {
        buf_printf(&out, "%s%s=", i > 0 ? ", " : "", t->column[i].name);
        if (r->cell[i].kind == CELL_INT)
            buf_add_i64(&out, r->cell[i].number);
        else
            add_shown(&out, r->cell[i].text);
    }
    return arena_dup(a, buf_str(&out));
}

/* ---- what PostgreSQL takes ---- */

static int64_t most_of(enum schema_type type) {
    return type == SCHEMA_SMALLINT ? INT16_MAX : type == SCHEMA_INTEGER ? INT32_MAX : INT64_MAX;
}

static const char *fault_of(const struct schema_column *column, const struct cell *c) {
    if (c->kind == CELL_NULL)
        return NULL;
    if ((c->kind == CELL_TEXT) != (column->type == SCHEMA_TEXT))
        return "has a value of another type";
    if (c->kind == CELL_INT)
        return c->number > most_of(column->type) || c->number < -most_of(column->type) - 1
                   ? "has a number that is too large"
                   : NULL;
    if (c->text.len > INT32_MAX / 2)
        return "has a text that is too long";
    if (c->text.len > 0 && memchr(c->text.ptr, 0, c->text.len))
        return "has a text with a NUL in it";
    return str_is_utf8(c->text) ? NULL : "has a text that is not UTF-8";
}

int row_fits_postgresql(const struct schema_table *t, const struct row *r, struct arena *a, struct str *ret_why) {
    for (unsigned i = 0; i < t->columns; i++) {
        const char *fault = fault_of(&t->column[i], &r->cell[i]);
        if (!fault)
            continue;
        *ret_why = arena_printf(a,
                                "PostgreSQL cannot store a row of the table %s (%s): its column %s %s. Correct that "
                                "record first.",
                                t->name, row_describe_key(t, r, a).ptr, t->column[i].name, fault);
        return -EINVAL;
    }
    return 0;
}

/* ---- queries ---- */

void row_columns(struct buf *sql, const struct schema_table *t, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        buf_printf(sql, "%s%s", i > 0 ? ", " : "", t->column[i].name);
}

const char *row_filter(const struct schema_table *t) {
    return strcmp(t->name, "meta") == 0 ? "key NOT IN ('schema', '" META_TRANSFER "')" : NULL;
}

/* Both engines take backslashes in such a text as they are. A text of a key that was copied has no NUL. */
static void add_literal(struct buf *sql, const struct cell *c) {
    if (c->kind == CELL_INT) {
        buf_add_i64(sql, c->number);
        return;
    }
    buf_add_char(sql, '\'');
    for (size_t i = 0; i < c->text.len; i++) {
        if (c->text.ptr[i] == '\'')
            buf_add_char(sql, '\'');
        buf_add_char(sql, c->text.ptr[i]);
    }
    buf_add_char(sql, '\'');
}

static void add_behind(struct buf *sql, const struct schema_table *t, const struct row *after) {
    buf_add_char(sql, '(');
    row_columns(sql, t, t->keys);
    buf_add_lit(sql, ") > (");
    for (unsigned i = 0; i < t->keys; i++) {
        if (i > 0)
            buf_add_lit(sql, ", ");
        add_literal(sql, &after->cell[i]);
    }
    buf_add_char(sql, ')');
}

void row_select(struct buf *sql, const struct schema_table *t, const struct row *after, bool last) {
    const char *filter = row_filter(t);
    buf_add_lit(sql, "SELECT ");
    row_columns(sql, t, t->columns);
    buf_printf(sql, " FROM %s", t->name);
    if (filter || after)
        buf_add_lit(sql, " WHERE ");
    if (after)
        add_behind(sql, t, after);
    if (filter)
        buf_printf(sql, "%s%s", after ? " AND " : "", filter);
    buf_add_lit(sql, " ORDER BY ");
    for (unsigned i = 0; i < t->keys; i++)
        buf_printf(sql, "%s%s%s", i > 0 ? ", " : "", t->column[i].name, last ? " DESC" : "");
    if (last)
        buf_add_lit(sql, " LIMIT 1");
}
