/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of long connections.
 */
#include "events/hub.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct hub_app {
    int64_t app;
    unsigned n;
    struct hub_member *first; /* the next to get an event */
    struct hub_app *next;
};

struct hub {
    pthread_mutex_t lock; /* of apps and last_id */
    struct hub_app *apps; /* those that have connections */
    uint64_t last_id;
    hub_result_fn result;
    void (*changed)(void *ctx);
    void *ctx;
    void (*deliver)(struct http_loop *l, struct hub_message *m);
    void *deliver_ctx;
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

/* The lock is held. */
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

int hub_join(struct hub *h, struct hub_member *m) {
    bool first = false;
    int r = 0;

    pthread_mutex_lock(&h->lock);
    struct hub_app **at = find_app(h, m->app);
    if (!*at) {
        *at = mem_alloc(sizeof(**at));
        (*at)->app = m->app;
        first = true;
    }
    if ((*at)->n >= HUB_CONNECTIONS_MAX) {
        r = -EMFILE;
    } else {
        m->id = ++h->last_id;
        m->next = (*at)->first;
        (*at)->first = m;
        (*at)->n++;
    }
    pthread_mutex_unlock(&h->lock);
    if (first && h->changed)
        h->changed(h->ctx);
    return r;
}

void hub_leave(struct hub *h, struct hub_member *m) {
    pthread_mutex_lock(&h->lock);
    struct hub_app **at = find_app(h, m->app), *a = *at;
    for (struct hub_member **link = a ? &a->first : NULL; link && *link; link = &(*link)->next)
        if (*link == m) {
            *link = m->next;
            a->n--;
            break;
        }
    if (a && a->n == 0) {
        *at = a->next;
        free(a);
    }
    pthread_mutex_unlock(&h->lock);
}

/* Takes the app's next connection and puts it at the end. The lock is held. */
static struct hub_member *take_turn(struct hub_app *a) {
    struct hub_member *m = a->first, **end = &a->first;

    a->first = m->next;
    while (*end)
        end = &(*end)->next;
    *end = m;
    m->next = NULL;
    return m;
}

static void on_loop(struct http_loop *l, void *arg) {
    struct hub_message *m = arg;

    m->deliver(l, m);
}

int hub_send(struct hub *h, int64_t app, struct str message_id, struct str body, uint64_t token) {
    struct hub_message *m = mem_alloc(sizeof(*m) + message_id.len + body.len);
    char *text = (char *)(m + 1);
    int r = -ENOTCONN;

    memcpy(text, message_id.ptr, message_id.len);
    memcpy(text + message_id.len, body.ptr, body.len);
    *m = (struct hub_message){.token = token,
                              .message_id = {text, message_id.len},
                              .body = {text + message_id.len, body.len},
                              .ctx = h->deliver_ctx,
                              .deliver = h->deliver};
    pthread_mutex_lock(&h->lock);
    struct hub_app *a = *find_app(h, app);
    if (a) {
        struct hub_member *to = take_turn(a);
        m->member = to->id;
        /* Under the lock: the loop cannot end while a connection of its is still in the register. */
        r = http_loop_post(to->loop, on_loop, m) < 0 ? -ENOTCONN : 0;
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
