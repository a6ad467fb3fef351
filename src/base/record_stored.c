/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a record's stored form back into its struct, straight from the text: every change of a record does that, and a
 * tree of JSON values would cost ten times as much. What the text has was checked when it came in, so only the types
 * are checked here, but strictly: a text that is damaged is refused.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/record.h"
#include "base/record_internal.h"

enum { DEPTH_MAX = 64 };

/* The rest of the text. Every function takes what it reads off its beginning, and returns false if that is damaged. */
struct reading {
    const char *p, *end;
    struct arena *a;
    unsigned depth;
};

static bool take(struct reading *r, char c) {
    if (r->p == r->end || *r->p != c)
        return false;
    r->p++;
    return true;
}

/* Records that were stored as they were received may have blanks between their tokens. */
static void pass_blanks(struct reading *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
        r->p++;
}

/* A token that may have blanks before it. */
static bool take_token(struct reading *r, char c) {
    pass_blanks(r);
    return take(r, c);
}

static bool take_word(struct reading *r, struct str word) {
    if ((size_t)(r->end - r->p) < word.len || memcmp(r->p, word.ptr, word.len) != 0)
        return false;
    r->p += word.len;
    return true;
}

/* ---- strings ---- */

static bool take_hex(struct reading *r, size_t digits, uint64_t *ret) {
    *ret = 0;
    for (size_t i = 0; i < digits; i++, r->p++) {
        int digit = r->p < r->end ? hex_digit(*r->p) : -1;
        if (digit < 0)
            return false;
        *ret = *ret << 4 | (uint64_t)digit;
    }
    return true;
}

