/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads multipart/form-data as it arrives.
 */
#include "gateway/upload/multipart.h"

#include <errno.h>

#include "base/hex.h"

enum state {
    AT_START,   /* line ends, then the first delimiter without its leading line end */
    AFTER_LINE, /* after a delimiter: expects "\r\n" or "--" */
    AFTER_CR,   /* expects the '\n' of "\r\n" */
    AFTER_DASH, /* expects the second '-' of "--" */
    IN_HEAD,
    IN_DATA,
    AT_END, /* after the last delimiter: only line ends are accepted */
};

static int broken(struct multipart *m, const char *why) {
    m->why = why;
    return -EBADMSG;
}

/* ---- header values ---- */

static bool is_token_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static size_t token_len(struct str s) {
    size_t n = 0;
    while (n < s.len && is_token_char(s.ptr[n]))
        n++;
    return n;
}

static struct str skip_blanks(struct str s) {
    size_t n = 0;
    while (n < s.len && (s.ptr[n] == ' ' || s.ptr[n] == '\t'))
        n++;
    return str_skip(s, n);
}

/* A quote ends a value if a blank, a semicolon or the end of the text follows it, because some senders do not escape
 * quotes in file names. */
static bool is_closing_quote(struct str s, size_t at) {
    struct str behind = skip_blanks(str_skip(s, at + 1));
    return s.ptr[at] == '"' && (behind.len == 0 || behind.ptr[0] == ';');
}

/* The position of the last closing quote, or 0. */
static size_t last_closing_quote(struct str s) {
    size_t at = s.len;
    while (at > 0 && !is_closing_quote(s, at - 1))
        at--;
    return at > 0 ? at - 1 : 0;
}

/* Browsers and most libraries write bytes that may not stand between quotes with these three escapes and no others
 * (the HTML standard, "multipart/form-data encoding algorithm"); so a name with "%41" keeps it. Returns the byte, or
 * 0. */
static char percent_escape(struct str s) {
    static const struct {
        struct str text;
        char means;
    } escapes[] = {{STR_INIT("%22"), '"'}, {STR_INIT("%0D"), '\r'}, {STR_INIT("%0A"), '\n'}};
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (s.len >= 3 && str_eq_nocase((struct str){s.ptr, 3}, escapes[i].text))
            return escapes[i].means;
    return 0;
}

/* Takes the value between quotes and unescapes it in place. s begins after the first quote. Go and curl before 7.81
 * write \" and \\. Browsers do not escape backslashes (in paths of Windows), so a backslash before the last quote,
 * or before any other byte, is an ordinary character. */
static int take_quoted(char *text, struct str s, struct str *ret_rest, struct str *ret_value) {
    char *begin = text + (s.ptr - text), *out = begin;
    const size_t last = last_closing_quote(s);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], escaped = percent_escape(str_skip(s, i));
        if (is_closing_quote(s, i)) {
            *ret_value = (struct str){begin, (size_t)(out - begin)};
            *ret_rest = str_skip(s, i + 1);
            return 1;
        }
        if (escaped) {
            c = escaped;
            i += 2;
        } else if (c == '\\' && i + 1 < s.len && (s.ptr[i + 1] == '\\' || (s.ptr[i + 1] == '"' && i + 1 < last))) {
            c = s.ptr[++i];
        }
        *out++ = c;
    }
    return -EBADMSG;
}

/* Takes "; name=value" off *rest. A quoted value is unescaped in place; any other value ends at the next semicolon
 * and may hold any bytes. Returns 1, 0 at the end, or -EBADMSG. */
