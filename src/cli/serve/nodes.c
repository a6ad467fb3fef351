/* SPDX-License-Identifier: Apache-2.0
 *
 * This server as one of several that serve the same database.
 */
#include "cli/serve/nodes.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/thread.h"
#include "cli/serve/claims.h"
#include "store/ear.h"
#include "store/lease.h"

/* A node looks at its lease more often than others try to become the worker, so that a worker whose session was cut
 * mostly stays it. */
#define LOOK_NS INT64_C(200000000)
#define TRY_NS INT64_C(900000000)
#define WORK_NS INT64_C(1000000000)
/* A new node serves after this time. All others have looked by then; one that could not for UNSEEN_NS reckons with a
 * node more than it knows of. */
#define JOIN_NS INT64_C(2200000000)
#define UNSEEN_NS INT64_C(2000000000)
#define IDS_AHEAD_MS 2000 /* see take_number */
#define EAR_MS 60000
#define WANTED_MAX 64 /* reports for which the worker is still to be told */
#define TURNS_MAX 16  /* statements of CLAIMS_AT_ONCE changes in one look */

struct nodes {
    struct lease *lease; /* of the beat's thread, after nodes_join */
    struct ear *ear;     /* of the ear's thread */
    unsigned first;      /* the lowest number to take */
    struct claims *claims;
    struct nodes_events events;
    struct hub *hub;
    pthread_t beat_thread, ear_thread;
    bool beat_started, ear_started;
    struct thread_rest rest;
    int ear_wake; /* eventfd */
    int64_t joined_ns;
    int64_t try_ns, work_ns; /* when to try to become the worker, and to look for work; of the beat's thread */

    _Atomic bool serves;                /* nodes_serve was called */
    _Atomic bool worker, ear_ends, met; /* met: there was another node */
    _Atomic int64_t seen_ns;            /* boot_ns() before the last look that succeeded; 0: the lease is lost */
    _Atomic unsigned node, nodes, rank;

    pthread_mutex_t lock; /* protects wanted */
    int64_t wanted[WANTED_MAX];
    unsigned n_wanted;
};

/* Goes on while the machine sleeps. */
static int64_t boot_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool is_fresh(const struct nodes *n) {
    int64_t seen = atomic_load(&n->seen_ns);
    return seen > 0 && boot_ns() - seen < NODES_FRESH_MS * INT64_C(1000000);
}

/* ---- the node's number ---- */

/* If another process had this number a moment ago, and its session was cut, it may not have noticed yet: ids begin
 * after the time at which it will have. */
static void use_number(struct nodes *n, unsigned number) {
    id_set_node(number);
    id_go_above(clock_now_ms() + IDS_AHEAD_MS);
    atomic_store(&n->node, number);
}

static int take_number(struct nodes *n) {
    int number = lease_take_node(n->lease, n->first, LEASE_COMMANDS_FIRST - 1);
    if (number >= 0)
        use_number(n, (unsigned)number);
    return number < 0 ? number : 0;
}

/* ---- what there is to do ---- */

static void tell_work(const struct nodes *n) {
    if (atomic_load(&n->serves))
        n->events.work(n->events.ctx);
}

static void tell_share(const struct nodes *n) {
    bool unseen = boot_ns() - atomic_load(&n->seen_ns) >= UNSEEN_NS;
    if (atomic_load(&n->serves))
        n->events.share(n->events.ctx,
                        (struct portion){.parts = atomic_load(&n->nodes) + unseen, .rank = atomic_load(&n->rank)});
}

static void set_worker(struct nodes *n, bool worker) {
    if (atomic_exchange(&n->worker, worker) == worker)
        return;
    log_line(LOG_INFO,
             worker ? "this server is the worker now: it sends webhooks, fetches reports and does the upkeep"
                    : "this server is not the worker any more: its lease in the database was lost",
             NULL);
    tell_work(n);
}

/* ---- a look at all leases ---- */

