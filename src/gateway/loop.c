/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway's part of each loop: its reader, and the timer that looks for what other processes have changed.
 */
#include <errno.h>

#include "gateway/internal.h"

#define CHANGE_POLL_MS 200 /* how often a loop checks whether the database has changed */
#define PROBE_TICKS 5      /* of these, between two probes */

/* ---- what has changed ---- */

static struct gateway_loop *of_look(struct read_job *job) {
    return (struct gateway_loop *)(void *)((char *)job - offsetof(struct gateway_loop, look));
}

/* A change that another reader's look has told of already only costs a look that finds nothing new. */
static void run_look(struct read_job *job, struct reader *rd) {
    struct gateway_loop *gl = of_look(job);
    int64_t count = db_change_count(rd->db);
    bool changed = count != gl->seen[rd->index];
    gl->seen[rd->index] = count;
    reader_tidy(rd, count);
    watch_look(gl->watch, rd->db, changed);
}

static void look_done(struct read_job *job, int error) {
    struct gateway_loop *gl = of_look(job);
    if (error == -ESHUTDOWN)
        return;
    gl->looking = false;
    watch_tell(gl->watch);
}

static void begin_look(struct gateway_loop *gl) {
    gl->looking = true;
    gl->look = (struct read_job){.run = run_look, .done = look_done};
    gateway_read(gl->g, gl->loop, &gl->look);
}

static void on_change_timer(uv_timer_t *timer) {
    struct gateway_loop *gl = timer->data;
    struct gateway *g = gl->g;
    if (g->readers)
        readers_expire(g->readers);
    if (g->readers && gl == g->loops && gl->ticks++ % PROBE_TICKS == 0)
        health_probe(g);
    if (gl->looking)
        return;
    if (atomic_load(&g->draining))
        watch_end(gl->watch);
    if (watch_begin_look(gl->watch) || !g->readers) /* a reader of the pool keeps its caches valid by itself */
        begin_look(gl);
}

/* ---- start and end ---- */

static void on_round_end(uv_check_t *check) {
    struct gateway_loop *gl = check->data;
    reader_end_snapshot(&gl->reader);
}

int gateway_loop_start(struct gateway *g, struct http_loop *l) {
    struct gateway_loop *gl = &g->loops[http_loop_index(l)];
    gl->g = g;
    gl->loop = l;
    if (g->readers) {
        gl->shares = shares_new();
    } else {
        int r = reader_open(&gl->reader, g->db_options, g->writer, true);
        if (r < 0)
            return r;
        gl->seen[0] = gl->reader.users_changes;
    }
    log_id_init(&gl->log_ids);
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

/* A reader of the pool may still be looking for gl->watch, which is therefore freed by gateway_free. */
void gateway_loop_stop(struct gateway *g, struct http_loop *l) {
    struct gateway_loop *gl = &g->loops[http_loop_index(l)];
    uv_close((uv_handle_t *)&gl->change_timer, NULL);
    uv_close((uv_handle_t *)&gl->round_end, NULL);
    watch_end(gl->watch);
    gl->shares = shares_free(gl->shares);
    reader_close(&gl->reader);
}
