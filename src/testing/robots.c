/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of the robots in a server's process.
 */
#include "testing/robots.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"

#define READY_MS 10000
#define GONE_NS INT64_C(3000000000)
#define LOOK_NS 2000000

/* A robot, and what it uses. Freed by whoever gives up the last reference. */
struct entry {
    unsigned refs; /* guarded by the register's lock */
    char id[ROBOT_ID_MAX];
    int64_t tenant, app;
    int64_t gone_ns; /* since when its app has no long connection; 0: it has one, or needs none. The register's lock */
    struct str tenant_key, app_id;
    struct arena arena;
    struct scenarios scenarios;
    struct str scenario;
    struct robot *robot;
};

struct robots {
    const char *base_url;
    bool (*connected)(void *ctx, int64_t app);
    void *ctx;
    pthread_mutex_t lock;
    struct entry *v[ROBOTS_MAX];
    size_t n;
    size_t customers; /* of them */
    uint64_t made, past_deeds;
    bool ended;
};

struct robots *robots_new(const char *base_url, bool (*connected)(void *ctx, int64_t app), void *ctx) {
    struct robots *all = mem_alloc(sizeof *all);
    *all = (struct robots){.base_url = base_url, .connected = connected, .ctx = ctx};
    pthread_mutex_init(&all->lock, NULL);
    return all;
}

/* Without the lock. */
static void give_up(struct robots *all, struct entry *e) {
    pthread_mutex_lock(&all->lock);
    bool last = --e->refs == 0;
    if (last)
        all->past_deeds += e->robot ? robot_deeds(e->robot) : 0;
    pthread_mutex_unlock(&all->lock);
    if (!last)
        return;
    robot_free(e->robot);
    arena_free(&e->arena);
    free(e);
}

/* With the lock; the register's reference goes to the caller. */
static void take_out(struct robots *all, size_t i) {
    struct robot_state s;
    robot_look(all->v[i]->robot, &s);
    all->customers -= s.kind == ROBOT_CUSTOMER;
    all->v[i] = all->v[--all->n];
}

void robots_end(struct robots *all) {
    struct entry *v[ROBOTS_MAX];
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    size_t n = all->n;
    memcpy(v, all->v, n * sizeof *v);
    all->n = all->customers = 0;
    all->ended = true;
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < n; i++)
        robot_stop(v[i]->robot); /* all of them first, so that they end together */
    for (size_t i = 0; i < n; i++)
        give_up(all, v[i]);
}

struct robots *robots_free(struct robots *all) {
    if (!all)
        return NULL;
    robots_end(all);
    pthread_mutex_destroy(&all->lock);
    free(all);
    return NULL;
}

/* ---- starting ---- */

static int64_t now(void *ctx) {
    return clock_now_ms();
}

static void on_tell(void *ctx, const char *text) {
    const struct entry *e = ctx;
    log_line(LOG_DEBUG, "robot", "robot", e->id, "did", text, NULL);
}

/* Registers it with a reference of the caller's. Returns 0, -EUSERS or -ESHUTDOWN. */
static int enter(struct robots *all, struct entry *e, enum robot_kind kind) {
    int r = 0;
    pthread_mutex_lock(&all->lock);
    if (all->ended)
        r = -ESHUTDOWN;
    else if (all->n >= ROBOTS_MAX)
        r = -EUSERS;
    else {
        e->refs++;
        all->v[all->n++] = e;
        all->customers += kind == ROBOT_CUSTOMER;
    }
    pthread_mutex_unlock(&all->lock);
    return r;
}

/* Removes it if it is still there. */
static void leave(struct robots *all, struct entry *e) {
    bool there = false;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n && !there; i++) {
        there = all->v[i] == e;
        if (there)
            take_out(all, i);
    }
    pthread_mutex_unlock(&all->lock);
    if (there)
        give_up(all, e);
}

static struct entry *make_entry(struct robots *all, const struct robot_request *request) {
    struct entry *e = mem_alloc(sizeof *e);
    *e = (struct entry){.refs = 1, .tenant = request->tenant, .app = request->app};
    e->tenant_key = arena_dup(&e->arena, request->tenant_key);
    e->app_id = arena_dup(&e->arena, request->app_id);
    e->scenario = request->o.scenario ? arena_dup(&e->arena, str_of(request->o.scenario)) : STR_ABSENT;
    pthread_mutex_lock(&all->lock);
    snprintf(e->id, sizeof e->id, "robot-%llu", (unsigned long long)++all->made);
    pthread_mutex_unlock(&all->lock);
    return e;
}

static int read_scenarios(struct entry *e, const struct robot_request *request, struct scenario_findings *findings) {
    enum scenario_kind kind = request->o.kind == ROBOT_VENDOR ? SCENARIOS_OF_VENDOR : SCENARIOS_OF_CUSTOMER;
    struct str text = str_is_absent(request->scenarios) ? STR("{}") : arena_dup(&e->arena, request->scenarios);
    return scenarios_read(&e->scenarios, kind, text, &e->arena, findings);
}

static int start(struct robots *all, struct entry *e, const struct robot_request *request, struct buf *ret_why) {
    struct robot_options o = request->o;
    o.base_url = all->base_url;
    o.keep_host = true;
    o.scenarios = &e->scenarios;
    o.clock = (struct robot_clock){.now_ms = now, .stamps = true};
    o.tell = on_tell;
    o.ctx = e;
    int r = robot_new(&e->robot, &o, ret_why);
    if (r < 0)
        return r == -EINVAL ? -EPROTO : r; /* -EINVAL is about scenarios */
    r = enter(all, e, o.kind);
    if (r < 0)
        return r;
    r = robot_await(e->robot, READY_MS, ret_why);
    if (r < 0)
        leave(all, e);
    return r;
}

