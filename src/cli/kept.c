/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks stored files: their rows, and their bytes for the digest and for a callback.
 */
#include "cli/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
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

struct row {
    int64_t id, size, order_id;
    char sha256[KEPT_HEX];
};

/* Returns the number of rows, or a negative errno. */
static int read_page(struct db *db, enum db_statement which, int64_t after, struct row rows[PAGE]) {
    struct db_query q DB_CLEANUP = db_query(db, which);
    int n, r;

    db_bind_int(&q, 1, after);
    db_bind_int(&q, 2, PAGE);
    for (n = 0; n < PAGE && (r = db_row(&q)) == 1; n++) {
        struct str hex = db_text(&q, COL_KEPT_FILE_SHA256);
        rows[n] = (struct row){.id = db_int(&q, COL_KEPT_FILE_ID),
                               .size = db_int(&q, COL_KEPT_FILE_SIZE),
                               .order_id = db_int(&q, COL_KEPT_FILE_ORDER_ID)};
        snprintf(rows[n].sha256, KEPT_HEX, "%.*s", STR_FMT(hex));
    }
    return n < PAGE && r < 0 ? r : n;
}

/* Reads page by page and calls fn between two reads, so that no read transaction lasts as long as the work on the
 * files. */
static int walk(struct db *db, enum db_statement which, kept_fn fn, void *ctx) {
    struct row *rows = mem_alloc(PAGE * sizeof(*rows));
    int64_t last = 0;
    int n, r = 0;

    do {
        n = read_page(db, which, last, rows);
        r = n < 0 ? n : 0;
        for (int i = 0; i < n && r == 0; i++)
            r = fn(ctx, rows[i].id, rows[i].size, str_of(rows[i].sha256), rows[i].order_id);
        last = n > 0 ? rows[n - 1].id : last;
    } while (r == 0 && n == PAGE);
    free(rows);
    return r;
}

int kept_walk(struct db *db, kept_fn fn, void *ctx) {
    int r = walk(db, SQL_CLI_KEPT_REPORTS, fn, ctx);

    return r != 0 ? r : walk(db, SQL_CLI_KEPT_ATTACHMENTS, fn, ctx);
}
