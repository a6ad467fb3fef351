/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: addresses and databases that are refused, connections that break, servers that hang, limits.
 * engine_test.c has what it shares with SQLite.
 */
#include "store/store_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/postgresql/cluster_fixture.h"
#include "store/postgresql/postgresql.h"

static struct cluster cluster;

struct scratch {
    char name[32], url[400];
    struct db_options o;
    struct arena a;
    struct str why;
};

/* Statements beside those of store_fixture.h. */
enum { P_SLEEP, P_ADD, P_GET, P_N };
static const struct db_statement_text texts[P_N] = {
    [P_SLEEP] = {"p_sleep", "SELECT CAST(pg_sleep(CAST($1 AS DOUBLE PRECISION) / 1000) AS TEXT)", 1, 0, 0},
    [P_ADD] = {"p_add", "INSERT INTO t (tenant, id, label, n) VALUES ($1, $2, '', 0)", 2, 0,
               DB_TEXT_WRITES | DB_TEXT_COLLIDES},
    [P_GET] = {"p_get", "SELECT n FROM t WHERE tenant = $1 AND id = $2", 2, 0, 0},
};

static int setup(void **state) {
    static int number;
    char sql[200], value[256];
    struct scratch *s = mem_alloc(sizeof(*s));
    snprintf(s->name, sizeof(s->name), "test%d", ++number);
    snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", s->name);
    assert_non_null(cluster_sql(&cluster, "postgres", sql, value));
    cluster_url(&cluster, s->name, s->url, sizeof(s->url));
    s->o = (struct db_options){.engine = DB_POSTGRESQL, .url = s->url, .busy_ms = 500};
    *state = s;
    return 0;
}

static int teardown(void **state) {
    struct scratch *s = *state;
    char sql[200], value[256];
    snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", s->name);
    assert_non_null(cluster_sql(&cluster, "postgres", sql, value));
    arena_free(&s->a);
    free(s);
    return 0;
}

static int try(struct scratch *s, struct db **db, enum db_access access) {
    return pg_open_with(db, &s->o, access, fixture_postgresql_steps, FIXTURE_STEPS_N, texts, P_N, &s->a, &s->why);
}

static struct db *open_it(struct scratch *s, enum db_access access) {
    struct db *db;
    if (try(s, &db, access) < 0)
        fail_msg("%.*s", STR_FMT(s->why));
    return db;
}

/* As the administrator, in the test's database. */
static int64_t ask(struct scratch *s, const char *sql) {
    char value[256];
    assert_non_null(cluster_sql(&cluster, s->name, sql, value));
    return strtoll(value, NULL, 10);
}

static bool why_has(const struct scratch *s, const char *part) {
    return s->why.ptr && strstr(s->why.ptr, part);
}

static int add(struct db *db, int64_t id) {
    struct db_query q DB_CLEANUP = T_QUERY(db, P_ADD);
    db_bind_int(&q, 1, 1);
    db_bind_int(&q, 2, id);
    return db_run(&q);
}

/* 1: the row is there, 0: it is not, or an error. */
static int get(struct db *db, int64_t id) {
    struct db_query q DB_CLEANUP = T_QUERY(db, P_GET);
    db_bind_int(&q, 1, 1);
    db_bind_int(&q, 2, id);
    return db_row(&q);
}

static int nap(struct db *db, int64_t ms) {
    struct db_query q DB_CLEANUP = T_QUERY(db, P_SLEEP);
    db_bind_int(&q, 1, ms);
    return db_row(&q);
}

static pid_t backend(struct db *db) {
    return PQbackendPID(pg_of(db)->conn);
}

static void terminate(struct scratch *s, struct db *db) {
    char sql[100];
    snprintf(sql, sizeof(sql), "SELECT CAST(pg_terminate_backend(%d, 10000) AS INTEGER)", (int)backend(db));
    assert_int_equal(ask(s, sql), 1);
}

