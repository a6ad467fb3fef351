/* SPDX-License-Identifier: Apache-2.0
 *
 * Which apps' events this node sends.
 */
#include "cli/serve/claims.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/invariant.h"

#define KEEP_NS INT64_C(10000000000)  /* how long an app without events to send is kept */
#define AGAIN_NS INT64_C(900000000)   /* between two attempts to take an app that another node has */
#define SILENT_NS INT64_C(3000000000) /* after an app was left to another node because its clients here are silent */
#define WANTED_NS INT64_C(5000000000) /* how long an app is tried to be taken after it was last asked for */

struct claim {
    int64_t app;
    unsigned here; /* long connections of this node */
    unsigned told; /* the number that other nodes see; 0: none */
    bool answers;  /* one of those here is not silent */
    bool held;
    unsigned running; /* events that are being sent, and uses of claims_begin */
    bool asked;       /* an event waits for it to be taken */
    bool unused;      /* not sent to since it was taken */
    int64_t used_ns, again_ns, taken_ns;
};

struct other {
    uint32_t mark;
    unsigned n;
};

struct claims {
    pthread_mutex_t lock; /* protects all following members */
    struct claim *all;
    size_t n, room;
    struct buf others, new_others; /* of struct other */
};

struct claims *claims_new(void) {
    struct claims *c = mem_alloc(sizeof(*c));
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

struct claims *claims_free(struct claims *c) {
    if (!c)
        return NULL;
    buf_free(&c->others);
    buf_free(&c->new_others);
    pthread_mutex_destroy(&c->lock);
    free(c->all);
    free(c);
    return NULL;
}

/* ---- finding; called with the lock held ---- */

static struct claim *find(const struct claims *c, int64_t app) {
    for (size_t i = 0; i < c->n; i++)
        if (c->all[i].app == app)
            return &c->all[i];
    return NULL;
}

static struct claim *find_or_make(struct claims *c, int64_t app) {
    struct claim *found = find(c, app);
    if (found)
        return found;
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 16;
        struct claim *all = mem_alloc(c->room * sizeof(*all));
        for (size_t i = 0; i < c->n; i++)
            all[i] = c->all[i];
        free(c->all);
        c->all = all;
    }
    c->all[c->n] = (struct claim){.app = app};
    return &c->all[c->n++];
}

static unsigned elsewhere(const struct claims *c, int64_t app) {
    uint32_t mark = lease_mark(app);
    const struct other *others = (const struct other *)(const void *)c->others.ptr;
    unsigned sum = 0;
    for (size_t i = 0; i < c->others.len / sizeof(*others); i++)
        sum += others[i].mark == mark ? others[i].n : 0;
    return sum;
}

/* Whether this node is to send the app's events. */
static bool is_ours(const struct claims *c, int64_t app, unsigned here, bool worker) {
    return here > 0 || (worker && elsewhere(c, app) == 0);
}

/* Whether another node may have a client of the app that answers, and this one has tried its own. */
static bool is_others_turn(const struct claims *c, const struct claim *a) {
    return a->here > 0 && !a->answers && !a->unused && elsewhere(c, a->app) > 0;
}

/* ---- the dispatcher's side ---- */

bool claims_begin(struct claims *c, int64_t app, bool worker, bool *ret_asked) {
    pthread_mutex_lock(&c->lock);
    struct claim *a = find(c, app);
    bool ours = is_ours(c, app, a ? a->here : 0, worker), may = false;
    *ret_asked = false;
    if (ours) {
        a = a ? a : find_or_make(c, app);
        a->used_ns = clock_mono_ns();
        may = a->held && !is_others_turn(c, a);
        a->running += may;
        a->unused = a->unused && !may;
        *ret_asked = a->asked = !a->held;
    }
    pthread_mutex_unlock(&c->lock);
    return may;
}

void claims_keep(struct claims *c, int64_t app) {
    pthread_mutex_lock(&c->lock);
    find_or_make(c, app)->running++;
    pthread_mutex_unlock(&c->lock);
}

void claims_end(struct claims *c, int64_t app) {
    pthread_mutex_lock(&c->lock);
    struct claim *a = find(c, app);
    if (INVARIANT(a && a->running > 0))
        a->running--;
    pthread_mutex_unlock(&c->lock);
}

unsigned claims_elsewhere(struct claims *c, int64_t app) {
    pthread_mutex_lock(&c->lock);
    unsigned n = elsewhere(c, app);
    pthread_mutex_unlock(&c->lock);
    return n;
}

/* ---- the lease's side ---- */

