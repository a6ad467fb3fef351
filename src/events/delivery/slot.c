/* SPDX-License-Identifier: Apache-2.0
 *
 * Deliveries in progress: sends them, handles answers and timeouts, and records the outcome.
 */
#include "events/delivery/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/invariant.h"
#include "base/log.h"
#include "events/retry.h"

#define ANSWER_MS 3000L /* for one attempt, including the connection */
#define AGAIN_NS INT64_C(1000000000)

/* ---- outcomes ---- */

static int settle_run(struct db *db, struct write_job *job) {
    struct slot *s = (struct slot *)(void *)((char *)job - offsetof(struct slot, job));

    return delivery_settle(db, &s->out);
}

/* Called on the writer's thread. */
static void settle_done(struct write_job *job, int result) {
    struct slot *s = (struct slot *)(void *)((char *)job - offsetof(struct slot, job));
    struct dispatcher *d = s->d;

    /* Nothing may follow the unlock: the dispatcher may be freed then. */
    pthread_mutex_lock(&d->lock);
    s->settled = true;
    s->result = result;
    curl_multi_wakeup(d->multi);
    pthread_mutex_unlock(&d->lock);
}

static void slot_submit(struct slot *s) {
    s->job = (struct write_job){.run = settle_run, .done = settle_done};
    s->settled = false;
    s->state = SLOT_SETTLING;
    int r = writer_submit(s->d->o.writer, &s->job);
    if (r < 0) {
        s->state = SLOT_AGAIN;
        s->again_ns = clock_mono_ns() + AGAIN_NS;
    }
}

static void log_failure(const struct slot *s, bool given_up) {
    char app[24], event[24], attempt[16];

    snprintf(app, sizeof(app), "%" PRId64, s->out.app);
    snprintf(event, sizeof(event), "%" PRId64, s->out.event);
    snprintf(attempt, sizeof(attempt), "%d", s->out.attempts + 1);
    log_line(given_up ? LOG_WARN : LOG_DEBUG, given_up ? "event given up" : "event not taken", "event", event, "app",
             app, "attempt", attempt, "why", s->error, NULL);
}

/* Whether the event can go to another connection of the app. */
static bool is_to_move(const struct slot *s) {
    return s->moves < SLOT_MOVES_MAX && hub_has_other(s->d->o.hub, s->out.app, s->member);
}

/* Ends the attempt; why is NULL if the receiver accepted the event. */
static void slot_ended(struct slot *s, int status, const char *why) {
    struct dispatcher *d = s->d;
    INVARIANT_RETURN(s->state == SLOT_POSTED || s->state == SLOT_HANDED); /* an attempt ends once */
    if (d->o.hooks && disturb_ended(s, &status, &why))
        return;
    bool given_up = why && !s->out.moved && retry_delay_ms(s->out.attempts + 1) == 0;

    if (why && why != s->error)
        snprintf(s->error, sizeof(s->error), "%s", why);
    s->out.status = status;
    s->out.duration_ms = (clock_mono_ns() - s->begun_ns) / 1000000;
    s->out.now_ms = clock_now_ms();
    s->out.answer = (struct str){s->answer, s->answer_len};
    s->out.error = why ? str_of(s->error) : STR("");
    if (!s->out.moved)
        load_of(&d->loads, s->out.app)->failing = why != NULL;
    atomic_fetch_add(&d->outcomes[!why ? OUTCOME_TAKEN : given_up ? OUTCOME_GIVEN_UP : OUTCOME_FAILED], 1);
    if (why)
        log_failure(s, given_up);
    slot_submit(s);
}

/* The connection did not answer in time, or it was closed. */
static void slot_unanswered(struct slot *s, const char *why) {
    hub_end(s->d->o.hub, s->out.app, s->member, false);
    s->out.moved = is_to_move(s);
    slot_ended(s, 0, why);
}

static void slot_release(struct slot *s) {
    struct load *load = load_of(&s->d->loads, s->out.app);

    INVARIANT_RETURN(s->state != SLOT_FREE);
    INVARIANT_RETURN(load->running > 0 && s->d->busy > 0);
    load->running--;
    s->d->busy--;
    if (s->d->o.claims.end)
        s->d->o.claims.end(s->d->o.claims.ctx, s->out.app);
    atomic_store(&s->d->running, s->d->busy);
    s->state = SLOT_FREE;
    s->generation++;
    if (s->disturbance)
        disturb_free(s);
}

/* ---- sending ---- */

struct slot *slot_take(struct dispatcher *d) {
    unsigned i = 0;

    while (i < d->o.parallel && d->slots[i].state != SLOT_FREE)
        i++;
    INVARIANT_RETURN(i < d->o.parallel, NULL);
    struct slot *s = &d->slots[i];
    s->begun_ns = clock_mono_ns();
    s->answer_len = 0;
    s->error[0] = '\0';
    s->moves = 0;
    return s;
}

