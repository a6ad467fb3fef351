/* SPDX-License-Identifier: Apache-2.0
 *
 * The dispatcher's thread: which deliveries it begins, and its loop.
 */
#include "events/delivery/dispatcher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "events/delivery/internal.h"

#define POLL_MS 250     /* how soon it notices a write of another process */
#define RESCAN_MS 1000  /* while deliveries are in progress */
#define SCAN_REST 10    /* pause after a scan, as a multiple of its duration */
#define FAILING_SHARE 2 /* failing apps get one part of so many of all slots */
#define UPKEEP_NS INT64_C(1000000000)
#define FORGET_EVERY_MS INT64_C(600000)
#define FORGET_BATCH 200
#define TICKET_BATCH 64
#define DAY_MS INT64_C(86400000)

/* How many more deliveries of this app may begin now. */
static unsigned room_of(const struct dispatcher *d, const struct load *load) {
    unsigned most = load->failing ? DISPATCH_PER_FAILING : DISPATCH_PER_APP;
    unsigned room = load->running < most ? most - load->running : 0;
    unsigned places = d->o.parallel - d->busy;

    if (load->failing) {
        unsigned failing = loads_failing(&d->loads), share = d->o.parallel / FAILING_SHARE;
        unsigned left = failing < share ? share - failing : 0;
        room = room < left ? room : left;
    }
    return room < places ? room : places;
}

/* ---- taking on what is due ---- */

static bool on_way(const struct dispatcher *d, int64_t event, int64_t app) {
    for (unsigned i = 0; i < d->o.parallel; i++) {
        const struct slot *s = &d->slots[i];
        if (s->state != SLOT_FREE && s->out.event == event && s->out.app == app)
            return true;
    }
    return false;
}

/* Reads at most `most` due deliveries that are not in progress. DISPATCH_PER_APP rows are enough, because no more
 * than that can be in progress. */
static int due_read(struct dispatcher *d, int64_t app, int64_t now_ms, unsigned most, struct arena *a,
                    struct due *ret) {
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_EVENT_DUE);
    unsigned n = 0;
    int r = 0;

    db_bind_int(&q, 1, app);
    db_bind_int(&q, 2, now_ms);
    db_bind_int(&q, 3, DISPATCH_PER_APP);
    while (n < most && (r = db_row(&q)) == 1) {
        if (on_way(d, db_int(&q, COL_EVENT_DUE_EVENT), app))
            continue;
        ret[n++] = due_of_row(&q, a);
    }
    return r < 0 ? r : (int)n;
}

static void begin(struct dispatcher *d, int64_t app, const struct due_receiver *receiver, const struct due *due) {
    struct buf body BUF_CLEANUP = BUF_EMPTY;
    struct due_receiver own = *receiver, *to = &own;
    struct slot *s = slot_take(d);

    if (!s)
        return;
    s->out = (struct delivery_outcome){
        .tenant = due->tenant,
        .event = due->event,
        .app = app,
        .subject_id = due->subject_id,
        .created_order = str_eq(due->type, api_events[EVENT_ECO_BACKGROUND_CHECK_CREATED_V1].type),
        .attempts = due->attempts,
        .at_ms = clock_now_ms(),
    };
    if (d->o.hooks && disturb_begin(s, due, to))
        return;
    due_write(d, app, to, due, &body);
    if (d->o.hooks)
        disturb_body(s, buf_str(&body));
    if (to->disabled)
        slot_fail(s, "the app is disabled");
    else if (to->connected)
        slot_hand(s, due->event_id, buf_str(&body));
    else
        slot_post(s, to->url.ptr, to->key, buf_str(&body));
}

