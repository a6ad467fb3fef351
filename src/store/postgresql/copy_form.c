/* SPDX-License-Identifier: Apache-2.0
 *
 * The binary form of COPY.
 */
#include "store/postgresql/copy_form.h"

#include <errno.h>
#include <string.h>

#define SIGNATURE "PGCOPY\n\377\r\n" /* and a NUL */
#define HEADER 19                    /* the signature, 32 bits of flags, the length of an extension */
#define KEEP_BYTES (1 << 20)

static size_t size_of(enum schema_type type) {
    return type == SCHEMA_SMALLINT ? 2 : type == SCHEMA_INTEGER ? 4 : 8;
}

/* ---- from the server ---- */

void copy_in_begin(struct copy_in *in) {
    buf_reset(&in->bytes, KEEP_BYTES);
    in->at = 0;
    in->headed = in->ended = false;
}

void copy_in_free(struct copy_in *in) {
    buf_free(&in->bytes);
}

void copy_in_add(struct copy_in *in, struct str bytes) {
    size_t rest = in->bytes.len - in->at;
    if (rest > 0 && in->at > 0)
        memmove(in->bytes.ptr, in->bytes.ptr + in->at, rest);
    in->bytes.len = rest;
    in->at = 0;
    buf_add_str(&in->bytes, bytes);
}

/* A number of size bytes, with its sign. */
static int64_t number_at(const char *p, size_t size) {
    uint64_t n = (p[0] & 0x80) ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        n = n << 8 | (unsigned char)p[i];
    return (int64_t)n;
}

static int read_header(struct copy_in *in) {
    if (in->bytes.len < HEADER)
        return 0;
    if (memcmp(in->bytes.ptr, SIGNATURE, sizeof(SIGNATURE)) != 0 || number_at(in->bytes.ptr + 11, 4) != 0 ||
        number_at(in->bytes.ptr + 15, 4) != 0)
        return -EPROTO;
    in->at = HEADER;
    in->headed = true;
    return 1;
}

static int read_cell(struct str *rest, const struct schema_column *column, struct cell *ret) {
    if (rest->len < 4)
        return 0;
    int64_t len = number_at(rest->ptr, 4);
    *rest = str_skip(*rest, 4);
    if (len == -1) {
        *ret = (struct cell){.kind = CELL_NULL};
        return 1;
    }
    if (len < 0 || (column->type != SCHEMA_TEXT && (size_t)len != size_of(column->type)))
        return -EPROTO;
    if (rest->len < (size_t)len)
        return 0;
    *ret = column->type == SCHEMA_TEXT ? (struct cell){.kind = CELL_TEXT, .text = {rest->ptr, (size_t)len}}
                                       : (struct cell){.kind = CELL_INT, .number = number_at(rest->ptr, (size_t)len)};
    *rest = str_skip(*rest, (size_t)len);
    return 1;
}

int copy_in_row(struct copy_in *in, const struct schema_table *t, struct row *ret) {
    int r = in->headed ? 1 : read_header(in);
    if (r <= 0 || in->ended)
        return r < 0 ? r : 0;
    struct str rest = {in->bytes.ptr + in->at, in->bytes.len - in->at};
    if (rest.len < 2)
        return 0;
    int64_t columns = number_at(rest.ptr, 2);
    rest = str_skip(rest, 2);
    if (columns == -1) {
        in->ended = true;
        return 0;
    }
    if (columns != t->columns)
        return -EPROTO;
    for (unsigned i = 0; i < t->columns && r == 1; i++)
        r = read_cell(&rest, &t->column[i], &ret->cell[i]);
    if (r == 1)
        in->at = in->bytes.len - rest.len;
    return r;
}

/* ---- to the server ---- */

static void add_number(struct buf *out, int64_t number, size_t size) {
    uint64_t n = (uint64_t)number;
    char bytes[8];
    for (size_t at = size; at-- > 0; n >>= 8)
        bytes[at] = (char)(n & 0xff);
    buf_add(out, bytes, size);
}

void copy_out_begin(struct buf *out) {
    buf_add(out, SIGNATURE, sizeof(SIGNATURE));
    add_number(out, 0, 4);
    add_number(out, 0, 4);
}

void copy_out_row(struct buf *out, const struct schema_table *t, const struct row *r) {
    add_number(out, t->columns, 2);
    for (unsigned i = 0; i < t->columns; i++) {
        const struct cell *c = &r->cell[i];
        size_t size = c->kind == CELL_INT ? size_of(t->column[i].type) : c->text.len;
        add_number(out, c->kind == CELL_NULL ? -1 : (int64_t)size, 4);
        if (c->kind == CELL_INT)
            add_number(out, c->number, size);
        else if (c->kind == CELL_TEXT)
            buf_add_str(out, c->text);
    }
}

void copy_out_end(struct buf *out) {
    add_number(out, -1, 2);
}
