/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads of the database on behalf of a loop. Depending on gateway_options.readers they run at once on the loop's thread
 * (the database is a file, so a read takes some microseconds) or on a pool of threads (the database is another machine,
 * so a read waits for the network). The code is the same: run uses the database and nothing of http except the
 * request's memory, and done continues on the loop's thread.
 */
#ifndef HIRED_GATEWAY_READING_H
#define HIRED_GATEWAY_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "http/http.h"
#include "store/db.h"

struct gateway;
struct reader; /* a thread's connection with its caches */

struct db *reader_db(const struct reader *rd);

/* The caller sets key, run and done, and keeps the job in place until done. */
struct read_job {
    int64_t key; /* whose job it is; the pool's threads are shared out by key. 0: the server's own */
    /* Exactly once, unless done gets an error. */
    void (*run)(struct read_job *job, struct reader *rd);
    /* Exactly once. error 0: run was called, and this is the loop's thread. -EBUSY: too many jobs wait, in all or of
     * the key; -ETIMEDOUT: no thread became free in time; this is the loop's thread too. -ESHUTDOWN: the loop has
     * ended, so done may only free what the job owns; this is any thread, and run may have been called. */
    void (*done)(struct read_job *job, int error);
    /* ---- the gateway's own ---- */
    struct http_loop *loop;
    int64_t queued_ns;
    int result;
    struct read_job *next;
};

/* On the loop's thread. Before it returns, done may have been called. A job that belongs to a request needs
 * r->no_cancel (or an http_app without gone). */
void gateway_read(struct gateway *g, struct http_loop *l, struct read_job *job);

/* The key for a job on behalf of this request. On the loop's thread. */
int64_t gateway_caller(struct gateway *g, const struct http_request *r);

/* A sentence for the client whose job was refused with -EBUSY or -ETIMEDOUT; answer it with 503. Static, ends with a
 * NUL. */
struct str gateway_read_refusal(int error);

#endif
