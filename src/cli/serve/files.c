/* SPDX-License-Identifier: Apache-2.0
 *
 * Serves stored files by their signed links: reports of background checks, and attachments.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/serve/download.h"
#include "cli/serve/site.h"
#include "events/fetch/fetcher.h"
#include "gateway/answer.h"
#include "gateway/link.h"
#include "hire/attachment/attachment.h"
#include "hire/order/order.h"

#define FILE_WAIT_MS 5000 /* how long a request waits for a file that is being fetched */
#define FILE_POLL_MS 50

static struct site *site_of(const struct http_request *r) {
    return http_loop_app_ctx(r->loop);
}

void site_refuse(struct http_request *r, unsigned status, const char *why) {
    struct buf *out = http_out(r);
    json_begin(out, '{');
    json_member_int(out, STR("code"), CODE_NO_PATH);
    json_member_str(out, STR("msg"), str_of(why));
    json_end(out, '}');
    const struct http_header retry = {STR("Retry-After"), STR("5")};
    http_reply(r, status, STR("application/json; charset=utf-8"), &retry, status == 503);
}

/* Fails a request with the status for a negative errno: 503 for errors that may pass. */
static void refuse_error(struct http_request *r, int error, const char *why) {
    struct str busy = answer_busy_reason(error);
    if (str_is_absent(busy))
        site_refuse(r, 500, why);
    else
        site_refuse(r, 503, busy.ptr); /* ptr is a literal */
}

/* ---- sending ---- */

enum range { RANGE_NONE, RANGE_ONE, RANGE_OUTSIDE };

static bool read_number(struct str s, uint64_t *ret) {
    uint64_t n = 0;
    if (s.len == 0 || s.len > 18)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    *ret = n;
    return true;
}

/* Parses "bytes=2-5", "bytes=2-", "bytes=-5". Several ranges, or ranges that cannot be parsed, are ignored: the whole
 * file is sent. */
static enum range read_range(struct str header, uint64_t size, uint64_t *ret_from, uint64_t *ret_len) {
    static const struct str unit = STR_INIT("bytes=");
    uint64_t from, to;
    if (header.len < unit.len || !str_eq_nocase((struct str){header.ptr, unit.len}, unit))
        return RANGE_NONE;
    struct str rest = str_skip(header, unit.len), first = str_trim(str_cut(&rest, '-'));
    if (str_is_absent(rest))
        return RANGE_NONE;
    rest = str_trim(rest);
    if (first.len == 0) {
        if (!read_number(rest, &to))
            return RANGE_NONE;
        if (to == 0 || size == 0)
            return RANGE_OUTSIDE;
        *ret_len = to < size ? to : size;
        *ret_from = size - *ret_len;
        return RANGE_ONE;
    }
    to = size - 1;
    if (!read_number(first, &from) || (rest.len > 0 && (!read_number(rest, &to) || to < from)))
        return RANGE_NONE;
    if (from >= size)
        return RANGE_OUTSIDE;
    if (to >= size)
        to = size - 1;
    *ret_from = from;
    *ret_len = to - from + 1;
    return RANGE_ONE;
}

/* The file name in ASCII for old clients and, percent-encoded, for all others (RFC 6266). */
static struct str disposition_of(struct arena *a, struct str name, bool shown) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_add_str(&b, shown ? STR("inline; filename=\"") : STR("attachment; filename=\""));
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c >= 0x80 && c < 0xc0)
            continue; /* one replacement for each character */
        buf_add_char(&b, c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '%' ? '_' : (char)c);
    }
    buf_add_lit(&b, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool plain =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c));
        if (plain)
            buf_add_char(&b, (char)c);
        else
            buf_add_percent(&b, (char)c);
    }
    return arena_dup(a, buf_str(&b));
}

/* A stored file must not run scripts as a page of this server. So files other than PDFs get an origin of their own
 * (sandbox). PDFs do not, because browsers whose viewer is a plugin would not show them; they need none, because with
 * their type and nosniff no browser treats them as HTML, and PDF viewers run apart from the pages. */
