/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that checks and hashes passwords.
 */
#include "gateway/caller/passwords.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/thread.h"
#include "gateway/caller/account.h"
#include "gateway/caller/attempts.h"

/* Calls that wait, in all and from one address (of IPv6, one /64). Further calls are told to try again. */
#define QUEUE_MAX 256
#define WAITING_MAX 64 /* about ten seconds of work */
#define ADDRESS_MAX 8

struct item {
    struct call *call;
    void (*done)(void *arg);
    void *arg;
};

struct passwords {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool end;
    size_t waiting_max, address_max;
    struct item queue[QUEUE_MAX];
    size_t first, n;
};

static void work(struct call *c) {
    struct call_password *w = c->password;
    int fits = str_is_absent(w->given) ? 1 : account_password_fits(w->given, w->stored);
    w->fits = !str_is_absent(w->given) && fits == 1;
    w->error = fits < 0 ? fits : 0;
    if (str_is_absent(w->fresh) || fits != 1)
        return;
    w->fresh_hash = account_password_hash(w->fresh, c->arena);
    w->error = str_is_absent(w->fresh_hash) ? -ENOMEM : 0;
}

static void *run(void *arg) {
    struct passwords *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->n == 0 && !p->end)
            pthread_cond_wait(&p->more, &p->lock);
        if (p->end)
            break;
        struct item item = p->queue[p->first];
        p->first = (p->first + 1) % QUEUE_MAX;
        p->n--;
        pthread_mutex_unlock(&p->lock);
        work(item.call);
        item.done(item.arg);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

int passwords_new(struct passwords **ret, bool many) {
    struct passwords *p = mem_alloc(sizeof *p);
    p->waiting_max = many ? QUEUE_MAX : WAITING_MAX;
    p->address_max = many ? QUEUE_MAX : ADDRESS_MAX;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    int r = thread_start(&p->thread, "hired-passwords", run, p);
    if (r < 0) {
        pthread_cond_destroy(&p->more);
        pthread_mutex_destroy(&p->lock);
        free(p);
        return r;
    }
    *ret = p;
    return 0;
}

struct passwords *passwords_free(struct passwords *p) {
    if (!p)
        return NULL;
    pthread_mutex_lock(&p->lock);
    p->end = true;
    pthread_cond_signal(&p->more);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->more);
    pthread_mutex_destroy(&p->lock);
    free(p);
    return NULL;
}

/* Called with the lock held. */
static bool has_room(const struct passwords *p, const struct call *call) {
    uint8_t bytes[2][16];
    size_t own = 0;
    struct str network = attempts_network(call->address, bytes[0]);
    for (size_t i = 0; i < p->n; i++)
        own += str_eq(attempts_network(p->queue[(p->first + i) % QUEUE_MAX].call->address, bytes[1]), network);
    return p->n < p->waiting_max && own < p->address_max;
}

int passwords_submit(struct passwords *p, struct call *call, void (*done)(void *arg), void *arg) {
    pthread_mutex_lock(&p->lock);
    bool full = p->end || !has_room(p, call);
    if (!full) {
        p->queue[(p->first + p->n) % QUEUE_MAX] = (struct item){call, done, arg};
        p->n++;
        pthread_cond_signal(&p->more);
    }
    pthread_mutex_unlock(&p->lock);
    return full ? -EBUSY : 0;
}
