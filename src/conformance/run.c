/* SPDX-License-Identifier: Apache-2.0
 *
 * The calls of a run, and how it follows the journal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "conformance/run_internal.h"

#define READ_AT_ONCE "1000"
#define WAIT_MS 500 /* how long one request to the journal waits */

int run_fail(struct run *r, int error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(r->why, sizeof r->why, format, args);
    va_end(args);
    return error;
}

void run_tell(const struct run *r, const char *format, ...) {
    va_list args;
    if (!r->o->progress)
        return;
    va_start(args, format);
    vfprintf(r->o->progress, format, args);
    va_end(args);
    fputc('\n', r->o->progress);
    fflush(r->o->progress);
}

static int call(struct run *r, struct client *c, const char *method, const char *path, json_t *body,
                json_t **ret_data) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int result = -ECANCELED;
    if (r->ending || !r->o->stop || !atomic_load(r->o->stop))
        result = client_call(c, method, path, NULL, body, &a);
    json_decref(body);
    if (result < 0)
        return run_fail(r, result, "%s%s", client_why(c),
                        result == -ECONNREFUSED ? "; is hired serve --test running there?" : "");
    r->code = a.code;
    if (a.code != 0)
        return run_fail(r, -EPROTO, "%s", client_refusal(c, &a));
    if (ret_data)
        *ret_data = json_incref(a.data);
    return 0;
}

int run_test(struct run *r, const char *method, const char *path, json_t *body, json_t **ret_data) {
    return call(r, r->test, method, path, body, ret_data);
}

int run_console(struct run *r, const char *method, const char *path, json_t *body, json_t **ret_data) {
    return call(r, r->console, method, path, body, ret_data);
}

/* ---- the journal ---- */

/* Reads what is new, and waits so long if nothing is. *ret_ours: how many entries are the story's. */
static int follow(struct run *r, unsigned wait_ms, size_t *ret_ours) {
    char path[200];
    json_t *data = NULL, *entry;
    size_t i;

    snprintf(path, sizeof path, "/test/journal?limit=" READ_AT_ONCE "&after=%lld&timeout_ms=%u", (long long)r->last,
             wait_ms);
    int result = run_test(r, "GET", path, NULL, &data);
    if (result < 0)
        return result;
    if (r->last > 0 && entry_int(data, "dropped") > r->last)
        result = run_fail(
            r, -EOVERFLOW,
            "the server's journal has dropped entries of this run, because others fill it; use a server of its own");
    *ret_ours = 0;
    json_array_foreach(json_object_get(data, "items"), i, entry) {
        *ret_ours += story_add_entry(r->story, entry);
    }
    r->last = entry_int(data, "last");
    json_decref(data);
    return result;
}

int run_wait(struct run *r, run_seen_fn *seen, const void *ctx, bool *ret_seen) {
    int64_t end = clock_mono_ms() + (int64_t)r->o->timeout_s * 1000;
    bool found = seen(r, ctx);
    size_t ours;

    while (!found) {
        int64_t left = end - clock_mono_ms();
        if (left <= 0)
            break;
        int result = follow(r, left < WAIT_MS ? (unsigned)left : WAIT_MS, &ours);
        if (result < 0)
            return result;
        found = ours > 0 && seen(r, ctx);
    }
    if (ret_seen)
        *ret_seen = found;
    return 0;
}

/* Until `quiet_ms` without an entry of the app, or max_ms in all. */
static int read_until(struct run *r, unsigned quiet_ms, unsigned max_ms) {
    int64_t begun = clock_mono_ms(), heard = begun;
    for (;;) {
        int64_t now = clock_mono_ms(), left = heard + quiet_ms - now;
        size_t ours;
        if (left <= 0 || now - begun >= max_ms)
            return 0;
        int result = follow(r, left < WAIT_MS ? (unsigned)left : WAIT_MS, &ours);
        if (result < 0)
            return result;
        if (ours > 0 && quiet_ms < max_ms)
            heard = clock_mono_ms();
    }
}

int run_settle(struct run *r, unsigned quiet_ms) {
    return read_until(r, quiet_ms, quiet_ms * 10);
}

int run_watch(struct run *r, unsigned ms) {
    return read_until(r, ms, ms);
}

/* ---- the ends of checks ---- */

static bool has_ended(const struct story *s, const struct story_order *o) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct write *w;
    size_t n = story_writes(s, o, &scratch, &w);
    for (size_t i = 0; i < n; i++)
        if (w[i].kind != WRITE_PROGRESS && w[i].effective)
            return true;
    return false;
}

static bool all_ended(const struct run *r, const void *ctx) {
    size_t n = *(const size_t *)ctx;
    const struct story *s = r->story;
    for (size_t i = s->n_orders - n; i < s->n_orders; i++)
        if (!has_ended(s, &s->orders[i]))
            return false;
    return true;
}

int run_wait_ends(struct run *r, size_t n) {
    int result = run_wait(r, all_ended, &n, NULL);
    return result < 0 ? result : run_settle(r, 300);
}

/* ---- the whole ---- */

bool run_plays_it(const struct run *r, enum play play) {
    if (!(r->o->plays & PLAY_BIT(play)))
        return false;
    r->story->played |= PLAY_BIT(play);
    return true;
}

/* Whether the vendor has written anything about the plain checks: if not, more checks would tell nothing more. */
static bool does_nothing(const struct story *s) {
    size_t checks = 0, writes = 0;
    for (size_t i = 0; i < s->n_orders; i++) {
        struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
        struct write *w;
        if (s->orders[i].play != PLAY_PLAIN)
            continue;
        checks++;
        writes += story_writes(s, &s->orders[i], &scratch, &w);
    }
    return checks > 0 && writes == 0;
}

static int play(struct run *r) {
    int result = play_bind(r);
    if (result == 0)
        result = play_all_ways(r);
    if (result == 0 && does_nothing(r->story)) {
        run_tell(r, "the vendor wrote nothing about its checks; the other plays are left out");
        return 0;
    }
    if (result == 0)
        result = play_faults(r);
    if (result == 0)
        result = play_customer(r);
    return result < 0 ? result : act_get_files(r);
}

int run_plays(const struct run_options *o, struct story **ret, char *why, size_t why_size) {
    struct run r = {.o = o, .story = story_new(o->app_id)};
    r.story->waited_s = o->timeout_s;
    int result = act_begin(&r);
    if (result == 0)
        result = play(&r);
    snprintf(why, why_size, "%s", r.why);
    act_end(&r);
    if (result < 0)
        r.story = story_free(r.story);
    *ret = r.story;
    return result;
}
