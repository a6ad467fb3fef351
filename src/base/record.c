/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed records: what a table says about a value, and how a breach of it is reported.
 */
#include "base/record.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/record_internal.h"

enum { VALUE_MAX = 64 };

/* A value from a query string may be invalid UTF-8, but the violation is written as JSON. */
static struct str presentable(struct str value, struct arena *a) {
    value = str_head(value, VALUE_MAX);
    if (str_is_absent(value))
        return STR("");
    struct str copy = arena_dup(a, value);
    if (!str_is_utf8(copy)) {
        char *p = (char *)copy.ptr;
        for (size_t i = 0; i < copy.len; i++)
            if ((unsigned char)p[i] >= 0x80)
                p[i] = '?';
    }
    return copy;
}

static void violation_keep(struct violations *vs, struct arena *a, struct str field, struct str value,
                           const char *format, va_list args) {
    vs->v[vs->n++] = (struct violation){
        .field = field,
        .value = presentable(value, a),
        .description = arena_vprintf(a, format, args),
    };
}

void violation_add(struct violations *vs, struct arena *a, struct str field, struct str value, const char *format,
                   ...) {
    if (vs->n >= VIOLATIONS_MAX) {
        vs->n++;
        return;
    }
    va_list args;
    va_start(args, format);
    violation_keep(vs, a, arena_dup(a, field), value, format, args);
    va_end(args);
}

void record_breach(struct record_reading *r, const struct record_path *p, struct str value, const char *format, ...) {
    if (r->vs->n >= VIOLATIONS_MAX) {
        r->vs->n++;
        return;
    }
    va_list args;
    va_start(args, format);
    violation_keep(r->vs, r->a, record_path_text(p, r->a), value, format, args);
    va_end(args);
}

static void path_write(const struct record_path *p, struct buf *b) {
    if (!p)
        return;
    path_write(p->up, b);
    if (str_is_absent(p->name)) {
        buf_printf(b, "[%zu]", p->index);
        return;
    }
    if (b->len > 0)
        buf_add_char(b, '.');
    buf_add_str(b, p->name);
}

struct str record_path_text(const struct record_path *p, struct arena *a) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    path_write(p, &b);
    return arena_dup(a, buf_str(&b));
}

size_t record_element_size(const struct record_field *f) {
    switch (f->kind) {
    case RECORD_INT:
        return sizeof(int64_t);
    case RECORD_BOOL:
        return sizeof(bool);
    case RECORD_NUMBER:
        return sizeof(double);
    case RECORD_OBJECT:
        return f->of->size;
    default:
        return sizeof(struct str);
    }
}

bool record_is_absent(const struct record_field *f, const void *record) {
    const void *m = record_member_const(f, record);
    if (f->list)
        return !((const struct any_list *)m)->v;
    switch (f->kind) {
    case RECORD_INT:
        return !((const struct opt_int *)m)->set;
    case RECORD_BOOL:
        return !((const struct opt_bool *)m)->set;
    case RECORD_NUMBER:
        return !((const struct opt_num *)m)->set;
    case RECORD_OBJECT:
        return !*(void *const *)m;
    default:
        return str_is_absent(*(const struct str *)m);
    }
}

static bool is_option(const struct record_field *f, struct str value) {
    if (!f->values)
        return true;
    for (const struct str *v = f->values; !str_is_absent(*v); v++)
        if (str_eq(*v, value))
            return true;
    return false;
}

static void breach_options(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                           struct str value) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    for (const struct str *v = f->values; !str_is_absent(*v); v++) {
        if (b.len > 0)
            buf_add_char(&b, ',');
        buf_add_str(&b, *v);
    }
    record_breach(r, p, value, "options: [%.*s]", STR_FMT(buf_str(&b)));
}

void record_check_string(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                         struct str value) {
    if (!is_option(f, value)) {
        breach_options(r, f, p, value);
        return;
    }
    if (r->mode == MODE_ANSWER || (!f->min_len && !f->max_len))
        return;
    size_t chars = str_chars(value);
    if (f->min_len && chars < f->min_len)
        record_breach(r, p, value, "the min len is %" PRIu32, f->min_len);
    if (f->max_len && chars > f->max_len)
        record_breach(r, p, value, "the max len is %" PRIu32, f->max_len);
}

void record_check_int(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                      int64_t value) {
    if (!f->values && !f->has_min && !f->has_max)
        return;
    char digits[24];
    struct str text = {digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, value)};
    if (!is_option(f, text)) {
        breach_options(r, f, p, text);
        return;
    }
    if (r->mode == MODE_ANSWER)
        return;
    if (f->has_min && value < f->min)
        record_breach(r, p, text, "the min value is %" PRId64, f->min);
    if (f->has_max && value > f->max)
        record_breach(r, p, text, "the max value is %" PRId64, f->max);
}