static struct str policy_of(struct str mime) {
    return str_eq(mime, STR("application/pdf"))
               ? STR("default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; "
                     "form-action 'none'; frame-ancestors 'self'")
               : STR("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox");
}

/* A request for a file: while its row is read, and until its answer begins. It has memory of its own, so that the
 * request can be answered while a reader still works on it. */
struct file_look {
    struct read_job job;
    struct http_request *r; /* NULL: it was answered meanwhile */
    struct arena arena;
    int row;       /* 1: found, 0: none, < 0: an error */
    int64_t state; /* of a report */
    /* For a report that the fetcher is still fetching. */
    bool looking; /* the job has not come back */
    int64_t until_ns;
    struct http_timer *timer;

    struct files_name file;
    struct str mime, name;
    bool shown; /* the browser may display it inline */
    unsigned max_age_s;
    struct http_header headers[8]; /* of the answer; their texts are in arena */
    struct download_head head;
};

static void look_free(struct file_look *f) {
    arena_free(&f->arena);
    free(f);
}

static void refuse_open(struct http_request *r, int error) {
    if (error == -ENOENT)
        site_refuse(r, 404, "the file is not there");
    else if (error == -EUSERS)
        site_refuse(r, 503, "too many files are being downloaded; try again in a few seconds");
    else
        refuse_error(r, error, "the file cannot be opened");
}

/* Prepares the answer. Returns false if it has answered instead: the range is outside. */
static bool head_write(struct file_look *f, uint64_t size) {
    struct http_request *r = f->r;
    uint64_t from = 0, len = size;
    /* A stored file never changes, so the ETag is its id. */
    struct str etag = arena_printf(&f->arena, "\"%llx\"", (unsigned long long)f->file.id);
    struct str only_if = http_header_get(r, STR("If-Range"));
    enum range range = str_is_absent(only_if) || str_eq(only_if, etag)
                           ? read_range(http_header_get(r, STR("Range")), size, &from, &len)
                           : RANGE_NONE;
    if (range == RANGE_OUTSIDE) {
        const struct http_header header = {STR("Content-Range"),
                                           arena_printf(&f->arena, "bytes */%llu", (unsigned long long)size)};
        http_reply(r, 416, STR("text/plain; charset=utf-8"), &header, 1);
        return false;
    }
    const struct http_header headers[] = {
        {STR("Cache-Control"), arena_printf(&f->arena, "private, max-age=%u", f->max_age_s)},
        {STR("X-Content-Type-Options"), STR("nosniff")},
        {STR("Content-Disposition"), disposition_of(&f->arena, f->name, f->shown)},
        {STR("Content-Security-Policy"), policy_of(f->mime)},
        {STR("Accept-Ranges"), STR("bytes")},
        {STR("ETag"), etag},
    };
    size_t n = sizeof headers / sizeof *headers;
    memcpy(f->headers, headers, sizeof headers);
    if (range == RANGE_ONE)
        f->headers[n++] = (struct http_header){
            STR("Content-Range"), arena_printf(&f->arena, "bytes %llu-%llu/%llu", (unsigned long long)from,
                                               (unsigned long long)(from + len - 1), (unsigned long long)size)};
    f->head = (struct download_head){.status = range == RANGE_ONE ? 206 : 200,
                                     .type = f->mime,
                                     .headers = f->headers,
                                     .n_headers = n,
                                     .from = from,
                                     .len = len};
    return true;
}

/* From the directory. */
static void send_local(struct file_look *f) {
    struct files_reading reading;
    const struct download_head *h = &f->head;
    int error = files_open(&reading, site_of(f->r)->files, f->file);
    if (error < 0)
        refuse_open(f->r, error);
    else if (!head_write(f, reading.size))
        files_close(&reading);
    else
        http_reply_file(f->r, h->status, h->type, h->headers, h->n_headers, reading.fd, h->from, h->len);
    look_free(f);
}