struct look {
    struct nodes *nodes;
    unsigned n, rank, mine; /* servers; those with a lower number than this one */
    bool has_number, worker, worker_is_mine;
};

static void see(void *ctx, const struct lease_held *held) {
    struct look *l = ctx;
    if (held->kind == LEASE_NODE) {
        l->n++;
        l->rank += held->node < l->mine;
        l->has_number = l->has_number || held->mine;
    } else if (held->kind == LEASE_WORKER) {
        l->worker = true;
        l->worker_is_mine = l->worker_is_mine || held->mine;
    } else if (!held->mine)
        claims_other(l->nodes->claims, held);
}

static int look_at_all(struct nodes *n, struct look *ret) {
    int64_t begun = boot_ns();
    *ret = (struct look){.nodes = n, .mine = atomic_load(&n->node)};
    int r = lease_look(n->lease, see, ret);
    if (r == 0 && !ret->has_number)
        r = -EIO; /* an administrator gave the locks back */
    if (r < 0)
        return r;
    claims_others_end(n->claims);
    atomic_store(&n->nodes, ret->n);
    atomic_store(&n->rank, ret->rank);
    if (ret->n > 1)
        atomic_store(&n->met, true);
    atomic_store(&n->seen_ns, begun);
    return 0;
}

/* ---- apps and their connections ---- */

static int change_claims(struct nodes *n) {
    struct lease_change changes[CLAIMS_AT_ONCE];
    bool taken = false;
    int r = 0;
    for (unsigned turns = 0; r == 0 && turns < TURNS_MAX; turns++) {
        size_t k = claims_changes(n->claims, atomic_load(&n->worker), changes);
        if (k == 0)
            break;
        r = lease_change(n->lease, changes, k);
        if (r == 0)
            taken = claims_changed(n->claims, changes, k) || taken;
    }
    if (taken)
        tell_work(n);
    return r;
}

/* Connections are admitted when all other nodes can see them: of two nodes that admit at the same time, each sees those
 * of the other. */
static void admit(const struct nodes *n, const struct hub_count *counts, size_t k) {
    for (size_t i = 0; i < k; i++) {
        unsigned all = counts[i].connections + claims_elsewhere(n->claims, counts[i].app);
        if (counts[i].waits)
            hub_admit(n->hub, &counts[i], all > HUB_CONNECTIONS_MAX ? all - HUB_CONNECTIONS_MAX : 0);
    }
}

/* ---- telling others ---- */

static int tell_wanted(struct nodes *n) {
    int r = 0;
    for (;;) {
        pthread_mutex_lock(&n->lock);
        int64_t file = n->n_wanted > 0 ? n->wanted[--n->n_wanted] : 0;
        pthread_mutex_unlock(&n->lock);
        if (file == 0)
            return r;
        char text[40];
        snprintf(text, sizeof(text), "file %" PRId64, file);
        r = lease_tell(n->lease, text);
        if (r < 0)
            return r;
    }
}

void nodes_want(struct nodes *n, int64_t file) {
    bool known = false;
    if (!n || atomic_load(&n->worker))
        return;
    pthread_mutex_lock(&n->lock);
    for (unsigned i = 0; i < n->n_wanted; i++)
        known = known || n->wanted[i] == file;
    if (!known && n->n_wanted < WANTED_MAX)
        n->wanted[n->n_wanted++] = file;
    pthread_mutex_unlock(&n->lock);
    if (!known)
        thread_rest_wake(&n->rest);
}

/* ---- for the hub ---- */

static unsigned elsewhere(void *ctx, int64_t app) {
    return claims_elsewhere(((struct nodes *)ctx)->claims, app);
}

static void changed(void *ctx) {
    thread_rest_wake(&((struct nodes *)ctx)->rest);
}

/* ---- the beat ---- */