static int64_t ms_since(int64_t start_ns) {
    return (clock_mono_ns() - start_ns) / 1000000;
}

/* ---- what is refused at the start ---- */

static void refused(struct scratch *s, const char *url, int error, const char *part) {
    struct db *db;
    s->o.url = url;
    s->why = STR_ABSENT;
    int r = try(s, &db, DB_WRITE);
    if (r != error || !why_has(s, part) || strstr(s->why.ptr, "geheim"))
        fail_msg("%s: %d (%.*s), expected %d (%s)", url, r, STR_FMT(s->why), error, part);
    s->o.url = s->url;
}

static void test_addresses(void **state) {
    struct scratch *s = *state;
    char url[600];
    refused(s, "", -EINVAL, "cannot be read");
    refused(s, "nonsense", -EINVAL, "cannot be read");
    refused(s, "postgresql://u:geheim@word@host/db", -EINVAL, "%40");
    refused(s, "postgresql://u:geheim/1@host/db", -EINVAL, "cannot be read");
    refused(s, "postgresql://u:geheim@host", -EINVAL, "names no database");
    refused(s, "host=h user=u password=geheim", -EINVAL, "names no database");
    refused(s, "host=a,b port=1,2,3", -EINVAL, "one for each host");
    refused(s, "postgresql://u:geheim@/db?host=/nowhere", -EHOSTUNREACH, "Cannot reach the database server /nowhere");
    refused(s, "postgresql://u:geheim@127.0.0.1:1/db", -EHOSTUNREACH, "127.0.0.1:1");
    snprintf(url, sizeof(url), "postgresql://postgres@/nothing?host=%s", cluster.dir);
    refused(s, url, -ENOENT, "has no database nothing: make it with CREATE DATABASE nothing");
    char value[256];
    assert_non_null(cluster_sql(&cluster, "postgres", "CREATE ROLE secret LOGIN PASSWORD 'right'", value));
    snprintf(url, sizeof(url), "postgresql://secret:geheim@/%s?host=%s", s->name, cluster.dir);
    refused(s, url, -EACCES, "refuses the user secret");
    snprintf(url, sizeof(url), "postgresql://secret@/%s?host=%s&passfile=/nowhere", s->name, cluster.dir);
    refused(s, url, -EACCES, "wants a password for the user secret");
    snprintf(url, sizeof(url), "postgresql://secret:right@/%s?host=%s", s->name, cluster.dir);
    refused(s, url, -EACCES, "OWNER TO");
    assert_non_null(cluster_sql(&cluster, "postgres", "DROP ROLE secret", value));
}

static void test_databases(void **state) {
    struct scratch *s = *state;
    char url[600], value[256];
    assert_non_null(cluster_sql(&cluster, "postgres",
                                "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'", value));
    cluster_url(&cluster, "latin", url, sizeof(url));
    refused(s, url, -EMEDIUMTYPE, "has the encoding LATIN1");
    assert_non_null(cluster_sql(&cluster, "postgres", "DROP DATABASE latin", value));
    assert_non_null(cluster_sql(&cluster, "postgres",
                                "CREATE DATABASE words TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C'", value));
    cluster_url(&cluster, "words", url, sizeof(url));
    refused(s, url, -EMEDIUMTYPE, "orders texts by C.UTF-8; hired needs UTF8 and C");
    assert_non_null(cluster_sql(&cluster, "postgres", "DROP DATABASE words", value));
    ask(s, "CREATE TABLE meta (key TEXT, value TEXT)");
    refused(s, s->url, -EUCLEAN, "is not one of hired");
    ask(s, "DROP TABLE meta");
    ask(s, "CREATE VIEW somebody AS SELECT 1");
    refused(s, s->url, -EUCLEAN, "is not one of hired");
    ask(s, "DROP VIEW somebody");
    struct db *db;
    assert_int_equal(try(s, &db, DB_READ), -ENOENT);
    db_close(open_it(s, DB_WRITE));
    ask(s, "UPDATE meta SET value = 'x' WHERE key = 'schema'");
    refused(s, s->url, -EUCLEAN, "does not say which schema");
}

