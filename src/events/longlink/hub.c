/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of long connections.
 */
#include "events/longlink/hub.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/invariant.h"

struct hub_app {
    int64_t app;
    unsigned n;
    struct hub_member *first; /* the connection that gets the next event */
    struct hub_app *next;
};

struct hub {
    pthread_mutex_t lock; /* protects apps and last_id */
    struct hub_app *apps; /* apps that have connections */
    uint64_t last_id;
    hub_result_fn result;
    void (*changed)(void *ctx);
    void *ctx;
    void (*deliver)(struct http_loop *l, struct hub_message *m);
    void *deliver_ctx;
    struct hub_others others; /* elsewhere is NULL: this register is the only one */
};

struct hub *hub_new(void) {
    struct hub *h = mem_alloc(sizeof(*h));

    pthread_mutex_init(&h->lock, NULL);
    return h;
}

struct hub *hub_free(struct hub *h) {
    if (!h)
        return NULL;
    while (h->apps) {
        struct hub_app *next = h->apps->next;
        free(h->apps);
        h->apps = next;
    }
    pthread_mutex_destroy(&h->lock);
    free(h);
    return NULL;
}

void hub_on_result(struct hub *h, hub_result_fn result, void (*changed)(void *ctx), void *ctx) {
    h->result = result;
    h->changed = changed;
    h->ctx = ctx;
}

void hub_on_deliver(struct hub *h, void (*deliver)(struct http_loop *l, struct hub_message *m), void *ctx) {
    h->deliver = deliver;
    h->deliver_ctx = ctx;
}

/* Called with the lock held. */
static struct hub_app **find_app(struct hub *h, int64_t app) {
    struct hub_app **at = &h->apps;

    while (*at && (*at)->app != app)
        at = &(*at)->next;
    return at;
}

unsigned hub_connections(struct hub *h, int64_t app) {
    pthread_mutex_lock(&h->lock);
    struct hub_app *a = *find_app(h, app);
    unsigned n = a ? a->n : 0;
    pthread_mutex_unlock(&h->lock);
    return n;
}

unsigned hub_connections_of_all(struct hub *h) {
    unsigned n = 0;

    pthread_mutex_lock(&h->lock);
    for (const struct hub_app *a = h->apps; a; a = a->next)
        n += a->n;
    pthread_mutex_unlock(&h->lock);
    return n;
}

bool hub_has(struct hub *h, int64_t app) {
    return hub_connections(h, app) > 0;
}

int64_t hub_next(struct hub *h, int64_t after) {
    int64_t next = 0;

    pthread_mutex_lock(&h->lock);
    for (const struct hub_app *a = h->apps; a; a = a->next)
        if (a->app > after && (next == 0 || a->app < next))
            next = a->app;
    pthread_mutex_unlock(&h->lock);
    return next;
}

bool hub_full(struct hub *h, int64_t app) {
    unsigned elsewhere = h->others.elsewhere ? h->others.elsewhere(h->others.ctx, app) : 0;
    return hub_connections(h, app) + elsewhere >= HUB_CONNECTIONS_MAX;
}

static void tell_others(struct hub *h) {
    if (h->others.changed)
        h->others.changed(h->others.ctx);
}

int hub_join(struct hub *h, struct hub_member *m) {
    int r = 0;

    pthread_mutex_lock(&h->lock);
    struct hub_app **at = find_app(h, m->app);
    if (!*at) {
        *at = mem_alloc(sizeof(**at));
        (*at)->app = m->app;
    }
    if ((*at)->n >= HUB_CONNECTIONS_MAX) {
        r = -EMFILE;
    } else {
        m->id = ++h->last_id;
        m->admission = h->others.elsewhere ? HUB_WAITS : HUB_ADMITTED;
        m->next = (*at)->first;
        (*at)->first = m;
        (*at)->n++;
    }
    pthread_mutex_unlock(&h->lock);
    /* For every connection, not only the first: the others may be silent, and events may wait for one that answers. */
    if (r == 0 && h->changed)
        h->changed(h->ctx);
    tell_others(h);
    return r;
}

