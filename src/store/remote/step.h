/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the connection of a command (session.c) and the steps of its transactions (step.c).
 */
#ifndef HIRED_STORE_REMOTE_STEP_H
#define HIRED_STORE_REMOTE_STEP_H

#include "store/driver.h"
#include "store/remote/server.h"
#include "store/remote/wire.h"

#define REMOTE_OPEN_MAX 16 /* statements whose rows were not all asked for */

enum session_end { RUNNING, COMMITTED, ROLLED_BACK, GONE };

struct open_rows {
    struct db_query q;
    bool used;
    struct buf frame; /* which holds the texts that are bound */
};

struct session {
    int fd;
    struct writer *writer;
    const struct remote_limits *limits;
    const _Atomic bool *stopping;
    struct remote_inbox in;
    struct buf out;
    char name[64];
    /* of the transaction under way */
    struct db *db;
    bool begun, savepoint;
    enum session_end end;
    int failed; /* of a step without an answer: shows with the next one */
    int64_t until_ns;
    struct open_rows open[REMOTE_OPEN_MAX];
    struct remote_call call;
};

/* When the step under way must be over (clock_mono_ns). */
int64_t remote_step_until(const struct session *s);

/* Sends a status. Returns 0 or a negative errno. */
int remote_answer_status(struct session *s, int status);

/* Does what one frame of a transaction says, on the writer's thread. Returns 0 to go on or when the transaction ends
 * well (s->end), or a negative errno that ends it. */
int remote_step(struct session *s, struct str frame);

/* Ends what the command left open, before the job ends with r. Returns r, or what made it fail. */
int remote_step_end(struct session *s, int r);

#endif
