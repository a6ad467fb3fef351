/* SPDX-License-Identifier: Apache-2.0
 *
 * The lock on a data directory. It is an open file description lock: it ends with the process, and unlike a POSIX
 * lock it is not lost when another part of the process closes the same file.
 */
#include "store/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/dir.h"

#define NOTE_MAX 1024
#define LOOK_AGAIN_MS 20
#define UNREAD_MS 200 /* how long an owner may take to write its note */

static const char *const state_names[] = {"command", "starting", "serving", "stopping"};

struct owner {
    int fd;
    struct owner_note note;
    char command[64];
};

/* ---- the note ---- */

static void write_note(struct owner *o) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    const struct owner_note *n = &o->note;

    buf_printf(&text, "state %s\npid %lld\nsince %lld\ncommand %.*s\naddress %.*s\n", state_names[n->state],
               (long long)n->pid, (long long)n->since_ms, STR_FMT(n->command), STR_FMT(n->address));
    /* A reader accepts a note only if it ends with this line, so that it never uses half of one. */
    buf_add_lit(&text, "end\n");
    if (text.len > NOTE_MAX || ftruncate(o->fd, 0) < 0 || pwrite(o->fd, text.ptr, text.len, 0) < 0)
        return; /* the disk is full: the lock holds without a note */
}

static void read_line(struct owner_note *n, struct str line) {
    struct str key = str_cut(&line, ' '), value = str_is_absent(line) ? STR("") : line;

    if (str_eq(key, STR("pid")))
        str_to_i64(value, &n->pid);
    else if (str_eq(key, STR("since")))
        str_to_i64(value, &n->since_ms);
    else if (str_eq(key, STR("command")))
        n->command = value;
    else if (str_eq(key, STR("address")))
        n->address = value;
    else if (str_eq(key, STR("state")))
        for (unsigned i = 0; i < sizeof(state_names) / sizeof(state_names[0]); i++)
            if (str_eq(value, str_of(state_names[i])))
                n->state = (enum owner_state)i;
}

/* Returns false if the owner has not written a complete note. */
static bool read_note(int fd, struct arena *a, struct owner_note *ret) {
    char text[NOTE_MAX];
    ssize_t n = pread(fd, text, sizeof(text), 0);
    struct str rest = {text, n > 0 ? (size_t)n : 0};

    *ret = (struct owner_note){.command = STR(""), .address = STR("")};
    if (!str_ends(rest, STR("\nend\n")))
        return false;
    rest = arena_dup(a, rest);
    while (!str_is_absent(rest))
        read_line(ret, str_cut(&rest, '\n'));
    return true;
}

struct str owner_describe(const struct owner_note *n, struct arena *a) {
    time_t seconds = (time_t)(n->since_ms / 1000);
    char since[32] = "";
    struct tm local;

    if (n->pid == 0)
        return STR("another process");
    if (localtime_r(&seconds, &local))
        strftime(since, sizeof(since), ", since %Y-%m-%d %H:%M:%S", &local);
    return arena_printf(a, "hired %.*s (process %lld%s%s%.*s)", STR_FMT(n->command), (long long)n->pid, since,
                        n->address.len > 0 ? ", at " : "", STR_FMT(n->address));
}

/* ---- the directory ---- */

int owner_make_directory(const char *dir) {
    char parent[PATH_MAX];
    int n;

    if (mkdir(dir, 0700) < 0)
        return errno == EEXIST ? 0 : -errno;
    n = snprintf(parent, sizeof(parent), "%s/..", dir);
    if (n > 0 && n < PATH_MAX)
        (void)dir_sync(parent); /* not all file systems support it */
    return 0;
}

/* Whether this process may create files below DIR/name. If DIR/name does not exist, it will be created in DIR. */
static int may_write_in(const char *dir, const char *name) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s%s", dir, name);

    if (n < 0 || n >= PATH_MAX)
        return -ENAMETOOLONG;
    if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) < 0)
        return errno == ENOENT ? 0 : -errno;
    return 0;
}

static int refuse(const char *dir, const char *name, int error, struct arena *a, struct str *ret_why) {
    if (error == -EACCES || error == -EPERM || error == -EROFS)
        *ret_why = arena_printf(a,
                                "Cannot write in %s%s: %s. Let the user who runs hired write there, or choose another "
                                "directory with --data.",
                                dir, name, strerror(-error));
    else
        *ret_why = arena_printf(a, "Cannot use the directory %s%s: %s.", dir, name, strerror(-error));
    return error;
}

