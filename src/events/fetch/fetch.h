/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetches one report: the transfer, the file, and the check that it is a PDF.
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
    CURL *curl; /* NULL: the place is free */
    int64_t tenant, id;
    int64_t owner; /* whose share of the places it uses (schema, report_file.owner) */
    int attempts;
    bool wanted;               /* begun because a client waits for it */
    char host[FETCH_HOST_MAX]; /* with its port, in lower case, truncated */

    const struct fetcher_options *o;
    struct curl_slist *headers;
    struct outgoing_guard guard;
    struct files_draft *draft; /* NULL: it was kept, or there is none */
    EVP_MD_CTX *digest;
    uint64_t size, passed_over; /* bytes stored; bytes of an answer that is not a report */
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

/* Prepares the transfer in a free place; the caller adds curl to its multi handle. o must outlive it. Returns 0, or
 * a negative errno of the disk or -ENOMEM with the place free again. */
int fetch_begin(struct fetch *f, const struct fetcher_options *o, const struct fetch_job *job);

struct fetch_verdict {
    const char *why; /* why it failed, for the order's history; NULL: it is a report. Valid as long as the fetch */
    bool final;      /* another attempt cannot succeed */
    int64_t wait_ms; /* the delay that the vendor's server asked for (Retry-After); 0: none */
};

/* Judges a transfer that has ended. */
struct fetch_verdict fetch_judge(struct fetch *f, CURLcode code);

/* Keeps the fetched file and returns its SHA-256 in hex. Returns 0 or a negative errno. */
int fetch_keep(struct fetch *f, char ret_sha256[64]);

/* Frees the place; curl must have been removed from the multi handle. */
void fetch_clear(struct fetch *f);

/* The host and port of a link, in the form of struct fetch. */
void fetch_host(struct str url, char ret[FETCH_HOST_MAX]);

#endif
