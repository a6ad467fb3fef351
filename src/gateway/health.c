/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the server can serve, and its metrics.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gateway/answer.h"
#include "gateway/caller/access_changes.h"
#include "gateway/internal.h"

#define SLOW_MS 3000     /* a read that has not come back for so long */
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

static void run_probe(struct read_job *job, struct reader *rd) {
    struct gateway *g = (struct gateway *)(void *)((char *)job - offsetof(struct gateway, probe));
    atomic_store(&g->health, can_read(rd->db) ? HEALTH_OK : HEALTH_UNREADABLE);
}

static void probe_done(struct read_job *job, int error) {
    struct gateway *g = (struct gateway *)(void *)((char *)job - offsetof(struct gateway, probe));
    if (error == -ESHUTDOWN)
        return;
    g->probing = false;
    atomic_store(&g->probed_ns, 0);
    if (error < 0)
        atomic_store(&g->health, HEALTH_SLOW);
}

void health_probe(struct gateway *g) {
    if (g->probing)
        return;
    g->probing = true;
    atomic_store(&g->probed_ns, clock_mono_ns());
    g->probe = (struct read_job){.run = run_probe, .done = probe_done};
    gateway_read(g, g->loops[0].loop, &g->probe);
}

/* Without a pool the loop tries it at once. With one, /readyz must not wait for a database that does not answer. */
static enum gateway_health health_of_reads(struct gateway *g, struct http_loop *l) {
    if (!g->readers)
        return can_read(g->loops[http_loop_index(l)].reader.db) ? HEALTH_OK : HEALTH_UNREADABLE;
    int64_t began = atomic_load(&g->probed_ns);
    if (began > 0 && clock_mono_ns() - began >= SLOW_MS * INT64_C(1000000))
        return HEALTH_SLOW;
    return atomic_load(&g->health);
}

struct str gateway_unready(struct gateway *g, struct http_loop *l) {
    struct writer_stats w;
    enum gateway_health reads = health_of_reads(g, l);
    if (reads == HEALTH_UNREADABLE)
        return STR("the database cannot be read");
    if (reads == HEALTH_SLOW)
        return STR("the database has not answered a read for three seconds");
    writer_stats(g->writer, &w);
    if (w.running_ms >= STALLED_MS)
        return g->db_options->engine == DB_POSTGRESQL
                   ? STR("the database has not finished a write for more than 20 seconds")
                   : STR("the disk has not finished a write for more than 20 seconds");
    if (w.error == 0)
        return STR_ABSENT;
    if (w.error == -EIO)
        return g->db_options->engine == DB_POSTGRESQL
                   ? STR("the connection to the database broke during the last write")
                   : STR("the disk has failed");
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

static void write_reader_metrics(struct readers *p, struct buf *out) {
    struct readers_stats s;
    readers_stats(p, &s);
    buf_printf(out,
               "# HELP hired_reader_threads Threads that read the database.\n"
               "# TYPE hired_reader_threads gauge\nhired_reader_threads %u\n"
               "# HELP hired_readers_busy Of these, those that are reading.\n"
               "# TYPE hired_readers_busy gauge\nhired_readers_busy %u\n"
               "# TYPE hired_read_queue gauge\nhired_read_queue %u\n"
               "# TYPE hired_reads_total counter\nhired_reads_total %llu\n"
               "# HELP hired_reads_refused_total Reads that were refused because too many waited, or for too long.\n"
               "# TYPE hired_reads_refused_total counter\nhired_reads_refused_total %llu\n"
               "# HELP hired_oldest_read_seconds How long the oldest present read has been running.\n"
               "# TYPE hired_oldest_read_seconds gauge\nhired_oldest_read_seconds %.3f\n",
               readers_threads(p), s.running, s.waiting, (unsigned long long)s.jobs, (unsigned long long)s.refused,
               (double)s.running_ms / 1000);
}

void gateway_write_metrics(struct gateway *g, struct buf *out) {
    struct metrics **all = mem_alloc(g->n_loops * sizeof *all);
    for (unsigned i = 0; i < g->n_loops; i++)
        all[i] = g->loops[i].metrics;
    metrics_write(all, g->n_loops, out);
    free(all);

    if (g->readers)
        write_reader_metrics(g->readers, out);
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
