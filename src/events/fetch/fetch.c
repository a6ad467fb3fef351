/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetches one report.
 */
#include "events/fetch/fetch.h"

#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/hex.h"

#define REDIRECTS_MAX 3L
#define CONNECT_MS 10000L
#define LOW_SPEED_BYTES 1024L /* per second over LOW_SPEED_S; a slower transfer is given up */
#define LOW_SPEED_S 20L
#define PASSED_OVER_MAX 65536 /* bytes of an error page after which the connection is closed */
#define RETRY_AFTER_MAX_S 86400

static const struct str pdf_magic = STR_INIT("%PDF-");

/* ---- the address ---- */

/* Writes the URL as it is sent: bytes beyond ASCII are percent-escaped. */
static void url_write(struct str url, struct buf *out) {
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];

        if (c >= 0x80)
            buf_add_percent(out, (char)c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '\0');
}

void fetch_host(struct str url, char ret[FETCH_HOST_MAX]) {
    size_t colon = str_find(url, ':'), n = 0;
    struct str rest = colon == SIZE_MAX ? url : str_skip(url, colon + 3);

    while (n < rest.len && n + 1 < FETCH_HOST_MAX && !strchr("/?#", rest.ptr[n])) {
        char c = rest.ptr[n];
        ret[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    ret[n] = '\0';
}

/* ---- bytes ---- */

static long status_of(const struct fetch *f) {
    long status = 0;

    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* Looks for the beginning of a PDF. Returns false once the bytes cannot be a PDF. */
static bool head_take(struct fetch *f, const char *bytes, size_t len) {
    size_t room = sizeof(f->head) - f->head_len, n = len < room ? len : room;

    if (f->is_pdf)
        return true;
    memcpy(f->head + f->head_len, bytes, n);
    f->head_len += n;
    f->is_pdf = memmem(f->head, f->head_len, pdf_magic.ptr, pdf_magic.len) != NULL;
    return f->is_pdf || f->head_len < sizeof(f->head);
}

static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx) {
    struct fetch *f = ctx;

    /* An error page is judged by its status, not by its content. */
    if (status_of(f) != 200) {
        f->passed_over += len;
        return f->passed_over > PASSED_OVER_MAX ? 0 : len;
    }
    if (!head_take(f, bytes, len))
        return 0;
    f->size += len; /* decoded bytes, so a small compressed answer cannot exceed the limit */
    if (f->size > f->o->max_bytes) {
        f->too_large = true;
        return 0;
    }
    f->disk_error = files_draft_write(f->draft, (struct str){bytes, len});
    if (f->disk_error < 0 || EVP_DigestUpdate(f->digest, bytes, len) != 1)
        return 0;
    return len;
}

/* ---- begin and end ---- */

static void transfer_setup(struct fetch *f, struct str url) {
    struct buf escaped BUF_CLEANUP = BUF_EMPTY;

    url_write(url, &escaped);
    outgoing_setup(f->curl, &f->guard, escaped.ptr, (long)f->o->timeout_ms);
    curl_easy_setopt(f->curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(f->curl, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES);
    curl_easy_setopt(f->curl, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_S);
    curl_easy_setopt(f->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(f->curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
    curl_easy_setopt(f->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->o->max_bytes);
    /* No encoding is requested, since PDFs are compressed already; if the server encodes anyway, curl decodes it. */
    curl_easy_setopt(f->curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, f->headers);
    curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(f->curl, CURLOPT_ERRORBUFFER, f->error);
    curl_easy_setopt(f->curl, CURLOPT_PRIVATE, f);
}

int fetch_begin(struct fetch *f, const struct fetcher_options *o, const struct fetch_job *job) {
    *f = (struct fetch){.o = o,
                        .tenant = job->tenant,
                        .id = job->id,
                        .owner = job->owner,
                        .attempts = job->attempts,
                        .guard = {.allow_loopback = o->allow_loopback, .allow_private = o->allow_private}};
    int r = files_draft_begin(&f->draft, o->files, (struct files_name){job->tenant, job->id});
    if (r < 0)
        return r;
    fetch_host(job->url, f->host);
    f->headers = curl_slist_append(NULL, "Accept-Encoding: identity");
    f->digest = EVP_MD_CTX_new();
    f->curl = curl_easy_init();
    if (!f->headers || !f->curl || !f->digest || EVP_DigestInit_ex(f->digest, EVP_sha256(), NULL) != 1) {
        fetch_clear(f);
        return -ENOMEM;
    }
    transfer_setup(f, job->url);
    return 0;
}

int fetch_keep(struct fetch *f, char ret_sha256[64]) {
    unsigned char digest[EVP_MAX_MD_SIZE];

    EVP_DigestFinal_ex(f->digest, digest, NULL);
    hex_encode(digest, 32, ret_sha256);
    struct files_draft *draft = f->draft;
    f->draft = NULL;
    return files_draft_keep(draft, FILES_REPLACE);
}

void fetch_clear(struct fetch *f) {
    curl_easy_cleanup(f->curl);
    f->curl = NULL;
    curl_slist_free_all(f->headers);
    f->headers = NULL;
    EVP_MD_CTX_free(f->digest);
    f->digest = NULL;
    f->draft = files_draft_drop(f->draft);
}

/* ---- the verdict ---- */

static int64_t retry_after_ms(const struct fetch *f) {
    curl_off_t s = 0;

    curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &s);
    if (s <= 0)
        return 0;
    return (int64_t)(s < RETRY_AFTER_MAX_S ? s : RETRY_AFTER_MAX_S) * 1000;
}

/* Whether repeating cannot help: 4xx, except those that mean "try later". */
static bool status_is_final(long status) {
    return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}

static struct fetch_verdict verdict_status(struct fetch *f, long status) {
    snprintf(f->error, sizeof(f->error), "the vendor's server answered with status %ld%s", status,
             status == 202 ? " (the report is not ready yet)" : "");
    return (struct fetch_verdict){.why = f->error, .final = status_is_final(status), .wait_ms = retry_after_ms(f)};
}

static struct fetch_verdict verdict_no_pdf(struct fetch *f) {
    char *type = NULL, shown[48] = "";
    size_t n = 0;

    curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type);
    for (; type && type[n] > ' ' && type[n] < 0x7f && type[n] != ';' && n + 1 < sizeof(shown); n++)
        shown[n] = type[n];
    shown[n] = '\0';
    snprintf(f->error, sizeof(f->error),
             "the vendor's server answered with status 200, but what it sent%s%s%s is not a PDF", n > 0 ? " (" : "",
             shown, n > 0 ? ")" : "");
    return (struct fetch_verdict){.why = f->error, .final = true};
}

static struct fetch_verdict verdict_broken(struct fetch *f, long status, CURLcode code) {
    char what[CURL_ERROR_SIZE];

    snprintf(what, sizeof(what), "%s", f->error[0] ? f->error : curl_easy_strerror(code));
    if (status == 0)
        snprintf(f->error, sizeof(f->error), "%s", what);
    else
        snprintf(f->error, sizeof(f->error), "after status %ld: %.200s", status, what);
    return (struct fetch_verdict){.why = f->error};
}

struct fetch_verdict fetch_judge(struct fetch *f, CURLcode code) {
    long status = status_of(f);

    if (f->guard.refused)
        return (struct fetch_verdict){.why = "the report's address is not a public one", .final = true};
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        return (struct fetch_verdict){.why = "the report's link is not one of http or https", .final = true};
    /* If a redirection failed, the error of the redirected request is more helpful than the status. */
    if (status != 0 && status != 200 && (status / 100 != 3 || code == CURLE_OK))
        return verdict_status(f, status);
    if (f->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return (struct fetch_verdict){.why = "the report is larger than this server keeps", .final = true};
    if (status == 200 && !f->is_pdf && (code == CURLE_OK || f->head_len == sizeof(f->head)))
        return verdict_no_pdf(f);
    return code == CURLE_OK ? (struct fetch_verdict){.why = NULL} : verdict_broken(f, status, code);
}
