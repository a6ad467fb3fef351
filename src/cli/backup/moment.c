/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the database of one moment from an archive.
 */
#include "cli/backup/moment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/archive/read.h"
#include "store/db.h"

/* ---- times ---- */

/* "", "Z", "+08:00". Returns the offset in seconds, or INT_MAX for local time, or INT_MIN if it is none of these. */
static int parse_zone(const char *s) {
    int hours, minutes, end = 0;

    if (!*s)
        return INT_MAX;
    if (strcmp(s, "Z") == 0)
        return 0;
    if ((*s != '+' && *s != '-') || sscanf(s + 1, "%2d:%2d%n", &hours, &minutes, &end) != 2 || s[1 + end] ||
        hours > 14 || minutes > 59)
        return INT_MIN;
    return (*s == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

int moment_parse(struct str text, int64_t *ret_ms) {
    char s[64];
    struct tm tm = {.tm_isdst = -1};
    const char *rest;

    if (str_to_i64(text, ret_ms) == 0)
        return *ret_ms > 100000000000 ? 0 : -EINVAL;
    if (text.len >= sizeof(s))
        return -EINVAL;
    snprintf(s, sizeof(s), "%.*s", STR_FMT(text));
    rest = strptime(s, "%Y-%m-%d", &tm);
    if (rest && (*rest == 'T' || *rest == ' '))
        rest = strptime(rest + 1, "%H:%M:%S", &tm);
    int zone = rest ? parse_zone(rest) : INT_MIN;
    if (zone == INT_MIN)
        return -EINVAL;
    time_t t = zone == INT_MAX ? mktime(&tm) : timegm(&tm) - zone;
    *ret_ms = (int64_t)t * 1000;
    return t < 0 ? -EINVAL : 0;
}

static void show(int64_t ms, char out[32]) {
    time_t t = ms / 1000;
    struct tm tm;
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
}

/* ---- the base ---- */

struct search {
    struct moment *m;
    struct archive_base base;
    int64_t oldest_ms; /* of all bases; INT64_MAX: there is none */
};

static int look_at_line(void *ctx, const char *path, int64_t begun_ms) {
    struct search *s = ctx;
    struct archive_base b;
    int r = archive_base_before(path, s->m->at_ms, &b);

    if (r == 1 && b.ms > s->base.ms) {
        s->base = b;
        snprintf(s->m->line, sizeof(s->m->line), "%s", path);
    }
    for (int64_t before = INT64_MAX; r >= 0 && (r = archive_base_before(path, before, &b)) == 1; before = b.ms - 1)
        s->oldest_ms = b.ms < s->oldest_ms ? b.ms : s->oldest_ms;
    return r < 0 ? r : 0;
}

static int search(struct moment *m, struct archive_base *ret) {
    struct search s = {.m = m, .oldest_ms = INT64_MAX};
    int r = archive_lines(m->archive, look_at_line, &s);
    char at[32], oldest[32];

    if (r < 0) {
        snprintf(m->why, sizeof(m->why), "cannot read the archive %s: %s", m->archive, strerror(-r));
        return r;
    }
    *ret = s.base;
    m->base_ms = s.base.ms;
    if (s.base.ms > 0)
        return 0;
    show(m->at_ms, at);
    show(s.oldest_ms, oldest);
    if (s.oldest_ms == INT64_MAX)
        snprintf(m->why, sizeof(m->why), "%s contains no base", m->archive);
    else
        snprintf(m->why, sizeof(m->why), "%s does not go back to %s; its oldest base is of %s", m->archive, at, oldest);
    return -ENOENT;
}

int moment_find(struct moment *m) {
    struct archive_base base;
    return search(m, &base);
}

/* ---- the log ---- */

/* One image: from start to end of a segment. */
struct image {
    int64_t start, end; /* end 0: none */
};

struct replay {
    struct moment *m;
    const char *stage;
    int64_t from; /* images of the present segment before it are not needed */
    int log;      /* the present segment */
    struct image image;
    bool ended; /* the moment is reached */
};

static int copy_bytes(int from, int64_t at, int64_t end, const char *path, int flags) {
    static char bytes[1 << 20];
    int to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600), r = 0;

    if (to < 0)
        return -errno;
    while (r == 0 && at < end) {
        size_t n = end - at < (int64_t)sizeof(bytes) ? (size_t)(end - at) : sizeof(bytes);
        ssize_t got = pread(from, bytes, n, at);
        if (got <= 0)
            r = got == 0 ? -EUCLEAN : -errno;
        else if (write(to, bytes, (size_t)got) != got)
            r = errno ? -errno : -ENOSPC;
        else
            at += got;
    }
    close(to);
    return r;
}

static int replay_image(struct replay *p) {
    char db[PATH_MAX], log[PATH_MAX];
    int r;

    if (p->image.end == 0)
        return 0;
    snprintf(db, sizeof(db), "%s/hired.db", p->stage);
    if (snprintf(log, sizeof(log), "%s/hired.db-wal", p->stage) >= (int)sizeof(log))
        return -ENAMETOOLONG;
    r = copy_bytes(p->log, p->image.start, p->image.end, log, O_TRUNC);
    p->image.end = 0;
    return r == 0 ? db_replay_log(db) : r;
}

static int take_entry(void *ctx, const struct archive_entry *e) {
    struct replay *p = ctx;
    int r = 0;

    if (e->first_ms > p->m->at_ms) {
        p->ended = true;
        return 1;
    }
    if (e->start < p->from)
        return 0;
    if (p->image.end > 0 && e->start != p->image.start)
        r = replay_image(p);
    p->image = (struct image){e->start, e->end};
    p->m->last_ms = e->last_ms;
    return r;
}

static int replay_segment(struct replay *p, int64_t segment) {
    char path[PATH_MAX];
    int r = archive_log_path(p->m->line, segment, "wal", path);

    if (r < 0)
        return r;
    p->log = open(path, O_RDONLY | O_CLOEXEC);
    if (p->log < 0)
        return -errno;
    r = archive_entries(p->m->line, segment, take_entry, p);
    if (r >= 0)
        r = replay_image(p); /* an image does not continue in the next segment */
    close(p->log);
    return r;
}

static int copy_base(struct moment *m, const struct archive_base *base, const char *stage) {
    char from[PATH_MAX], to[PATH_MAX];
    int r = archive_base_path(m->line, base, from);

    if (r == 0 && snprintf(to, sizeof(to), "%s/hired.db", stage) >= (int)sizeof(to))
        r = -ENAMETOOLONG;
    int fd = r == 0 ? open(from, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return r < 0 ? r : -errno;
    off_t size = lseek(fd, 0, SEEK_END);
    r = size < 0 ? -errno : copy_bytes(fd, 0, size, to, O_TRUNC);
    close(fd);
    return r;
}

int moment_build(struct moment *m, const char *stage) {
    struct archive_base base;
    struct replay p = {.m = m, .stage = stage};
    int64_t first = 0, last = -1;
    int r = search(m, &base);

    if (r < 0)
        return r;
    m->last_ms = base.ms;
    r = copy_base(m, &base, stage);
    if (r == 0)
        r = archive_segments(m->line, &first, &last);
    for (int64_t n = base.segment; r >= 0 && n <= last && !p.ended; n++) {
        p.from = n == base.segment ? base.start : 0;
        r = replay_segment(&p, n);
    }
    if (r < 0)
        snprintf(m->why, sizeof(m->why), "cannot read the archive's %s: %s", m->line,
                 r == -EUCLEAN ? "it is damaged" : strerror(-r));
    return r < 0 ? r : 0;
}
