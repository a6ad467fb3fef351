/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps snapshots of tenants in memory, and links to their kept files.
 */
#include "testing/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/log.h"
#include "store/files/directory.h"

#define FOLDER "test-snapshots"

struct snapshot {
    int64_t tenant, taken_ms;
    char *name;
    struct tenant_rows *rows;
    size_t files;
    uint64_t number; /* of its folder of links */
    unsigned held;   /* by the list and by callers; protected by lock */
    struct snapshot *next;
};

struct snapshots {
    const char *dir;
    pthread_mutex_t lock;
    struct snapshot *first; /* the oldest first; protected by lock, as what follows */
    size_t n, bytes;
    uint64_t numbers;
};

/* ---- links ---- */

static int folder_path(const struct snapshots *s, uint64_t number, char ret[PATH_MAX]) {
    int n = snprintf(ret, PATH_MAX, "%s/" FOLDER "/%llu", s->dir, (unsigned long long)number);
    return n > 0 && n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

struct linking {
    const struct snapshots *s;
    uint64_t number;
    size_t files;
};

static int link_path(const struct linking *w, int64_t file_id, char ret[PATH_MAX]) {
    int n = snprintf(ret, PATH_MAX, "%s/" FOLDER "/%llu/%016llx", w->s->dir, (unsigned long long)w->number,
                     (unsigned long long)file_id);
    return n > 0 && n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* A file that is missing already cannot be brought back; hired check reports it. */
static int hold_file(void *ctx, int64_t file_id) {
    struct linking *w = ctx;
    char from[PATH_MAX], to[PATH_MAX];
    int r = directory_path(w->s->dir, file_id, from);
    if (r == 0)
        r = link_path(w, file_id, to);
    if (r == 0 && link(from, to) < 0 && errno != ENOENT)
        r = -errno;
    w->files += r == 0;
    return r;
}

static int bring_file(void *ctx, int64_t file_id) {
    struct linking *w = ctx;
    char from[PATH_MAX], to[PATH_MAX];
    int r = link_path(w, file_id, from);
    if (r == 0)
        r = directory_path(w->s->dir, file_id, to);
    if (r == 0 && link(from, to) < 0 && errno != EEXIST && errno != ENOENT)
        r = -errno;
    return r;
}

static int count_file(void *ctx, int64_t file_id) {
    (void)file_id;
    return ++*(size_t *)ctx, 0;
}

static int make_folders(const struct snapshots *s, uint64_t number) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/" FOLDER, s->dir);
    if (n < 0 || n >= PATH_MAX)
        return -ENAMETOOLONG;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;
    int r = folder_path(s, number, path);
    return r < 0 ? r : mkdir(path, 0700) < 0 ? -errno : 0;
}

/* Most tenants of tests have no files: then nothing is made. */
static int hold_files(const struct snapshots *s, struct snapshot *one) {
    struct linking w = {s, one->number, 0};
    size_t files = 0;
    int r = s->dir ? tenant_rows_files(one->rows, count_file, &files) : 0;
    if (r == 0 && files > 0)
        r = make_folders(s, one->number);
    if (r == 0 && files > 0)
        r = tenant_rows_files(one->rows, hold_file, &w);
    one->files = files;
    return r;
}

static void drop_links(const struct snapshots *s, const struct snapshot *one) {
    char path[PATH_MAX];
    if (one->files > 0 && folder_path(s, one->number, path) == 0 && dir_remove(path) < 0)
        log_fmt(LOG_WARN, "cannot remove %s, which holds the files of a snapshot", path);
}

/* ---- the list ---- */

struct snapshots *snapshots_new(const char *dir) {
    struct snapshots *s = mem_alloc(sizeof *s);
    s->dir = dir;
    pthread_mutex_init(&s->lock, NULL);
    char path[PATH_MAX];
    if (dir && snprintf(path, sizeof path, "%s/" FOLDER, dir) < PATH_MAX)
        (void)dir_remove(path);
    return s;
}

int snapshots_pin(const struct snapshots *s, int *ret_fd) {
    int fd = s->dir ? directory_pin(s->dir) : -1;
    *ret_fd = fd < 0 ? -1 : fd;
    return fd < 0 && s->dir ? fd : 0;
}

/* With the lock. */
static void let_go(struct snapshots *s, struct snapshot *one) {
    if (--one->held > 0)
        return;
    drop_links(s, one);
    tenant_rows_free(one->rows);
    free(one->name);
    free(one);
}

static bool is(const struct snapshot *one, int64_t tenant, struct str name) {
    return one->tenant == tenant && (str_is_absent(name) || str_eq(str_of(one->name), name));
}

/* With the lock. Takes those with that name (absent: all) out of the list. */
static size_t take_out(struct snapshots *s, int64_t tenant, struct str name) {
    size_t n = 0;
    for (struct snapshot **at = &s->first; *at;) {
        struct snapshot *one = *at;
        if (tenant != 0 && !is(one, tenant, name)) {
            at = &one->next;
            continue;
        }
        *at = one->next;
        s->n--;
        s->bytes -= tenant_rows_bytes(one->rows);
        n++;
        let_go(s, one);
    }
    return n;
}

struct snapshots *snapshots_free(struct snapshots *s) {
    char path[PATH_MAX];
    if (!s)
        return NULL;
    take_out(s, 0, STR_ABSENT);
    if (s->dir && snprintf(path, sizeof path, "%s/" FOLDER, s->dir) < PATH_MAX)
        (void)rmdir(path);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return NULL;
}

/* With the lock. Whether one more fits; one with the same name will be replaced. */
static int check_room(const struct snapshots *s, int64_t tenant, struct str name, size_t bytes) {
    size_t of_tenant = 0, all = s->n, used = s->bytes;
    for (const struct snapshot *one = s->first; one; one = one->next) {
        of_tenant += one->tenant == tenant;
        if (is(one, tenant, name)) {
            of_tenant--;
            all--;
            used -= tenant_rows_bytes(one->rows);
        }
    }
    return of_tenant >= SNAPSHOTS_OF_TENANT_MAX ? -E2BIG
           : all >= SNAPSHOTS_MAX               ? -ENFILE
           : used + bytes > SNAPSHOTS_BYTES_MAX ? -ENOBUFS
                                                : 0;
}

static struct snapshot_info info_of(const struct snapshot *one, struct str name) {
    return (struct snapshot_info){.tenant = one->tenant,
                                  .taken_ms = one->taken_ms,
                                  .name = name,
                                  .rows = tenant_rows_count(one->rows),
                                  .bytes = tenant_rows_bytes(one->rows),
                                  .files = one->files};
}

static void append(struct snapshots *s, struct snapshot *one) {
    struct snapshot **end = &s->first;
    while (*end)
        end = &(*end)->next;
    *end = one;
    s->n++;
    s->bytes += tenant_rows_bytes(one->rows);
}

int snapshots_keep(struct snapshots *s, int64_t tenant, struct str name, struct tenant_rows *rows, int64_t now_ms,
                   struct snapshot_info *ret) {
    struct snapshot *one = mem_alloc(sizeof *one);

    *one = (struct snapshot){.tenant = tenant, .taken_ms = now_ms, .rows = rows, .held = 1};
    one->name = mem_alloc(name.len + 1);
    memcpy(one->name, name.ptr, name.len);
    pthread_mutex_lock(&s->lock);
    one->number = ++s->numbers;
    int r = check_room(s, tenant, name, tenant_rows_bytes(rows));
    if (r == 0)
        r = hold_files(s, one);
    if (r == 0) {
        take_out(s, tenant, name);
        append(s, one);
        *ret = info_of(one, name);
    } else {
        let_go(s, one);
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}

size_t snapshots_room(struct snapshots *s) {
    pthread_mutex_lock(&s->lock);
    size_t room = SNAPSHOTS_BYTES_MAX - s->bytes;
    pthread_mutex_unlock(&s->lock);
    return room;
}

struct snapshot *snapshots_hold(struct snapshots *s, int64_t tenant, struct str name) {
    pthread_mutex_lock(&s->lock);
    struct snapshot *one = s->first;
    while (one && !is(one, tenant, name))
        one = one->next;
    if (one)
        one->held++;
    pthread_mutex_unlock(&s->lock);
    return one;
}

void snapshots_release(struct snapshots *s, struct snapshot *held) {
    pthread_mutex_lock(&s->lock);
    let_go(s, held);
    pthread_mutex_unlock(&s->lock);
}

const struct tenant_rows *snapshot_rows(const struct snapshot *held) {
    return held->rows;
}

int snapshot_bring_files(const struct snapshots *s, const struct snapshot *held) {
    struct linking w = {s, held->number, 0};
    return held->files > 0 ? tenant_rows_files(held->rows, bring_file, &w) : 0;
}

int snapshots_drop(struct snapshots *s, int64_t tenant, struct str name) {
    pthread_mutex_lock(&s->lock);
    size_t n = take_out(s, tenant, name);
    pthread_mutex_unlock(&s->lock);
    return n > 0 ? 0 : -ENOENT;
}

size_t snapshots_drop_tenant(struct snapshots *s, int64_t tenant) {
    pthread_mutex_lock(&s->lock);
    size_t n = take_out(s, tenant, STR_ABSENT);
    pthread_mutex_unlock(&s->lock);
    return n;
}

size_t snapshots_list(struct snapshots *s, int64_t tenant, struct arena *a, struct snapshot_info **ret, size_t *ret_n) {
    size_t cap = 0;
    *ret = NULL;
    *ret_n = 0;
    pthread_mutex_lock(&s->lock);
    for (const struct snapshot *one = s->first; one; one = one->next) {
        if (tenant != 0 && one->tenant != tenant)
            continue;
        *ret = arena_array_grow(a, *ret, *ret_n, &cap, sizeof **ret);
        (*ret)[(*ret_n)++] = info_of(one, arena_dup(a, str_of(one->name)));
    }
    size_t bytes = s->bytes;
    pthread_mutex_unlock(&s->lock);
    return bytes;
}
