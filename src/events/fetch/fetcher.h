/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetches reports from where vendors say they are: once, on a thread of its own, into kept files. What is to be fetched
 * stands in the database, so a crash loses nothing. Tries again after 15 s, 5 min, 1 h and 6 h, or later if the
 * vendor's server says so (Retry-After, at most a day); gives up at once where trying again cannot help (an address
 * that is not allowed, a file too large, an answer 200 that is not a PDF, a 4xx answer other than 408, 425 and 429).
 *
 * Vendors' apps take turns. One has at most a quarter of the places, one whose last fetch failed a single one, and one
 * host at most half. A link that somebody waits for goes first, in a place beyond those.
 */
#ifndef HIRED_EVENTS_FETCH_FETCHER_H
#define HIRED_EVENTS_FETCH_FETCHER_H

#include "store/writer.h"

struct fetcher;

struct fetcher_options {
    const struct db_options *db; /* for a reading connection; must outlive the fetcher */
    struct writer *writer;
    bool allow_loopback, allow_private; /* addresses that are not public */
    uint64_t max_bytes;                 /* of one report */
    unsigned timeout_ms;                /* for one whole fetch */
    unsigned parallel;                  /* fetches at once; at least 1 */
};

/* Starts the thread. Returns 0 or a negative errno (already logged). */
int fetcher_new(struct fetcher **ret, const struct fetcher_options *o);

/* Something may be due: look. Any thread; cheap. */
void fetcher_wake(struct fetcher *f);

/* Somebody waits for this file: it is fetched next, unless it is not due. Any thread; cheap. */
void fetcher_want(struct fetcher *f, int64_t id);

/* Ends the thread. fetcher_wake and fetcher_want do nothing from then on, so whoever still calls it may be ended next.
 * Takes NULL. */
void fetcher_stop(struct fetcher *f);

/* Stops if need be (fetches in hand are begun anew at the next start). Takes NULL; returns NULL. */
struct fetcher *fetcher_free(struct fetcher *f);

#endif
