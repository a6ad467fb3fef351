/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads records from parsed JSON and from single texts, and collects everything that is wrong with them.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/record.h"
#include "base/record_internal.h"

static const char *kind_names[] = {
    [RECORD_STRING] = "string", [RECORD_INT] = "int",       [RECORD_BOOL] = "bool",
    [RECORD_NUMBER] = "number", [RECORD_OBJECT] = "object", [RECORD_MAP] = "object",
};

static struct str string_of(const json_t *v) {
    return (struct str){json_string_value(v), json_string_length(v)};
}

/* Compact JSON text of v; may stop once it is longer than limit. */
static void dump(const json_t *v, struct buf *b, size_t limit) {
    if (b->len > limit)
        return;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        json_begin(b, '{');
        for (void *it = json_object_iter((json_t *)v); it && b->len <= limit;
             it = json_object_iter_next((json_t *)v, it)) {
            json_key(b, (struct str){json_object_iter_key(it), json_object_iter_key_len(it)});
            dump(json_object_iter_value(it), b, limit);
        }
        json_end(b, '}');
        break;
    case JSON_ARRAY:
        json_begin(b, '[');
        for (size_t i = 0; i < json_array_size(v) && b->len <= limit; i++)
            dump(json_array_get(v, i), b, limit);
        json_end(b, ']');
        break;
    case JSON_STRING:
        json_str(b, string_of(v));
        break;
    case JSON_INTEGER:
        json_int(b, json_integer_value(v));
        break;
    case JSON_REAL:
        json_num(b, json_real_value(v));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_bool(b, json_is_true(v));
        break;
    case JSON_NULL:
        json_comma(b);
        buf_add_lit(b, "null");
    }
}

static void wrong_type(struct record_reading *r, const struct record_path *p, const json_t *v, const char *expected) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    if (r->vs->n >= VIOLATIONS_MAX) {
        r->vs->n++;
        return;
    }
    if (json_is_string(v))
        buf_add_str(&b, string_of(v));
    else
        dump(v, &b, 64);
    record_breach(r, p, buf_str(&b), "%s is expected", expected);
}

static void read_object(struct record_reading *r, const struct record_type *t, void *record, const json_t *object,
                        const struct record_path *up);

bool record_type_fits(const struct record_field *f, const json_t *v) {
    switch (f->kind) {
    case RECORD_STRING:
        return json_is_string(v);
    case RECORD_INT:
        return json_is_integer(v);
    case RECORD_BOOL:
        return json_is_boolean(v);
    case RECORD_NUMBER:
        return json_is_number(v);
    default:
        return json_is_object(v);
    }
}

/* One value that is not null, of a type that fits, into the room of a list's element. */
static void read_element(struct record_reading *r, const struct record_field *f, void *element, const json_t *v,
                         const struct record_path *p) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    switch (f->kind) {
    case RECORD_STRING:
        record_check_string(r, f, p, string_of(v));
        *(struct str *)element = arena_dup(r->a, string_of(v));
        break;
    case RECORD_INT:
        record_check_int(r, f, p, json_integer_value(v));
        *(int64_t *)element = json_integer_value(v);
        break;
    case RECORD_BOOL:
        *(bool *)element = json_is_true(v);
        break;
    case RECORD_NUMBER:
        record_check_number(r, f, p, json_number_value(v));
        *(double *)element = json_number_value(v);
        break;
    case RECORD_OBJECT:
        read_object(r, f->of, element, v, p);
        break;
    case RECORD_MAP:
        dump(v, &b, SIZE_MAX);
        *(struct str *)element = arena_dup(r->a, buf_str(&b));
    }
}

static void read_list(struct record_reading *r, const struct record_field *f, struct any_list *list, const json_t *v,
                      const struct record_path *p) {
    if (!json_is_array(v)) {
        wrong_type(r, p, v, "list");
        return;
    }
    size_t n = json_array_size(v), size = record_element_size(f);
    record_check_items(r, f, p, n);
    /* A list that is too long is refused anyway: what it would take in memory stays bounded. */
    if (r->mode == MODE_INPUT && f->max_items && n > f->max_items)
        n = f->max_items;
    list->v = arena_calloc(r->a, n, size);
    list->n = n;
    for (size_t i = 0; i < n; i++) {
        struct record_path at = {p, STR_ABSENT, i};
        const json_t *element = json_array_get(v, i);
        if (record_type_fits(f, element))
            read_element(r, f, (char *)list->v + i * size, element, &at);
        else
            wrong_type(r, &at, element, kind_names[f->kind]);
    }
}

