/* SPDX-License-Identifier: Apache-2.0
 *
 * The time by which a robot acts that runs beside a server: the clock of the server's test mode, or the machine's time
 * at another pace.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/robot/robot.h"
#include "client/client.h"

#define FRESH_NS INT64_C(50000000)   /* the server is asked at most so often */
#define AFTER_NS INT64_C(1000000000) /* and so often while it does not answer */
#define LOOK_MS 200
#define ASK_MS 2000

struct robot_time {
    double pace;
    int64_t begun_ns, begun_ms;
    struct client *client; /* NULL: the machine's time */
    pthread_mutex_t lock;  /* guards the rest */
    int64_t told_ms, told_ns, asked_ns;
    bool frozen, answers;
};

/* Returns whether the server has told its clock. */
static bool ask(struct robot_time *t) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int r = client_call(t->client, "GET", "/test/clock", NULL, NULL, &a);
    const json_t *now = json_object_get(a.data, "now_ms");
    t->asked_ns = clock_mono_ns();
    t->answers = r == 0 && a.code == 0 && json_is_integer(now);
    if (!t->answers)
        return false;
    t->told_ms = json_integer_value(now);
    t->told_ns = t->asked_ns;
    t->frozen = json_is_true(json_object_get(a.data, "frozen"));
    return true;
}

static int64_t server_now(void *ctx) {
    struct robot_time *t = ctx;
    pthread_mutex_lock(&t->lock);
    if (clock_mono_ns() - t->asked_ns > (t->answers ? FRESH_NS : AFTER_NS))
        (void)ask(t); /* if it does not answer, its clock goes on as before */
    int64_t now_ms = t->told_ms + (t->frozen ? 0 : (clock_mono_ns() - t->told_ns) / 1000000);
    pthread_mutex_unlock(&t->lock);
    return now_ms;
}

static int64_t machine_now(void *ctx) {
    const struct robot_time *t = ctx;
    return t->begun_ms + (int64_t)llround((double)(clock_mono_ns() - t->begun_ns) / 1e6 * t->pace);
}

struct robot_time *robot_time_new(const char *command, const char *base_url, const char *ca_file, double pace) {
    const char *token = getenv("HIRED_TEST_TOKEN"), *why;
    const struct client_options o = {.base_url = base_url,
                                     .ca_file = ca_file,
                                     .total_ms = ASK_MS,
                                     .connect_ms = ASK_MS,
                                     .credentials = token ? CLIENT_TOKEN : CLIENT_ANONYMOUS,
                                     .secret = token,
                                     .fails_at_limit = true};
    struct robot_time *t = mem_alloc(sizeof *t);
    *t = (struct robot_time){.pace = pace > 0 ? pace : 1, .begun_ns = clock_mono_ns(), .begun_ms = clock_now_ms()};
    pthread_mutex_init(&t->lock, NULL);
    if (client_new(&t->client, &o, &why) < 0) {
        fprintf(stderr, "hired %s: --server %s: %s\n", command, base_url, why);
        return robot_time_free(t);
    }
    if (pace > 0 || !ask(t))
        t->client = client_free(t->client);
    return t;
}

struct robot_clock robot_time_clock(struct robot_time *t) {
    return t->client ? (struct robot_clock){.now_ms = server_now, .ctx = t, .look_ms = LOOK_MS, .stamps = true}
                     : (struct robot_clock){.now_ms = machine_now, .ctx = t, .pace = t->pace};
}

const char *robot_time_name(const struct robot_time *t) {
    return t->client ? "the server's clock" : "the machine's clock";
}

struct robot_time *robot_time_free(struct robot_time *t) {
    if (!t)
        return NULL;
    client_free(t->client);
    pthread_mutex_destroy(&t->lock);
    free(t);
    return NULL;
}
