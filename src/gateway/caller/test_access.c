/* SPDX-License-Identifier: Apache-2.0
 *
 * Decides whether a request may use an operation of the test mode.
 */
#include "gateway/caller/test_access.h"

#include "gateway/answer.h"
#include "gateway/caller/token.h"

static bool from_this_machine(struct str peer) {
    return str_starts(peer, STR("127.")) || str_eq(peer, STR("::1")) || str_starts(peer, STR("::ffff:127."));
}

/* Whether the client reached this machine by an address or as localhost. The owner of any other name can let it lead to
 * this machine, so that a page of theirs counts as one of this server for a browser. */
static bool by_own_address(struct str host) {
    struct str name = host;
    size_t colon = str_find(host, ':');
    if (host.len > 0 && host.ptr[0] == '[')
        return true;
    if (colon != SIZE_MAX)
        name.len = colon;
    if (str_eq_nocase(name, STR("localhost")))
        return true;
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] < '0' || name.ptr[i] > '9') && name.ptr[i] != '.')
            return false;
    return name.len > 0;
}

/* Browsers send at least one of these headers with the requests of a page. */
static bool from_browser(const struct http_request *r) {
    return !str_is_absent(http_header_get(r, STR("Origin"))) ||
           !str_is_absent(http_header_get(r, STR("Sec-Fetch-Site"))) ||
           !str_is_absent(http_header_get(r, STR("Referer"))) || !by_own_address(http_header_get(r, STR("Host")));
}

/* A proxy on this machine makes all callers seem to be on this machine. */
static bool forwarded(const struct http_request *r) {
    static const struct str headers[] = {STR_INIT("X-Forwarded-For"), STR_INIT("Forwarded"), STR_INIT("X-Real-IP"),
                                         STR_INIT("Via")};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (!str_is_absent(http_header_get(r, headers[i])))
            return true;
    return false;
}

static bool shows(const struct http_request *r, struct str token) {
    struct str shown = token_of_header(http_header_get(r, STR("Authorization")));
    return !str_is_empty(token) && !str_is_absent(shown) && str_eq_secret(shown, token);
}

int test_access_admit(struct call *c, const struct http_request *r, struct str token) {
    static const struct caller_app no_app = {.app_id = STR_INIT("")};
    struct str peer = http_peer(r);
    c->app = &no_app;
    c->address = peer;
    if (shows(r, token))
        return 0;
    bool near = from_this_machine(peer) && !forwarded(r);
    if (near && !from_browser(r))
        return 0;
    c->detail = near ? STR("requests of web pages need the header Authorization: Bearer with the value of "
                           "[server] test_token")
                     : STR("callers on other machines need the header Authorization: Bearer with the value of "
                           "[server] test_token");
    return answer_fail_gateway(c, CODE_TEST_REFUSED);
}
