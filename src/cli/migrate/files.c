/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings the kept files of a database that is migrated, between a directory and a database.
 */
#include "cli/migrate/files.h"

#include <errno.h>
#include <string.h>

#include "cli/kept.h"

struct bringing {
    struct migrate_files *m;
    struct files *from, *to;
    struct db *db; /* the source */
};

static int fail(struct migrate_files *m, const struct kept_file *f, int error, const char *what) {
    m->why = arena_printf(&m->cli->arena, "The kept file %lld %s: %s. Run the command again: it goes on.",
                          (long long)f->name.id, what, strerror(-error));
    return error;
}

/* Whether the file is there as its record says. Returns 1, 0 (another one, or incomplete), -ENOENT or another negative
 * errno. */
static int is_as_recorded(struct files *files, const struct kept_file *f) {
    char hex[KEPT_HEX];
    int64_t size;
    int r = kept_digest_of(files, f->name, NULL, NULL, &size, hex);
    return r == 0 ? size == f->size && str_eq(str_of(hex), f->sha256) : r == -EUCLEAN ? 0 : r;
}

static int leave_out(struct migrate_files *m, const struct kept_file *f, const char *why) {
    m->missing++;
    cli_fail(m->cli, "the kept file %lld (%s %lld) %s; it was left out", (long long)f->name.id,
             f->order_id ? "a report of order" : "attachment", (long long)(f->order_id ? f->order_id : f->name.id),
             why);
    return 0;
}

struct copying {
    struct files_draft *draft;
    int error; /* of the target */
};

static int write_piece(void *ctx, struct str bytes) {
    struct copying *c = ctx;
    c->error = files_draft_write(c->draft, bytes);
    return c->error;
}

static int copy(struct bringing *b, const struct kept_file *f) {
    struct copying c = {0};
    char hex[KEPT_HEX];
    int64_t size;
    int r = files_draft_begin(&c.draft, b->to, f->name);
    if (r < 0)
        return fail(b->m, f, r, "cannot be written");
    r = kept_digest_of(b->from, f->name, write_piece, &c, &size, hex);
    bool same = r == 0 && size == f->size && str_eq(str_of(hex), f->sha256);
    if (same) {
        r = files_draft_keep(c.draft, FILES_NEW);
        return r < 0 ? fail(b->m, f, r, "cannot be written") : 0;
    }
    files_draft_drop(c.draft);
    if (c.error < 0)
        return fail(b->m, f, c.error, "cannot be written");
    if (r == 0 || r == -EUCLEAN)
        return leave_out(b->m, f, "differs from what was stored");
    return r == -ENOENT ? leave_out(b->m, f, "is missing") : fail(b->m, f, r, "cannot be read");
}

static int bring(void *ctx, const struct kept_file *f) {
    struct bringing *b = ctx;
    struct migrate_files *m = b->m;
    int64_t missing = m->missing;
    int there = is_as_recorded(b->to, f), r = 0;
    if (there < 0 && there != -ENOENT)
        return fail(m, f, there, "cannot be compared");
    if (there == 0)
        r = files_remove(b->to, f->name, true);
    if (r < 0)
        return fail(m, f, r, "cannot be replaced");
    if (there != 1) {
        r = copy(b, f);
        if (r < 0 || m->missing > missing)
            return r;
        there = is_as_recorded(b->to, f);
        if (there != 1)
            return fail(m, f, there < 0 ? there : -EUCLEAN, "differs in the copy");
    }
    m->files++;
    m->bytes += f->size;
    m->progress(m->ctx, m->files);
    return 0;
}

static int open_all(struct bringing *b) {
    struct migrate_files *m = b->m;
    int r = db_open(&b->db, &m->from, DB_READ, &m->cli->arena, &m->why);
    if (r == 0)
        r = files_new(&b->from, &m->from, &m->why);
    return r == 0 ? files_new(&b->to, &m->to, &m->why) : r;
}

int migrate_files_run(struct migrate_files *m) {
    struct bringing b = {.m = m};
    m->why = STR_ABSENT;
    int r = open_all(&b);
    if (r == 0)
        r = kept_walk(b.db, bring, &b);
    if (r < 0 && str_is_absent(m->why))
        m->why = arena_printf(&m->cli->arena, "The kept files cannot be listed: %s.", strerror(-r));
    files_free(b.to);
    files_free(b.from);
    db_close(b.db);
    return r;
}
