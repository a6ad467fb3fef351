/* SPDX-License-Identifier: Apache-2.0
 *
 * Two passes over all files. The first checks every record, so that all refusals are known before anything is stored.
 * To find ids that contradict each other it writes users, in transactions that it rolls back. The second pass stores
 * the records: up to WHOLE_MAX of them in one transaction, so that an import is stored completely or not at all; more
 * of them, or beside a server, in transactions of bounded size. If such an import is killed, it leaves whole records
 * and a journal entry with their number (journal.c); importing the same files again skips them as unchanged and stores
 * the rest.
 */
#include "cli/import/internal.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "cli/import/json_heap.h"

#define WHOLE_MAX 5000 /* records in one transaction of a process that owns the directory: some 50 MB of log */
#define CHUNK 500      /* records in one transaction otherwise */
#define CHUNK_MS 1000  /* longest duration of one: other writers wait for it */
#define GAP_NS 5000000 /* pause between transactions: longer than a server waits between two tries of the lock */
#define PROGRESS_MS 200
#define RECORD_MAX ((size_t)32 << 20) /* bytes of one record; those of the platform have some kilobytes */

/* ---- the passes ---- */

/* Whether all records are stored in one transaction. Beside a server that would stop the server's writes. */
static bool is_whole(const struct import *im) {
    return im->keep && !im->cli->remote && im->records <= WHOLE_MAX;
}

void import_show_progress(struct import *im, bool last) {
    int64_t now = clock_mono_ms();

    if (!im->progress || (!last && now - im->progress_ms < PROGRESS_MS))
        return;
    im->progress_ms = now;
    if (last)
        fprintf(stderr, "\r\033[K");
    else
        fprintf(stderr, "\r\033[K%s %3.0f %%", im->keep ? "importing" : "checking",
                im->bytes_all ? 100.0 * (double)im->bytes_done / (double)im->bytes_all : 0.0);
    fflush(stderr);
}

static int chunk_begin(struct import *im) {
    int r = 0;

    if (im->in_chunk == 0) {
        im->chunk_begun_ms = clock_mono_ms();
        r = db_begin(im->cli->db);
    }

    if (r < 0)
        cli_fail_errno(im->cli, r, "begin to write", NULL);
    return r;
}

static int chunk_keep(struct import *im) {
    int r = is_whole(im) ? import_journal_clear(im) : import_journal_note(im, im->taken + im->in_chunk);

    if (r == 0)
        r = db_commit(im->cli->db);
    else
        db_rollback(im->cli->db);
    if (r < 0)
        return cli_fail_errno(im->cli, r, "write", NULL), r;
    im->taken += im->in_chunk;
    return 0;
}

static int chunk_end(struct import *im) {
    int r = 0;

    if (im->in_chunk == 0)
        return 0;
    if (im->keep) {
        r = chunk_keep(im);
    } else {
        db_rollback(im->cli->db);
        import_users_clear(im->users); /* it may hold users that were rolled back */
    }
    im->in_chunk = 0;
    if (im->gentle)
        nanosleep(&(struct timespec){.tv_nsec = GAP_NS}, NULL);
    return r;
}

static int write_item(struct import *im, struct import_source *src, const struct answer_item *item,
                      const struct item_kind *kind, json_t *value) {
    int r = 0;

    /* The check pass writes users only. */
    if (im->keep || kind->store == KEPT_AS_USER) {
        r = chunk_begin(im);
        im->in_chunk += r == 0;
    }
    if (r == 0)
        r = import_item(im, src, item, kind, value);
    return r == 0 && im->keep && im->findings > 0 ? -ESTALE : r;
}

