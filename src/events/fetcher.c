/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetches reports from where vendors say they are, and removes the files of people whose data was erased.
 */
#include "events/fetcher.h"

#include <curl/curl.h>
#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "events/outgoing.h"
#include "hire/order.h"
#include "store/files.h"
#include "store/stamp.h"

#define IDLE_MS 60000      /* looks at least this often, should a wake-up be missed */
#define BACKOFF_MS 1000    /* after the writer could not take a result */
#define NO_ROOM_MS 60000   /* on the disk: that does not pass within a second */
#define REDIRECTS_MAX 3L
#define BATCH 64

static const int64_t ladder_ms[] = {15000, 300000, 3600000, 21600000};
#define RETRIES ((int)(sizeof ladder_ms / sizeof *ladder_ms))

static const struct str pdf_magic = STR_INIT("%PDF-");

struct fetch {
    struct fetcher *f;
    CURL *curl; /* NULL: free */
    int64_t tenant, id;
    int attempts;
    struct outgoing_guard guard;
    struct files_draft draft;
    EVP_MD_CTX *digest;
    uint64_t size;
    char head[8]; /* the first bytes */
    bool too_large, not_pdf;
    int disk_error;
    char error[CURL_ERROR_SIZE];
};

struct fetcher {
    struct fetcher_options o;
    pthread_t thread;
    CURLM *multi;
    struct db *db;
    _Atomic bool stop, woken;
    struct fetch *fetches; /* o.parallel of them */
    unsigned running;
    int64_t not_before_ns; /* the writer was busy: leave it alone until then */
};

/* ---- one fetch ---- */

static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx) {
    struct fetch *fetch = ctx;
    if (fetch->size < pdf_magic.len) {
        size_t n = pdf_magic.len - (size_t)fetch->size;
        memcpy(fetch->head + fetch->size, bytes, len < n ? len : n);
        if (fetch->size + len >= pdf_magic.len && memcmp(fetch->head, pdf_magic.ptr, pdf_magic.len) != 0) {
            fetch->not_pdf = true;
            return 0;
        }
    }
    fetch->size += len;
    if (fetch->size > fetch->f->o.max_bytes) {
        fetch->too_large = true;
        return 0;
    }
    fetch->disk_error = files_draft_write(&fetch->draft, (struct str){bytes, len});
    if (fetch->disk_error < 0 || EVP_DigestUpdate(fetch->digest, bytes, len) != 1)
        return 0;
    return len;
}

