/* SPDX-License-Identifier: Apache-2.0
 *
 * The platform's envelope, and how a handler or the gateway itself fails a call.
 */
#include <errno.h>
#include <stdarg.h>

#include "base/json.h"
#include "gateway/answer.h"

/* ---- success ---- */

void answer_begin(const struct call *c, struct buf *out) {
    buf_add_lit(out, "{\"code\":0,\"");
    buf_add_str(out, str_is_absent(c->op->msg_member) ? STR("msg") : c->op->msg_member);
    buf_add_lit(out, "\":\"");
    buf_add_str(out, c->op->success_msg);
    buf_add_lit(out, "\"");
    if (!c->op->flat)
        buf_add_lit(out, ",\"data\":");
}

void answer_end(const struct call *c, struct buf *out, size_t data_at) {
    if (!c->op->flat && out->len == data_at)
        buf_add_lit(out, "{}");
    buf_add_char(out, '}');
}

/* ---- failure ---- */

static void write_violations(const struct violations *vs, struct buf *out) {
    json_key(out, STR("field_violations"));
    json_begin(out, '[');
    for (size_t i = 0; i < violations_kept(vs); i++) {
        json_begin(out, '{');
        json_key(out, STR("field"));
        json_str(out, vs->v[i].field);
        json_key(out, STR("value"));
        json_str(out, vs->v[i].value);
        json_key(out, STR("description"));
        json_str(out, vs->v[i].description);
        json_end(out, '}');
    }
    json_end(out, ']');
}

static void write_missing_scopes(const struct str *scopes, struct buf *out) {
    json_key(out, STR("permission_violations"));
    json_begin(out, '[');
    for (; !str_is_absent(*scopes); scopes++) {
        json_begin(out, '{');
        json_member_str(out, STR("type"), STR("action_scope_required"));
        json_member_str(out, STR("subject"), *scopes);
        json_end(out, '}');
    }
    json_end(out, ']');
}

void answer_failure(const struct call *c, struct buf *out) {
    json_begin(out, '{');
    json_member_int(out, STR("code"), c->code);
    json_member_str(out, STR("msg"), c->msg);
    if (!c->bare) {
        json_key(out, STR("error"));
        json_begin(out, '{');
        json_member_str(out, STR("message"), c->detail);
        json_member_str(out, STR("log_id"), c->log_id);
        json_member_str(out, STR("reason"), reason_text(c->reason.word));
        json_member_str(out, STR("subject"), c->reason.subject);
        json_member_str(out, STR("detail"), c->reason.detail);
        if (c->violations && c->violations->n > 0)
            write_violations(c->violations, out);
        if (!str_is_absent(c->missing_scopes[0]))
            write_missing_scopes(c->missing_scopes, out);
        json_end(out, '}');
    }
    json_end(out, '}');
}

static const struct {
    int code;
    unsigned http;
    struct str msg;
} gateway_errors[] = {
    {CODE_BAD_REQUEST, 400, STR_INIT("Bad Request")},
    {CODE_TOKEN_PARAM, 200, STR_INIT("invalid param")},
    {CODE_TOKEN_NOT_INSTALLED, 200, STR_INIT("app not installed in the tenant")},
    {CODE_TOKEN_TICKET, 200, STR_INIT("app ticket invalid")},
    {CODE_TOKEN_APP_TOKEN, 200, STR_INIT("app access token invalid")},
    {CODE_TOKEN_SECRET, 200, STR_INIT("app secret invalid")},
    {CODE_SYSTEM, 500, STR_INIT("System exception")},
    {CODE_PARAMETER, 400, STR_INIT("Parameter error")},
    {CODE_NO_SESSION, 401, STR_INIT("sign in first")},
    {CODE_FOREIGN_PAGE, 403, STR_INIT("the request does not come from the console's own page")},
    {CODE_NO_ROLE, 403, STR_INIT("your role does not allow this")},
    {CODE_TEST_REFUSED, 403, STR_INIT("the test mode is for programs on this machine, or with its token")},
    {CODE_NO_PATH, 404, STR_INIT("resource not find")},
    {CODE_NO_METHOD, 405, STR_INIT("request method doesn't match")},
    {CODE_LIMITED, 429, STR_INIT("request trigger frequency limit")},
    {CODE_NO_TOKEN, 400,
     STR_INIT("Missing access token for authorization. Please make a request with token attached.")},
    {CODE_APP_DISABLED, 400, STR_INIT("app not in use")},
    {CODE_TOKEN_INVALID, 400,
     STR_INIT("Invalid access token for authorization. Please make a request with token attached.")},
    {CODE_WRONG_TOKEN_TYPE, 400,
     STR_INIT("Invalid access token for authorization. Please make a request with token attached.")},
    {CODE_TOKEN_PREFIX, 400, STR_INIT("Invalid token: must start with t-/u-")},
    {CODE_APP_NOT_INSTALLED, 400, STR_INIT("unauthorized app")},
    {CODE_FIELDS, 400, STR_INIT("field validation failed")},
};

