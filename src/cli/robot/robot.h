/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of hired robot share.
 */
#ifndef HIRED_CLI_ROBOT_ROBOT_H
#define HIRED_CLI_ROBOT_ROBOT_H

#include "robot/robot.h"

/* ---- time.c: the time by which a robot of another process acts ---- */

struct robot_time;

/* pace above 0: the machine's time, so many times as fast. 0: the clock of a server in its test mode, if it tells its
 * clock, else the machine's time. Returns NULL after an error message. */
struct robot_time *robot_time_new(const char *command, const char *base_url, const char *ca_file, double pace);
struct robot_clock robot_time_clock(struct robot_time *t);
const char *robot_time_name(const struct robot_time *t);  /* for people */
struct robot_time *robot_time_free(struct robot_time *t); /* takes NULL; returns NULL */

/* ---- run.c ---- */

struct robot_run {
    const char *command; /* "robot vendor" */
    struct robot_options o;
    struct arena arena;
    struct scenarios scenarios;
    const char *scenario_file, *pace, *secret_file, *password_file, *listen;
    bool json;
};

/* Reads secrets and the file of scenarios, starts the robot and runs it until a signal comes or it has ended. Returns
 * the exit status. */
int robot_run(struct robot_run *w);

#endif
