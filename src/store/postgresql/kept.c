/* SPDX-License-Identifier: Apache-2.0
 *
 * Kept files in the database (store/files/files.h), in chunks of 1 MiB. README.md says why a chunk is written without
 * the lock that other writes take. Each command is one statement and may be repeated without harm.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/id.h"
#include "store/files/driver.h"
#include "store/postgresql/links.h"
#include "store/postgresql/postgresql.h"

#define CHUNK ((size_t)1 << 20)
#define PAGE 500
#define REMOVE_MS 30000

#define NOW_S "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)"

struct kept {
    struct files base;
    struct links *links;
};

struct draft {
    struct files_draft base;
    int64_t content, n, size; /* chunks and bytes that were sent */
    struct buf chunk;         /* the next one */
};

static struct links *links_of(const struct files *f) {
    return ((const struct kept *)f)->links;
}

static void free_kept(struct files *f) {
    links_free(((struct kept *)f)->links);
    free(f);
}

/* Nothing is known before it is written. */
static int room(const struct files *f, uint64_t bytes) {
    return 0;
}

/* Runs a command without a result of interest. */
static int run(struct files *f, const struct links_command *c) {
    PGresult *result;
    int r = links_run(links_of(f), c, &result);
    PQclear(result);
    return r;
}

/* ---- writing ---- */

/* The commit of a chunk is not waited for: that of the file, later in the same log, is durable only if the chunks are.
 * A chunk that is lost in between (the server crashed, or a standby took over) is missed by KEEP. */
static const char PUT[] =
    "WITH lazy AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS value)"
    " INSERT INTO kept_chunk (tenant, content, n, made_s, bytes)"
    " SELECT $1, $2, CAST($3 AS INTEGER), " NOW_S ", $4 FROM lazy ON CONFLICT (tenant, content, n) DO NOTHING";

/* $1 tenant, $2 id, $3 content, $4 size, $5 number of chunks, $6 an older file may be replaced after so many seconds.
 * Gives 1: kept; 2: chunks are missing; 0: there is another file. "made" asks for "gone", because that must look at the
 * older row before it is changed. */
static const char KEEP[] =
    "WITH there AS (SELECT COUNT(*) AS n, COALESCE(SUM(OCTET_LENGTH(bytes)), 0) AS size FROM kept_chunk"
    "  WHERE tenant = $1 AND content = $3),"
    " old AS (SELECT f.content FROM kept_file f, there WHERE f.tenant = $1 AND f.id = $2 AND f.content <> $3"
    "  AND f.kept_s < " NOW_S " - $6 AND there.n = $5 AND there.size = $4 FOR UPDATE OF f),"
    " gone AS (DELETE FROM kept_chunk c USING old WHERE c.tenant = $1 AND c.content = old.content RETURNING c.n),"
    " made AS (INSERT INTO kept_file (tenant, id, content, size, kept_s)"
    "  SELECT $1, $2, $3, $4, " NOW_S " FROM there WHERE there.n = $5 AND there.size = $4"
    "   AND (SELECT COUNT(*) FROM gone) >= 0"
    "  ON CONFLICT (tenant, id) DO UPDATE SET content = excluded.content, size = excluded.size, kept_s = "
    "excluded.kept_s"
    "  WHERE kept_file.kept_s < excluded.kept_s - $6 RETURNING content)"
    " SELECT CASE WHEN there.n <> $5 OR there.size <> $4 THEN 2"
    "  WHEN EXISTS (SELECT 1 FROM made) OR EXISTS"
    "   (SELECT 1 FROM kept_file f WHERE f.tenant = $1 AND f.id = $2 AND f.content = $3) THEN 1 ELSE 0 END FROM there";

/* Also the file, if it is not known whether KEEP was done. */
static const char DROP[] = "WITH file AS (DELETE FROM kept_file WHERE tenant = $1 AND content = $2)"
                           " DELETE FROM kept_chunk WHERE tenant = $1 AND content = $2";