static void test_no_connection_left(void **state) {
    struct scratch *s = *state;
    PGconn *taken[40] = {0};
    int n = 0;
    db_close(open_it(s, DB_WRITE));
    do
        taken[n] = PQconnectdb(s->url);
    while (PQstatus(taken[n]) == CONNECTION_OK && ++n < 40);
    assert_in_range(n, 10, 39);
    refused(s, s->url, -EBUSY, "has no connection left");
    for (; n >= 0; n--)
        PQfinish(taken[n]);
}

/* The first host is not there. */
static void test_hosts(void **state) {
    struct scratch *s = *state;
    char url[600];
    snprintf(url, sizeof(url), "host=/nowhere,%s dbname=%s user=postgres target_session_attrs=read-write", cluster.dir,
             s->name);
    s->o.url = url;
    struct db *db = open_it(s, DB_WRITE);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    assert_int_equal(db_commit(db), 0);
    assert_false(db_can(db, DB_CAN_COPY));
    assert_int_equal(db_copy(db, "/nowhere/copy", &(struct db_copying){0}), -EOPNOTSUPP);
    db_forget(db);
    assert_true(db_forgotten(db));
    db_close(db);
    char sql[200], value[256];
    snprintf(sql, sizeof(sql), "ALTER DATABASE %s SET default_transaction_read_only = on", s->name);
    assert_non_null(cluster_sql(&cluster, "postgres", sql, value));
    refused(s, url, -EROFS, "takes no writes");
}

/* ---- connections that break ---- */

static void test_broken_between(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE), *reader = open_it(s, DB_READ);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    assert_int_equal(db_commit(db), 0);
    for (int i = 0; i < 3; i++) {
        terminate(s, db);
        assert_int_equal(db_begin(db), 0);
        assert_int_equal(add(db, 10 + i), 1);
        assert_int_equal(db_commit(db), 0);
        terminate(s, db);
        assert_int_equal(get(db, 1), 1);
        terminate(s, reader);
        assert_int_equal(get(reader, 10 + i), 1);
        terminate(s, reader);
        assert_int_equal(db_snapshot_begin(reader), 0);
        assert_int_equal(get(reader, 1), 1);
        db_snapshot_end(reader);
    }
    db_close(reader);
    db_close(db);
}

static void test_broken_within(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE), *reader = open_it(s, DB_READ);

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    terminate(s, db);
    assert_int_equal(add(db, 2), -EIO);
    assert_false(db_in_transaction(db));
    assert_int_equal(get(db, 1), -EIO);
    assert_int_equal(db_savepoint(db), -EIO);
    assert_int_equal(db_commit(db), -EIO);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(get(db, 1), 0);
    assert_int_equal(add(db, 3), 1);
    terminate(s, db);
    assert_int_equal(db_commit(db), -EIO);
    assert_int_equal(get(db, 3), 0);
    assert_int_equal(db_begin(db), 0);
    terminate(s, db);
    db_rollback(db);
    assert_int_equal(get(db, 3), 0);

    assert_int_equal(db_snapshot_begin(reader), 0);
    assert_int_equal(get(reader, 1), 0);
    terminate(s, reader);
    assert_int_equal(get(reader, 1), -EIO);
    assert_int_equal(get(reader, 1), -EIO); /* the snapshot is gone */
    db_snapshot_end(reader);
    assert_int_equal(get(reader, 1), 0);
    db_close(reader);
    db_close(db);
}

struct commit {
    struct db *db;
    int result;
};

static void *commit_thread(void *arg) {
    struct commit *c = arg;
    c->result = db_commit(c->db);
    return NULL;
}