static void read_single(struct record_reading *r, const struct record_field *f, void *record, const json_t *v,
                        const struct record_path *p) {
    void *m = record_member(f, record);
    if (!record_type_fits(f, v)) {
        wrong_type(r, p, v, kind_names[f->kind]);
        return;
    }
    switch (f->kind) {
    case RECORD_STRING:
        if (r->mode == MODE_INPUT && f->required && json_string_length(v) == 0) {
            record_fill(r, f, p, record);
            return;
        }
        break;
    case RECORD_INT:
        ((struct opt_int *)m)->set = true; /* v comes first in it */
        break;
    case RECORD_BOOL:
        ((struct opt_bool *)m)->set = true;
        break;
    case RECORD_NUMBER:
        ((struct opt_num *)m)->set = true;
        break;
    case RECORD_OBJECT:
        m = *(void **)m = arena_alloc(r->a, f->of->size);
        break;
    case RECORD_MAP:
        break;
    }
    read_element(r, f, m, v, p);
}

/* Members of the object that the table does not name; null counts as absent. */
static void take_undescribed(struct record_reading *r, const struct record_type *t, void *record, const json_t *object,
                             const struct record_path *up) {
    struct buf kept BUF_CLEANUP = BUF_EMPTY;

    for (void *it = json_object_iter((json_t *)object); it; it = json_object_iter_next((json_t *)object, it)) {
        struct str name = {json_object_iter_key(it), json_object_iter_key_len(it)};
        bool known = json_is_null(json_object_iter_value(it));
        for (size_t i = 0; i < t->n_fields && !known; i++)
            known = str_eq(t->fields[i].name, name);
        if (known)
            continue;
        struct record_path p = {up, name, 0};
        if (!r->undescribed) {
            record_breach(r, &p, STR_ABSENT, "unknown field");
            continue;
        }
        r->undescribed(r->undescribed_ctx, record_path_text(&p, r->a));
        if (t->undescribed != 0) {
            json_key(&kept, name);
            dump(json_object_iter_value(it), &kept, SIZE_MAX);
        }
    }
    if (kept.len > 0)
        *(struct str *)((char *)record + t->undescribed) = arena_dup(r->a, buf_str(&kept));
}

static void read_object(struct record_reading *r, const struct record_type *t, void *record, const json_t *object,
                        const struct record_path *up) {
    size_t described = 0;
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct record_field *f = &t->fields[i];
        struct record_path p = {up, f->name, 0};
        const json_t *v = json_object_getn(object, f->name.ptr, f->name.len);
        described += v != NULL;
        if (!v || json_is_null(v))
            record_fill(r, f, &p, record);
        else if (f->list)
            read_list(r, f, record_member(f, record), v, &p);
        else
            read_single(r, f, record, v, &p);
    }
    if (r->mode == MODE_ANSWER && json_object_size(object) > described)
        take_undescribed(r, t, record, object, up);
}

static int read_root(struct record_reading *r, const struct record_type *t, void *record, const json_t *object) {
    size_t before = r->vs->n;
    if (json_is_object(object))
        read_object(r, t, record, object, NULL);
    else
        violation_add(r->vs, r->a, STR(""), STR_ABSENT, "object is expected");
    return r->vs->n > before ? -EINVAL : 0;
}

int record_read(const struct record_type *t, void *record, const json_t *object, struct arena *a,
                struct violations *vs) {
    struct record_reading r = {.a = a, .vs = vs, .mode = MODE_INPUT};
    return read_root(&r, t, record, object);
}

int record_read_answer(const struct record_type *t, void *record, const json_t *object, struct arena *a,
                       struct violations *vs, record_undescribed_fn fn, void *ctx) {
    struct record_reading r = {.a = a, .vs = vs, .mode = MODE_ANSWER, .undescribed = fn, .undescribed_ctx = ctx};
    return read_root(&r, t, record, object);
}

/* ---- single texts ---- */

