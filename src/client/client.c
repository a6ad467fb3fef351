/* SPDX-License-Identifier: Apache-2.0
 *
 * The calls of the client: credentials first, then the request, again after a limit or after the end of a token.
 */
#include "client/client.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/internal.h"

#define CONNECT_MS 5000
#define TOTAL_MS 30000
#define BODY_MAX ((size_t)16 * 1024 * 1024)
#define LIMIT_WAITS 5
#define LIMIT_WAIT_MS 120000
#define LOOK_MS 100 /* how often a wait looks at stop */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void init_curl(void) {
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* What is wrong with a base URL; NULL: nothing. */
static const char *bad_url(const char *url) {
    CURLU *u = curl_url();
    char *part = NULL;
    const char *why = NULL;

    if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
        why = "it is no address; http://host:port or https://host is expected";
    else if (curl_url_get(u, CURLUPART_SCHEME, &part, 0) != CURLUE_OK ||
             (strcmp(part, "http") != 0 && strcmp(part, "https") != 0))
        why = "it must begin with http:// or https://";
    curl_free(part);
    part = NULL;
    if (!why && curl_url_get(u, CURLUPART_USER, &part, 0) == CURLUE_OK)
        why = "it must not contain a user or a password";
    curl_free(part);
    if (!why && (strchr(url, '?') || strchr(url, '#')))
        why = "it must not have a query or a fragment";
    curl_url_cleanup(u);
    return why;
}

static char *copy(const char *text) {
    size_t len = text ? strlen(text) + 1 : 0;
    return text ? memcpy(mem_alloc(len), text, len) : NULL;
}

static unsigned or_default(unsigned value, unsigned otherwise) {
    return value > 0 ? value : otherwise;
}

int client_new(struct client **ret, const struct client_options *o, const char **ret_why) {
    *ret_why = o->base_url ? bad_url(o->base_url) : "it is missing";
    if (*ret_why)
        return -EINVAL;
    pthread_once(&curl_once, init_curl);
    CURL *curl = curl_easy_init();
    if (!curl)
        return -ENOMEM;
    struct client *c = mem_alloc(sizeof *c);
    *c = (struct client){.o = *o, .curl = curl};
    c->base_url = copy(o->base_url);
    c->id = copy(o->id);
    c->secret = copy(o->secret);
    c->ca_file = copy(o->ca_file);
    c->o.base_url = c->o.id = c->o.secret = c->o.ca_file = NULL;
    for (size_t n = strlen(c->base_url); n > 0 && c->base_url[n - 1] == '/'; n--)
        c->base_url[n - 1] = '\0';
    c->o.connect_ms = or_default(o->connect_ms, CONNECT_MS);
    c->o.total_ms = or_default(o->total_ms, TOTAL_MS);
    c->o.body_max = o->body_max > 0 ? o->body_max : BODY_MAX;
    c->o.limit_waits = or_default(o->limit_waits, LIMIT_WAITS);
    c->o.limit_wait_ms = or_default(o->limit_wait_ms, LIMIT_WAIT_MS);
    *ret = c;
    return 0;
}

static void free_secret(char *text) {
    if (text)
        OPENSSL_cleanse(text, strlen(text));
    free(text);
}

struct client *client_free(struct client *c) {
    if (!c)
        return NULL;
    credentials_drop(c);
    curl_easy_cleanup(c->curl);
    free(c->base_url);
    free(c->id);
    free_secret(c->secret);
    free(c->ca_file);
    buf_free(&c->label);
    buf_free(&c->why);
    free(c);
    return NULL;
}

void client_clear(struct client **c) {
    *c = client_free(*c);
}

const char *client_base_url(const struct client *c) {
    return c->base_url;
}

/* ---- what went wrong ---- */

/* Ends the sentence. Parts of it come from the server: without control characters it stays one line and cannot act on a
 * terminal. */
static const char *end_why(struct client *c) {
    client_without_controls(c->why.ptr, c->why.len);
    buf_add_char(&c->why, '\0');
    return c->why.ptr;
}

/* U+202A to U+202E and U+2066 to U+2069 change the direction of what follows. */
static bool turns_text(const char *text) {
    unsigned char last = (unsigned char)text[2];
    return (memcmp(text, "\xe2\x80", 2) == 0 && last >= 0xaa && last <= 0xae) ||
           (memcmp(text, "\xe2\x81", 2) == 0 && last >= 0xa6 && last <= 0xa9);
}

void client_without_controls(char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char ch = (unsigned char)text[i], next = i + 1 < len ? (unsigned char)text[i + 1] : 0;
        if (ch < 0x20 || ch == 0x7f)
            text[i] = '?';
        else if (ch == 0xc2 && next >= 0x80 && next < 0xa0) /* U+0080 to U+009F */
            text[i] = text[i + 1] = '?';
        else if (i + 2 < len && turns_text(text + i)) {
            memset(text + i, '?', 3);
        }
    }
}

static void say(struct client *c, const char *format, va_list args) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    buf_add_str(&c->why, arena_vprintf(&scratch, format, args));
    (void)end_why(c);
}

void client_label(struct client *c, const struct transfer *t) {
    c->label.len = 0;
    buf_printf(&c->label, "%s %.*s", t->method, (int)strcspn(t->path, "?"), t->path);
    buf_add_char(&c->label, '\0');
}

int client_fail(struct client *c, const struct transfer *t, int error, const char *format, ...) {
    va_list args;

    client_label(c, t);
    c->why.len = 0;
    buf_printf(&c->why, "%s: ", c->label.ptr);
    va_start(args, format);
    say(c, format, args);
    va_end(args);
    return error;
}

