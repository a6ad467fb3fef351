/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows between the engines, and transfers of small databases. Whole ones are moved in
 * tests/server/store/migrate.test.mjs.
 */
#include "store/transfer/transfer.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dir.h"
#include "base/id.h"
#include "base/log.h"
#include "base/test.h"
#include "store/db.h"
#include "store/postgresql/cluster_fixture.h"
#include "store/postgresql/copy_form.h"
#include "store/transfer/row.h"

static struct cluster cluster;
static struct arena arena;

static const struct schema_column example_columns[] = {
    {"tenant", SCHEMA_BIGINT}, {"word", SCHEMA_TEXT}, {"small", SCHEMA_SMALLINT},
    {"n", SCHEMA_INTEGER},     {"doc", SCHEMA_TEXT},
};
static const struct schema_table example = {"example", 2, 5, example_columns};

static struct cell number(int64_t n) {
    return (struct cell){.kind = CELL_INT, .number = n};
}

static struct cell text(struct str s) {
    return (struct cell){.kind = CELL_TEXT, .text = s};
}

static const struct schema_column word_columns[] = {{"a", SCHEMA_TEXT}, {"b", SCHEMA_TEXT}};
static const struct schema_table words = {"words", 1, 2, word_columns};
static const struct schema_column meta_columns[] = {{"key", SCHEMA_TEXT}, {"value", SCHEMA_TEXT}};
static const struct schema_table meta = {"meta", 1, 2, meta_columns};

#define ROW(tenant, word, small, n, doc)                                                                               \
    ((struct row){.cell = {number(tenant), text(STR(word)), number(small), number(n), text(STR(doc))}})

/* ---- rows ---- */

static void test_encoding(void **state) {
    struct buf a BUF_CLEANUP = BUF_EMPTY, b BUF_CLEANUP = BUF_EMPTY;
    struct row r = {.cell = {number(-2), text(STR("ab"))}};
    row_encode(&(struct schema_table){"t", 1, 2, example_columns}, &r, &a);
    static const char expected[] = "\1\xff\xff\xff\xff\xff\xff\xff\xfe\2\0\0\0\0\0\0\0\2ab";
    assert_str(buf_str(&a), ((struct str){expected, sizeof(expected) - 1}));

    /* Where a text ends, and whether there is one, is part of the encoding. */
    const struct row rows[] = {{.cell = {text(STR("ab")), text(STR("c"))}},
                               {.cell = {text(STR("a")), text(STR("bc"))}},
                               {.cell = {text(STR("abc")), text(STR(""))}},
                               {.cell = {text(STR("abc")), {.kind = CELL_NULL}}}};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++) {
            a.len = b.len = 0;
            row_encode(&words, &rows[i], &a);
            row_encode(&words, &rows[j], &b);
            assert_false(str_eq(buf_str(&a), buf_str(&b)));
        }
}