static int64_t new_content(void) {
    uint64_t n;
    id_random(&n, sizeof n);
    return (int64_t)(n >> 1);
}

static int draft_begin(struct files_draft **ret, struct files *f, struct files_name name) {
    struct draft *d = mem_alloc(sizeof *d);
    d->base = (struct files_draft){.files = f, .name = name};
    d->content = new_content();
    *ret = &d->base;
    return 0;
}

static int put_chunk(struct draft *d) {
    const struct links_command c = {.name = "kept file: put a chunk",
                                    .sql = PUT,
                                    .number = {d->base.name.tenant, d->content, d->n},
                                    .numbers = 3,
                                    .bytes = buf_str(&d->chunk)};
    d->n++;
    d->size += (int64_t)d->chunk.len;
    int r = run(d->base.files, &c);
    d->chunk.len = 0;
    return r;
}

static int draft_write(struct files_draft *base, struct str bytes) {
    struct draft *d = (struct draft *)base;
    int r = 0;
    while (r == 0 && bytes.len > 0) {
        size_t left = CHUNK - d->chunk.len, n = bytes.len < left ? bytes.len : left;
        buf_add(&d->chunk, bytes.ptr, n);
        bytes = str_skip(bytes, n);
        if (d->chunk.len == CHUNK)
            r = put_chunk(d);
    }
    return r;
}

static void draft_free(struct draft *d) {
    buf_free(&d->chunk);
    free(d);
}

static void draft_drop(struct files_draft *base) {
    struct draft *d = (struct draft *)base;
    const struct links_command c = {.name = "kept file: drop a draft",
                                    .sql = DROP,
                                    .number = {base->name.tenant, d->content},
                                    .numbers = 2,
                                    .answer_ms = REMOVE_MS};
    if (d->n > 0)
        (void)run(base->files, &c); /* if it fails, the chunks are found when they are a day old */
    draft_free(d);
}

static int keep(struct draft *d, enum files_keep how) {
    const struct links_command c = {.name = "kept file: keep",
                                    .sql = KEEP,
                                    .number = {d->base.name.tenant, d->base.name.id, d->content, d->size, d->n,
                                               how == FILES_REPLACE ? FILES_REPLACE_MS / 1000 : INT64_C(1) << 61},
                                    .numbers = 6};
    PGresult *result;
    int r = links_run(links_of(d->base.files), &c, &result);
    int64_t what = r == 0 && PQntuples(result) == 1 ? pg_int_at(result, 0, 0) : 0;
    PQclear(result);
    if (r < 0)
        return r;
    return what == 1 ? 0 : what == 2 ? -EHOSTUNREACH : -EEXIST;
}

static int draft_keep(struct files_draft *base, enum files_keep how) {
    struct draft *d = (struct draft *)base;
    int r = d->chunk.len > 0 ? put_chunk(d) : 0;
    if (r == 0)
        r = keep(d, how);
    if (r < 0)
        draft_drop(base);
    else
        draft_free(d);
    return r;
}

/* ---- reading ---- */

static int open_file(struct files_reading *ret, struct files *f, struct files_name name) {
    const struct links_command c = {.name = "kept file: find",
                                    .sql = "SELECT content, size FROM kept_file WHERE tenant = $1 AND id = $2",
                                    .number = {name.tenant, name.id},
                                    .numbers = 2};
    PGresult *result;
    int r = links_run(links_of(f), &c, &result);
    if (r == 0 && PQntuples(result) == 0)
        r = -ENOENT;
    if (r == 0) {
        ret->content = pg_int_at(result, 0, 0);
        ret->size = (uint64_t)pg_int_at(result, 0, 1);
    }
    PQclear(result);
    return r;
}