static int try_worker(struct nodes *n, const struct look *seen) {
    int64_t now = clock_mono_ns();
    if (!atomic_load(&n->serves))
        return 0;
    if (seen->worker) {
        set_worker(n, seen->worker_is_mine);
        return 0;
    }
    if (!atomic_load(&n->worker) && now < n->try_ns)
        return 0;
    n->try_ns = now + TRY_NS;
    int r = lease_take_worker(n->lease);
    set_worker(n, r == 0);
    return r == -EBUSY ? 0 : r;
}

static int beat(struct nodes *n) {
    struct hub_count *counts = NULL;
    struct look seen;
    size_t k = atomic_load(&n->serves) ? hub_counts(n->hub, &counts) : 0;
    claims_count(n->claims, counts, k);
    int r = change_claims(n);
    if (r == 0)
        r = look_at_all(n, &seen);
    if (r == 0) {
        admit(n, counts, k);
        r = try_worker(n, &seen);
    }
    if (r == 0)
        r = tell_wanted(n);
    free(counts);
    return r;
}

/* The session is gone, and with it all that this node had. */
static int again(struct nodes *n) {
    bool was = atomic_load(&n->seen_ns) > 0;
    atomic_store(&n->seen_ns, 0);
    claims_lost(n->claims);
    if (was)
        log_line(LOG_WARN, "this server's lease in the database was lost; it is taken again", NULL);
    int r = lease_again(n->lease);
    if (r == -EBUSY) {
        r = take_number(n);
        if (r == 0)
            log_fmt(LOG_WARN, "another process has taken this server's node number; it goes on as node %u",
                    atomic_load(&n->node));
    }
    if (r < 0)
        set_worker(n, false);
    return r;
}

static void *beat_main(void *arg) {
    struct nodes *n = arg;
    while (thread_rest(&n->rest, LOOK_NS)) {
        if (beat(n) < 0 && again(n) == 0)
            (void)beat(n); /* at once, because nothing is written before; if it fails, the next one tries again */
        tell_share(n);
        if (clock_mono_ns() >= n->work_ns) {
            n->work_ns = clock_mono_ns() + WORK_NS;
            tell_work(n);
        }
    }
    return NULL;
}

/* ---- the ear ---- */

static void heard(void *ctx, const char *text) {
    const struct nodes *n = ctx;
    int64_t file;
    if (!atomic_load(&n->serves))
        return;
    if (strncmp(text, "file ", 5) == 0) {
        if (str_to_i64(str_of(text + 5), &file) == 0)
            n->events.wanted(n->events.ctx, file);
        return;
    }
    char own[32];
    snprintf(own, sizeof(own), "work %u", atomic_load(&n->node));
    if (strcmp(text, own) != 0)
        tell_work(n);
}

static void *ear_main(void *arg) {
    struct nodes *n = arg;
    while (!atomic_load(&n->ear_ends))
        if (ear_listen(n->ear, EAR_MS, n->ear_wake, heard, n) < 0) {
            struct pollfd p = {.fd = n->ear_wake, .events = POLLIN};
            poll(&p, 1, 1000); /* the server cannot be reached: try again */
        }
    return NULL;
}

/* ---- beginning ---- */

static int start(struct nodes *n) {
    n->ear_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int r = n->ear_wake < 0 ? -errno : thread_start(&n->beat_thread, "hired-nodes", beat_main, n);
    n->beat_started = r == 0;
    if (r == 0)
        r = thread_start(&n->ear_thread, "hired-ear", ear_main, n);
    n->ear_started = n->beat_started && r == 0;
    return r;
}