static void test_order_of_keys(void **state) {
    const struct row rows[] = {ROW(-5, "z", 0, 0, ""), ROW(1, "A", 0, 0, ""), ROW(1, "a", 0, 0, ""),
                               ROW(1, "a\xc3\xa4", 0, 0, ""), ROW(2, "", 0, 0, "")};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++) {
            int order = row_compare_keys(&example, &rows[i], &rows[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    struct row other = ROW(1, "a", 7, 7, "other");
    assert_int_equal(row_compare_keys(&example, &rows[2], &other), 0);
    assert_lit(row_describe_key(&example, &rows[3], &arena), "tenant=1, word=a??");
}

static void refused(struct row r, const char *part) {
    struct str why = STR_ABSENT;
    assert_int_equal(row_fits_postgresql(&example, &r, &arena, &why), -EINVAL);
    assert_non_null(strstr(why.ptr, "table example (tenant=7, word=w)"));
    if (!strstr(why.ptr, part))
        fail_msg("%s does not say: %s", why.ptr, part);
}

static void test_what_postgresql_takes(void **state) {
    struct str why;
    struct row good = ROW(INT64_MIN, "\xe5\xad\x97", INT16_MIN, INT32_MAX, "");
    assert_int_equal(row_fits_postgresql(&example, &good, &arena, &why), 0);
    refused(ROW(7, "w", 0, INT64_C(2147483648), ""), "column n has a number that is too large");
    refused(ROW(7, "w", -32769, 0, ""), "column small has a number");
    refused(ROW(7, "w", 0, 0, "a\0b"), "column doc has a text with a NUL");
    refused(ROW(7, "w", 0, 0, "a\xff"), "column doc has a text that is not UTF-8");
    struct row odd = ROW(7, "w", 0, 0, "");
    odd.cell[3] = text(STR("5"));
    refused(odd, "column n has a value of another type");
}

static void test_select(void **state) {
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    struct row after = ROW(-3, "it's \\", 0, 0, "");
    row_select(&sql, &example, &after, false);
    assert_buf(&sql, "SELECT tenant, word, small, n, doc FROM example WHERE (tenant, word) > (-3, 'it''s \\') ORDER BY "
                     "tenant, word");
    sql.len = 0;
    row_select(&sql, &meta, NULL, true);
    assert_buf(&sql, "SELECT key, value FROM meta WHERE key NOT IN ('schema', 'transfer') ORDER BY key DESC LIMIT 1");
}

/* ---- COPY ---- */

static void test_copy_form(void **state) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct row rows[] = {ROW(INT64_MIN, "", -1, INT32_MIN, "x"), ROW(5, "w\0", INT16_MAX, 70000, "")}, got;
    rows[1].cell[4] = (struct cell){.kind = CELL_NULL};
    copy_out_begin(&out);
    for (int i = 0; i < 2; i++)
        copy_out_row(&out, &example, &rows[i]);
    copy_out_end(&out);

    for (size_t piece = 1; piece <= out.len; piece += 7) { /* however the server cuts it */
        struct copy_in in = {0};
        int n = 0, r;
        copy_in_begin(&in);
        for (size_t at = 0; at < out.len; at += piece) {
            copy_in_add(&in, (struct str){out.ptr + at, out.len - at < piece ? out.len - at : piece});
            while ((r = copy_in_row(&in, &example, &got)) == 1) {
                struct buf a BUF_CLEANUP = BUF_EMPTY, b BUF_CLEANUP = BUF_EMPTY;
                row_encode(&example, &rows[n++], &a);
                row_encode(&example, &got, &b);
                assert_str(buf_str(&b), buf_str(&a));
            }
            assert_int_equal(r, 0);
        }
        assert_int_equal(n, 2);
        assert_true(in.ended);
        copy_in_free(&in);
    }
}

static void test_copy_form_of_something_else(void **state) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct row row = ROW(1, "w", 2, 3, "doc"), got;
    copy_out_begin(&out);
    copy_out_row(&out, &example, &row);
    /* the signature; the flags; the number of columns; the length of an integer */
    static const size_t places[] = {0, 14, 20, 24};
    for (size_t i = 0; i < 4; i++) {
        struct copy_in in = {0};
        copy_in_begin(&in);
        copy_in_add(&in, buf_str(&out));
        in.bytes.ptr[places[i]] ^= 1;
        assert_int_equal(copy_in_row(&in, &example, &got), -EPROTO);
        copy_in_free(&in);
    }
}

/* ---- databases ---- */

/* The generated tables are those that PostgreSQL has. */
static void test_tables(void **state) {
    static const char *const types[] = {"text", "smallint", "integer", "bigint"};
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    char url[400], value[256];
    struct str why;
    struct db *db;
    assert_non_null(cluster_sql(&cluster, "postgres",
                                "CREATE DATABASE tables TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", value));
    cluster_url(&cluster, "tables", url, sizeof(url));
    assert_int_equal(db_open(&db, &(struct db_options){.engine = DB_POSTGRESQL, .url = url, .no_sync = true}, DB_WRITE,
                             &arena, &why),
                     0);
    db_close(db);
    buf_add_str(&sql, STR("SELECT COUNT(*) FROM (VALUES "));
    for (unsigned i = 0; i < schema_tables_n; i++)
        for (unsigned j = 0; j < schema_tables[i].columns; j++)
            buf_printf(&sql, "%s('%s', '%s', '%s')", i + j > 0 ? ", " : "", schema_tables[i].name,
                       schema_tables[i].column[j].name, types[schema_tables[i].column[j].type]);
    buf_add_str(&sql,
                STR(") v (t, c, d) FULL JOIN (SELECT * FROM information_schema.columns WHERE table_schema = 'public' "
                    "AND table_name NOT LIKE 'kept%') i " /* files are copied in another way */
                    "ON i.table_name = v.t AND i.column_name = v.c AND i.data_type = v.d "
                    "WHERE v.t IS NULL OR i.table_name IS NULL"));
    buf_add_char(&sql, 0);
    assert_string_equal(cluster_sql(&cluster, "tables", sql.ptr, value), "0");
}

static void ignore_line(void *ctx, struct str line) {
}

static void ignore_progress(void *ctx, enum transfer_step step, const char *table, int64_t rows) {
}

static void count_rows(void *ctx, const struct transfer_table *t) {
    *(int64_t *)ctx += t->rows;
}

