/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool of threads that read the database for the loops, each with a connection of its own. Each job has a key (its
 * app or person). A free thread takes a job of the key that has the fewest threads at that moment, and one key never
 * has all threads, so that a caller with many or slow reads leaves threads to others. The queue is bounded in number,
 * in number for each key, and in time; so a database that does not answer costs bounded memory, and callers are told
 * soon.
 */
#ifndef HIRED_GATEWAY_READERS_H
#define HIRED_GATEWAY_READERS_H

#include "gateway/reading.h"
#include "store/writer.h"

struct readers;

struct readers_options {
    const struct db_options *db;
    const struct writer *writer;
    unsigned threads;    /* at least 1 */
    unsigned queue_max;  /* waiting jobs */
    unsigned key_max;    /* of these, of one key */
    unsigned timeout_ms; /* how long a job waits for a thread */
};

/* Opens the connections and starts the threads. Returns 0, or a negative errno, which it has logged. */
int readers_new(struct readers **ret, const struct readers_options *o);

unsigned readers_threads(const struct readers *p);

/* Any thread; never waits for the database. job->done is called on job->loop's thread. Returns 0, -EBUSY or -ESHUTDOWN
 * (then done is not called). */
int readers_submit(struct readers *p, struct read_job *job);

/* Ends the jobs that have waited for longer than timeout_ms; call it from time to time. Any thread. */
void readers_expire(struct readers *p);

struct readers_stats {
    uint64_t jobs;      /* begun */
    uint64_t refused;   /* because too many waited, or for too long */
    unsigned waiting;   /* now */
    unsigned running;   /* now */
    int64_t running_ms; /* since the oldest of them began; 0: none */
};
void readers_stats(struct readers *p, struct readers_stats *ret);

/* Ends the threads after their present jobs, drops waiting jobs (done gets -ESHUTDOWN), closes the connections. Takes
 * NULL; returns NULL. */
struct readers *readers_free(struct readers *p);

#endif
