/* SPDX-License-Identifier: Apache-2.0
 *
 * The lock on a data directory. Two descriptions of the lock file exclude each other within one process too.
 */
#include "store/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/test.h"
#include "store/store_fixture.h"

static void cleanup(const char *dir) {
    char path[8192];
    snprintf(path, sizeof(path), "%s/hired.lock", dir);
    unlink(path);
    rmdir(dir);
}

static void test_one_holds_it(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct owner *first, *second = NULL;
    struct owner_note n;
    struct str why;
    char dir[4096];

    fixture_dir(dir);
    assert_int_equal(owner_look(dir, &a, &n), 0);
    assert_int_equal(owner_take(&first, dir, "serve", 0, &a, NULL, &why), 0);
    assert_int_equal(owner_take(&second, dir, "serve", 60000, &a, &n, &why), -EBUSY); /* a server is not waited for */
    assert_null(second);
    assert_int_equal(n.state, OWNER_STARTING);
    owner_tell(first, OWNER_SERVING, STR("http://127.0.0.1:8080"));
    assert_int_equal(owner_look(dir, &a, &n), 1);
    assert_int_equal(n.state, OWNER_SERVING);
    assert_int_equal(n.pid, getpid());
    assert_true(str_eq(n.command, STR("serve")));
    assert_true(str_eq(n.address, STR("http://127.0.0.1:8080")));
    assert_int_equal(owner_take(&second, dir, "import", 60000, &a, NULL, &why), -EBUSY);
    assert_non_null(memmem(why.ptr, why.len, "at http://127.0.0.1:8080", 24));
    first = owner_release(first);
    assert_int_equal(owner_look(dir, &a, &n), 0);
    assert_int_equal(owner_take(&second, dir, "import", 0, &a, NULL, &why), 0);
    second = owner_release(second);
    cleanup(dir);
}

static void *release_soon(void *arg) {
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    owner_release(arg);
    return NULL;
}

static void test_a_command_is_waited_for(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct owner *first, *second;
    struct str why;
    char dir[4096];
    pthread_t t;

    fixture_dir(dir);
    assert_int_equal(owner_take(&first, dir, "import", 0, &a, NULL, &why), 0);
    int64_t start = clock_mono_ms();
    assert_int_equal(owner_take(&second, dir, "app create", 300, &a, NULL, &why), -EBUSY);
    assert_in_range(clock_mono_ms() - start, 300, 60000);
    pthread_create(&t, NULL, release_soon, first);
    assert_int_equal(owner_take(&second, dir, "app create", 60000, &a, NULL, &why), 0);
    pthread_join(t, NULL);
    second = owner_release(second);
    cleanup(dir);
}

/* The system gives back what a killed process held; its note, which stays, says nothing. */
static void test_killed_holder(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct owner *mine;
    struct owner_note n;
    struct str why;
    char dir[4096], ready;
    int fds[2], status;

    fixture_dir(dir);
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct owner *o;
        if (owner_take(&o, dir, "serve", 0, &a, NULL, &why) < 0 || write(fds[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(1);
    }
    assert_int_equal(read(fds[0], &ready, 1), 1);
    assert_int_equal(owner_take(&mine, dir, "serve", 0, &a, &n, &why), -EBUSY);
    assert_int_equal(n.pid, child);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_int_equal(owner_look(dir, &a, &n), 0);
    assert_int_equal(owner_take(&mine, dir, "serve", 0, &a, NULL, &why), 0);
    mine = owner_release(mine);
    close(fds[0]);
    close(fds[1]);
    cleanup(dir);
}

/* A note that is no note: the lock alone counts. */
static void test_odd_notes(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct owner *mine, *second;
    struct owner_note n;
    struct str why;
    char dir[4096], path[8192];

    fixture_dir(dir);
    assert_int_equal(owner_take(&mine, dir, "import", 0, &a, NULL, &why), 0);
    snprintf(path, sizeof(path), "%s/hired.lock", dir);
    static const char *const odd[] = {"", "x", "pid 12", "\0\0\0", "state serving\npid 99999999999999999999999\nend\n"};
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        int fd = open(path, O_WRONLY | O_TRUNC);
        assert_int_equal(write(fd, odd[i], strlen(odd[i])), strlen(odd[i]));
        close(fd);
        assert_int_equal(owner_look(dir, &a, &n), 1);
        assert_int_equal(n.pid, 0);
        assert_int_equal(owner_take(&second, dir, "app create", 0, &a, NULL, &why), -EBUSY);
        assert_non_null(memmem(why.ptr, why.len, "in use by another process", 25));
    }
    mine = owner_release(mine);
    cleanup(dir);
}

static void test_directory_that_cannot_be(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct owner *o = NULL;
    struct str why = STR_ABSENT;
    char dir[4096], below[8192];

    fixture_dir(dir);
    snprintf(below, sizeof(below), "%s/no/such", dir);
    assert_int_equal(owner_take(&o, below, "serve", 0, &a, NULL, &why), -ENOENT);
    assert_non_null(memmem(why.ptr, why.len, "Cannot make the directory", 25));
    assert_int_equal(owner_take(&o, "/proc/self", "serve", 0, &a, NULL, &why) < 0, 1);
    assert_true(why.len > 0);
    if (geteuid() != 0) {
        chmod(dir, 0500);
        assert_int_equal(owner_take(&o, dir, "serve", 0, &a, NULL, &why), -EACCES);
        assert_non_null(memmem(why.ptr, why.len, "Cannot write in", 15));
        chmod(dir, 0700);
    }
    assert_null(o);
    cleanup(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_holds_it),
        cmocka_unit_test(test_a_command_is_waited_for),
        cmocka_unit_test(test_killed_holder),
        cmocka_unit_test(test_odd_notes),
        cmocka_unit_test(test_directory_that_cannot_be),
    };
    return RUN_TESTS(tests);
}