static void add_utf8(struct buf *b, uint32_t c) {
    if (c < 0x80) {
        buf_add_char(b, (char)c);
        return;
    }
    if (c < 0x800)
        buf_add_char(b, (char)(0xc0 | c >> 6));
    else if (c < 0x10000)
        buf_add_char(b, (char)(0xe0 | c >> 12));
    else {
        buf_add_char(b, (char)(0xf0 | c >> 18));
        buf_add_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
    }
    if (c >= 0x800)
        buf_add_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
    buf_add_char(b, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u". */
static bool take_code(struct reading *r, struct buf *b) {
    uint64_t c, low;
    if (!take_hex(r, 4, &c))
        return false;
    if (c >= 0xd800 && c < 0xdc00) {
        if (!take_word(r, STR("\\u")) || !take_hex(r, 4, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
    } else if (c >= 0xdc00 && c < 0xe000) {
        return false;
    }
    add_utf8(b, (uint32_t)c);
    return true;
}

/* Behind a backslash. */
static bool take_escape(struct reading *r, struct buf *b) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (r->p == r->end)
        return false;
    char c = *r->p++;
    if (c == 'u')
        return take_code(r, b);
    const char *at = memchr(from, c, sizeof(from) - 1);
    if (at)
        buf_add_char(b, to[at - from]);
    return at != NULL;
}

/* Takes characters up to a quote, a backslash or a control byte. */
static struct str take_plain(struct reading *r) {
    const char *from = r->p;
    while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= ' ')
        r->p++;
    return (struct str){from, (size_t)(r->p - from)};
}

/* A string whose opening quote was taken. ret NULL: its value is not wanted. */
static bool take_text(struct reading *r, struct str *ret) {
    struct str plain = take_plain(r);
    if (take(r, '"')) {
        if (ret)
            *ret = arena_dup(r->a, plain);
        return true;
    }
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_add_str(&b, plain);
    while (take(r, '\\')) {
        if (!take_escape(r, &b))
            return false;
        buf_add_str(&b, take_plain(r));
    }
    if (ret)
        *ret = arena_dup(r->a, buf_str(&b));
    return take(r, '"');
}

/* A slot whose opening quote was taken. */
static bool take_slot(struct reading *r, struct str *ret) {
    uint64_t id;
    r->p++;
    char kind = r->p < r->end ? *r->p++ : 0;
    if ((kind != 'U' && kind != 'F') || !take_hex(r, SLOT_DIGITS, &id))
        return false;
    *ret = arena_printf(r->a, kind == 'F' ? "file:%lld" : "%lld", (long long)id);
    return take(r, '"');
}

static bool take_string(struct reading *r, struct str *ret) {
    if (!take(r, '"'))
        return false;
    return r->p < r->end && *r->p == MARK_SLOT ? take_slot(r, ret) : take_text(r, ret);
}

/* ---- numbers ---- */

/* The characters of a number. */
static struct str number_text(struct reading *r) {
    const char *from = r->p;
    while (r->p < r->end && memchr("0123456789+-.eE", *r->p, 15))
        r->p++;
    return (struct str){from, (size_t)(r->p - from)};
}

static bool take_int(struct reading *r, int64_t *ret) {
    return str_to_i64(number_text(r), ret) == 0;
}

static bool take_number(struct reading *r, double *ret) {
    struct str text = number_text(r);
    char copy[64], *end;
    if (text.len == 0 || text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *ret = strtod(copy, &end);
    return end == copy + text.len;
}

static bool take_bool(struct reading *r, bool *ret) {
    *ret = take_word(r, STR("true"));
    return *ret || take_word(r, STR("false"));
}

/* ---- values that the type does not describe ---- */

static bool pass_value(struct reading *r);

/* Passes members, separated by commas. */
static bool pass_members(struct reading *r) {
    do {
        if (!take_token(r, '"') || !take_text(r, NULL) || !take_token(r, ':') || !pass_value(r))
            return false;
    } while (take_token(r, ','));
    return true;
}

static bool pass_elements(struct reading *r) {
    do {
        if (!pass_value(r))
            return false;
    } while (take_token(r, ','));
    return true;
}

static bool pass_value(struct reading *r) {
    double number;
    bool truth, good;
    pass_blanks(r);
    if (r->p == r->end || r->depth >= DEPTH_MAX)
        return false;
    switch (*r->p) {
    case '{':
    case '[':
        r->depth++;
        if (take_token(r, '{'))
            good = take_token(r, '}') || (pass_members(r) && take_token(r, '}'));
        else
            good = take_token(r, '[') && (take_token(r, ']') || (pass_elements(r) && take_token(r, ']')));
        r->depth--;
        return good;
    case '"':
        r->p++;
        return take_text(r, NULL);
    case 't':
    case 'f':
        return take_bool(r, &truth);
    case 'n':
        return take_word(r, STR("null"));
    default:
        return take_number(r, &number);
    }
}

/* The text from there to here, without blanks between its tokens, in the arena. */
static struct str compact(const struct reading *r, const char *from) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    bool text = false;
    for (const char *p = from; p < r->p; p++) {
        if (!text && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
            continue;
        buf_add_char(&b, *p);
        if (text && *p == '\\')
            buf_add_char(&b, *++p);
        else if (*p == '"')
            text = !text;
    }
    return arena_dup(r->a, buf_str(&b));
}

static bool take_map(struct reading *r, struct str *ret) {
    const char *from = r->p;
    if (r->p == r->end || *r->p != '{' || !pass_value(r))
        return false;
    *ret = compact(r, from);
    return true;
}

/* ---- values that the type describes ---- */

static bool take_object(struct reading *r, const struct record_type *t, void *record);

/* One value, into the room of a list's element. */
static bool take_element(struct reading *r, const struct record_field *f, void *element) {
    switch (f->kind) {
    case RECORD_STRING:
        return take_string(r, element);
    case RECORD_INT:
        return take_int(r, element);
    case RECORD_BOOL:
        return take_bool(r, element);
    case RECORD_NUMBER:
        return take_number(r, element);
    case RECORD_OBJECT:
        return take_object(r, f->of, element);
    case RECORD_MAP:
        return take_map(r, element);
    }
    return false;
}

static bool take_list(struct reading *r, const struct record_field *f, struct any_list *list) {
    size_t size = record_element_size(f);
    if (!take_token(r, '['))
        return false;
    list->n = 0;
    list->v = arena_calloc(r->a, 1, size); /* also an empty list is there */
    if (take_token(r, ']'))
        return true;
    do {
        if (list->n > 0 && (list->n & (list->n - 1)) == 0) { /* the arena cannot grow it in place, so it doubles */
            void *v = arena_calloc(r->a, 2 * list->n, size);
            memcpy(v, list->v, list->n * size);
            list->v = v;
        }
        pass_blanks(r);
        if (!take_element(r, f, (char *)list->v + size * list->n++))
            return false;
    } while (take_token(r, ','));
    return take_token(r, ']');
}

static bool take_single(struct reading *r, const struct record_field *f, void *m) {
    switch (f->kind) {
    case RECORD_INT:
        ((struct opt_int *)m)->set = true; /* the value comes first in it */
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
    case RECORD_STRING:
    case RECORD_MAP:
        break;
    }
    return take_element(r, f, m);
}

static bool take_value(struct reading *r, const struct record_field *f, void *record) {
    pass_blanks(r);
    if (take_word(r, STR("null")))
        return true;
    return f->list ? take_list(r, f, record_member(f, record)) : take_single(r, f, record_member(f, record));
}

/* ---- members ---- */

/* The members of an object so far. */
struct members {
    const struct record_type *t;
    size_t next;     /* members usually are in the order of the fields: where the next one may be */
    uint64_t met[4]; /* a bit for each field; those of larger types are not noted */
};

/* The field with that name, or NULL. */
static const struct record_field *field_of(const struct members *m, struct str name) {
    size_t n = m->t->n_fields;
    for (size_t i = 0; i < n; i++) {
        const struct record_field *f = &m->t->fields[m->next + i < n ? m->next + i : m->next + i - n];
        if (str_eq(f->name, name))
            return f;
    }
    return NULL;
}

/* Notes that the field's member was met. Returns false if it was met before. */
static bool meet(struct members *m, const struct record_field *f) {
    size_t at = (size_t)(f - m->t->fields);
    uint64_t bit = UINT64_C(1) << at % 64, *met = &m->met[at / 64 % (sizeof(m->met) / sizeof(m->met[0]))];
    bool again = at < 64 * sizeof(m->met) / sizeof(m->met[0]) && (*met & bit);
    *met |= bit;
    m->next = at + 1;
    return !again;
}

/* Keeps members that the type does not describe, from there to here, if it has room for them. */
static void keep_undescribed(struct reading *r, const struct record_type *t, void *record, const char *from) {
    if (t->undescribed == 0)
        return;
    struct str members = compact(r, from);
    struct str *kept = (struct str *)(void *)((char *)record + t->undescribed);
    *kept = str_is_empty(*kept) ? members : arena_printf(r->a, "%.*s,%.*s", STR_FMT(*kept), STR_FMT(members));
}

/* Behind the mark of a conditional that holds members without a description. */
static bool take_undescribed(struct reading *r, const struct record_type *t, void *record) {
    take_token(r, ',');
    const char *from = r->p;
    if (!pass_members(r))
        return false;
    keep_undescribed(r, t, record, from);
    return take(r, MARK_END);
}

static bool take_member(struct reading *r, struct members *m, void *record) {
    pass_blanks(r);
    const char *from = r->p;
    struct str name;
    if (!take(r, '"'))
        return false;
    name = take_plain(r);
    if (!take(r, '"')) {
        struct str decoded; /* a name with escapes */
        if (!take_text(r, &decoded))
            return false;
        name = STR(""); /* no field's name has any */
    }
    if (!take_token(r, ':'))
        return false;
    const struct record_field *f = field_of(m, name);
    if (f)
        return meet(m, f) && take_value(r, f, record);
    if (!pass_value(r))
        return false;
    keep_undescribed(r, m->t, record, from);
    return true;
}

/* Takes marks of conditionals that begin. Returns false if one is damaged or nested too deeply; *ret_undescribed: the
 * last one holds members without a description. */
static bool take_begin_marks(struct reading *r, unsigned *open, bool *ret_undescribed) {
    *ret_undescribed = false;
    while (take(r, MARK_BEGIN)) {
        if (r->p == r->end || ++*open > 2)
            return false;
        if (*r->p++ == 'A' + UNDESCRIBED_BIT) {
            *ret_undescribed = true;
            --*open;
            return true;
        }
    }
    return true;
}

static bool take_object(struct reading *r, const struct record_type *t, void *record) {
    struct members members = {.t = t};
    bool first = true, undescribed;
    if (r->depth >= DEPTH_MAX || !take_token(r, '{'))
        return false;
    r->depth++;
    for (;;) {
        unsigned open = 0;
        pass_blanks(r);
        if (r->p == r->end || *r->p == '}')
            break;
        if (!take_begin_marks(r, &open, &undescribed))
            return false;
        if (undescribed) {
            if (open > 0 || !take_undescribed(r, t, record))
                return false;
            break;
        }
        if (!first && !take_token(r, ','))
            return false;
        if (!take_member(r, &members, record))
            return false;
        for (; open > 0; open--)
            if (!take(r, MARK_END))
                return false;
        first = false;
    }
    r->depth--;
    return take_token(r, '}');
}

static bool read_text(const struct record_type *t, void *record, struct str text, struct arena *a) {
    struct reading r = {.p = text.ptr, .end = text.ptr + text.len, .a = a};
    bool good = take_object(&r, t, record);
    pass_blanks(&r);
    return good && r.p == r.end;
}

static void internal_user(void *ctx, int64_t uid, struct buf *out) {
    buf_add_i64(out, uid);
}

static void internal_file(void *ctx, int64_t file_id, struct buf *out) {
    buf_add_lit(out, "file:");
    buf_add_i64(out, file_id);
}

static const struct record_reader internal = {.undescribed = true, .user = internal_user, .file = internal_file};

/* A record that was stored as it was received has marks in members that the type does not describe, too: they are
 * removed from the whole text first. */
static bool read_spliced(const struct record_type *t, void *record, struct str stored, struct arena *a) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    record_splice(&internal, stored, &text);
    memset(record, 0, t->size);
    return read_text(t, record, buf_str(&text), a);
}

int record_read_stored(const struct record_type *t, void *record, struct str stored, struct arena *a) {
    if (str_is_absent(stored) || !str_is_utf8(stored))
        return -EBADMSG;
    return read_text(t, record, stored, a) || read_spliced(t, record, stored, a) ? 0 : -EBADMSG;
}

int record_check_stored(struct str stored) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    if (str_is_absent(stored) || !str_is_utf8(stored))
        return -EBADMSG;
    record_splice(&internal, stored, &text);
    struct reading r = {.p = text.ptr, .end = text.ptr + text.len};
    pass_blanks(&r);
    bool good = r.p < r.end && *r.p == '{' && pass_value(&r);
    pass_blanks(&r);
    return good && r.p == r.end ? 0 : -EBADMSG;
}
