/* SPDX-License-Identifier: Apache-2.0
 *
 * For the store's tests: a scratch directory, a table and statements of their own.
 */
#ifndef HIRED_STORE_FIXTURE_H
#define HIRED_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/sqlite/sqlite.h"

enum fixture_statement { T_ADD, T_GET, T_ALL, T_BACKWARDS, T_DELETE, T_ADD_RETURNING, T_LIKE, T_CHECK, T_BROKEN, T_N };

static const struct db_statement_text fixture_texts[T_N] = {
    [T_ADD] = {"t_add", "INSERT INTO t (tenant, id, label, n) VALUES ($1, $2, $3, $4)", 4, 0,
               DB_TEXT_WRITES | DB_TEXT_COLLIDES},
    [T_GET] = {"t_get", "SELECT label, n FROM t WHERE tenant = $1 AND id = $2", 2},
    [T_ALL] = {"t_all", "SELECT id, label, n FROM t WHERE tenant = $1 ORDER BY id", 1, 0, DB_TEXT_WALKS},
    [T_BACKWARDS] = {"t_backwards", "SELECT $2, $1, $2 WHERE $3 = 1", 3},
    [T_DELETE] = {"t_delete", "DELETE FROM t WHERE tenant = $1", 1, 0, DB_TEXT_WRITES},
    [T_ADD_RETURNING] = {"t_add_returning",
                         "INSERT INTO t (tenant, id, label, n) VALUES ($1, $2, 'x', $3), ($1, $2 + 1, 'y', $3)"
                         " RETURNING id",
                         3, 0, DB_TEXT_WRITES | DB_TEXT_COLLIDES},
    [T_LIKE] = {"t_like", "SELECT id FROM t WHERE label LIKE $1 ESCAPE '\\'", 1, 0, DB_TEXT_WALKS},
    [T_CHECK] = {"check_n", "SELECT 't: n is negative' FROM t WHERE n < 0", 0, 0, DB_TEXT_WALKS},
    [T_BROKEN] = {"t_broken", "SELECT nothing FROM t", 0},
};

static const char *const fixture_steps[] = {
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;",
    "CREATE TABLE t (tenant INTEGER NOT NULL, id INTEGER NOT NULL, label TEXT, n INTEGER NOT NULL CHECK (n < 1000000),"
    " PRIMARY KEY (tenant, id)) WITHOUT ROWID, STRICT;",
};

/* The same for PostgreSQL. */
static const char *const fixture_postgresql_steps[] __attribute__((unused)) = {
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);",
    "CREATE TABLE t (tenant BIGINT NOT NULL, id BIGINT NOT NULL, label TEXT, n INTEGER NOT NULL CHECK (n < 1000000),"
    " PRIMARY KEY (tenant, id));",
};

#define FIXTURE_STEPS_N ((unsigned)(sizeof(fixture_steps) / sizeof(fixture_steps[0])))

/* A new directory below TMPDIR; name takes 4096 bytes. */
static inline void fixture_dir(char *name) {
    const char *tmp = getenv("TMPDIR");
    snprintf(name, 4096, "%s/hired-store-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(name))
        abort();
}

static inline void fixture_remove(const char *dir) {
    const char *names[] = {"hired.db", "hired.db-wal", "hired.db-shm", "hired.db-journal", "hired.db.before-001"};
    char path[8192];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

/* Opens with the fixture's table and statements. Returns db_open's result; on failure *db is NULL. */
static inline int fixture_try(struct db **db, const char *dir, enum db_access access, unsigned steps_n, struct arena *a,
                              struct str *why) {
    struct db_options o = {.dir = dir, .busy_ms = 2000};
    *db = NULL;
    return db_open_with(db, &o, access, fixture_steps, steps_n, fixture_texts, T_N, a, why);
}

static inline struct db *fixture_open(const char *dir, enum db_access access) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str why = STR_ABSENT;
    struct db *db;
    if (fixture_try(&db, dir, access, FIXTURE_STEPS_N, &a, &why) < 0)
        fail_msg("%.*s", STR_FMT(why));
    return db;
}

#define T_QUERY(db, which) db_query((db), (enum db_statement)(which))

/* Adds a row within the open transaction. */
static inline int fixture_add(struct db *db, int64_t tenant, int64_t id, struct str label, int64_t n) {
    struct db_query q DB_CLEANUP = T_QUERY(db, T_ADD);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    db_bind_text(&q, 3, label);
    db_bind_int(&q, 4, n);
    return db_run(&q);
}

/* Whether the row is there; sets *ret_n to its n. */
static inline bool fixture_get(struct db *db, int64_t tenant, int64_t id, int64_t *ret_n) {
    struct db_query q DB_CLEANUP = T_QUERY(db, T_GET);
    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r < 0)
        fail_msg("db_row: %d", r);
    if (r == 1 && ret_n)
        *ret_n = db_int(&q, 1);
    return r == 1;
}

#endif
