/* SPDX-License-Identifier: Apache-2.0
 *
 * Which error codes an operation documents.
 */
#include "gateway/documented.h"

#include <errno.h>

#include "gateway/answer.h"

/* ---- codes of all operations of a kind ---- */

static bool always(const struct op *op) {
    return true;
}

static bool has_body(const struct op *op) {
    return op->body_kind != OP_BODY_NONE;
}

static bool has_input(const struct op *op) {
    return op->params || op->query || op->body;
}

static bool has_limits(const struct op *op) {
    return op->limits[0].calls > 0;
}

static bool has_token(const struct op *op) {
    return op->access == OP_TENANT || op->access == OP_APP;
}

static bool has_scopes(const struct op *op) {
    return op->scopes_any != NULL;
}

static bool has_users(const struct op *op) {
    for (size_t i = 0; op->query && i < op->query->n_fields; i++)
        if (str_eq(op->query->fields[i].name, STR("user_id_type")))
            return true;
    return false;
}

static const struct {
    int code;
    bool (*applies)(const struct op *op);
    struct str msg; /* of codes that answer_fail_gateway does not have */
} shared[] = {
    {CODE_BAD_REQUEST, has_body, STR_INIT("")},
    {CODE_SYSTEM, always, STR_INIT("")},
    {CODE_PARAMETER, always, STR_INIT("")},
    {CODE_LIMITED, has_limits, STR_INIT("")},
    {CODE_IP_DENIED, has_token, STR_INIT("")},
    {CODE_NO_TOKEN, has_token, STR_INIT("")},
    {CODE_APP_DISABLED, has_token, STR_INIT("")},
    {CODE_TOKEN_INVALID, has_token, STR_INIT("")},
    {CODE_WRONG_TOKEN_TYPE, has_token, STR_INIT("")},
    {CODE_TOKEN_PREFIX, has_token, STR_INIT("")},
    {CODE_NO_SCOPE, has_scopes, STR_INIT("")},
    {CODE_APP_NOT_INSTALLED, has_token, STR_INIT("")},
    {CODE_NO_OPEN_ID, has_users, STR_INIT("these ids not existed")},
    {CODE_NO_USER_ID, has_users, STR_INIT("these ids not existed")},
    {CODE_NO_UNION_ID, has_users, STR_INIT("these ids not existed")},
    {CODE_OPEN_ID_OF_OTHER_APP, has_users, STR_INIT("open_id cross app")},
    {CODE_UNION_ID_OF_OTHER_TENANT, has_users, STR_INIT("union_id cross tenant")},
    {CODE_FIELDS, has_input, STR_INIT("")},
};

/* The index in shared, or SIZE_MAX. */
static size_t find_shared(int code) {
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (shared[i].code == code)
            return i;
    return SIZE_MAX;
}

static bool is_own(const struct op *op, int code) {
    for (const struct op_error *e = op->errors; e && e->code != 0; e++)
        if (e->code == code)
            return true;
    return false;
}

bool documented_by(const struct op *op, int code) {
    size_t at = find_shared(code);
    return is_own(op, code) || (at != SIZE_MAX && shared[at].applies(op));
}

bool documented_status(const struct op *op, int code, unsigned http) {
    bool found = false;
    for (const struct op_error *e = op->errors; e && e->code != 0; e++) {
        found = found || e->code == code;
        if (e->code == code && e->http == http)
            return true;
    }
    if (found)
        return false;
    unsigned status = answer_gateway_status(code);
    return http == (status > 0 ? status : 400) || (code == CODE_SYSTEM && http == 503);
}

struct str documented_codes(const struct op *op, struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    for (const struct op_error *e = op->errors; e && e->code != 0; e++)
        buf_printf(&out, "%s%d", out.len > 0 ? ", " : "", e->code);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        if (shared[i].applies(op) && !is_own(op, shared[i].code))
            buf_printf(&out, "%s%d", out.len > 0 ? ", " : "", shared[i].code);
    return arena_dup(a, buf_str(&out));
}

/* ---- failing ---- */

/* The sentence of the gateway's own check, with the operation's scopes. */
static int fail_scope(struct call *c) {
    size_t n = 0;
    for (const uint16_t *s = c->op->scopes_any;
         *s != UINT16_MAX && n + 1 < sizeof c->missing_scopes / sizeof(struct str); s++)
        c->missing_scopes[n++] = api_scopes[*s];
    c->missing_scopes[n] = STR_ABSENT;
    c->code = CODE_NO_SCOPE;
    c->http_status = 400;
    c->msg = arena_printf(c->arena, "Access denied. One of the following scopes is required: [%.*s].",
                          STR_FMT(c->missing_scopes[0]));
    return -EBADMSG;
}

int documented_fail(struct call *c, int code) {
    if (is_own(c->op, code))
        return call_fail(c, code, NULL);
    if (code == CODE_NO_SCOPE)
        return fail_scope(c);
    if (code == CODE_IP_DENIED)
        return answer_fail_address(c, str_is_absent(c->address) ? STR("192.0.2.1") : c->address);
    size_t at = find_shared(code);
    if (at == SIZE_MAX || str_is_empty(shared[at].msg))
        return answer_fail_gateway(c, code);
    c->code = code;
    c->http_status = 400;
    c->msg = shared[at].msg;
    return -EBADMSG;
}
