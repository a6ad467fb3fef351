/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the JSON Schema of seeds from the tables by which seeds are checked.
 */
#include "base/json.h"
#include "testing/seed_internal.h"

#define TYPES_MAX 256

struct schema {
    const struct record_type *types[TYPES_MAX]; /* those that are written or will be */
    bool free[TYPES_MAX];                       /* it may have other members, too */
    size_t n;
    struct buf *out;
};

static void want(struct schema *s, const struct record_type *t, bool free) {
    for (size_t i = 0; i < s->n; i++)
        if (s->types[i] == t)
            return;
    if (s->n == TYPES_MAX)
        return;
    s->types[s->n] = t;
    s->free[s->n++] = free;
}

static void write_reference(struct schema *s, const struct record_type *t) {
    json_begin(s->out, '{');
    json_key(s->out, STR("$ref"));
    buf_printf(s->out, "\"#/definitions/%.*s\"", STR_FMT(t->name));
    json_end(s->out, '}');
}

static void write_bounds(struct schema *s, const struct record_field *f) {
    if (f->kind == RECORD_STRING && f->min_len > 0)
        json_member_int(s->out, STR("minLength"), f->min_len);
    if (f->kind == RECORD_STRING && f->max_len > 0)
        json_member_int(s->out, STR("maxLength"), f->max_len);
    if (f->has_min)
        json_member_int(s->out, STR("minimum"), f->min);
    if (f->has_max)
        json_member_int(s->out, STR("maximum"), f->max);
}

static void write_values(struct schema *s, const struct record_field *f) {
    if (!f->values)
        return;
    json_key(s->out, STR("enum"));
    json_begin(s->out, '[');
    for (const struct str *v = f->values; !str_is_absent(*v); v++) {
        if (f->kind == RECORD_STRING) {
            json_str(s->out, *v);
        } else {
            json_comma(s->out);
            buf_add_str(s->out, *v);
        }
    }
    json_end(s->out, ']');
}

static void write_element(struct schema *s, const struct record_field *f, const struct record_type *of, bool free) {
    static const char *const names[] = {
        [RECORD_STRING] = "string", [RECORD_INT] = "integer",   [RECORD_BOOL] = "boolean",
        [RECORD_NUMBER] = "number", [RECORD_OBJECT] = "object", [RECORD_MAP] = "object",
    };
    if (of) {
        want(s, of, free);
        write_reference(s, of);
        return;
    }
    json_begin(s->out, '{');
    json_member_str(s->out, STR("type"), str_of(names[f->kind]));
    write_bounds(s, f);
    write_values(s, f);
    json_end(s->out, '}');
}

static void write_field(struct schema *s, const struct record_type *t, const struct record_field *f, bool free) {
    const struct seed_list *list = t == &type_seed_tenant ? seed_list_find(f->name) : NULL;
    const struct record_type *of = list && list->type ? list->type : f->kind == RECORD_OBJECT ? f->of : NULL;

    free |= list && list->kind;
    json_key(s->out, f->name);
    if (!f->list) {
        write_element(s, f, of, free);
        return;
    }
    json_begin(s->out, '{');
    json_member_str(s->out, STR("type"), STR("array"));
    json_key(s->out, STR("items"));
    write_element(s, f, of, free);
    if (f->max_items > 0)
        json_member_int(s->out, STR("maxItems"), f->max_items);
    json_end(s->out, '}');
}

static void write_type(struct schema *s, const struct record_type *t, bool free) {
    bool required = false;

    json_key(s->out, t->name);
    json_begin(s->out, '{');
    json_member_str(s->out, STR("type"), STR("object"));
    json_key(s->out, STR("properties"));
    json_begin(s->out, '{');
    for (size_t i = 0; i < t->n_fields; i++) {
        write_field(s, t, &t->fields[i], free);
        required |= t->fields[i].required;
    }
    json_end(s->out, '}');
    if (required && !free) {
        json_key(s->out, STR("required"));
        json_begin(s->out, '[');
        for (size_t i = 0; i < t->n_fields; i++)
            if (t->fields[i].required)
                json_str(s->out, t->fields[i].name);
        json_end(s->out, ']');
    }
    json_member_bool(s->out, STR("additionalProperties"), free);
    json_end(s->out, '}');
}

static void write_list(struct schema *s, const char *name, const struct record_type *of) {
    json_key(s->out, str_of(name));
    json_begin(s->out, '{');
    json_member_str(s->out, STR("type"), STR("array"));
    json_key(s->out, STR("items"));
    write_reference(s, of);
    json_end(s->out, '}');
}

void seed_schema_write(struct buf *out) {
    struct schema s = {.out = out};

    want(&s, &type_seed_tenant, false);
    want(&s, &type_seed_template, false);
    json_member_str(out, STR("title"), STR("A seed of hired"));
    json_member_str(out, STR("type"), STR("object"));
    json_key(out, STR("properties"));
    json_begin(out, '{');
    json_key(out, STR("$schema"));
    buf_add_lit(out, "{\"type\":\"string\"}");
    write_list(&s, "tenants", &type_seed_tenant);
    write_list(&s, "templates", &type_seed_template);
    json_end(out, '}');
    json_member_bool(out, STR("additionalProperties"), false);
    json_key(out, STR("definitions"));
    json_begin(out, '{');
    for (size_t i = 0; i < s.n; i++)
        write_type(&s, s.types[i], s.free[i]);
    json_end(out, '}');
}