/* A finite decimal number as JSON would have it; strtod alone also takes blanks, "inf" and hexadecimal. */
static bool text_to_number(struct str s, double *ret) {
    char copy[64];
    if (s.len >= sizeof(copy))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!memchr("0123456789+-.eE", s.ptr[i], 15))
            return false;
    memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    char *end;
    *ret = strtod(copy, &end);
    return end == copy + s.len && end > copy && isfinite(*ret);
}

static bool text_to_bool(struct str s, bool *ret) {
    *ret = str_eq_nocase(s, STR("true"));
    return *ret || str_eq_nocase(s, STR("false"));
}

/* Room for one element more. The arena cannot grow a list in place, so it doubles when its length is a power of two. */
static void *list_append(struct any_list *list, size_t size, struct arena *a) {
    if ((list->n & (list->n - 1)) == 0) {
        void *v = arena_calloc(a, list->n ? 2 * list->n : 1, size);
        if (list->n)
            memcpy(v, list->v, list->n * size);
        list->v = v;
    }
    return (char *)list->v + size * list->n++;
}

/* The value, wherever it goes afterwards: a member on its own or a list's element. */
struct text_value {
    struct str s;
    int64_t i;
    double d;
    bool b;
};

static bool text_parse(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                       struct str text, struct text_value *ret) {
    switch (f->kind) {
    case RECORD_STRING:
        if (!str_is_utf8(text) || str_find(text, '\0') != SIZE_MAX)
            return false;
        record_check_string(r, f, p, text);
        ret->s = arena_dup(r->a, text);
        return true;
    case RECORD_INT:
        if (str_to_i64(text, &ret->i) < 0)
            return false;
        record_check_int(r, f, p, ret->i);
        return true;
    case RECORD_BOOL:
        return text_to_bool(text, &ret->b);
    case RECORD_NUMBER:
        if (!text_to_number(text, &ret->d))
            return false;
        record_check_number(r, f, p, ret->d);
        return true;
    default:
        return false;
    }
}

static void text_store(const struct record_field *f, void *record, const struct text_value *v, struct arena *a) {
    void *m = record_member(f, record);
    if (f->list)
        m = list_append(m, record_element_size(f), a);
    switch (f->kind) {
    case RECORD_STRING:
        *(struct str *)m = v->s;
        return;
    case RECORD_INT:
        if (f->list)
            *(int64_t *)m = v->i;
        else
            *(struct opt_int *)m = SET_INT(v->i);
        return;
    case RECORD_BOOL:
        if (f->list)
            *(bool *)m = v->b;
        else
            *(struct opt_bool *)m = SET_BOOL(v->b);
        return;
    default:
        if (f->list)
            *(double *)m = v->d;
        else
            *(struct opt_num *)m = (struct opt_num){v->d, true};
    }
}

int record_read_text(const struct record_field *f, void *record, struct str value, struct arena *a,
                     struct violations *vs) {
    struct record_reading r = {.a = a, .vs = vs, .mode = MODE_INPUT};
    struct record_path p = {NULL, f->name, 0}, element = {&p, STR_ABSENT, 0};
    struct text_value parsed = {0};
    size_t before = vs->n;
    const struct record_path *at = &p;
    if (str_is_empty(value))
        return 0;
    if (f->list) {
        element.index = ((struct any_list *)record_member(f, record))->n;
        at = &element;
    }
    if (text_parse(&r, f, at, value, &parsed))
        text_store(f, record, &parsed, a);
    else if (f->kind == RECORD_STRING)
        record_breach(&r, at, value, "string of UTF-8 text is expected");
    else
        record_breach(&r, at, value, "%s is expected", kind_names[f->kind]);
    return vs->n > before ? -EINVAL : 0;
}

int record_finish_text(const struct record_type *t, void *record, struct arena *a, struct violations *vs) {
    struct record_reading r = {.a = a, .vs = vs, .mode = MODE_INPUT};
    size_t before = vs->n;
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct record_field *f = &t->fields[i];
        struct record_path p = {NULL, f->name, 0};
        if (record_is_absent(f, record))
            record_fill(&r, f, &p, record);
        else if (f->list)
            record_check_items(&r, f, &p, ((struct any_list *)record_member(f, record))->n);
    }
    return vs->n > before ? -EINVAL : 0;
}
