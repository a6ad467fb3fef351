/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens when an invariant does not hold.
 */
#include "base/invariant.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

/* Meson compiles from the build directory, so __FILE__ is "../src/http/conn.c". */
static const char *path_in_tree(const char *file) {
    const char *src = strstr(file, "src/");
    return src ? src : file;
}

/* True for one thread at a time, once in INVARIANT_QUIET_MS. */
static bool may_log(struct invariant_site *site) {
    int64_t now = clock_mono_ms(), until = atomic_load(&site->quiet_until);
    return now >= until && atomic_compare_exchange_strong(&site->quiet_until, &until, now + INVARIANT_QUIET_MS);
}

static void log_broken(struct invariant_site *site) {
    char place[256], left_out[24];
    snprintf(place, sizeof(place), "%s:%d", path_in_tree(site->file), site->line);
    snprintf(left_out, sizeof(left_out), "%" PRIu64, atomic_exchange(&site->left_out, 0));
    log_line(LOG_ERROR, "invariant broken: an error of the program", "expression", site->expr, "place", place,
             "left_out", left_out, NULL);
}

bool invariant_broken(struct invariant_site *site, bool aborts) {
    if (aborts || may_log(site))
        log_broken(site);
    else
        atomic_fetch_add(&site->left_out, 1);
    if (aborts)
        abort();
    return false;
}