int answer_fail_gateway(struct call *c, int code) {
    for (size_t i = 0; i < sizeof gateway_errors / sizeof *gateway_errors; i++)
        if (gateway_errors[i].code == code) {
            c->code = code;
            c->http_status = gateway_errors[i].http;
            c->msg = gateway_errors[i].msg;
        }
    return -EBADMSG;
}

unsigned answer_gateway_status(int code) {
    for (size_t i = 0; i < sizeof gateway_errors / sizeof *gateway_errors; i++)
        if (gateway_errors[i].code == code)
            return gateway_errors[i].http;
    return 0;
}

int answer_fail_address(struct call *c, struct str address) {
    c->code = CODE_IP_DENIED;
    c->http_status = 400;
    c->msg = arena_printf(c->arena, "ip %.*s is denied by app setting", STR_FMT(address));
    return -EBADMSG;
}

int answer_fail_busy(struct call *c, struct str detail) {
    int r = answer_fail_gateway(c, CODE_SYSTEM);
    c->http_status = 503;
    c->detail = detail;
    c->violations = NULL;
    c->missing_scopes[0] = STR_ABSENT;
    c->reason = (struct reason){0};
    if (c->bare) /* such answers have no member but code and msg */
        c->msg = arena_printf(c->arena, "%.*s: %.*s", STR_FMT(c->msg), STR_FMT(detail));
    return r;
}

struct str answer_busy_reason(int error) {
    static const struct {
        int error;
        struct str reason;
    } all[] = {
        {EBUSY, STR_INIT("the database has too many writes waiting; try again in a second")},
        {ENOSPC, STR_INIT("this server's disk is full, so nothing can be written; its operator has to make room")},
        {EDQUOT,
         STR_INIT("this server's disk quota is used up, so nothing can be written; its operator has to make room")},
        {ESHUTDOWN, STR_INIT("this server is being stopped; try again in a few seconds")},
        {ECANCELED, STR_INIT("this server is being stopped; try again in a few seconds")},
        {EROFS, STR_INIT("this server's disk can only be read, so nothing can be written; its operator has to look")},
        {EFBIG,
         STR_INIT("this was ended because the database's log, which cannot be emptied meanwhile, has grown much; try "
                  "again in a minute")},
        {ENOBUFS, STR_INIT("the database's log has its largest size and cannot be emptied while a reader holds an old "
                           "state, so nothing can be written; its operator has to look")},
        {EHOSTUNREACH, STR_INIT("the database's server cannot be reached; try again in a few seconds")},
        {ETIME, STR_INIT("this takes longer than one read of the database may; ask for less")},
        {EMFILE, STR_INIT("this server has too many files open; try again in a second")},
        {ENFILE, STR_INIT("this server's machine has too many files open; try again in a second")},
        {ENOMEM, STR_INIT("this server has too little memory; try again in a second")},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].error == -error)
            return all[i].reason;
    return STR_ABSENT;
}

bool answer_fail_error(struct call *c, int error) {
    struct str reason = answer_busy_reason(error);
    if (str_is_absent(reason))
        answer_fail_gateway(c, CODE_SYSTEM);
    else
        answer_fail_busy(c, reason);
    return !str_is_absent(reason);
}

/* Sets the code with the operation's own status and msg, if it documents the code. */
static void set_code(struct call *c, int code) {
    c->code = code;
    c->http_status = code == CODE_SYSTEM ? 500 : 400;
    c->msg = STR("Parameter error");
    for (const struct op_error *e = c->op->errors; e && e->code != 0; e++)
        if (e->code == code) {
            c->http_status = e->http;
            c->msg = e->msg;
        }
}

int call_fail(struct call *c, int code, const char *format, ...) {
    set_code(c, code);
    if (format && *format) {
        va_list args;
        va_start(args, format);
        struct str what = arena_vprintf(c->arena, format, args);
        va_end(args);
        c->msg = arena_printf(c->arena, "%.*s: %.*s", STR_FMT(c->msg), STR_FMT(what));
    }
    return -EBADMSG;
}

int call_fail_field(struct call *c, struct str field, struct str value, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str what = arena_vprintf(c->arena, format, args);
    va_end(args);
    if (!c->violations)
        c->violations = arena_new(c->arena, struct violations);
    violation_add(c->violations, c->arena, field, value, "%.*s", STR_FMT(what));
    return answer_fail_gateway(c, CODE_FIELDS);
}