void claims_count(struct claims *c, const struct hub_count *counts, size_t n) {
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n; i++)
        c->all[i].here = 0;
    for (size_t i = 0; i < n; i++) {
        struct claim *a = find_or_make(c, counts[i].app);
        a->here = counts[i].connections;
        a->answers = counts[i].answers;
    }
    pthread_mutex_unlock(&c->lock);
}

/* Changes that are being gathered. */
struct gathered {
    struct lease_change *all;
    size_t n;
};

static void add(struct gathered *g, struct lease_change change) {
    g->all[g->n] = change;
    g->n++;
}

/* The new number first, so that others never see too few. */
static void add_told(struct gathered *g, const struct claim *a) {
    if (a->here == a->told)
        return;
    if (a->here > 0)
        add(g, (struct lease_change){.kind = LEASE_CONNECTIONS, .app = a->app, .n = a->here});
    if (a->told > 0)
        add(g, (struct lease_change){.kind = LEASE_CONNECTIONS, .give_back = true, .app = a->app, .n = a->told});
}

static bool is_to_take(const struct claim *a, int64_t now) {
    return !a->held && now >= a->again_ns && (a->here > 0 || (a->asked && now - a->used_ns < WANTED_NS));
}

/* crowded: others that have no long connections are to be taken, and there is no room. */
static bool is_to_give_back(const struct claim *a, bool ours, bool crowded, int64_t now) {
    bool had_its_turn = !a->unused || now - a->taken_ns >= AGAIN_NS;
    return a->held && a->running == 0 &&
           (!ours || (a->here == 0 && ((crowded && had_its_turn) || now - a->used_ns >= KEEP_NS)));
}

/* How many apps without long connections are held. */
static unsigned webhooks(const struct claims *c) {
    unsigned n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += c->all[i].held && c->all[i].here == 0;
    return n;
}

static void drop_idle(struct claims *c, int64_t now) {
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct claim *a = &c->all[i];
        if (a->here > 0 || a->told > 0 || a->held || a->running > 0 || now - a->used_ns < WANTED_NS)
            c->all[n++] = *a;
    }
    c->n = n;
}

size_t claims_changes(struct claims *c, bool worker, struct lease_change ret[CLAIMS_AT_ONCE]) {
    int64_t now = clock_mono_ns();
    struct gathered g = {.all = ret};
    pthread_mutex_lock(&c->lock);
    drop_idle(c, now);
    unsigned used = webhooks(c), room = used < CLAIMS_WEBHOOKS_MAX ? CLAIMS_WEBHOOKS_MAX - used : 0;
    for (size_t i = 0; i < c->n && g.n + 3 <= CLAIMS_AT_ONCE; i++) {
        struct claim *a = &c->all[i];
        bool ours = is_ours(c, a->app, a->here, worker);
        add_told(&g, a);
        if (ours && is_to_take(a, now) && (a->here > 0 || room > 0)) {
            add(&g, (struct lease_change){.kind = LEASE_APP, .app = a->app});
            a->again_ns = now + AGAIN_NS;
            room -= a->here == 0;
        } else if (is_to_give_back(a, ours, room == 0, now) || (a->held && a->running == 0 && is_others_turn(c, a))) {
            add(&g, (struct lease_change){.kind = LEASE_APP, .give_back = true, .app = a->app});
            a->held = false; /* before anybody else can have it */
            a->again_ns = now + (a->here > 0 ? SILENT_NS : 0);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return g.n;
}

bool claims_changed(struct claims *c, const struct lease_change *changes, size_t n) {
    bool taken = false;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < n; i++) {
        struct claim *a = find_or_make(c, changes[i].app);
        if (changes[i].kind == LEASE_CONNECTIONS && !changes[i].give_back)
            a->told = changes[i].n;
        else if (changes[i].kind == LEASE_CONNECTIONS)
            a->told = a->told == changes[i].n ? 0 : a->told;
        else if (!changes[i].give_back && changes[i].done) {
            a->held = a->unused = taken = true;
            a->asked = false;
            a->taken_ns = clock_mono_ns();
        }
    }
    pthread_mutex_unlock(&c->lock);
    return taken;
}

void claims_lost(struct claims *c) {
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n; i++) {
        c->all[i].told = 0;
        c->all[i].held = false;
        c->all[i].again_ns = 0;
    }
    c->new_others.len = 0;
    pthread_mutex_unlock(&c->lock);
}

void claims_other(struct claims *c, const struct lease_held *held) {
    const struct other o = {.mark = held->mark, .n = held->n};
    buf_add(&c->new_others, &o, sizeof(o)); /* used by this thread only */
}

void claims_others_end(struct claims *c) {
    pthread_mutex_lock(&c->lock);
    struct buf others = c->others;
    c->others = c->new_others;
    c->new_others = others;
    c->new_others.len = 0;
    pthread_mutex_unlock(&c->lock);
}