static int prepare_directory(const char *dir, struct arena *a, struct str *ret_why) {
    int r = owner_make_directory(dir);
    char folder[16];

    if (r < 0) {
        *ret_why = arena_printf(a, "Cannot make the directory %s: %s.", dir, strerror(-r));
        return r;
    }
    if ((r = may_write_in(dir, "/.")) < 0)
        return refuse(dir, "", r, a, ret_why);
    if ((r = may_write_in(dir, "/files")) < 0)
        return refuse(dir, "/files", r, a, ret_why);
    for (unsigned i = 0; i < 256; i++) {
        snprintf(folder, sizeof(folder), "/files/%02x", i);
        if ((r = may_write_in(dir, folder)) < 0)
            return refuse(dir, folder, r, a, ret_why);
    }
    return 0;
}

/* ---- the lock ---- */

static struct flock whole(short type) {
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

static int open_lock(const char *dir, int flags) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/hired.lock", dir);

    if (n < 0 || n >= PATH_MAX)
        return -ENAMETOOLONG;
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    return fd < 0 ? -errno : fd;
}

/* Returns 0 if it took the lock, -EBUSY if another process holds it. */
static int try_lock(int fd) {
    struct flock lock = whole(F_WRLCK);

    if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
        return 0;
    return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
}

/* Whether the owner will end soon, so that waiting makes sense. */
static bool ends_soon(const struct owner_note *n) {
    return n->state == OWNER_COMMAND || n->state == OWNER_STOPPING;
}

static int wait_for_lock(int fd, unsigned wait_ms, struct arena *a, struct owner_note *ret_holder) {
    int64_t start = clock_mono_ms();

    for (;;) {
        int r = try_lock(fd);
        if (r != -EBUSY)
            return r;
        bool known = read_note(fd, a, ret_holder);
        int64_t patience = !known && wait_ms < UNREAD_MS ? UNREAD_MS : wait_ms;
        if (clock_mono_ms() - start >= patience || (known && !ends_soon(ret_holder)))
            return -EBUSY;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_AGAIN_MS * 1000000L}, NULL);
    }
}

static struct owner *owner_new(int fd, const char *command) {
    struct owner *o = mem_alloc(sizeof(*o));

    *o = (struct owner){.fd = fd};
    snprintf(o->command, sizeof(o->command), "%s", command);
    o->note = (struct owner_note){.state = str_eq(str_of(command), STR("serve")) ? OWNER_STARTING : OWNER_COMMAND,
                                  .pid = getpid(),
                                  .since_ms = clock_now_ms(),
                                  .command = str_of(o->command),
                                  .address = STR("")};
    write_note(o);
    return o;
}

int owner_take(struct owner **ret, const char *dir, const char *command, unsigned wait_ms, struct arena *a,
               struct owner_note *ret_holder, struct str *ret_why) {
    struct owner_note holder = {.command = STR(""), .address = STR("")};
    int r = prepare_directory(dir, a, ret_why), fd;

    if (r < 0)
        return r;
    fd = open_lock(dir, O_RDWR | O_CREAT);
    if (fd < 0)
        return refuse(dir, "/hired.lock", fd, a, ret_why);
    r = wait_for_lock(fd, wait_ms, a, &holder);
    if (r == 0) {
        *ret = owner_new(fd, command);
        return 0;
    }
    if (r == -EBUSY) {
        struct str who = owner_describe(&holder, a);
        *ret_why = arena_printf(a, "The directory %s is in use by %.*s.", dir, STR_FMT(who));
        if (ret_holder)
            *ret_holder = holder;
    } else
        *ret_why = arena_printf(a, "Cannot lock %s/hired.lock: %s; the directory must lie on a local file system.", dir,
                                strerror(-r));
    close(fd);
    return r;
}

void owner_tell(struct owner *o, enum owner_state state, struct str address) {
    o->note.state = state;
    o->note.address = address;
    write_note(o);
    o->note.address = STR("");
}

struct owner *owner_release(struct owner *o) {
    if (!o)
        return NULL;
    (void)!ftruncate(o->fd, 0);
    close(o->fd);
    free(o);
    return NULL;
}

int owner_look(const char *dir, struct arena *a, struct owner_note *ret) {
    int fd = open_lock(dir, O_RDONLY), r = 0;
    struct flock lock = whole(F_WRLCK);

    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
        r = -errno;
    else if (lock.l_type != F_UNLCK) {
        read_note(fd, a, ret);
        r = 1;
    }
    close(fd);
    return r;
}
