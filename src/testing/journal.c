/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal's memory: one list of all entries, and one for each tenant.
 */
#include "testing/journal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/thread.h"
#include "testing/journal_internal.h"

#define BUCKETS 1024

struct link {
    struct node *older, *newer;
};

struct node {
    struct journal_key key;
    struct link all, own; /* own: of its tenant */
    size_t len;
    char json[];
};

struct list {
    struct node *oldest, *newest;
};

struct owner {
    int64_t tenant;
    struct list entries;
    size_t bytes;
    struct owner *next; /* in its bucket */
};

struct journal {
    pthread_mutex_t lock; /* protects all */
    pthread_cond_t added;
    struct list all;
    struct owner *owners[BUCKETS]; /* tenants that have entries */
    size_t bytes;
    int64_t last, dropped;
};

struct journal *journal_new(void) {
    struct journal *j = mem_alloc(sizeof *j);
    pthread_mutex_init(&j->lock, NULL);
    thread_condition(&j->added);
    return j;
}

/* ---- lists; with the lock held ---- */

static size_t size_of(const struct node *n) {
    return sizeof *n + n->len;
}

static struct owner **find_owner(struct journal *j, int64_t tenant) {
    struct owner **at = &j->owners[(uint64_t)tenant * UINT64_C(0x9e3779b97f4a7c15) >> 54];
    while (*at && (*at)->tenant != tenant)
        at = &(*at)->next;
    return at;
}

static void append(struct journal *j, struct node *n) {
    struct owner **at = find_owner(j, n->key.tenant), *o = *at;
    if (!o) {
        o = *at = mem_alloc(sizeof *o);
        o->tenant = n->key.tenant;
    }
    n->all = (struct link){.older = j->all.newest};
    *(j->all.newest ? &j->all.newest->all.newer : &j->all.oldest) = n;
    j->all.newest = n;
    n->own = (struct link){.older = o->entries.newest};
    *(o->entries.newest ? &o->entries.newest->own.newer : &o->entries.oldest) = n;
    o->entries.newest = n;
    o->bytes += size_of(n);
    j->bytes += size_of(n);
}

static void drop(struct journal *j, struct node *n) {
    struct owner **at = find_owner(j, n->key.tenant), *o = *at;
    *(n->all.older ? &n->all.older->all.newer : &j->all.oldest) = n->all.newer;
    *(n->all.newer ? &n->all.newer->all.older : &j->all.newest) = n->all.older;
    *(n->own.older ? &n->own.older->own.newer : &o->entries.oldest) = n->own.newer;
    *(n->own.newer ? &n->own.newer->own.older : &o->entries.newest) = n->own.older;
    o->bytes -= size_of(n);
    j->bytes -= size_of(n);
    free(n);
    if (!o->entries.oldest) {
        *at = o->next;
        free(o);
    }
}

static void make_room(struct journal *j, int64_t tenant) {
    const struct owner *o;
    while ((o = *find_owner(j, tenant)) && (o->bytes > JOURNAL_TENANT_MAX || j->bytes > JOURNAL_MAX)) {
        struct node *n = o->bytes > JOURNAL_TENANT_MAX ? o->entries.oldest : j->all.oldest;
        if (n->key.number > j->dropped)
            j->dropped = n->key.number;
        drop(j, n);
    }
}

struct journal *journal_free(struct journal *j) {
    if (!j)
        return NULL;
    while (j->all.oldest)
        drop(j, j->all.oldest);
    pthread_cond_destroy(&j->added);
    pthread_mutex_destroy(&j->lock);
    free(j);
    return NULL;
}

/* ---- adding and waiting ---- */

void journal_add(struct journal *j, const struct journal_key *key, struct str json) {
    struct node *n = mem_alloc(sizeof *n + json.len);
    n->key = *key;
    n->len = json.len;
    if (json.len > 0)
        memcpy(n->json, json.ptr, json.len);
    pthread_mutex_lock(&j->lock);
    n->key.number = ++j->last;
    n->key.time_ms = clock_now_ms();
    append(j, n);
    make_room(j, key->tenant);
    pthread_cond_broadcast(&j->added);
    pthread_mutex_unlock(&j->lock);
}

void journal_numbers(struct journal *j, int64_t *ret_last, int64_t *ret_dropped) {
    pthread_mutex_lock(&j->lock);
    *ret_last = j->last;
    *ret_dropped = j->dropped;
    pthread_mutex_unlock(&j->lock);
}

void journal_wait(struct journal *j, int64_t last, unsigned timeout_ms) {
    const struct timespec until = thread_deadline(timeout_ms * INT64_C(1000000));
    pthread_mutex_lock(&j->lock);
    for (int r = 0; j->last <= last && r == 0;)
        r = pthread_cond_timedwait(&j->added, &j->lock, &until);
    pthread_mutex_unlock(&j->lock);
}

/* ---- reading ---- */

static bool is_of_tenant(const struct journal_key *k, const struct journal_filter *f) {
    if (!f->of_tenant || k->tenant == f->tenant)
        return true;
    for (size_t i = 0; k->tenant == 0 && i < f->n_apps; i++)
        if (str_eq(f->apps[i], str_of(k->app_id)))
            return true;
    return false;
}

static bool fits(const struct journal_key *k, const struct journal_filter *f) {
    return (f->kind == 0 || k->kind == f->kind) && (str_is_empty(f->name) || str_eq(f->name, str_of(k->name))) &&
           (str_is_empty(f->app_id) || str_eq(f->app_id, str_of(k->app_id))) &&
           (!f->has_code || (k->kind == JOURNAL_CALL && k->code == f->code)) &&
           (!f->has_status || k->status == f->status) && is_of_tenant(k, f);
}

/* The first entry behind a number. Most readers ask for the newest ones. With the lock held. */
static struct node *first_behind(struct journal *j, int64_t after) {
    struct node *n = j->all.newest;
    while (n && n->key.number > after && n->all.older)
        n = n->all.older;
    return n && n->key.number <= after ? n->all.newer : n;
}

size_t journal_read(struct journal *j, const struct journal_filter *f, int64_t after, size_t max, struct arena *a,
                    struct journal_entry **ret, int64_t *ret_last) {
    size_t n = 0;
    *ret = arena_array(a, struct journal_entry, max);
    *ret_last = after;
    pthread_mutex_lock(&j->lock);
    for (const struct node *e = first_behind(j, after); e && n < max; e = e->all.newer) {
        *ret_last = e->key.number;
        if (fits(&e->key, f))
            (*ret)[n++] = (struct journal_entry){e->key, arena_dup(a, (struct str){e->json, e->len})};
    }
    pthread_mutex_unlock(&j->lock);
    return n;
}

size_t journal_clear(struct journal *j, const struct journal_filter *f) {
    size_t n = 0;
    pthread_mutex_lock(&j->lock);
    for (struct node *e = j->all.oldest, *next; e; e = next) {
        next = e->all.newer;
        if (!fits(&e->key, f))
            continue;
        drop(j, e);
        n++;
    }
    pthread_mutex_unlock(&j->lock);
    return n;
}