static void refuse_read(void *ctx, struct http_request *r, int error) {
    refuse_open(r, error);
}

static void sent(void *ctx) {
    look_free(ctx);
}

static void opened(void *ctx, struct download *d, uint64_t size, int error) {
    struct file_look *f = ctx;
    if (error == 0 && head_write(f, size)) {
        download_send(d, &f->head, refuse_read, sent);
        return;
    }
    if (error < 0)
        refuse_open(f->r, error);
    else
        download_drop(d);
    look_free(f);
}

/* Answers with the file, and frees f. */
static void file_send(struct file_look *f) {
    struct site *site = site_of(f->r);
    if (!files_are_remote(site->files))
        send_local(f);
    else
        download_open(site, f->r, f->file, gateway_caller(site->gateway, f->r), opened, f);
}

/* ---- looking up ---- */

static struct file_look *of_job(struct read_job *job) {
    return (struct file_look *)(void *)((char *)job - offsetof(struct file_look, job));
}

static struct file_look *look_new(struct http_request *r, int64_t id) {
    struct file_look *f = mem_alloc(sizeof *f);
    *f = (struct file_look){.r = r, .arena = ARENA_EMPTY, .file = {.id = id}};
    r->no_cancel = true;
    return f;
}

static void look(struct file_look *f, void (*run)(struct read_job *job, struct reader *rd),
                 void (*done)(struct read_job *job, int error)) {
    f->looking = true;
    f->job = (struct read_job){.key = gateway_caller(site_of(f->r)->gateway, f->r), .run = run, .done = done};
    gateway_read(site_of(f->r)->gateway, f->r->loop, &f->job);
}

/* Answers if there is no row; error is that of the job. Returns whether it did. */
static bool refuse_row(const struct file_look *f, int error) {
    if (error < 0)
        site_refuse(f->r, 503, gateway_read_refusal(error).ptr);
    else if (f->row < 0)
        refuse_error(f->r, f->row, "the file cannot be looked up");
    else if (f->row == 0)
        site_refuse(f->r, 404, "the file is not there");
    return error < 0 || f->row <= 0;
}

/* ---- attachments ---- */

static void read_attachment(struct read_job *job, struct reader *rd) {
    struct file_look *f = of_job(job);
    struct db_query q DB_CLEANUP = db_query(reader_db(rd), SQL_ATTACHMENT_BY_ID);
    db_bind_int(&q, 1, f->file.id);
    f->row = db_row(&q);
    if (f->row != 1)
        return;
    f->file.tenant = db_int(&q, COL_ATTACHMENT_BY_ID_TENANT);
    f->name = arena_dup(&f->arena, db_text(&q, COL_ATTACHMENT_BY_ID_NAME));
    f->mime = arena_dup(&f->arena, db_text(&q, COL_ATTACHMENT_BY_ID_MIME));
    f->max_age_s = LINK_ATTACHMENT_LIFE_S;
    f->shown = attachment_is_shown(f->mime);
}

static void attachment_read(struct read_job *job, int error) {
    struct file_look *f = of_job(job);
    if (error == -ESHUTDOWN || refuse_row(f, error))
        look_free(f);
    else
        file_send(f);
}

static void serve_attachment(struct http_request *r, int64_t id) {
    look(look_new(r, id), read_attachment, attachment_read);
}

/* ---- reports ---- */

/* The file name for saving: the report's name with .pdf. */
static struct str report_name(struct db *db, struct arena *a, int64_t tenant, int64_t id) {
    struct hire h = {.db = db, .arena = a, .tenant = tenant};
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    struct str name, ending = STR(".pdf");

