/* SPDX-License-Identifier: Apache-2.0
 *
 * One request by libcurl: what is sent, what is taken, and what its failures are called.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "client/internal.h"

#define HEAD_MAX 65536
#define SHOWN_MAX 120 /* bytes of an answer that a message shows */

/* What the callbacks of one request share. */
struct receiving {
    struct client *c;
    struct transfer *t;
    struct client_answer *a;
};

static size_t on_head(char *bytes, size_t one, size_t len, void *ctx) {
    struct receiving *x = ctx;
    if (str_starts((struct str){bytes, len}, STR("HTTP/")))
        x->a->head.len = 0; /* what came before was "100 Continue" */
    if (x->a->head.len + len > HEAD_MAX) {
        x->t->failed = -EFBIG;
        return 0;
    }
    buf_add(&x->a->head, bytes, len);
    return len;
}

static int write_all(int fd, const char *bytes, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *ctx) {
    struct receiving *x = ctx;
    long status = 0;
    curl_easy_getinfo(x->c->curl, CURLINFO_RESPONSE_CODE, &status);
    bool to_file = x->t->fd >= 0 && status == 200;
    size_t have = to_file ? x->t->written : x->a->raw.len;
    size_t max = to_file ? x->t->max : x->t->fd >= 0 ? x->c->o.body_max : x->t->max;
    if (have + len > max)
        x->t->failed = -EFBIG;
    else if (to_file)
        x->t->failed = write_all(x->t->fd, bytes, len);
    if (x->t->failed < 0)
        return 0;
    if (to_file)
        x->t->written += len;
    else
        buf_add(&x->a->raw, bytes, len);
    return len;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e) {
    const struct receiving *x = ctx;
    return x->c->o.stop && atomic_load(x->c->o.stop) ? 1 : 0;
}

/* ---- what is sent ---- */

static void set_url(const struct client *c, const struct transfer *t) {
    struct buf url BUF_CLEANUP = BUF_EMPTY;
    if (t->path[0] == '/')
        buf_add_str(&url, str_of(c->base_url));
    buf_add_str(&url, str_of(t->path));
    if (t->query && t->query[0])
        buf_printf(&url, "%c%s", strchr(t->path, '?') ? '&' : '?', t->query);
    buf_add_char(&url, '\0');
    curl_easy_setopt(c->curl, CURLOPT_URL, url.ptr);
}

static void set_general(struct client *c, const struct transfer *t) {
    CURL *curl = c->curl;
    curl_easy_reset(curl); /* keeps connections */
    set_url(c, t);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)c->o.connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)c->o.total_ms);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "hired/" HIRED_VERSION);
    if (!c->o.proxy)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    if (c->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca_file);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, c->error);
    c->error[0] = '\0';
}

static void set_callbacks(struct receiving *x) {
    CURL *curl = x->c->curl;
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, x);
}

static curl_mime *form_of(CURL *curl, const struct client_file *f) {
    curl_mime *form = curl_mime_init(curl);
    curl_mimepart *part = curl_mime_addpart(form);
    curl_mime_name(part, f->field);
    if (str_is_absent(f->bytes))
        curl_mime_filedata(part, f->path);
    else
        curl_mime_data(part, f->bytes.ptr, f->bytes.len);
    curl_mime_filename(part, f->name);
    if (f->type)
        curl_mime_type(part, f->type);
    return form;
}

/* ---- what came ---- */

static int fault_of(CURLcode code) {
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIMEDOUT;
    case CURLE_COULDNT_CONNECT:
        return -ECONNREFUSED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return -EHOSTUNREACH;
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
        return -ECONNRESET;
    case CURLE_PARTIAL_FILE:
    case CURLE_WEIRD_SERVER_REPLY:
        return -EBADMSG;
    case CURLE_ABORTED_BY_CALLBACK:
        return -ECANCELED;
    default:
        return -EIO;
    }
}

static int failed(struct client *c, const struct transfer *t, CURLcode code) {
    if (t->failed == -EFBIG)
        return client_fail(c, t, -EFBIG, "the answer is longer than %zu bytes", t->max);
    if (t->failed < 0)
        return client_fail(c, t, t->failed, "cannot write what came: %s", strerror(-t->failed));
    return client_fail(c, t, fault_of(code), "%s", c->error[0] ? c->error : curl_easy_strerror(code));
}

