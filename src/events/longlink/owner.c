/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads whether apps may still have their long connections. A session may be closed meanwhile, so it is named by
 * number.
 */
#include <errno.h>
#include <stdlib.h>

#include "events/longlink/internal.h"

struct reading {
    struct longlink_loop *home;
    owners_done done;
    void *arg;
    size_t n;
    struct owner *owners;
};

static void run(void *arg, struct db *db) {
    struct reading *r = arg;
    const struct longlink_options *o = &r->home->ll->o;
    for (size_t i = 0; i < r->n; i++) {
        struct owner *w = &r->owners[i];
        w->result = o->look(o->ctx, db, w->app, str_of(w->address), &w->mark);
    }
}

static void done(void *arg, int error) {
    struct reading *r = arg;
    r->done(r->home, r->owners, r->n, r->arg, error);
    free(r->owners);
    free(r);
}

void owners_read(struct longlink_loop *home, int64_t key, struct owner *owners, size_t n, owners_done fn, void *arg) {
    const struct longlink_options *o = &home->ll->o;
    struct reading *r = mem_alloc(sizeof(*r));
    *r = (struct reading){.home = home, .done = fn, .arg = arg, .n = n, .owners = owners};
    const struct longlink_read read = {run, done, r};
    o->read(o->ctx, home->loop, key, &read);
}
