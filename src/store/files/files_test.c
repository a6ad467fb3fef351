/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of kept files: a file never takes the place of another unless that is asked for.
 */
#include "store/files/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/test.h"

static void write_draft(struct files_draft *d, const char *dir, int64_t id, const char *text) {
    assert_int_equal(files_draft_begin(d, dir, id), 0);
    assert_int_equal(files_draft_write(d, str_of(text)), 0);
}

static void assert_content(const char *dir, int64_t id, const char *text) {
    char got[64] = "";
    uint64_t size;
    int fd = files_open(dir, id, &size);
    assert_true(fd >= 0);
    assert_true(read(fd, got, sizeof got - 1) >= 0);
    close(fd);
    assert_string_equal(got, text);
    assert_int_equal(size, strlen(text));
}

static void test_a_file_is_not_replaced(void **state) {
    char dir[] = "/tmp/hired-files-XXXXXX", path[PATH_MAX];
    struct files_draft d;
    assert_non_null(mkdtemp(dir));
    write_draft(&d, dir, 0x1ff, "first");
    assert_int_equal(files_draft_keep(&d, dir, 0x1ff), 0);
    write_draft(&d, dir, 0x1ff, "second");
    assert_int_equal(files_draft_keep(&d, dir, 0x1ff), -EEXIST);
    assert_int_equal(d.fd, -1);
    assert_int_equal(access(d.path, F_OK), -1); /* the draft is gone */
    assert_content(dir, 0x1ff, "first");
    write_draft(&d, dir, 0x1ff, "third");
    assert_int_equal(files_draft_replace(&d, dir, 0x1ff), 0);
    assert_content(dir, 0x1ff, "third");

    assert_int_equal(files_remove_synced(dir, 0x1ff), 0);
    snprintf(path, sizeof path, "%s/files/ff", dir);
    assert_int_equal(rmdir(path), 0);
    snprintf(path, sizeof path, "%s/files", dir);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_file_is_not_replaced)};
    return RUN_TESTS(tests);
}
