/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway on a server of PostgreSQL that does not answer, and on one that is gone and comes back: the loop goes on,
 * callers are told, /readyz tells why, and all is well afterwards.
 */
#include "base/clock.h"
#include "gateway/gateway_fixture.h"
#include "store/postgresql/cluster_fixture.h"

#define PATIENCE_MS 30000
#define READ_MS 1000

static const char ready[] = "GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
static const char unknown[] = "GET /open-apis/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

static struct cluster cluster;

static int setup(void **state) {
    static char url[400];
    const struct db_options o = {.engine = DB_POSTGRESQL, .url = url, .read_ms = READ_MS, .connect_ms = 1000};
    char value[256];
    if (!cluster_start(&cluster) || !cluster_sql(&cluster, "postgres", "CREATE DATABASE hired", value))
        return -1;
    cluster_url(&cluster, "hired", url, sizeof url);
    return begin_on(state, &o, 3);
}

static int teardown(void **state) {
    int r = finish(state);
    cluster_stop(&cluster);
    return r;
}

static bool has_status(const char *answer, const char *status) {
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 && strncmp(answer + 9, status, 3) == 0;
}

static const char *await(struct fixture *f, const char *request, const char *status) {
    int64_t until = clock_mono_ms() + PATIENCE_MS;
    const char *answer;
    while (!has_status(answer = ask_for(f, request), status) && clock_mono_ms() < until)
        usleep(50000);
    if (!has_status(answer, status))
        fail_msg("%s was expected:\n%s", status, answer);
    return answer;
}

/* What the loop answers by itself, it answers at once. */
static void expect_live_loop(struct fixture *f) {
    for (int i = 0; i < 5; i++) {
        int64_t start_ms = clock_mono_ms();
        assert_true(has_status(ask_for(f, unknown), "404"));
        (void)ask_for(f, ready);
        assert_true(clock_mono_ms() - start_ms < READ_MS / 2);
    }
}

static void test_does_not_answer(void **state) {
    struct fixture *f = *state;
    char url[400];
    assert_non_null(strstr(ask(f), "\"code\":0")); /* the writer makes the token */
    assert_non_null(strstr(ask(f), "\"code\":0")); /* a reader finds it */
    await(f, ready, "200");
    cluster_url(&cluster, "hired", url, sizeof url);
    PGconn *lock = PQconnectdb(url);
    PQclear(PQexec(lock, "BEGIN"));
    PGresult *locked = PQexec(lock, "LOCK TABLE app, meta IN ACCESS EXCLUSIVE MODE");
    assert_int_equal(PQresultStatus(locked), PGRES_COMMAND_OK);
    PQclear(locked);
    expect_live_loop(f);
    const char *answer = ask(f);
    if (!has_status(answer, "503"))
        fail_msg("503 was expected:\n%s", answer);
    assert_non_null(strstr(answer, "\r\nRetry-After: 1\r\n"));
    await(f, ready, "503");
    expect_live_loop(f);
    PQfinish(lock);
    await(f, ready, "200");
    assert_non_null(strstr(ask(f), "\"code\":0"));
}

/* As a network that loses everything: nothing answers, and no connection ends. */
static void freeze(const char *signal) {
    char command[128];
    snprintf(command, sizeof command, "kill -%s %d $(pgrep -P %d)", signal, (int)cluster.pid, (int)cluster.pid);
    assert_int_equal(system(command), 0);
}

static void test_is_frozen(void **state) {
    struct fixture *f = *state;
    assert_non_null(strstr(ask(f), "\"code\":0"));
    assert_non_null(strstr(ask(f), "\"code\":0"));
    freeze("STOP");
    expect_live_loop(f);
    int64_t start_ms = clock_mono_ms();
    const char *answer = ask(f);
    if (!has_status(answer, "503"))
        fail_msg("503 was expected:\n%s", answer);
    assert_true(clock_mono_ms() - start_ms < 10000);
    await(f, ready, "503");
    expect_live_loop(f);
    freeze("CONT");
    await(f, ready, "200");
    assert_non_null(strstr(await(f, f->request, "200"), "\"code\":0"));
}

static void test_is_gone_and_comes_back(void **state) {
    struct fixture *f = *state;
    assert_non_null(strstr(ask(f), "\"code\":0"));
    cluster_halt(&cluster, SIGQUIT);
    const char *answer = await(f, f->request, "503");
    assert_non_null(strstr(answer, "\r\nRetry-After: 1\r\n"));
    await(f, ready, "503");
    expect_live_loop(f);
    assert_true(cluster_run(&cluster));
    await(f, ready, "200");
    assert_non_null(strstr(await(f, f->request, "200"), "\"code\":0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_does_not_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_is_frozen, setup, teardown),
        cmocka_unit_test_setup_teardown(test_is_gone_and_comes_back, setup, teardown),
    };
    return RUN_TESTS(tests);
}
