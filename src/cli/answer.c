/* SPDX-License-Identifier: Apache-2.0
 *
 * A saved answer of the API: finds its list of records by brackets and quotes alone, has all that stands around the
 * list parsed strictly, and leaves each record to whoever walks them.
 */
#include "cli/answer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/record.h"

/* ---- skipping ---- */

static size_t skip_blanks(struct str s, size_t i) {
    while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == '\n' || s.ptr[i] == '\r'))
        i++;
    return i;
}

/* i stands at a quote; returns what follows the closing one, or SIZE_MAX. */
static size_t skip_string(struct str s, size_t i) {
    for (i++; i < s.len; i++) {
        if (s.ptr[i] == '"')
            return i + 1;
        if (s.ptr[i] == '\\')
            i++;
    }
    return SIZE_MAX;
}

/* i stands at the first byte of a value; returns what follows it, or SIZE_MAX if its brackets or quotes do not close.
 */
static size_t skip_value(struct str s, size_t i) {
    size_t depth = 0;

    while (i < s.len) {
        char c = s.ptr[i];
        if (c == '"') {
            i = skip_string(s, i);
            if (i == SIZE_MAX)
                return SIZE_MAX;
            if (depth == 0)
                return i;
            continue;
        }
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return i;
            if (--depth == 0)
                return i + 1;
        } else if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
            return i;
        }
        i++;
    }
    return depth == 0 ? i : SIZE_MAX;
}

/* The value of a member of the object in s, brackets and all; absent if there is none or s is no object. Names with
 * escapes are not looked into: none of ours has any. */
static struct str member_of(struct str s, struct str name) {
    size_t i = skip_blanks(s, 0);

    if (i >= s.len || s.ptr[i] != '{')
        return STR_ABSENT;
    for (i = skip_blanks(s, i + 1); i < s.len && s.ptr[i] == '"'; i = skip_blanks(s, i + 1)) {
        size_t end = skip_string(s, i), value;
        struct str key;
        if (end == SIZE_MAX)
            return STR_ABSENT;
        key = (struct str){s.ptr + i + 1, end - i - 2};
        i = skip_blanks(s, end);
        if (i >= s.len || s.ptr[i] != ':')
            return STR_ABSENT;
        value = skip_blanks(s, i + 1);
        end = skip_value(s, value);
        if (end == SIZE_MAX)
            return STR_ABSENT;
        if (str_eq(key, name))
            return (struct str){s.ptr + value, end - value};
        i = skip_blanks(s, end);
        if (i >= s.len || s.ptr[i] != ',')
            return STR_ABSENT;
    }
    return STR_ABSENT;
}

/* ---- the envelope ---- */

/* The members of data that may hold the records. */
static const struct {
    struct str name, path;
    bool list;
} holders[] = {
    {STR_INIT("items"), STR_INIT("data.items"), true}, {STR_INIT("rooms"), STR_INIT("data.rooms"), true},
    {STR_INIT("user"), STR_INIT("data.user"), false},  {STR_INIT("application"), STR_INIT("data.application"), false},
    {STR_INIT("job"), STR_INIT("data.job"), false},    {STR_INIT("talent"), STR_INIT("data.talent"), false},
};

static void find_records(struct answer *an) {
    struct str data = member_of(an->text, STR("data"));

    for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++) {
        struct str value = str_is_absent(data) ? STR_ABSENT : member_of(data, holders[i].name);
        if (str_is_absent(value) || value.ptr[0] != (holders[i].list ? '[' : '{'))
            continue;
        an->path = holders[i].path;
        if (holders[i].list)
            an->list = (struct str){value.ptr + 1, value.len - 2};
        else
            an->single = value;
        return;
    }
}