static int next_parameter(char *text, struct str *rest, struct str *ret_name, struct str *ret_value) {
    struct str s = skip_blanks(*rest);
    if (s.len == 0)
        return 0;
    if (s.ptr[0] != ';')
        return -EBADMSG;
    s = skip_blanks(str_skip(s, 1));
    size_t n = token_len(s);
    if (n == 0 || n >= s.len || s.ptr[n] != '=')
        return -EBADMSG;
    *ret_name = (struct str){s.ptr, n};
    s = str_skip(s, n + 1);
    if (s.len > 0 && s.ptr[0] == '"')
        return take_quoted(text, str_skip(s, 1), rest, ret_value);
    for (n = 0; n < s.len && s.ptr[n] != ';'; n++)
        ;
    *ret_value = str_trim((struct str){s.ptr, n});
    *rest = str_skip(s, n);
    return 1;
}

/* Decodes UTF-8''%e4%b8%80 (RFC 5987) into out, which must have room for the value's length. */
static int decode_extended(struct str value, char *out, struct str *ret) {
    struct str rest = value, charset = str_cut(&rest, '\'');
    if (str_is_absent(rest) || !str_eq_nocase(charset, STR("UTF-8")))
        return -EBADMSG;
    (void)str_cut(&rest, '\''); /* the language */
    if (str_is_absent(rest))
        return -EBADMSG;
    size_t n = 0;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.ptr[i];
        if (c == '%') {
            int byte = i + 2 < rest.len ? hex_pair(rest.ptr + i + 1) : -1;
            if (byte < 0)
                return -EBADMSG;
            c = (char)byte;
            i += 2;
        }
        out[n++] = c;
    }
    *ret = (struct str){out, n};
    return 0;
}

static bool is_clean_text(struct str s) {
    return str_is_utf8(s) && str_find(s, '\0') == SIZE_MAX;
}

/* The parameters of a Content-Disposition; absent if not given. */
struct disposition {
    struct str name, filename, extended; /* extended: filename*, not decoded */
};

static int collect(struct multipart *m, struct str value, struct disposition *ret) {
    struct str name, v;
    int r;
    while ((r = next_parameter(m->head, &value, &name, &v)) == 1) {
        struct str *to = str_eq_nocase(name, STR("name"))        ? &ret->name
                         : str_eq_nocase(name, STR("filename"))  ? &ret->filename
                         : str_eq_nocase(name, STR("filename*")) ? &ret->extended
                                                                 : NULL;
        if (!to)
            continue;
        if (!str_is_absent(*to))
            return broken(m, "a part's Content-Disposition says something twice");
        *to = v;
    }
    return r < 0 ? broken(m, "a part's Content-Disposition cannot be read") : 0;
}

/* filename* is preferred to filename (RFC 6266). If only one of the two can be read, that one is taken. */
static int choose_filename(struct multipart *m, const struct disposition *d, struct str *ret) {
    bool plain = !str_is_absent(d->filename), extended = !str_is_absent(d->extended);
    if (extended && decode_extended(d->extended, m->extended, ret) == 0 && is_clean_text(*ret))
        return 0;
    *ret = d->filename;
    if (plain ? is_clean_text(d->filename) : !extended)
        return 0;
    return broken(m, plain ? "a part's filename is not UTF-8"
                           : "a part's filename* is not UTF-8''... with percent-escapes");
}

static int read_disposition(struct multipart *m, struct str value, struct multipart_part *part) {
    struct disposition d = {0};
    size_t n = token_len(value);
    if (!str_eq_nocase((struct str){value.ptr, n}, STR("form-data")))
        return broken(m, "a part's Content-Disposition is not form-data");
    int r = collect(m, str_skip(value, n), &d);
    if (r < 0)
        return r;
    if (str_is_empty(d.name))
        return broken(m, "a part has no name");
    if (!is_clean_text(d.name))
        return broken(m, "a part's name is not UTF-8");
    part->name = d.name;
    return choose_filename(m, &d, &part->filename);
}

