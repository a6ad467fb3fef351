/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the robots share: the thread (robot.c), a vendor's orders (vendor.c) and what it does for them
 * (vendor_step.c), and a customer (customer.c).
 */
#ifndef HIRED_ROBOT_INTERNAL_H
#define HIRED_ROBOT_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "client/client.h"
#include "client/push.h"
#include "robot/robot.h"

#define CODE_LIMITED 99991400
#define CODE_ORDER_STATUS 1002858
#define CODE_NO_ORDER 1002862
#define CODE_PARAMETER 1002002

#define TRIES_MAX 10 /* of a call that fails for a reason that may pass */

struct vendor;
struct customer;

struct robot {
    struct robot_options o; /* texts are copies, in arena */
    struct arena arena;
    struct client *client;  /* of the app; used on the robot's thread only */
    struct client *console; /* a customer's */
    struct push_link *link;
    struct push_server *server;
    struct vendor *vendor;
    struct customer *customer;
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t lock; /* guards all that follows, and *vendor */
    pthread_cond_t changed;
    _Atomic bool stop;
    bool working; /* the thread is outside of the lock */
    bool noticed; /* robot_notice() since the last look */
    bool ready, connected;
    uint64_t deeds;
    struct robot_state state;
    char why[300]; /* why it is not ready */
};

/* What became of an act. */
enum act_end {
    ACT_DONE,
    ACT_AGAIN, /* to be tried again after wait_ms, by the robot's clock */
    ACT_OVER,  /* the order has ended, or this robot cannot do anything more for it */
};
struct act {
    enum act_end end;
    int64_t wait_ms;
};

/* ---- robot.c ---- */

int64_t robot_now(struct robot *r);   /* what decides about due times */
int64_t robot_stamp(struct robot *r); /* what calls say */

/* Notes and tells what the robot did. Outside of the lock. failed: it gave up something. */
void robot_tell(struct robot *r, bool failed, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Counts a call; changes: one that changes something, so that others may have something to do now. Outside of the lock.
 */
void robot_called(struct robot *r, bool changes);

/* What follows from the answer of a call: a limit is waited for, what may pass is tried again up to TRIES_MAX times,
 * and everything else is told and given up. doing: "order 7300...: reading it". */
struct act robot_judge(struct robot *r, struct client *c, int error, const struct client_answer *a, int tries,
                       const char *doing);

/* ---- what the two kinds provide; on the robot's thread ---- */

/* When the next thing is due, by the robot's clock; ROBOT_NEVER: nothing. With the lock. */
int64_t vendor_due(struct robot *r);
int64_t customer_due(struct robot *r);

/* Does what is due. Called with the lock, which it gives up while it calls the API. */
void vendor_act(struct robot *r, int64_t now_ms);
void customer_act(struct robot *r, int64_t now_ms);

/* ---- vendor.c ---- */

struct vendor_order {
    struct str id; /* malloced, ended by a NUL */
    const struct scenario *scenario;
    int64_t event_ms;
    size_t next;    /* index of the next step */
    int64_t due_ms; /* of it, or of its next try */
    int tries;
    int64_t stamp_ms; /* the last stage_time */
    bool page;        /* the server does not take links to PDFs at this address */
};

struct vendor *vendor_new(void);
struct vendor *vendor_free(struct vendor *v);

/* The receiver of events; on the thread that receives. */
int vendor_event(void *ctx, struct str body);

/* Goes on with orders that were arranged before. On the robot's thread, with the lock given up. */
void vendor_resume(struct robot *r);

/* Adds an order if it is not known. With the lock. next: its first step that is not done. Returns 0, -EEXIST (it is
 * known), -EUSERS (there are too many) or -ECANCELED (its scenario refuses events). */
int vendor_take(struct robot *r, struct str id, const struct scenario *scenario, int64_t event_ms, size_t next);

/* ---- vendor_step.c ---- */

/* Does the step with this number for an order; changes only *o. Without the lock. */
struct act vendor_step(struct robot *r, struct vendor_order *o, const struct step *step, size_t number);

/* ---- customer.c ---- */

struct customer *customer_new(struct robot *r);
struct customer *customer_free(struct customer *c);

#endif
