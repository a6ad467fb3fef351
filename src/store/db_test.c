/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: schema steps, statements, transactions, errors, several connections and processes.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

struct scratch {
    char dir[4096];
    struct arena a;
    struct str why;
};

static int setup(void **state) {
    struct scratch *s = mem_alloc(sizeof(*s));
    fixture_dir(s->dir);
    *state = s;
    return 0;
}

static int teardown(void **state) {
    struct scratch *s = *state;
    fixture_remove(s->dir);
    arena_free(&s->a);
    free(s);
    return 0;
}

static bool why_has(const struct scratch *s, const char *part) {
    return s->why.ptr && strstr(s->why.ptr, part);
}

static int64_t ask(struct db *db, const char *sql) {
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(sqlite_of(db)->handle, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return value;
}

static void overwrite(const char *dir, long at, const void *bytes, size_t len) {
    char path[4200];
    snprintf(path, sizeof(path), "%s/hired.db", dir);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

/* ---- opening and the schema ---- */

static void test_fresh(void **state) {
    struct scratch *s = *state;
    char dir[4200], path[4300];
    struct stat st;
    struct db *db;

    snprintf(dir, sizeof(dir), "%s/new", s->dir);
    assert_int_equal(fixture_try(&db, dir, DB_READ, 2, &s->a, &s->why), -ENOENT);
    assert_true(why_has(s, "There is no database in"));
    assert_int_equal(fixture_try(&db, dir, DB_WRITE, 2, &s->a, &s->why), 0);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/hired.db", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), 1);
    assert_int_equal(ask(db, "PRAGMA page_size"), 4096);
    assert_int_equal(ask(db, "PRAGMA synchronous"), 2);
    assert_int_equal(ask(db, "PRAGMA foreign_keys"), 0);
    assert_int_equal(ask(db, "PRAGMA trusted_schema"), 0);
    snprintf(path, sizeof(path), "%s/hired.db-wal", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    db_close(db);
    assert_int_equal(fixture_try(&db, dir, DB_WRITE, 2, &s->a, &s->why), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
    fixture_remove(dir);
}

static void test_migrates(void **state) {
    struct scratch *s = *state;
    struct db *db;

    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 1, &s->a, &s->why), 0);
    db_close(db);
    assert_int_equal(fixture_try(&db, s->dir, DB_READ, 2, &s->a, &s->why), -EPROTO);
    assert_true(why_has(s, "has schema 0, this hired needs 1"));
    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 2, &s->a, &s->why), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
    for (int access = DB_READ; access <= DB_WRITE; access++) {
        assert_int_equal(fixture_try(&db, s->dir, (enum db_access)access, 1, &s->a, &s->why), -EPROTO);
        assert_true(why_has(s, "has schema 1, made by a newer hired; this one knows schemas up to 0."));
    }
    db = fixture_open(s->dir, DB_READ);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), 1);
    db_close(db);
}

/* A step that fails leaves nothing of itself or of those before it. */
static void test_migration_fails(void **state) {
    struct scratch *s = *state;
    const char *const steps[] = {fixture_steps[0], fixture_steps[1], "CREATE TABLE u (a INTEGER); CREATE NONSENSE;"};
    struct db_options o = {.dir = s->dir, .busy_ms = 100};
    struct db *db;

    db_close(fixture_open(s->dir, DB_WRITE));
    assert_int_equal(db_open_with(&db, &o, DB_WRITE, steps, 3, fixture_texts, T_N, &s->a, &s->why), -EINVAL);
    assert_true(why_has(s, "taking schema step 002"));
    db = fixture_open(s->dir, DB_WRITE);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'u'"), 0);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), 1);
    db_close(db);
}

