/* SPDX-License-Identifier: Apache-2.0
 *
 * Log lines on standard error: one JSON object and one write each.
 */
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

enum {
    VALUE_MAX = 512,
    LINE_MAX_BYTES = PIPE_BUF, /* a write of this size to a pipe is atomic, also if others write to it */
};

static const struct str level_names[] = {STR_INIT("debug"), STR_INIT("info"), STR_INIT("warn"), STR_INIT("error")};

static _Atomic int lowest = LOG_INFO;

void log_set_level(enum log_level level) {
    atomic_store(&lowest, (int)level);
}

enum log_level log_get_level(void) {
    return (enum log_level)atomic_load(&lowest);
}

int log_level_parse(struct str name, enum log_level *ret) {
    for (int i = LOG_DEBUG; i <= LOG_ERROR; i++) {
        if (str_eq(name, level_names[i])) {
            *ret = (enum log_level)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* The value may be any bytes, such as a peer's; the line must stay valid JSON. */
static void add_value(struct buf *b, struct str value) {
    char clean[VALUE_MAX];
    value = str_head(value, VALUE_MAX);
    if (!str_is_utf8(value)) {
        for (size_t i = 0; i < value.len; i++)
            clean[i] = (unsigned char)value.ptr[i] < 0x80 ? value.ptr[i] : '?';
        value.ptr = clean;
    }
    json_str(b, value);
}

/* A field that does not fit into the line any more is left out. */
static void add_field(struct buf *b, const char *name, struct str value) {
    size_t before = b->len;
    json_key(b, str_head(str_of(name), 64));
    add_value(b, value);
    if (b->len > LINE_MAX_BYTES - 2) /* room for "}\n" */
        b->len = before;
}

static void line_begin(struct buf *b, enum log_level level) {
    int64_t now = clock_now_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    buf_reserve(b, 512);
    buf_printf(b, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\"", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
               tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(now % 1000));
    json_member_str(b, STR("level"), level_names[level]);
}

static void line_end(struct buf *b) {
    int saved = errno; /* a caller may log before it returns -errno */
    buf_add_lit(b, "}\n");
    while (write(STDERR_FILENO, b->ptr, b->len) < 0 && errno == EINTR)
        ;
    errno = saved;
}

void log_line(enum log_level level, const char *msg, ...) {
    if ((int)level < atomic_load_explicit(&lowest, memory_order_relaxed))
        return;
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    line_begin(&b, level);
    add_field(&b, "msg", str_of(msg));
    va_list args;
    va_start(args, msg);
    for (const char *name; (name = va_arg(args, const char *));)
        add_field(&b, name, str_of(va_arg(args, const char *)));
    va_end(args);
    line_end(&b);
}

void log_fmt(enum log_level level, const char *format, ...) {
    if ((int)level < atomic_load_explicit(&lowest, memory_order_relaxed))
        return;
    char text[VALUE_MAX + 4]; /* a little more, so that add_value finds where the last character begins */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    line_begin(&b, level);
    add_field(&b, "msg", n < 0 ? str_of(format) : str_of(text));
    line_end(&b);
}