static int read_line(struct multipart *m, struct str line, struct multipart_part *part, bool *disposed) {
    size_t n = token_len(line);
    if (n == 0 || n >= line.len || line.ptr[n] != ':')
        return broken(m, "a part's header line has no name");
    struct str name = {line.ptr, n}, value = str_trim(str_skip(line, n + 1));
    for (size_t i = 0; i < value.len; i++)
        if (((unsigned char)value.ptr[i] < ' ' && value.ptr[i] != '\t') || value.ptr[i] == 0x7f)
            return broken(m, "a part's header line has a control character");
    if (str_eq_nocase(name, STR("Content-Disposition"))) {
        if (*disposed)
            return broken(m, "a part has two Content-Dispositions");
        *disposed = true;
        return read_disposition(m, value, part);
    }
    if (str_eq_nocase(name, STR("Content-Type")))
        part->content_type = value;
    if (str_eq_nocase(name, STR("Content-Transfer-Encoding")) && !str_eq_nocase(value, STR("binary")) &&
        !str_eq_nocase(value, STR("8bit")) && !str_eq_nocase(value, STR("7bit")))
        return broken(m, "a part has a Content-Transfer-Encoding; only binary, 8bit and 7bit are accepted");
    return 0;
}

/* m->head holds the header lines with their line ends, including the empty line. */
static int read_head(struct multipart *m) {
    struct multipart_part part = {0};
    bool disposed = false;
    int lines = 0;
    for (size_t at = 0; at + 2 < m->head_len;) {
        size_t end = at;
        while (m->head[end] != '\r')
            end++;
        if (m->head[end + 1] != '\n')
            return broken(m, "a part's header line has a lone carriage return");
        if (++lines > MULTIPART_LINES_MAX)
            return broken(m, "a part has too many header lines");
        int r = read_line(m, (struct str){m->head + at, end - at}, &part, &disposed);
        if (r < 0)
            return r;
        at = end + 2;
    }
    if (!disposed)
        return broken(m, "a part has no Content-Disposition");
    if (++m->parts > MULTIPART_PARTS_MAX)
        return broken(m, "there are too many parts");
    return m->events->part(m->ctx, &part);
}

/* ---- the body ---- */

static bool boundary_is_sane(struct str b) {
    if (b.len == 0 || b.len > MULTIPART_BOUNDARY_MAX || b.ptr[b.len - 1] == ' ')
        return false;
    for (size_t i = 0; i < b.len; i++) {
        char c = b.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!plain && (c == 0 || !strchr("'()+_,-./:=? ", c)))
            return false;
    }
    return true;
}

int multipart_begin(struct multipart *m, struct str content_type, const struct multipart_events *events, void *ctx) {
    struct str name, value, boundary = STR_ABSENT;
    int r = 0;
    m->events = events;
    m->ctx = ctx;
    m->why = NULL;
    m->state = AT_START;
    m->parts = 0;
    m->matched = 2; /* as if a line end stood before the body */
    m->head_len = 0;
    if (str_is_absent(content_type) || content_type.len > sizeof m->head)
        return broken(m, "the body must be multipart/form-data");
    memcpy(m->head, content_type.ptr, content_type.len);
    struct str rest = skip_blanks((struct str){m->head, content_type.len}), type = STR("multipart/form-data");
    if (rest.len < type.len || !str_eq_nocase((struct str){rest.ptr, type.len}, type) ||
        (rest.len > type.len && rest.ptr[type.len] != ';' && rest.ptr[type.len] != ' '))
        return broken(m, "the body must be multipart/form-data");
    rest = str_skip(rest, type.len);
    while ((r = next_parameter(m->head, &rest, &name, &value)) == 1) {
        if (!str_eq_nocase(name, STR("boundary")))
            continue;
        if (!str_is_absent(boundary))
            return broken(m, "the Content-Type has two boundaries");
        boundary = value;
    }
    if (r < 0 || !boundary_is_sane(boundary))
        return broken(m, "the Content-Type needs a boundary of 1 to 70 characters");
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary.ptr, boundary.len);
    m->delimiter_len = 4 + boundary.len;
    return 0;
}

static int give(struct multipart *m, const char *bytes, size_t len) {
    return len > 0 ? m->events->data(m->ctx, bytes, len) : 0;
}

