/* SPDX-License-Identifier: Apache-2.0
 *
 * One report being fetched: the transfer, what of it is kept, and whether that is a report.
 */
#ifndef HIRED_EVENTS_FETCH_FETCH_H
#define HIRED_EVENTS_FETCH_FETCH_H

#include <curl/curl.h>
#include <openssl/evp.h>

#include "events/fetch/fetcher.h"
#include "events/outgoing.h"
#include "store/files/files.h"

#define FETCH_PDF_BEGINS_BY 1024 /* at most so many bytes stand before %PDF- */
#define FETCH_HOST_MAX 256

struct fetch {
    CURL *curl; /* NULL: this place is free */
    int64_t tenant, id;
    int64_t owner; /* whose turn it takes (schema, report_file.owner) */
    int attempts;
    bool wanted;               /* begun because somebody waits for it */
    char host[FETCH_HOST_MAX]; /* with its port, in small letters, cut */

    const struct fetcher_options *o;
    struct curl_slist *headers;
    struct outgoing_guard guard;
    struct files_draft draft;
    EVP_MD_CTX *digest;
    uint64_t size, passed_over; /* bytes kept; bytes of an answer that is no report */
    char head[FETCH_PDF_BEGINS_BY + 5];
    size_t head_len;
    bool is_pdf, too_large;
    int disk_error;
    char error[CURL_ERROR_SIZE];
};

struct fetch_job {
    int64_t tenant, id, owner;
    int attempts;
    struct str url;
};

/* Prepares the transfer into a free place; the caller gives curl to its multi handle. o must outlive it. Returns 0, or
 * a negative errno of the disk's or -ENOMEM, with the place free again. */
int fetch_begin(struct fetch *f, const struct fetcher_options *o, const struct fetch_job *job);

struct fetch_verdict {
    const char *why; /* it failed, and why: for the order's history; NULL: it is a report. Lives in the fetch */
    bool final;      /* trying again cannot help */
    int64_t wait_ms; /* the vendor's server asked for at least that (Retry-After); 0: it did not */
};

/* What came of a transfer that has ended. */
struct fetch_verdict fetch_judge(struct fetch *f, CURLcode code);

/* Gives the fetched file its name, and its hash in hex. Returns 0 or a negative errno. */
int fetch_keep(struct fetch *f, char ret_sha256[64]);

/* Frees the place; curl has left its multi handle. */
void fetch_clear(struct fetch *f);

/* The host and port of a link, as struct fetch has them. */
void fetch_host(struct str url, char ret[FETCH_HOST_MAX]);

#endif