/* A process that dies in the middle of a migration; and one that made nothing but an empty file. */
static void test_migration_interrupted(void **state) {
    struct scratch *s = *state;
    struct db *db;

    overwrite(s->dir, 0, "", 0);
    assert_int_equal(fixture_try(&db, s->dir, DB_READ, 2, &s->a, &s->why), -ENOENT);
    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 1, &s->a, &s->why), 0);
    db_close(db);
    pid_t child = fork();
    if (child == 0) {
        db = NULL;
        if (fixture_try(&db, s->dir, DB_WRITE, 1, &s->a, &s->why) < 0 ||
            sqlite3_exec(sqlite_of(db)->handle, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE", 0, 0,
                         0) ||
            sqlite3_exec(sqlite_of(db)->handle, fixture_steps[1], 0, 0, 0) ||
            sqlite3_exec(
                sqlite_of(db)->handle,
                "UPDATE meta SET value = '1'; CREATE TABLE big (b TEXT); WITH RECURSIVE c (i) AS (SELECT 1 UNION "
                "ALL SELECT i + 1 FROM c WHERE i < 100) INSERT INTO big SELECT hex(zeroblob(10000)) FROM c",
                0, 0, 0))
            _exit(1);
        _exit(0); /* without closing or committing; pages have been spilled to the log */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(fixture_try(&db, s->dir, DB_READ, 2, &s->a, &s->why), -EPROTO);
    db = fixture_open(s->dir, DB_WRITE);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'big'"), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 0);
    db_close(db);
}

/* Several processes make the same database at once. */
static void test_made_by_many(void **state) {
    struct scratch *s = *state;
    pid_t children[4];

    for (int i = 0; i < 4; i++)
        if ((children[i] = fork()) == 0) {
            struct db *db;
            int r = fixture_try(&db, s->dir, DB_WRITE, 2, &s->a, &s->why);
            if (r < 0) {
                fprintf(stderr, "# %.*s\n", STR_FMT(s->why));
                _exit(1);
            }
            r = db_begin(db);
            if (r == 0)
                r = fixture_add(db, i, 1, STR("x"), 1);
            if (r >= 0)
                r = db_commit(db);
            db_close(db);
            _exit(r < 0);
        }
    for (int i = 0; i < 4; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    struct db *db = fixture_open(s->dir, DB_READ);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 4);
    db_close(db);
}

static void test_not_ours(void **state) {
    struct scratch *s = *state;
    struct db *db;
    char path[4200];
    sqlite3 *h;

    static const char text[] =
        "This is a text file, and a rather long one at that: longer than the header of a database, "
        "which takes a hundred bytes.";
    overwrite(s->dir, 0, text, sizeof(text));
    for (int access = DB_READ; access <= DB_WRITE; access++) {
        assert_int_equal(fixture_try(&db, s->dir, (enum db_access)access, 2, &s->a, &s->why), -EUCLEAN);
        assert_true(why_has(s, "is damaged, or not a database"));
    }
    snprintf(path, sizeof(path), "%s/hired.db", s->dir);
    unlink(path);
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    sqlite3_exec(h, "CREATE TABLE meta (key TEXT, value TEXT); INSERT INTO meta VALUES ('schema', '1')", 0, 0, 0);
    sqlite3_close(h);
    assert_int_equal(fixture_try(&db, s->dir, DB_WRITE, 2, &s->a, &s->why), -EUCLEAN);
    assert_true(why_has(s, "not one of hired"));
}

static void test_cannot_make(void **state) {
    struct scratch *s = *state;
    char dir[4200];
    struct db *db;

    snprintf(dir, sizeof(dir), "%s/no/such", s->dir);
    assert_int_equal(fixture_try(&db, dir, DB_WRITE, 2, &s->a, &s->why), -ENOENT);
    assert_true(why_has(s, "Cannot make the directory"));
}

/* ---- the project's own schema and statements ---- */