/* COMMIT was sent, and the session ends before it is done. */
static void test_broken_commit(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE);
    ask(s, "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); RETURN NULL; END'");
    ask(s, "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
           "FUNCTION wait()");
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    struct commit c = {.db = db};
    char sql[200];
    pid_t pid = backend(db);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, commit_thread, &c), 0);
    snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = %d AND wait_event = 'PgSleep'",
             (int)pid);
    while (ask(s, sql) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    snprintf(sql, sizeof(sql), "SELECT CAST(pg_terminate_backend(%d, 10000) AS INTEGER)", (int)pid);
    assert_int_equal(ask(s, sql), 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(c.result, -EIO);
    assert_int_equal(get(db, 1), 0); /* this time it was rolled back */
    db_close(db);
}

/* The server's process hangs: the caller is told in time that the commit is in doubt, and it is made later. */
static void test_hung_commit(void **state) {
    struct scratch *s = *state;
    s->o.statement_ms = 300;
    s->o.busy_ms = 200;
    struct db *db = open_it(s, DB_WRITE);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    pid_t pid = backend(db);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    int64_t start = clock_mono_ns();
    int r = db_commit(db);
    int64_t ms = ms_since(start);
    assert_int_equal(r, -EIO);
    assert_in_range(ms, 400, 4500);
    assert_int_equal(db_begin(db), -EBUSY); /* the hung session has the lock */
    assert_int_equal(kill(pid, SIGCONT), 0);
    while ((r = db_begin(db)) == -EBUSY)
        ;
    assert_int_equal(r, 0);
    assert_int_equal(get(db, 1), 1);
    db_rollback(db);
    db_close(db);
}

static void test_hung_read(void **state) {
    struct scratch *s = *state;
    s->o.read_ms = 300;
    s->o.connect_ms = 1000;
    db_close(open_it(s, DB_WRITE));
    struct db *reader = open_it(s, DB_READ);
    assert_int_equal(get(reader, 1), 0);
    pid_t pid = backend(reader);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    int64_t start = clock_mono_ns();
    assert_int_equal(get(reader, 1), 0); /* another session answered */
    assert_in_range(ms_since(start), 300, 4500);
    assert_int_equal(kill(pid, SIGCONT), 0);

    pid = backend(reader);
    assert_int_equal(kill(pid, SIGSTOP) | kill(cluster.pid, SIGSTOP), 0);
    start = clock_mono_ns();
    assert_int_equal(get(reader, 1), -EHOSTUNREACH);
    assert_in_range(ms_since(start), 300, 6000);
    assert_non_null(db_why(reader));
    start = clock_mono_ns();
    assert_int_equal(get(reader, 1), -EHOSTUNREACH); /* not tried again at once */
    assert_in_range(ms_since(start), 0, 300);
    assert_int_equal(kill(pid, SIGCONT) | kill(cluster.pid, SIGCONT), 0);
    int r;
    while ((r = get(reader, 1)) == -EHOSTUNREACH)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(r, 0);
    assert_null(db_why(reader));
    db_close(reader);
}

/* One connection was lost: another one that hangs is found out in seconds, not after the longest time of a read. */
static void test_suspect(void **state) {
    struct scratch *s = *state;
    s->o.read_ms = 60000;
    db_close(open_it(s, DB_WRITE));
    struct db *one = open_it(s, DB_READ), *other = open_it(s, DB_READ);
    assert_int_equal(get(one, 1) | get(other, 1), 0);
    pid_t pid = backend(other);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    terminate(s, one);
    assert_int_equal(get(one, 1), 0);
    int64_t start = clock_mono_ns();
    assert_int_equal(get(other, 1), 0);
    assert_in_range(ms_since(start), 1000, 6000);
    assert_int_not_equal(backend(other), pid);
    assert_int_equal(kill(pid, SIGCONT), 0);
    uint64_t before = pg_of(other)->exchanges;
    assert_int_equal(get(other, 1), 0);
    assert_int_equal(pg_of(other)->exchanges - before, 1); /* it is not checked again */
    db_close(one);
    db_close(other);
}

struct napping {
    pthread_t thread;
    struct db *db;
    int r;
};

static void *nap_main(void *arg) {
    struct napping *n = arg;
    n->r = nap(n->db, 60000);
    return NULL;
}

/* The process ends: a wait that has begun is cut after 3 s, later ones after 200 ms, and a server that answers is still
 * asked. */
static void test_ending_process(void **state) {
    struct scratch *s = *state;
    s->o.read_ms = 60000;
    db_close(open_it(s, DB_WRITE));
    struct napping n = {.db = open_it(s, DB_READ)};
    struct db *hangs = open_it(s, DB_READ), *well = open_it(s, DB_READ);
    assert_int_equal(get(hangs, 1) | get(well, 1), 0);
    assert_int_equal(pthread_create(&n.thread, NULL, nap_main, &n), 0);
    int64_t start = clock_mono_ns();
    db_end_waits(start + INT64_C(300000000));
    assert_int_equal(pthread_join(n.thread, NULL), 0);
    assert_in_range(ms_since(start), 3000, 7000);
    assert_in_range(n.r, -4095, -1);

    pid_t pid = backend(hangs);
    assert_int_equal(kill(pid, SIGSTOP) | kill(cluster.pid, SIGSTOP), 0);
    start = clock_mono_ns();
    assert_in_range(get(hangs, 1), -4095, -1); /* neither this session answers nor a new one */
    assert_in_range(ms_since(start), 200, 2000);
    assert_int_equal(kill(pid, SIGCONT) | kill(cluster.pid, SIGCONT), 0);
    assert_int_equal(get(well, 1), 0);
    db_end_waits(0);
    db_close(n.db);
    db_close(hangs);
    db_close(well);
}

static void test_server_restarts(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE), *reader = open_it(s, DB_READ);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    assert_int_equal(db_commit(db), 0);
    for (int how = 0; how < 2; how++) {
        assert_int_equal(db_begin(db), 0);
        assert_int_equal(add(db, 100 + how), 1);
        cluster_halt(&cluster, how ? SIGQUIT : SIGINT);
        assert_int_equal(db_commit(db), -EIO);
        assert_int_equal(db_begin(db), -EHOSTUNREACH);
        assert_non_null(db_why(db));
        assert_int_equal(get(reader, 1), -EHOSTUNREACH);
        assert_int_equal(db_snapshot_begin(reader), -EHOSTUNREACH);
        assert_true(cluster_run(&cluster));
        int r;
        while ((r = db_begin(db)) == -EHOSTUNREACH)
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        assert_int_equal(r, 0);
        assert_int_equal(get(db, 1), 1);
        assert_int_equal(get(db, 100 + how), 0);
        db_rollback(db);
        assert_null(db_why(db));
        while ((r = get(reader, 1)) == -EHOSTUNREACH)
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        assert_int_equal(r, 1);
    }
    db_close(reader);
    db_close(db);
}

