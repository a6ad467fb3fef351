/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations about snapshots.
 */
#include <errno.h>
#include <unistd.h>

#include "api_handlers.h"
#include "base/clock.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/caller/access_changes.h"
#include "gateway/caller/tenant.h"
#include "testing/seed_call.h"
#include "testing/snapshot.h"

struct snapshot_work {
    struct call *c;
    struct str tenant_key, name;
    struct tenant_row tenant;
    struct tenant_rows *rows;
    struct snapshot *held;
    struct tenant_rows_written written;
};

static bool is_name(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return s.len >= 1 && s.len <= 64;
}

/* Without a key: the only tenant. Returns 0, -ENOENT, -E2BIG (there are several) or another negative errno. */
static int find_tenant(struct db *db, struct snapshot_work *w) {
    int r = str_is_empty(w->tenant_key) ? tenant_only(db, w->c->arena, &w->tenant)
                                        : tenant_find(db, w->tenant_key, w->c->arena, &w->tenant);
    return r == 1 ? 0 : r == 0 ? -ENOENT : r;
}

static int fail_tenant(struct call *c, struct str key, int r) {
    if (r == -ENOENT && str_is_empty(key))
        return call_fail(c, CODE_PARAMETER, "there is no tenant");
    if (r == -ENOENT)
        return call_fail(c, CODE_PARAMETER, "there is no tenant \"%.*s\"", STR_FMT(str_head(key, 64)));
    if (r == -E2BIG)
        return call_fail(c, CODE_PARAMETER, "there are several tenants: tenant_key must say which");
    return r;
}

static int fail_name(struct call *c) {
    return call_fail(c, CODE_PARAMETER, "the name of a snapshot has 1 to 64 letters, digits, - and _");
}

/* ---- taking ---- */

static int read_rows(struct db *db, void *arg) {
    struct snapshot_work *w = arg;
    int r = find_tenant(db, w);
    if (r < 0)
        return r;
    r = tenant_rows_read(db, w->tenant.id, snapshots_room(w->c->toolbox->snapshots), &w->rows);
    return r == -E2BIG ? -ENOBUFS : r;
}

static int fail_room(struct call *c, int r) {
    if (r == -E2BIG)
        return call_fail(c, CODE_PARAMETER, "the tenant has %d snapshots already; remove one first",
                         SNAPSHOTS_OF_TENANT_MAX);
    if (r == -ENFILE)
        return call_fail(c, CODE_PARAMETER, "there are %d snapshots already; remove one first", SNAPSHOTS_MAX);
    if (r == -ENOBUFS)
        return call_fail(c, CODE_PARAMETER,
                         "the snapshots would need more than %zu MiB of memory; remove one first, or take one of a "
                         "smaller tenant",
                         SNAPSHOTS_BYTES_MAX >> 20);
    return r;
}

/* Runs on the writer, so that the state is one between two transactions and the newest one. */
static int take(struct snapshot_work *w, struct snapshot_info *ret) {
    struct toolbox *t = w->c->toolbox;
    int pin, r = snapshots_pin(t->snapshots, &pin);
    if (r < 0)
        return r;
    r = writer_run(t->o.writer, read_rows, w);
    if (r < 0)
        r = r == -ENOBUFS ? fail_room(w->c, r) : fail_tenant(w->c, w->tenant_key, r);
    else
        r = fail_room(w->c, snapshots_keep(t->snapshots, w->tenant.id, w->name, w->rows, clock_now_ms(), ret));
    if (pin >= 0)
        close(pin);
    return r;
}

int handle_test_snapshot_take(struct call *c) {
    const struct test_snapshot_take_params *params = c->params;
    const struct test_snapshot_take_body *in = c->body;
    struct snapshot_work w = {.c = c, .tenant_key = in->tenant_key, .name = params->name};
    struct snapshot_info info;

    if (!is_name(w.name))
        return fail_name(c);
    int r = take(&w, &info);
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_member_int(c->out, STR("rows"), (int64_t)info.rows);
    json_member_int(c->out, STR("bytes"), (int64_t)info.bytes);
    json_member_int(c->out, STR("files"), (int64_t)info.files);
    json_end(c->out, '}');
    return 0;
}

/* ---- restoring ---- */