static void test_all_statements(void **state) {
    struct scratch *s = *state;
    struct db_options o = {.dir = s->dir, .busy_ms = 100, .mmap_bytes = 1 << 20};
    struct db *db;

    assert_int_equal(db_open(&db, &o, DB_WRITE, &s->a, &s->why), 0);
    assert_int_equal(ask(db, "SELECT value FROM meta WHERE key = 'schema'"), db_schema_version());
    for (int i = 0; i < DB_STATEMENTS; i++) {
        struct db_query q DB_CLEANUP = db_query(db, (enum db_statement)i);
        if (q.error)
            fail_msg("%s: %s", db_statement_texts[i].name, sqlite3_errmsg(sqlite_of(db)->handle));
        assert_int_equal(sqlite3_bind_parameter_count(((struct statement *)q.stmt)->handle),
                         db_statement_texts[i].parameters);
    }
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("schema"));
    assert_int_equal(db_row(&q), 1);
    assert_int_equal(db_int(&q, COL_META_GET_VALUE), db_schema_version());
    assert_int_equal(db_int(&q, COL_FIRST), db_schema_version());
    db_query_end(&q);
    db_close(db);
}

/* ---- statements ---- */

static void test_values(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct str odd = STR("zwölf \x01U00\x02 \xe6\x9d\x8e");

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, INT64_MAX, odd, 0), 1);
    assert_int_equal(fixture_add(db, 1, INT64_MIN, STR(""), -5), 1);
    assert_int_equal(fixture_add(db, 1, 0, STR_ABSENT, 999999), 1);
    assert_int_equal(fixture_add(db, 1, 1, (struct str){"cut here", 3}, 0), 1);
    assert_int_equal(db_commit(db), 0);

    struct db_query q DB_CLEANUP = T_QUERY(db, T_ALL);
    db_bind_int(&q, 1, 1);
    assert_int_equal(db_row(&q), 1);
    assert_true(db_int(&q, 0) == INT64_MIN);
    assert_false(db_is_null(&q, 1));
    assert_non_null(db_text(&q, 1).ptr);
    assert_int_equal(db_text(&q, 1).len, 0);
    assert_int_equal(db_int(&q, 2), -5);
    assert_int_equal(db_row(&q), 1);
    assert_true(db_is_null(&q, 1));
    assert_true(str_is_absent(db_text(&q, 1)));
    assert_int_equal(db_row(&q), 1);
    assert_true(str_eq(db_text(&q, 1), STR("cut")));
    assert_int_equal(db_row(&q), 1);
    assert_true(db_int(&q, 0) == INT64_MAX);
    assert_true(str_eq(db_text(&q, 1), odd));
    assert_int_equal(db_row(&q), 0);
    assert_int_equal(db_row(&q), 0); /* not from the beginning */
    db_bind_int(&q, 1, 1);
    assert_int_equal(db_row(&q), 1); /* now it is */
    db_query_end(&q);
    assert_true(db_row(&q) < 0);
    db_close(db);
}

/* $n means the n-th value, wherever it stands. */
static void test_numbered_parameters(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct db_query q DB_CLEANUP = T_QUERY(db, T_BACKWARDS);
    db_bind_text(&q, 1, STR("one"));
    db_bind_text(&q, 2, STR("two"));
    db_bind_int(&q, 3, 1);
    assert_int_equal(db_row(&q), 1);
    assert_true(str_eq(db_text(&q, 0), STR("two")));
    assert_true(str_eq(db_text(&q, 1), STR("one")));
    assert_true(str_eq(db_text(&q, 2), STR("two")));
    db_query_end(&q);
    db_close(db);
}

static void test_misuse(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct db *reader = fixture_open(s->dir, DB_READ);

    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), -EPERM); /* no transaction */
    assert_int_equal(fixture_add(reader, 1, 1, STR("x"), 1), -EROFS);
    assert_int_equal(db_begin(reader), -EROFS);
    assert_int_equal(db_commit(db), -EINVAL);
    assert_int_equal(db_savepoint(db), -EIO);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(db_begin(db), -EINVAL);
    {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_GET); /* $2 has no value */
        db_bind_int(&q, 1, 1);
        assert_int_equal(db_row(&q), -EINVAL);
    }
    {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_GET); /* there is no $3 */
        db_bind_int(&q, 1, 1);
        db_bind_int(&q, 2, 1);
        db_bind_int(&q, 3, 1);
        assert_int_equal(db_row(&q), -EINVAL);
    }
    {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_BROKEN);
        assert_int_equal(q.error, -EINVAL);
        db_bind_int(&q, 1, 1);
        assert_int_equal(db_row(&q), -EINVAL);
        assert_int_equal(db_run(&q), -EINVAL);
    }
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1000000), -EINVAL); /* CHECK */
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), 1);
    db_rollback(db);
    assert_false(fixture_get(db, 1, 1, NULL));
    db_close(reader);
    db_close(db);
}

