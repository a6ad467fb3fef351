/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP routes of the server: passes each request to its handler.
 */
#include "cli/serve/site.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/record.h"
#include "cli/serve/caretaker.h"
#include "cli/serve/scrubber.h"
#include "console/assets.h"
#include "gateway/answer.h"
#include "gateway/link.h"

static const struct str content_json = STR_INIT("application/json; charset=utf-8");

static struct site *site_of(const struct http_request *r) {
    return http_loop_app_ctx(r->loop);
}

/* ---- health and descriptions ---- */

static void serve_healthz(struct http_request *r) {
    buf_add_lit(http_out(r), "{\"status\":\"ok\"}\n");
    http_reply(r, 200, content_json, NULL, 0);
}

static void serve_readyz(struct http_request *r) {
    const struct nodes *nodes = site_of(r)->nodes;
    const struct nodes_view view = nodes ? nodes_look(nodes) : (struct nodes_view){.fresh = true};
    struct str reason = gateway_unready(site_of(r)->gateway, r->loop);
    if (str_is_absent(reason) && !view.fresh)
        reason = STR("this server's lease in the database is lost, so it does not write");
    bool ready = str_is_absent(reason);
    uint64_t damaged = scrubber_findings(site_of(r)->scrubber);
    buf_add_str(http_out(r), ready ? STR("{\"status\":\"ready\"") : STR("{\"status\":\"not ready\""));
    if (!ready)
        buf_printf(http_out(r), ",\"reason\":\"%.*s\"", STR_FMT(reason)); /* a text of hired or the system: no quotes */
    if (damaged > 0)                                                      /* what is not damaged is served on */
        buf_printf(http_out(r), ",\"damaged\":%" PRIu64, damaged);
    if (site_of(r)->test)
        buf_add_lit(http_out(r), ",\"test\":true");
    if (nodes)
        buf_printf(http_out(r), ",\"node\":%u,\"nodes\":%u,\"worker\":%s", view.node, view.nodes,
                   view.worker ? "true" : "false");
    buf_add_lit(http_out(r), "}\n");
    http_reply(r, ready ? 200 : 503, content_json, NULL, 0);
}

static void write_nodes_metrics(const struct nodes *n, struct buf *out) {
    const struct nodes_view view = nodes_look(n);
    buf_printf(out,
               "# HELP hired_node This server's number among those of the database.\n"
               "# TYPE hired_node gauge\nhired_node %u\n"
               "# HELP hired_nodes How many servers use the database.\n"
               "# TYPE hired_nodes gauge\nhired_nodes %u\n"
               "# HELP hired_worker 1: this server is the one that sends webhooks and fetches reports.\n"
               "# TYPE hired_worker gauge\nhired_worker %d\n",
               view.node, view.nodes, view.worker);
}

