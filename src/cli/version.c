/* SPDX-License-Identifier: Apache-2.0
 *
 * hired version: describes this binary for bug reports.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <uv.h>

#include "cli/args.h"
#include "cli/cli.h"

int cli_version(int argc, char **argv) {
    if (args_help(argc, argv)) {
        printf("usage: hired version\n\n"
               "Prints the version of hired and of the libraries it runs with.\n\n"
               "example: hired version\n");
        return 0;
    }
    if (argc > 1) {
        fprintf(stderr, "hired version: takes nothing; see hired version --help\n");
        return 2;
    }
    printf("hired %s\n", HIRED_VERSION);
    printf("libuv %s, jansson %s, SQLite %s, %s, libcurl %s\n", uv_version_string(), jansson_version_str(),
           sqlite3_libversion(), OpenSSL_version(OPENSSL_VERSION), curl_version_info(CURLVERSION_NOW)->version);
    return 0;
}
