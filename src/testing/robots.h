/* SPDX-License-Identifier: Apache-2.0
 *
 * The robots that run in a server's process (src/robot/robot.h). They call the server over HTTP like other programs, so
 * they can neither stop a loop nor the writer; each has threads of its own, so none waits for another. In memory: they
 * end with the server.
 */
#ifndef HIRED_TESTING_ROBOTS_H
#define HIRED_TESTING_ROBOTS_H

#include "robot/robot.h"

#define ROBOTS_MAX 100 /* at once */
#define ROBOT_ID_MAX 16

struct robots;

/* base_url: where this process reaches the server; must outlive the robots. connected: whether the app (its internal
 * id) has a long connection. */
struct robots *robots_new(const char *base_url, bool (*connected)(void *ctx, int64_t app), void *ctx);
struct robots *robots_free(struct robots *all); /* takes NULL; returns NULL */

/* Ends all robots and waits for them; none can be started from now on. Takes NULL. */
void robots_end(struct robots *all);

struct robot_request {
    struct str tenant_key, app_id;
    int64_t tenant, app;    /* internal ids */
    struct robot_options o; /* base_url, scenarios and clock are set here */
    struct str scenarios;   /* the text of a file of scenarios; absent: the built-in ones */
};

/* Starts a robot and waits until it can work, at most 10 seconds. Returns 0 and its id; -EUSERS: there are ROBOTS_MAX;
 * -EINVAL: the scenarios are wrong (findings, in the arena); another negative errno: ret_why has a sentence. */
int robots_add(struct robots *all, const struct robot_request *request, struct arena *a, char ret_id[ROBOT_ID_MAX],
               struct scenario_findings *findings, struct buf *ret_why);

struct robot_view {
    struct str id, tenant_key, app_id, scenario; /* in the arena; scenario absent: by the rules */
    struct robot_state state;
};

/* The robots of a tenant (0: of all), or the one with that id (absent: any); removes them if remove is set, and waits
 * until they have ended. Returns how many; texts are in the arena. */
size_t robots_take(struct robots *all, int64_t tenant, struct str id, bool remove, struct arena *a,
                   struct robot_view **ret);

/* ---- the clock; any thread but a robot's ---- */

/* Waits until all robots have done what is due. A vendor's robot that has lost its long connection is waited for, at
 * most 3 seconds in all. Returns 0 and when the next thing is due (INT64_MAX: nothing), or -ETIMEDOUT. */
int robots_settle(struct robots *all, unsigned timeout_ms, int64_t *ret_next_ms);
uint64_t robots_deeds(struct robots *all); /* grows with everything that a robot does */
void robots_wake(struct robots *all);      /* the clock has jumped */
void robots_notice(struct robots *all);    /* something was committed; called for each commit, so cheap. Takes NULL */

#endif
