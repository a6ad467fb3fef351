/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operations of the test mode share (hired serve --test, docs/TESTING.md). Their handlers get it as
 * call.toolbox.
 */
#ifndef HIRED_TESTING_TOOLBOX_H
#define HIRED_TESTING_TOOLBOX_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/writer.h"

struct toolbox_options {
    const struct db_options *db;    /* for reading connections; must outlive the toolbox */
    struct writer *writer;          /* for handlers that wait: writer_run() */
    const char *url;                /* where this process reaches the server; must outlive the toolbox */
    const char *data;               /* where kept files are, must outlive the toolbox; NULL: in the database */
    void (*clock_moved)(void *ctx); /* wakes threads that wait for a time */
    /* Waits until all that is due is done. Returns 0 and when the next thing is due (INT64_MAX: never), or -ETIMEDOUT
     * and what still runs. */
    int (*settle)(void *ctx, unsigned timeout_ms, int64_t *ret_next_ms, const char **ret_what);
    bool (*connected)(void *ctx, int64_t app); /* the app has a long connection to this process */
    void *ctx;
};

struct faults;
struct journal;
struct robots;         /* testing/robots.h */
struct snapshots;      /* testing/snapshot.h */
struct template_cache; /* testing/template_cache.h */

struct toolbox {
    struct toolbox_options o;
    struct faults *faults;            /* testing/faults.h */
    struct journal *journal;          /* testing/journal.h */
    struct robots *robots;            /* testing/robots.h */
    struct snapshots *snapshots;      /* testing/snapshot.h */
    struct template_cache *templates; /* testing/template_cache.h */
    pthread_mutex_t lock;
    pthread_cond_t ends;
    bool ended; /* protected by lock */
};

struct toolbox *toolbox_new(const struct toolbox_options *o);

/* Ends all waits of handlers and all robots, now and later: the server is about to end. The server must still answer
 * their calls, or end them. Takes NULL. */
void toolbox_end(struct toolbox *t);

struct toolbox *toolbox_free(struct toolbox *t); /* takes NULL; returns NULL */

/* Waits so long, or until the server is about to end; returns whether the whole time has passed. */
bool toolbox_sleep(struct toolbox *t, unsigned ms);

#endif