static void test_unique(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), 1);
    assert_int_equal(fixture_add(db, 1, 1, STR("y"), 2), -EEXIST);
    {
        /* One query, many rows, one of them refused. */
        struct db_query q DB_CLEANUP = T_QUERY(db, T_ADD);
        db_bind_int(&q, 1, 1);
        db_bind_text(&q, 3, STR("z"));
        db_bind_int(&q, 4, 0);
        for (int i = 0; i < 3; i++) {
            db_bind_int(&q, 2, i);
            assert_int_equal(db_run(&q), i == 1 ? -EEXIST : 1);
        }
        db_bind_int(&q, 2, 1);
        assert_int_equal(db_row(&q), -EEXIST);
        assert_int_equal(db_row(&q), -EEXIST); /* stays so until bound anew */
    }
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t"), 3);
    db_close(db);
}

static void test_returning(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);

    assert_int_equal(db_begin(db), 0);
    {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_ADD_RETURNING);
        for (int n = 1; n <= 3; n++)
            db_bind_int(&q, n, n * 10);
        assert_int_equal(db_row(&q), 1); /* the second row is not asked for, but written all the same */
        assert_int_equal(db_int(&q, 0), 20);
    }
    {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_ADD_RETURNING);
        for (int n = 1; n <= 3; n++)
            db_bind_int(&q, n, n * 100);
        assert_int_equal(db_run(&q), 2);
    }
    {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_DELETE);
        db_bind_int(&q, 1, 100);
        assert_int_equal(db_run(&q), 2);
        assert_int_equal(db_run(&q), 0); /* again, with the same value */
    }
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(ask(db, "SELECT COUNT(*) FROM t WHERE tenant = 10"), 2);
    db_close(db);
}

/* The same statement within its own loop. */
static void test_nested(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    int seen = 0;

    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(fixture_add(db, 1, i, STR("x"), i), 1);
    for (int round = 0; round < 2; round++) {
        struct db_query q DB_CLEANUP = T_QUERY(db, T_ALL);
        db_bind_int(&q, 1, 1);
        while (db_row(&q) == 1) {
            struct db_query inner DB_CLEANUP = T_QUERY(db, T_ALL);
            assert_ptr_not_equal(inner.stmt, q.stmt);
            db_bind_int(&inner, 1, 1);
            while (db_row(&inner) == 1)
                seen++;
        }
    }
    assert_int_equal(seen, 2 * 4 * 4);
    assert_non_null(sqlite_of(db)->statements[T_ALL]->next);
    assert_null(sqlite_of(db)->statements[T_ALL]->next->next); /* kept and used again */
    assert_int_equal(db_commit(db), 0);
    db_close(db);
}

static void test_like(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 1, STR("Li"), 0), 1);
    assert_int_equal(fixture_add(db, 1, 2, STR("li"), 0), 1);
    assert_int_equal(db_commit(db), 0);
    struct db_query q DB_CLEANUP = T_QUERY(db, T_LIKE);
    db_bind_text(&q, 1, STR("L%"));
    assert_int_equal(db_row(&q), 1);
    assert_int_equal(db_int(&q, 0), 1);
    assert_int_equal(db_row(&q), 0);
    db_query_end(&q);
    db_close(db);
}