/* ---- the writing lock ---- */

/* A child that begins to write, says so, and stops. */
static pid_t begin_in_child(struct scratch *s) {
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct db *db = open_it(s, DB_WRITE);
        if (db_begin(db) < 0 || add(db, 1) != 1 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

/* A node that is killed within a transaction stops nobody. */
static void test_killed_writer(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE);
    pid_t pid = begin_in_child(s);
    assert_int_equal(db_begin(db), -EBUSY);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    int r;
    int64_t start = clock_mono_ns();
    while ((r = db_begin(db)) == -EBUSY)
        assert_in_range(ms_since(start), 0, 5000);
    assert_int_equal(r, 0);
    assert_int_equal(get(db, 1), 0);
    assert_int_equal(add(db, 1), 1);
    assert_int_equal(db_commit(db), 0);
    db_close(db);
}

/* A node that pauses within a transaction loses it, and with it the lock. */
static void test_paused_writer(void **state) {
    struct scratch *s = *state;
    s->o.busy_ms = 5000;
    struct db *slow = open_it(s, DB_WRITE), *db = open_it(s, DB_WRITE);
    PGresult *result;
    assert_int_equal(db_begin(slow), 0);
    pg_queue(pg_of(slow), "SET LOCAL idle_in_transaction_session_timeout = 200"); /* instead of eight seconds */
    assert_int_equal(pg_exchange(pg_of(slow), -1, &result), 0);
    PQclear(result);
    assert_int_equal(add(slow, 1), 1);
    assert_int_equal(db_begin(db), 0); /* after 200 ms */
    assert_int_equal(get(db, 1), 0);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(add(slow, 2), -EIO);
    assert_int_equal(db_commit(slow), -EIO);
    assert_int_equal(db_begin(slow), 0);
    db_rollback(slow);
    db_close(slow);
    db_close(db);
}

/* Whoever finds another process taking steps waits for it, longer than for a transaction. */
static void test_waits_for_migration(void **state) {
    struct scratch *s = *state;
    s->o.busy_ms = 100;
    PGconn *other = PQconnectdb(s->url);
    PQclear(PQexec(other, "BEGIN; SELECT pg_advisory_xact_lock(" PG_LOCK_MIGRATE ")"));
    pid_t pid = fork();
    if (pid == 0) {
        db_close(open_it(s, DB_WRITE));
        _exit(0);
    }
    while (ask(s, "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 0)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    nanosleep(&(struct timespec){.tv_nsec = 400000000}, NULL); /* longer than busy_ms */
    int status;
    assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
    PQclear(PQexec(other, "COMMIT"));
    PQfinish(other);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* ---- limits and errors ---- */

static void test_limits(void **state) {
    struct scratch *s = *state;
    s->o.read_ms = 300;
    s->o.statement_ms = 200;
    s->o.busy_ms = 100;
    struct db *db = open_it(s, DB_WRITE), *reader = open_it(s, DB_READ);

    assert_int_equal(nap(reader, 10), 1);
    assert_int_equal(nap(reader, 5000), -ETIME);
    assert_int_equal(nap(reader, 10), 1);
    assert_int_equal(db_snapshot_begin(reader), 0);
    int n = 0, r;
    int64_t start = clock_mono_ns();
    while ((r = nap(reader, 50)) == 1)
        n++;
    assert_int_equal(r, -ETIME);
    assert_in_range(n, 1, 6);
    assert_in_range(ms_since(start), 250, 1000);
    assert_int_equal(nap(reader, 10), -ETIME); /* up to the end of the snapshot */
    db_snapshot_end(reader);
    assert_int_equal(nap(reader, 10), 1);
    db_set_deadline(reader, clock_mono_ns() + 100000000);
    assert_int_equal(nap(reader, 5000), -EINTR);
    assert_int_equal(nap(reader, 10), -EINTR);
    db_set_deadline(reader, 0);
    assert_int_equal(nap(reader, 200), 1);

    /* A write that takes too long takes the job with it, not the group. */
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(db_savepoint(db), 0);
    assert_int_equal(add(db, 1), 1);
    assert_int_equal(db_release(db), 0);
    assert_int_equal(db_savepoint(db), 0);
    assert_int_equal(nap(db, 5000), -ETIME);
    assert_int_equal(add(db, 2), -ETIME);
    assert_true(db_in_transaction(db));
    db_rollback_savepoint(db);
    assert_int_equal(add(db, 3), 1);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(get(db, 1) + get(db, 3), 2);
    assert_int_equal(get(db, 2), 0);
    /* Without a savepoint, everything. */
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 4), 1);
    assert_int_equal(nap(db, 5000), -ETIME);
    assert_false(db_in_transaction(db));
    assert_int_equal(add(db, 5), -EIO);
    assert_int_equal(db_commit(db), -ETIME);
    assert_int_equal(get(db, 4), 0);
    db_close(reader);
    db_close(db);
}

static void test_errors(void **state) {
    static const struct {
        const char *sqlstate;
        int error;
    } cases[] = {{"53100", -ENOSPC},  {"25006", -EROFS}, {"40001", -EBUSY},  {"40P01", -EBUSY},
                 {"XX001", -EUCLEAN}, {"58030", -EIO},   {"23514", -EINVAL}, {"53200", -ENOMEM}};
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char sql[300];
        snprintf(sql, sizeof(sql),
                 "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
                 "USING ERRCODE = ''%s''; END'",
                 cases[i].sqlstate);
        ask(s, sql);
        ask(s, "CREATE TRIGGER fail BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 1) EXECUTE FUNCTION fail()");
        assert_int_equal(db_begin(db), 0);
        assert_int_equal(add(db, 1), cases[i].error);
        assert_int_equal(add(db, 100 + (int64_t)i), 1);
        assert_int_equal(db_commit(db), 0);
        ask(s, "DROP TRIGGER fail ON t");
    }
    db_close(db);
}

/* Nothing is left open on the server between uses: old rows could not be vacuumed. */
static void test_leaves_nothing_open(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE), *reader = open_it(s, DB_READ);
    static const char open_ones[] =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'hired' AND datname = "
        "current_database() AND (state <> 'idle' OR backend_xmin IS NOT NULL)";
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add(db, 1), 1);
    assert_int_equal(ask(s, open_ones), 1);
    db_rollback(db);
    assert_int_equal(db_snapshot_begin(reader), 0);
    assert_int_equal(get(reader, 1), 0);
    db_snapshot_end(reader);
    assert_int_equal(db_snapshot_begin(reader), 0);        /* asks nothing */
    for (int i = 0; i < 500 && ask(s, open_ones) > 0; i++) /* the last commands were not waited for */
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(ask(s, open_ones), 0);
    db_snapshot_end(reader);
    assert_int_equal(ask(s, "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'"), 0);
    db_close(reader);
    db_close(db);
}

