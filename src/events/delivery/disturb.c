/* SPDX-License-Identifier: Apache-2.0
 *
 * Disturbs deliveries as the rules of the test mode say (hooks.h), and tells the test mode of every attempt.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "events/delivery/internal.h"

#define WRONG_TOKEN STR("a-wrong-verification-token")

bool disturb_begin(struct slot *s, const struct due *due, struct due_receiver *to) {
    const struct event_hooks *hooks = s->d->o.hooks;
    struct disturbance *d = s->disturbance = mem_alloc(sizeof *d);

    d->attempt = (struct event_attempt){.tenant = due->tenant,
                                        .event = due->event,
                                        .app = s->out.app,
                                        .event_id = arena_dup(&d->arena, due->event_id),
                                        .type = arena_dup(&d->arena, due->type),
                                        .app_id = arena_dup(&d->arena, to->app_id),
                                        .number = due->attempts + 1};
    d->url = arena_dup(&d->arena, to->url);
    d->key = arena_dup(&d->arena, to->key);
    if (to->disabled || !hooks->fault(hooks->ctx, &d->attempt, &d->fault))
        return false;
    if (d->fault.wait_ms > 0) {
        slot_put_off(s, clock_now_ms() + d->fault.wait_ms);
        return true;
    }
    if (d->fault.by_request_url && !str_is_empty(to->url))
        to->connected = false;
    if (d->fault.wrong_signature && (to->connected || str_is_empty(to->key)))
        to->token = WRONG_TOKEN;
    return false;
}

void disturb_body(struct slot *s, struct str body) {
    s->disturbance->body = arena_dup(&s->disturbance->arena, body);
}

void disturb_headers(struct slot *s) {
    static const char signature[] = "X-Lark-Signature: ";
    const struct event_fault *f = &s->disturbance->fault;
    char line[64];

    if (f->rule[0] == '\0')
        return;
    snprintf(line, sizeof line, "X-Hired-Fault: %s", f->rule);
    s->hook.headers = curl_slist_append(s->hook.headers, line);
    for (struct curl_slist *h = s->hook.headers; h && f->wrong_signature; h = h->next)
        if (strncmp(h->data, signature, sizeof signature - 1) == 0)
            h->data[sizeof signature - 1] = h->data[sizeof signature - 1] == '0' ? '1' : '0';
}

/* Gives curl the first half of the body, and then ends the transfer. */
static size_t half_of_body(char *to, size_t size, size_t n, void *ctx) {
    const struct slot *s = ctx;
    size_t half = s->hook.body.len / 2;

    if (s->disturbance->repeated || half > size * n)
        return CURL_READFUNC_ABORT;
    s->disturbance->repeated = true;
    memcpy(to, s->hook.body.ptr, half);
    return half;
}

void disturb_transfer(struct slot *s) {
    if (!s->disturbance->fault.breaks_connection)
        return;
    curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, half_of_body);
    curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
}

bool disturb_ended(struct slot *s, int *status, const char **why) {
    const struct event_hooks *hooks = s->d->o.hooks;
    struct disturbance *d = s->disturbance;
    const struct event_outcome outcome = {.rule = d->fault.rule,
                                          .long_connection = s->out.way == WAY_LONG_CONNECTION,
                                          .status = *status,
                                          .body = d->body,
                                          .answer = {s->answer, s->answer_len},
                                          .error = *why ? str_of(*why) : STR(""),
                                          .duration_ms = (clock_mono_ns() - s->begun_ns) / 1000000};
    int64_t tenant = 0, event = 0;

    if (hooks->ended(hooks->ctx, &d->attempt, &outcome, &tenant, &event)) {
        s->out.release_tenant = tenant;
        s->out.release_event = event;
    }
    if (!d->fault.twice)
        return false;
    if (d->repeated) { /* what the receiver said the first time counts */
        *status = d->status;
        *why = NULL;
        return false;
    }
    if (*why)
        return false;
    d->repeated = true;
    d->status = *status;
    slot_repeat(s, d->url.ptr, d->key, d->attempt.event_id, d->body);
    return true;
}

void disturb_free(struct slot *s) {
    arena_free(&s->disturbance->arena);
    free(s->disturbance);
    s->disturbance = NULL;
}