/* Begins due deliveries of one app, which this process may send. Returns 0, or < 0. */
static int begin_claimed(struct dispatcher *d, int64_t app, int64_t now_ms) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct due due[DISPATCH_PER_APP];
    struct due_receiver to;
    unsigned room = room_of(d, load_of(&d->loads, app));
    int n, r;

    if (room == 0)
        return 0;
    r = due_receiver_read(d, app, &scratch, &to);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    /* If the app has neither a long connection nor a request URL, its events wait, and no attempt is counted. */
    if (!to.disabled && !to.connected && str_is_empty(to.url))
        return 0;
    if (!to.disabled && to.connected) {
        unsigned most = hub_room(d->o.hub, app);
        room = room < most ? room : most;
        if (room == 0)
            return 0;
    }
    n = due_read(d, app, now_ms, room, &scratch, due);
    for (int i = 0; i < n; i++)
        begin(d, app, &to, &due[i]);
    return n < 0 ? n : 0;
}

static int begin_app(struct dispatcher *d, int64_t app, int64_t now_ms) {
    const struct dispatcher_claims *c = &d->o.claims;

    if (!c->begin)
        return begin_claimed(d, app, now_ms);
    if (!c->begin(c->ctx, app))
        return 0;
    int r = begin_claimed(d, app, now_ms);
    c->end(c->ctx, app);
    return r;
}

/* Finds the next app after `after` with waiting deliveries. Returns 1, 0 or < 0. */
static int next_of_all(struct dispatcher *d, int64_t after, int64_t *ret_app, int64_t *ret_next_ms) {
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_EVENT_DUE_APP);
    int r;

    db_bind_int(&q, 1, after);
    r = db_row(&q);
    if (r == 1) {
        *ret_app = db_int(&q, COL_EVENT_DUE_APP_APP);
        *ret_next_ms = db_int(&q, COL_EVENT_DUE_APP_NEXT_MS);
    }
    return r;
}

/* The same, of the apps that have long connections here. */
static int next_connected(struct dispatcher *d, int64_t after, int64_t *ret_app, int64_t *ret_next_ms) {
    int64_t app;
    int r = 0;

    while ((app = hub_next(d->o.hub, after)) != 0) {
        r = next_of_all(d, app - 1, ret_app, ret_next_ms);
        if (r <= 0 || *ret_app == app)
            return r;
        after = app;
    }
    return 0;
}

static int next_app(struct dispatcher *d, int64_t after, int64_t *ret_app, int64_t *ret_next_ms) {
    return duty_is_mine(&d->o.worker) ? next_of_all(d, after, ret_app, ret_next_ms)
                                      : next_connected(d, after, ret_app, ret_next_ms);
}

/* Serves all apps once, beginning after the app that was served last, so that every app gets its turn. */
static void scan(struct dispatcher *d) {
    int64_t now_ms = clock_now_ms(), start = d->cursor, at = start, app = 0, next_ms = 0;
    bool wrapped = false;
    int r = 0;

    d->scan_at_ms = now_ms + RESCAN_MS * 60;
    d->next_due_ms = SETTLE_NEVER;
    while (d->busy < d->o.parallel) {
        r = next_app(d, at, &app, &next_ms);
        if (r < 0)
            break;
        if (r == 0 || (wrapped && app > start)) {
            if (wrapped || start == 0)
                break;
            wrapped = true;
            at = 0;
            continue;
        }
        at = app;
        if (next_ms > now_ms) {
            if (next_ms < d->scan_at_ms)
                d->scan_at_ms = next_ms;
            if (next_ms < d->next_due_ms)
                d->next_due_ms = next_ms;
            continue;
        }
        unsigned busy = d->busy;
        r = begin_app(d, app, now_ms);
        if (r < 0)
            break;
        if (d->busy > busy)
            d->cursor = app;
    }
    if (r < 0)
        log_fmt(LOG_ERROR, "cannot look for events to deliver: %s", strerror(-r));
    if ((r < 0 || d->busy > 0) && d->scan_at_ms > now_ms + RESCAN_MS)
        d->scan_at_ms = now_ms + RESCAN_MS;
}

/* ---- upkeep ---- */

struct tickets {
    int64_t apps[TICKET_BATCH];
    size_t n;
};