static void fetch_options(struct fetch *fetch, const char *url) {
    const struct fetcher_options *o = &fetch->f->o;
    outgoing_setup(fetch->curl, &fetch->guard, url, (long)o->timeout_ms);
    curl_easy_setopt(fetch->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(fetch->curl, CURLOPT_MAXREDIRS, REDIRECTS_MAX);
    curl_easy_setopt(fetch->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)o->max_bytes);
    curl_easy_setopt(fetch->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(fetch->curl, CURLOPT_WRITEDATA, fetch);
    curl_easy_setopt(fetch->curl, CURLOPT_ERRORBUFFER, fetch->error);
    curl_easy_setopt(fetch->curl, CURLOPT_PRIVATE, fetch);
}

static struct fetch *fetch_slot(struct fetcher *f) {
    for (unsigned i = 0; i < f->o.parallel; i++)
        if (!f->fetches[i].curl)
            return &f->fetches[i];
    return NULL;
}

static bool fetch_running(const struct fetcher *f, int64_t id) {
    for (unsigned i = 0; i < f->o.parallel; i++)
        if (f->fetches[i].curl && f->fetches[i].id == id)
            return true;
    return false;
}

static void fetch_end(struct fetch *fetch) {
    if (fetch->curl) {
        curl_multi_remove_handle(fetch->f->multi, fetch->curl);
        curl_easy_cleanup(fetch->curl);
        fetch->f->running--;
    }
    fetch->curl = NULL;
    EVP_MD_CTX_free(fetch->digest);
    fetch->digest = NULL;
    files_draft_drop(&fetch->draft);
}

/* Our own disk's fault, not the vendor's: the attempt does not count. */
static void disk_failed(struct fetcher *f, int64_t id, int error) {
    log_fmt(LOG_ERROR, "cannot keep report %lld: %s", (long long)id, strerror(-error));
    f->not_before_ns = clock_mono_ns() + (error == -ENOSPC ? NO_ROOM_MS : BACKOFF_MS) * INT64_C(1000000);
}

static void fetch_begin(struct fetcher *f, int64_t tenant, int64_t id, const char *url, int attempts) {
    struct fetch *fetch = fetch_slot(f);
    *fetch = (struct fetch){.f = f, .tenant = tenant, .id = id, .attempts = attempts, .draft = {.fd = -1}};
    fetch->guard = (struct outgoing_guard){.allow_loopback = f->o.allow_loopback, .allow_private = f->o.allow_private};
    int r = files_draft_begin(&fetch->draft, f->o.db->dir, id);
    if (r < 0) {
        disk_failed(f, id, r);
        return;
    }
    fetch->curl = curl_easy_init();
    fetch->digest = EVP_MD_CTX_new();
    if (fetch->curl)
        f->running++;
    if (!fetch->curl || !fetch->digest || EVP_DigestInit_ex(fetch->digest, EVP_sha256(), NULL) != 1) {
        fetch_end(fetch);
        return;
    }
    fetch_options(fetch, url);
    curl_multi_add_handle(f->multi, fetch->curl);
}

/* ---- what came of it ---- */

struct fetch_outcome {
    const struct fetch *fetch;
    bool kept;
    char sha256[64];
    const char *why;
    int64_t next_ms; /* 0: given up */
    int64_t now_ms;
};

static int outcome_write(struct db *db, void *arg) {
    const struct fetch_outcome *out = arg;
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct hire h = {.db = db, .arena = &arena, .tenant = out->fetch->tenant, .actor_kind = ACTOR_SYSTEM};
    int r = db_stamp(db, h.tenant, &h.now_ms);
    if (r < 0)
        return r;
    if (out->kept)
        return order_file_kept(&h, out->fetch->id, (int64_t)out->fetch->size,
                               (struct str){out->sha256, sizeof out->sha256});
    return order_file_failed(&h, out->fetch->id, str_of(out->why), out->next_ms);
}

static void outcome_submit(struct fetcher *f, struct fetch_outcome *out) {
    int r = writer_run(f->o.writer, outcome_write, out);
    if (r < 0 && r != -ESHUTDOWN) {
        log_fmt(LOG_ERROR, "cannot note what came of fetching report %lld: %s", (long long)out->fetch->id, strerror(-r));
        f->not_before_ns = clock_mono_ns() + BACKOFF_MS * INT64_C(1000000);
    }
}

/* Why a fetch failed, for the order's history; NULL if it did not. *ret_final: trying again cannot help. */
static const char *fetch_failure(struct fetch *fetch, CURLcode code, bool *ret_final) {
    long status = 0;
    curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &status);
    *ret_final = true;
    if (fetch->guard.refused)
        return "the report's address is not a public one";
    if (fetch->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return "the report is larger than this server keeps";
    if (fetch->not_pdf)
        return "what the link leads to is not a PDF";
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        return "the report's link is not one of http or https";
    *ret_final = false;
    if (code != CURLE_OK) {
        if (fetch->error[0] == 0)
            snprintf(fetch->error, sizeof fetch->error, "%s", curl_easy_strerror(code));
        return fetch->error;
    }
    if (status != 200) {
        *ret_final = status >= 400 && status < 500 && status != 408 && status != 429;
        snprintf(fetch->error, sizeof fetch->error, "the vendor's server answered %ld", status);
        return fetch->error;
    }
    *ret_final = true;
    return fetch->size < pdf_magic.len ? "what the link leads to is not a PDF" : NULL;
}

static void fetch_keep(struct fetcher *f, struct fetch *fetch, struct fetch_outcome *out) {
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_DigestFinal_ex(fetch->digest, digest, NULL);
    for (size_t i = 0; i < 32; i++) {
        out->sha256[2 * i] = digits[digest[i] >> 4];
        out->sha256[2 * i + 1] = digits[digest[i] & 15];
    }
    /* A crash may have come between the file and the note that it is kept: then it is fetched again. */
    int r = files_draft_replace(&fetch->draft, f->o.db->dir, fetch->id);
    if (r < 0) {
        disk_failed(f, fetch->id, r);
        return;
    }
    out->kept = true;
    outcome_submit(f, out);
}

static void fetch_done(struct fetcher *f, struct fetch *fetch, CURLcode code) {
    struct fetch_outcome out = {.fetch = fetch, .now_ms = clock_now_ms()};
    bool final;
    out.why = fetch_failure(fetch, code, &final);
    if (fetch->disk_error < 0) {
        disk_failed(f, fetch->id, fetch->disk_error);
    } else if (!out.why) {
        fetch_keep(f, fetch, &out);
    } else {
        if (!final && fetch->attempts < RETRIES)
            out.next_ms = out.now_ms + ladder_ms[fetch->attempts];
        outcome_submit(f, &out);
    }
    fetch_end(fetch);
}

/* ---- files that are to go ---- */

struct removals {
    int64_t ids[BATCH];
    int n;
};

static int removals_write(struct db *db, void *arg) {
    const struct removals *done = arg;
    for (int i = 0; i < done->n; i++) {
        struct db_query q DB_CLEANUP = db_query(db, SQL_FILE_REMOVAL_DONE);
        db_bind_int(&q, 1, done->ids[i]);
        int r = db_run(&q);
        if (r < 0)
            return r;
    }
    return 0;
}

static void removals_read(struct fetcher *f, int64_t after, struct removals *ret) {
    struct db_query q DB_CLEANUP = db_query(f->db, SQL_FILE_REMOVAL_NEXT);
    db_bind_int(&q, 1, after);
    db_bind_int(&q, 2, BATCH);
    ret->n = 0;
    while (ret->n < BATCH && db_row(&q) == 1)
        ret->ids[ret->n++] = db_int(&q, 0);
}

/* A file is forgotten only when it is gone for certain, so whatever a crash cuts short is done at the next start. One that
 * is being fetched comes and goes first; it is tried again when that is over. */
static void remove_files(struct fetcher *f) {
    struct removals due, done;
    int64_t after = 0;
    do {
        removals_read(f, after, &due);
        done.n = 0;
        for (int i = 0; i < due.n; i++) {
            after = due.ids[i];
            if (fetch_running(f, after))
                continue;
            int r = files_remove_synced(f->o.db->dir, after);
            if (r == 0)
                done.ids[done.n++] = after;
            else
                log_fmt(LOG_ERROR, "cannot remove the erased file %lld: %s", (long long)after, strerror(-r));
        }
        if (done.n > 0 && writer_run(f->o.writer, removals_write, &done) < 0)
            return;
    } while (due.n == BATCH);
}

/* ---- the thread ---- */

/* Starts what is due as far as there is room. Returns how long nothing else will be due, in ms. */
static int64_t start_due(struct fetcher *f) {
    int64_t now_ms = clock_now_ms(), wait = IDLE_MS;
    int64_t off_ms = (f->not_before_ns - clock_mono_ns()) / INT64_C(1000000);
    if (off_ms >= 0)
        return off_ms + 1;
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct {
        int64_t tenant, id;
        struct str url;
        int attempts;
    } due[BATCH];
    int n = 0;
    {
        struct db_query q DB_CLEANUP = db_query(f->db, SQL_REPORT_FILE_NEXT);
        db_bind_int(&q, 1, now_ms);
        db_bind_int(&q, 2, BATCH);
        while (n < BATCH && db_row(&q) == 1) {
            due[n].tenant = db_int(&q, 0);
            due[n].id = db_int(&q, 1);
            due[n].url = arena_dup(&arena, db_text(&q, 2));
            due[n].attempts = (int)db_int(&q, 3);
            n++;
        }
    }
    for (int i = 0; i < n && f->running < f->o.parallel; i++)
        if (!fetch_running(f, due[i].id))
            fetch_begin(f, due[i].tenant, due[i].id, due[i].url.ptr, due[i].attempts);
    struct db_query q DB_CLEANUP = db_query(f->db, SQL_REPORT_FILE_WAKE);
    db_bind_int(&q, 1, now_ms);
    if (db_row(&q) == 1 && db_int(&q, 0) - now_ms < wait)
        wait = db_int(&q, 0) - now_ms;
    return wait < 0 ? 0 : wait;
}

static void collect(struct fetcher *f) {
    CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(f->multi, &left)) != NULL) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        struct fetch *fetch = NULL;
        CURLcode code = msg->data.result;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
        fetch_done(f, fetch, code);
    }
}