static int write_rows(struct db *db, void *arg) {
    struct snapshot_work *w = arg;
    struct snapshots *all = w->c->toolbox->snapshots;
    int r = find_tenant(db, w);
    if (r < 0)
        return r;
    w->held = snapshots_hold(all, w->tenant.id, w->name);
    if (!w->held)
        return -ESRCH;
    r = snapshot_bring_files(all, w->held);
    if (r == 0)
        r = tenant_rows_write(db, w->tenant.id, snapshot_rows(w->held), &w->written);
    return r < 0 ? r : access_changed(db);
}

static int look_up(struct db *db, void *arg) {
    return find_tenant(db, arg);
}

static int restore(struct snapshot_work *w) {
    struct toolbox *t = w->c->toolbox;
    int pin, r = snapshots_pin(t->snapshots, &pin);
    if (r < 0)
        return r;
    r = writer_run(t->o.writer, write_rows, w);
    if (pin >= 0)
        close(pin);
    if (r == -ESRCH)
        return call_fail(w->c, CODE_PARAMETER, "the tenant has no snapshot \"%.*s\"", STR_FMT(str_head(w->name, 64)));
    if (r == -ENOENT || r == -E2BIG)
        return fail_tenant(w->c, w->tenant_key, r);
    if (r == -EEXIST)
        return call_fail(w->c, CODE_PARAMETER,
                         "an app_id or a login of the snapshot belongs to another tenant now; the tenant is as it was");
    return r;
}

int handle_test_snapshot_restore(struct call *c) {
    const struct test_snapshot_restore_params *params = c->params;
    const struct test_snapshot_restore_body *in = c->body;
    struct snapshots *all = c->toolbox->snapshots;
    struct snapshot_work w = {.c = c, .tenant_key = in->tenant_key, .name = params->name};
    int r = restore(&w);

    if (r == 0) {
        json_begin(c->out, '{');
        json_member_int(c->out, STR("rows"), (int64_t)tenant_rows_count(snapshot_rows(w.held)));
        json_member_int(c->out, STR("dropped"), (int64_t)w.written.dropped);
        json_member_int(c->out, STR("put"), (int64_t)w.written.put);
        json_end(c->out, '}');
    }
    if (w.held)
        snapshots_release(all, w.held);
    return r;
}

/* ---- lists ---- */

struct listing {
    struct call *c;
    struct str tenant_key;
    int64_t bytes;
};

static int write_list(struct db *db, void *arg) {
    struct listing *w = arg;
    struct call *c = w->c;
    struct snapshot_info *v;
    struct tenant_row tenant = {0};
    size_t n;
    int r = 1;

    if (!str_is_empty(w->tenant_key))
        r = tenant_find(db, w->tenant_key, c->arena, &tenant);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    w->bytes = (int64_t)snapshots_list(c->toolbox->snapshots, tenant.id, c->arena, &v, &n);
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < n && r >= 0; i++) {
        r = tenant_get(db, v[i].tenant, c->arena, &tenant);
        if (r != 1)
            continue;
        json_begin(c->out, '{');
        json_member_str(c->out, STR("tenant_key"), tenant.tenant_key);
        json_member_str(c->out, STR("name"), v[i].name);
        json_member_int(c->out, STR("rows"), (int64_t)v[i].rows);
        json_member_int(c->out, STR("bytes"), (int64_t)v[i].bytes);
        json_member_int(c->out, STR("taken_ms"), v[i].taken_ms);
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return r < 0 ? r : 0;
}

int handle_test_snapshot_list(struct call *c) {
    const struct test_snapshot_list_query *in = c->query;
    struct listing w = {.c = c, .tenant_key = in->tenant_key};

    json_begin(c->out, '{');
    int r = seed_read_on_reader(c->toolbox, c->arena, write_list, &w);
    if (r < 0)
        return fail_tenant(c, w.tenant_key, r);
    json_member_int(c->out, STR("bytes"), w.bytes);
    json_end(c->out, '}');
    return 0;
}

int handle_test_snapshot_delete(struct call *c) {
    const struct test_snapshot_delete_params *params = c->params;
    const struct test_snapshot_delete_query *in = c->query;
    struct snapshot_work w = {.c = c, .tenant_key = in->tenant_key, .name = params->name};
    int r = seed_read_on_reader(c->toolbox, c->arena, look_up, &w);

    if (r < 0)
        return fail_tenant(c, w.tenant_key, r);
    if (snapshots_drop(c->toolbox->snapshots, w.tenant.id, w.name) < 0)
        return call_fail(c, CODE_PARAMETER, "the tenant has no snapshot \"%.*s\"", STR_FMT(str_head(w.name, 64)));
    return 0;
}
