/* SPDX-License-Identifier: Apache-2.0
 *
 * Transfers a database: opens both sides, decides where to begin, copies, compares, and releases the target.
 */
#include "store/transfer/transfer.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "store/transfer/internal.h"

#define PROGRESS_NS INT64_C(2000000000)
#define LOOK_EVERY 256 /* rows between two looks at the clock */

void moving_show(struct moving *m, enum transfer_step step, const char *table, int64_t rows) {
    if (rows % LOOK_EVERY != 0 || clock_mono_ns() - m->shown_ns < PROGRESS_NS)
        return;
    m->shown_ns = clock_mono_ns();
    m->t->progress(m->t->ctx, step, table, rows);
}

int moving_read(struct side *s, const struct schema_table *t, const struct row *after) {
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    row_select(&sql, t, after, false);
    buf_add_char(&sql, 0);
    return s->fn->read(s, t, sql.ptr);
}

/* ---- the course ---- */

static int copy_and_compare(struct moving *m) {
    int r = moving_copy(m);
    return r < 0 ? r : moving_compare(m);
}

static void say_beginning(struct moving *m, struct str note, bool goes_on) {
    struct transfer *t = m->t;
    if (goes_on)
        t->say(t->ctx, STR("An interrupted migration of this source goes on."));
    else if (str_is_empty(note) && !str_is_absent(note))
        t->say(t->ctx, STR("The last migration found a difference, so all rows are copied again."));
    else if (!str_is_absent(note))
        t->say(t->ctx, STR("The source has changed since the interrupted migration, so all rows are copied again."));
}

/* A source that changed in a way that its state does not show differs at the end; then all is copied again, once. */
static int fill(struct moving *m) {
    struct str state, note;
    int r = m->from->fn->state(m->from, &state);
    if (r == 0)
        r = side_note(m->to, &note);
    if (r < 0)
        return r;
    bool goes_on = !str_is_absent(note) && str_eq(note, state);
    say_beginning(m, note, goes_on);
    if (!goes_on)
        r = m->to->fn->begin(m->to, state);
    if (r == 0)
        r = copy_and_compare(m);
    if (r != -EUCLEAN || !goes_on)
        return r;
    m->t->say(m->t->ctx, STR("The source has changed since the interrupted migration, so all rows are copied again."));
    m->t->why = STR_ABSENT;
    r = m->to->fn->begin(m->to, state);
    return r < 0 ? r : copy_and_compare(m);
}

static int finish(struct moving *m, int r) {
    if (r == 0 && m->t->rest && (r = m->t->rest(m->t->ctx)) < 0)
        return r;
    struct str why = m->t->why;
    if (r == 0)
        return m->to->fn->set_note(m->to, STR_ABSENT);
    if (r == -EUCLEAN) {
        (void)m->to->fn->set_note(m->to, STR("")); /* if it fails, the next transfer compares before it begins again */
        m->t->why = why;
    }
    return r;
}

/* ---- opening ---- */

static int open_sides(struct moving *m) {
    struct transfer *t = m->t;
    int r = t->from.url ? postgresql_side_source(&m->from, t->from.url, t->arena, &t->why)
                        : sqlite_side_source(&m->from, t->from.dir, t->arena, &t->why);
    if (r == 0)
        r = t->to.url ? postgresql_side_target(&m->to, t->to.url, t->arena, &t->why)
                      : sqlite_side_target(&m->to, t->to.dir, t->arena, &t->why);
    return r;
}

int transfer_run(struct transfer *t) {
    struct moving m = {.t = t, .shown_ns = clock_mono_ns()};
    t->why = STR_ABSENT;
    int r = open_sides(&m);
    if (r == 0)
        r = finish(&m, fill(&m));
    if (m.to)
        m.to->fn->close(m.to);
    if (m.from)
        m.from->fn->close(m.from);
    if (r < 0 && str_is_absent(t->why))
        t->why = arena_printf(t->arena, "The migration failed: %s.", strerror(-r));
    return r;
}
