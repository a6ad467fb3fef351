/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes a demo appear in its directory completely or not at all.
 */
#include "cli/demo/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"

static const char *path_in(const char *dir, const char *name, struct arena *a) {
    return arena_printf(a, "%s/%s", dir, name).ptr;
}

static bool is_there(const char *dir, const char *name) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

    return n > 0 && n < PATH_MAX && access(path, F_OK) == 0;
}

enum demo_rest demo_rest_in(const char *dir) {
    return is_there(dir, "demo.whole") ? DEMO_WHOLE : is_there(dir, "demo.partial") ? DEMO_PARTIAL : DEMO_NO_REST;
}

static int sync_directory(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    (void)fsync(fd); /* some file systems cannot sync a folder */
    close(fd);
    return 0;
}

static int fail(struct arena *a, struct str *ret_why, int r, const char *doing, const char *path) {
    *ret_why = arena_printf(a, "cannot %s %s: %s", doing, path, strerror(-r));
    return r;
}

int demo_place_make(const char *dir, struct arena *a, char **ret, struct str *ret_why) {
    const char *files = path_in(dir, "files", a);
    int r;

    *ret = (char *)path_in(dir, "demo.partial", a);
    if ((r = dir_remove(*ret)) < 0)
        return fail(a, ret_why, r, "remove the unfinished demo", *ret);
    /* Refuses a folder with files: they belong to no record, and the demo must not remove them. */
    if (rmdir(files) < 0 && errno != ENOENT)
        return fail(a, ret_why, -errno, "make a demo beside the files in", files);
    if (mkdir(*ret, 0700) < 0)
        return fail(a, ret_why, -errno, "make the directory", *ret);
    return 0;
}

/* The database marks a directory as used, so it is moved last. */
static const char *const parts[] = {"files", "demo.json", "hired.db-wal", "hired.db"};

static int move_parts(const char *dir, const char *whole, struct arena *a, struct str *ret_why) {
    /* The new database must not find the log of the empty one that it replaces. */
    if (is_there(whole, "hired.db") && !is_there(whole, "hired.db-wal"))
        unlink(path_in(dir, "hired.db-wal", a));
    unlink(path_in(dir, "hired.db-shm", a));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (rename(path_in(whole, parts[i], a), path_in(dir, parts[i], a)) < 0 && errno != ENOENT)
            return fail(a, ret_why, -errno, "move", path_in(whole, parts[i], a));
    return sync_directory(dir);
}

int demo_place_finish(const char *dir, struct arena *a, struct str *ret_why) {
    const char *whole = path_in(dir, "demo.whole", a);
    int r = move_parts(dir, whole, a, ret_why);

    if (r == 0 && (r = dir_remove(whole)) < 0)
        r = fail(a, ret_why, r, "remove", whole);
    return r;
}

int demo_place_settle(const char *dir, struct arena *a, struct str *ret_why) {
    const char *partial = path_in(dir, "demo.partial", a), *whole = path_in(dir, "demo.whole", a);
    int r = sync_directory(partial);

    if (r == 0 && rename(partial, whole) < 0)
        r = -errno;
    if (r < 0)
        return fail(a, ret_why, r, "finish the demo in", partial);
    sync_directory(dir);
    return demo_place_finish(dir, a, ret_why);
}