/* "line 3, column 4: what" -> parts. */
static void take_place(struct finding *f, struct arena *a) {
    int used = 0;
    unsigned line, column;
    char head[64] = {0};

    memcpy(head, f->reason.ptr, f->reason.len < sizeof(head) - 1 ? f->reason.len : sizeof(head) - 1);
    if (sscanf(head, "line %u, column %u: %n", &line, &column, &used) >= 2 && used > 0) {
        f->line = line;
        f->column = column;
        f->reason = arena_printf(a, "not JSON at line %u, column %u: %.*s", line, column,
                                 STR_FMT(str_skip(f->reason, (size_t)used)));
    }
}

/* What stands around the records, with the records taken out but every line kept, so that places stay true. */
static json_t *parse_around(const struct answer *an, struct arena *a, struct str *ret_why) {
    struct buf around BUF_CLEANUP = BUF_EMPTY;
    const char *from = an->list.ptr, *end = from + an->list.len, *line = from;

    if (str_is_absent(an->list))
        return record_parse(an->text, a, ret_why);
    buf_add(&around, an->text.ptr, (size_t)(from - an->text.ptr));
    for (const char *nl; (nl = memchr(line, '\n', (size_t)(end - line))); line = nl + 1)
        buf_add_char(&around, '\n');
    for (size_t n = (size_t)(end - line) < 65536 ? (size_t)(end - line) : 0; n > 0; n--)
        buf_add_char(&around, ' ');
    buf_add(&around, end, (size_t)(an->text.ptr + an->text.len - end));
    return record_parse(buf_str(&around), a, ret_why);
}

static int refuse(struct finding *f, const char *name, struct str field, struct str reason) {
    *f = (struct finding){.file = name, .field = field, .reason = reason};
    return -EINVAL;
}

static int check_around(struct answer *an, json_t *root, struct arena *a, struct finding *ret_why) {
    const json_t *code = json_object_get(root, "code"), *msg = json_object_get(root, "msg");

    if (!json_is_object(root))
        return refuse(ret_why, an->name, STR(""), STR("is not an answer of the API: a JSON object is expected"));
    if (code && !json_is_integer(code))
        return refuse(ret_why, an->name, STR("code"), STR("must be a number, 0 in an answer that holds records"));
    if (code && json_integer_value(code) != 0)
        return refuse(ret_why, an->name, STR("code"),
                      arena_printf(a, "the answer is an error: %" JSON_INTEGER_FORMAT " %s", json_integer_value(code),
                                   json_is_string(msg) ? json_string_value(msg) : ""));
    an->user_id_type = str_of(json_string_value(json_object_get(root, "user_id_type")));
    if (!str_is_absent(an->user_id_type))
        an->user_id_type = arena_dup(a, an->user_id_type);
    /* An empty page may come without its list. */
    if (str_is_absent(an->list) && str_is_absent(an->single) &&
        json_is_boolean(json_object_get(json_object_get(root, "data"), "has_more"))) {
        an->list = str_skip(an->text, an->text.len);
        an->path = STR("data.items");
    }
    if (str_is_absent(an->list) && str_is_absent(an->single))
        return refuse(ret_why, an->name, STR("data"),
                      STR("holds no records: data.items (a list) or data.user is expected, as the API answers"));
    return 0;
}

int answer_of_text(struct answer *an, const char *name, struct str text, struct arena *a, struct finding *ret_why) {
    json_t *root;
    struct str why;
    int r;

    an->name = name;
    an->text = str_without_mark(text);
    find_records(an);
    root = parse_around(an, a, &why);
    if (!root) {
        refuse(ret_why, name, STR(""), why);
        take_place(ret_why, a);
        return -EINVAL;
    }
    r = check_around(an, root, a, ret_why);
    json_decref(root);
    return r;
}

/* ---- files ---- */

