/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a saved answer: finds its list of records by counting brackets and quotes, parses everything around the list
 * strictly, and leaves the records themselves to the caller, who parses one at a time.
 */
#include "cli/import/answer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/record.h"
#include "cli/import/cut.h"
#include "cli/import/kind.h"

#define WINDOW ((size_t)8 << 20)     /* bytes of a mapping that are walked before they are released */
#define WHOLE_MAX ((size_t)64 << 20) /* answers up to this size are parsed whole, to report the error */

void answer_give_back(const char *from, const char *to) {
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = ((uintptr_t)from + page - 1) & ~(page - 1),
              end = (uintptr_t)to & ~(page - 1);

    if (end > begin)
        madvise((void *)begin, end - begin, MADV_DONTNEED); /* the kernel reads them again if needed */
}

int answer_refuse(struct finding *f, const char *name, struct str field, struct str reason) {
    *f = (struct finding){.file = name, .field = field, .reason = reason};
    return -EINVAL;
}

/* ---- finding the records ---- */

/* Returns the offset where the value of an object's member begins, or SIZE_MAX. The object begins at i. Escapes in
 * names are not decoded, because no name that hired looks for contains any. */
static size_t find_member(struct str s, size_t i, struct str name) {
    if (i >= s.len || s.ptr[i] != '{')
        return SIZE_MAX;
    for (i = cut_blanks(s, i + 1); i < s.len && s.ptr[i] == '"'; i = cut_blanks(s, i + 1)) {
        size_t end = cut_string(s, i);
        if (end == SIZE_MAX)
            return SIZE_MAX;
        struct str key = {s.ptr + i + 1, end - i - 2};
        i = cut_blanks(s, end);
        if (i >= s.len || s.ptr[i] != ':')
            return SIZE_MAX;
        i = cut_blanks(s, i + 1);
        if (str_eq(key, name))
            return i;
        i = cut_value(s, i);
        i = i == SIZE_MAX ? i : cut_blanks(s, i);
        if (i >= s.len || s.ptr[i] != ',')
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/* The members of `data` that may hold the records. */
static const struct {
    struct str name, path;
    bool list;
} holders[] = {
    {STR_INIT("items"), STR_INIT("data.items"), true}, {STR_INIT("rooms"), STR_INIT("data.rooms"), true},
    {STR_INIT("user"), STR_INIT("data.user"), false},  {STR_INIT("application"), STR_INIT("data.application"), false},
    {STR_INIT("job"), STR_INIT("data.job"), false},    {STR_INIT("talent"), STR_INIT("data.talent"), false},
};

/* Returns the offset behind the closing of `depth` brackets, or SIZE_MAX. */
static size_t find_closing(const struct answer *an, struct str s, size_t i, size_t depth) {
    size_t begin = i;

    while (!cut_on(s, &i, &depth, i + WINDOW)) {
        if (i == SIZE_MAX)
            return SIZE_MAX;
        if (an->mapped)
            answer_give_back(s.ptr + begin, s.ptr + i);
        begin = i;
    }
    return i;
}

/* Finds the records of the answer that s begins with, and sets *ret_end to the offset behind the answer. Returns false
 * if its brackets do not close. */
static bool find_records(struct answer *an, struct str s, size_t *ret_end) {
    size_t data = find_member(s, 0, STR("data"));

    for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
        size_t begin = data == SIZE_MAX ? SIZE_MAX : find_member(s, data, holders[i].name);
        if (begin >= s.len || s.ptr[begin] != (holders[i].list ? '[' : '{'))
            continue;
        size_t end = find_closing(an, s, begin + 1, 1);
        if (end == SIZE_MAX)
            return false;
        an->path = holders[i].path;
        if (holders[i].list)
            an->list = (struct str){s.ptr + begin + 1, end - begin - 2};
        else
            an->single = (struct str){s.ptr + begin, end - begin};
        *ret_end = find_closing(an, s, end, 2); /* of data, and of the answer */
        return *ret_end != SIZE_MAX;
    }
    *ret_end = cut_value(s, 0);
    return *ret_end != SIZE_MAX;
}

/* ---- places ---- */

/* Line and column (in characters, from 1) of an offset of the file. Fast in file order. */
static void count_to(struct answer *an, size_t offset, unsigned *ret_line, unsigned *ret_column) {
    if (an->counted.line == 0 || offset < an->counted.offset) {
        an->counted.line = 1;
        an->counted.offset = an->counted.line_begin = str_starts(an->file, STR("\xef\xbb\xbf")) ? 3 : 0;
    }
    if (offset < an->counted.offset)
        offset = an->counted.offset;
    for (const char *nl; (nl = memchr(an->file.ptr + an->counted.offset, '\n', offset - an->counted.offset));) {
        an->counted.line++;
        an->counted.offset = an->counted.line_begin = (size_t)(nl - an->file.ptr) + 1;
    }
    an->counted.offset = offset;
    *ret_line = an->counted.line;
    *ret_column =
        1 + (unsigned)str_chars((struct str){an->file.ptr + an->counted.line_begin, offset - an->counted.line_begin});
}

/* ---- parsing what surrounds the records ---- */

/* The offset in text of a line and column (in characters). */
static size_t offset_of(struct str text, unsigned line, unsigned column) {
    size_t i = 0;

    for (; line > 1; line--) {
        const char *nl = memchr(text.ptr + i, '\n', text.len - i);
        if (!nl)
            return text.len;
        i = (size_t)(nl - text.ptr) + 1;
    }
    while (column > 1 && i < text.len) {
        for (i++; i < text.len && ((unsigned char)text.ptr[i] & 0xC0) == 0x80; i++)
            ;
        column--;
    }
    return i;
}

/* Turns the parser's message "line 3, column 4: ..." about the text without its list into a finding with its place in
 * the file. */
static void take_place(struct answer *an, struct str around, struct finding *f, struct arena *a) {
    struct str what = f->reason;
    unsigned line, column;
    char head[64] = {0};
    int used = 0;

    memcpy(head, what.ptr, what.len < sizeof(head) - 1 ? what.len : sizeof(head) - 1);
    if (sscanf(head, "line %u, column %u: %n", &line, &column, &used) < 2 || used == 0)
        return;
    what = str_skip(what, (size_t)used);
    size_t offset = offset_of(around, line, column);
    if (!str_is_absent(an->list) && offset > (size_t)(an->list.ptr - an->text.ptr))
        offset += an->list.len;
    count_to(an, (size_t)(an->text.ptr - an->file.ptr) + offset, &f->line, &f->column);
    f->reason = arena_printf(a, "not JSON at line %u, column %u: %.*s%s", f->line, f->column, STR_FMT(what),
                             str_eq(what, STR("the text ends too early")) ? " (the file is cut off)" : "");
}

static int refuse_text(struct answer *an, struct str around, struct str why, struct arena *a, struct finding *f) {
    answer_refuse(f, an->name, STR(""), why);
    take_place(an, around, f, a);
    return -EINVAL;
}

static int check_around(struct answer *an, json_t *root, struct arena *a, struct finding *ret_why) {
    const json_t *code = json_object_get(root, "code"), *msg = json_object_get(root, "msg"),
                 *more = json_object_get(json_object_get(root, "data"), "has_more");

    if (!json_is_object(root))
        return answer_refuse(ret_why, an->name, STR(""), STR("is not an answer of the API: a JSON object is expected"));
    if (code && !json_is_integer(code))
        return answer_refuse(ret_why, an->name, STR("code"),
                             STR("must be a number, 0 in an answer that holds records"));
    if (code && json_integer_value(code) != 0)
        return answer_refuse(ret_why, an->name, STR("code"),
                             arena_printf(a, "the answer is an error: %" JSON_INTEGER_FORMAT " %s",
                                          json_integer_value(code), json_is_string(msg) ? json_string_value(msg) : ""));
    an->has_more = json_is_true(more);
    an->user_id_type = str_of(json_string_value(json_object_get(root, "user_id_type")));
    if (!str_is_absent(an->user_id_type))
        an->user_id_type = arena_dup(a, an->user_id_type);
    /* An empty page may lack its list. */
    if (str_is_absent(an->list) && str_is_absent(an->single) && json_is_boolean(more)) {
        an->list = str_skip(an->text, an->text.len);
        an->path = STR("data.items");
    }
    if (str_is_absent(an->list) && str_is_absent(an->single))
        return answer_refuse(ret_why, an->name, STR("data"),
                             STR("holds no records: data.items (a list) or data.user is expected, as the API answers"));
    return 0;
}

/* For an answer whose records were found, or for a whole text of up to WHOLE_MAX bytes. */
static int parse_around(struct answer *an, struct arena *a, struct finding *ret_why) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    struct str around = an->text, why;

    if (!str_is_absent(an->list)) {
        size_t before = (size_t)(an->list.ptr - an->text.ptr);
        buf_add(&text, an->text.ptr, before);
        buf_add_str(&text, str_skip(an->text, before + an->list.len));
        around = buf_str(&text);
    } else if (around.len > WHOLE_MAX) {
        return answer_refuse(ret_why, an->name, STR("data"),
                             STR("holds no list of records: data.items is expected, as the API answers"));
    }
    json_t *root = record_parse(around, a, &why);
    if (!root)
        return refuse_text(an, around, why, a, ret_why);
    int r = check_around(an, root, a, ret_why);
    json_decref(root);
    return r;
}