static void test_savepoints(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);

    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(db_savepoint(db), 0);
        assert_int_equal(fixture_add(db, 1, i, STR("x"), i), 1);
        if (i % 2)
            db_rollback_savepoint(db);
        else
            assert_int_equal(db_release(db), 0);
        assert_true(db_in_transaction(db));
    }
    assert_int_equal(db_commit(db), 0);
    assert_false(db_in_transaction(db));
    for (int i = 0; i < 6; i++)
        assert_int_equal(fixture_get(db, 1, i, NULL), i % 2 == 0);
    db_close(db);
}

/* The engine may undo the whole transaction by itself; nothing written afterwards may be kept alone. */
static void test_lost_transaction(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), 1);
    sqlite3_exec(sqlite_of(db)->handle, "ROLLBACK", 0, 0, 0);
    assert_false(db_in_transaction(db));
    assert_int_equal(fixture_add(db, 1, 2, STR("x"), 1), -EIO);
    assert_int_equal(db_savepoint(db), -EIO);
    assert_int_equal(db_release(db), -EIO);
    db_rollback_savepoint(db);
    assert_int_equal(db_commit(db), -EIO);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 3, STR("x"), 1), 1);
    assert_int_equal(db_commit(db), 0);
    assert_false(fixture_get(db, 1, 1, NULL));
    assert_false(fixture_get(db, 1, 2, NULL));
    assert_true(fixture_get(db, 1, 3, NULL));
    db_close(db);
}

/* ---- several connections ---- */

static void test_two_connections(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct db *reader = fixture_open(s->dir, DB_READ);
    int64_t before = db_change_count(reader), own = db_change_count(db);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), 1);
    assert_false(fixture_get(reader, 1, 1, NULL));
    assert_int_equal(db_change_count(reader), before);
    assert_int_equal(db_commit(db), 0);
    assert_true(fixture_get(reader, 1, 1, NULL));
    assert_true(db_change_count(reader) > before);
    before = db_change_count(reader);
    assert_int_equal(db_change_count(reader), before);
    assert_int_equal(db_change_count(db), own); /* its own changes do not count */

    assert_int_equal(db_snapshot_begin(reader), 0);
    assert_false(fixture_get(reader, 1, 2, NULL));
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 2, STR("x"), 1), 1);
    assert_int_equal(db_commit(db), 0);
    assert_false(fixture_get(reader, 1, 2, NULL)); /* still the same view */
    assert_int_equal(db_change_count(reader), before);
    db_snapshot_end(reader);
    assert_true(fixture_get(reader, 1, 2, NULL));
    assert_true(db_change_count(reader) > before);
    db_close(reader);
    db_close(db);
}