static int read_all(int fd, struct buf *out) {
    for (;;) {
        ssize_t n;
        buf_reserve(out, 65536);
        n = read(fd, out->ptr + out->len, out->cap - out->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        out->len += (size_t)n;
    }
}

static int load(struct answer *an, const char *name) {
    struct stat st;
    int fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC), r = 0;

    if (fd < 0 || fstat(fd, &st) < 0) {
        r = -errno;
    } else if (S_ISDIR(st.st_mode)) {
        r = -EISDIR;
    } else if (S_ISREG(st.st_mode) && st.st_size > 0) {
        an->map_len = (size_t)st.st_size;
        an->map = mmap(NULL, an->map_len, PROT_READ, MAP_PRIVATE, fd, 0);
        r = an->map == MAP_FAILED ? -errno : 0;
        if (r < 0)
            an->map = NULL;
        an->text = (struct str){an->map, an->map_len};
    } else {
        r = read_all(fd, &an->owned);
        an->text = buf_str(&an->owned);
    }
    if (fd >= 0)
        close(fd);
    return r;
}

int answer_open(struct answer *an, const char *name, struct arena *a, struct finding *ret_why) {
    int r;

    memset(an, 0, sizeof(*an));
    r = load(an, name);
    an->name = strcmp(name, "-") == 0 ? "stdin" : name;
    if (r < 0)
        return refuse(ret_why, an->name, STR(""), arena_printf(a, "cannot be read: %s", strerror(-r)));
    return answer_of_text(an, an->name, an->text, a, ret_why);
}

void answer_close(struct answer *an) {
    if (an->map)
        munmap(an->map, an->map_len);
    buf_free(&an->owned);
    memset(an, 0, sizeof(*an));
}

/* ---- walking ---- */

/* Brings line and column up to this offset of the text. Columns count characters. */
static void count_to(const struct answer *an, struct answer_walk *at, size_t offset) {
    const char *p = an->text.ptr + at->counted, *end = an->text.ptr + offset;

    if (at->line == 0)
        at->line = at->column = 1;
    for (; p < end; p++) {
        if (*p == '\n') {
            at->line++;
            at->column = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            at->column++;
        }
    }
    at->counted = offset;
}

bool answer_next(const struct answer *an, struct answer_walk *at, struct answer_item *ret) {
    struct str list = str_is_absent(an->list) ? an->single : an->list;
    size_t begin, end;

    if (at->ended || str_is_absent(list))
        return false;
    begin = skip_blanks(list, at->offset);
    if (begin == list.len && at->index == 0) { /* "[]" */
        at->ended = true;
        return false;
    }
    end = str_is_absent(an->list) ? list.len : skip_value(list, begin);
    if (end == SIZE_MAX)
        end = list.len;
    /* Up to the comma, with whatever should not stand there: the parser of the record will say so. */
    at->offset = end;
    while (at->offset < list.len && list.ptr[at->offset] != ',') {
        size_t next = list.ptr[at->offset] == '"' ? skip_string(list, at->offset) : at->offset + 1;
        at->offset = next == SIZE_MAX ? list.len : next;
    }
    if (skip_blanks(list, end) < at->offset)
        end = at->offset;
    at->ended = at->offset >= list.len;
    at->offset++;
    count_to(an, at, (size_t)(list.ptr - an->text.ptr) + begin);
    *ret = (struct answer_item){{list.ptr + begin, end - begin}, at->index++, at->line, at->column};
    return true;
}

struct str answer_path(const struct answer *an, const struct answer_item *item, struct str member, struct arena *a) {
    const char *dot = member.len > 0 && member.ptr[0] != '[' ? "." : "";

    if (str_is_absent(an->list))
        return arena_printf(a, "%.*s%s%.*s", STR_FMT(an->path), dot, STR_FMT(member));
    return arena_printf(a, "%.*s[%zu]%s%.*s", STR_FMT(an->path), item->index, dot, STR_FMT(member));
}

void answer_place(const struct answer_item *item, unsigned *line, unsigned *column) {
    if (*line == 1)
        *column += item->column - 1;
    *line += item->line - 1;
}
