/* SPDX-License-Identifier: Apache-2.0
 *
 * The console's pages, which are embedded in the binary.
 */
#ifndef HIRED_CONSOLE_ASSETS_H
#define HIRED_CONSOLE_ASSETS_H

#include "http/http.h"

struct asset {
    struct str path, type, etag;
    bool hashed;                    /* the name contains a hash of the content: browsers may cache it for ever */
    struct str plain, gzip, brotli; /* absent: there is no such encoding */
};

/* The last entry has an absent path. Without entries: this binary was built without the console. */
extern const struct asset console_assets[];

/* Answers a GET or HEAD for a page, script or style; also every address within the console that a browser requests
 * as a page. Returns false if the path is not the console's. */
bool assets_serve(struct http_request *r);

/* Whether assets_serve would answer a GET of the same path with the same headers. */
bool assets_has(const struct http_request *r);

#endif
