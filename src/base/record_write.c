/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes records as JSON, in wire form or in stored form.
 */
#include "base/id.h"
#include "base/json.h"
#include "base/record.h"
#include "base/record_internal.h"

struct writing {
    struct buf *out;
    uint32_t hidden;
    bool stored;
};

static void write_object(const struct writing *w, const struct record_type *t, const void *record);

static void write_slot(struct buf *out, char kind, int64_t id) {
    unsigned char bytes[8];
    for (int i = 7; i >= 0; i--, id >>= 8)
        bytes[i] = (unsigned char)(id & 0xFF);
    buf_add_char(out, '"');
    buf_add_char(out, MARK_SLOT);
    buf_add_char(out, kind);
    buf_add_hex(out, bytes, sizeof(bytes));
    buf_add_char(out, '"');
}

static void write_string(const struct writing *w, const struct record_field *f, struct str s) {
    static const struct str file = STR_INIT("file:");
    int64_t id;
    if (w->stored && f->slot == SLOT_USER && id_parse(s, &id) == 0)
        write_slot(w->out, 'U', id);
    else if (w->stored && f->slot == SLOT_FILE && str_starts(s, file) && id_parse(str_skip(s, file.len), &id) == 0)
        write_slot(w->out, 'F', id);
    else
        json_str(w->out, s);
}

static void write_map(struct buf *out, struct str text) {
    buf_add_str(out, str_is_empty(text) ? STR("{}") : text);
}

static void write_element(const struct writing *w, const struct record_field *f, const void *element) {
    switch (f->kind) {
    case RECORD_STRING:
        write_string(w, f, *(const struct str *)element);
        break;
    case RECORD_INT:
        json_int(w->out, *(const int64_t *)element);
        break;
    case RECORD_BOOL:
        json_bool(w->out, *(const bool *)element);
        break;
    case RECORD_NUMBER:
        json_num(w->out, *(const double *)element);
        break;
    case RECORD_OBJECT:
        write_object(w, f->of, element);
        break;
    case RECORD_MAP:
        write_map(w->out, *(const struct str *)element);
    }
}

static void write_value(const struct writing *w, const struct record_field *f, const void *record) {
    const void *m = record_member_const(f, record);
    if (!f->list) {
        /* The value comes first in struct opt_int and its like. */
        write_element(w, f, f->kind == RECORD_OBJECT ? *(void *const *)m : m);
        return;
    }
    const struct any_list *list = m;
    size_t size = record_element_size(f);
    buf_add_char(w->out, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0)
            buf_add_char(w->out, ',');
        write_element(w, f, (const char *)list->v + i * size);
    }
    buf_add_char(w->out, ']');
}

static bool is_user(const struct record_field *f) {
    return f->slot == SLOT_USER;
}

static bool is_hidden(const struct record_field *f, uint32_t hidden) {
    return (is_user(f) && (hidden & 1)) || (f->scope_bit > 0 && (hidden >> f->scope_bit & 1));
}

static void write_begin_mark(struct buf *out, int bit) {
    buf_add_char(out, MARK_BEGIN);
    buf_add_char(out, (char)('A' + bit));
}

static void write_undescribed(struct buf *out, const struct record_type *t, const void *record, bool first) {
    struct str members = {0};
    if (t->undescribed != 0)
        members = *(const struct str *)((const char *)record + t->undescribed);
    if (str_is_empty(members))
        return;
    write_begin_mark(out, UNDESCRIBED_BIT);
    if (!first)
        buf_add_char(out, ',');
    buf_add_str(out, members);
    buf_add_char(out, MARK_END);
}

static void write_object(const struct writing *w, const struct record_type *t, const void *record) {
    bool first = true;
    buf_add_char(w->out, '{');
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct record_field *f = &t->fields[i];
        if (record_is_absent(f, record) || is_hidden(f, w->hidden))
            continue;
        bool by_user = w->stored && is_user(f), by_scope = w->stored && f->scope_bit > 0;
        if (by_user)
            write_begin_mark(w->out, 0);
        if (by_scope)
            write_begin_mark(w->out, f->scope_bit);
        if (!first)
            buf_add_char(w->out, ',');
        first = false;
        buf_add_char(w->out, '"'); /* not json_key: it would take a mark for the end of a value */
        json_escape(w->out, f->name);
        buf_add_lit(w->out, "\":");
        write_value(w, f, record);
        if (by_scope)
            buf_add_char(w->out, MARK_END);
        if (by_user)
            buf_add_char(w->out, MARK_END);
    }
    if (w->stored)
        write_undescribed(w->out, t, record, first);
    buf_add_char(w->out, '}');
}

void record_write(const struct record_type *t, const void *record, uint32_t hidden, struct buf *out) {
    struct writing w = {out, hidden, false};
    json_comma(out);
    write_object(&w, t, record);
}

void record_write_stored(const struct record_type *t, const void *record, struct buf *out) {
    struct writing w = {out, 0, true};
    json_comma(out);
    write_object(&w, t, record);
}