/* The brackets do not close: reports why. */
static int refuse_unclosed(struct answer *an, struct arena *a, struct finding *ret_why) {
    struct str why = STR("the text ends too early");

    an->list = an->single = STR_ABSENT;
    if (an->text.len <= WHOLE_MAX)
        json_decref(record_parse(an->text, a, &why));
    refuse_text(an, an->text, why, a, ret_why);
    if (ret_why->line == 0)
        ret_why->reason = STR("is cut off: its brackets and quotes do not close");
    return -EINVAL;
}

int answer_of_text(struct answer *an, const char *name, struct str text, struct arena *a, struct finding *ret_why) {
    size_t end;

    *an = (struct answer){.name = name, .file = text};
    an->text = str_starts(text, STR("\xef\xbb\xbf")) ? str_skip(text, 3) : text; /* UTF-8 byte order mark */
    an->text = str_skip(an->text, cut_blanks(an->text, 0));
    if (an->text.len > 0 && an->text.ptr[0] == '{' && !find_records(an, an->text, &end))
        return refuse_unclosed(an, a, ret_why);
    return parse_around(an, a, ret_why);
}

/* ---- one of several answers in a file ---- */

static bool is_bare_record(struct str text, struct arena *a) {
    struct str why;
    json_t *value = text.len <= WHOLE_MAX ? record_parse(text, a, &why) : NULL;
    bool bare = json_is_object(value) && !json_object_get(value, "code") && !json_object_get(value, "data") &&
                kind_recognise(value);

    json_decref(value);
    return bare;
}