/* What a killed process left in the log is there for whoever opens first, even to read only. */
static void test_reader_recovers(void **state) {
    struct scratch *s = *state;
    pid_t child = fork();
    if (child == 0) {
        struct db *db = fixture_open(s->dir, DB_WRITE);
        db_begin(db);
        fixture_add(db, 1, 7, STR("x"), 1);
        _exit(db_commit(db) < 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    struct db *reader = fixture_open(s->dir, DB_READ);
    assert_true(fixture_get(reader, 1, 7, NULL));
    db_close(reader);
}

/* Another process holds the write lock for 200 ms, or for longer than is waited. */
static void test_busy_process(void **state) {
    struct scratch *s = *state;
    struct db_options o = {.dir = s->dir};
    struct db *db;

    db_close(fixture_open(s->dir, DB_WRITE));
    for (int patient = 1; patient >= 0; patient--) {
        int to_parent[2], to_child[2], status;
        char byte;
        assert_int_equal(pipe(to_parent) | pipe(to_child), 0);
        pid_t child = fork();
        if (child == 0) {
            close(to_child[1]);
            db = fixture_open(s->dir, DB_WRITE);
            if (db_begin(db) < 0 || fixture_add(db, 1, patient, STR("x"), 1) < 0 || write(to_parent[1], "x", 1) != 1)
                _exit(1);
            if (patient)
                usleep(200000);
            else if (read(to_child[0], &byte, 1) != 0) /* until the parent has given up */
                _exit(1);
            _exit(db_commit(db) < 0);
        }
        assert_int_equal(read(to_parent[0], &byte, 1), 1);
        o.busy_ms = patient ? 10000 : 50;
        assert_int_equal(db_open_with(&db, &o, DB_WRITE, fixture_steps, 2, fixture_texts, T_N, &s->a, &s->why), 0);
        int64_t start = clock_mono_ns();
        assert_int_equal(db_begin(db), patient ? 0 : -EBUSY);
        if (patient) {
            assert_true(fixture_get(db, 1, 1, NULL)); /* so it was waited for */
            assert_int_equal(fixture_add(db, 2, 1, STR("x"), 1), 1);
            assert_int_equal(db_commit(db), 0);
        } else
            assert_true(clock_mono_ns() - start >= 50 * 1000000);
        db_close(db);
        close(to_child[0]);
        close(to_child[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        close(to_parent[0]);
        close(to_parent[1]);
    }
}

/* ---- upkeep and checks ---- */

static void fill(struct db *db, int64_t tenant, int n) {
    char label[8000];
    memset(label, 'x', sizeof(label));
    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < n; i++)
        assert_int_equal(fixture_add(db, tenant, i, (struct str){label, sizeof(label)}, 1), 1);
    assert_int_equal(db_commit(db), 0);
}

static void test_log_upkeep(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);

    sqlite_of(db)->log_due = sqlite_of(db)->log_step = 256; /* instead of hundreds of megabytes */
    sqlite_of(db)->log_many = 2048;
    for (int tended = 0; tended < 2; tended++) {
        for (int i = 0; i < 12; i++) {
            fill(db, i + 100 * tended, 40);
            if (tended)
                db_tend(db, false);
            assert_true(sqlite_of(db)->log_pages < 512);
        }
        fill(db, 50 + tended, 1);
        assert_false(sqlite_of(db)->log_clean);
        db_tend(db, true);
        assert_true(sqlite_of(db)->log_clean);
    }
    char path[4200];
    struct stat st;
    snprintf(path, sizeof(path), "%s/hired.db-wal", s->dir);

    /* A reader that stays holds the log back; when it is gone, the log is cut. */
    struct db *reader = fixture_open(s->dir, DB_READ);
    assert_int_equal(db_snapshot_begin(reader), 0);
    assert_false(fixture_get(reader, -1, 1, NULL));
    for (int i = 0; i < 40; i++) {
        fill(db, 1000 + i, 40);
        db_tend(db, false);
    }
    assert_true(sqlite_of(db)->log_pages > 512);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 512 * 16384);
    db_snapshot_end(reader);
    for (int i = 0; i < 5; i++) {
        fill(db, 2000 + i, 40);
        db_tend(db, false);
    }
    assert_true(sqlite_of(db)->log_pages < 512);
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size < 128 * 17000);
    db_close(reader);
    db_close(db);
}

/* Whether the bytes stand in one of the database's files. */
static bool file_has(const char *dir, const char *name, const char *bytes) {
    char path[4200];
    struct stat st;
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    assert_int_equal(fstat(fd, &st), 0);
    char *all = malloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, all, (size_t)st.st_size), st.st_size);
    close(fd);
    bool found = memmem(all, (size_t)st.st_size, bytes, strlen(bytes)) != NULL;
    free(all);
    return found;
}

static void delete_tenant(struct db *db, int64_t tenant) {
    struct db_query q DB_CLEANUP = db_query(db, (enum db_statement)T_DELETE);
    db_bind_int(&q, 1, tenant);
    assert_true(db_run(&q) >= 0);
}

/* Rows of many sizes come and go, so that pages are split, merged and rebuilt over and over, and rows of the odd
 * tenants say something that nobody may find afterwards. */
