/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads what an archive contains.
 */
#include "store/archive/read.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 128

static int fits(int n) {
    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int archive_log_path(const char *line, int64_t segment, const char *ending, char ret[PATH_MAX]) {
    return fits(snprintf(ret, PATH_MAX, "%s/log-%08lld.%s", line, (long long)segment, ending));
}

int archive_base_path(const char *line, const struct archive_base *b, char ret[PATH_MAX]) {
    return fits(snprintf(ret, PATH_MAX, "%s/base-%lld-%lld-%lld.db", line, (long long)b->ms, (long long)b->segment,
                         (long long)b->start));
}

int archive_lines(const char *archive, archive_line_fn fn, void *ctx) {
    char path[PATH_MAX];
    long long ms;
    int r = 0, end;
    DIR *d = opendir(archive);

    if (!d)
        return -errno;
    for (struct dirent *e; r == 0 && (e = readdir(d));) {
        end = 0;
        if (sscanf(e->d_name, "line-%lld%n", &ms, &end) != 1 || e->d_name[end] != '\0')
            continue;
        r = fits(snprintf(path, sizeof(path), "%s/%s", archive, e->d_name));
        if (r == 0)
            r = fn(ctx, path, ms);
    }
    closedir(d);
    return r;
}

int archive_base_before(const char *line, int64_t at_ms, struct archive_base *ret) {
    long long ms, segment, start;
    int found = 0, end;
    DIR *d = opendir(line);

    if (!d)
        return -errno;
    for (struct dirent *e; (e = readdir(d));) {
        end = 0;
        if (sscanf(e->d_name, "base-%lld-%lld-%lld.db%n", &ms, &segment, &start, &end) != 3 || end == 0 ||
            e->d_name[end] != '\0' || ms > at_ms || (found && ms <= ret->ms))
            continue;
        *ret = (struct archive_base){ms, segment, start};
        found = 1;
    }
    closedir(d);
    return found;
}

int archive_segments(const char *line, int64_t *ret_first, int64_t *ret_last) {
    long long n;
    int found = 0, end;
    DIR *d = opendir(line);

    if (!d)
        return -errno;
    for (struct dirent *e; (e = readdir(d));) {
        end = 0;
        if (sscanf(e->d_name, "log-%lld.idx%n", &n, &end) != 1 || end == 0 || e->d_name[end] != '\0')
            continue;
        *ret_first = !found || n < *ret_first ? n : *ret_first;
        *ret_last = !found || n > *ret_last ? n : *ret_last;
        found = 1;
    }
    closedir(d);
    return found;
}

int archive_entries(const char *line, int64_t segment, archive_entry_fn fn, void *ctx) {
    char path[PATH_MAX], text[LINE_MAX_BYTES];
    long long first, last, start, end;
    int r = archive_log_path(line, segment, "idx", path), used;
    FILE *f = r == 0 ? fopen(path, "re") : NULL;

    if (!f)
        return r < 0 ? r : -errno;
    while (r == 0 && fgets(text, sizeof(text), f)) {
        if (!strchr(text, '\n'))
            break; /* cut off by a crash */
        used = 0;
        if (sscanf(text, "%lld %lld %lld %lld%n", &first, &last, &start, &end, &used) != 4 || text[used] != '\n' ||
            first > last || start < 0 || end <= start)
            r = -EUCLEAN;
        else
            r = fn(ctx, &(struct archive_entry){first, last, start, end});
    }
    if (r == 0 && ferror(f))
        r = -EIO;
    fclose(f);
    return r;
}

static int keep_last(void *ctx, const struct archive_entry *e) {
    *(struct archive_entry *)ctx = *e;
    return 0;
}

int archive_last_entry(const char *line, int64_t *ret_segment, struct archive_entry *ret) {
    int64_t first, last;
    int r = archive_segments(line, &first, &last);

    if (r <= 0)
        return r;
    for (ret->end = 0; last >= first && ret->end == 0; last--) {
        r = archive_entries(line, last, keep_last, ret);
        if (r < 0)
            return r;
        *ret_segment = last;
    }
    return ret->end > 0;
}
