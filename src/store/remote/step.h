/* SPDX-License-Identifier: Apache-2.0
 *
 * What the connection of a command (session.c) and the steps of its transactions (step.c) share.
 */
#ifndef HIRED_STORE_REMOTE_STEP_H
#define HIRED_STORE_REMOTE_STEP_H

#include "store/driver.h"
#include "store/remote/server.h"
#include "store/remote/wire.h"

#define REMOTE_OPEN_MAX 16 /* statements with rows that were not requested yet */

enum session_end { RUNNING, COMMITTED, ROLLED_BACK, GONE };

struct open_rows {
    struct db_query q;
    bool used;
    struct buf frame; /* holds the bound texts */
};

struct session {
    int fd;
    struct writer *writer;
    const struct remote_limits *limits;
    const _Atomic bool *stopping;
    struct remote_inbox in;
    struct buf out;
    char name[64];
    /* of the running transaction */
    struct db *db;
    bool begun, savepoint;
    enum session_end end;
    int failed; /* the error of a step without an answer: reported with the next answer */
    int64_t until_ns;
    struct open_rows open[REMOTE_OPEN_MAX];
    struct remote_call call;
};

/* When the current step must have ended (clock_mono_ns). */
int64_t remote_step_until(const struct session *s);

/* Sends a status. Returns 0 or a negative errno. */
int remote_answer_status(struct session *s, int status);

/* Runs one frame of a transaction on the writer's thread. Returns 0 if the transaction goes on or ends well
 * (s->end), or a negative errno that ends it. */
int remote_step(struct session *s, struct str frame);

/* Ends statements and savepoints that the command left open, before the job ends with r. Returns r, or the error of
 * ending them. */
int remote_step_end(struct session *s, int r);

#endif
