/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway as a whole: its settings, its loops with their snapshots, its metrics.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gateway/answer.h"
#include "gateway/answer_cache.h"
#include "gateway/caller/access_changes.h"
#include "gateway/caller/attempts.h"
#include "gateway/internal.h"
#include "gateway/user_cache.h"

#define POOL_THREADS 4     /* threads that write uploads */
#define POOL_PER_CALLER 2  /* of these, for one app or account at once */
#define CHANGE_POLL_MS 200 /* how often a loop checks whether the database has changed */

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

struct gateway *gateway_new(const struct gateway_options *o) {
    struct gateway *g = mem_alloc(sizeof *g);
    g->db_options = o->db;
    g->writer = o->writer;
    g->seal = o->seal;
    g->router = router_new();
    g->limiter = limiter_new();
    g->attempts = attempts_new(&attempts_to_sign_in);
    g->secrets = attempts_new(&attempts_with_secret);
    int r = passwords_new(&g->passwords);
    if (r == 0)
        r = pool_new(&g->pool, POOL_THREADS, POOL_PER_CALLER);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot start a thread: %s", strerror(-r));
        return gateway_free(g);
    }
    g->requests = request_log_new(o->loops);
    g->user_id_scope = api_scope_find(STR("contact:user.employee_id:readonly"));
    g->n_loops = o->loops;
    g->loops = mem_alloc(o->loops * sizeof *g->loops);
    for (unsigned i = 0; i < o->loops; i++)
        g->loops[i].metrics = metrics_new();
    gateway_configure(g, o->settings);
    return g;
}

void gateway_drain(struct gateway *g) {
    atomic_store(&g->draining, true);
}

void gateway_stop(struct gateway *g) {
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
    for (unsigned i = 0; i < g->n_loops; i++)
        metrics_free(g->loops[i].metrics);
    free(g->loops);
    router_free(g->router);
    limiter_free(g->limiter);
    attempts_free(g->attempts);
    attempts_free(g->secrets);
    passwords_free(g->passwords);
    request_log_free(g->requests);
    pool_free(g->pool);
    free(g);
    return NULL;
}

static void on_change_timer(uv_timer_t *timer) {
    struct gateway_loop *gl = timer->data;
    int64_t count = db_change_count(gl->db);
    bool changed = count != gl->change_count;
    watch_tend(gl->watch, gl->db, changed, atomic_load(&gl->g->draining));
    if (!changed)
        return;
    gl->change_count = count;
    user_cache_clear(gl->users);
    watch_look(gl->watch, gl->db);
}

/* Clears the token cache if something has changed that decides who may call. */
static void look_for_changes(struct gateway_loop *gl) {
    int64_t changes;
    if (access_changes(gl->db, &changes) < 0)
        changes = -1;
    if (changes == gl->access_changes && changes >= 0)
        return;
    token_cache_clear(gl->tokens);
    gl->access_changes = changes;
}

/* All requests of a round share one snapshot, so that not each of them has to lock the database. A commit makes the
 * next request take a new snapshot; so a client that has got the answer to its write sees the write. */
void snapshot_take(struct gateway_loop *gl) {
    uint64_t commits = writer_commits(gl->g->writer);
    if (gl->in_snapshot && gl->snapshot_commits == commits)
        return;
    if (gl->in_snapshot)
        db_snapshot_end(gl->db);
    /* If no snapshot could be begun, each statement sees the newest state anyway. */
    gl->in_snapshot = db_snapshot_begin(gl->db) == 0;
    gl->snapshot_commits = commits;
    gl->snapshot_changes = gl->in_snapshot ? db_change_count(gl->db) : -1;
    look_for_changes(gl);
}

static void snapshot_end(struct gateway_loop *gl) {
    if (gl->in_snapshot)
        db_snapshot_end(gl->db);
    gl->in_snapshot = false;
}

static void on_round_end(uv_check_t *check) {
    snapshot_end(check->data);
}

struct str gateway_base_url(struct gateway *g) {
    return gateway_settings_now(g)->base_url;
}

struct attempts *gateway_secrets(struct gateway *g) {
    return g->secrets;
}

int gateway_loop_start(struct gateway *g, struct http_loop *l) {
    struct gateway_loop *gl = &g->loops[http_loop_index(l)];
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    gl->g = g;
    int r = db_open(&gl->db, g->db_options, DB_READ, &scratch, &why);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot open the database for reading: %.*s", STR_FMT(why));
        return r;
    }
    gl->tokens = token_cache_new();
    gl->users = user_cache_new();
    gl->answers = answer_cache_new();
    gl->watch = watch_new();
    log_id_init(&gl->log_ids);
    gl->change_count = db_change_count(gl->db);
    gl->access_changes = -1;
    uv_timer_init(http_loop_uv(l), &gl->change_timer);
    gl->change_timer.data = gl;
    uv_timer_start(&gl->change_timer, on_change_timer, CHANGE_POLL_MS, CHANGE_POLL_MS);
    uv_unref((uv_handle_t *)&gl->change_timer);
    uv_check_init(http_loop_uv(l), &gl->round_end);
    gl->round_end.data = gl;
    uv_check_start(&gl->round_end, on_round_end);
    uv_unref((uv_handle_t *)&gl->round_end);
    return 0;
}

