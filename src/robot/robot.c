/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a robot: its thread, its clock, and how others wait for it.
 */
#include "robot/robot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "robot/internal.h"

#define LOOK_MS 1000

int64_t robot_now(struct robot *r) {
    return r->o.clock.now_ms(r->o.clock.ctx);
}

int64_t robot_stamp(struct robot *r) {
    return r->o.clock.stamps ? robot_now(r) : clock_now_ms();
}

/* ---- what it says ---- */

void robot_tell(struct robot *r, bool failed, const char *format, ...) {
    char text[sizeof r->state.last];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pthread_mutex_lock(&r->lock);
    memcpy(r->state.last, text, sizeof text);
    r->state.failed = r->state.failed || failed;
    pthread_mutex_unlock(&r->lock);
    if (r->o.tell)
        r->o.tell(r->o.ctx, text);
}

void robot_called(struct robot *r, bool changes) {
    pthread_mutex_lock(&r->lock);
    r->state.calls++;
    r->deeds += changes;
    pthread_mutex_unlock(&r->lock);
}

/* How long to wait before try number `tries` + 1 of a call that failed for a reason that may pass. */
static int64_t pause_of(int tries) {
    static const int64_t pauses_ms[] = {1000, 5000, 15000, 60000, 300000};
    const int n = sizeof pauses_ms / sizeof pauses_ms[0];
    return pauses_ms[tries < n ? tries : n - 1];
}

struct act robot_judge(struct robot *r, struct client *c, int error, const struct client_answer *a, int tries,
                       const char *doing) {
    struct str reset = client_answer_header(a, STR("x-ogw-ratelimit-reset"));
    int64_t seconds = 0;
    if (error == 0 && a->code == 0)
        return (struct act){.end = ACT_DONE};
    if (a->status == 429) {
        if (str_to_i64(reset, &seconds) < 0 || seconds < 1 || seconds > 86400)
            seconds = 1;
        robot_tell(r, false, "%s: a limit is used up; waits %lld s", doing, (long long)seconds);
        return (struct act){.end = ACT_AGAIN, .wait_ms = seconds * 1000};
    }
    bool passes = error < 0 ? error != -EACCES : a->status >= 500 || a->code == 99991663;
    const char *why = error < 0 ? client_why(c) : client_refusal(c, a);
    if (passes && tries + 1 < TRIES_MAX) {
        robot_tell(r, false, "%s failed, is tried again: %s", doing, why);
        return (struct act){.end = ACT_AGAIN, .wait_ms = pause_of(tries)};
    }
    robot_tell(r, true, "%s failed: %s", doing, why);
    return (struct act){.end = ACT_OVER};
}

/* ---- the thread ---- */

static int64_t next_due(struct robot *r) {
    return r->vendor ? vendor_due(r) : customer_due(r);
}

/* Waits for the next due time, as the clock is now. With the lock. */
static void rest(struct robot *r, int64_t due_ms, int64_t now_ms) {
    double pace = r->o.clock.pace > 0 ? r->o.clock.pace : 1;
    int64_t ms = r->o.clock.look_ms > 0 ? r->o.clock.look_ms : LOOK_MS;
    if (due_ms != ROBOT_NEVER && (double)(due_ms - now_ms) / pace < (double)ms)
        ms = (int64_t)((double)(due_ms - now_ms) / pace) + 1;
    const struct timespec until = thread_deadline(ms * INT64_C(1000000));
    (void)pthread_cond_timedwait(&r->changed, &r->lock, &until); /* it looks again in any case */
}

static int64_t now_unlocked(struct robot *r) {
    pthread_mutex_unlock(&r->lock);
    int64_t now_ms = robot_now(r); /* it may ask a server */
    pthread_mutex_lock(&r->lock);
    return now_ms;
}

