/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of functions on whole directories.
 */
#include "base/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"

static void make_file(const char *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void test_sync(void **state) {
    char dir[] = "/tmp/hired-dir-XXXXXX", path[64], lengthy[PATH_MAX + 2];

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/file", dir);
    make_file(path);
    assert_int_equal(dir_sync(dir), 0);
    assert_int_equal(dir_sync(path), -ENOTDIR);
    assert_int_equal(dir_sync("/nowhere/at/all"), -ENOENT);
    assert_int_equal(dir_sync_parent(path), 0);
    assert_int_equal(dir_sync_parent("a name alone"), 0);
    assert_int_equal(dir_sync_parent("/tmp"), 0);
    assert_int_equal(dir_sync_parent("/nowhere/at/all"), -ENOENT);
    memset(lengthy, 'x', sizeof(lengthy) - 1);
    lengthy[sizeof(lengthy) - 1] = '\0';
    assert_int_equal(dir_sync_parent(lengthy), -ENAMETOOLONG);
    assert_int_equal(dir_remove(dir), 0);
}

/* Links are removed, and what they lead to stays. */
static void test_remove(void **state) {
    char dir[] = "/tmp/hired-dir-XXXXXX", path[64], kept[] = "/tmp/hired-dir-XXXXXX", within[64];

    assert_non_null(mkdtemp(dir));
    assert_non_null(mkdtemp(kept));
    snprintf(within, sizeof(within), "%s/file", kept);
    make_file(within);
    snprintf(path, sizeof(path), "%s/a", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/a/b", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/a/b/file", dir);
    make_file(path);
    snprintf(path, sizeof(path), "%s/a/link", dir);
    assert_int_equal(symlink(kept, path), 0);
    assert_int_equal(dir_remove(dir), 0);
    assert_int_equal(access(dir, F_OK), -1);
    assert_int_equal(access(within, F_OK), 0);
    assert_int_equal(dir_remove(dir), 0); /* there is none */
    assert_int_equal(dir_remove(kept), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sync), cmocka_unit_test(test_remove)};
    return RUN_TESTS(tests);
}
