/* SPDX-License-Identifier: Apache-2.0
 *
 * Serves the console's pages.
 */
#include "console/assets.h"

/* Content-Security-Policy: resources only from this server and no inline scripts. Allowed beyond that: inline
 * styles, which the components set; blob: for reports; frames of https: pages for vendors' previews. */
#define POLICY                                                                                                         \
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "            \
    "font-src 'self' data:; connect-src 'self'; frame-src 'self' blob: https:; object-src 'self' blob:; "              \
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

static const struct str no_console = STR_INIT(
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>hired</title>\n"
    "<h1>hired</h1>\n<p>This server was built without the web console. The open API is described at "
    "<a href=\"/openapi.json\">/openapi.json</a>.</p>\n"
    "<p>本服务未包含网页控制台。开放接口的说明见 <a href=\"/openapi.json\">/openapi.json</a>。</p>\n</html>\n");

/* Whether a list such as "gzip, br;q=0.5" contains the coding with a q other than 0. */
static bool accepts(struct str list, struct str coding) {
    while (!str_is_absent(list)) {
        struct str weight = str_cut(&list, ',');
        struct str name = str_trim(str_cut(&weight, ';'));
        weight = str_trim(weight);
        if (str_eq_nocase(name, coding))
            return !(str_eq(weight, STR("q=0")) || str_starts(weight, STR("q=0.0")));
    }
    return false;
}

static const struct asset *find(struct str path) {
    for (const struct asset *a = console_assets; !str_is_absent(a->path); a++)
        if (str_eq(a->path, path))
            return a;
    return NULL;
}

static void reply(struct http_request *r, const struct asset *a) {
    struct http_header headers[12] = {
        {STR("Cache-Control"), a->hashed ? STR("public, max-age=31536000, immutable") : STR("no-cache")},
        {STR("ETag"), a->etag},
        {STR("Vary"), STR("Accept-Encoding")},
        {STR("X-Content-Type-Options"), STR("nosniff")},
        {STR("Content-Security-Policy"), STR(POLICY)},
        {STR("X-Frame-Options"), STR("DENY")},
        {STR("Referrer-Policy"), STR("no-referrer")},
        {STR("Cross-Origin-Opener-Policy"), STR("same-origin")},
    };
    size_t n = 8;
    if (!str_is_empty(a->etag) && str_eq(http_header_get(r, STR("If-None-Match")), a->etag)) {
        http_reply(r, 304, a->type, headers, n);
        return;
    }
    struct str encodings = http_header_get(r, STR("Accept-Encoding"));
    struct str body = a->plain;
    if (!str_is_absent(a->brotli) && accepts(encodings, STR("br"))) {
        headers[n++] = (struct http_header){STR("Content-Encoding"), STR("br")};
        body = a->brotli;
    } else if (!str_is_absent(a->gzip) && accepts(encodings, STR("gzip"))) {
        headers[n++] = (struct http_header){STR("Content-Encoding"), STR("gzip")};
        body = a->gzip;
    }
    buf_add_str(http_out(r), body);
    http_reply(r, 200, a->type, headers, n);
}

/* Whether the browser requests an address that the console's script renders, such as "/orders/12". */
static bool is_page(const struct http_request *r) {
    static const struct str others[] = {STR_INIT("/open-apis/"), STR_INIT("/console/api/"), STR_INIT("/files/")};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_starts(r->path, others[i]))
            return false;
    return str_find(r->path, '.') == SIZE_MAX &&
           memmem(http_header_get(r, STR("Accept")).ptr ?: "", http_header_get(r, STR("Accept")).len, "text/html", 9);
}

bool assets_has(const struct http_request *r) {
    return str_eq(r->path, STR("/")) || is_page(r) || find(r->path);
}

bool assets_serve(struct http_request *r) {
    bool root = str_eq(r->path, STR("/"));
    const struct asset *a = find(root ? STR("/index.html") : r->path);
    if (a) {
        reply(r, a);
        return true;
    }
    if (!root && !is_page(r))
        return false;
    a = find(STR("/index.html"));
    reply(r, a ? a
               : &(const struct asset){
                     .type = STR("text/html; charset=utf-8"), .etag = STR("\"none\""), .plain = no_console});
    return true;
}
