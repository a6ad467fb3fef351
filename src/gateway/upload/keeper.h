/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a file that arrives on a loop, piece by piece, with the pool's threads: the loop never waits for the disk. A
 * keeper holds at most two pieces in memory, hashes on the way, and ends with a kept file (store/files/files.h) or with
 * nothing.
 */
#ifndef HIRED_GATEWAY_UPLOAD_KEEPER_H
#define HIRED_GATEWAY_UPLOAD_KEEPER_H

#include "http/http.h"
#include "store/files/pool.h"

#define KEEPER_PIECE ((size_t)64 * 1024)
#define KEEPER_HEX 64 /* of a SHA-256 */

struct keeper;

struct keeper_owner {
    struct http_loop *loop;
    struct pool *pool;
    int64_t key; /* whose turn of the pool's it takes */
    /* On the loop: after keeper_write returned -EAGAIN there is room again (0), after keeper_finish the file is kept
     * (1), or it failed (< 0: no room, a fault, -ECANCELED: the loop ends). Then only keeper_drop is allowed. */
    void (*tell)(void *ctx, int what);
    void *ctx;
};

/* Begins a file below dir. dir and what owner names outlive it. NULL: no memory for a digest. */
struct keeper *keeper_new(const struct keeper_owner *owner, const char *dir, int64_t id);

/* Takes all bytes. Returns 0, or -EAGAIN: then no more until tell. An error is told by tell. */
int keeper_write(struct keeper *k, struct str bytes);

/* That was all: writes the rest, syncs it and gives the file its name; tell says what came of it. */
void keeper_finish(struct keeper *k);

/* In hex, once the file is kept. */
struct str keeper_sha256(const struct keeper *k);

/* The kept file stays. Takes NULL; returns NULL. Any thread, nothing under way. */
struct keeper *keeper_free(struct keeper *k);

/* Takes away whatever there is of the file, kept or not, and forgets the keeper; tell is not called any more. On the
 * loop's thread, or on any one after the loop has ended. Takes NULL; returns NULL. */
struct keeper *keeper_drop(struct keeper *k);

#endif
