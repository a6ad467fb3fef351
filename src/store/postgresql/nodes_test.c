/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver with the project's own schema: every statement, and two nodes that write at the same time while
 * a client polls for changes.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/test.h"
#include "store/postgresql/cluster_fixture.h"
#include "store/postgresql/postgresql.h"
#include "store/stamp.h"

#define NODES 2
#define WRITERS 4 /* threads of a node, each with a connection */
#define CHANGES 60
#define TENANT 7

static struct cluster cluster;
static char url[400];
static const struct db_options options = {.engine = DB_POSTGRESQL, .url = url, .busy_ms = 20000};

static struct db *open_it(enum db_access access) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    struct db *db;
    if (db_open(&db, &options, access, &a, &why) < 0)
        fail_msg("%.*s", STR_FMT(why));
    return db;
}

/* ---- statements ---- */

/* Each is prepared; those that read are run, so that walks are declared and columns are of types that can be read. */
static void test_all_statements(void **state) {
    struct db *db = open_it(DB_WRITE);
    int walks = 0;
    for (int i = 0; i < DB_STATEMENTS; i++) {
        const struct db_statement_text *t = &db_statement_texts[i];
        struct db_query q DB_CLEANUP = db_query(db, (enum db_statement)i);
        if (q.error < 0)
            fail_msg("%s: %d", t->name, q.error);
        if (t->flags & DB_TEXT_WRITES)
            continue;
        for (unsigned n = 1; n <= t->parameters; n++)
            db_bind_int(&q, (int)n, n);
        walks += (t->flags & DB_TEXT_WALKS) != 0;
        int r = db_row(&q);
        if (r < 0)
            fail_msg("%s: %d", t->name, r);
        for (int c = 0; r == 1 && c < db_columns(&q); c++)
            assert_true(db_is_null(&q, c) || !str_is_absent(pg_text(&q, c)));
    }
    assert_in_range(walks, 50, DB_STATEMENTS);
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("schema"));
    assert_int_equal(db_row(&q), 1);
    assert_int_equal(db_int(&q, COL_META_GET_VALUE), db_schema_version());
    db_query_end(&q);
    db_close(db);
}

/* ---- two nodes and a client that polls ---- */

static int64_t read_number(struct db *db, struct str key) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, key);
    return db_row(&q) == 1 ? db_int(&q, COL_META_GET_VALUE) : 0;
}

static int write_number(struct db *db, struct str key, int64_t value) {
    char text[24];
    int n = snprintf(text, sizeof(text), "%" PRId64, value);
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_SET);
    db_bind_text(&q, 1, key);
    db_bind_text(&q, 2, (struct str){text, (size_t)n});
    return db_run(&q);
}

static int put_application(struct db *db, int64_t id, int64_t update_time) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APPLICATION_PUT);
    db_bind_int(&q, 1, TENANT);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, 1);
    db_bind_int(&q, 4, 1);
    db_bind_text(&q, 5, STR("stage"));
    db_bind_int(&q, 6, 1);
    db_bind_int(&q, 7, update_time);
    db_bind_text(&q, 8, STR("{}"));
    return db_run(&q);
}

/* One change: the time of the change, a record, and a number that is read and then written. */
static int change(struct db *db, int64_t id) {
    int64_t ms;
    int r = db_begin(db);
    if (r < 0)
        return r;
    if ((r = db_stamp(db, TENANT, &ms)) < 0 || (r = put_application(db, id, ms)) < 0 ||
        (r = write_number(db, STR("test_changes"), read_number(db, STR("test_changes")) + 1)) < 0) {
        db_rollback(db);
        return r;
    }
    return db_commit(db);
}

struct writer_thread {
    pthread_t thread;
    int64_t first;
    int result;
};

static void *write_thread(void *arg) {
    struct writer_thread *w = arg;
    struct db *db = open_it(DB_WRITE);
    for (int i = 0; w->result == 0 && i < CHANGES; i++)
        w->result = change(db, w->first + i);
    db_close(db);
    return NULL;
}

/* A process with several writers. Each node's clock is wrong in its own way. */
static int run_node(int number) {
    struct writer_thread w[WRITERS] = {0};
    int failed = 0;
    clock_advance(number * -3);
    for (int i = 0; i < WRITERS; i++) {
        w[i].first = 1 + (number * WRITERS + i) * CHANGES;
        failed += pthread_create(&w[i].thread, NULL, write_thread, &w[i]) != 0;
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(w[i].thread, NULL);
        failed += w[i].result != 0;
    }
    return failed;
}

struct poller {
    struct db *db;
    int64_t latest; /* the latest time that it has seen */
    int seen;
    bool ids[1 + NODES * WRITERS * CHANGES];
};

static void poll_changes(struct poller *p) {
    struct db_query q DB_CLEANUP = db_query(p->db, SQL_WATCH_APPLICATIONS);
    db_bind_int(&q, 1, TENANT);
    db_bind_int(&q, 2, p->latest);
    int r;
    while ((r = db_row(&q)) == 1) {
        int64_t id = db_int(&q, COL_WATCH_CHANGE_CHANGED), ms = db_int(&q, COL_WATCH_CHANGE_AT_MS);
        assert_in_range(id, 1, NODES * WRITERS * CHANGES);
        assert_true(ms > 0 && ms >= p->latest && !p->ids[id]);
        p->ids[id] = true;
        p->seen++;
        p->latest = ms;
    }
    assert_int_equal(r, 0);
}

static void test_a_poller_misses_nothing(void **state) {
    struct poller p = {.db = open_it(DB_READ)};
    pid_t nodes[NODES];
    int running = NODES, status, polls = 0;
    for (int i = 0; i < NODES; i++)
        if ((nodes[i] = fork()) == 0)
            _exit(run_node(i));
    while (running > 0) {
        poll_changes(&p);
        polls += p.seen > 0 && p.seen < NODES * WRITERS * CHANGES;
        for (int i = 0; i < NODES; i++)
            if (nodes[i] > 0 && waitpid(nodes[i], &status, WNOHANG) == nodes[i]) {
                assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
                nodes[i] = 0;
                running--;
            }
    }
    poll_changes(&p);
    assert_in_range(polls, 3, 1000000);               /* it polled while they wrote */
    assert_in_range(p.latest, 1, clock_now_ms() + 2); /* however many wrote in a millisecond */
    assert_int_equal(p.seen, NODES * WRITERS * CHANGES);
    assert_int_equal(read_number(p.db, STR("test_changes")), NODES * WRITERS * CHANGES); /* none was overwritten */
    db_close(p.db);
}

static int start(void **state) {
    if (!cluster_start(&cluster))
        return -1;
    cluster_url(&cluster, "postgres", url, sizeof(url));
    return 0;
}

static int stop(void **state) {
    cluster_stop(&cluster);
    return 0;
}

int main(void) {
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_statements),
        cmocka_unit_test(test_a_poller_misses_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("nodes", tests, start, stop);
}
