/* SPDX-License-Identifier: Apache-2.0
 *
 * What every driver of db.h does in the same way: each test runs on SQLite and on a server of PostgreSQL.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/postgresql/cluster_fixture.h"
#include "store/postgresql/postgresql.h"

struct scratch {
    const struct engine *engine;
    struct db_options options;
    char dir[4096]; /* SQLite */
    char name[32];  /* PostgreSQL: of the database */
    char url[4096];
    struct arena a;
    struct str why;
};

/* What the tests need of an engine beside db.h. */
struct engine {
    enum db_engine which;
    const char *const *steps;
    void (*make)(struct scratch *s);
    void (*remove)(struct scratch *s);
    int (*try)(struct scratch *s, struct db **db, enum db_access access, const char *const *steps, unsigned steps_n);
    int64_t (*ask)(struct scratch *s, const char *sql); /* on another connection */
    void (*lose)(struct scratch *s, struct db *db);     /* the engine rolls the transaction back by itself */
};

static struct cluster cluster;

/* ---- SQLite ---- */

static void sqlite_make(struct scratch *s) {
    fixture_dir(s->dir);
    s->options.dir = s->dir;
}

static void sqlite_remove(struct scratch *s) {
    fixture_remove(s->dir);
}

static int sqlite_try(struct scratch *s, struct db **db, enum db_access access, const char *const *steps,
                      unsigned steps_n) {
    return db_open_with(db, &s->options, access, steps, steps_n, fixture_texts, T_N, &s->a, &s->why);
}

static int64_t sqlite_ask(struct scratch *s, const char *sql) {
    char path[4200];
    sqlite3 *h;
    sqlite3_stmt *q;
    snprintf(path, sizeof(path), "%s/hired.db", s->dir);
    assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(h);
    return value;
}

static void sqlite_lose(struct scratch *s, struct db *db) {
    sqlite3_exec(sqlite_of(db)->handle, "ROLLBACK", 0, 0, 0);
}

static const struct engine sqlite = {DB_SQLITE,  fixture_steps, sqlite_make, sqlite_remove,
                                     sqlite_try, sqlite_ask,    sqlite_lose};

/* ---- PostgreSQL ---- */

static void pg_make(struct scratch *s) {
    static int number;
    char sql[200], value[256];
    snprintf(s->name, sizeof(s->name), "engine%d", ++number);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", s->name);
    assert_non_null(cluster_sql(&cluster, "postgres", sql, value));
    cluster_url(&cluster, s->name, s->url, sizeof(s->url));
    s->options.engine = DB_POSTGRESQL;
    s->options.url = s->url;
}

static void pg_remove(struct scratch *s) {
    char sql[200], value[256];
    snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", s->name);
    assert_non_null(cluster_sql(&cluster, "postgres", sql, value));
}

static int pg_try(struct scratch *s, struct db **db, enum db_access access, const char *const *steps,
                  unsigned steps_n) {
    return pg_open_with(db, &s->options, access, steps, steps_n, fixture_texts, T_N, &s->a, &s->why);
}

static int64_t pg_ask(struct scratch *s, const char *sql) {
    char value[256];
    assert_non_null(cluster_sql(&cluster, s->name, sql, value));
    return strtoll(value, NULL, 10);
}

static void pg_break(struct scratch *s, struct db *db) {
    char sql[100];
    snprintf(sql, sizeof(sql), "SELECT CAST(pg_terminate_backend(%d, 10000) AS INTEGER)",
             PQbackendPID(pg_of(db)->conn));
    assert_int_equal(pg_ask(s, sql), 1);
}

static const struct engine postgresql = {DB_POSTGRESQL, fixture_postgresql_steps, pg_make, pg_remove, pg_try, pg_ask,
                                         pg_break};

/* ---- both ---- */

static int setup(void **state) {
    struct scratch *s = mem_alloc(sizeof(*s));
    s->engine = *state;
    s->options.busy_ms = 2000;
    s->engine->make(s);
    *state = s;
    return 0;
}

static int teardown(void **state) {
    struct scratch *s = *state;
    s->engine->remove(s);
    arena_free(&s->a);
    free(s);
    return 0;
}

static int engine_try(struct scratch *s, struct db **db, enum db_access access, unsigned steps_n) {
    *db = NULL;
    return s->engine->try(s, db, access, s->engine->steps, steps_n);
}

static struct db *engine_open(struct scratch *s, enum db_access access) {
    struct db *db;
    if (engine_try(s, &db, access, FIXTURE_STEPS_N) < 0)
        fail_msg("%.*s", STR_FMT(s->why));
    return db;
}

static int64_t ask(struct scratch *s, const char *sql) {
    return s->engine->ask(s, sql);
}

static bool why_has(const struct scratch *s, const char *part) {
    return s->why.ptr && strstr(s->why.ptr, part);
}

/* ---- the schema ---- */