int nodes_join(struct nodes **ret, const struct db_options *o, unsigned node, struct arena *a, struct str *ret_why) {
    struct nodes *n = mem_alloc(sizeof(*n));
    struct look seen;
    *n = (struct nodes){.first = node, .claims = claims_new(), .ear_wake = -1, .joined_ns = clock_mono_ns()};
    thread_rest_init(&n->rest);
    pthread_mutex_init(&n->lock, NULL);
    int r = lease_new(&n->lease, o, a, ret_why);
    if (r == 0)
        r = ear_new(&n->ear, o, ret_why);
    if (r == 0 && ((r = take_number(n)) < 0 || (r = look_at_all(n, &seen)) < 0))
        *ret_why = r == -EBUSY ? arena_printf(a, "All node numbers from %u to %u are in use by other processes.", node,
                                              LEASE_COMMANDS_FIRST - 1)
                   : r == -EALREADY
                       ? STR("`hired migrate` uses this database. Start the server again when it has ended.")
                       : STR("The database server does not answer.");
    if (r == 0 && (r = start(n)) < 0)
        *ret_why = STR("The threads that keep the lease in the database cannot be started.");
    if (r < 0)
        nodes_free(n);
    else
        *ret = n;
    return r;
}

int nodes_wait(struct nodes *n, const sigset_t *signals) {
    int64_t left;
    while (atomic_load(&n->met) && (left = n->joined_ns + JOIN_NS - clock_mono_ns()) > 0) {
        const struct timespec t = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        int got = sigtimedwait(signals, NULL, &t);
        if (got == SIGTERM || got == SIGINT)
            return -ECANCELED;
    }
    return 0;
}

void nodes_serve(struct nodes *n, struct hub *hub, const struct nodes_events *events) {
    n->hub = hub;
    n->events = *events;
    hub_share(hub, &(struct hub_others){.elsewhere = elsewhere, .changed = changed, .ctx = n});
    atomic_store(&n->serves, true);
    tell_share(n);
    thread_rest_wake(&n->rest);
}

/* ---- what others ask ---- */

int nodes_may_write(void *ctx) {
    return is_fresh(ctx) ? 0 : -EBUSY;
}

static bool is_worker(void *ctx) {
    const struct nodes *n = ctx;
    return atomic_load(&n->worker) && is_fresh(n);
}

struct duty nodes_worker(struct nodes *n) {
    return n ? (struct duty){.mine = is_worker, .ctx = n} : (struct duty){0};
}

static bool begin(void *ctx, int64_t app) {
    struct nodes *n = ctx;
    bool asked = false;
    if (!is_fresh(n))
        return false;
    bool may = claims_begin(n->claims, app, atomic_load(&n->worker), &asked);
    if (asked)
        thread_rest_wake(&n->rest);
    return may;
}

static void keep(void *ctx, int64_t app) {
    claims_keep(((struct nodes *)ctx)->claims, app);
}

static void end(void *ctx, int64_t app) {
    claims_end(((struct nodes *)ctx)->claims, app);
}

struct dispatcher_claims nodes_claims(struct nodes *n) {
    return n ? (struct dispatcher_claims){.begin = begin, .keep = keep, .end = end, .elsewhere = elsewhere, .ctx = n}
             : (struct dispatcher_claims){0};
}

struct nodes_view nodes_look(const struct nodes *n) {
    return (struct nodes_view){.node = atomic_load(&n->node),
                               .nodes = atomic_load(&n->nodes),
                               .worker = is_worker((void *)n),
                               .fresh = is_fresh(n)};
}

/* ---- the end ---- */

void nodes_stop(struct nodes *n) {
    if (!n)
        return;
    if (n->beat_started) {
        thread_rest_end(&n->rest);
        pthread_join(n->beat_thread, NULL);
        n->beat_started = false;
    }
    if (n->ear_started) {
        atomic_store(&n->ear_ends, true);
        (void)eventfd_write(n->ear_wake, 1);
        pthread_join(n->ear_thread, NULL);
        n->ear_started = false;
    }
}

struct nodes *nodes_free(struct nodes *n) {
    if (!n)
        return NULL;
    nodes_stop(n);
    n->ear = ear_free(n->ear);
    n->lease = lease_free(n->lease);
    n->claims = claims_free(n->claims);
    if (n->ear_wake >= 0)
        close(n->ear_wake);
    pthread_mutex_destroy(&n->lock);
    thread_rest_destroy(&n->rest);
    free(n);
    return NULL;
}