static void serve_metrics(struct http_request *r) {
    struct site *site = site_of(r);
    struct buf *out = http_out(r);
    struct http_stats all = {0};
    for (unsigned i = 0; i < http_server_loops(site->server); i++) {
        struct http_stats one;
        http_loop_stats(http_server_loop(site->server, i), &one);
        all.accepted += one.accepted;
        all.refused_connections += one.refused_connections;
        all.open_connections += one.open_connections;
        all.requests += one.requests;
        all.bytes_in += one.bytes_in;
        all.bytes_out += one.bytes_out;
    }
    const struct {
        const char *name, *type;
        uint64_t value;
    } lines[] = {
        {"hired_connections", "gauge", all.open_connections},
        {"hired_connections_total", "counter", all.accepted},
        {"hired_connections_refused_total", "counter", all.refused_connections},
        {"hired_http_requests_total", "counter", all.requests},
        {"hired_http_received_bytes_total", "counter", all.bytes_in},
        {"hired_http_sent_bytes_total", "counter", all.bytes_out},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        buf_printf(out, "# TYPE %s %s\n%s %llu\n", lines[i].name, lines[i].type, lines[i].name,
                   (unsigned long long)lines[i].value);
    gateway_write_metrics(site->gateway, out);
    buf_printf(out, "# TYPE hired_long_connections gauge\nhired_long_connections %u\n",
               hub_connections_of_all(site->hub));
    dispatcher_write_metrics(site->dispatcher, out);
    fetcher_write_metrics(site->fetcher, out);
    caretaker_write_metrics(site->caretaker, out);
    scrubber_write_metrics(site->scrubber, out);
    archive_write_metrics(site->archive, out);
    if (site->nodes)
        write_nodes_metrics(site->nodes, out);
    http_reply(r, 200, STR("text/plain; version=0.0.4; charset=utf-8"), NULL, 0);
}

static void serve_openapi(struct http_request *r) {
    buf_add_str(http_out(r), api_openapi_json);
    http_reply(r, 200, content_json, NULL, 0);
}

/* ---- pages ---- */

static const struct {
    struct str path;
    void (*serve)(struct http_request *r);
} pages[] = {
    {STR_INIT("/healthz"), serve_healthz},
    {STR_INIT("/readyz"), serve_readyz},
    {STR_INIT("/metrics"), serve_metrics},
    {STR_INIT("/openapi.json"), serve_openapi},
};

static bool is_page(struct str path) {
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (str_eq(path, pages[i].path))
            return true;
    return false;
}

/* ---- methods ---- */

/* The methods that a path other than an operation's allows, for the Allow header; absent: no such path. */
static struct str own_methods(struct http_request *r) {
    if (is_page(r->path) || str_starts(r->path, STR(LINK_PATH)) || assets_has(r))
        return STR("GET, HEAD, OPTIONS");
    return longlink_methods(r->path);
}

static bool serve_options(struct http_request *r) {
    struct str allow = STR("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    if (!str_eq(r->path, STR("*"))) {
        allow = gateway_methods(site_of(r)->gateway, r);
        if (str_is_absent(allow))
            allow = own_methods(r);
    }
    if (str_is_absent(allow))
        return false;
    http_reply(r, 204, STR_ABSENT, &(struct http_header){STR("Allow"), allow}, 1);
    return true;
}

static bool refuse_method(struct http_request *r) {
    struct str allow = own_methods(r);
    if (str_is_absent(allow))
        return false;
    struct buf *out = http_out(r);
    json_begin(out, '{');
    json_member_int(out, STR("code"), CODE_NO_METHOD);
    json_member_str(out, STR("msg"), arena_printf(r->arena, "this address takes %.*s", STR_FMT(allow)));
    json_end(out, '}');
    http_reply(r, 405, content_json, &(struct http_header){STR("Allow"), allow}, 1);
    return true;
}

/* ---- routing ---- */

static bool serve_read(struct http_request *r) {
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (str_eq(r->path, pages[i].path)) {
            pages[i].serve(r);
            return true;
        }
    if (str_starts(r->path, STR(LINK_PATH))) {
        site_serve_file(r);
        return true;
    }
    return assets_serve(r);
}

static void handle(struct http_request *r) {
    struct site *site = site_of(r);
    if ((r->method == HTTP_GET || r->method == HTTP_HEAD) && serve_read(r))
        return;
    if (longlink_serve(site->longlink, r))
        return;
    if (r->method == HTTP_OPTIONS && serve_options(r))
        return;
    if (refuse_method(r))
        return;
    gateway_serve(site->gateway, r);
}

/* Clients whose base URL ends with a slash request "//open-apis/...". Only the paths of the platform's clients are
 * accepted in this form, so that nobody can bypass a proxy that blocks /metrics or the console by the beginning of the
 * path. Limits, access checks and logs see the path after this change. */
static struct str without_doubled_slash(struct str path) {
    static const struct str open[] = {STR_INIT("/open-apis/"), STR_INIT("/callback/")};
    size_t n = 0;
    while (n + 1 < path.len && path.ptr[n + 1] == '/')
        n++;
    struct str single = str_skip(path, n);
    for (size_t i = 0; n > 0 && i < sizeof open / sizeof *open; i++)
        if (str_starts(single, open[i]))
            return single;
    return path;
}

static void on_head(struct http_request *r) {
    r->path = without_doubled_slash(r->path);
    bool read_here = r->method == HTTP_POST && !str_is_absent(longlink_methods(r->path));
    gateway_head(site_of(r)->gateway, r);
    if (read_here)
        r->no_body = false;
}

static int loop_start(struct http_loop *l) {
    struct site *site = http_loop_app_ctx(l);
    int r = gateway_loop_start(site->gateway, l);
    if (r == 0)
        longlink_loop_start(site->longlink, l);
    return r;
}

static void loop_stop(struct http_loop *l) {
    struct site *site = http_loop_app_ctx(l);
    longlink_loop_stop(site->longlink, l);
    gateway_loop_stop(site->gateway, l);
}

const struct http_app site_app = {
    .on_head = on_head,
    .handle = handle,
    .loop_start = loop_start,
    .loop_stop = loop_stop,
};
