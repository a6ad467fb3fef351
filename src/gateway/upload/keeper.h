/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a file whose bytes arrive on a loop, using the pool's threads, so that the loop never waits for the disk. A
 * keeper holds at most two pieces in memory and computes the SHA-256. In the end the file is stored completely
 * (store/files/files.h) or not at all.
 */
#ifndef HIRED_GATEWAY_UPLOAD_KEEPER_H
#define HIRED_GATEWAY_UPLOAD_KEEPER_H

#include "http/http.h"
#include "store/files/pool.h"

#define KEEPER_PIECE ((size_t)64 * 1024)
#define KEEPER_HEX 64 /* hex digits of a SHA-256 */

struct keeper;

struct keeper_owner {
    struct http_loop *loop;
    struct pool *pool;
    int64_t key; /* the caller whose share of the pool is used */
    /* Called on the loop's thread with 0 when there is room again after keeper_write returned -EAGAIN; with 1 when
     * the file is stored after keeper_finish; with < 0 when it failed (no room, a fault, or -ECANCELED: the loop
     * ends). After 1 or < 0 only keeper_drop or keeper_free may be called. */
    void (*tell)(void *ctx, int what);
    void *ctx;
};

/* Begins a file below dir. dir and what owner points to must outlive the keeper. Returns NULL if there is no memory
 * for a digest. */
struct keeper *keeper_new(const struct keeper_owner *owner, const char *dir, int64_t id);

/* Takes all of bytes. Returns 0, or -EAGAIN: do not call it again before owner->tell. Errors are reported by
 * owner->tell. */
int keeper_write(struct keeper *k, struct str bytes);

/* Ends the file: the keeper writes the rest, syncs it and renames the file; then it calls owner->tell. */
void keeper_finish(struct keeper *k);

/* In hex; valid once the file is stored. */
struct str keeper_sha256(const struct keeper *k);

/* Frees the keeper; the stored file stays. No job may be running. Any thread. Takes NULL; returns NULL. */
struct keeper *keeper_free(struct keeper *k);

/* Removes the file, stored or not, and frees the keeper; owner->tell is not called any more. On the loop's thread,
 * or on any thread after the loop has ended. Takes NULL; returns NULL. */
struct keeper *keeper_drop(struct keeper *k);

#endif
