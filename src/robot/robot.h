/* SPDX-License-Identifier: Apache-2.0
 *
 * Robots: programs that play the other side for a test. A vendor's robot receives the events of an app and answers
 * them with progress and reports; a customer's robot arranges a check in the console and decides what follows. Both
 * use the platform's API over HTTP only, whether they run in a server's process or elsewhere.
 *
 * A robot has a thread that calls the API, and a vendor's robot one more that receives events. Its memory is bounded:
 * ROBOT_ORDERS_MAX orders, one answer of the API at a time.
 */
#ifndef HIRED_ROBOT_ROBOT_H
#define HIRED_ROBOT_ROBOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "robot/scenario.h"

#define ROBOT_ORDERS_MAX 1000 /* of a vendor's robot that have not ended; beyond them it refuses events */
#define ROBOT_REMEMBERED 4096 /* orders and events that it knows again after they ended */
#define ROBOT_NEVER INT64_MAX

struct robot;

enum robot_kind { ROBOT_VENDOR, ROBOT_CUSTOMER };

/* The time by which a robot acts. Called on the robot's thread, and by robot_settle() on its caller's. */
struct robot_clock {
    int64_t (*now_ms)(void *ctx); /* decides what is due */
    void *ctx;
    double pace;      /* so many of its milliseconds pass in one of real time; 0: 1 */
    unsigned look_ms; /* of real time: how long a wait lasts at most before it is asked again; 0: 1000 */
    bool stamps;      /* it is the server's time, so it is also what calls say; otherwise the machine's is */
};

struct robot_options {
    enum robot_kind kind;
    const char *base_url, *ca_file; /* as of struct client_options */
    bool proxy;
    bool keep_host;                    /* as of struct push_link_options */
    const char *app_id, *app_secret;   /* a vendor's; of a customer: of an app that may read orders */
    const struct scenarios *scenarios; /* must outlive the robot */
    const char
        *scenario; /* a vendor's: for all orders, without rules; NULL: by the rules. A customer's: NULL: otherwise */
    struct robot_clock clock;
    /* Says what the robot did, as a sentence without names of people. On one of its threads. May be NULL. */
    void (*tell)(void *ctx, const char *text);
    void *ctx;

    /* of a vendor's */
    const char *listen_host; /* NULL: events over a long connection; else a server behind the app's request URL */
    unsigned listen_port;
    const char *encrypt_key, *verification_token; /* of that server; NULL: none */
    bool resume; /* at the start, goes on with orders that were arranged before and have not ended */

    /* of a customer's */
    const char *user, *password; /* of an account of the console, with the roles to arrange and to approve */
    const char *application_id, *account_id, *package_id; /* NULL: the first that there is */
    const char *candidate_name;                           /* NULL: that of the application's person */
    int64_t look_every_ms; /* how often it looks at its order, by its clock; 0: only after robot_notice() */
};

/* Starts the robot. Returns 0, or a negative errno and a sentence in ret_why (ended by a NUL). Texts are copied. */
int robot_new(struct robot **ret, const struct robot_options *o, struct buf *ret_why);

/* Waits until the robot can work: a vendor's receives events, a customer's has arranged its check. Returns 0, or
 * -ETIMEDOUT or another negative errno and why not in ret_why. */
int robot_await(struct robot *r, unsigned timeout_ms, struct buf *ret_why);

/* Tells it to end; a call that runs is broken off within a second. robot_free() waits for that. Take NULL. */
void robot_stop(struct robot *r);
struct robot *robot_free(struct robot *r); /* returns NULL */

/* The clock has jumped. Any thread; cheap. */
void robot_wake(struct robot *r);

/* Something may have changed in the server. Any thread; cheap. */
void robot_notice(struct robot *r);

/* Waits until the robot has done all that is due by its clock. Returns 0 and when the next thing is due (ROBOT_NEVER:
 * nothing is), or -ETIMEDOUT. Any thread but its own. */
int robot_settle(struct robot *r, unsigned timeout_ms, int64_t *ret_next_ms);

/* Grows with each event that it took and each call by which it changed something. */
uint64_t robot_deeds(struct robot *r);

struct robot_state {
    enum robot_kind kind;
    bool ready;             /* as robot_await() */
    bool ended;             /* a customer's: its scenario is over */
    bool failed;            /* it gave up something; last says what */
    uint64_t events, calls; /* events taken, duplicates included; calls of the API that were answered */
    unsigned running;       /* orders that have not ended */
    uint64_t over;          /* orders that have */
    char order_id[24];      /* a customer's; "": none yet */
    char last[200];         /* what it did last */
};
void robot_look(struct robot *r, struct robot_state *ret);

/* The port on which a vendor's robot with listen_host listens. */
unsigned robot_port(struct robot *r);

#endif
