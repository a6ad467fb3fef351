/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaces the values of bodies and queries.
 */
#include "upstream/disguise.h"

#include "base/json.h"
#include "http/http.h"

#define WORD_MAX 64

static bool is_word(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= '0' && s.ptr[i] <= '9') || ((s.ptr[i] | 0x20) >= 'a' && (s.ptr[i] | 0x20) <= 'z') ||
              s.ptr[i] == '_'))
            return false;
    return s.len <= WORD_MAX;
}

/* Names of members and parameters stay if they look like names of the API: a map may have people's data as names. */
static struct str name_or_disguise(struct str name) {
    bool letter = name.len > 0 && !(name.ptr[0] >= '0' && name.ptr[0] <= '9');
    return letter && is_word(name) ? name : STR(DISGUISED);
}

static const struct record_field *field_of(const struct record_type *t, struct str name) {
    for (size_t i = 0; t && i < t->n_fields; i++)
        if (str_eq(t->fields[i].name, name))
            return &t->fields[i];
    return NULL;
}

static struct str text_of(const json_t *v) {
    return (struct str){json_string_value(v), json_string_length(v)};
}

static void write_object(const struct record_type *t, const json_t *object, struct buf *out);

static void write_value(const struct record_field *f, const json_t *v, struct buf *out) {
    bool listed = f && f->values;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        write_object(f && f->kind == RECORD_OBJECT ? f->of : NULL, v, out);
        break;
    case JSON_ARRAY:
        json_begin(out, '[');
        for (size_t i = 0; i < json_array_size(v); i++)
            write_value(f, json_array_get(v, i), out);
        json_end(out, ']');
        break;
    case JSON_STRING:
        json_str(out, (listed && is_word(text_of(v))) || json_string_length(v) == 0 ? text_of(v) : STR(DISGUISED));
        break;
    case JSON_INTEGER:
        json_int(out, listed ? json_integer_value(v) : 0);
        break;
    case JSON_REAL:
        json_num(out, 0.5); /* a number that is no integer stays one */
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_bool(out, json_is_true(v));
        break;
    case JSON_NULL:
        json_comma(out);
        buf_add_lit(out, "null");
        break;
    }
}

static void write_object(const struct record_type *t, const json_t *object, struct buf *out) {
    const char *name;
    json_t *v;
    size_t len;
    unsigned hidden = 0;
    json_begin(out, '{');
    json_object_keylen_foreach((json_t *)(uintptr_t)object, name, len, v) {
        struct str key = name_or_disguise((struct str){name, len});
        if (!str_eq(key, (struct str){name, len}) && hidden++) /* a name stands once only */
            continue;
        json_key(out, key);
        write_value(field_of(t, (struct str){name, len}), v, out);
    }
    json_end(out, '}');
}

static bool is_documented_msg(const struct op *op, struct str msg) {
    if (!op || str_eq(msg, op->success_msg))
        return op != NULL;
    for (const struct op_error *e = op->errors; e && e->code != 0; e++)
        if (str_eq(msg, e->msg))
            return true;
    return false;
}

static void write_answer(const struct op *op, const json_t *answer, struct buf *out) {
    const struct record_field data = {.kind = RECORD_OBJECT, .of = op ? op->data : NULL};
    const char *name;
    json_t *v;
    size_t len;
    unsigned hidden = 0;
    json_begin(out, '{');
    json_object_keylen_foreach((json_t *)(uintptr_t)answer, name, len, v) {
        struct str key = {name, len};
        struct str shown = name_or_disguise(key);
        if (!str_eq(shown, key) && hidden++)
            continue;
        json_key(out, shown);
        if (str_eq(key, STR("code")) && json_is_integer(v))
            json_int(out, json_integer_value(v));
        else if (json_is_string(v) && (str_eq(key, STR("msg")) || str_eq(key, STR("message"))))
            json_str(out, is_documented_msg(op, text_of(v)) ? text_of(v) : STR(DISGUISED));
        else if (str_eq(key, STR("data")) && op && !op->flat)
            write_value(&data, v, out);
        else
            write_value(op && op->flat ? field_of(op->data, key) : NULL, v, out);
    }
    json_end(out, '}');
}

/* NULL: it is no JSON, or no whole one. */
static json_t *parse(struct str text) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    return record_parse(text, &a, &why);
}

void disguise_request(const struct op *op, struct str body, struct buf *out) {
    json_t *v = parse(body);
    const struct record_field whole = {.kind = RECORD_OBJECT, .of = op ? op->body : NULL};
    if (v)
        write_value(&whole, v, out);
    else
        buf_add_str(out, body.len > 0 ? STR(DISGUISED) : STR(""));
    json_decref(v);
}

void disguise_answer(const struct op *op, struct str body, struct buf *out) {
    json_t *v = parse(body);
    if (json_is_object(v))
        write_answer(op, v, out);
    else
        buf_add_str(out, body.len > 0 ? STR(DISGUISED) : STR(""));
    json_decref(v);
}

void disguise_query(const struct op *op, struct str query, struct buf *out) {
    struct str name, value;
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    while (!str_is_absent(query)) {
        struct str pair = str_cut(&query, '&'), rest = pair, decoded;
        name = str_cut(&rest, '=');
        if (out->len > 0)
            buf_add_char(out, '&');
        buf_add_str(out, name_or_disguise(name));
        if (str_is_absent(rest))
            continue;
        value = rest;
        const struct record_field *f = op && http_decode(name, &a, &decoded) == 0 ? field_of(op->query, decoded) : NULL;
        buf_add_char(out, '=');
        buf_add_str(out, value.len == 0 || (f && f->values && is_word(value)) ? value : STR(DISGUISED));
    }
}

/* In the path of an operation that is not described: a part in the form of the API's fixed ones ("open-apis", "v1",
 * "batch_query"). Any other may be an id or a mail address. */
static bool is_fixed(struct str part) {
    size_t digits = 0;
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        digits += c >= '0' && c <= '9';
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '-'))
            return false;
    }
    return digits == 0 || (digits == 1 && part.len == 2);
}

void disguise_path(const struct op *op, struct str path, struct buf *out) {
    struct str of_op = op ? op->path : STR_ABSENT;
    while (!str_is_absent(path)) {
        struct str part = str_cut(&path, '/'), described = str_is_absent(of_op) ? STR("") : str_cut(&of_op, '/');
        bool of_person = op ? described.len > 0 && described.ptr[0] == ':' : !is_fixed(part);
        buf_add_str(out, of_person ? STR(DISGUISED) : part);
        if (!str_is_absent(path))
            buf_add_char(out, '/');
    }
}