static void *run(void *arg) {
    struct robot *r = arg;
    if (r->o.resume && r->vendor)
        vendor_resume(r);
    pthread_mutex_lock(&r->lock);
    r->working = false;
    pthread_cond_broadcast(&r->changed);
    while (!atomic_load(&r->stop)) {
        int64_t now_ms = now_unlocked(r), due_ms = next_due(r);
        if (atomic_load(&r->stop))
            break;
        if (due_ms > now_ms) {
            rest(r, due_ms, now_ms);
            continue;
        }
        r->working = true;
        if (r->vendor)
            vendor_act(r, now_ms);
        else
            customer_act(r, now_ms);
        r->working = false;
        pthread_cond_broadcast(&r->changed);
    }
    r->working = false;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

/* ---- others ---- */

void robot_wake(struct robot *r) {
    pthread_mutex_lock(&r->lock);
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

void robot_notice(struct robot *r) {
    pthread_mutex_lock(&r->lock);
    r->noticed = true;
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
}

uint64_t robot_deeds(struct robot *r) {
    pthread_mutex_lock(&r->lock);
    uint64_t deeds = r->deeds;
    pthread_mutex_unlock(&r->lock);
    return deeds;
}

static bool is_settled(struct robot *r, int64_t *ret_next_ms) {
    int64_t now_ms = now_unlocked(r);
    *ret_next_ms = next_due(r);
    return atomic_load(&r->stop) || (!r->working && *ret_next_ms > now_ms);
}

int robot_settle(struct robot *r, unsigned timeout_ms, int64_t *ret_next_ms) {
    const struct timespec until = thread_deadline(timeout_ms * INT64_C(1000000));
    int error = 0;
    pthread_mutex_lock(&r->lock);
    pthread_cond_broadcast(&r->changed);
    bool settled;
    while (!(settled = is_settled(r, ret_next_ms)) && error == 0)
        error = pthread_cond_timedwait(&r->changed, &r->lock, &until);
    pthread_mutex_unlock(&r->lock);
    return settled ? 0 : -ETIMEDOUT;
}

void robot_look(struct robot *r, struct robot_state *ret) {
    pthread_mutex_lock(&r->lock);
    *ret = r->state;
    ret->ready = r->ready && (r->connected || !r->link);
    pthread_mutex_unlock(&r->lock);
}

static bool is_ready(const struct robot *r) {
    return r->vendor ? r->connected || r->server : r->ready || r->state.failed;
}

int robot_await(struct robot *r, unsigned timeout_ms, struct buf *ret_why) {
    const struct timespec until = thread_deadline(timeout_ms * INT64_C(1000000));
    int error = 0;
    pthread_mutex_lock(&r->lock);
    /* A refusal by the server is final for this wait; a connection that failed is tried again meanwhile. */
    while (!is_ready(r) && !atomic_load(&r->stop) && error == 0 && r->why[0] == '\0')
        error = pthread_cond_timedwait(&r->changed, &r->lock, &until);
    int result = is_ready(r) && !(r->customer && r->state.failed) ? 0 : error == ETIMEDOUT ? -ETIMEDOUT : -EIO;
    const char *why = r->why[0] ? r->why : r->state.last[0] ? r->state.last : "it did not get ready in time";
    if (result < 0)
        buf_add(ret_why, why, strlen(why) + 1);
    pthread_mutex_unlock(&r->lock);
    return result;
}

/* ---- beginning and end ---- */

static void on_link(void *ctx, bool connected, const char *why) {
    struct robot *r = ctx;
    pthread_mutex_lock(&r->lock);
    bool told = r->connected == connected && strcmp(r->why, why) == 0;
    r->connected = connected;
    r->ready = true;
    snprintf(r->why, sizeof r->why, "%s", why);
    pthread_cond_broadcast(&r->changed);
    pthread_mutex_unlock(&r->lock);
    if (!told)
        robot_tell(r, false, connected ? "receives events" : "does not receive events: %s", why);
}

static const char *copy(struct robot *r, const char *text) {
    return text ? arena_dup(&r->arena, str_of(text)).ptr : NULL;
}

static void copy_options(struct robot *r, const struct robot_options *o) {
    r->o = *o;
    r->o.base_url = copy(r, o->base_url);
    r->o.ca_file = copy(r, o->ca_file);
    r->o.app_id = copy(r, o->app_id);
    r->o.app_secret = copy(r, o->app_secret);
    r->o.scenario = copy(r, o->scenario);
    r->o.listen_host = copy(r, o->listen_host);
    r->o.encrypt_key = copy(r, o->encrypt_key);
    r->o.verification_token = copy(r, o->verification_token);
    r->o.user = copy(r, o->user);
    r->o.password = copy(r, o->password);
    r->o.application_id = copy(r, o->application_id);
    r->o.account_id = copy(r, o->account_id);
    r->o.package_id = copy(r, o->package_id);
    r->o.candidate_name = copy(r, o->candidate_name);
}

static int say(struct buf *why, int error, struct str text) {
    why->len = 0;
    buf_add_str(why, text);
    buf_add_char(why, '\0');
    return error;
}

static int make_clients(struct robot *r, struct buf *ret_why) {
    struct client_options o = {.base_url = r->o.base_url,
                               .ca_file = r->o.ca_file,
                               .proxy = r->o.proxy,
                               .fails_at_limit = true,
                               .stop = &r->stop,
                               .credentials = CLIENT_APP,
                               .id = r->o.app_id,
                               .secret = r->o.app_secret};
    const char *why = "";
    int error = client_new(&r->client, &o, &why);
    if (error == 0 && r->o.kind == ROBOT_CUSTOMER) {
        o.credentials = CLIENT_SESSION;
        o.id = r->o.user;
        o.secret = r->o.password;
        error = client_new(&r->console, &o, &why);
    }
    return error < 0 ? say(ret_why, error, str_of(error == -EINVAL ? why : strerror(-error))) : 0;
}

static int start_receiving(struct robot *r, struct buf *ret_why) {
    const struct push_receiver receiver = {.event = vendor_event, .state = on_link, .ctx = r};
    const char *text = "";
    if (r->o.listen_host) {
        const struct push_server_options o = {.host = r->o.listen_host,
                                              .port = r->o.listen_port,
                                              .encrypt_key = str_of(r->o.encrypt_key ? r->o.encrypt_key : ""),
                                              .verification_token =
                                                  str_of(r->o.verification_token ? r->o.verification_token : ""),
                                              .receiver = receiver};
        struct str why = STR_ABSENT;
        int error = push_server_new(&r->server, &o, &why);
        r->ready = error == 0;
        return error < 0 ? say(ret_why, error, why) : 0;
    }
    const struct push_link_options o = {.base_url = r->o.base_url,
                                        .app_id = r->o.app_id,
                                        .app_secret = r->o.app_secret,
                                        .ca_file = r->o.ca_file,
                                        .proxy = r->o.proxy,
                                        .keep_host = r->o.keep_host,
                                        .receiver = receiver};
    int error = push_link_new(&r->link, &o, &text);
    return error < 0 ? say(ret_why, error, str_of(text)) : 0;
}

int robot_new(struct robot **ret, const struct robot_options *o, struct buf *ret_why) {
    if (o->scenario && !scenario_find(o->scenarios, str_of(o->scenario))) {
        scenario_unknown(o->scenarios, str_of(o->scenario), ret_why);
        return -EINVAL;
    }
    struct robot *r = mem_alloc(sizeof *r);
    copy_options(r, o);
    pthread_mutex_init(&r->lock, NULL);
    thread_condition(&r->changed);
    r->state.kind = o->kind;
    r->working = true; /* until the thread has begun */
    if (o->kind == ROBOT_VENDOR)
        r->vendor = vendor_new();
    else
        r->customer = customer_new(r);
    int error = make_clients(r, ret_why);
    if (error == 0 && o->kind == ROBOT_VENDOR)
        error = start_receiving(r, ret_why);
    if (error == 0) {
        error = thread_start(&r->thread, "robot", run, r);
        r->has_thread = error == 0;
        if (error < 0)
            say(ret_why, error, STR("its thread cannot be started"));
    }
    if (error < 0) {
        robot_free(r);
        return error;
    }
    *ret = r;
    return 0;
}

unsigned robot_port(struct robot *r) {
    return r->server ? push_server_port(r->server) : 0;
}

void robot_stop(struct robot *r) {
    if (!r)
        return;
    atomic_store(&r->stop, true);
    robot_wake(r);
}

struct robot *robot_free(struct robot *r) {
    if (!r)
        return NULL;
    robot_stop(r);
    r->link = push_link_free(r->link);
    r->server = push_server_free(r->server);
    if (r->has_thread)
        pthread_join(r->thread, NULL);
    r->client = client_free(r->client);
    r->console = client_free(r->console);
    r->vendor = vendor_free(r->vendor);
    r->customer = customer_free(r->customer);
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    arena_free(&r->arena);
    free(r);
    return NULL;
}
