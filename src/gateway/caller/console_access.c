/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides whether a request may use an operation of the console.
 */
#include "gateway/caller/console_access.h"

#include <errno.h>

#include "gateway/answer.h"
#include "gateway/caller/session.h"

/* Where a page came from: scheme and host, without the scheme's default port. */
struct origin {
    bool https;
    struct str host; /* empty: none */
};

static struct str without_port(struct str host, struct str port) {
    return str_ends(host, port) ? (struct str){host.ptr, host.len - port.len} : host;
}

static struct origin origin_of(bool https, struct str host) {
    return (struct origin){https, without_port(host, https ? STR(":443") : STR(":80"))};
}

static struct origin origin_parse(struct str url) {
    struct str scheme = str_starts(url, STR("https://")) ? STR("https://") : STR("http://");
    if (!str_starts(url, scheme))
        return (struct origin){.host = STR("")};
    struct str rest = str_skip(url, scheme.len);
    return origin_of(scheme.len == sizeof("https://") - 1, str_cut(&rest, '/'));
}

static bool same_host(struct origin a, struct origin b) {
    return !str_is_empty(a.host) && str_eq_nocase(a.host, b.host);
}

/* Browsers send the origin of the page with each request. A client that sends no Origin is not a browser, so no
 * foreign page can use a person's cookie through it. The page must have been loaded with the scheme of the request;
 * but if a proxy that is not configured as trusted ends TLS, the request seems to be plain http, so an https page is
 * accepted then. */
static bool from_own_page(const struct http_request *r, bool https, struct str own_url) {
    struct str given = http_header_get(r, STR("Origin"));
    if (str_is_absent(given))
        return str_is_absent(http_header_get(r, STR("Sec-Fetch-Site"))) ||
               str_eq(http_header_get(r, STR("Sec-Fetch-Site")), STR("same-origin"));
    struct origin page = origin_parse(given), own = origin_parse(own_url);
    if (same_host(page, own) && page.https == own.https)
        return true;
    struct origin here = origin_of(page.https, http_header_get(r, STR("Host")));
    return same_host(page, here) && (page.https || !https);
}

static int fail(struct call *c, int code, const char *detail) {
    c->detail = str_of(detail);
    return answer_fail_gateway(c, code);
}

int console_access_admit(struct call *c, const struct http_request *r, struct str own_url) {
    static const struct caller_app no_app = {.app_id = STR_INIT("")};
    bool changes = r->method != HTTP_GET && r->method != HTTP_HEAD;
    c->app = &no_app;
    c->user_id_type = USER_USER_ID;
    c->address = http_peer(r);
    if (changes && !from_own_page(r, c->https, own_url))
        return fail(c, CODE_FOREIGN_PAGE, "the Origin of the request is not this server");
    if (c->op->anonymous)
        return 0;
    struct person *p = arena_new(c->arena, struct person);
    int found = person_session_find(c->db, person_session_cookie(http_header_get(r, STR("Cookie")), c->https),
                                    c->now_ms, c->arena, p);
    if (found < 0)
        return found;
    if (found == 0)
        return answer_fail_gateway(c, CODE_NO_SESSION);
    c->person = p;
    c->tenant = p->tenant;
    if (changes &&
        !str_eq_secret(http_header_get(r, STR("X-Csrf-Token")), person_session_csrf(c->seal, p->key, c->arena)))
        return fail(c, CODE_FOREIGN_PAGE, "the header X-Csrf-Token must have the session's csrf_token");
    if (c->op->roles != 0 && !(c->op->roles & p->roles))
        return answer_fail_gateway(c, CODE_NO_ROLE);
    return 0;
}
