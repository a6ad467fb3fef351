/* SPDX-License-Identifier: Apache-2.0
 *
 * Within the fetcher: its places, and whose turn it is. All on the fetcher's thread but where it says otherwise.
 */
#ifndef HIRED_EVENTS_FETCH_INTERNAL_H
#define HIRED_EVENTS_FETCH_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "events/fetch/fetch.h"

#define FETCH_EXTRA 2   /* places beyond o.parallel, for files that somebody waits for */
#define FETCH_WANTED 16 /* files that are remembered as waited for */

/* What is known of an owner: it is forgotten when nothing is under way and its last fetch went well. */
struct fetch_load {
    int64_t owner;
    unsigned running;
    bool failing; /* its last fetch failed */
};

struct fetcher {
    struct fetcher_options o;
    pthread_t thread;
    CURLM *multi;
    struct db *db;
    _Atomic bool stop, woken;
    struct fetch *fetches; /* places of them */
    unsigned places, running;
    int64_t not_before_ns; /* the writer or the disk was busy: leave it alone until then */

    struct fetch_load *loads;
    size_t n_loads, loads_cap;
    int64_t cursor; /* the owner that was last served */

    pthread_mutex_t lock; /* of wanted */
    int64_t wanted[FETCH_WANTED];
    unsigned wanted_next;
};

struct fetch_load *fetch_load_of(struct fetcher *f, int64_t owner);
bool fetch_running(const struct fetcher *f, int64_t id);

/* Begins one; there must be a free place. */
void fetcher_start(struct fetcher *f, const struct fetch_job *job, bool wanted);

/* Starts what is due, as far as there is room, owner after owner. Returns how long nothing else will be due, in ms. */
int64_t fetcher_turns(struct fetcher *f);

#endif
