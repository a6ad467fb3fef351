/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a request's parameters and body into the operation's structs.
 */
#include <errno.h>
#include <string.h>

#include "gateway/answer.h"
#include "gateway/input.h"
#include "http/http.h"

static const struct record_field *find_field(const struct record_type *t, struct str name, size_t *ret_index) {
    for (size_t i = 0; i < t->n_fields; i++)
        if (str_eq(t->fields[i].name, name)) {
            *ret_index = i;
            return &t->fields[i];
        }
    return NULL;
}

static void read_params(struct call *c, const struct route *route, struct violations *vs) {
    if (!c->op->params)
        return;
    void *params = arena_alloc(c->arena, c->op->params->size);
    for (size_t i = 0; i < c->op->params->n_fields && i < route->n_params; i++) {
        struct str value;
        if (http_decode(route->params[i], c->arena, &value) < 0)
            violation_add(vs, c->arena, c->op->params->fields[i].name, STR(""), "a broken percent-escape");
        else
            record_read_text(&c->op->params->fields[i], params, value, c->arena, vs);
    }
    record_finish_text(c->op->params, params, c->arena, vs);
    c->params = params;
}

/* The platform ignores names that an operation does not have. The test mode refuses them, because a test with a name
 * that is spelled wrong would otherwise ask for less than it says, and pass. type NULL: the operation has none. */
static void refuse_unknown(struct call *c, const struct record_type *type, struct str name, struct violations *vs) {
    struct buf has BUF_CLEANUP = BUF_EMPTY;
    if (c->op->access != OP_TEST || vs->n >= VIOLATIONS_MAX)
        return;
    for (size_t i = 0; type && i < type->n_fields; i++)
        buf_printf(&has, "%s%.*s", i > 0 ? ", " : "", STR_FMT(type->fields[i].name));
    violation_add(vs, c->arena, str_head(name, 80), STR(""), "there is no %.*s; accepted: %.*s",
                  STR_FMT(str_head(name, 80)), STR_FMT(has.len > 0 ? buf_str(&has) : STR("none")));
}

/* If a name is repeated, the first value counts (a list takes all). */
static void read_query(struct call *c, struct str text, struct violations *vs) {
    const struct record_type *t = c->op->query;
    struct str name, value;
    if (!t) {
        while (c->op->access == OP_TEST && http_query_next(&text, c->arena, &name, &value) > 0)
            refuse_unknown(c, NULL, name, vs);
        return;
    }
    void *query = arena_alloc(c->arena, t->size);
    bool *seen = arena_array(c->arena, bool, t->n_fields);
    size_t index;
    int r;
    while ((r = http_query_next(&text, c->arena, &name, &value)) != 0) {
        if (r < 0) {
            violation_add(vs, c->arena, STR("query"), STR(""), "a broken percent-escape, or text that is not UTF-8");
            continue;
        }
        const struct record_field *f = find_field(t, name, &index);
        if (!f)
            refuse_unknown(c, t, name, vs);
        if (!f || (seen[index] && !f->list))
            continue;
        seen[index] = true;
        record_read_text(f, query, value, c->arena, vs);
    }
    record_finish_text(t, query, c->arena, vs);
    c->query = query;

    const struct record_field *type = find_field(t, STR("user_id_type"), &index);
    if (type) {
        struct str given = *(const struct str *)(const void *)((const char *)query + type->offset);
        c->user_id_type = str_eq(given, STR("user_id"))    ? USER_USER_ID
                          : str_eq(given, STR("union_id")) ? USER_UNION_ID
                                                           : USER_OPEN_ID;
    }
}

static bool body_may_be_empty(const struct record_type *t) {
    for (size_t i = 0; i < t->n_fields; i++)
        if (t->fields[i].required)
            return false;
    return true;
}

static void refuse_unknown_members(struct call *c, json_t *body, struct violations *vs) {
    const char *name;
    json_t *value;
    size_t index;
    if (c->op->access != OP_TEST)
        return;
    json_object_foreach(body, name, value) {
        if (!find_field(c->op->body, str_of(name), &index) && strcmp(name, "$schema") != 0) /* which editors use */
            refuse_unknown(c, c->op->body, str_of(name), vs);
    }
}

static int read_body(struct call *c, struct str text, struct violations *vs) {
    if (c->op->body_kind != OP_BODY_JSON || !c->op->body)
        return 0;
    void *body = arena_alloc(c->arena, c->op->body->size);
    c->body = body;
    if (text.len == 0 && body_may_be_empty(c->op->body))
        text = STR("{}");
    struct str why;
    json_t *json = record_parse(text, c->arena, &why);
    if (!json || !json_is_object(json)) {
        c->detail = json ? STR("the body must be a JSON object") : why;
        json_decref(json);
        return answer_fail_gateway(c, CODE_BAD_REQUEST);
    }
    record_read(c->op->body, body, json, c->arena, vs);
    refuse_unknown_members(c, json, vs);
    json_decref(json);
    return 0;
}

int input_read(struct call *c, const struct route *route, struct str query, struct str body) {
    struct violations found; /* three kilobytes, which nearly no call needs */
    found.n = 0;
    read_params(c, route, &found);
    read_query(c, query, &found);
    int r = read_body(c, body, &found);
    if (r < 0)
        return r;
    if (found.n == 0)
        return 0;
    if (c->op->access == OP_PUBLIC)
        return answer_fail_gateway(c, CODE_TOKEN_PARAM);
    c->violations = arena_new(c->arena, struct violations);
    memcpy(c->violations->v, found.v, violations_kept(&found) * sizeof(found.v[0]));
    c->violations->n = found.n;
    return answer_fail_gateway(c, CODE_FIELDS);
}
