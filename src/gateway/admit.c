/* SPDX-License-Identifier: Apache-2.0
 *
 * Who may use an operation of the console.
 */
#include "gateway/admit.h"

#include <errno.h>

#include "gateway/answer.h"
#include "gateway/session.h"

/* Behind "https://", and up to the path. */
static struct str authority(struct str url) {
    for (size_t i = 0; i + 2 < url.len; i++)
        if (memcmp(url.ptr + i, "://", 3) == 0) {
            struct str rest = str_skip(url, i + 3);
            return str_cut(&rest, '/');
        }
    return STR_ABSENT;
}

/* A browser says where the page came from that sends a request. Whoever sends no Origin is no browser, and has no
 * cookie but its own. */
static bool from_own_page(const struct http_request *r, struct str own_url) {
    struct str origin = http_header_get(r, STR("Origin"));
    if (str_is_absent(origin))
        return str_is_absent(http_header_get(r, STR("Sec-Fetch-Site"))) ||
               str_eq(http_header_get(r, STR("Sec-Fetch-Site")), STR("same-origin"));
    struct str host = authority(origin);
    return !str_is_empty(host) && (str_eq_nocase(host, http_header_get(r, STR("Host"))) ||
                                   (!str_is_absent(own_url) && str_eq_nocase(host, authority(own_url))));
}

static int fail(struct call *c, int code, const char *detail) {
    c->detail = str_of(detail);
    return answer_fail_gateway(c, code);
}

int admit_person(struct call *c, const struct http_request *r, struct str own_url) {
    static const struct caller_app no_app = {.app_id = STR_INIT("")};
    bool changes = r->method != HTTP_GET && r->method != HTTP_HEAD;
    c->app = &no_app;
    c->user_id_type = USER_USER_ID;
    c->address = http_peer(r);
    if (changes && !from_own_page(r, own_url))
        return fail(c, CODE_FOREIGN_PAGE, "the Origin of the request is not this server");
    if (c->op->anonymous)
        return 0;
    struct person *p = arena_new(c->arena, struct person);
    int found = person_session_find(c->db, person_session_cookie(http_header_get(r, STR("Cookie"))), c->now_ms, c->arena, p);
    if (found < 0)
        return found;
    if (found == 0)
        return answer_fail_gateway(c, CODE_NO_SESSION);
    c->person = p;
    c->tenant = p->tenant;
    if (changes && !str_eq_secret(http_header_get(r, STR("X-Csrf-Token")), person_session_csrf(c->seal, p->key, c->arena)))
        return fail(c, CODE_FOREIGN_PAGE, "the header X-Csrf-Token must have the session's csrf_token");
    if (c->op->roles != 0 && !(c->op->roles & p->roles))
        return answer_fail_gateway(c, CODE_NO_ROLE);
    return 0;
}