const char *client_why(const struct client *c) {
    return c->why.len > 0 ? c->why.ptr : "";
}

const char *client_refusal(struct client *c, const struct client_answer *a) {
    c->why.len = 0;
    buf_printf(&c->why, "%s: code %d, %s", c->label.len > 0 ? c->label.ptr : "", a->code, a->msg);
    if (a->log_id[0])
        buf_printf(&c->why, " (log id %s)", a->log_id);
    return end_why(c);
}

/* ---- limits ---- */

static int wait_ms(const struct client *c, int64_t ms) {
    if (c->o.wait)
        return c->o.wait(c->o.ctx, ms);
    for (; ms > 0; ms -= LOOK_MS) {
        int64_t part = ms < LOOK_MS ? ms : LOOK_MS;
        if (c->o.stop && atomic_load(c->o.stop))
            return -ECANCELED;
        nanosleep(&(struct timespec){0, (long)part * 1000000}, NULL);
    }
    return 0;
}

/* How long the answer says that the caller must wait; 0: it says nothing. A read may be repeated after 503 as well. */
static int64_t asked_wait(const struct transfer *t, const struct client_answer *a) {
    int64_t seconds = 0;
    struct str value = STR_ABSENT;
    if (a->status == 429) {
        value = client_answer_header(a, STR("x-ogw-ratelimit-reset"));
        if (str_is_absent(value))
            value = client_answer_header(a, STR("Retry-After"));
    } else if (a->status == 503 && strcmp(t->method, "GET") == 0) {
        value = client_answer_header(a, STR("Retry-After"));
    }
    if (str_is_absent(value) || str_to_i64(value, &seconds) < 0 || seconds < 0)
        return a->status == 429 ? 1000 : 0;
    if (seconds > 86400)
        seconds = 86400;
    return seconds > 0 ? seconds * 1000 : 1000;
}

int client_send(struct client *c, struct transfer *t, struct client_answer *ret) {
    int64_t left = c->o.limit_wait_ms;
    for (unsigned waits = 0;; waits++) {
        int r = client_perform(c, t, ret);
        ret->waits = waits;
        int64_t ms = ret->status > 0 && !c->o.fails_at_limit ? asked_wait(t, ret) : 0;
        if (ms == 0 || waits >= c->o.limit_waits || ms > left || r == -EFBIG)
            return r;
        left -= ms;
        if (wait_ms(c, ms) < 0)
            return client_fail(c, t, -ECANCELED, "given up while waiting for a limit");
    }
}

/* ---- calls ---- */

static int call(struct client *c, struct transfer *t, struct client_answer *ret) {
    client_answer_clear(ret);
    c->why.len = 0;
    for (int attempt = 0;; attempt++) {
        int r = t->anonymous ? 0 : credentials_get(c);
        if (r == 0)
            r = client_send(c, t, ret);
        if (r < 0 || attempt > 0 || t->anonymous || !credentials_ended(c, ret))
            return r;
    }
}

int client_call(struct client *c, const char *method, const char *path, const char *query, json_t *body,
                struct client_answer *ret) {
    struct transfer t = {.method = method, .path = path, .query = query, .body = body, .fd = -1, .max = c->o.body_max};
    return call(c, &t, ret);
}

int client_upload(struct client *c, const char *path, const char *query, const struct client_file *file,
                  struct client_answer *ret) {
    struct transfer t = {.method = "POST", .path = path, .query = query, .file = file, .fd = -1, .max = c->o.body_max};
    return call(c, &t, ret);
}

bool client_is_own(const struct client *c, struct str url) {
    struct str rest = str_skip(url, strlen(c->base_url));
    return str_starts(url, str_of(c->base_url)) && (rest.len == 0 || rest.ptr[0] == '/' || rest.ptr[0] == '?');
}

int client_download(struct client *c, const char *url, int fd, size_t max, size_t *ret_len, struct client_answer *ret) {
    struct transfer t = {.method = "GET", .path = url, .fd = fd, .max = max};
    t.anonymous = url[0] != '/' && !client_is_own(c, str_of(url));
    int r = call(c, &t, ret);
    if (ret_len)
        *ret_len = t.written;
    return r;
}

/* ---- answers and texts ---- */

void client_answer_clear(struct client_answer *a) {
    json_decref(a->body);
    buf_free(&a->raw);
    buf_free(&a->head);
    *a = (struct client_answer){.msg = ""};
}

struct str client_answer_header(const struct client_answer *a, struct str name) {
    struct str rest = buf_str(&a->head);
    while (!str_is_absent(rest)) {
        struct str value = str_cut(&rest, '\n');
        if (value.len > 0 && value.ptr[value.len - 1] == '\r')
            value.len--;
        struct str key = str_cut(&value, ':');
        if (!str_is_absent(value) && str_eq_nocase(key, name))
            return str_trim(value);
    }
    return STR_ABSENT;
}

static void terminate(struct buf *b) {
    buf_reserve(b, 1);
    b->ptr[b->len] = '\0';
}

static void escape(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                     (ch != '\0' && strchr("-._~", ch));
        if (plain)
            buf_add_char(out, ch);
        else
            buf_add_percent(out, ch);
    }
    terminate(out);
}

void client_query(struct buf *query, const char *name, struct str value) {
    if (query->len > 0)
        buf_add_char(query, '&');
    buf_add_str(query, str_of(name));
    buf_add_char(query, '=');
    escape(query, value);
}

void client_query_int(struct buf *query, const char *name, int64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    client_query(query, name, str_of(text));
}

void client_segment(struct buf *path, struct str text) {
    escape(path, text);
}