int robots_add(struct robots *all, const struct robot_request *request, struct arena *a, char ret_id[ROBOT_ID_MAX],
               struct scenario_findings *findings, struct buf *ret_why) {
    struct entry *e = make_entry(all, request);
    int r = read_scenarios(e, request, findings);
    for (size_t i = 0; r < 0 && i < findings->n && i < SCENARIO_FINDINGS_MAX; i++) {
        findings->v[i].path = arena_dup(a, findings->v[i].path);
        findings->v[i].reason = arena_dup(a, findings->v[i].reason);
    }
    if (r == 0)
        r = start(all, e, request, ret_why);
    memcpy(ret_id, e->id, ROBOT_ID_MAX);
    give_up(all, e);
    return r;
}

/* ---- looking ---- */

size_t robots_take(struct robots *all, int64_t tenant, struct str id, bool remove, struct arena *a,
                   struct robot_view **ret) {
    struct entry *gone[ROBOTS_MAX];
    size_t n = 0, n_gone = 0;
    *ret = arena_array(a, struct robot_view, ROBOTS_MAX);
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++) {
        struct entry *e = all->v[i];
        if ((tenant != 0 && e->tenant != tenant) || (!str_is_absent(id) && !str_eq(id, str_of(e->id))))
            continue;
        struct robot_view *view = &(*ret)[n++];
        *view = (struct robot_view){.id = arena_dup(a, str_of(e->id)),
                                    .tenant_key = arena_dup(a, e->tenant_key),
                                    .app_id = arena_dup(a, e->app_id),
                                    .scenario = arena_dup(a, e->scenario)};
        robot_look(e->robot, &view->state);
        if (remove) {
            take_out(all, i--);
            gone[n_gone++] = e;
        }
    }
    pthread_mutex_unlock(&all->lock);
    for (size_t i = 0; i < n_gone; i++)
        robot_stop(gone[i]->robot);
    for (size_t i = 0; i < n_gone; i++)
        give_up(all, gone[i]);
    return n;
}

/* ---- the clock ---- */

static size_t hold_all(struct robots *all, struct entry *ret[ROBOTS_MAX]) {
    pthread_mutex_lock(&all->lock);
    size_t n = all->n;
    for (size_t i = 0; i < n; i++) {
        ret[i] = all->v[i];
        ret[i]->refs++;
    }
    pthread_mutex_unlock(&all->lock);
    return n;
}

static unsigned left_ms(int64_t end_ns) {
    int64_t left = (end_ns - clock_mono_ns()) / 1000000;
    return left > 0 ? (unsigned)left : 0;
}

/* Whether the robot is about to be connected again: then events wait for it that are not due before. */
static bool connects(struct robots *all, struct entry *e) {
    struct robot_state s;
    robot_look(e->robot, &s);
    if (s.kind != ROBOT_VENDOR)
        return false;
    bool there = all->connected(all->ctx, e->app);
    int64_t now_ns = clock_mono_ns();
    pthread_mutex_lock(&all->lock);
    e->gone_ns = there ? 0 : e->gone_ns > 0 ? e->gone_ns : now_ns;
    bool soon = !there && now_ns - e->gone_ns < GONE_NS && !all->ended;
    pthread_mutex_unlock(&all->lock);
    return soon;
}

static void await_connection(struct robots *all, struct entry *e, int64_t end_ns) {
    bool waited = false;
    while (connects(all, e) && left_ms(end_ns) > 0) {
        nanosleep(&(struct timespec){0, LOOK_NS}, NULL);
        waited = true;
    }
    pthread_mutex_lock(&all->lock);
    all->past_deeds += waited; /* what waited for it is sent now */
    pthread_mutex_unlock(&all->lock);
}

int robots_settle(struct robots *all, unsigned timeout_ms, int64_t *ret_next_ms) {
    int64_t end_ns = clock_mono_ns() + timeout_ms * INT64_C(1000000);
    struct entry *v[ROBOTS_MAX];
    size_t n = hold_all(all, v);
    int r = 0;
    *ret_next_ms = ROBOT_NEVER;
    for (size_t i = 0; i < n; i++) {
        int64_t next_ms = ROBOT_NEVER;
        await_connection(all, v[i], end_ns);
        if (r == 0)
            r = robot_settle(v[i]->robot, left_ms(end_ns), &next_ms);
        if (next_ms < *ret_next_ms)
            *ret_next_ms = next_ms;
        give_up(all, v[i]);
    }
    return r;
}

uint64_t robots_deeds(struct robots *all) {
    pthread_mutex_lock(&all->lock);
    uint64_t deeds = all->past_deeds;
    for (size_t i = 0; i < all->n; i++)
        deeds += robot_deeds(all->v[i]->robot);
    pthread_mutex_unlock(&all->lock);
    return deeds;
}

void robots_wake(struct robots *all) {
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; i < all->n; i++)
        robot_wake(all->v[i]->robot);
    pthread_mutex_unlock(&all->lock);
}

void robots_notice(struct robots *all) {
    if (!all)
        return;
    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; all->customers > 0 && i < all->n; i++)
        robot_notice(all->v[i]->robot);
    pthread_mutex_unlock(&all->lock);
}
