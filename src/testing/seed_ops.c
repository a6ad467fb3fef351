/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations about seeds: apply, describe, schema.
 */
#include <errno.h>
#include <stdlib.h>

#include "api_handlers.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/call.h"
#include "testing/seed.h"
#include "testing/seed_call.h"
#include "testing/toolbox.h"

int seed_fail(struct call *c, const struct seed *s) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    size_t kept = seed_findings_kept(&s->findings);
    for (size_t i = 0; i < kept && i < 20; i++)
        buf_printf(&out, "%s%.*s%s%.*s", i > 0 ? "; " : "", STR_FMT(s->findings.v[i].path),
                   s->findings.v[i].path.len ? ": " : "", STR_FMT(s->findings.v[i].reason));
    if (s->findings.n > 20)
        buf_printf(&out, "; and %zu more", s->findings.n - 20);
    return call_fail(c, CODE_PARAMETER, "%.*s", STR_FMT(buf_str(&out)));
}

int seed_read_on_reader(struct toolbox *t, struct arena *a, int (*fn)(struct db *db, void *ctx), void *ctx) {
    struct str why;
    struct db *db;
    int r = db_open(&db, t->o.db, DB_READ, a, &why);
    if (r < 0)
        return r;
    r = db_snapshot_begin(db);
    if (r == 0)
        r = fn(db, ctx);
    db_snapshot_end(db);
    db_close(db);
    return r;
}

/* ---- applying ---- */

struct applying {
    struct seed *seed;
    const struct seal *seal;
    struct seed_outcome *out;
};

static int apply(struct db *db, void *arg) {
    struct applying *w = arg;
    return seed_apply(w->seed, db, w->seal, w->out);
}

static void add_list(struct buf *text, const char *name, const struct str_list *list) {
    json_key(text, str_of(name));
    json_begin(text, '[');
    for (size_t i = 0; i < list->n; i++) {
        json_comma(text);
        buf_add_str(text, list->v[i]);
    }
    json_end(text, ']');
}

void seed_outcome_write(const struct seed_outcome *o, struct buf *out) {
    size_t shown = o->n_differences < SEED_FINDINGS_MAX ? o->n_differences : SEED_FINDINGS_MAX;
    json_member_int(out, STR("made"), o->made);
    json_member_int(out, STR("stood"), o->stood);
    json_key(out, STR("differences"));
    json_begin(out, '[');
    for (size_t i = 0; i < shown; i++) {
        json_begin(out, '{');
        json_member_str(out, STR("path"), o->differences[i].path);
        json_member_str(out, STR("seed"), o->differences[i].seed);
        json_member_str(out, STR("stands"), o->differences[i].stands);
        json_end(out, '}');
    }
    json_end(out, ']');
    json_key(out, STR("tenants"));
    json_begin(out, '[');
    for (size_t i = 0; i < o->n_tenants; i++)
        record_write(&type_seed_made, &o->tenants[i], 0, out);
    json_end(out, ']');
}

static int apply_seed(struct call *c, struct seed *s) {
    struct seed_outcome *outcome = arena_new(c->arena, struct seed_outcome);
    struct applying w = {s, c->seal, outcome};
    s->test_mode = true;
    int r = seed_prepare(s);
    if (r == 0)
        r = writer_run(c->toolbox->o.writer, apply, &w);
    if (s->findings.n > 0)
        return seed_fail(c, s);
    if (r == -E2BIG)
        return call_fail(c, CODE_PARAMETER, "there would be more than %d templates", SEED_TEMPLATES_MAX);
    if (r == -EFBIG)
        return call_fail(c, CODE_PARAMETER, "a template has more than %u bytes", SEED_TEMPLATE_BYTES_MAX);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    seed_outcome_write(outcome, c->out);
    json_end(c->out, '}');
    return 0;
}

int handle_test_seed_apply(struct call *c) {
    const struct test_seed_apply_body *in = c->body;
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    struct seed s;

    json_begin(&text, '{');
    add_list(&text, "tenants", &in->tenants);
    add_list(&text, "templates", &in->templates);
    json_end(&text, '}');
    int r = seed_read(&s, buf_str(&text), c->arena);
    r = r < 0 ? seed_fail(c, &s) : apply_seed(c, &s);
    seed_end(&s);
    return r;
}

/* ---- describing ---- */

struct dumping {
    struct call *c;
    struct str tenant_key;
    json_t *root;
};

static int dump(struct db *db, void *ctx) {
    struct dumping *w = ctx;
    int r = 0;
    w->root = seed_dump(db, w->c->seal, w->tenant_key, w->c->arena, &r);
    return r;
}

int handle_test_seed_dump(struct call *c) {
    const struct test_seed_dump_query *in = c->query;
    struct dumping w = {.c = c, .tenant_key = str_is_empty(in->tenant_key) ? STR_ABSENT : in->tenant_key};
    int r = seed_read_on_reader(c->toolbox, c->arena, dump, &w);
    if (r == -ENOENT)
        return call_fail(c, CODE_PARAMETER, "there is no tenant \"%.*s\"", STR_FMT(str_head(in->tenant_key, 64)));
    if (r < 0)
        return r;
    char *text = json_dumps(w.root, JSON_COMPACT);
    json_decref(w.root);
    if (!text)
        return -ENOMEM;
    json_comma(c->out);
    buf_add_str(c->out, str_of(text));
    free(text);
    return 0;
}

int handle_test_seed_schema(struct call *c) {
    seed_schema_write(c->out);
    return 0;
}