void hub_leave(struct hub *h, struct hub_member *m) {
    pthread_mutex_lock(&h->lock);
    struct hub_app **at = find_app(h, m->app), *a = *at;
    struct hub_member **link = a ? &a->first : NULL;
    while (link && *link && *link != m)
        link = &(*link)->next;
    if (INVARIANT(link && *link)) {
        *link = m->next;
        a->n--;
        if (a->n == 0) {
            *at = a->next;
            free(a);
        }
    }
    pthread_mutex_unlock(&h->lock);
    tell_others(h);
}

void hub_heard(struct hub *h, struct hub_member *m) {
    bool back = false;

    pthread_mutex_lock(&h->lock);
    if (m->missed && !m->heard)
        m->heard = back = true;
    pthread_mutex_unlock(&h->lock);
    if (back && h->changed)
        h->changed(h->ctx);
}

/* Whether the connection may get an event now, regardless of others. */
static bool may_get(const struct hub_member *m) {
    return m->admission == HUB_ADMITTED && (!m->missed || (m->heard && m->unanswered == 0));
}

static bool is_better(const struct hub_member *m, const struct hub_member *than) {
    if ((m->admission == HUB_ADMITTED) != (than->admission == HUB_ADMITTED))
        return m->admission == HUB_ADMITTED;
    if (may_get(m) != may_get(than))
        return may_get(m);
    return m->unanswered < than->unanswered;
}

/* Returns the connection whose turn it is and puts it at the end. Called with the lock held. */
static struct hub_member *take_turn(struct hub_app *a) {
    struct hub_member **best = &a->first;

    for (struct hub_member **at = &a->first->next; *at; at = &(*at)->next)
        if (is_better(*at, *best))
            best = at;
    struct hub_member *m = *best, **end = &a->first;
    *best = m->next;
    while (*end)
        end = &(*end)->next;
    *end = m;
    m->next = NULL;
    return m;
}

static struct hub_member *find_member(struct hub *h, int64_t app, uint64_t id) {
    struct hub_app *a = *find_app(h, app);
    struct hub_member *m = a ? a->first : NULL;

    while (m && m->id != id)
        m = m->next;
    return m;
}

unsigned hub_room(struct hub *h, int64_t app) {
    unsigned unanswered = 0;
    bool one_answers = false, one_is_admitted = false;

    pthread_mutex_lock(&h->lock);
    struct hub_app *a = *find_app(h, app);
    for (const struct hub_member *m = a ? a->first : NULL; m; m = m->next) {
        unanswered += m->unanswered;
        one_answers = one_answers || (m->admission == HUB_ADMITTED && !m->missed);
        one_is_admitted = one_is_admitted || m->admission == HUB_ADMITTED;
    }
    pthread_mutex_unlock(&h->lock);
    if (one_answers)
        return UINT_MAX;
    return one_is_admitted && unanswered < HUB_SILENT_MAX ? HUB_SILENT_MAX - unanswered : 0;
}

void hub_end(struct hub *h, int64_t app, uint64_t member, bool answered) {
    pthread_mutex_lock(&h->lock);
    struct hub_member *m = find_member(h, app, member);
    if (m && INVARIANT(m->unanswered > 0)) {
        m->unanswered--;
        m->missed = !answered;
        m->heard = false;
    }
    pthread_mutex_unlock(&h->lock);
}

bool hub_has_other(struct hub *h, int64_t app, uint64_t member) {
    bool has = false;

    pthread_mutex_lock(&h->lock);
    struct hub_app *a = *find_app(h, app);
    for (const struct hub_member *m = a ? a->first : NULL; m && !has; m = m->next)
        has = m->id != member && may_get(m);
    pthread_mutex_unlock(&h->lock);
    return has;
}

