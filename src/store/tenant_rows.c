/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads, compares and writes all rows of a tenant.
 */
#include "store/tenant_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "store/driver.h"
#include "store/tenant_table.h"
#include "store/transfer/row.h"

/* The rows of one table in the order of its key, each as pack() writes it. */
struct table_rows {
    struct buf bytes;
    size_t *at; /* where each row begins; one more for the end */
    size_t n, cap;
};

struct tenant_rows {
    size_t bytes, n;
    struct table_rows table[]; /* one for each of tenant_tables */
};

/* ---- rows ---- */

/* Unlike row_encode() in the order of the machine, because it is read back by the same process. */
static void pack(const struct db_query *q, unsigned columns, struct buf *out) {
    for (unsigned i = 0; i < columns; i++) {
        if (db_is_int(q, (int)i)) {
            int64_t n = db_int(q, (int)i);
            buf_add_char(out, CELL_INT);
            buf_add(out, &n, sizeof n);
        } else if (db_is_null(q, (int)i)) {
            buf_add_char(out, CELL_NULL);
        } else {
            struct str s = db_text(q, (int)i);
            buf_add_char(out, CELL_TEXT);
            buf_add(out, &s.len, sizeof s.len);
            buf_add_str(out, s);
        }
    }
}

static struct str packed(const struct table_rows *t, size_t i) {
    return (struct str){t->bytes.ptr + t->at[i], t->at[i + 1] - t->at[i]};
}

/* The first columns of a packed row. */
static void unpack(struct str s, unsigned columns, struct row *ret) {
    const char *p = s.ptr;
    for (unsigned i = 0; i < columns; i++) {
        struct cell *c = &ret->cell[i];
        *c = (struct cell){.kind = (enum cell_kind) * p++};
        if (c->kind == CELL_INT) {
            memcpy(&c->number, p, sizeof c->number);
            p += sizeof c->number;
        } else if (c->kind == CELL_TEXT) {
            memcpy(&c->text.len, p, sizeof c->text.len);
            c->text.ptr = p + sizeof c->text.len;
            p = c->text.ptr + c->text.len;
        }
    }
}

static void bind(struct db_query *q, unsigned columns, const struct row *r) {
    for (unsigned i = 0; i < columns; i++) {
        const struct cell *c = &r->cell[i];
        if (c->kind == CELL_INT)
            db_bind_int(q, (int)i + 1, c->number);
        else if (c->kind == CELL_TEXT)
            db_bind_text(q, (int)i + 1, c->text);
        else
            db_bind_null(q, (int)i + 1);
    }
}

static int run(struct db_query *q, struct str packed_row, unsigned columns) {
    struct row r;
    unpack(packed_row, columns, &r);
    bind(q, columns, &r);
    return db_run(q);
}

/* ---- reading ---- */

static void note_begin(struct table_rows *t) {
    t->at = array_grow(t->at, t->n, &t->cap, sizeof *t->at);
    t->at[t->n] = t->bytes.len;
}

static int read_table(struct db *db, const struct tenant_table *of, int64_t tenant, size_t max_bytes,
                      struct tenant_rows *ret, struct table_rows *t) {
    struct db_query q DB_CLEANUP = db_query(db, of->read);
    db_bind_int(&q, 1, tenant);
    int r;

    note_begin(t);
    while ((r = db_row(&q)) == 1) {
        pack(&q, of->table->columns, &t->bytes);
        t->n++;
        note_begin(t);
        if (ret->bytes + t->bytes.len + t->cap * sizeof *t->at > max_bytes)
            return -E2BIG;
    }
    ret->n += t->n;
    ret->bytes += t->bytes.len + t->cap * sizeof *t->at;
    return r;
}

int tenant_rows_read(struct db *db, int64_t tenant, size_t max_bytes, struct tenant_rows **ret) {
    struct tenant_rows *all = mem_alloc(sizeof *all + tenant_tables_n * sizeof all->table[0]);
    int r = 0;

    for (unsigned i = 0; i < tenant_tables_n && r == 0; i++)
        r = read_table(db, &tenant_tables[i], tenant, max_bytes, all, &all->table[i]);
    if (r < 0)
        tenant_rows_free(all);
    else
        *ret = all;
    return r;
}

