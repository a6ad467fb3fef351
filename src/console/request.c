/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/requests: the last calls of the open API and their answers.
 */
#include "gateway/request_log.h"

#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "console/console.h"

#define ANSWERED 200

/* Whether the database has only one tenant. Calls whose tenant is unknown are shown only then, because they cannot
 * be another tenant's. */
static int only_tenant(struct call *c, bool *ret) {
    struct db_query q DB_CLEANUP = db_query(c->db, SQL_TENANT_ALL);
    int r = db_row(&q);
    if (r == 1)
        r = db_row(&q);
    *ret = r == 0;
    return r < 0 ? r : 0;
}

static void write_entry(struct call *c, const struct request_entry *e) {
    struct buf *out = c->out;
    const struct http_request peer = {.peer = e->peer, .arena = c->arena};
    json_begin(out, '{');
    console_member_time(out, STR("at"), e->at_ms);
    json_member_str(out, STR("log_id"), (struct str){e->log_id, sizeof e->log_id});
    json_member_str(out, STR("method"), str_of(e->method));
    json_member_str(out, STR("path"), str_of(e->path));
    if (e->op)
        json_member_str(out, STR("operation"), e->op->name);
    json_member_int(out, STR("status"), e->status);
    json_member_int(out, STR("code"), e->code);
    json_member_int(out, STR("duration_us"), e->duration_us);
    if (e->app_id[0])
        json_member_str(out, STR("app_id"), str_of(e->app_id));
    json_member_str(out, STR("address"), http_peer(&peer));
    if (e->msg[0])
        json_member_str(out, STR("msg"), str_of(e->msg));
    if (e->limit > 0) {
        json_member_int(out, STR("limit"), e->limit);
        json_member_int(out, STR("reset_s"), e->reset_s);
    }
    json_end(out, '}');
}

static bool is_wanted(const struct console_request_list_query *in, const struct request_entry *e) {
    if (in->failed.v && e->code == 0)
        return false;
    if (!str_is_empty(in->app_id) && !str_eq(in->app_id, str_of(e->app_id)))
        return false;
    if (!str_is_empty(in->operation) && !(e->op && str_eq(in->operation, e->op->name)))
        return false;
    return str_is_empty(in->log_id) || str_eq(in->log_id, (struct str){e->log_id, sizeof e->log_id});
}

int handle_console_request_list(struct call *c) {
    const struct console_request_list_query *in = c->query;
    struct request_entry *entries;
    bool unknown;
    int r = only_tenant(c, &unknown);
    if (r < 0)
        return r;
    size_t n = request_log_read(c->requests, c->tenant, unknown, c->arena, &entries), left = ANSWERED;
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    bool more = false;
    for (size_t i = 0; i < n && !more; i++) {
        if (!is_wanted(in, &entries[i]))
            continue;
        more = left == 0;
        if (more)
            break;
        write_entry(c, &entries[i]);
        left--;
    }
    json_end(c->out, ']');
    if (more)
        json_member_bool(c->out, STR("has_more"), true);
    const struct request_log_node node = request_log_node(c->requests);
    if (node.nodes > 1) {
        json_member_int(c->out, STR("node"), node.node);
        json_member_int(c->out, STR("nodes"), node.nodes);
    }
    json_end(c->out, '}');
    return 0;
}