static void show(struct str raw, char ret[SHOWN_MAX + 1]) {
    struct str head = str_head(raw, SHOWN_MAX);
    memcpy(ret, head.ptr, head.len);
    ret[head.len] = '\0';
    for (size_t i = 0; i < head.len; i++)
        if ((unsigned char)ret[i] < 0x20 || (unsigned char)ret[i] >= 0x7f)
            ret[i] = '?';
}

static int no_envelope(struct client *c, const struct transfer *t, const struct client_answer *a) {
    char begins[SHOWN_MAX + 1];
    struct str to = client_answer_header(a, STR("Location")), place = str_cut(&to, '?');
    if (a->status >= 300 && a->status < 400)
        return client_fail(c, t, -EBADMSG, "the server answered with a redirect (%u) to %.*s, which is not followed",
                           a->status, STR_FMT(place));
    show(buf_str(&a->raw), begins);
    return client_fail(c, t, -EBADMSG, "the answer (HTTP %u) is not in the API's form; it begins: %s", a->status,
                       begins);
}

/* Reads {"code":0,"msg":"","data":{}}. */
static int read_envelope(struct client *c, const struct transfer *t, struct client_answer *a) {
    json_error_t error;
    json_t *body = json_loadb(buf_str(&a->raw).ptr, a->raw.len, 0, &error);
    const json_t *code = json_object_get(body, "code");
    if (!json_is_integer(code)) {
        json_decref(body);
        return no_envelope(c, t, a);
    }
    const json_t *msg = json_object_get(body, "msg");
    if (!msg)
        msg = json_object_get(body, "message");
    json_int_t number = json_integer_value(code);
    a->body = body;
    a->code = number < INT32_MIN || number > INT32_MAX ? -1 : (int)number;
    a->msg = json_is_string(msg) ? json_string_value(msg) : "";
    client_without_controls((char *)(uintptr_t)a->msg, strlen(a->msg)); /* the text is this answer's own */
    a->data = json_object_get(body, "data");
    return 0;
}

static void note_head(struct client_answer *a) {
    struct str id = client_answer_header(a, STR("X-Tt-Logid"));
    if (id.len < sizeof a->log_id)
        snprintf(a->log_id, sizeof a->log_id, "%.*s", STR_FMT(id));
}

static int judge(struct client *c, const struct transfer *t, CURLcode code, struct client_answer *a) {
    if (code != CURLE_OK)
        return failed(c, t, code);
    if (t->fd >= 0 && a->status == 200)
        return 0;
    return read_envelope(c, t, a);
}

int client_perform(struct client *c, struct transfer *t, struct client_answer *ret) {
    struct receiving x = {.c = c, .t = t, .a = ret};
    struct curl_slist *headers = NULL;
    char *text = NULL;
    long status = 0;

    client_answer_clear(ret);
    client_label(c, t);
    c->why.len = 0;
    t->failed = 0;
    set_general(c, t);
    set_callbacks(&x);
    curl_mime *form = t->file ? form_of(c->curl, t->file) : NULL;
    if (form)
        curl_easy_setopt(c->curl, CURLOPT_MIMEPOST, form);
    else if (t->body || strcmp(t->method, "GET") != 0) {
        text = t->body ? json_dumps(t->body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(text ? strlen(text) : 0));
        curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, text ? text : "");
        headers = curl_slist_append(headers, text ? "Content-Type: application/json; charset=utf-8" : "Content-Type:");
    }
    curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, t->method);
    headers = curl_slist_append(headers, "Expect:");
    if (!t->anonymous)
        headers = credentials_headers(c, headers);
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
    int64_t begun_ns = clock_mono_ns();
    CURLcode code = curl_easy_perform(c->curl);
    ret->duration_ms = (clock_mono_ns() - begun_ns) / 1000000;
    curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    ret->status = (unsigned)status;
    note_head(ret);
    int r = judge(c, t, code, ret);
    curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    curl_mime_free(form);
    free(text);
    return r;
}