static void slot_on_way(struct slot *s, enum slot_state state) {
    INVARIANT_RETURN(s->state == SLOT_FREE);
    s->state = state;
    s->d->busy++;
    if (s->d->o.claims.keep)
        s->d->o.claims.keep(s->d->o.claims.ctx, s->out.app);
    atomic_store(&s->d->running, s->d->busy);
    load_of(&s->d->loads, s->out.app)->running++;
}

void slot_fail(struct slot *s, const char *why) {
    s->out.way = WAY_REQUEST_URL;
    slot_on_way(s, SLOT_POSTED);
    slot_ended(s, 0, why);
}

/* Stores the first bytes of the answer and ignores the rest. */
static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx) {
    struct slot *s = ctx;
    size_t room = sizeof(s->answer) - s->answer_len, n = len < room ? len : room;

    memcpy(s->answer + s->answer_len, bytes, n);
    s->answer_len += n;
    return len;
}

static void post(struct slot *s, const char *url, struct str key, struct str body) {
    struct dispatcher *d = s->d;

    s->guard = (struct outgoing_guard){.allow_loopback = d->o.allow_loopback, .allow_private = d->o.allow_private};
    if (s->curl)
        curl_easy_reset(s->curl);
    else
        s->curl = curl_easy_init();
    if (!s->curl) {
        slot_ended(s, 0, "no memory is left to send it");
        return;
    }
    webhook_prepare(&s->hook, key, body);
    if (s->disturbance)
        disturb_headers(s);
    webhook_setup(&s->hook, s->curl, &s->guard, url, ANSWER_MS);
    if (s->disturbance)
        disturb_transfer(s);
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
    curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
    curl_multi_add_handle(d->multi, s->curl);
}

void slot_post(struct slot *s, const char *url, struct str key, struct str body) {
    s->out.way = WAY_REQUEST_URL;
    slot_on_way(s, SLOT_POSTED);
    post(s, url, key, body);
}

static uint64_t token_of(const struct slot *s) {
    return (uint64_t)s->generation << 32 | (uint64_t)(s - s->d->slots);
}

void slot_hand(struct slot *s, struct str message_id, struct str body) {
    s->out.way = WAY_LONG_CONNECTION;
    slot_on_way(s, SLOT_HANDED);
    bool breaks = s->disturbance && s->disturbance->fault.breaks_connection;
    if (hub_send(s->d->o.hub, s->out.app, message_id, body, token_of(s), breaks, &s->member) < 0)
        slot_ended(s, 0, "the long connection was closed");
}

static void slot_hand_again(struct slot *s, struct str message_id, struct str body) {
    s->generation++; /* an answer to the previous attempt does not count for this one */
    s->out.moved = false;
    s->out.at_ms = clock_now_ms();
    s->begun_ns = clock_mono_ns();
    s->answer_len = 0;
    s->error[0] = '\0';
    s->state = SLOT_HANDED;
    if (hub_send(s->d->o.hub, s->out.app, message_id, body, token_of(s), false, &s->member) < 0)
        slot_ended(s, 0, "the long connection was closed");
}

void slot_repeat(struct slot *s, const char *url, struct str key, struct str message_id, struct str body) {
    if (s->state == SLOT_HANDED) {
        slot_hand_again(s, message_id, body);
        return;
    }
    s->begun_ns = clock_mono_ns();
    s->answer_len = 0;
    s->error[0] = '\0';
    post(s, url, key, body);
}

void slot_put_off(struct slot *s, int64_t until_ms) {
    slot_on_way(s, SLOT_POSTED);
    s->out.wait_until_ms = until_ms;
    slot_submit(s);
}

/* Sends a delivery to another connection of its app, if there is one and the delivery is still due. Returns whether it
 * did. */
static bool slot_move(struct slot *s) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct buf body BUF_CLEANUP = BUF_EMPTY;
    struct dispatcher *d = s->d;
    struct due_receiver to;
    struct due due;

    if (!hub_has_other(d->o.hub, s->out.app, s->member) || due_receiver_read(d, s->out.app, &scratch, &to) < 0 ||
        to.disabled || due_read_again(d, &s->out, &scratch, &due) != 1)
        return false;
    due_write(d, s->out.app, &to, &due, &body);
    s->moves++;
    slot_hand_again(s, due.event_id, buf_str(&body));
    return true;
}

/* ---- what comes back ---- */

static void slot_done(struct slot *s, CURLcode code) {
    long status = 0;

    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(s->d->multi, s->curl);
    webhook_clear(&s->hook);
    if (s->guard.refused) {
        slot_ended(s, 0, "the request URL's address is not a public one");
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        slot_ended(s, (int)status, "no answer within 3 seconds (2 of them to connect)");
    } else if (code != CURLE_OK) {
        slot_ended(s, (int)status, s->error[0] ? s->error : curl_easy_strerror(code));
    } else if (status != 200) {
        snprintf(s->error, sizeof(s->error), "answered with status %ld; 200 is expected", status);
        slot_ended(s, (int)status, s->error);
    } else {
        slot_ended(s, 200, NULL);
    }
}

