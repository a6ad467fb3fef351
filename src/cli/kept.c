/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks stored files: their rows, and their bytes for the digest and for a callback.
 */
#include "cli/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"

#define PAGE 500

static int read_through(int fd, EVP_MD_CTX *md, kept_piece_fn fn, void *ctx, int64_t *ret_size) {
    char bytes[65536];

    *ret_size = 0;
    for (;;) {
        ssize_t n = read(fd, bytes, sizeof(bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        if (EVP_DigestUpdate(md, bytes, (size_t)n) != 1)
            return -ENOMEM;
        int r = fn ? fn(ctx, (struct str){bytes, (size_t)n}) : 0;
        if (r < 0)
            return r;
        *ret_size += n;
    }
}

int kept_digest(const char *path, kept_piece_fn fn, void *ctx, int64_t *ret_size, char ret_hex[KEPT_HEX]) {
    unsigned char digest[32];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;

    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int r = md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 ? read_through(fd, md, fn, ctx, ret_size) : -ENOMEM;
    if (r == 0 && EVP_DigestFinal_ex(md, digest, NULL) != 1)
        r = -ENOMEM;
    EVP_MD_CTX_free(md);
    close(fd);
    if (r == 0) {
        hex_encode(digest, sizeof(digest), ret_hex);
        ret_hex[KEPT_HEX - 1] = '\0';
    }
    return r;
}

/* Reads page by page, so that no read transaction lasts as long as the reading of the files. */
static int walk(struct db *db, enum db_statement which, kept_fn fn, void *ctx) {
    int64_t last = 0;
    int rows, r;

    do {
        struct db_query q DB_CLEANUP = db_query(db, which);
        db_bind_int(&q, 1, last);
        db_bind_int(&q, 2, PAGE);
        for (rows = 0; (r = db_row(&q)) == 1; rows++) {
            last = db_int(&q, COL_KEPT_FILE_ID);
            r = fn(ctx, last, db_int(&q, COL_KEPT_FILE_SIZE), db_text(&q, COL_KEPT_FILE_SHA256),
                   db_int(&q, COL_KEPT_FILE_ORDER_ID));
            if (r != 0)
                return r;
        }
        if (r < 0)
            return r;
    } while (rows == PAGE);
    return 0;
}

int kept_walk(struct db *db, kept_fn fn, void *ctx) {
    int r = walk(db, SQL_CLI_KEPT_REPORTS, fn, ctx);

    return r != 0 ? r : walk(db, SQL_CLI_KEPT_ATTACHMENTS, fn, ctx);
}
