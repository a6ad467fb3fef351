/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway as a whole: what all loops share, and its settings.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gateway/caller/attempts.h"
#include "gateway/internal.h"

#define POOL_THREADS 4    /* threads that write uploads */
#define POOL_PER_CALLER 2 /* of these, for one app or account at once */
#define WAITS 33          /* threads of operations that wait, of which 32 are used at once */

/* The same for files in a database. The threads also read for downloads. Each upload needs memory for a chunk. */
#define REMOTE_THREADS 6
#define REMOTE_PER_CALLER 3
#define REMOTE_UPLOADS 64
#define REMOTE_UPLOADS_OF_CALLER 16

#define READS_WAITING_MAX 1024 /* with a pool of readers */
#define READ_WAIT_MS 5000

/* The longest read of a request from a database in the network. A peer that accepts bytes and does not answer is found
 * out by this alone, and until then it keeps the pool's threads. */
#define REMOTE_READ_MS 10000

/* ---- setting up ---- */

void gateway_configure(struct gateway *g, const struct gateway_settings *settings) {
    struct settings *fresh = mem_alloc(sizeof *fresh);
    fresh->s = *settings;
    fresh->s.base_url = arena_dup(&fresh->arena, settings->base_url);
    for (size_t i = 0; i < settings->n_app_rates; i++)
        fresh->s.app_rates[i].app_id = arena_dup(&fresh->arena, settings->app_rates[i].app_id);
    fresh->older = g->all_settings;
    g->all_settings = fresh;
    atomic_store(&g->settings, fresh);
}

static int start_readers(struct gateway *g, unsigned threads, unsigned queue) {
    queue = queue > 0 ? queue : READS_WAITING_MAX;
    g->readers_db = *g->db_options;
    struct db_options *db = &g->readers_db;
    if (db->engine == DB_POSTGRESQL && (db->read_ms == 0 || db->read_ms > REMOTE_READ_MS))
        db->read_ms = REMOTE_READ_MS;
    const struct readers_options o = {.db = db,
                                      .writer = g->writer,
                                      .threads = threads,
                                      .queue_max = queue,
                                      .key_max = (queue + 3) / 4,
                                      .timeout_ms = READ_WAIT_MS};
    return readers_new(&g->readers, &o);
}

struct gateway *gateway_new(const struct gateway_options *o) {
    struct gateway *g = mem_alloc(sizeof *g);
    g->db_options = o->db;
    g->writer = o->writer;
    g->seal = o->seal;
    g->toolbox = o->toolbox;
    g->hooks = o->hooks;
    g->test_token = o->test_token;
    g->router = router_new(o->toolbox != NULL);
    g->limiter = limiter_new();
    g->attempts = attempts_new(&attempts_to_sign_in);
    g->secrets = attempts_new(&attempts_with_secret);
    g->files = o->files;
    bool remote = o->files && files_are_remote(o->files);
    if (remote)
        g->uploads = quota_new(REMOTE_UPLOADS, REMOTE_UPLOADS_OF_CALLER);
    int r = passwords_new(&g->passwords, o->hooks != NULL);
    if (r == 0)
        r = pool_new(&g->pool, remote ? REMOTE_THREADS : POOL_THREADS, remote ? REMOTE_PER_CALLER : POOL_PER_CALLER);
    if (r == 0 && o->toolbox)
        r = pool_new(&g->waits, WAITS, WAITS - 1);
    if (r < 0)
        log_fmt(LOG_ERROR, "cannot start a thread: %s", strerror(-r));
    if (r == 0 && o->readers > 0)
        r = start_readers(g, o->readers, o->read_queue);
    if (r < 0)
        return gateway_free(g);
    g->requests = request_log_new(o->loops);
    g->user_id_scope = api_scope_find(STR("contact:user.employee_id:readonly"));
    g->n_loops = o->loops;
    g->loops = mem_alloc(o->loops * sizeof *g->loops);
    for (unsigned i = 0; i < o->loops; i++) {
        g->loops[i].metrics = metrics_new();
        g->loops[i].watch = watch_new();
        g->loops[i].seen = mem_alloc((o->readers > 0 ? o->readers : 1) * sizeof *g->loops[i].seen);
    }
    gateway_configure(g, o->settings);
    return g;
}

void gateway_drain(struct gateway *g) {
    atomic_store(&g->draining, true);
}

void gateway_stop(struct gateway *g) {
    g->waits = pool_free(g->waits);        /* first: its operations use the others */
    g->readers = readers_free(g->readers); /* first: they pass calls on to the passwords thread */
    g->passwords = passwords_free(g->passwords);
}

struct gateway *gateway_free(struct gateway *g) {
    if (!g)
        return NULL;
    while (g->all_settings) {
        struct settings *older = g->all_settings->older;
        arena_free(&g->all_settings->arena);
        free(g->all_settings);
        g->all_settings = older;
    }
    pool_free(g->waits);
    readers_free(g->readers); /* before what their jobs use */
    for (unsigned i = 0; i < g->n_loops; i++) {
        metrics_free(g->loops[i].metrics);
        watch_free(g->loops[i].watch);
        free(g->loops[i].seen);
    }
    free(g->loops);
    router_free(g->router);
    limiter_free(g->limiter);
    attempts_free(g->attempts);
    attempts_free(g->secrets);
    passwords_free(g->passwords);
    request_log_free(g->requests);
    pool_free(g->pool);
    quota_free(g->uploads); /* behind the pool, whose last jobs end uploads */
    free(g);
    return NULL;
}

struct pool *gateway_pool(struct gateway *g) {
    return g->pool;
}

struct str gateway_base_url(struct gateway *g) {
    return gateway_settings_now(g)->base_url;
}

void gateway_share_limits(struct gateway *g, struct portion portion) {
    portion_set(&g->portion, portion);
    attempts_share(g->attempts, portion);
    attempts_share(g->secrets, portion);
}

void gateway_name_node(struct gateway *g, unsigned node, unsigned nodes) {
    request_log_set_node(g->requests, (struct request_log_node){node, nodes});
}

struct attempts *gateway_secrets(struct gateway *g) {
    return g->secrets;
}
