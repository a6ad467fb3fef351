/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the database of one moment from an archive (store/archive/archive.h).
 */
#ifndef HIRED_CLI_BACKUP_MOMENT_H
#define HIRED_CLI_BACKUP_MOMENT_H

#include <limits.h>
#include <stdint.h>

#include "base/str.h"

struct moment {
    const char *archive;
    int64_t at_ms; /* wanted */
    char line[PATH_MAX];
    int64_t base_ms;          /* of the base that is used */
    int64_t last_ms;          /* of the last commit that is brought back */
    char why[PATH_MAX + 256]; /* a sentence after an error */
};

/* Parses "2026-03-01 10:00:00" (local time), "2026-03-01T10:00:00Z", "...+08:00", or milliseconds since 1970. Returns 0
 * or -EINVAL. */
int moment_parse(struct str text, int64_t *ret_ms);

/* Finds the base for at_ms. Returns 0, or a negative errno with why. */
int moment_find(struct moment *m);

/* Makes stage/hired.db: everything that had been answered by at_ms, and nothing of a second later. Returns 0, or a
 * negative errno with why. */
int moment_build(struct moment *m, const char *stage);

#endif