static int tickets_push(struct db *db, void *arg) {
    const struct tickets *t = arg;
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct hire h = {.db = db, .arena = &arena, .now_ms = clock_now_ms(), .actor_kind = ACTOR_SYSTEM};
    int r = 0;

    for (size_t i = 0; i < t->n && r >= 0; i++) {
        r = hire_push_app_ticket(&h, t->apps[i]);
        r = r == -ENOENT ? 0 : r; /* the app was deleted meanwhile */
    }
    return r;
}

static bool is_connected(const struct dispatcher *d, int64_t app) {
    const struct dispatcher_claims *c = &d->o.claims;
    return hub_has(d->o.hub, app) || (c->elsewhere && c->elsewhere(c->ctx, app) > 0);
}

/* Store apps get a ticket each hour, if they have a request URL or a long connection. */
static void push_tickets(struct dispatcher *d) {
    struct tickets t = {.n = 0};
    int64_t before = clock_now_ms() - TICKET_EVERY_MS, app = 0;

    while (t.n < TICKET_BATCH) {
        struct db_query q DB_CLEANUP = db_query(d->db, SQL_APP_TICKET_DUE);
        db_bind_int(&q, 1, before);
        db_bind_int(&q, 2, app);
        if (db_row(&q) != 1)
            break;
        app = db_int(&q, COL_APP_TICKET_DUE_ID);
        if (!str_is_empty(db_text(&q, COL_APP_TICKET_DUE_REQUEST_URL)) || is_connected(d, app))
            t.apps[t.n++] = app;
    }
    int r = t.n > 0 ? writer_run(d->o.writer, tickets_push, &t) : 0;
    if (r < 0 && r != -ESHUTDOWN)
        log_fmt(LOG_ERROR, "cannot push app tickets: %s", strerror(-r));
    if (t.n > 0)
        d->scan_at_ms = 0;
}

struct forgetting {
    int64_t before_ms, after;
    int n;
};

static int forget(struct db *db, void *arg) {
    struct forgetting *f = arg;

    f->n = delivery_forget(db, f->before_ms, FORGET_BATCH, &f->after);
    return f->n;
}

static void upkeep(struct dispatcher *d) {
    int64_t now_ns = clock_mono_ns();

    if (now_ns < d->upkeep_ns || !duty_is_mine(&d->o.worker))
        return;
    d->upkeep_ns = now_ns + UPKEEP_NS;
    push_tickets(d);
    if (now_ns < d->forget_ns)
        return;
    struct forgetting f = {.before_ms = clock_now_ms() - (int64_t)d->o.keep_days * DAY_MS, .after = d->forget_after};
    int r = writer_run(d->o.writer, forget, &f);
    if (r < 0 && r != -ESHUTDOWN)
        log_fmt(LOG_ERROR, "cannot delete old events: %s", strerror(-r));
    /* Events are deleted in batches, so that other writes need not wait long. */
    bool over = r < 0 || f.n < FORGET_BATCH;
    d->forget_after = over ? 0 : f.after;
    if (over)
        d->forget_ns = now_ns + FORGET_EVERY_MS * 1000000;
}

/* ---- the thread ---- */

/* Whether a delivery may have come due since the last scan. */
static bool scan_is_due(struct dispatcher *d) {
    if (d->busy == d->o.parallel || clock_mono_ns() < d->scan_not_before_ns)
        return false;
    if (!duty_is_mine(&d->o.worker) && hub_connections_of_all(d->o.hub) == 0)
        return false; /* whatever is due is sent by others */
    int64_t count = db_change_count(d->db);
    bool due = atomic_exchange(&d->woken, false) || count != d->change_count || clock_now_ms() >= d->scan_at_ms;

    d->change_count = count;
    return due;
}

/* A scan runs a query for each app with waiting deliveries. With thousands of such apps it must not run after every
 * commit. */
static void scan_timed(struct dispatcher *d) {
    int64_t begun_ns = clock_mono_ns();

    scan(d);
    int64_t end_ns = clock_mono_ns();
    d->scan_not_before_ns = end_ns + SCAN_REST * (end_ns - begun_ns);
}