/* Passes on data up to the next delimiter. A delimiter begins with '\r' and contains no other, so only '\r' is
 * searched. */
static int feed_data(struct multipart *m, const char *bytes, size_t len, size_t *ret_used) {
    size_t i = 0, from = 0; /* bytes from `from` up to i, without the last `matched` ones, are data */
    while (i < len) {
        if (m->matched == 0) {
            const char *cr = memchr(bytes + i, '\r', len - i);
            if (!cr) {
                i = len;
                break;
            }
            i = (size_t)(cr - bytes) + 1;
            m->matched = 1;
            continue;
        }
        if (bytes[i] == m->delimiter[m->matched]) {
            i++;
            if (++m->matched < m->delimiter_len)
                continue;
            size_t data_end = i > m->delimiter_len ? i - m->delimiter_len : 0;
            *ret_used = i;
            m->matched = 0;
            m->state = AFTER_LINE;
            int r = data_end > from ? give(m, bytes + from, data_end - from) : 0;
            return r < 0 ? r : m->events->part_end(m->ctx);
        }
        /* The matched bytes were data after all. Those of an earlier piece are gone, but the delimiter has the same
         * bytes. */
        size_t earlier = m->matched > i - from ? m->matched - (i - from) : 0;
        int r = earlier > 0 ? give(m, m->delimiter, earlier) : 0;
        if (r < 0)
            return r;
        m->matched = 0;
    }
    *ret_used = len;
    size_t held = m->matched < len - from ? m->matched : len - from;
    return give(m, bytes + from, len - from - held);
}

static int feed_head(struct multipart *m, const char *bytes, size_t len, size_t *ret_used) {
    for (size_t i = 0; i < len; i++) {
        if (m->head_len == sizeof m->head)
            return broken(m, "a part's headers are too long");
        m->head[m->head_len++] = bytes[i];
        bool empty = m->head_len == 2 && memcmp(m->head, "\r\n", 2) == 0;
        if (empty || (m->head_len >= 4 && memcmp(m->head + m->head_len - 4, "\r\n\r\n", 4) == 0)) {
            *ret_used = i + 1;
            m->state = IN_DATA;
            m->matched = 0;
            return read_head(m);
        }
    }
    *ret_used = len;
    return 0;
}

/* Handles the few bytes around delimiters. */
static int feed_byte(struct multipart *m, char c) {
    switch (m->state) {
    case AT_START:
        if (m->matched == 2 && (c == '\r' || c == '\n'))
            return 0;
        if (c != m->delimiter[m->matched])
            return broken(m, "the body does not begin with its boundary");
        if (++m->matched == m->delimiter_len) {
            m->matched = 0;
            m->state = AFTER_LINE;
        }
        return 0;
    case AFTER_LINE:
        m->state = c == '\r' ? AFTER_CR : AFTER_DASH;
        return c == '\r' || c == '-' ? 0 : broken(m, "a boundary is followed by something else");
    case AFTER_CR:
        m->state = IN_HEAD;
        m->head_len = 0;
        return c == '\n' ? 0 : broken(m, "a boundary is followed by something else");
    case AFTER_DASH:
        m->state = AT_END;
        return c == '-' ? 0 : broken(m, "a boundary is followed by something else");
    default: /* AT_END */
        return c == '\r' || c == '\n' ? 0 : broken(m, "something follows the last boundary");
    }
}

int multipart_feed(struct multipart *m, const char *bytes, size_t len) {
    while (len > 0) {
        size_t used = 1;
        int r = m->state == IN_DATA   ? feed_data(m, bytes, len, &used)
                : m->state == IN_HEAD ? feed_head(m, bytes, len, &used)
                                      : feed_byte(m, bytes[0]);
        if (r < 0)
            return r;
        bytes += used;
        len -= used;
    }
    return 0;
}

int multipart_finish(struct multipart *m) {
    if (m->state != AT_END)
        return broken(m, "the body ends before its last boundary");
    return 0;
}
