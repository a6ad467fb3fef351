/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends files that are in a database. Threads of the gateway's pool read them, a piece at a time, each when the client
 * has taken the one before it. So a client that reads slowly, or not at all, holds one piece of memory and no
 * connection to the database.
 */
#ifndef HIRED_CLI_SERVE_DOWNLOAD_H
#define HIRED_CLI_SERVE_DOWNLOAD_H

#include "cli/serve/site.h"
#include "store/files/files.h"

#define DOWNLOAD_PIECE ((size_t)256 * 1024)

struct download;

/* How an answer begins: the bytes [from, from + len) of the file with that status; len 0 or HEAD: no byte is read.
 * Texts and headers live until the request is answered. */
struct download_head {
    unsigned status;
    struct str type;
    const struct http_header *headers;
    size_t n_headers;
    uint64_t from, len;
};

/* Opens a file for a request that is to be answered (r->no_cancel). opened is called on the loop's thread, with the
 * file's size or a negative errno: -EUSERS too many downloads run; -ESHUTDOWN the server ends. After an error it
 * answers the request; otherwise it calls download_send, or download_drop and answers. key: whose share is used. */
typedef void (*download_opened_fn)(void *ctx, struct download *d, uint64_t size, int error);
void download_open(struct site *site, struct http_request *r, struct files_name name, int64_t key,
                   download_opened_fn opened, void *ctx);

/* Answers the request. If the first bytes cannot be read, refuse(ctx, r, error) answers it instead; ctx is that of
 * download_open. later errors end the connection. done(ctx) is called when *head is not used any more. */
void download_send(struct download *d, const struct download_head *head,
                   void (*refuse)(void *ctx, struct http_request *r, int error), void (*done)(void *ctx));

void download_drop(struct download *d);

#endif
