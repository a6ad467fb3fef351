/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about how events are received.
 */
#include <string.h>

#include "conformance/judge.h"

void judge_challenge(const struct story *s, struct verdict *v) {
    if (!s->challenge)
        return;
    v->judged = true;
    if (entry_int(s->challenge, "code") == 0 && entry_int(s->challenge, "status") == 200)
        return;
    struct finding *f =
        verdict_find(v, "The request URL did not answer the challenge: %s", entry_text(s->challenge, "msg"));
    finding_show(f, s->challenge);
}

void judge_event_answer(const struct story *s, struct verdict *v) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        enum story_fault_kind fault = entry_fault(s, e, NULL);
        if (entry_is_call(e) || fault == FAULT_FORGED || fault == FAULT_BROKEN)
            continue;
        v->judged = true;
        if (json_is_true(json_object_get(e, "taken")))
            continue;
        finding_show(verdict_find(v, "An attempt to deliver %s was not taken: %s", entry_text(e, "event_type"),
                                  entry_text(e, "error")),
                     e);
    }
}

/* ---- forged ---- */

static void forged(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                   size_t n) {
    const json_t *right = story_taken(s, o, EVENT_CREATED, 0);
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (entry_fault(s, e, NULL) != FAULT_FORGED || strcmp(entry_order(e), o->id) != 0)
            continue;
        v->judged = true;
        struct finding *f = NULL;
        for (size_t k = 0; k < n; k++) {
            if (w[k].number < entry_number(e) || (right && w[k].number > entry_number(right)))
                continue;
            if (!f) {
                f = verdict_find(v, "The vendor acted on a forged event: it called %s for the check %s",
                                 write_name(&w[k]), o->id);
                finding_show(f, e);
            }
            finding_show(f, w[k].e);
        }
    }
}

void judge_forged_event(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_FORGED), forged);
    if (v->judged)
        return;
    if ((s->played & PLAY_BIT(PLAY_BIND)) && !s->has_url)
        verdict_excuse(v, "events over a long connection are not signed");
    else if ((s->played & PLAY_BIT(PLAY_BIND)) && !s->may_sign)
        verdict_excuse(
            v, "the app has neither an Encrypt Key nor a Verification Token, so it cannot tell who sends an event; "
               "hired event url sets them");
}

/* ---- repeated ---- */

static size_t deliveries(const struct story *s, const struct story_order *o) {
    size_t n = 0, i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (entry_is_event(e, EVENT_CREATED) && strcmp(entry_order(e), o->id) == 0 &&
            json_is_true(json_object_get(e, "taken")))
            n++;
    }
    return n;
}

static void repeats_anyway(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                           size_t n) {
    for (size_t i = 0; i < n; i++)
        if (write_repeats(o, w, n, i))
            verdict_excuse(
                v, "the vendor also repeats what it writes after an event that came once (order-state, stage-id)");
}

static void repeated(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                     size_t n) {
    struct finding *f = NULL;
    if (deliveries(s, o) < 2 || n == 0)
        return;
    v->judged = true;
    for (size_t i = 0; i < n; i++) {
        if (!f && write_repeats(o, w, n, i))
            f = verdict_find(v, "The event of the check %s came more than once, and so did %s", o->id,
                             write_name(&w[i]));
    }
    if (f)
        finding_show_check(f, s, o, 0);
}

void judge_repeated_event(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL & ~PLAY_BIT(PLAY_TWICE) & ~PLAY_BIT(PLAY_LOST), repeats_anyway);
    if (str_is_absent(v->why))
        each_check(s, v, PLAY_BIT(PLAY_TWICE), repeated);
}

/* ---- broken off ---- */

/* The attempt that the run broke off, if none followed. */
static const json_t *broken_off(const struct story *s, const struct story_order *o) {
    const json_t *broken = NULL;
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (!entry_is_event(e, EVENT_CREATED) || strcmp(entry_order(e), o->id) != 0)
            continue;
        broken = entry_fault(s, e, NULL) == FAULT_BROKEN ? e : NULL;
    }
    return broken;
}

static void retried(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                    size_t n) {
    const json_t *broken = broken_off(s, o);
    if (broken) {
        finding_show(verdict_find(v,
                                  "The connection broke off while the event of the check %s was on its way, and the "
                                  "vendor did not connect again within %u s",
                                  o->id, s->waited_s),
                     broken);
        return;
    }
    if (!story_taken(s, o, EVENT_CREATED, 0))
        return;
    v->judged = true;
    if (n > 0) /* also if all were refused: that is what other rules are about */
        return;
    struct finding *f =
        verdict_find(v,
                     "The event of the check %s broke off and was taken at the next attempt, but the vendor "
                     "did nothing about it for %u s",
                     o->id, s->waited_s);
    finding_show_check(f, s, o, 0);
}

void judge_retried_event(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_BROKEN), retried);
}

/* ---- out of order ---- */

static void disordered(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                       size_t n) {
    const json_t *end = story_taken(s, o, EVENT_CANCELED, 0), *begin = story_taken(s, o, EVENT_CREATED, 0);
    size_t made = 0;
    if (!end || !begin || entry_number(begin) < entry_number(end))
        return;
    v->judged = true;
    for (size_t i = 0; i < n; i++)
        if (w[i].number > entry_number(end))
            made++;
    if (made < 2) /* the first call may be the look that shows the end */
        return;
    struct finding *f =
        verdict_find(v,
                     "The end of the check %s was told before its beginning, and the vendor worked on it: "
                     "%zu calls",
                     o->id, made);
    finding_show_check(f, s, o, 0);
}

void judge_out_of_order(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_DISORDER), disordered);
}