static void test_schema(void **state) {
    struct scratch *s = *state;
    struct db *db;

    assert_int_equal(engine_try(s, &db, DB_READ, 2), -ENOENT);
    assert_int_equal(engine_try(s, &db, DB_WRITE, 1), 0);
    db_close(db);
    assert_int_equal(engine_try(s, &db, DB_READ, 2), -EPROTO);
    assert_true(why_has(s, "has schema 0, this hired needs 1"));
    assert_int_equal(engine_try(s, &db, DB_WRITE, 2), 0);
    db_close(db);
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM t"), 0);
    for (int access = DB_READ; access <= DB_WRITE; access++) {
        assert_int_equal(engine_try(s, &db, (enum db_access)access, 1), -EPROTO);
        assert_true(why_has(s, "has schema 1, made by a newer hired; this one knows schemas up to 0."));
    }
    assert_int_equal(engine_try(s, &db, DB_WRITE, 2), 0); /* there is nothing to do */
    db_close(db);
    assert_int_equal(ask(s, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema'"), 1);
}

/* A step that fails leaves nothing of itself or of those before it. */
static void test_step_fails(void **state) {
    struct scratch *s = *state;
    const char *const steps[] = {s->engine->steps[0], s->engine->steps[1],
                                 "CREATE TABLE u (a INTEGER); CREATE NONSENSE;"};
    struct db *db;

    db_close(engine_open(s, DB_WRITE));
    assert_int_equal(s->engine->try(s, &db, DB_WRITE, steps, 3), -EINVAL);
    assert_true(why_has(s, "taking schema step 002"));
    db_close(engine_open(s, DB_WRITE));
    const char *names = s->engine->which == DB_SQLITE ? "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'u'"
                                                      : "SELECT COUNT(*) FROM pg_class WHERE relname = 'u'";
    assert_int_equal(ask(s, names), 0);
    assert_int_equal(ask(s, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'schema'"), 1);
}

/* Several processes make the same database at once. */
static void test_made_by_many(void **state) {
    struct scratch *s = *state;
    pid_t children[4];

    for (int i = 0; i < 4; i++)
        if ((children[i] = fork()) == 0) {
            struct db *db;
            int r = engine_try(s, &db, DB_WRITE, 2);
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
    struct db *db = engine_open(s, DB_READ);
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM t"), 4);
    db_close(db);
}

static void test_values(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);
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
    struct db *db = engine_open(s, DB_WRITE);
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
    struct db *db = engine_open(s, DB_WRITE);
    struct db *reader = engine_open(s, DB_READ);

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
    struct db *db = engine_open(s, DB_WRITE);

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
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM t"), 3);
    db_close(db);
}

static void test_returning(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);

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
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM t WHERE tenant = 10"), 2);
    db_close(db);
}

/* The same statement within its own loop. */
static void test_nested(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);
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
    assert_int_equal(db_commit(db), 0);
    db_close(db);
}

static void test_like(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);
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
    struct db *db = engine_open(s, DB_WRITE);

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
    struct db *db = engine_open(s, DB_WRITE);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), 1);
    s->engine->lose(s, db);
    (void)fixture_add(db, 1, 4, STR("x"), 1); /* notices it */
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

static void test_two_connections(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);
    struct db *reader = engine_open(s, DB_READ);
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
    if (s->engine->which == DB_SQLITE)
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

/* Another process holds the write lock for 200 ms, or for longer than is waited. */
static void test_busy_process(void **state) {
    struct scratch *s = *state;
    struct db *db;

    db_close(engine_open(s, DB_WRITE));
    for (int patient = 1; patient >= 0; patient--) {
        int to_parent[2], to_child[2], status;
        char byte;
        assert_int_equal(pipe(to_parent) | pipe(to_child), 0);
        pid_t child = fork();
        if (child == 0) {
            close(to_child[1]);
            db = engine_open(s, DB_WRITE);
            if (db_begin(db) < 0 || fixture_add(db, 1, patient, STR("x"), 1) < 0 || write(to_parent[1], "x", 1) != 1)
                _exit(1);
            if (patient)
                usleep(200000);
            else if (read(to_child[0], &byte, 1) != 0) /* until the parent has given up */
                _exit(1);
            _exit(db_commit(db) < 0);
        }
        assert_int_equal(read(to_parent[0], &byte, 1), 1);
        s->options.busy_ms = patient ? 10000 : 50;
        db = engine_open(s, DB_WRITE);
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

/* ---- walks ---- */

static void fill(struct db *db, int64_t tenant, int n) {
    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < n; i++)
        assert_int_equal(fixture_add(db, tenant, i, STR("x"), i), 1);
    assert_int_equal(db_commit(db), 0);
}

/* A statement with many rows shows one state of the database, whatever others write meanwhile. */
static void test_long_walk(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE), *reader = engine_open(s, DB_READ);

    fill(db, 1, 1000);
    for (int within = 0; within < 2; within++) {
        if (within)
            assert_int_equal(db_snapshot_begin(reader), 0);
        struct db_query q DB_CLEANUP = T_QUERY(reader, T_ALL);
        db_bind_int(&q, 1, 1);
        int n = 0;
        while (db_row(&q) == 1) {
            assert_int_equal(db_int(&q, 0), n);
            if (n++ != 10)
                continue;
            assert_int_equal(db_begin(db), 0);
            assert_int_equal(fixture_add(db, 1, 2000 + within, STR("late"), 1), 1);
            assert_int_equal(db_commit(db), 0);
            assert_false(fixture_get(reader, 1, 2000 + within, NULL)); /* the read is not over */
        }
        assert_int_equal(n, 1000);
        db_query_end(&q);
        if (within)
            db_snapshot_end(reader);
        assert_true(fixture_get(reader, 1, 2000 + within, NULL));
        assert_int_equal(db_begin(db), 0);
        struct db_query again DB_CLEANUP = T_QUERY(db, T_ALL);
        db_bind_int(&again, 1, 1);
        n = 0;
        while (db_row(&again) == 1)
            n++;
        assert_int_equal(n, 1001);
        db_query_end(&again);
        db_rollback(db);
        assert_int_equal(db_begin(db), 0);
        struct db_query drop DB_CLEANUP = T_QUERY(db, T_DELETE);
        db_bind_int(&drop, 1, 1);
        assert_int_equal(db_run(&drop), n);
        db_query_end(&drop);
        assert_int_equal(db_commit(db), 0);
        fill(db, 1, 1000);
    }
    db_close(reader);
    db_close(db);
}