void record_check_number(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                         double value) {
    bool small = f->has_min && value < (double)f->min, large = f->has_max && value > (double)f->max;
    if (r->mode != MODE_INPUT || (!small && !large))
        return;
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    json_num(&b, value);
    if (small)
        record_breach(r, p, buf_str(&b), "the min value is %" PRId64, f->min);
    else
        record_breach(r, p, buf_str(&b), "the max value is %" PRId64, f->max);
}

void record_check_items(struct record_reading *r, const struct record_field *f, const struct record_path *p, size_t n) {
    if (r->mode != MODE_INPUT)
        return;
    if (f->min_items && n < f->min_items)
        record_breach(r, p, STR_ABSENT, "the min len is %" PRIu32, f->min_items);
    if (f->max_items && n > f->max_items)
        record_breach(r, p, STR_ABSENT, "the max len is %" PRIu32, f->max_items);
}

static void fill_default(const struct record_field *f, void *record) {
    void *m = record_member(f, record);
    int64_t value;
    switch (f->kind) {
    case RECORD_STRING:
    case RECORD_MAP:
        *(struct str *)m = f->initial;
        break;
    case RECORD_INT:
        if (str_to_i64(f->initial, &value) == 0)
            *(struct opt_int *)m = SET_INT(value);
        break;
    case RECORD_BOOL:
        *(struct opt_bool *)m = SET_BOOL(str_eq(f->initial, STR("true")));
        break;
    case RECORD_NUMBER:
        *(struct opt_num *)m = (struct opt_num){strtod(f->initial.ptr, NULL), true};
        break;
    case RECORD_OBJECT:
        break;
    }
}

void record_fill(struct record_reading *r, const struct record_field *f, const struct record_path *p, void *record) {
    if (r->mode != MODE_INPUT)
        return;
    if (!str_is_absent(f->initial) && !f->list) {
        fill_default(f, record);
    } else if (f->required && r->vs->n >= VIOLATIONS_MAX) {
        r->vs->n++;
    } else if (f->required) {
        struct str path = record_path_text(p, r->a);
        record_breach(r, p, STR_ABSENT, "%.*s is required", STR_FMT(path));
    }
}

static int each_user(const struct record_type *t, void *record, struct arena *a, const struct record_path *up,
                     record_user_fn fn, void *ctx);

static int each_user_element(const struct record_field *f, void *element, struct arena *a, const struct record_path *p,
                             record_user_fn fn, void *ctx) {
    if (f->kind == RECORD_OBJECT)
        return each_user(f->of, element, a, p, fn, ctx);
    if (str_is_absent(*(struct str *)element)) /* an element of a wrong type, in a record that was refused */
        return 0;
    return fn(ctx, element, record_path_text(p, a));
}

static int each_user(const struct record_type *t, void *record, struct arena *a, const struct record_path *up,
                     record_user_fn fn, void *ctx) {
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct record_field *f = &t->fields[i];
        bool is_user = f->kind == RECORD_STRING && f->slot == SLOT_USER;
        if ((!is_user && f->kind != RECORD_OBJECT) || record_is_absent(f, record))
            continue;
        struct record_path p = {up, f->name, 0};
        void *m = record_member(f, record);
        int r = 0;
        if (f->list) {
            struct any_list *list = m;
            size_t size = record_element_size(f);
            for (size_t k = 0; k < list->n && r == 0; k++) {
                struct record_path element = {&p, STR_ABSENT, k};
                r = each_user_element(f, (char *)list->v + k * size, a, &element, fn, ctx);
            }
        } else {
            r = each_user_element(f, is_user ? m : *(void **)m, a, &p, fn, ctx);
        }
        if (r != 0)
            return r;
    }
    return 0;
}

void record_drop_undescribed(const struct record_type *t, void *record) {
    if (t->undescribed != 0)
        *(struct str *)((char *)record + t->undescribed) = STR_ABSENT;
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct record_field *f = &t->fields[i];
        if (f->kind != RECORD_OBJECT || record_is_absent(f, record))
            continue;
        void *m = record_member(f, record);
        struct any_list *list = m;
        if (!f->list)
            record_drop_undescribed(f->of, *(void **)m);
        for (size_t k = 0; f->list && k < list->n; k++)
            record_drop_undescribed(f->of, (char *)list->v + k * f->of->size);
    }
}

int record_each_user(const struct record_type *t, void *record, struct arena *a, record_user_fn fn, void *ctx) {
    return each_user(t, record, a, NULL, fn, ctx);
}
