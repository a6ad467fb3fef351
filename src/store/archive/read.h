/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads what an archive contains.
 *
 * A line of log-N.idx is "FIRST LAST START END\n": the log's image that begins at byte START of log-N.wal was committed
 * up to byte END, by commits that ended from FIRST to LAST (milliseconds since 1970, at most ENTRY_MS apart). Lines are
 * in the order of the commits. The last line may be incomplete after a crash.
 */
#ifndef HIRED_STORE_ARCHIVE_READ_H
#define HIRED_STORE_ARCHIVE_READ_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARCHIVE_ENTRY_MS 100

struct archive_entry {
    int64_t first_ms, last_ms, start, end;
};

struct archive_base {
    int64_t ms, segment, start;
};

/* Paths within a line. Return 0 or -ENAMETOOLONG. */
int archive_log_path(const char *line, int64_t segment, const char *ending, char ret[PATH_MAX]);
int archive_base_path(const char *line, const struct archive_base *b, char ret[PATH_MAX]);

/* Calls fn for each line of the archive, in no order. Returns 0, a negative errno, or fn's result if that is not 0. */
typedef int (*archive_line_fn)(void *ctx, const char *path, int64_t begun_ms);
int archive_lines(const char *archive, archive_line_fn fn, void *ctx);

/* The newest base with ms <= at_ms. Returns 1, 0 if there is none, or a negative errno. */
int archive_base_before(const char *line, int64_t at_ms, struct archive_base *ret);

/* The numbers of the first and the last segment. Returns 1, 0 if there is none, or a negative errno. */
int archive_segments(const char *line, int64_t *ret_first, int64_t *ret_last);

/* Calls fn for each entry of one segment. Returns 0, a negative errno (-EUCLEAN: not an index), or fn's result if that
 * is not 0. */
typedef int (*archive_entry_fn)(void *ctx, const struct archive_entry *e);
int archive_entries(const char *line, int64_t segment, archive_entry_fn fn, void *ctx);

/* The last entry of a line. Returns 1 with its segment, 0 if there is none, or a negative errno. */
int archive_last_entry(const char *line, int64_t *ret_segment, struct archive_entry *ret);

#endif