/* What a transaction and a read cost: each exchange is a round trip to the server. */
static void test_round_trips(void **state) {
    struct scratch *s = *state;
    struct db *db = open_it(s, DB_WRITE), *reader = open_it(s, DB_READ);
    uint64_t *n = &pg_of(db)->exchanges, *m = &pg_of(reader)->exchanges, before;
    for (int i = 0; i < 2; i++) {
        before = *n;
        assert_int_equal(db_begin(db), 0);
        assert_int_equal(*n - before, 1); /* BEGIN with the lock */
        assert_int_equal(db_savepoint(db), 0);
        assert_int_equal(db_release(db), 0);
        assert_int_equal(db_savepoint(db), 0);
        assert_int_equal(*n - before, 1);
        assert_int_equal(add(db, 1), i == 0 ? 1 : -EEXIST);
        assert_int_equal(*n - before, i == 0 ? 3 : 2); /* on its first use it is described */
        assert_int_equal(db_release(db), 0);
        assert_int_equal(db_commit(db), 0);
        assert_int_equal(*n - before, i == 0 ? 4 : 3);

        before = *m;
        assert_int_equal(db_snapshot_begin(reader), 0);
        assert_int_equal(get(reader, 1), 1);
        assert_int_equal(get(reader, 1), 1);
        db_snapshot_end(reader);
        assert_int_equal(get(reader, 1), 1);
        assert_int_equal(*m - before, i == 0 ? 4 : 3);
    }
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
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_addresses),      T(test_databases),     T(test_no_connection_left),  T(test_hosts),
        T(test_broken_between), T(test_broken_within), T(test_broken_commit),       T(test_hung_commit),
        T(test_hung_read),      T(test_suspect),       T(test_ending_process),      T(test_server_restarts),
        T(test_limits),         T(test_errors),        T(test_leaves_nothing_open), T(test_round_trips),
        T(test_killed_writer),  T(test_paused_writer), T(test_waits_for_migration),
    };
    return cmocka_run_group_tests_name("postgresql", tests, start, stop);
}