void gateway_loop_stop(struct gateway *g, struct http_loop *l) {
    struct gateway_loop *gl = &g->loops[http_loop_index(l)];
    uv_close((uv_handle_t *)&gl->change_timer, NULL);
    uv_close((uv_handle_t *)&gl->round_end, NULL);
    snapshot_end(gl);
    gl->watch = watch_free(gl->watch);
    gl->tokens = token_cache_free(gl->tokens);
    gl->users = user_cache_free(gl->users);
    gl->answers = answer_cache_free(gl->answers);
    gl->db = db_close(gl->db);
}

struct db *gateway_loop_db(struct gateway *g, struct http_loop *l) {
    return g->loops[http_loop_index(l)].db;
}

/* ---- watching ---- */

#define STALLED_MS 20000 /* a write that is at the disk for so long; a command's transaction may take 15 s */

/* What every request reads, and the secret. */
static bool can_read(struct db *db) {
    int64_t changes;
    if (access_changes(db, &changes) < 0)
        return false;
    struct db_query q DB_CLEANUP = db_query(db, SQL_META_GET);
    db_bind_text(&q, 1, STR("master_secret"));
    return db_row(&q) >= 0;
}

struct str gateway_unready(struct gateway *g, struct http_loop *l) {
    struct writer_stats w;
    if (!can_read(gateway_loop_db(g, l)))
        return STR("the database cannot be read");
    writer_stats(g->writer, &w);
    if (w.running_ms >= STALLED_MS)
        return STR("the disk has not finished a write for more than 20 seconds");
    if (w.error == 0)
        return STR_ABSENT;
    if (w.error == -EIO)
        return STR("the disk has failed");
    struct str reason = answer_busy_reason(w.error);
    return str_is_absent(reason) ? str_of(strerror(-w.error)) : reason;
}

static void write_commit_times(const struct writer_stats *w, struct buf *out) {
    uint64_t below = 0;
    buf_add_lit(out,
                "# HELP hired_commit_seconds Time of a commit with its sync.\n# TYPE hired_commit_seconds histogram\n");
    for (int i = 0; i < WRITER_COMMIT_BUCKETS; i++) {
        below += w->commits[i];
        buf_printf(out, "hired_commit_seconds_bucket{le=\"%g\"} %llu\n", (double)writer_commit_ns[i] / 1e9,
                   (unsigned long long)below);
    }
    below += w->commits[WRITER_COMMIT_BUCKETS];
    buf_printf(out,
               "hired_commit_seconds_bucket{le=\"+Inf\"} %llu\nhired_commit_seconds_sum %.9f\n"
               "hired_commit_seconds_count %llu\n",
               (unsigned long long)below, (double)w->commit_ns / 1e9, (unsigned long long)below);
}

static void write_log_metrics(const struct writer_stats *w, struct buf *out) {
    buf_printf(
        out,
        "# HELP hired_writes_failing 1: the last write failed because of the disk or the log's limit, or the disk "
        "does not finish one.\n"
        "# TYPE hired_writes_failing gauge\nhired_writes_failing %d\n"
        "# HELP hired_log_bytes The part of hired.db-wal in use.\n"
        "# TYPE hired_log_bytes gauge\nhired_log_bytes %llu\n"
        "# HELP hired_log_max_bytes [store] log_max: at this size writes are refused; 0: no limit.\n"
        "# TYPE hired_log_max_bytes gauge\nhired_log_max_bytes %llu\n"
        "# TYPE hired_checkpoints_total counter\nhired_checkpoints_total %llu\n"
        "# HELP hired_checkpoints_failed_total Those that a fault of the disk ended.\n"
        "# TYPE hired_checkpoints_failed_total counter\nhired_checkpoints_failed_total %llu\n",
        w->error != 0 || w->running_ms >= STALLED_MS, (unsigned long long)w->log.bytes, (unsigned long long)w->log_max,
        (unsigned long long)w->log.checkpoints, (unsigned long long)w->log.failed_checkpoints);
}

void gateway_write_metrics(struct gateway *g, struct buf *out) {
    struct metrics **all = mem_alloc(g->n_loops * sizeof *all);
    for (unsigned i = 0; i < g->n_loops; i++)
        all[i] = g->loops[i].metrics;
    metrics_write(all, g->n_loops, out);
    free(all);

    struct writer_stats w;
    writer_stats(g->writer, &w);
    buf_printf(out, "# TYPE hired_write_queue gauge\nhired_write_queue %llu\n", (unsigned long long)w.queued);
    buf_printf(out, "# TYPE hired_writes_total counter\nhired_writes_total %llu\n", (unsigned long long)w.jobs);
    buf_printf(out, "# TYPE hired_failed_commits_total counter\nhired_failed_commits_total %llu\n",
               (unsigned long long)w.failed_commits);
    buf_add_lit(out,
                "# HELP hired_write_group_jobs Writes in one transaction.\n# TYPE hired_write_group_jobs histogram\n");
    uint64_t below = 0;
    for (int i = 0; i < 16; i++) {
        below += w.group_sizes[i];
        buf_printf(out, "hired_write_group_jobs_bucket{le=\"%u\"} %llu\n", 1u << i, (unsigned long long)below);
    }
    buf_printf(out, "hired_write_group_jobs_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)w.groups);
    buf_printf(out, "hired_write_group_jobs_sum %llu\nhired_write_group_jobs_count %llu\n", (unsigned long long)w.jobs,
               (unsigned long long)w.groups);
    write_commit_times(&w, out);
    write_log_metrics(&w, out);
}
