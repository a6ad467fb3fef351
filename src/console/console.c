/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the console's handlers.
 */
#include "console/console.h"

#include <stdarg.h>

#include "base/id.h"
#include "base/json.h"

struct hire console_hire(struct call *c) {
    struct hire h = domain_of(c);

    h.actor_kind = ACTOR_USER;
    h.actor_id = c->person ? c->person->account : 0;
    return h;
}

int console_result(struct call *c, const struct hire *h, int result) {
    if (result == HIRE_REFUSED)
        c->reason = h->reason;
    return call_from_hire(c, h, result);
}

int console_fail(struct call *c, struct reason reason, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str why = arena_vprintf(c->arena, format, args);
    va_end(args);
    c->reason = reason;
    return call_fail(c, CODE_PARAMETER, "%.*s", STR_FMT(why));
}

int console_id(struct call *c, struct str text, int64_t *ret) {
    return id_parse(text, ret) < 0 ? call_fail(c, CODE_NOT_FOUND, NULL) : 0;
}

void console_member_time(struct buf *out, struct str key, int64_t ms) {
    if (ms > 0)
        json_member_id(out, key, ms);
}

void console_member_i18n(struct buf *out, struct str key, struct str zh_cn, struct str en_us) {
    if (str_is_empty(zh_cn) && str_is_empty(en_us))
        return;
    json_key(out, key);
    json_begin(out, '{');
    json_member_str(out, STR("zh_cn"), zh_cn);
    json_member_str(out, STR("en_us"), en_us);
    json_end(out, '}');
}
