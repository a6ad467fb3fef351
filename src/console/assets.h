/* SPDX-License-Identifier: Apache-2.0
 *
 * The console's pages, which are part of the binary.
 */
#ifndef HIRED_CONSOLE_ASSETS_H
#define HIRED_CONSOLE_ASSETS_H

#include "http/http.h"

struct asset {
    struct str path, type, etag;
    bool hashed;                    /* its name changes with its content: it may be kept for ever */
    struct str plain, gzip, brotli; /* absent: there is no such form */
};

/* Ended by an absent path. Empty: this binary was built without the console. */
extern const struct asset console_assets[];

/* Answers a GET or HEAD for a page or a part of one: also every address within the console that a browser asks for as a
 * page. False: it is none of the console's. */
bool assets_serve(struct http_request *r);

/* Whether a GET of the same path with the same headers would be answered by assets_serve. */
bool assets_has(const struct http_request *r);

#endif
