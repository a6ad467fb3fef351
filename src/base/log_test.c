/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of log lines: what is written to standard error is caught in a file and parsed.
 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>

#include "base/log_testing.h"

static void test_line(void **state) {
    errno = ENOSPC;
    log_line(LOG_WARN, "fetch refused", "file", "12", "reason", "a \"b\"\n\x01", "gone", NULL, NULL);
    assert_int_equal(errno, ENOSPC);
    json_t *v = caught_line();
    assert_string_equal(member(v, "level"), "warn");
    assert_string_equal(member(v, "msg"), "fetch refused");
    assert_string_equal(member(v, "file"), "12");
    assert_string_equal(member(v, "reason"), "a \"b\"\n\x01");
    assert_string_equal(member(v, "gone"), "");
    const char *time = member(v, "time"), form[] = "0000-00-00T00:00:00.000Z";
    assert_int_equal(strlen(time), strlen(form));
    for (size_t i = 0; form[i]; i++)
        assert_true(form[i] == '0' ? time[i] >= '0' && time[i] <= '9' : time[i] == form[i]);
    json_decref(v);
}

static void test_levels(void **state) {
    enum log_level level = LOG_ERROR;
    log_line(LOG_DEBUG, "no", NULL);
    log_set_level(LOG_ERROR);
    assert_int_equal(log_get_level(), LOG_ERROR);
    log_fmt(LOG_WARN, "no %d", 1);
    log_fmt(LOG_ERROR, "yes %d", 2);
    json_t *v = caught_line();
    assert_string_equal(member(v, "msg"), "yes 2");
    json_decref(v);
    assert_int_equal(log_level_parse(STR("debug"), &level), 0);
    assert_int_equal(level, LOG_DEBUG);
    assert_int_equal(log_level_parse(STR("warning"), &level), -EINVAL);
    assert_int_equal(level, LOG_DEBUG);
}

static void test_long_and_broken_values(void **state) {
    char text[2000];
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    memcpy(text + 511, "\u4e2d", 3); /* lies across the cut */
    log_line(LOG_INFO, "m", "long", text, "broken", "a\xff\xfe", NULL);
    json_t *v = caught_line();
    assert_int_equal(strlen(member(v, "long")), 511);
    assert_string_equal(member(v, "broken"), "a??");
    json_decref(v);
}

static void test_message_is_cut_between_characters(void **state) {
    char text[2000];
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    memcpy(text + 510, "\u4e2d", 3);
    log_fmt(LOG_INFO, "%s", text);
    json_t *v = caught_line();
    assert_int_equal(strlen(member(v, "msg")), 510);
    assert_null(strchr(member(v, "msg"), '?'));
    json_decref(v);
}

static void test_a_line_stays_one_piece(void **state) {
    char text[600];
    memset(text, 1, sizeof(text)); /* six bytes each when escaped */
    text[sizeof(text) - 1] = '\0';
    log_line(LOG_INFO, "m", "a", text, "b", text, "c", "small", NULL);
    json_t *v = caught_line();
    assert_int_equal(strlen(member(v, "a")), 512);
    assert_null(member(v, "b")); /* had no room */
    assert_string_equal(member(v, "c"), "small");
    json_decref(v);
}

static void *write_lines(void *p) {
    for (int i = 0; i < 500; i++)
        log_line(LOG_INFO, "many", "who", p, "text", "some text of some length", NULL);
    return NULL;
}

static void test_threads_do_not_mix_lines(void **state) {
    static char *names[] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, names[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    struct buf b BUF_CLEANUP = caught_text();
    struct str rest = buf_str(&b);
    int lines = 0;
    while (rest.len > 0) {
        struct str line = str_cut(&rest, '\n');
        json_t *v = json_loadb(line.ptr, line.len, 0, NULL);
        assert_non_null(v);
        json_decref(v);
        lines++;
    }
    assert_int_equal(lines, 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CAUGHT_TEST(test_line),
        CAUGHT_TEST(test_levels),
        CAUGHT_TEST(test_long_and_broken_values),
        CAUGHT_TEST(test_message_is_cut_between_characters),
        CAUGHT_TEST(test_a_line_stays_one_piece),
        CAUGHT_TEST(test_threads_do_not_mix_lines),
    };
    return RUN_TESTS(tests);
}
