/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes what a seed describes: tenants in full, one after the other; templates by trying them out.
 */
#include <errno.h>

#include "base/array.h"
#include "base/clock.h"
#include "gateway/caller/access_changes.h"
#include "hire/tenant/tenant.h"
#include "store/stamp.h"
#include "store/tenant_rows.h"
#include "testing/seed_internal.h"

struct str seed_item_path(const struct seed_work *w, const char *list, size_t i) {
    return arena_printf(w->arena, "%.*s.%s[%zu]", STR_FMT(w->part->path), list, i);
}

int seed_judge(struct seed_work *w, int r, struct str path) {
    if (r == HIRE_REFUSED)
        return seed_find(w->seed, path, "%.*s", STR_FMT(w->h.why));
    if (r == -EEXIST)
        return seed_find(w->seed, path, "another record has the same key");
    return r;
}

bool seed_stands(struct seed_work *w, const char *list, struct str key) {
    bool stands = json_object_getn(json_object_get(w->stands, list), key.ptr, key.len) != NULL;
    *(stands ? &w->out->stood : &w->out->made) += 1;
    return stands;
}

/* ---- the tenant ---- */

static int find_tenant(struct seed_work *w) {
    const struct seed_tenant *in = &w->part->in;
    int r = str_is_absent(in->tenant_key) ? 0 : tenant_find(w->db, in->tenant_key, w->arena, &w->tenant);

    w->fresh = r == 0;
    if (r == 0)
        r = tenant_create(w->db, in->tenant_key, str_is_absent(in->name) ? STR("A test's tenant") : in->name, w->arena,
                          &w->tenant);
    if (r < 0)
        return r;
    *(w->fresh ? &w->out->made : &w->out->stood) += 1;
    w->h = (struct hire){.db = w->db,
                         .arena = w->arena,
                         .tenant = w->tenant.id,
                         .actor_kind = ACTOR_OPERATOR,
                         .private_addresses = true};
    r = db_stamp(w->db, w->tenant.id, &w->start_ms);
    w->h.now_ms = w->start_ms;
    return r;
}

static int note_what_stands(struct seed_work *w) {
    int r = 0;
    if (w->fresh)
        return 0;
    json_t *tenant = seed_dump_tenant(w->db, w->seal, w->tenant.id, w->arena, &r);
    w->stands = tenant ? seed_index(tenant) : NULL;
    json_decref(tenant);
    return r;
}

/* A tenant that stands keeps its switches. */
static int set_approvals(struct seed_work *w) {
    const struct seed_tenant *in = &w->part->in;
    const struct tenant_approvals approvals = {in->approve_arrangement.v, in->approve_report.v};
    return w->fresh ? tenant_approvals_set(&w->h, &approvals) : 0;
}

static int make_all(struct seed_work *w) {
    static int (*const steps[])(struct seed_work *) = {
        seed_make_apps,   seed_unsubscribe,     seed_make_users, seed_make_records, seed_make_vendors,
        seed_make_orders, seed_make_interviews, set_approvals,   seed_subscribe,
    };
    int r = find_tenant(w);
    if (r == 0)
        r = note_what_stands(w);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && r >= 0; i++)
        r = steps[i](w);
    return r < 0 ? r : access_changed(w->db);
}

/* ---- the seed ---- */

static void work_begin(struct seed_work *w, struct seed *s, struct seed_part *p, struct db *db, const struct seal *seal,
                       struct seed_outcome *out) {
    *w = (struct seed_work){.seed = s,
                            .part = p,
                            .db = db,
                            .seal = seal,
                            .arena = s->arena,
                            .copy = !str_is_absent(p->template),
                            .out = out};
    w->account_made = arena_array(s->arena, bool, p->in.users.n + 1);
}

static int apply_tenant(struct seed *s, struct seed_part *p, struct db *db, const struct seal *seal,
                        struct seed_outcome *out) {
    struct seed_work w;
    work_begin(&w, s, p, db, seal, out);
    int r = make_all(&w);
    if (r == 0)
        r = seed_compare(&w);
    if (r == 0)
        r = seed_describe(&w, &out->tenants[out->n_tenants++]);
    json_decref(w.stands);
    return r;
}

static int try_template(struct seed *s, struct seed_part *p, struct db *db, const struct seal *seal) {
    struct seed_outcome *unused = arena_new(s->arena, struct seed_outcome);
    struct tenant_rows_written written;
    struct seed_work w;

    work_begin(&w, s, p, db, seal, unused);
    int r = make_all(&w);
    if (r == 0)
        r = seed_compare(&w);
    if (r == 0)
        r = tenant_rows_write(db, w.tenant.id, NULL, &written);
    return r < 0 ? r : seed_template_keep(db, p->template, p->json, s->arena);
}

int seed_apply(struct seed *s, struct db *db, const struct seal *seal, struct seed_outcome *ret) {
    int r = 0;

    *ret = (struct seed_outcome){.tenants = arena_array(s->arena, struct seed_made, s->n + 1)};
    for (size_t i = 0; i < s->n && r == 0; i++) {
        struct seed_part *p = &s->parts[i];
        r = str_is_absent(p->template) ? apply_tenant(s, p, db, seal, ret) : try_template(s, p, db, seal);
    }
    return r;
}

/* ---- copies ---- */

/* The receivers of a copy, instead of those of the template. */
static int set_urls(struct seed_work *w, const struct seed_copy *how) {
    for (size_t i = 0; i < how->n_request_urls; i++) {
        struct seed_app *app = NULL;
        for (size_t k = 0; k < w->part->in.apps.n && !app; k++)
            if (str_eq(w->part->in.apps.v[k].name, how->request_urls[i].app))
                app = &w->part->in.apps.v[k];
        if (!app)
            return seed_find(w->seed, STR("request_urls"), "the template has no app \"%.*s\"",
                             STR_FMT(str_head(how->request_urls[i].app, 64)));
        app->request_url = how->request_urls[i].request_url;
    }
    return 0;
}

int seed_make_copy(struct seed *s, struct seed_part *template, const struct seed_copy *how, struct db *db,
                   const struct seal *seal, struct seed_made *ret) {
    struct seed_part part = *template; /* the template is shared; what differs is changed in copies of its lists */
    struct seed_outcome *unused = arena_new(s->arena, struct seed_outcome);
    struct seed_work w;

    part.in.apps.v = arena_array(s->arena, struct seed_app, part.in.apps.n + 1);
    if (part.in.apps.n > 0)
        memcpy(part.in.apps.v, template->in.apps.v, part.in.apps.n * sizeof *part.in.apps.v);
    if (!str_is_absent(how->name))
        part.in.name = how->name;
    work_begin(&w, s, &part, db, seal, unused);
    int r = set_urls(&w, how);
    if (r == 0)
        r = make_all(&w);
    return r < 0 ? r : seed_describe(&w, ret);
}