/* A walk that was left half-way can be begun again, and leaves nothing open. */
static void test_walk_left(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);

    fill(db, 1, 500);
    for (int i = 0; i < 20; i++) {
        bool within = i % 2;
        if (within)
            assert_int_equal(db_begin(db), 0);
        struct db_query q DB_CLEANUP = T_QUERY(db, T_ALL);
        db_bind_int(&q, 1, 1);
        for (int n = 0; n < 5 + i * 20; n++)
            assert_int_equal(db_row(&q), 1);
        db_query_end(&q);
        struct db_query again DB_CLEANUP = T_QUERY(db, T_ALL);
        db_bind_int(&again, 1, 1);
        assert_int_equal(db_row(&again), 1);
        assert_int_equal(db_int(&again, 0), 0);
        db_query_end(&again);
        if (within)
            assert_int_equal(db_commit(db), 0);
    }
    db_close(db);
}

/* ---- savepoints and walks ---- */

static void test_savepoint_and_refusal(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), 1);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(db_savepoint(db), 0);
        assert_int_equal(fixture_add(db, 1, 10 + i, STR("x"), 1), 1);
        assert_int_equal(fixture_add(db, 1, 1, STR("x"), 1), -EEXIST);
        assert_int_equal(fixture_add(db, 1, 20 + i, STR("x"), 1), 1); /* it goes on */
        if (i == 1)
            db_rollback_savepoint(db);
        else
            assert_int_equal(db_release(db), 0);
    }
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM t"), 5);
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM t WHERE id IN (11, 21)"), 0);
    db_close(db);
}

static void see(void *ctx, struct str line) {
    struct str *last = ctx;
    *last = line;
    assert_true(str_eq(line, STR("t: n is negative")));
}

static void test_references(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE);
    struct str last = STR_ABSENT;

    fill(db, 1, 10);
    assert_int_equal(db_check(db, see, &last), 0);
    assert_true(str_is_absent(last));
    assert_int_equal(db_begin(db), 0);
    for (int i = 0; i < 150; i++)
        assert_int_equal(fixture_add(db, 2, i, STR("x"), -1), 1);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(db_check(db, see, &last), 100); /* no more are told */
    assert_int_equal(db_check_references(db, see, &last), 100);
    db_close(db);
}

static void test_deadline(void **state) {
    struct scratch *s = *state;
    struct db *db = engine_open(s, DB_WRITE), *reader = engine_open(s, DB_READ);

    fill(db, 1, 300);
    {
        struct db_query q DB_CLEANUP = T_QUERY(reader, T_ALL);
        db_bind_int(&q, 1, 1);
        db_set_deadline(reader, clock_mono_ns() + INT64_C(60000000000));
        assert_int_equal(db_row(&q), 1);
    }
    db_set_deadline(reader, 0);
    assert_true(fixture_get(reader, 1, 1, NULL));
    db_close(reader);
    db_close(db);
}

static int start(void **state) {
    return cluster_start(&cluster) ? 0 : -1;
}

static int stop(void **state) {
    cluster_stop(&cluster);
    return 0;
}

int main(void) {
    log_set_level(LOG_ERROR);
    cmocka_set_message_output(CM_OUTPUT_TAP);
#define T(name)                                                                                                        \
    {#name " on SQLite", name, setup, teardown, (void *)&sqlite}, {                                                    \
#name " on PostgreSQL", name, setup, teardown, (void *)&postgresql                                             \
    }
    const struct CMUnitTest tests[] = {
        T(test_schema),
        T(test_step_fails),
        T(test_made_by_many),
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
        T(test_busy_process),
        T(test_long_walk),
        T(test_walk_left),
        T(test_savepoint_and_refusal),
        T(test_references),
        T(test_deadline),
    };
    return cmocka_run_group_tests_name("engine", tests, start, stop);
}
