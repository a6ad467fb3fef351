/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations about tenants: a tenant for each test.
 */
#include <errno.h>

#include "api_handlers.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/caller/access_changes.h"
#include "gateway/caller/tenant.h"
#include "store/tenant_rows.h"
#include "testing/robots.h"
#include "testing/seed_call.h"
#include "testing/snapshot.h"
#include "testing/template_cache.h"

/* ---- making one ---- */

struct copying {
    struct call *c;
    struct template_use *template;
    struct seed seed; /* holds the findings of this call */
    struct seed_copy how;
    struct seed_made *made;
};

static int count_tenants(struct db *db) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_COUNT);
    int r = db_row(&q);
    return r == 1 ? (int)db_int(&q, COL_TENANT_COUNT_N) : r;
}

static int make_copy(struct db *db, void *arg) {
    struct copying *w = arg;
    int n = count_tenants(db);
    if (n < 0)
        return n;
    if (n >= TEST_TENANTS_MAX)
        return -EUSERS;
    int r = template_use_is_new(w->template, db, w->c->arena);
    if (r <= 0)
        return r < 0 ? r : -ESTALE;
    return seed_make_copy(&w->seed, template_use_part(w->template), &w->how, db, w->c->seal, w->made);
}

/* -ESTALE: the template is NULL or was replaced. */
static int run_copy(struct copying *w, struct template_use *template) {
    struct toolbox *t = w->c->toolbox;
    if (!template)
        return -ESTALE;
    w->template = template;
    int r = writer_run(t->o.writer, make_copy, w);
    template_cache_done(t->templates, template);
    return r;
}

int handle_test_tenant_create(struct call *c) {
    const struct test_tenant_create_body *in = c->body;
    struct copying w = {.c = c,
                        .seed = {.arena = c->arena, .text = STR("")},
                        .how = {.name = str_is_empty(in->name) ? STR_ABSENT : in->name,
                                .request_urls = in->request_urls.v,
                                .n_request_urls = in->request_urls.n},
                        .made = arena_new(c->arena, struct seed_made)};
    int r = run_copy(&w, template_cache_last(c->toolbox->templates, in->template));

    if (r == -ESTALE) {
        r = template_cache_use(c->toolbox->templates, c, in->template, &w.template);
        r = r > 0 ? run_copy(&w, w.template) : r == 0 ? -ENOENT : r;
    }
    if (r == -ENOENT || r == -ESTALE)
        return call_fail(c, CODE_PARAMETER, "there is no template \"%.*s\"; a seed brings templates",
                         STR_FMT(str_head(in->template, 64)));
    if (w.seed.findings.n > 0)
        return seed_fail(c, &w.seed);
    if (r == -EUSERS)
        return call_fail(c, CODE_PARAMETER, "there are %d tenants already; DELETE /test/tenants/KEY removes one",
                         TEST_TENANTS_MAX);
    if (r < 0)
        return r;
    record_write(&type_seed_made, w.made, 0, c->out);
    return 0;
}

/* ---- removing one ---- */

struct removing {
    struct call *c;
    struct str key;
    struct tenant_row tenant;
    struct tenant_rows_written written;
};

static int remove_tenant(struct db *db, void *arg) {
    struct removing *w = arg;
    int r = tenant_find(db, w->key, w->c->arena, &w->tenant);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    r = tenant_rows_write(db, w->tenant.id, NULL, &w->written);
    return r < 0 ? r : access_changed(db);
}

int handle_test_tenant_delete(struct call *c) {
    const struct test_tenant_delete_params *in = c->params;
    struct removing w = {.c = c, .key = in->tenant_key};
    int r = writer_run(c->toolbox->o.writer, remove_tenant, &w);

    if (r == -ENOENT)
        return call_fail(c, CODE_PARAMETER, "there is no tenant \"%.*s\"", STR_FMT(str_head(in->tenant_key, 64)));
    if (r < 0)
        return r;
    struct robot_view *robots;
    (void)robots_take(c->toolbox->robots, w.tenant.id, STR_ABSENT, true, c->arena, &robots);
    size_t snapshots = snapshots_drop_tenant(c->toolbox->snapshots, w.tenant.id);
    json_begin(c->out, '{');
    json_member_int(c->out, STR("rows"), (int64_t)w.written.dropped);
    json_member_int(c->out, STR("snapshots"), (int64_t)snapshots);
    json_end(c->out, '}');
    return 0;
}

/* ---- listing them ---- */

static void write_snapshots(struct call *c, int64_t tenant) {
    struct snapshot_info *v;
    size_t n;
    (void)snapshots_list(c->toolbox->snapshots, tenant, c->arena, &v, &n);
    json_key(c->out, STR("snapshots"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < n; i++)
        json_str(c->out, v[i].name);
    json_end(c->out, ']');
}

static int list(struct db *db, void *arg) {
    struct call *c = arg;
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
    int r;
    while ((r = db_row(&q)) == 1) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("tenant_key"), db_text(&q, COL_TENANT_TENANT_KEY));
        json_member_str(c->out, STR("name"), db_text(&q, COL_TENANT_NAME));
        write_snapshots(c, db_int(&q, COL_TENANT_ID));
        json_end(c->out, '}');
    }
    return r;
}

int handle_test_tenant_list(struct call *c) {
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    int r = seed_read_on_reader(c->toolbox, c->arena, list, c);
    json_end(c->out, ']');
    json_end(c->out, '}');
    return r;
}