void slots_collect(struct dispatcher *d) {
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(d->multi, &left)) != NULL) {
        struct slot *s = NULL;
        CURLcode code = msg->data.result;
        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&s);
        slot_done(s, code);
    }
}

void slots_on_result(void *ctx, uint64_t token, int status, struct str answer, const char *error) {
    struct dispatcher *d = ctx;
    struct hub_answer a = {.token = token, .status = status, .error = error};

    a.answer_len = answer.len < sizeof(a.answer) ? answer.len : sizeof(a.answer);
    memcpy(a.answer, answer.ptr ? answer.ptr : "", a.answer_len);
    pthread_mutex_lock(&d->lock);
    buf_add(&d->results, &a, sizeof(a));
    pthread_mutex_unlock(&d->lock);
    curl_multi_wakeup(d->multi);
}

static void take_answer(struct dispatcher *d, const struct hub_answer *a) {
    uint64_t index = a->token & UINT32_MAX;
    struct slot *s = index < d->o.parallel ? &d->slots[index] : NULL;

    /* The answer is late: the attempt has timed out and been recorded. */
    if (!s || s->state != SLOT_HANDED || token_of(s) != a->token)
        return;
    memcpy(s->answer, a->answer, a->answer_len);
    s->answer_len = a->answer_len;
    if (a->error && a->answer_len == 0) {
        slot_unanswered(s, a->error);
        return;
    }
    hub_end(d->o.hub, s->out.app, s->member, true);
    if (a->error) {
        slot_ended(s, 0, a->error);
    } else if (a->status != 200) {
        snprintf(s->error, sizeof(s->error), "the client answered with code %d; 200 is expected", a->status);
        slot_ended(s, a->status, s->error);
    } else {
        slot_ended(s, 200, NULL);
    }
}

static void take_answers(struct dispatcher *d) {
    struct buf answers BUF_CLEANUP = BUF_EMPTY;
    struct hub_answer a;

    pthread_mutex_lock(&d->lock);
    answers = d->results;
    d->results = (struct buf)BUF_EMPTY;
    pthread_mutex_unlock(&d->lock);
    for (size_t at = 0; at + sizeof(a) <= answers.len; at += sizeof(a)) {
        memcpy(&a, answers.ptr + at, sizeof(a));
        take_answer(d, &a);
    }
}

/* Handles the result of the writer. */
static void slot_settled(struct slot *s) {
    if (s->result >= 0 && s->out.moved && slot_move(s))
        return;
    if (s->result >= 0 || s->result == -ESHUTDOWN) {
        slot_release(s);
        s->d->scan_at_ms = 0;
        return;
    }
    /* The slot stays taken, so that the event is not sent again before its outcome is recorded. */
    log_fmt(LOG_ERROR, "cannot record the outcome of event %" PRId64 ": %s", s->out.event, strerror(-s->result));
    s->state = SLOT_AGAIN;
    s->again_ns = clock_mono_ns() + AGAIN_NS;
}

void slots_tend(struct dispatcher *d) {
    int64_t now_ns = clock_mono_ns();

    take_answers(d);
    for (unsigned i = 0; i < d->o.parallel; i++) {
        struct slot *s = &d->slots[i];
        bool settled = false;

        if (s->state == SLOT_SETTLING) {
            pthread_mutex_lock(&d->lock);
            settled = s->settled;
            pthread_mutex_unlock(&d->lock);
        }
        if (settled)
            slot_settled(s);
        else if (s->state == SLOT_AGAIN && now_ns >= s->again_ns)
            slot_submit(s);
        else if (s->state == SLOT_HANDED && now_ns - s->begun_ns >= ANSWER_MS * INT64_C(1000000))
            slot_unanswered(s, "the client did not answer within 3 seconds");
    }
}

bool slots_pending(const struct dispatcher *d) {
    for (unsigned i = 0; i < d->o.parallel; i++)
        if (d->slots[i].state == SLOT_SETTLING || d->slots[i].state == SLOT_AGAIN)
            return true;
    return false;
}

void slots_end(struct dispatcher *d) {
    for (unsigned i = 0; i < d->o.parallel; i++)
        if (d->slots[i].state == SLOT_POSTED)
            curl_multi_remove_handle(d->multi, d->slots[i].curl);
    for (unsigned i = 0; i < d->o.parallel; i++)
        while (d->slots[i].state == SLOT_SETTLING) {
            pthread_mutex_lock(&d->lock);
            bool settled = d->slots[i].settled;
            pthread_mutex_unlock(&d->lock);
            if (settled)
                break;
            curl_multi_poll(d->multi, NULL, 0, 100, NULL);
        }
}

void slot_free(struct slot *s) {
    curl_easy_cleanup(s->curl);
    webhook_clear(&s->hook);
    if (s->disturbance)
        disturb_free(s);
}
