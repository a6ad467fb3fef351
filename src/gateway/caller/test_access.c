/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides whether a request may use an operation of the test mode.
 */
#include "gateway/caller/test_access.h"

#include "gateway/answer.h"

static bool from_this_machine(struct str peer) {
    return str_starts(peer, STR("127.")) || str_eq(peer, STR("::1")) || str_starts(peer, STR("::ffff:127."));
}

/* Browsers send at least one of these headers with a page's request that is not a mere navigation, and Sec-Fetch-Site
 * with all. */
static bool from_browser(const struct http_request *r) {
    return !str_is_absent(http_header_get(r, STR("Origin"))) ||
           !str_is_absent(http_header_get(r, STR("Sec-Fetch-Site")));
}

static bool shows(struct str header, struct str token) {
    static const struct str scheme = STR_INIT("Bearer ");
    return !str_is_absent(token) && header.len > scheme.len &&
           str_eq_nocase((struct str){header.ptr, scheme.len}, scheme) &&
           str_eq_secret(str_trim(str_skip(header, scheme.len)), token);
}

int test_access_admit(struct call *c, const struct http_request *r, struct str token) {
    static const struct caller_app no_app = {.app_id = STR_INIT("")};
    struct str peer = http_peer(r);
    c->app = &no_app;
    c->address = peer;
    if (shows(http_header_get(r, STR("Authorization")), token))
        return 0;
    bool near = from_this_machine(peer);
    if (near && !from_browser(r))
        return 0;
    c->detail = near ? STR("requests of web pages need the header Authorization: Bearer with the value of "
                           "[server] test_token")
                     : STR("callers on other machines need the header Authorization: Bearer with the value of "
                           "[server] test_token");
    return answer_fail_gateway(c, CODE_TEST_REFUSED);
}