struct tenant_rows *tenant_rows_free(struct tenant_rows *t) {
    for (unsigned i = 0; t && i < tenant_tables_n; i++) {
        buf_free(&t->table[i].bytes);
        free(t->table[i].at);
    }
    free(t);
    return NULL;
}

size_t tenant_rows_bytes(const struct tenant_rows *t) {
    return t->bytes;
}

size_t tenant_rows_count(const struct tenant_rows *t) {
    return t->n;
}

/* ---- kept files ---- */

static unsigned table_index(const char *name) {
    unsigned i = 0;
    while (strcmp(tenant_tables[i].table->name, name) != 0)
        i++;
    return i;
}

static unsigned column_index(const struct schema_table *t, const char *name) {
    unsigned i = 0;
    while (strcmp(t->column[i].name, name) != 0)
        i++;
    return i;
}

/* Rows of a table whose file is kept: all, or those with the state 1 (report_file). */
static int each_file(const struct tenant_rows *all, const char *table, bool by_state,
                     int (*fn)(void *ctx, int64_t file_id), void *ctx) {
    unsigned index = table_index(table);
    const struct schema_table *t = tenant_tables[index].table;
    unsigned id = column_index(t, "id"), state = by_state ? column_index(t, "state") : 0;
    int r = 0;

    for (size_t i = 0; i < all->table[index].n && r == 0; i++) {
        struct row row;
        unpack(packed(&all->table[index], i), t->columns, &row);
        if (!by_state || row.cell[state].number == 1)
            r = fn(ctx, row.cell[id].number);
    }
    return r;
}

int tenant_rows_files(const struct tenant_rows *t, int (*fn)(void *ctx, int64_t file_id), void *ctx) {
    int r = each_file(t, "attachment", false, fn, ctx);
    return r != 0 ? r : each_file(t, "report_file", true, fn, ctx);
}