/* A chunk is not there: with the file, or alone. */
static int without_chunk(struct files_reading *r) {
    const struct links_command c = {.name = "kept file: look",
                                    .sql = "SELECT id FROM kept_file WHERE tenant = $1 AND content = $2",
                                    .number = {r->tenant, r->content},
                                    .numbers = 2};
    PGresult *result;
    int error = links_run(links_of(r->files), &c, &result);
    if (error == 0)
        error = PQntuples(result) == 0 ? -ENOENT : -EUCLEAN;
    PQclear(result);
    return error;
}

/* Within one chunk. */
static ssize_t read_file(struct files_reading *r, uint64_t from, char *to, size_t most) {
    if (from >= r->size)
        return 0;
    size_t at = (size_t)(from % CHUNK), want = CHUNK - at < most ? CHUNK - at : most;
    if (want > r->size - from)
        want = (size_t)(r->size - from);
    const struct links_command c = {
        .name = "kept file: read",
        .sql = "SELECT SUBSTR(bytes, CAST($4 AS INTEGER), CAST($5 AS INTEGER)) FROM kept_chunk"
               " WHERE tenant = $1 AND content = $2 AND n = CAST($3 AS INTEGER)",
        .number = {r->tenant, r->content, (int64_t)(from / CHUNK), (int64_t)at + 1, (int64_t)want},
        .numbers = 5};
    PGresult *result;
    ssize_t n = links_run(links_of(r->files), &c, &result);
    if (n == 0 && PQntuples(result) == 0)
        n = without_chunk(r);
    else if (n == 0 && (size_t)PQgetlength(result, 0, 0) != want)
        n = -EUCLEAN;
    else if (n == 0) {
        memcpy(to, PQgetvalue(result, 0, 0), want);
        n = (ssize_t)want;
    }
    PQclear(result);
    return n;
}

/* ---- removing ---- */

/* With its chunks at once, so that none are left. */
static int remove_file(struct files *f, struct files_name name, bool durable) {
    const struct links_command c = {
        .name = "kept file: remove",
        .sql = "WITH file AS (DELETE FROM kept_file WHERE tenant = $1 AND id = $2 RETURNING content)"
               " DELETE FROM kept_chunk c USING file WHERE c.tenant = $1 AND c.content = file.content",
        .number = {name.tenant, name.id},
        .numbers = 2,
        .answer_ms = REMOVE_MS};
    return run(f, &c);
}

static int remove_entry(struct files *f, const struct files_entry *e) {
    static const char draft[] = "DELETE FROM kept_chunk c WHERE c.tenant = $1 AND c.content = $2 AND NOT EXISTS"
                                " (SELECT 1 FROM kept_file f WHERE f.tenant = c.tenant AND f.content = c.content)";
    const struct links_command c = {.name = "kept file: remove a stray",
                                    .sql = e->kind == FILES_DRAFT ? draft : DROP,
                                    .number = {e->tenant, e->content},
                                    .numbers = 2,
                                    .answer_ms = REMOVE_MS};
    return run(f, &c);
}

/* ---- what is there ---- */

/* The first columns of a row: tenant, id, content, age. */
static void entry_of(const PGresult *result, int row, enum files_kind kind, struct files_entry *ret) {
    ret->kind = kind;
    ret->tenant = pg_int_at(result, row, 0);
    ret->id = pg_int_at(result, row, 1);
    ret->content = pg_int_at(result, row, 2);
    ret->changed_s = time(NULL) - pg_int_at(result, row, 3);
    if (kind == FILES_KEPT)
        snprintf(ret->path, sizeof ret->path, "kept file %" PRId64 " in the database", ret->id);
    else
        snprintf(ret->path, sizeof ret->path, "unfinished file %" PRId64 " in the database", ret->content);
}

static const char LIST_KEPT[] = "SELECT tenant, id, content, " NOW_S " - kept_s FROM kept_file"
                                " WHERE (tenant, id) > ($1, $2) ORDER BY tenant, id LIMIT $3";

