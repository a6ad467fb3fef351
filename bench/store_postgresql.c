/* SPDX-License-Identifier: Apache-2.0
 *
 * Benchmark: the PostgreSQL driver on one connection, beside libpq doing the same statements, and pgbench. The server
 * is the benchmark's own, with synced commits, reached by a socket. Usage: store_postgresql [seconds for each]; TMPDIR
 * selects the disk.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/postgresql/cluster_fixture.h"
#include "store/postgresql/postgresql.h"
#include "store/store_fixture.h"

#define ROWS 20000
#define PAGE 100
#define DOC_BYTES 1700

static char doc[DOC_BYTES + 1];
static char url[400];
static double seconds = 2;

struct run {
    const char *name;
    struct db *db;
    PGconn *conn;
    int64_t next;
};

/* How often fn ran in a second. */
static void measure(struct run *r, const char *name, void (*fn)(struct run *r)) {
    int64_t start = clock_mono_ns(), end = start + (int64_t)(seconds * 1e9), now = start;
    long n = 0;
    for (int i = 0; i < 20; i++)
        fn(r);
    for (start = clock_mono_ns(), end = start + (int64_t)(seconds * 1e9); now < end; now = clock_mono_ns(), n++)
        fn(r);
    printf("%-58s %9.0f a second\n", name, (double)n * 1e9 / (double)(now - start));
    fflush(stdout);
}

static void check(bool done) {
    if (!done)
        abort();
}

/* ---- the driver ---- */

static void driver_get(struct run *r) {
    check(fixture_get(r->db, 1, r->next++ * 7919 % ROWS, NULL));
}

static void driver_change(struct run *r) {
    check(db_begin(r->db) == 0);
    check(db_savepoint(r->db) == 0);
    driver_get(r);
    check(fixture_add(r->db, 2, r->next, (struct str){doc, DOC_BYTES}, 1) == 1);
    check(db_release(r->db) == 0);
    check(db_commit(r->db) == 0);
}

static void driver_page(struct run *r) {
    struct db_query q DB_CLEANUP = T_QUERY(r->db, T_ALL);
    db_bind_int(&q, 1, 1);
    for (int i = 0; i < PAGE; i++)
        check(db_row(&q) == 1 && db_text(&q, 1).len == DOC_BYTES);
}

/* ---- libpq ---- */

static void libpq_run(struct run *r, const char *name, int64_t first, int64_t second, int parameters, int rows) {
    char a[24], b[24];
    const char *values[] = {a, b, doc};
    snprintf(a, sizeof(a), "%lld", (long long)first);
    snprintf(b, sizeof(b), "%lld", (long long)second);
    PGresult *result = PQexecPrepared(r->conn, name, parameters, values, NULL, NULL, 1);
    ExecStatusType status = PQresultStatus(result);
    check((status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) && PQntuples(result) == rows);
    PQclear(result);
}

static void libpq_get(struct run *r) {
    libpq_run(r, "get", 1, r->next++ * 7919 % ROWS, 2, 1);
}

static void libpq_change(struct run *r) {
    libpq_run(r, "begin", 0, 0, 0, 0);
    libpq_get(r);
    libpq_run(r, "add", 3, r->next, 3, 0);
    libpq_run(r, "commit", 0, 0, 0, 0);
}

static void libpq_page(struct run *r) {
    libpq_run(r, "page", 1, PAGE, 2, PAGE);
}

static void libpq_prepare(struct run *r) {
    static const char *const texts[][2] = {
        {"begin", "BEGIN"},
        {"commit", "COMMIT"},
        {"get", "SELECT label, n FROM t WHERE tenant = $1 AND id = $2"},
        {"add", "INSERT INTO t (tenant, id, label, n) VALUES ($1, $2, $3, 1)"},
        {"page", "SELECT id, label, n FROM t WHERE tenant = $1 ORDER BY id LIMIT $2"},
    };
    r->conn = PQconnectdb(url);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        PGresult *result = PQprepare(r->conn, texts[i][0], texts[i][1], 0, NULL);
        check(PQresultStatus(result) == PGRES_COMMAND_OK);
        PQclear(result);
    }
}

/* ---- pgbench ---- */

static void run_pgbench(const struct cluster *c) {
    char script[300], command[1000], line[300];
    snprintf(script, sizeof(script), "%s/change.pgbench", c->dir);
    FILE *f = fopen(script, "w");
    check(f != NULL);
    fprintf(f, "\\set id random(0, %d)\nBEGIN;\nSELECT label, n FROM t WHERE tenant = 1 AND id = :id;\n", ROWS - 1);
    fprintf(
        f,
        "INSERT INTO t (tenant, id, label, n) VALUES (4, (SELECT COALESCE(MAX(id), 0) + 1 FROM t WHERE tenant = 4), "
        "'%s', 1);\nCOMMIT;\n",
        doc);
    fclose(f);
    snprintf(command, sizeof(command), "%s/pgbench -h %s -U postgres -n -M prepared -c 1 -T %d -f %s postgres 2>&1",
             c->programs, c->dir, seconds < 1 ? 1 : (int)seconds, script);
    f = popen(command, "r");
    check(f != NULL);
    while (fgets(line, sizeof(line), f))
        if (strncmp(line, "tps", 3) == 0)
            printf("%-58s %9.0f a second\n", "pgbench: a transaction that reads and inserts", strtod(line + 6, NULL));
    pclose(f);
}

int main(int argc, char **argv) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct cluster c = {.durable = true};
    struct db_options o = {.engine = DB_POSTGRESQL, .url = url, .busy_ms = 1000};
    struct run r = {0};
    struct str why;

    if (argc > 1)
        seconds = strtod(argv[1], NULL);
    memset(doc, 'x', DOC_BYTES);
    log_set_level(LOG_ERROR);
    if (!cluster_start(&c))
        return 1;
    cluster_url(&c, "postgres", url, sizeof(url));
    if (pg_open_with(&r.db, &o, DB_WRITE, fixture_postgresql_steps, FIXTURE_STEPS_N, fixture_texts, T_N, &a, &why) < 0)
        abort();
    check(db_begin(r.db) == 0);
    for (int64_t i = 0; i < ROWS; i++)
        check(fixture_add(r.db, 1, i, (struct str){doc, DOC_BYTES}, 1) == 1);
    check(db_commit(r.db) == 0);
    char value[256];
    check(cluster_sql(&c, "postgres", "VACUUM ANALYZE", value) != NULL);
    libpq_prepare(&r);
    for (int round = 0; round < 2; round++) {
        measure(&r, "driver: a row by its key", driver_get);
        measure(&r, "libpq:  a row by its key", libpq_get);
        measure(&r, "driver: the first 100 rows of a walk", driver_page);
        measure(&r, "libpq:  the same with LIMIT 100", libpq_page);
        measure(&r, "driver: a transaction that reads and inserts", driver_change);
        measure(&r, "libpq:  a transaction that reads and inserts", libpq_change);
        run_pgbench(&c);
    }
    PQfinish(r.conn);
    db_close(r.db);
    cluster_stop(&c);
    return 0;
}
