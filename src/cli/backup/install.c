/* SPDX-License-Identifier: Apache-2.0
 *
 * Puts a restored database and its files into a data directory.
 */
#include "cli/backup/install.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"

#define SOURCE "source" /* in the stage: what is restored */
#define READY "ready"   /* in the stage: all is prepared; contains the name of the folder for the old data */
#define FINISHED "restore.finished" /* beside the stage: what it is renamed to when nothing is left to do */
#define NOTE_MAX 8192

/* What a directory of data consists of; the database comes last, because it makes the directory usable. */
static const char *const parts[] = {"files", "hired.db-wal", "hired.db-shm", "hired.db"};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* ---- small files and folders ---- */

static int join(char out[PATH_MAX], const char *dir, const char *name) {
    int n = snprintf(out, PATH_MAX, "%s/%s", dir, name);
    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static bool has(const char *dir, const char *name) {
    char path[PATH_MAX];
    struct stat st;
    return join(path, dir, name) == 0 && lstat(path, &st) == 0;
}

static int write_note(const char *dir, const char *name, const char *text) {
    char path[PATH_MAX], draft[PATH_MAX + 8];
    size_t n = strlen(text);
    int r = join(path, dir, name);

    if (r < 0)
        return r;
    snprintf(draft, sizeof(draft), "%s.draft", path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    r = write(fd, text, n) == (ssize_t)n && fsync(fd) == 0 ? 0 : errno ? -errno : -EIO;
    close(fd);
    if (r == 0 && rename(draft, path) < 0)
        r = -errno;
    return r == 0 ? dir_sync(dir) : r;
}

/* Returns the length, or a negative errno. */
static int read_note(const char *dir, const char *name, char text[NOTE_MAX]) {
    char path[PATH_MAX];
    int r = join(path, dir, name);

    if (r < 0)
        return r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = read(fd, text, NOTE_MAX - 1);
    r = n < 0 ? -errno : (int)n;
    close(fd);
    text[r > 0 ? r : 0] = '\0';
    return r;
}

static int move(const char *from_dir, const char *to_dir, const char *name) {
    char from[PATH_MAX], to[PATH_MAX] = "";
    int r = join(from, from_dir, name);

    if (r == 0)
        r = join(to, to_dir, name);
    return r == 0 && rename(from, to) < 0 ? -errno : r;
}

/* ---- beginning ---- */

static bool has_data(const char *dir) {
    for (size_t i = 0; i < PARTS; i++)
        if (has(dir, parts[i]))
            return true;
    return false;
}

/* Names the folder for the old data by the time; two restores may be made within a second. */
static void name_aside(struct install *p) {
    time_t now = time(NULL);
    struct tm tm;
    char at[32];

    strftime(at, sizeof(at), "%Y%m%d-%H%M%S", gmtime_r(&now, &tm));
    snprintf(p->aside, sizeof(p->aside), "before-restore-%s", at);
    for (int i = 2; has(p->dir, p->aside); i++)
        snprintf(p->aside, sizeof(p->aside), "before-restore-%s-%d", at, i);
}

static int begin_anew(struct install *p, const char *source) {
    (void)dir_remove(p->stage);
    int r = mkdir(p->stage, 0700) < 0 ? -errno : 0;
    if (r == 0)
        r = dir_sync(p->dir);
    if (r == 0)
        r = write_note(p->stage, SOURCE, source);
    return r < 0 ? cli_fail_errno(p->cli, r, "prepare the directory", NULL) : 0;
}

/* The stage of a restore that was killed after its last step. */
static void remove_finished(const struct install *p) {
    char finished[PATH_MAX];
    if (join(finished, p->dir, FINISHED) == 0)
        (void)dir_remove(finished);
}

int install_begin(struct install *p, struct cli *c, const char *source, bool replace) {
    char text[NOTE_MAX];

    *p = (struct install){.cli = c, .dir = c->config.data};
    remove_finished(p);
    if (join(p->stage, p->dir, "restore.partial") < 0 || strlen(source) >= NOTE_MAX)
        return cli_fail_errno(c, -ENAMETOOLONG, "prepare the directory", NULL);
    bool same = read_note(p->stage, SOURCE, text) > 0 && strcmp(text, source) == 0;
    p->prepared = has(p->stage, READY);
    if (p->prepared && !same)
        return cli_fail(c,
                        "a restore of \"%s\" into %s was interrupted while it moved its result into place; run that "
                        "one again first",
                        text, p->dir);
    if (!p->prepared && has_data(p->dir) && !replace)
        return cli_fail(
            c, "%s has data already; --replace keeps it in a folder of its own and puts the copy in its place", p->dir);
    if (replace && !p->prepared && has_data(p->dir))
        name_aside(p);
    return same ? 0 : begin_anew(p, source);
}

void install_drop(struct install *p) {
    (void)dir_remove(p->stage);
}

/* ---- finishing ---- */

/* Of the data directory; nftw() passes no context. */
static uid_t owner_uid;
static gid_t owner_gid;

/* A part that the stage still has is of the old data, if it is in the directory. */
static int move_old(struct install *p) {
    char aside[PATH_MAX];
    int r = join(aside, p->dir, p->aside);

    if (r == 0 && mkdir(aside, 0700) < 0 && errno != EEXIST)
        r = -errno;
    if (r == 0 && geteuid() == 0 && lchown(aside, owner_uid, owner_gid) < 0)
        r = -errno;
    for (size_t i = 0; i < PARTS && r == 0; i++) {
        bool is_new = strcmp(parts[i], "files") == 0 && !has(p->stage, "files");
        if (!is_new && has(p->dir, parts[i]))
            r = move(p->dir, aside, parts[i]);
    }
    if (r == 0)
        r = dir_sync(aside);
    return r == 0 ? dir_sync(p->dir) : r;
}

static int move_new(struct install *p) {
    static const char *const order[] = {"files", "hired.db"};
    int r = 0;

    for (size_t i = 0; i < 2 && r == 0; i++)
        if (has(p->stage, order[i]))
            r = move(p->stage, p->dir, order[i]);
    return r == 0 ? dir_sync(p->dir) : r;
}

static int give_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    bool own = st->st_uid == owner_uid && st->st_gid == owner_gid;
    return own || lchown(path, owner_uid, owner_gid) == 0 ? 0 : -1;
}

/* Root restores for the user whose directory it is: the server runs as that user. */
static int give_to_owner(const struct install *p) {
    struct stat st;
    if (geteuid() != 0)
        return 0;
    if (stat(p->dir, &st) < 0)
        return -errno;
    owner_uid = st.st_uid;
    owner_gid = st.st_gid;
    errno = 0;
    return nftw(p->stage, give_one, 16, FTW_PHYS) == 0 ? 0 : errno ? -errno : -EIO;
}

int install_finish(struct install *p) {
    char text[NOTE_MAX], finished[PATH_MAX];
    int r = join(finished, p->dir, FINISHED);

    if (r == 0)
        r = give_to_owner(p);
    if (r == 0)
        r = p->prepared ? read_note(p->stage, READY, text) : write_note(p->stage, READY, p->aside);
    if (p->prepared && r >= 0)
        snprintf(p->aside, sizeof(p->aside), "%.*s", (int)sizeof(p->aside) - 1, text);
    /* Without hired.db in the stage everything has been moved. */
    if (r >= 0 && has(p->stage, "hired.db")) {
        r = p->aside[0] ? move_old(p) : 0;
        if (r == 0)
            r = move_new(p);
    }
    /* Removing the stage takes several steps; after this one the directory counts as restored. */
    if (r >= 0)
        r = rename(p->stage, finished) < 0 ? -errno : dir_sync(p->dir);
    if (r < 0)
        return cli_fail_errno(p->cli, r, "move the restored data into place", NULL);
    (void)dir_remove(finished);
    return 0;
}