/* The next files by their content; the last column is true for drafts. */
static const char LIST_CONTENTS[] =
    "SELECT c.tenant, CAST(0 AS BIGINT), c.content, " NOW_S " - c.made_s, f.content IS NULL FROM"
    " (SELECT tenant, content, MAX(made_s) AS made_s FROM kept_chunk WHERE (tenant, content) > ($1, $2)"
    "  GROUP BY tenant, content ORDER BY tenant, content LIMIT $3) c"
    " LEFT JOIN kept_file f ON f.tenant = c.tenant AND f.content = c.content ORDER BY c.tenant, c.content";

/* Page by page; no connection is held while fn works. */
static int list(struct files *f, enum files_kind kind, files_entry_fn fn, void *ctx) {
    struct links_command c = {.name = "kept file: list",
                              .sql = kind == FILES_KEPT ? LIST_KEPT : LIST_CONTENTS,
                              .number = {INT64_MIN, INT64_MIN, PAGE},
                              .numbers = 3,
                              .answer_ms = REMOVE_MS};
    struct files_entry e = {0};
    int n, r;
    do {
        PGresult *result;
        r = links_run(links_of(f), &c, &result);
        n = r == 0 ? PQntuples(result) : 0;
        for (int i = 0; r == 0 && i < n; i++) {
            entry_of(result, i, kind, &e);
            if (kind == FILES_KEPT || PQgetvalue(result, i, 4)[0])
                r = fn(ctx, &e);
        }
        c.number[0] = e.tenant;
        c.number[1] = kind == FILES_KEPT ? e.id : e.content;
        PQclear(result);
    } while (r == 0 && n == PAGE);
    return r;
}

static int walk(struct files *f, unsigned part, files_entry_fn fn, void *ctx) {
    if (part > 0)
        return 0;
    int r = list(f, FILES_KEPT, fn, ctx);
    return r != 0 ? r : list(f, FILES_DRAFT, fn, ctx);
}

static int look(struct files *f, const struct files_entry *e, struct files_entry *ret) {
    static const char kept[] = "SELECT tenant, id, content, " NOW_S " - kept_s FROM kept_file"
                               " WHERE tenant = $1 AND content = $2";
    static const char draft[] =
        "SELECT c.tenant, CAST(0 AS BIGINT), c.content, " NOW_S " - MAX(c.made_s) FROM kept_chunk c"
        " WHERE c.tenant = $1 AND c.content = $2 AND NOT EXISTS"
        " (SELECT 1 FROM kept_file f WHERE f.tenant = c.tenant AND f.content = c.content) GROUP BY c.tenant, c.content";
    const struct links_command c = {.name = "kept file: look",
                                    .sql = e->kind == FILES_KEPT ? kept : draft,
                                    .number = {e->tenant, e->content},
                                    .numbers = 2};
    PGresult *result;
    int r = links_run(links_of(f), &c, &result);
    if (r == 0 && PQntuples(result) == 0)
        r = -ENOENT;
    if (r == 0)
        entry_of(result, 0, e->kind, ret);
    PQclear(result);
    return r;
}

static const struct files_driver driver = {
    .remote = true,
    .free = free_kept,
    .room = room,
    .draft_begin = draft_begin,
    .draft_write = draft_write,
    .draft_keep = draft_keep,
    .draft_drop = draft_drop,
    .open = open_file,
    .read = read_file,
    .remove = remove_file,
    .walk = walk,
    .look = look,
    .remove_entry = remove_entry,
};

int postgresql_files_new(struct files **ret, const struct db_options *o, struct str *ret_why) {
    struct links *links;
    int r = links_new(&links, o, ret_why);
    if (r < 0)
        return r;
    struct kept *k = mem_alloc(sizeof *k);
    *k = (struct kept){.base.driver = &driver, .links = links};
    *ret = &k->base;
    return 0;
}
