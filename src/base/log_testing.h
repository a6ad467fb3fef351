/* SPDX-License-Identifier: Apache-2.0
 *
 * For unit tests of what is logged: standard error goes to a file for the length of a test.
 */
#ifndef HIRED_BASE_LOG_TESTING_H
#define HIRED_BASE_LOG_TESTING_H

#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/test.h"

static int kept_stderr, caught;

/* A test's setup and teardown. */
static inline int catch_stderr(void **state) {
    (void)state;
    char path[] = "/tmp/hired-log-test-XXXXXX";
    caught = mkstemp(path);
    assert_true(caught >= 0);
    unlink(path);
    fcntl(caught, F_SETFL, O_APPEND);
    kept_stderr = dup(STDERR_FILENO);
    dup2(caught, STDERR_FILENO);
    log_set_level(LOG_INFO);
    return 0;
}

static inline int release_stderr(void **state) {
    (void)state;
    dup2(kept_stderr, STDERR_FILENO);
    close(kept_stderr);
    close(caught);
    return 0;
}

/* All that was written so far. */
static inline struct buf caught_text(void) {
    struct buf b = BUF_EMPTY;
    off_t size = lseek(caught, 0, SEEK_END);
    buf_reserve(&b, (size_t)size + 1);
    ssize_t n = pread(caught, b.ptr, (size_t)size, 0);
    assert_int_equal(n, size);
    b.len = (size_t)size;
    return b;
}

/* The one line that was written, parsed. */
static inline json_t *caught_line(void) {
    struct buf b BUF_CLEANUP = caught_text();
    assert_true(str_ends(buf_str(&b), STR("}\n")));
    assert_int_equal(str_find(buf_str(&b), '\n'), b.len - 1);
    assert_true(b.len <= PIPE_BUF);
    json_t *v = json_loadb(b.ptr, b.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(v);
    return v;
}

static inline const char *member(const json_t *v, const char *name) {
    return json_string_value(json_object_get(v, name));
}

#define CAUGHT_TEST(f) cmocka_unit_test_setup_teardown(f, catch_stderr, release_stderr)

#endif
