/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of a data directory: one process at a time may write there, a server for its whole life or a command
 * while it runs. The owner holds a lock on DIR/hired.lock, which the system releases when the process ends in any
 * way. Reading needs no lock.
 */
#ifndef HIRED_STORE_OWNER_H
#define HIRED_STORE_OWNER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum owner_state {
    OWNER_COMMAND,  /* a command that ends by itself */
    OWNER_STARTING, /* a server that does not answer yet */
    OWNER_SERVING,
    OWNER_STOPPING, /* a server that finishes its last requests */
};

/* What the owner has written about itself. */
struct owner_note {
    enum owner_state state;
    int64_t pid;
    int64_t since_ms;   /* when it took the lock */
    struct str command; /* "serve", "import", "app create" */
    struct str address; /* of a server: "http://127.0.0.1:8080"; empty: none */
};

struct owner; /* the lock, held */

/* Makes the directory if it does not exist (mode 0700) and takes the lock. Returns 0, or a negative errno with a
 * sentence for people in *ret_why (in the arena): -EBUSY another process holds the lock (owner_take waits up to
 * wait_ms for a command or a stopping server) and *ret_holder (may be NULL) is its note. -EACCES, -EROFS: this
 * process may not write there. */
int owner_take(struct owner **ret, const char *dir, const char *command, unsigned wait_ms, struct arena *a,
               struct owner_note *ret_holder, struct str *ret_why);

/* Changes the owner's note. Any thread, one at a time. */
void owner_tell(struct owner *o, enum owner_state state, struct str address);

/* Releases the lock. Takes NULL; returns NULL. */
struct owner *owner_release(struct owner *o);

/* Reads the note of the owner. Returns 1 and *ret (in the arena), 0 if the directory has no owner, or a negative
 * errno. */
int owner_look(const char *dir, struct arena *a, struct owner_note *ret);

/* "hired serve (process 4711, since 2026-03-01 10:00:00, at http://127.0.0.1:8080)", in the arena. */
struct str owner_describe(const struct owner_note *n, struct arena *a);

/* Makes a directory of mode 0700 and syncs its name; does nothing if it exists. Returns 0 or a negative errno. */
int owner_make_directory(const char *dir);

#endif
