/* SPDX-License-Identifier: Apache-2.0
 *
 * Headers: which are passed on, and answers of this server itself.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "upstream/relay.h"

/* Whether a comma separated list of names contains the name. */
static bool lists(struct str list, struct str name) {
    while (!str_is_absent(list))
        if (str_eq_nocase(str_trim(str_cut(&list, ',')), name))
            return true;
    return false;
}

bool head_is_passed(struct str name, struct str connection) {
    static const struct str kept_back[] = {
        STR_INIT("Connection"),       STR_INIT("Keep-Alive"),          STR_INIT("TE"),
        STR_INIT("Trailer"),          STR_INIT("Transfer-Encoding"),   STR_INIT("Upgrade"),
        STR_INIT("Expect"),           STR_INIT("Content-Length"),      STR_INIT("Host"),
        STR_INIT("Proxy-Connection"), STR_INIT("Proxy-Authorization"), STR_INIT("Proxy-Authenticate")};
    for (size_t i = 0; i < sizeof kept_back / sizeof *kept_back; i++)
        if (str_eq_nocase(name, kept_back[i]))
            return false;
    return !lists(connection, name);
}

struct str head_line_next(struct str *lines, struct str *ret_name) {
    struct str line = str_is_empty(*lines) ? STR_ABSENT : str_cut(lines, '\n');
    *ret_name = STR_ABSENT;
    if (str_is_absent(line))
        return STR("");
    *ret_name = str_cut(&line, ':');
    return str_is_absent(line) ? STR("") : str_trim(line);
}

void upstream_refuse(struct http_request *r, unsigned status, const char *format, ...) {
    static const struct http_header headers[] = {{STR_INIT("X-Hired-Upstream"), STR_INIT("no answer")},
                                                 {STR_INIT("Retry-After"), STR_INIT("1")}};
    struct buf *out = http_out(r);
    va_list args;
    va_start(args, format);
    struct str why = arena_vprintf(r->arena, format, args);
    va_end(args);
    out->len = 0;
    json_begin(out, '{');
    json_member_int(out, STR("code"), status);
    json_member_str(out, STR("msg"), why);
    json_end(out, '}');
    log_line(LOG_WARN, "a call was not passed on", "why", why.ptr, NULL);
    http_reply_close(r, status, STR("application/json; charset=utf-8"), headers, status == 503 ? 2 : 1,
                     "the call was not passed on");
}
