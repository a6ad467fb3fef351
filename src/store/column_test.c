/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns are read only from statements that give them.
 */
#include "store/store_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/invariant.h"

/* In a child, since a debug build aborts. Exits with 0 if the column reads as nothing. */
static void read_foreign_column(const char *dir) {
    struct db_options o = {.dir = dir, .busy_ms = 100};
    struct arena a = ARENA_EMPTY;
    struct str why;
    struct db *db;

    if (db_open(&db, &o, DB_WRITE, &a, &why) < 0)
        _exit(2);
    struct db_query q = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("schema"));
    if (db_row(&q) != 1)
        _exit(3);
    bool nothing = db_int(&q, COL_STAMP_NEWEST_LAST_MS) == 0 && db_is_null(&q, COL_STAMP_NEWEST_LAST_MS) &&
                   str_is_absent(db_text(&q, COL_STAMP_NEWEST_LAST_MS));
    _exit(nothing ? 0 : 4);
}

/* A column of another statement's row is not taken for the one in its place. */
static void test_foreign_column(void **state) {
    char text[4096], dir[4096];
    int log[2], status = 0;

    fixture_dir(dir);
    assert_int_equal(pipe(log), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        dup2(log[1], STDERR_FILENO);
        read_foreign_column(dir);
    }
    close(log[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    ssize_t n = read(log[0], text, sizeof(text) - 1);
    close(log[0]);
    text[n > 0 ? n : 0] = '\0';
    if (INVARIANT_ABORTS ? !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT : status != 0)
        fail_msg("status %d\n%s", status, text);
    if (!strstr(text, "invariant broken"))
        fail_msg("nothing was logged: %s", text);
    fixture_remove(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_foreign_column)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("column", tests, NULL, NULL);
}