/* How long the thread may wait unless it is woken. */
static int wait_ms(struct dispatcher *d) {
    if (!duty_is_mine(&d->o.worker) && hub_connections_of_all(d->o.hub) == 0)
        return POLL_MS;
    /* If it was woken while it had to rest, it waits for the end of the rest. */
    int64_t wait = atomic_load(&d->woken) ? 0 : d->scan_at_ms - clock_now_ms();
    int64_t rest = (d->scan_not_before_ns - clock_mono_ns()) / 1000000 + 1;

    wait = wait < rest ? rest : wait;
    /* With all slots taken, due deliveries wait until a slot is free; that wakes the thread. */
    if (d->busy == d->o.parallel || slots_pending(d) || wait > POLL_MS)
        return POLL_MS;
    return wait < 0 ? 0 : (int)wait;
}

static void *dispatcher_main(void *arg) {
    struct dispatcher *d = arg;

    while (!atomic_load(&d->stop)) {
        int still = 0;
        slots_tend(d);
        if (scan_is_due(d))
            scan_timed(d);
        curl_multi_perform(d->multi, &still);
        slots_collect(d);
        upkeep(d);
        dispatcher_tell_settled(d);
        curl_multi_poll(d->multi, NULL, 0, wait_ms(d), NULL);
    }
    slots_end(d);
    return NULL;
}

void dispatcher_wake(struct dispatcher *d) {
    if (!atomic_exchange(&d->woken, true))
        curl_multi_wakeup(d->multi);
}

static void on_hub_changed(void *ctx) {
    dispatcher_wake(ctx);
}

static void dispatcher_release(struct dispatcher *d) {
    for (unsigned i = 0; i < d->o.parallel; i++)
        slot_free(&d->slots[i]);
    curl_multi_cleanup(d->multi);
    db_close(d->db);
    pthread_mutex_destroy(&d->lock);
    settle_destroy(&d->settle);
    buf_free(&d->results);
    free(d->slots);
    loads_free(&d->loads);
    free(d);
}

int dispatcher_new(struct dispatcher **ret, const struct dispatcher_options *o) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why = STR("");
    struct dispatcher *d = mem_alloc(sizeof(*d));

    curl_global_init(CURL_GLOBAL_DEFAULT);
    d->o = *o;
    pthread_mutex_init(&d->lock, NULL);
    settle_init(&d->settle);
    d->slots = mem_alloc(o->parallel * sizeof(*d->slots));
    for (unsigned i = 0; i < o->parallel; i++)
        d->slots[i].d = d;
    d->multi = curl_multi_init();
    if (d->multi)
        curl_multi_setopt(d->multi, CURLMOPT_MAXCONNECTS, (long)o->parallel);
    hub_on_result(o->hub, slots_on_result, on_hub_changed, d);
    int r = d->multi ? db_open(&d->db, o->db, DB_READ, &scratch, &why) : -ENOMEM;
    if (r == 0)
        r = thread_start(&d->thread, "hired-events", dispatcher_main, d);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot start to deliver events: %s %.*s", strerror(-r), STR_FMT(why));
        dispatcher_release(d);
        return r;
    }
    *ret = d;
    return 0;
}

void dispatcher_stop(struct dispatcher *d) {
    if (!d || atomic_exchange(&d->stop, true))
        return;
    curl_multi_wakeup(d->multi);
    pthread_join(d->thread, NULL);
}

struct dispatcher *dispatcher_free(struct dispatcher *d) {
    if (!d)
        return NULL;
    dispatcher_stop(d);
    dispatcher_release(d);
    return NULL;
}

void dispatcher_write_metrics(struct dispatcher *d, struct buf *out) {
    static const char *const names[OUTCOMES] = {"taken", "failed", "given_up"};

    buf_printf(out, "# TYPE hired_event_deliveries_running gauge\nhired_event_deliveries_running %u\n",
               atomic_load(&d->running));
    buf_add_lit(out, "# TYPE hired_event_attempts_total counter\n");
    for (unsigned i = 0; i < OUTCOMES; i++)
        buf_printf(out, "hired_event_attempts_total{outcome=\"%s\"} %llu\n", names[i],
                   (unsigned long long)atomic_load(&d->outcomes[i]));
}
