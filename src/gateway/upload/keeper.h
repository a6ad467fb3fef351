/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a file whose bytes arrive on a loop, using the pool's threads, so that the loop never waits for the disk or
 * the database. A keeper holds at most two pieces in memory, with a database a chunk of the file too (1 MiB), and
 * computes the SHA-256. In the end the file is stored completely (store/files/files.h) or not at all.
 */
#ifndef HIRED_GATEWAY_UPLOAD_KEEPER_H
#define HIRED_GATEWAY_UPLOAD_KEEPER_H

#include "http/http.h"
#include "store/files/files.h"
#include "store/files/pool.h"
#include "store/files/quota.h"

#define KEEPER_PIECE ((size_t)64 * 1024)
#define KEEPER_HEX 64 /* hex digits of a SHA-256 */

struct keeper;

struct keeper_owner {
    struct http_loop *loop;
    struct files *files;
    struct pool *pool;
    struct quota *quota; /* NULL: there is no limit */
    int64_t key;         /* the caller whose share of the pool is used */
    /* Called on the loop's thread with 0 when there is room again after keeper_write returned -EAGAIN; with 1 when
     * the file is stored after keeper_finish; with < 0 when it failed (no room, a fault, or -ECANCELED: the loop
     * ends). After 1 or < 0 only keeper_drop or keeper_free may be called. */
    void (*tell)(void *ctx, int what);
    void *ctx;
};

/* Begins a file. What owner points to must outlive the keeper. Returns 0, -ENOMEM, or -EUSERS: this caller, or all of
 * them, have too many files on their way. */
int keeper_new(struct keeper **ret, const struct keeper_owner *owner, struct files_name name);

/* Takes all of bytes. Returns 0, or -EAGAIN: do not call it again before owner->tell. Errors are reported by
 * owner->tell. */
int keeper_write(struct keeper *k, struct str bytes);

/* Ends the file: the keeper writes the rest and stores the file; then it calls owner->tell. */
void keeper_finish(struct keeper *k);

/* In hex; valid once the file is stored. */
struct str keeper_sha256(const struct keeper *k);

/* Frees the keeper; the stored file stays. No job may be running. Any thread. Takes NULL; returns NULL. */
struct keeper *keeper_free(struct keeper *k);

/* Removes the file, stored or not, and frees the keeper; owner->tell is not called any more. On the loop's thread,
 * or on any thread after the loop has ended. Takes NULL; returns NULL. */
struct keeper *keeper_drop(struct keeper *k);

#endif