static int move(struct transfer_place from, struct transfer_place to, struct str *ret_why, int64_t *ret_rows) {
    struct transfer t = {.from = from,
                         .to = to,
                         .arena = &arena,
                         .say = ignore_line,
                         .progress = ignore_progress,
                         .compared = count_rows,
                         .ctx = ret_rows};
    *ret_rows = 0;
    int r = transfer_run(&t);
    *ret_why = t.why;
    return r;
}

static void file_sql(const char *dir, const char *sql) {
    char path[400];
    sqlite3 *h;
    snprintf(path, sizeof(path), "%s/hired.db", dir);
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_exec(h, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(h);
}

static struct db_options options_of(struct transfer_place p) {
    return (struct db_options){
        .engine = p.url ? DB_POSTGRESQL : DB_SQLITE, .url = p.url, .dir = p.dir, .busy_ms = 1000, .no_sync = true};
}

/* A copy that is not finished is refused, whoever opens it. */
static void check_refused(struct transfer_place p) {
    struct db_options o = options_of(p);
    struct str why;
    struct db *db;
    for (int access = DB_READ; access <= DB_WRITE; access++) {
        assert_int_equal(db_open(&db, &o, (enum db_access)access, &arena, &why), -EUCLEAN);
        assert_non_null(strstr(why.ptr, "unfinished copy"));
    }
}

static void test_ids_and_the_note(void **state) {
    const int64_t until = INT64_C(1999999999999);
    char parent[] = "/tmp/hired-transfer-XXXXXX", url[400], value[256], from[64], back[64];
    struct str why;
    struct db *db;
    int64_t rows, again;
    assert_non_null(mkdtemp(parent));
    snprintf(from, sizeof(from), "%s/from", parent);
    snprintf(back, sizeof(back), "%s/back", parent);
    struct transfer_place a = {.dir = from}, b = {.url = url}, c = {.dir = back};
    struct db_options o = options_of(a), there = options_of(b), here = options_of(c);
    assert_int_equal(db_open(&db, &o, DB_WRITE, &arena, &why), 0);
    db_close(db);
    file_sql(from, "INSERT INTO meta (key, value) VALUES ('ids_until', '1999999999999')");
    file_sql(from, "INSERT INTO tenant (id, tenant_key, name, created_ms) VALUES (1, 'key', 'name \xe5\xad\x97', 1)");

    assert_non_null(
        cluster_sql(&cluster, "postgres", "CREATE DATABASE ids TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", value));
    cluster_url(&cluster, "ids", url, sizeof(url));
    assert_int_equal(move(a, b, &why, &rows), 0);
    assert_true(rows >= 2);
    assert_true(id_last_ms() < until);
    assert_int_equal(db_open(&db, &there, DB_WRITE, &arena, &why), 0);
    assert_true(id_time_ms(id_new()) >= until); /* greater than all ids that the source may have given */
    db_close(db);

    /* Neither side takes the place of data. */
    assert_int_equal(move(a, b, &why, &again), -ENOTEMPTY);
    assert_non_null(strstr(why.ptr, "There is data in the database ids"));
    assert_int_equal(move(b, c, &why, &again), 0);
    assert_int_equal(again, rows);
    assert_int_equal(move(b, c, &why, &again), -ENOTEMPTY);
    assert_int_equal(db_open(&db, &here, DB_READ, &arena, &why), 0);
    db_close(db);

    /* With the note, a database is neither opened nor copied; it is filled anew. */
    file_sql(back, "INSERT INTO meta (key, value) VALUES ('transfer', 'x')");
    assert_non_null(cluster_sql(&cluster, "ids", "INSERT INTO meta (key, value) VALUES ('transfer', 'x')", value));
    check_refused(b);
    check_refused(c);
    assert_int_equal(move(b, c, &why, &again), -EUCLEAN);
    assert_int_equal(move(c, b, &why, &again), -EUCLEAN);
    assert_int_equal(move(a, b, &why, &again), 0);
    assert_int_equal(again, rows);
    assert_int_equal(move(b, c, &why, &again), 0);
    assert_int_equal(db_open(&db, &here, DB_READ, &arena, &why), 0);
    db_close(db);
    dir_remove(parent);
}

static int start(void **state) {
    log_set_level(LOG_ERROR);
    return cluster_start(&cluster) ? 0 : -1;
}

static int stop(void **state) {
    cluster_stop(&cluster);
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoding),
        cmocka_unit_test(test_order_of_keys),
        cmocka_unit_test(test_what_postgresql_takes),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_copy_form),
        cmocka_unit_test(test_copy_form_of_something_else),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_ids_and_the_note),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, start, stop);
}