/* Runs a statement whose parameters are the tenant (0: it has none) and an id. */
static int run_for(struct db *db, enum db_statement which, int64_t tenant, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(db, which);
    if (tenant != 0)
        db_bind_int(&q, 1, tenant);
    db_bind_int(&q, tenant != 0 ? 2 : 1, id);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

struct removing {
    struct db *db;
    int64_t tenant;
};

static int note_removal(void *ctx, int64_t file_id) {
    const struct removing *w = ctx;
    return run_for(w->db, SQL_FILE_REMOVAL_ADD, w->tenant, file_id);
}

static int forget_removal(void *ctx, int64_t file_id) {
    const struct removing *w = ctx;
    return run_for(w->db, SQL_FILE_REMOVAL_DONE, 0, file_id);
}

/* All files that were named are to be removed, except those that are named now. */
static int settle_files(struct db *db, int64_t tenant, const struct tenant_rows *was, const struct tenant_rows *is) {
    struct removing w = {db, tenant};
    int r = tenant_rows_files(was, note_removal, &w);
    return r < 0 || !is ? r : tenant_rows_files(is, forget_removal, &w);
}

/* ---- writing ---- */

/* What is done with the rows that the database has and the wanted ones do not include, and the reverse. */
enum policy { SET_BACK, KEEP_AND_ADD, LEAVE };

static enum policy policy_of(const char *table, bool removal) {
    if (strcmp(table, "file_removal") == 0)
        return LEAVE;
    if (removal)
        return SET_BACK;
    if (strcmp(table, "tenant_stamp") == 0)
        return LEAVE;
    return strcmp(table, "access_token") == 0 || strcmp(table, "console_session") == 0 ? KEEP_AND_ADD : SET_BACK;
}

struct difference {
    size_t *gone, *old, *new, *added; /* indices of rows; old and new: the two versions of rows that have changed */
    size_t n_gone, n_changed, n_added;
};

/* Both are in the order of the key. */
static void compare(const struct schema_table *t, const struct table_rows *is, const struct table_rows *wanted,
                    struct difference *d) {
    size_t i = 0, j = 0, n = wanted ? wanted->n : 0, most = (is->n > n ? is->n : n) + 1;

    d->gone = mem_alloc(4 * most * sizeof *d->gone);
    d->old = d->gone + most;
    d->new = d->old + most;
    d->added = d->new + most;
    while (i < is->n || j < n) {
        struct row a, b;
        int order = i == is->n ? 1 : -1;
        if (i < is->n && j < n) {
            if (str_eq(packed(is, i), packed(wanted, j))) {
                i++, j++;
                continue;
            }
            unpack(packed(is, i), t->keys, &a);
            unpack(packed(wanted, j), t->keys, &b);
            order = row_compare_keys(t, &a, &b);
        }
        if (order < 0) {
            d->gone[d->n_gone++] = i++;
        } else if (order > 0) {
            d->added[d->n_added++] = j++;
        } else {
            d->old[d->n_changed] = i++;
            d->new[d->n_changed++] = j++;
        }
    }
}

static int drop_rows(struct db *db, const struct tenant_table *of, const struct table_rows *rows, const size_t *which,
                     size_t n) {
    struct db_query q DB_CLEANUP = db_query(db, of->drop);
    int r = 0;
    for (size_t i = 0; i < n && r >= 0; i++)
        r = run(&q, packed(rows, which[i]), of->table->keys);
    return r < 0 ? r : 0;
}

static int put_rows(struct db *db, const struct tenant_table *of, const struct table_rows *rows, const size_t *which,
                    size_t n) {
    struct db_query q DB_CLEANUP = db_query(db, of->put);
    int r = 0;
    for (size_t i = 0; i < n && r >= 0; i++)
        r = run(&q, packed(rows, which[i]), of->table->columns);
    return r < 0 ? r : 0;
}

static bool is_gone(const struct table_rows *apps, const struct difference *d, int64_t id) {
    for (size_t i = 0; i < d->n_gone; i++) {
        struct row app;
        unpack(packed(apps, d->gone[i]), 1, &app);
        if (app.cell[0].kind == CELL_INT && app.cell[0].number == id)
            return true;
    }
    return false;
}

/* Removes the tokens of apps that are removed; other tokens stay. */
static int drop_tokens(struct db *db, const struct tenant_rows *is, const struct difference *apps) {
    unsigned index = table_index("access_token"), all_apps = table_index("app");
    const struct tenant_table *of = &tenant_tables[index];
    const struct table_rows *tokens = &is->table[index];
    unsigned column = column_index(of->table, "app");
    int r = 0;

    for (size_t i = 0; i < tokens->n && r == 0; i++) {
        struct row row;
        unpack(packed(tokens, i), column + 1, &row);
        if (is_gone(&is->table[all_apps], apps, row.cell[column].number))
            r = drop_rows(db, of, tokens, &i, 1);
    }
    return r;
}

static int write_table(struct db *db, unsigned index, const struct tenant_rows *all, const struct table_rows *wanted,
                       struct tenant_rows_written *ret) {
    const struct tenant_table *of = &tenant_tables[index];
    const struct table_rows *is = &all->table[index];
    enum policy policy = policy_of(of->table->name, wanted == NULL);
    struct difference d = {0};
    int r = 0;

    if (policy == LEAVE)
        return 0;
    compare(of->table, is, wanted, &d);
    if (policy == SET_BACK) {
        r = drop_rows(db, of, is, d.gone, d.n_gone);
        if (r == 0)
            r = drop_rows(db, of, is, d.old, d.n_changed);
        if (r == 0)
            r = put_rows(db, of, wanted, d.new, d.n_changed);
        if (r == 0 && wanted && strcmp(of->table->name, "app") == 0)
            r = drop_tokens(db, all, &d);
        ret->dropped += d.n_gone + d.n_changed;
        ret->put += d.n_changed;
    }
    if (r == 0)
        r = put_rows(db, of, wanted, d.added, d.n_added);
    ret->put += d.n_added;
    free(d.gone);
    return r;
}

int tenant_rows_write(struct db *db, int64_t tenant, const struct tenant_rows *wanted,
                      struct tenant_rows_written *ret) {
    struct tenant_rows *is;
    int r = tenant_rows_read(db, tenant, SIZE_MAX, &is);

    *ret = (struct tenant_rows_written){0};
    if (r < 0)
        return r;
    for (unsigned i = 0; i < tenant_tables_n && r == 0; i++)
        r = write_table(db, i, is, wanted ? &wanted->table[i] : NULL, ret);
    if (r == 0)
        r = settle_files(db, tenant, is, wanted);
    tenant_rows_free(is);
    return r;
}
