/* SPDX-License-Identifier: Apache-2.0
 *
 * A server's place among the servers of one database of PostgreSQL: one of them serves, and the others wait until its
 * place is free.
 */
#include "cli/serve/place.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "base/thread.h"
#include "store/lease.h"
#include "store/remote/server.h"

/* A server looks at its place more often than others try to take it, so that one whose session is cut mostly keeps it.
 */
#define LOOK_NS 200000000
#define WAIT_NS 900000000
#define TICK_EVERY 5 /* looks */

struct place {
    struct lease *lease;
    pthread_t thread;
    bool started;
    struct thread_rest rest;
    void (*tick)(void *ctx);
    void *ctx;
    _Atomic bool lost;
};

/* Waits for a signal that ends the process. Returns -ECANCELED, or 0 after some time without one. */
static int wait_a_while(const sigset_t *signals) {
    const struct timespec while_ns = {.tv_nsec = WAIT_NS};
    int got = sigtimedwait(signals, NULL, &while_ns);
    return got == SIGTERM || got == SIGINT ? -ECANCELED : 0;
}

/* Tries until the place is free. */
static int wait_for_place(struct place *p, const sigset_t *signals) {
    int r, told = 0;
    while ((r = lease_take_serving(p->lease)) != 0) {
        if (r == -EBUSY && told != r)
            log_line(LOG_INFO, "another server serves this database; waiting to take its place", NULL);
        else if (r < 0 && told != r)
            log_line(LOG_WARN, "waiting to serve: the database does not answer", NULL);
        told = r;
        if (wait_a_while(signals) < 0)
            return -ECANCELED;
        if (r != -EBUSY)
            (void)lease_keep(p->lease); /* connects again */
    }
    return 0;
}

static int take_node(struct place *p, unsigned node) {
    int n = lease_take_node(p->lease, node, LEASE_COMMANDS_FIRST - 1);
    if (n < 0)
        return n;
    id_set_node((unsigned)n);
    return 0;
}

int place_take(struct place **ret, const struct db_options *o, unsigned node, const sigset_t *signals, struct arena *a,
               struct str *ret_why) {
    struct place *p = mem_alloc(sizeof(*p));
    *p = (struct place){0};
    thread_rest_init(&p->rest);
    int r = lease_new(&p->lease, o, a, ret_why);
    if (r == 0 && (r = take_node(p, node)) < 0)
        *ret_why = r == -EBUSY ? arena_printf(a, "All node numbers from %u to %u are in use by other processes.", node,
                                              LEASE_COMMANDS_FIRST - 1)
                               : STR("The database server does not answer.");
    if (r == 0)
        r = wait_for_place(p, signals);
    if (r < 0)
        place_free(p);
    else
        *ret = p;
    return r;
}

static void *place_main(void *arg) {
    struct place *p = arg;
    for (unsigned looks = 1; thread_rest(&p->rest, LOOK_NS); looks++) {
        int r = lease_keep(p->lease);
        if (r == -EBUSY) {
            log_line(LOG_ERROR,
                     "another server has taken this one's place while the database could not be reached from here; "
                     "this one ends",
                     NULL);
            atomic_store(&p->lost, true);
            kill(getpid(), SIGTERM);
            return NULL;
        }
        if (r == 0 && looks % TICK_EVERY == 0)
            p->tick(p->ctx);
    }
    return NULL;
}

int place_keep(struct place *p, void (*tick)(void *ctx), void *ctx) {
    p->tick = tick;
    p->ctx = ctx;
    int r = thread_start(&p->thread, "hired-place", place_main, p);
    p->started = r == 0;
    return r;
}

bool place_lost(const struct place *p) {
    return p && atomic_load(&p->lost);
}

void place_stop(struct place *p) {
    if (!p || !p->started)
        return;
    thread_rest_end(&p->rest);
    pthread_join(p->thread, NULL);
    p->started = false;
}

struct place *place_free(struct place *p) {
    if (!p)
        return NULL;
    place_stop(p);
    lease_free(p->lease);
    thread_rest_destroy(&p->rest);
    free(p);
    return NULL;
}