static void *fetcher_main(void *arg) {
    struct fetcher *f = arg;
    while (!atomic_load(&f->stop)) {
        int still = 0;
        atomic_store(&f->woken, false);
        remove_files(f);
        int64_t wait = start_due(f);
        curl_multi_perform(f->multi, &still);
        collect(f);
        curl_multi_poll(f->multi, NULL, 0, wait < 5000 ? (int)wait + 1 : 5000, NULL);
    }
    for (unsigned i = 0; i < f->o.parallel; i++)
        fetch_end(&f->fetches[i]);
    return NULL;
}

void fetcher_wake(struct fetcher *f) {
    if (!atomic_exchange(&f->woken, true))
        curl_multi_wakeup(f->multi);
}

int fetcher_new(struct fetcher **ret, const struct fetcher_options *o) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct fetcher *f = mem_alloc(sizeof *f);
    f->o = *o;
    f->fetches = mem_alloc(o->parallel * sizeof *f->fetches);
    for (unsigned i = 0; i < o->parallel; i++)
        f->fetches[i] = (struct fetch){.f = f, .draft = {.fd = -1}};
    f->multi = curl_multi_init();
    int r = f->multi ? db_open(&f->db, o->db, DB_READ, &scratch, &why) : -ENOMEM;
    if (r == 0)
        r = -pthread_create(&f->thread, NULL, fetcher_main, f);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot start to fetch reports: %s", strerror(-r));
        db_close(f->db);
        curl_multi_cleanup(f->multi);
        free(f->fetches);
        free(f);
        return r;
    }
    *ret = f;
    return 0;
}

void fetcher_stop(struct fetcher *f) {
    if (!f || atomic_exchange(&f->stop, true))
        return;
    curl_multi_wakeup(f->multi);
    pthread_join(f->thread, NULL);
}

struct fetcher *fetcher_free(struct fetcher *f) {
    if (!f)
        return NULL;
    fetcher_stop(f);
    curl_multi_cleanup(f->multi);
    db_close(f->db);
    free(f->fetches);
    free(f);
    return NULL;
}
