/* SPDX-License-Identifier: Apache-2.0
 *
 * The fetcher downloads reports from vendors' links into stored files, on its own thread. The database holds what is to
 * be fetched, so a crash loses nothing. A failed fetch is repeated (events/retry.h), or later if the vendor's server
 * asks for it (Retry-After, at most a day). It is given up at once if repeating cannot help: an address that is not
 * allowed, a file that is too large, an answer 200 that is not a PDF, a 4xx answer other than 408, 425 and 429.
 *
 * Vendors' apps take turns. An app has at most a quarter of the places, an app whose last fetch failed has one, and
 * one host has at most half. A link that a client waits for is fetched first, in places beyond those.
 */
#ifndef HIRED_EVENTS_FETCH_FETCHER_H
#define HIRED_EVENTS_FETCH_FETCHER_H

#include "base/buf.h"
#include "base/duty.h"
#include "store/files/files.h"
#include "store/writer.h"

struct fetcher;

struct fetcher_options {
    const struct db_options *db; /* for a reading connection; must outlive the fetcher */
    struct writer *writer;
    struct files *files;                /* where reports are kept; must outlive the fetcher */
    bool allow_loopback, allow_private; /* whether addresses that are not public are allowed */
    uint64_t max_bytes;                 /* of one report */
    unsigned timeout_ms;                /* for one whole fetch */
    unsigned parallel;                  /* how many fetches may run at once; at least 1 */
    struct duty worker;                 /* while this is not this process's duty, nothing is fetched or removed here */
};

/* Starts the thread. Returns 0 or a negative errno (already logged). */
int fetcher_new(struct fetcher **ret, const struct fetcher_options *o);

/* Tells the fetcher that something may be due. Any thread; cheap. */
void fetcher_wake(struct fetcher *f);

/* Waits until nothing is being fetched and nothing is due, by the clock as it is. Returns 0 and when the next fetch
 * will be due (INT64_MAX: none), or -ETIMEDOUT. Any thread. */
int fetcher_settle(struct fetcher *f, unsigned timeout_ms, int64_t *ret_next_ms);

/* Tells the fetcher that a client waits for this file: it is fetched next if it is due. Any thread; cheap. */
void fetcher_want(struct fetcher *f, int64_t id);

/* Appends counters in Prometheus text form. Any thread. */
void fetcher_write_metrics(const struct fetcher *f, struct buf *out);

/* Ends the thread. fetcher_wake and fetcher_want do nothing from then on, so their callers may end after this. Takes
 * NULL. */
void fetcher_stop(struct fetcher *f);

/* Stops the thread if it runs; the next start begins running fetches again. Takes NULL; returns NULL. */
struct fetcher *fetcher_free(struct fetcher *f);

#endif
