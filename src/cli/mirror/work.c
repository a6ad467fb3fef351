/* SPDX-License-Identifier: Apache-2.0
 *
 * The work directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "cli/mirror/mask.h"
#include "cli/mirror/mirror.h"

#define LINE_MAX_LEN ((size_t)64 << 20)

static const char *path_of(struct mirror *m, const char *name) {
    return arena_printf(&m->arena, "%s/%s", m->work, name).ptr;
}

/* ---- mirror.json ---- */

static bool same(const json_t *about, const char *name, const char *value) {
    const char *had = json_string_value(json_object_get(about, name));
    return had && strcmp(had, value) == 0;
}

static int check_about(struct mirror *m, const json_t *about) {
    if (!same(about, "from", m->from) || !same(about, "app_id", m->app_id))
        return mirror_fail(m, "%s is the work directory of another mirror (%s, app %s); name another one with --work",
                           m->work, json_string_value(json_object_get(about, "from")),
                           json_string_value(json_object_get(about, "app_id")));
    if (json_is_true(json_object_get(about, "masked")) != m->mask)
        return mirror_fail(m, "%s is the work directory of a mirror that is %smasked; name another one with --work",
                           m->work, m->mask ? "not " : "");
    return 0;
}

static int write_about(struct mirror *m) {
    const char *path = path_of(m, "mirror.json"), *fresh = path_of(m, "mirror.json.new");
    json_t *about = json_pack("{s:s,s:s,s:b}", "from", m->from, "app_id", m->app_id, "masked", (int)m->mask);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int r =
        fd < 0 || json_dumpfd(about, fd, JSON_INDENT(2)) < 0 || fsync(fd) < 0 || rename(fresh, path) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    json_decref(about);
    r = r == 0 ? dir_sync(m->work) : r;
    return r < 0 ? mirror_fail(m, "cannot write %s: %s", path, strerror(-r)) : 0;
}

/* ---- begin and end ---- */

static int make_dir(struct mirror *m, const char *path) {
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return mirror_fail(m, "cannot make the directory %s: %s", path, strerror(errno));
    return 0;
}

static int take_lock(struct mirror *m) {
    m->lock = openat(m->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m->lock < 0)
        return mirror_fail(m, "cannot write in %s: %s", m->work, strerror(errno));
    if (flock(m->lock, LOCK_EX | LOCK_NB) < 0)
        return mirror_fail(m, "another hired mirror works in %s", m->work);
    return 0;
}

int work_open(struct mirror *m) {
    const char *run = path_of(m, "run");
    if (make_dir(m, m->work) < 0)
        return -EIO;
    m->dir = open(m->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m->dir < 0)
        return mirror_fail(m, "cannot open %s: %s", m->work, strerror(errno));
    if (take_lock(m) < 0)
        return -EIO;
    json_t *about = json_load_file(path_of(m, "mirror.json"), 0, NULL);
    int r = about ? check_about(m, about) : write_about(m);
    json_decref(about);
    if (r == 0)
        r = make_dir(m, run);
    if (r == 0)
        r = make_dir(m, path_of(m, "run/files"));
    if (r == 0 && (m->run = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        r = mirror_fail(m, "cannot open %s: %s", run, strerror(errno));
    if (r == 0 && m->mask && (r = masker_new(&m->masker, m->dir)) < 0)
        r = mirror_fail(m, "cannot read or make %s/key: %s", m->work, strerror(-r));
    return r;
}

void work_close(struct mirror *m) {
    int all[] = {m->run, m->dir, m->lock};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] >= 0)
            close(all[i]);
    m->masker = masker_free(m->masker);
}

int work_finish(struct mirror *m) {
    const char *run = path_of(m, "run"), *old = path_of(m, "run.old");
    int r = dir_remove(old);
    /* Renamed first: a part of a run must not be taken for one to continue. */
    if (r == 0 && rename(run, old) < 0)
        r = -errno;
    if (r == 0)
        r = dir_remove(old);
    return r < 0 ? mirror_fail(m, "cannot remove %s: %s", run, strerror(-r)) : 0;
}

/* ---- steps ---- */

const char *step_path(struct mirror *m, const char *name) {
    return arena_printf(&m->arena, "%s/run/%s.jsonl", m->work, name).ptr;
}

static int step_fail(struct mirror *m, const char *name, int error) {
    return mirror_fail(m, "cannot read or write %s: %s", step_path(m, name), strerror(-error));
}

