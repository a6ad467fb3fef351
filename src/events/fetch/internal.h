/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the fetcher share: its state, its places and whose turn it is. All functions run on the
 * fetcher's thread unless they say otherwise.
 */
#ifndef HIRED_EVENTS_FETCH_INTERNAL_H
#define HIRED_EVENTS_FETCH_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "events/fetch/fetch.h"
#include "events/load.h"
#include "events/settle.h"

#define FETCH_EXTRA 2   /* places beyond o.parallel, for files that clients wait for */
#define FETCH_WANTED 16 /* how many of these files are remembered */

struct fetcher {
    struct fetcher_options o;
    pthread_t thread;
    CURLM *multi;
    struct db *db;
    _Atomic bool stop, woken;
    _Atomic uint64_t kept, failed, given_up; /* attempts by outcome */
    struct fetch *fetches;                   /* places of them */
    unsigned places, running;
    int64_t not_before_ns; /* after an error of the writer or the disk: begin nothing before this time */

    struct loads loads; /* by owner */
    int64_t cursor;     /* the owner that was served last */

    struct settle settle;
    int64_t next_due_ms; /* the earliest time that the last turns found to be in the future; SETTLE_NEVER: none */

    pthread_mutex_t lock; /* protects wanted */
    int64_t wanted[FETCH_WANTED];
    unsigned wanted_next;
};

/* ---- place.c ---- */

/* Whether the file is being fetched. */
bool place_holds(const struct fetcher *f, int64_t id);

/* Begins a fetch; there must be a free place. */
void place_begin(struct fetcher *f, const struct fetch_job *job, bool wanted);

/* curl has finished a transfer: writes its outcome to the database and frees the place. */
void place_done(struct fetcher *f, struct fetch *fetch, CURLcode code);

/* Frees a place; does nothing if it is free. */
void place_end(struct fetcher *f, struct fetch *fetch);

/* ---- turn.c ---- */

/* Begins due fetches while there is room, owner after owner. Returns for how many ms nothing else will be due. */
int64_t fetcher_turns(struct fetcher *f);

#endif
