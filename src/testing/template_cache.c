/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps templates ready for use.
 */
#include "testing/template_cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "testing/seed_call.h"

struct template_use {
    struct arena arena;
    struct seed seed;
    struct str name, text;
    unsigned held; /* by the cache and by calls; protected by lock */
};

struct template_cache {
    pthread_mutex_t lock;
    pthread_mutex_t making; /* so that a password is hashed once when many tests begin */
    struct template_use *ready[SEED_TEMPLATES_MAX + 1];
    size_t n;
};

struct template_cache *template_cache_new(void) {
    struct template_cache *t = mem_alloc(sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    pthread_mutex_init(&t->making, NULL);
    return t;
}

static void let_go(struct template_use *use) {
    if (--use->held > 0)
        return;
    seed_end(&use->seed);
    arena_free(&use->arena);
    free(use);
}

struct template_cache *template_cache_free(struct template_cache *t) {
    if (!t)
        return NULL;
    for (size_t i = 0; i < t->n; i++)
        let_go(t->ready[i]);
    pthread_mutex_destroy(&t->lock);
    pthread_mutex_destroy(&t->making);
    free(t);
    return NULL;
}

struct looking {
    struct str name, text;
    struct arena *arena;
};

static int look(struct db *db, void *ctx) {
    struct looking *w = ctx;
    return seed_template_get(db, w->name, w->arena, &w->text);
}

struct template_use *template_cache_last(struct template_cache *t, struct str name) {
    struct template_use *found = NULL;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < t->n && !found; i++)
        if (str_eq(t->ready[i]->name, name))
            found = t->ready[i];
    if (found)
        found->held++;
    pthread_mutex_unlock(&t->lock);
    return found;
}

/* The ready template with that text; NULL: none. */
static struct template_use *find(struct template_cache *t, const struct looking *w) {
    struct template_use *found = template_cache_last(t, w->name);
    if (!found || str_eq(found->text, w->text))
        return found;
    template_cache_done(t, found);
    return NULL;
}

int template_use_is_new(const struct template_use *use, struct db *db, struct arena *a) {
    struct str text;
    int r = seed_template_get(db, use->name, a, &text);
    return r < 0 ? r : r == 1 && str_eq(text, use->text);
}

/* Puts a template in the place of an older one with its name, or of the oldest. */
static void keep(struct template_cache *t, struct template_use *use) {
    pthread_mutex_lock(&t->lock);
    size_t at = 0;
    while (at < t->n && !str_eq(t->ready[at]->name, use->name))
        at++;
    if (at == t->n && t->n == SEED_TEMPLATES_MAX + 1)
        at = 0;
    if (at < t->n)
        let_go(t->ready[at]);
    else
        t->n++;
    t->ready[at] = use;
    use->held = 2;
    pthread_mutex_unlock(&t->lock);
}

static int make(struct template_cache *t, struct call *c, const struct looking *w, struct template_use **ret) {
    struct template_use *use = mem_alloc(sizeof *use);
    use->held = 1;
    use->name = arena_dup(&use->arena, w->name);
    use->text = arena_dup(&use->arena, w->text);
    int r = seed_read(&use->seed, use->text, &use->arena);
    if (r == 0 && use->seed.n != 1)
        r = -EBADMSG;
    use->seed.test_mode = true;
    if (r == 0)
        r = seed_prepare(&use->seed);
    if (r == 0) {
        keep(t, use);
        *ret = use;
        return 1;
    }
    if (r == -EINVAL)
        r = seed_fail(c, &use->seed);
    let_go(use);
    return r;
}

int template_cache_use(struct template_cache *t, struct call *c, struct str name, struct template_use **ret) {
    struct looking w = {.name = name, .arena = c->arena};
    int r = seed_read_on_reader(c->toolbox, c->arena, look, &w);

    if (r <= 0)
        return r;
    *ret = find(t, &w);
    if (*ret)
        return 1;
    pthread_mutex_lock(&t->making);
    *ret = find(t, &w);
    r = *ret ? 1 : make(t, c, &w, ret);
    pthread_mutex_unlock(&t->making);
    return r;
}

struct seed_part *template_use_part(struct template_use *use) {
    return &use->seed.parts[0];
}

void template_cache_done(struct template_cache *t, struct template_use *use) {
    pthread_mutex_lock(&t->lock);
    let_go(use);
    pthread_mutex_unlock(&t->lock);
}
