/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads records of hired serve --record, events, and single answers that were saved with curl.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/drift/drift.h"

#define LINE_MAX_LEN ((size_t)64 << 20) /* hired serve writes shorter ones */

/* ---- lines ---- */

static struct str text_at(const json_t *object, const char *name) {
    const json_t *v = json_object_get(object, name);
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR_ABSENT;
}

static void note_unreadable(struct drift *d, struct drift_place place, struct str why) {
    if (d->unreadable++ > 0)
        return;
    d->first_unreadable = place;
    d->unreadable_why = arena_dup(&d->arena, why);
}

static void take_record(struct drift *d, const json_t *line, struct drift_place place) {
    const json_t *request = json_object_get(line, "request"), *answer = json_object_get(line, "answer"),
                 *status = json_object_get(line, "status");
    struct drift_call c = {
        .method = text_at(line, "method"),
        .path = text_at(line, "path"),
        .query = text_at(line, "query"),
        .request = text_at(request, "text"),
        .answer = text_at(answer, "text"),
        .request_cut = json_is_true(json_object_get(request, "cut")),
        .answer_cut = json_is_true(json_object_get(answer, "cut")),
        .status = json_is_integer(status) ? (int)json_integer_value(status) : 0,
        .place = place,
    };
    if (!str_is_absent(text_at(line, "failed")))
        c.answer_cut = true;
    if (str_is_empty(c.method) || c.path.len == 0 || c.path.ptr[0] != '/')
        note_unreadable(d, place, STR("names no method, or no path"));
    else
        drift_call(d, &c);
}

static void take_line(struct drift *d, struct str line, struct drift_place place, bool last) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why = STR("is no record");
    json_t *v = line.len <= LINE_MAX_LEN ? record_parse(line, &scratch, &why) : NULL;
    if (line.len > LINE_MAX_LEN)
        why = STR("is longer than 64 MiB");
    if (!v && last)
        d->torn++;
    else if (json_is_integer(json_object_get(v, "hired_record")))
        take_record(d, v, place);
    else if (!drift_event(d, v, &place))
        note_unreadable(d, place, v ? STR("is neither a record nor an event") : why);
    json_decref(v);
}

static bool is_blank(struct str line) {
    for (size_t i = 0; i < line.len; i++)
        if (!strchr(" \t\r", line.ptr[i]) || line.ptr[i] == '\0')
            return false;
    return true;
}

static void take_lines(struct drift *d, struct str text, const char *file) {
    struct drift_place place = {.file = file, .path = STR("")};
    while (text.len > 0) {
        const char *nl = memchr(text.ptr, '\n', text.len);
        struct str line = {text.ptr, nl ? (size_t)(nl - text.ptr) : text.len};
        text = str_skip(text, line.len + 1);
        place.line++;
        if (!is_blank(line))
            take_line(d, line, place, !nl);
    }
}

/* ---- single answers ---- */

/* Skips the headers that curl -i wrote. *status: of the last; unchanged if there are none. */
static struct str skip_headers(struct str text, int *status) {
    while (str_starts(text, STR("HTTP/"))) {
        size_t blank = str_find(text, ' ');
        *status = 0;
        for (size_t i = blank + 1;
             blank < 16 && i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9' && *status < 1000; i++)
            *status = *status * 10 + (text.ptr[i] - '0');
        struct str line;
        do {
            line = str_cut(&text, '\n');
            if (str_is_absent(text))
                return STR("");
        } while (!is_blank(line));
    }
    return text;
}

/* Returns false if the file is not one answer or event. */
static bool take_whole(struct drift *d, struct str text, const char *file, const struct op *op) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct drift_place place = {file, 1, STR("")};
    struct str why;
    int status = -1;
    struct str body = str_without_mark(skip_headers(text, &status));
    if (body.len > LINE_MAX_LEN)
        return false;
    json_t *v = record_parse(body, &scratch, &why);
    bool taken = v && !json_object_get(v, "hired_record");
    if (taken && !drift_event(d, v, &place)) {
        if (op)
            drift_call(d, &(struct drift_call){.op = op, .answer = body, .status = status, .place = place});
        else
            note_unreadable(d, place, STR("is a single answer; name its operation with --operation"));
    }
    json_decref(v);
    return taken;
}

/* ---- files ---- */

static int fail(const char *path, int error) {
    fprintf(stderr, "hired drift: cannot read %s: %s\n", path, strerror(-error));
    return error;
}

/* Sizes are taken once: lines that a server appends meanwhile are not read. */
static int read_file(struct drift *d, int at, const char *name, const char *shown, const struct op *op, bool lines) {
    int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0)
        return fail(shown, -errno);
    int r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
    void *map = r == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (map == MAP_FAILED)
        r = -errno;
    close(fd);
    if (r < 0)
        return fail(shown, r);
    struct str text = {map ? map : "", map ? (size_t)st.st_size : 0};
    const char *file = arena_dup(&d->arena, str_of(shown)).ptr;
    if (lines || !take_whole(d, text, file, op))
        take_lines(d, text, file);
    if (map)
        munmap(map, text.len);
    return 0;
}

static int is_record(const struct dirent *e) {
    struct str name = str_of(e->d_name);
    return str_ends(name, STR(".jsonl")) && name.ptr[0] != '.';
}

static int read_directory(struct drift *d, const char *path) {
    struct dirent **all;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
    int n = fd < 0 ? -1 : scandirat(fd, ".", &all, is_record, alphasort);
    if (n < 0) {
        r = fail(path, -errno);
        if (fd >= 0)
            close(fd);
        return r;
    }
    for (int i = 0; i < n; i++) {
        struct str shown =
            arena_printf(&d->arena, "%s%s%s", path, str_ends(str_of(path), STR("/")) ? "" : "/", all[i]->d_name);
        if (r == 0)
            r = read_file(d, fd, all[i]->d_name, shown.ptr, NULL, true);
        free(all[i]);
    }
    free((void *)all);
    close(fd);
    return r;
}

int drift_read(struct drift *d, const char *path, const struct op *op) {
    struct stat st;
    if (stat(path, &st) < 0)
        return fail(path, -errno);
    if (S_ISDIR(st.st_mode))
        return read_directory(d, path);
    return read_file(d, AT_FDCWD, path, path, op, str_ends(str_of(path), STR(".jsonl")));
}
