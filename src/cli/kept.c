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
#define KEPT_PIECE ((size_t)1 << 20)

struct digesting {
    EVP_MD_CTX *md;
    kept_piece_fn fn;
    void *ctx;
    int64_t size;
};

static int take_piece(struct digesting *d, const char *bytes, size_t n) {
    if (EVP_DigestUpdate(d->md, bytes, n) != 1)
        return -ENOMEM;
    d->size += (int64_t)n;
    return d->fn ? d->fn(d->ctx, (struct str){bytes, n}) : 0;
}

static int read_path(struct digesting *d, int fd) {
    char bytes[65536];

    for (;;) {
        ssize_t n = read(fd, bytes, sizeof(bytes));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        int r = take_piece(d, bytes, (size_t)n);
        if (r < 0)
            return r;
    }
}

static int read_kept(struct digesting *d, struct files_reading *reading) {
    char *bytes = mem_alloc(KEPT_PIECE);
    ssize_t n = 1;
    int r = 0;

    while (r == 0 && n > 0) {
        n = files_read(reading, (uint64_t)d->size, bytes, KEPT_PIECE);
        r = n < 0 ? (int)n : n > 0 ? take_piece(d, bytes, (size_t)n) : 0;
    }
    free(bytes);
    return r;
}

static int begin(struct digesting *d) {
    d->md = EVP_MD_CTX_new();
    return d->md && EVP_DigestInit_ex(d->md, EVP_sha256(), NULL) == 1 ? 0 : -ENOMEM;
}

static int end(struct digesting *d, int r, int64_t *ret_size, char ret_hex[KEPT_HEX]) {
    unsigned char digest[32];

    if (r == 0 && EVP_DigestFinal_ex(d->md, digest, NULL) != 1)
        r = -ENOMEM;
    EVP_MD_CTX_free(d->md);
    *ret_size = d->size;
    if (r == 0) {
        hex_encode(digest, sizeof(digest), ret_hex);
        ret_hex[KEPT_HEX - 1] = '\0';
    }
    return r;
}

int kept_digest(const char *path, kept_piece_fn fn, void *ctx, int64_t *ret_size, char ret_hex[KEPT_HEX]) {
    struct digesting d = {.fn = fn, .ctx = ctx};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    int r = begin(&d);
    if (r == 0)
        r = read_path(&d, fd);
    close(fd);
    return end(&d, r, ret_size, ret_hex);
}

int kept_digest_of(struct files *files, struct files_name name, kept_piece_fn fn, void *ctx, int64_t *ret_size,
                   char ret_hex[KEPT_HEX]) {
    struct digesting d = {.fn = fn, .ctx = ctx};
    struct files_reading reading;
    int r = files_open(&reading, files, name);
    if (r < 0)
        return r;
    r = begin(&d);
    if (r == 0)
        r = read_kept(&d, &reading);
    files_close(&reading);
    return end(&d, r, ret_size, ret_hex);
}

struct row {
    int64_t tenant, id, size, order_id;
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
        rows[n] = (struct row){.tenant = db_int(&q, COL_KEPT_FILE_TENANT),
                               .id = db_int(&q, COL_KEPT_FILE_ID),
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
            r = fn(ctx, &(struct kept_file){.name = {rows[i].tenant, rows[i].id},
                                            .size = rows[i].size,
                                            .sha256 = str_of(rows[i].sha256),
                                            .order_id = rows[i].order_id});
        last = n > 0 ? rows[n - 1].id : last;
    } while (r == 0 && n == PAGE);
    free(rows);
    return r;
}

int kept_walk(struct db *db, kept_fn fn, void *ctx) {
    int r = walk(db, SQL_CLI_KEPT_REPORTS, fn, ctx);

    return r != 0 ? r : walk(db, SQL_CLI_KEPT_ATTACHMENTS, fn, ctx);
}
