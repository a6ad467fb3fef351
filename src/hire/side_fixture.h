/* SPDX-License-Identifier: Apache-2.0
 *
 * For the domain's tests: a new database with hired's schema, and another connection to it that prepares and checks.
 * The environment variable HIRED_TEST_STORE says where: "postgresql" on a server that ends with the test, otherwise
 * SQLite in a scratch directory.
 */
#ifndef HIRED_HIRE_SIDE_FIXTURE_H
#define HIRED_HIRE_SIDE_FIXTURE_H

#include <sqlite3.h>

#include "base/test.h"
#include "store/db.h"
#include "store/postgresql/cluster_fixture.h"

struct side {
    char dir[64];
    char url[400], name[32]; /* PostgreSQL: of the database */
    sqlite3 *sqlite;
    PGconn *postgresql; /* or NULL */
    struct db_options options;
};

static struct cluster side_cluster;

static inline bool side_is_postgresql(void) {
    const char *store = getenv("HIRED_TEST_STORE");
    return store && strcmp(store, "postgresql") == 0;
}

static inline void side_sql(struct side *s, const char *sql) {
    char *why = NULL;
    if (!s->postgresql) {
        if (sqlite3_exec(s->sqlite, sql, NULL, NULL, &why) != SQLITE_OK)
            fail_msg("%s: %s", sql, why);
        return;
    }
    PGresult *result = PQexec(s->postgresql, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(s->postgresql));
    PQclear(result);
}

/* The first column of the first row, as a number; -1 if there is no row. */
static inline int64_t side_number(struct side *s, const char *sql) {
    sqlite3_stmt *stmt;
    int64_t n = -1;
    if (!s->postgresql) {
        if (sqlite3_prepare_v2(s->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql, sqlite3_errmsg(s->sqlite));
        if (sqlite3_step(stmt) == SQLITE_ROW)
            n = sqlite3_column_int64(stmt, 0);
        sqlite3_finalize(stmt);
        return n;
    }
    PGresult *result = PQexec(s->postgresql, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(s->postgresql));
    if (PQntuples(result) > 0) {
        const char *value = PQgetvalue(result, 0, 0);
        n = value[0] == 't' ? 1 : strtoll(value, NULL, 10); /* a condition gives "t" or "f" */
    }
    PQclear(result);
    return n;
}

/* The same as a text; absent if there is no row. */
static inline struct str side_text(struct side *s, const char *sql, struct arena *a) {
    struct str text = STR_ABSENT;
    sqlite3_stmt *stmt;
    if (!s->postgresql) {
        if (sqlite3_prepare_v2(s->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql, sqlite3_errmsg(s->sqlite));
        if (sqlite3_step(stmt) == SQLITE_ROW)
            text = arena_dup(a, str_of((const char *)sqlite3_column_text(stmt, 0)));
        sqlite3_finalize(stmt);
        return text;
    }
    PGresult *result = PQexec(s->postgresql, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(s->postgresql));
    if (PQntuples(result) > 0)
        text = arena_dup(a, str_of(PQgetvalue(result, 0, 0)));
    PQclear(result);
    return text;
}

static inline void side_stop_cluster(void) {
    cluster_stop(&side_cluster);
}

/* The first database is made by db_open, and the others are copies of it. */
static inline int side_start_cluster(void) {
    char url[400];
    struct arena a = ARENA_EMPTY;
    struct str why = STR_ABSENT;
    const struct db_options o = {.engine = DB_POSTGRESQL, .url = url};
    struct db *db;
    if (side_cluster.pid > 0)
        return 0;
    if (!cluster_start(&side_cluster))
        return -1;
    atexit(side_stop_cluster);
    cluster_url(&side_cluster, "postgres", url, sizeof(url));
    int r = db_open(&db, &o, DB_WRITE, &a, &why);
    if (r < 0)
        print_error("%.*s\n", STR_FMT(why));
    else
        db_close(db);
    arena_free(&a);
    return r;
}

static inline int side_make_postgresql(struct side *s) {
    static int number;
    char sql[100], value[256];
    if (side_start_cluster() < 0)
        return -1;
    snprintf(s->name, sizeof(s->name), "domain%d", ++number);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE postgres", s->name);
    if (!cluster_sql(&side_cluster, "template1", sql, value))
        return -1;
    cluster_url(&side_cluster, s->name, s->url, sizeof(s->url));
    s->options = (struct db_options){.engine = DB_POSTGRESQL, .url = s->url, .busy_ms = 2000, .no_sync = true};
    return 0;
}

static inline int side_make_sqlite(struct side *s) {
    const char *tmp = getenv("TMPDIR");
    snprintf(s->dir, sizeof(s->dir), "%s/hired-hire-XXXXXX", tmp && strlen(tmp) < 32 ? tmp : "/tmp");
    s->options = (struct db_options){.dir = s->dir, .busy_ms = 2000, .no_sync = true};
    return mkdtemp(s->dir) ? 0 : -1;
}

/* Makes the database and opens it. */
static inline int side_open(struct side *s, struct db **ret, struct arena *a) {
    struct str why = STR_ABSENT;
    char path[128];
    if ((side_is_postgresql() ? side_make_postgresql(s) : side_make_sqlite(s)) < 0)
        return -1;
    if (db_open(ret, &s->options, DB_WRITE, a, &why) < 0) {
        print_error("%.*s\n", STR_FMT(why));
        return -1;
    }
    if (side_is_postgresql()) {
        s->postgresql = PQconnectdb(s->url);
        return PQstatus(s->postgresql) == CONNECTION_OK ? 0 : -1;
    }
    snprintf(path, sizeof(path), "%s/hired.db", s->dir);
    if (sqlite3_open(path, &s->sqlite) != SQLITE_OK)
        return -1;
    sqlite3_busy_timeout(s->sqlite, 2000);
    side_sql(s, "PRAGMA synchronous = OFF");
    return 0;
}

static inline void side_close(struct side *s) {
    char sql[100], value[256];
    if (s->postgresql) {
        PQfinish(s->postgresql);
        snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", s->name);
        (void)cluster_sql(&side_cluster, "template1", sql, value);
        return;
    }
    sqlite3_close(s->sqlite);
    dir_remove(s->dir);
}

#endif