    if (order_file_name(&h, id, &name) < 0 || str_is_empty(name))
        return STR("report.pdf");
    for (size_t i = 0; i < name.len; i++)
        buf_add_char(&b, (unsigned char)name.ptr[i] < ' ' || strchr("/\\:*?<>|", name.ptr[i]) ? '_' : name.ptr[i]);
    if (name.len < ending.len || !str_eq_nocase(str_skip(name, name.len - ending.len), ending))
        buf_add_str(&b, ending);
    return arena_dup(a, buf_str(&b));
}

static void read_report(struct read_job *job, struct reader *rd) {
    struct file_look *f = of_job(job);
    struct db_query q DB_CLEANUP = db_query(reader_db(rd), SQL_REPORT_FILE_BY_ID);
    db_bind_int(&q, 1, f->file.id);
    f->row = db_row(&q);
    f->file.tenant = f->row == 1 ? db_int(&q, COL_REPORT_FILE_BY_ID_TENANT) : 0;
    f->state = f->row == 1 ? db_int(&q, COL_REPORT_FILE_BY_ID_STATE) : 0;
    db_query_end(&q);
    if (f->row != 1 || f->state != 1)
        return;
    f->name = report_name(reader_db(rd), &f->arena, f->file.tenant, f->file.id);
    f->mime = STR("application/pdf");
    f->shown = true;
    f->max_age_s = LINK_REPORT_LIFE_S;
}

/* Answers if the file is stored or cannot be fetched, and frees f; returns false if the fetch is still pending. */
static bool answer_report(struct file_look *f, int error) {
    bool refused = refuse_row(f, error);
    if (!refused && f->state == 0)
        return false;
    if (!refused && f->state == 1) {
        file_send(f);
        return true;
    }
    if (!refused)
        site_refuse(f->r, 404, "the report could not be fetched from where the vendor said it was");
    look_free(f);
    return true;
}

static void refuse_wait(struct http_request *r) {
    site_refuse(r, 503, "the report is still being fetched from its vendor; try again in a few seconds");
}

static void report_read_again(struct read_job *job, int error) {
    struct file_look *f = of_job(job);
    f->looking = false;
    if (f->r && error != -ESHUTDOWN) {
        struct http_timer *timer = f->timer;
        bool answered = answer_report(f, error);
        if (!answered && clock_mono_ns() < f->until_ns)
            return;
        http_timer_stop(timer);
        if (answered)
            return;
        refuse_wait(f->r);
    }
    look_free(f);
}

static void on_wait(void *arg) {
    struct file_look *f = arg;
    if (!f->looking)
        look(f, read_report, report_read_again);
}

static void on_wait_end(void *arg) {
    struct file_look *f = arg;
    refuse_wait(f->r);
    f->r = NULL;
    if (!f->looking) /* otherwise report_read_again frees it */
        look_free(f);
}

static void report_read(struct read_job *job, int error) {
    struct file_look *f = of_job(job);
    f->looking = false;
    if (error == -ESHUTDOWN) {
        look_free(f);
        return;
    }
    if (answer_report(f, error))
        return;
    fetcher_want(site_of(f->r)->fetcher, f->file.id);
    nodes_want(site_of(f->r)->nodes, f->file.id);
    f->until_ns = clock_mono_ns() + FILE_WAIT_MS * INT64_C(1000000);
    f->timer = http_timer_start(f->r->loop, FILE_POLL_MS, on_wait, on_wait_end, f);
}

static void serve_report(struct http_request *r, int64_t id) {
    look(look_new(r, id), read_report, report_read);
}

void site_serve_file(struct http_request *r) {
    enum link_kind kind;
    int64_t id;
    int error = link_read(site_of(r)->seal, str_skip(r->path, sizeof LINK_PATH - 1), clock_now_ms(), &kind, &id);
    if (error < 0)
        site_refuse(r, error == -ETIME ? 410 : 404,
                    error == -ETIME ? "the link has expired; ask for the record again" : "not a link of this server");
    else if (kind == LINK_ATTACHMENT)
        serve_attachment(r, id);
    else
        serve_report(r, id);
}
