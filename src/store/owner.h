/* SPDX-License-Identifier: Apache-2.0
 *
 * Who works on a data directory: one process writes there at a time, a server for its whole life or a command for as
 * long as it runs. It holds a lock on DIR/hired.lock, which the system releases when the process ends, however it ends.
 * Reading needs no lock.
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
    OWNER_STOPPING, /* a server that finishes what it has in hand */
};

/* What the holder says about itself. */
struct owner_note {
    enum owner_state state;
    int64_t pid;
    int64_t since_ms;   /* when it took the directory */
    struct str command; /* "serve", "import", "app create" */
    struct str address; /* of a server: "http://127.0.0.1:8080"; empty: none */
};

struct owner; /* the lock, held */

/* Makes the directory if it is not there (mode 0700) and takes it. Returns 0, or a negative errno with a sentence for a
 * person in *ret_why (in the arena): -EBUSY another process holds it; a command or a stopping server was waited for up
 * to wait_ms, and *ret_holder (may be NULL) is what the holder says. -EACCES, -EROFS: this process may not write there.
 */
int owner_take(struct owner **ret, const char *dir, const char *command, unsigned wait_ms, struct arena *a,
               struct owner_note *ret_holder, struct str *ret_why);

/* The holder tells others what it is now. Any thread, one at a time. */
void owner_tell(struct owner *o, enum owner_state state, struct str address);

/* Gives the directory back. Takes NULL; returns NULL. */
struct owner *owner_release(struct owner *o);

/* Looks who holds the directory. Returns 1: *ret (in the arena) is what the holder says, 0: nobody does, or a negative
 * errno. */
int owner_look(const char *dir, struct arena *a, struct owner_note *ret);

/* "hired serve (process 4711, since 2026-03-01 10:00:00, at http://127.0.0.1:8080)", in the arena. */
struct str owner_describe(const struct owner_note *n, struct arena *a);

/* Makes a directory of mode 0700 and its name durable; one that is there is left alone. Returns 0 or a negative errno.
 */
int owner_make_directory(const char *dir);

#endif
