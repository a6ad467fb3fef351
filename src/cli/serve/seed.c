/* SPDX-License-Identifier: Apache-2.0
 *
 * hired serve --test --seed FILE: makes what the seed describes before the first request.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/seed.h"
#include "cli/serve/serving.h"

struct seeding {
    struct seed seed;
    struct seed_outcome *out;
    const struct seal *seal;
};

static int apply(struct db *db, void *arg) {
    struct seeding *w = arg;
    return seed_apply(&w->seed, db, w->seal, w->out);
}

static int make(struct serving *s, struct seeding *w) {
    const char *file = s->config.seed;
    int r = seed_file_read(&w->seed, "serve", file, &s->arena);
    if (r < 0)
        return r;
    r = seed_prepare(&w->seed);
    if (r == 0)
        r = writer_run(s->writer, apply, w);
    if (w->seed.findings.n > 0) {
        seed_file_tell(&w->seed, file);
        fprintf(stderr, "hired serve: nothing was made of %s, and nothing is served\n", file);
    } else if (r < 0) {
        fprintf(stderr, "hired serve: nothing was made of %s: %s\n", file,
                seed_file_reason(r) ? seed_file_reason(r) : strerror(-r));
    }
    return r;
}

int serve_seed(struct serving *s) {
    if (!s->config.seed)
        return 0;
    if (!s->config.test) {
        fprintf(stderr, "hired serve: --seed is for the test mode: add --test, or make it with `hired seed %s`\n",
                s->config.seed);
        return -EINVAL;
    }
    struct seeding w = {.seal = s->seal, .out = arena_new(&s->arena, struct seed_outcome)};
    int r = make(s, &w);
    if (r == 0)
        seed_file_outcome(w.out, s->config.seed, stdout);
    seed_end(&w.seed);
    return r;
}