static int walk_item(struct import *im, struct import_source *src, const struct answer_item *item, bool users) {
    const struct item_kind *kind = src->kind;
    json_t *value = NULL;
    int r = 0;

    if (item->text.len <= RECORD_MAX)
        value = import_parse_item(im, src, item);
    else if (!im->keep)
        import_complain(im, src, item, STR(""),
                        STR("is one record of more than 32 MB; the platform has none so large"));
    if (!value)
        return im->keep ? -ESTALE : 0;
    if (!kind)
        kind = kind_recognise(value);
    if (!kind) {
        if (!im->keep)
            import_complain(im, src, item, STR(""),
                            STR("is not a kind of record that can be imported (a background check order, an external "
                                "background check, an interview, a user ...); --kind says which it is"));
        json_decref(value);
        return 0;
    }
    if (!im->keep) {
        *(kind->store == KEPT_AS_USER ? &src->has_users : &src->has_others) = true;
        src->first_kind = src->first_kind ? src->first_kind : kind;
        im->records++;
    }
    if (!im->keep || (kind->store == KEPT_AS_USER) == users)
        r = write_item(im, src, item, kind, value);
    json_decref(value);
    return r;
}

static int walk_source(struct import *im, struct import_source *src, bool users) {
    struct answer_walk at = {0};
    struct answer_item item;
    uint64_t before = im->bytes_done;

    if (im->type != src->type)
        import_users_clear(im->users);
    im->type = src->type;
    while (answer_next(&src->answer, &at, &item)) {
        int r = walk_item(im, src, &item, users);
        arena_reset(&im->scratch);
        if (r == 0 && !is_whole(im) &&
            (im->in_chunk >= CHUNK || (im->in_chunk > 0 && clock_mono_ms() - im->chunk_begun_ms > CHUNK_MS)))
            r = chunk_end(im);
        if (r == 0 && im->stop && *im->stop) /* what is_whole() is rolled back by walk_end() */
            r = !is_whole(im) && chunk_end(im) < 0 ? -EIO : -EINTR;
        if (r < 0)
            return r;
        im->bytes_done = before + at.offset;
        import_show_progress(im, false);
    }
    im->bytes_done = before + src->answer.text.len;
    return 0;
}

static void walk_begin(struct import *im, const struct import_source *sources, size_t n, bool keep) {
    im->keep = keep;
    im->bytes_all = im->bytes_done = 0;
    memset(im->counts, 0, n_item_kinds * sizeof(im->counts[0]));
    for (size_t i = 0; i < n; i++)
        im->bytes_all += sources[i].answer.text.len * (keep ? sources[i].has_users + sources[i].has_others : 1);
}

static int walk_end(struct import *im, int r) {
    if (r == 0)
        r = chunk_end(im);
    if (im->in_chunk > 0) {
        db_rollback(im->cli->db);
        im->in_chunk = 0;
    }
    import_show_progress(im, true);
    return r;
}

int import_check(struct import *im, struct import_source *sources, size_t n) {
    int r = 0;

    walk_begin(im, sources, n, false);
    for (size_t i = 0; i < n && r == 0; i++)
        r = walk_source(im, &sources[i], true);
    return walk_end(im, r);
}

/* Stores users before other records, in whatever order the files are: a record may name a user by open_id, and that
 * user's own record says who it is. */
static int keep_all(struct import *im, struct import_source *sources, size_t n) {
    int r = 0;

    walk_begin(im, sources, n, true);
    for (int users = 1; users >= 0 && r == 0; users--)
        for (size_t i = 0; i < n && r == 0; i++)
            if (users ? sources[i].has_users : sources[i].has_others)
                r = walk_source(im, &sources[i], users);
    return walk_end(im, r);
}

void import_begin(struct import *im, struct cli *c, const struct tenant_row *tenant, const struct app_row *app) {
    im->cli = c;
    im->tenant = tenant->id;
    im->view = (struct user_view){tenant->id, app ? app->id : 0, app ? app->developer : 0};
    im->counts = arena_array(&c->arena, struct import_count, n_item_kinds);
    im->users = import_users_new();
    json_heap_begin();
}

void import_end(struct import *im) {
    im->users = import_users_free(im->users);
    arena_free(&im->scratch);
}

int import_run(struct import *im, struct import_source *sources, size_t n) {
    int r = import_check(im, sources, n);

    if (r < 0)
        return r;
    if (im->findings > 0)
        return -EINVAL;
    r = keep_all(im, sources, n);
    return r < 0 || (is_whole(im) && im->taken > 0) ? r : import_journal_end(im);
}