static void churn(struct db *db) {
    char label[6000];
    unsigned dice = 7;
    for (int round = 0; round < 100; round++) {
        assert_int_equal(db_begin(db), 0);
        for (int i = 0; i < 60; i++) {
            dice = dice * 1103515245 + 12345;
            int tenant = (int)(dice >> 16) % 200;
            size_t len = 40 + (dice >> 8) % (dice % 7 == 0 ? sizeof(label) - 40 : 700);
            for (size_t at = 0; at < len; at++)
                label[at] = (tenant & 1 ? "secret!!" : "harmless")[at % 8];
            (void)fixture_add(db, tenant, round * 1000 + i, (struct str){label, len}, 1);
        }
        delete_tenant(db, (dice >> 16) % 200);
        assert_int_equal(db_commit(db), 0);
        db_tend(db, round % 3 == 0);
    }
}

static void test_forget(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct db *reader = fixture_open(s->dir, DB_READ);

    churn(db);
    assert_int_equal(db_snapshot_begin(reader), 0);
    (void)fixture_get(reader, 1, 1, NULL);
    assert_true(file_has(s->dir, "hired.db", "secret!!"));
    assert_int_equal(db_begin(db), 0);
    for (int tenant = 1; tenant < 200; tenant += 2) {
        if (tenant % 4 == 1) {
            delete_tenant(db, tenant);
            continue;
        }
        char sql[128];
        snprintf(sql, sizeof(sql), "UPDATE t SET label = '' WHERE tenant = %d", tenant);
        assert_int_equal(sqlite3_exec(sqlite_of(db)->handle, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    db_forget(db);
    assert_int_equal(db_commit(db), 0);

    /* A reader that may still see it holds it back; then it goes by itself. */
    db_tend(db, false);
    assert_false(db_forgotten(db));
    db_snapshot_end(reader);
    for (int i = 0; i < 100 && !db_forgotten(db); i++) {
        db_tend(db, true);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    assert_true(db_forgotten(db));
    assert_false(file_has(s->dir, "hired.db", "secret!!"));
    assert_false(file_has(s->dir, "hired.db-wal", "secret!!"));
    assert_true(file_has(s->dir, "hired.db", "harmless"));
    db_close(reader);
    db_close(db);
}

struct findings_seen {
    int n;
    char last[256];
};

static void see_finding(void *ctx, struct str line) {
    struct findings_seen *seen = ctx;
    seen->n++;
    snprintf(seen->last, sizeof(seen->last), "%.*s", STR_FMT(line));
}

static void test_check(void **state) {
    struct scratch *s = *state;
    struct db *db = fixture_open(s->dir, DB_WRITE);
    struct findings_seen seen = {0};

    fill(db, 1, 100);
    assert_int_equal(db_check(db, see_finding, &seen), 0);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 2, 1, STR("x"), -1), 1);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(db_check(db, see_finding, &seen), 1);
    assert_string_equal(seen.last, "t: n is negative");
    db_close(db);
    char garbage[16384];
    memset(garbage, 0x5a, sizeof(garbage));
    overwrite(s->dir, 10 * 16384, garbage, sizeof(garbage));
    db = fixture_open(s->dir, DB_READ);
    seen.n = 0;
    int found = db_check(db, see_finding, &seen);
    assert_true(found > 0);
    assert_int_equal(found, seen.n);
    db_close(db);
}

int main(void) {
    log_set_level(LOG_ERROR);
    cmocka_set_message_output(CM_OUTPUT_TAP);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_fresh),
        T(test_migrates),
        T(test_migration_fails),
        T(test_migration_interrupted),
        T(test_made_by_many),
        T(test_not_ours),
        T(test_cannot_make),
        T(test_all_statements),
        T(test_values),
        T(test_numbered_parameters),
        T(test_misuse),
        T(test_unique),
        T(test_returning),
        T(test_nested),
        T(test_like),
        T(test_savepoints),
        T(test_lost_transaction),
        T(test_two_connections),
        T(test_reader_recovers),
        T(test_busy_process),
        T(test_log_upkeep),
        T(test_forget),
        T(test_check),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
