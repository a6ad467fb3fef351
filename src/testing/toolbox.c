/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operations of the test mode share.
 */
#include "testing/toolbox.h"

#include <errno.h>
#include <stdlib.h>

#include "base/thread.h"
#include "testing/faults.h"
#include "testing/journal.h"
#include "testing/robots.h"
#include "testing/snapshot.h"
#include "testing/template_cache.h"

struct toolbox *toolbox_new(const struct toolbox_options *o) {
    struct toolbox *t = mem_alloc(sizeof *t);

    *t = (struct toolbox){.o = *o, .faults = faults_new(), .journal = journal_new()};
    pthread_mutex_init(&t->lock, NULL);
    thread_condition(&t->ends);
    t->snapshots = snapshots_new(o->data);
    t->robots = robots_new(o->url, o->connected, o->ctx);
    t->templates = template_cache_new();
    return t;
}

void toolbox_end(struct toolbox *t) {
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->ended = true;
    pthread_cond_broadcast(&t->ends);
    pthread_mutex_unlock(&t->lock);
    robots_end(t->robots);
}

struct toolbox *toolbox_free(struct toolbox *t) {
    if (!t)
        return NULL;
    t->robots = robots_free(t->robots);
    faults_free(t->faults);
    journal_free(t->journal);
    t->snapshots = snapshots_free(t->snapshots);
    t->templates = template_cache_free(t->templates);
    pthread_cond_destroy(&t->ends);
    pthread_mutex_destroy(&t->lock);
    free(t);
    return NULL;
}

bool toolbox_sleep(struct toolbox *t, unsigned ms) {
    const struct timespec until = thread_deadline(ms * INT64_C(1000000));
    int r = 0;

    pthread_mutex_lock(&t->lock);
    while (!t->ended && r != ETIMEDOUT)
        r = pthread_cond_timedwait(&t->ends, &t->lock, &until);
    bool passed = !t->ended;
    pthread_mutex_unlock(&t->lock);
    return passed;
}