static void on_loop(struct http_loop *l, void *arg) {
    struct hub_message *m = arg;

    m->deliver(l, m);
}

int hub_send(struct hub *h, int64_t app, struct str message_id, struct str body, uint64_t token, bool breaks,
             uint64_t *ret_member) {
    struct hub_message *m = mem_alloc(sizeof(*m) + message_id.len + body.len);
    char *text = (char *)(m + 1);
    int r = -ENOTCONN;

    memcpy(text, message_id.ptr, message_id.len);
    memcpy(text + message_id.len, body.ptr, body.len);
    *m = (struct hub_message){.token = token,
                              .breaks = breaks,
                              .message_id = {text, message_id.len},
                              .body = {text + message_id.len, body.len},
                              .ctx = h->deliver_ctx,
                              .deliver = h->deliver};
    pthread_mutex_lock(&h->lock);
    struct hub_app *a = *find_app(h, app);
    if (a && INVARIANT(a->first)) {
        struct hub_member *to = take_turn(a);
        m->member = *ret_member = to->id;
        /* The lock is held, so the loop cannot end: a connection of it is still registered. */
        r = to->admission != HUB_ADMITTED || http_loop_post(to->loop, on_loop, m) < 0 ? -ENOTCONN : 0;
        if (r == 0)
            to->unanswered++;
    }
    pthread_mutex_unlock(&h->lock);
    if (r < 0)
        free(m);
    return r;
}

void hub_result(struct hub *h, uint64_t token, int status, struct str answer, const char *error) {
    if (h->result)
        h->result(h->ctx, token, status, answer, error);
}

/* ---- several processes ---- */

void hub_share(struct hub *h, const struct hub_others *others) {
    h->others = *others;
}

bool hub_refused(struct hub *h, const struct hub_member *m) {
    pthread_mutex_lock(&h->lock);
    bool refused = m->admission == HUB_REFUSED;
    pthread_mutex_unlock(&h->lock);
    return refused;
}

size_t hub_counts(struct hub *h, struct hub_count **ret) {
    size_t n = 0, i = 0;

    pthread_mutex_lock(&h->lock);
    for (const struct hub_app *a = h->apps; a; a = a->next)
        n++;
    struct hub_count *counts = n > 0 ? mem_alloc(n * sizeof(*counts)) : NULL;
    for (const struct hub_app *a = h->apps; a; a = a->next, i++) {
        counts[i] = (struct hub_count){.app = a->app, .connections = a->n, .until = h->last_id};
        for (const struct hub_member *m = a->first; m; m = m->next) {
            counts[i].waits = counts[i].waits || m->admission == HUB_WAITS;
            counts[i].answers = counts[i].answers || !m->missed || m->heard;
        }
    }
    pthread_mutex_unlock(&h->lock);
    *ret = counts;
    return n;
}

/* The newest connection of those that were counted and wait. Called with the lock held. */
static struct hub_member *newest_waiting(const struct hub_app *a, uint64_t until) {
    struct hub_member *newest = NULL;
    for (struct hub_member *m = a ? a->first : NULL; m; m = m->next)
        if (m->admission == HUB_WAITS && m->id <= until && (!newest || m->id > newest->id))
            newest = m;
    return newest;
}

void hub_admit(struct hub *h, const struct hub_count *counted, unsigned refuse) {
    struct hub_member *m;
    bool any = false;

    pthread_mutex_lock(&h->lock);
    const struct hub_app *a = *find_app(h, counted->app);
    while ((m = newest_waiting(a, counted->until)) != NULL) {
        m->admission = refuse > 0 ? HUB_REFUSED : HUB_ADMITTED;
        any = any || refuse == 0;
        refuse -= refuse > 0;
    }
    pthread_mutex_unlock(&h->lock);
    if (any && h->changed)
        h->changed(h->ctx);
}