int answer_at(struct answer *an, size_t offset, struct arena *a, size_t *ret_end, struct finding *ret_why) {
    struct str rest = str_skip(an->file, offset);
    size_t end, next;

    an->text = rest;
    *ret_end = an->file.len;
    if (rest.ptr[0] != '{')
        return parse_around(an, a, ret_why); /* reports what is wrong with it */
    if (!find_records(an, rest, &end))
        return refuse_unclosed(an, a, ret_why);
    an->text = (struct str){rest.ptr, end};
    if (str_is_absent(an->list) && str_is_absent(an->single) && is_bare_record(an->text, a)) {
        an->text = an->list = rest;
        an->path = STR("");
        an->bare = true;
        return 0;
    }
    next = cut_blanks(rest, end);
    if (next == rest.len || rest.ptr[next] == '{' || str_starts(str_skip(rest, next), STR("HTTP/")))
        *ret_end = offset + next;
    else
        an->text = rest; /* the parser reports the text behind the answer */
    return parse_around(an, a, ret_why);
}

/* ---- walking the records ---- */

/* Returns the text up to the separator, including anything wrong in it: the parser of the record reports that. */
static size_t find_comma(struct str list, size_t i) {
    while (i < list.len && list.ptr[i] != ',') {
        i = list.ptr[i] == '"' ? cut_string(list, i) : i + 1;
        i = i == SIZE_MAX ? list.len : i;
    }
    return i;
}

bool answer_next(const struct answer *an, struct answer_walk *at, struct answer_item *ret) {
    struct str list = str_is_absent(an->list) ? an->single : an->list;
    size_t begin, end;

    if (at->ended || str_is_absent(list))
        return false;
    if (an->mapped && at->offset - at->given_back > WINDOW) {
        answer_give_back(list.ptr + at->given_back, list.ptr + at->offset);
        at->given_back = at->offset;
    }
    begin = cut_blanks(list, at->offset);
    if (begin == list.len && (at->index == 0 || an->bare)) { /* "[]" */
        at->ended = true;
        return false;
    }
    end = str_is_absent(an->list) ? list.len : cut_value(list, begin);
    if (end == SIZE_MAX)
        end = list.len;
    if (an->bare) {
        end += end == begin; /* a stray comma: the parser reports it */
        at->offset = end;
    } else {
        at->offset = find_comma(list, end);
        if (cut_blanks(list, end) < at->offset)
            end = at->offset;
        at->ended = at->offset >= list.len;
        at->offset++;
    }
    *ret = (struct answer_item){{list.ptr + begin, end - begin}, at->index++};
    return true;
}

struct str answer_path(const struct answer *an, const struct answer_item *item, struct str member, struct arena *a) {
    const char *dot = member.len > 0 && member.ptr[0] != '[' ? "." : "";

    if (an->bare)
        return arena_printf(a, "%.*s", STR_FMT(member));
    if (str_is_absent(an->list))
        return arena_printf(a, "%.*s%s%.*s", STR_FMT(an->path), dot, STR_FMT(member));
    return arena_printf(a, "%.*s[%zu]%s%.*s", STR_FMT(an->path), item->index, dot, STR_FMT(member));
}

void answer_place(struct answer *an, const struct answer_item *item, unsigned *line, unsigned *column) {
    unsigned first_line, first_column;

    count_to(an, (size_t)(item->text.ptr - an->file.ptr), &first_line, &first_column);
    if (*line == 1)
        *column += first_column - 1;
    *line += first_line - 1;
}
