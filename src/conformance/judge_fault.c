/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about how the vendor deals with what goes wrong.
 */
#include <string.h>

#include "conformance/judge.h"

#define EARLY_MS 50 /* times of the journal are rounded */

/* The next call of the same operation for the same check behind index i; NULL: there is none. */
static const struct write *repeated_by(const struct write *w, size_t n, size_t i) {
    for (size_t j = i + 1; j < n; j++)
        if (w[j].kind == w[i].kind)
            return &w[j];
    return NULL;
}

static void not_repeated(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w) {
    struct finding *f =
        verdict_find(v, "%s of the check %s was answered with HTTP %lld, code %d, and not repeated within %u s",
                     write_name(w), o->id, (long long)entry_int(w->e, "status"), w->code, s->waited_s);
    finding_show(f, w->e);
    finding_show_check(f, s, o, w->number);
}

static void limited(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                    size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct story_fault *fault;
        if (entry_fault(s, w[i].e, &fault) != FAULT_LIMITED)
            continue;
        v->judged = true;
        const struct write *next = repeated_by(w, n, i);
        if (!next) {
            not_repeated(s, v, o, &w[i]);
            continue;
        }
        int64_t waited = next->begun_ms - entry_int(w[i].e, "time_ms");
        if (waited >= (int64_t)fault->reset_s * 1000 - EARLY_MS)
            continue;
        struct finding *f = verdict_find(v, "After 429 with x-ogw-ratelimit-reset: %d, %s came again after %lld ms",
                                         fault->reset_s, write_name(&w[i]), (long long)waited);
        finding_show(f, w[i].e);
        finding_show(f, next->e);
    }
}

void judge_rate_limit(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_LIMITED), limited);
}

static void failing(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                    size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (entry_fault(s, w[i].e, NULL) != FAULT_FAILING)
            continue;
        v->judged = true;
        if (!repeated_by(w, n, i))
            not_repeated(s, v, o, &w[i]);
    }
}

void judge_server_error(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_FAILING), failing);
}

static void token_ended(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                        size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (entry_fault(s, w[i].e, NULL) != FAULT_TOKEN)
            continue;
        v->judged = true;
        bool made = false;
        for (size_t j = i + 1; j < n; j++)
            made = made || (w[j].kind == w[i].kind && w[j].code != 99991663);
        if (!made)
            not_repeated(s, v, o, &w[i]);
    }
}

void judge_expired_token(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_TOKEN), token_ended);
}

/* ---- the answer is lost ---- */

static bool has_text(const json_t *value, const char *text) {
    size_t i;
    json_t *element;
    const char *key;
    if (json_is_string(value))
        return strcmp(json_string_value(value), text) == 0;
    if (json_is_array(value))
        json_array_foreach(value, i, element) {
            if (has_text(element, text))
                return true;
        }
    if (json_is_object(value))
        json_object_foreach((json_t *)(uintptr_t)value, key, element) {
            if (has_text(element, text))
                return true;
        }
    return false;
}

/* Whether the vendor has read the check behind that number. A list counts, because it shows all checks. */
static bool has_looked(const struct story *s, const struct story_order *o, int64_t after) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (entry_number(e) <= after || !entry_is_call(e))
            continue;
        if (entry_is(e, "background_check_order.list") ||
            (entry_is(e, "background_check_order.batch_query") && has_text(json_object_get(e, "body"), o->id)))
            return true;
    }
    return false;
}

static bool is_same_stage(const struct write *a, const struct write *b) {
    return strcmp(entry_body_text(a->e, "stage_id"), entry_body_text(b->e, "stage_id")) == 0;
}

static bool has_same_name(const struct write *a, const struct write *b) {
    return strcmp(entry_body_text(a->e, "stage_name"), entry_body_text(b->e, "stage_name")) == 0;
}

static void after_loss(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                       size_t n, size_t i) {
    bool repeated = false;
    v->judged = true;
    for (size_t j = i + 1; j < n; j++) {
        if (w[j].kind != w[i].kind)
            continue;
        if (w[i].kind != WRITE_PROGRESS || is_same_stage(&w[i], &w[j])) {
            repeated = true;
            continue;
        }
        if (!has_same_name(&w[i], &w[j]))
            continue;
        struct finding *f =
            verdict_find(v,
                         "The answer of update_progress with the stage_id \"%s\" was lost, and the vendor wrote "
                         "the same stage once more with the stage_id \"%s\"",
                         entry_body_text(w[i].e, "stage_id"), entry_body_text(w[j].e, "stage_id"));
        finding_show(f, w[i].e);
        finding_show(f, w[j].e);
        return;
    }
    if (repeated || has_looked(s, o, w[i].number))
        return;
    struct finding *f =
        verdict_find(v,
                     "The answer of %s of the check %s was lost, and within %u s the vendor neither repeated the "
                     "call nor read the check",
                     write_name(&w[i]), o->id, s->waited_s);
    finding_show(f, w[i].e);
    finding_show_check(f, s, o, w[i].number);
}

static void lost(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                 size_t n) {
    for (size_t i = 0; i < n; i++)
        if (w[i].lost)
            after_loss(s, v, o, w, n, i);
}

void judge_lost_answer(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_LOST), lost);
}