/* Calls fn for each whole line; *ret_end: the end of the last one. */
static int each_line(struct mirror *m, const char *name, int fd, step_line_fn fn, void *ctx, int64_t *ret_lines,
                     off_t *ret_end) {
    FILE *f = fdopen(dup(fd), "re");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int r = f ? 0 : -errno;
    *ret_lines = 0;
    *ret_end = 0;
    while (r == 0 && (n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n' && (size_t)n < LINE_MAX_LEN) {
        json_t *v = json_loadb(line, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
        if (!v)
            break;
        r = fn ? fn(ctx, v) : 0;
        json_decref(v);
        ++*ret_lines;
        *ret_end += n;
    }
    free(line);
    if (f)
        fclose(f);
    return r < 0 && !f ? step_fail(m, name, r) : r;
}

int step_open(struct mirror *m, const char *name, struct step_file *ret, step_line_fn fn, void *ctx) {
    const char *done = arena_printf(&m->arena, "%s.done", name).ptr,
               *file = arena_printf(&m->arena, "%s.jsonl", name).ptr;
    struct stat st;
    off_t end;
    *ret = (struct step_file){.m = m, .name = name, .done = faccessat(m->run, done, F_OK, 0) == 0};
    ret->fd = openat(m->run, file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (ret->fd < 0)
        return step_fail(m, name, -errno);
    int r = each_line(m, name, ret->fd, fn, ctx, &ret->lines, &end);
    if (r == 0 && (ftruncate(ret->fd, end) < 0 || fstat(ret->fd, &st) < 0))
        r = step_fail(m, name, -errno);
    if (r == 0 && ret->lines == 0)
        ret->begun_ms = clock_now_ms();
    else if (r == 0)
        ret->begun_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    if (r < 0)
        step_close(ret);
    return r;
}

int work_note(struct mirror *m, struct str line) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    int fd = openat(m->run, "missing", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    buf_add_str(&text, line);
    buf_add_char(&text, '\n');
    int r = fd < 0 || write(fd, text.ptr, text.len) != (ssize_t)text.len || fdatasync(fd) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    return r;
}

static void note_line(struct mirror *m, struct str line) {
    struct str rest = buf_str(&m->missing);
    while (rest.len > 0)
        if (str_eq(str_cut(&rest, '\n'), line))
            return;
    buf_add_str(&m->missing, line);
    buf_add_char(&m->missing, '\n');
}

void work_missing(struct mirror *m) {
    int fd = openat(m->run, "missing", O_RDONLY | O_CLOEXEC);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "re");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while (f && (n = getline(&line, &cap, f)) > 0)
        note_line(m, (struct str){line, (size_t)n - (line[n - 1] == '\n')});
    free(line);
    if (f)
        fclose(f);
}

int step_append(struct step_file *s, const json_t *answer) {
    char *text = json_dumps(answer, JSON_COMPACT);
    struct buf line BUF_CLEANUP = BUF_EMPTY;
    if (!text)
        return step_fail(s->m, s->name, -ENOMEM);
    buf_add_str(&line, str_of(text));
    buf_add_char(&line, '\n');
    free(text);
    ssize_t n = write(s->fd, line.ptr, line.len);
    if (n != (ssize_t)line.len)
        return step_fail(s->m, s->name, n < 0 ? -errno : -ENOSPC);
    s->lines++;
    return fdatasync(s->fd) < 0 ? step_fail(s->m, s->name, -errno) : 0;
}

int step_restart(struct step_file *s) {
    s->lines = 0;
    s->begun_ms = clock_now_ms();
    return ftruncate(s->fd, 0) < 0 ? step_fail(s->m, s->name, -errno) : 0;
}

int step_finish(struct step_file *s) {
    const char *done = arena_printf(&s->m->arena, "%s.done", s->name).ptr;
    int fd = openat(s->m->run, done, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int r = fd < 0 || fsync(s->m->run) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    step_close(s);
    return r < 0 ? step_fail(s->m, s->name, r) : 0;
}

void step_close(struct step_file *s) {
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

int step_each(struct mirror *m, const char *name, step_line_fn fn, void *ctx) {
    int fd = openat(m->run, arena_printf(&m->arena, "%s.jsonl", name).ptr, O_RDONLY | O_CLOEXEC);
    int64_t lines;
    off_t end;
    if (fd < 0)
        return errno == ENOENT ? 0 : step_fail(m, name, -errno);
    int r = each_line(m, name, fd, fn, ctx, &lines, &end);
    close(fd);
    return r;
}
