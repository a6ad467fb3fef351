/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about the account and the life of a check.
 */
#include <string.h>

#include "conformance/judge.h"

#define GRACE_MS 1000 /* calls that begin so soon after the canceled event may have been on their way */

/* ---- what the vendor pushes ---- */

static bool is_push(const json_t *e) {
    static const char *const of[] = {"eco_account_custom_field.", "eco_background_check_package.",
                                     "eco_background_check_custom_field."};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
        if (strncmp(entry_text(e, "operation"), of[i], strlen(of[i])) == 0)
            return true;
    return false;
}

void judge_account(const struct story *s, struct verdict *v) {
    const json_t *told = NULL;
    struct finding *f;
    size_t i;
    json_t *e;

    json_array_foreach(s->entries, i, e) {
        const json_t *event = json_object_get(json_object_get(e, "body"), "event");
        if (entry_is_event(e, EVENT_ACCOUNT) && json_is_true(json_object_get(e, "taken")) &&
            strcmp(entry_text(event, "account_id"), s->account_id) == 0)
            told = e;
        if ((entry_is(e, "eco_background_check_package.create") ||
             entry_is(e, "eco_background_check_package.batch_update")) &&
            strcmp(entry_body_text(e, "account_id"), s->account_id) == 0 && entry_is_effective(s, e)) {
            v->judged = true;
            return;
        }
    }
    if (!told)
        return;
    f = verdict_find(v, "No package was pushed for the account %s within %u s after its event was taken", s->account_id,
                     s->waited_s);
    finding_show(f, told);
    json_array_foreach(s->entries, i, e) {
        if (is_push(e))
            finding_show(f, e);
    }
}

void judge_pushes(const struct story *s, struct verdict *v) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (!is_push(e))
            continue;
        v->judged = true;
        if (entry_is_refused(s, e) && entry_int(e, "code") != 99991672)
            finding_show(verdict_find(v, "%s was refused: code %lld, %s", entry_text(e, "operation"),
                                      (long long)entry_int(e, "code"), entry_text(json_object_get(e, "answer"), "msg")),
                         e);
    }
}

/* ---- every check ---- */

static void ends(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                 size_t n) {
    if (!story_taken(s, o, EVENT_CREATED, 0))
        return;
    v->judged = true;
    for (size_t i = 0; i < n; i++)
        if (w[i].kind != WRITE_PROGRESS && w[i].effective)
            return;
    struct finding *f = verdict_find(v, "The check %s (%s) had neither a result nor a cancellation within %u s", o->id,
                                     o->about, s->waited_s);
    finding_show_check(f, s, o, 0);
}

void judge_every_check(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_PLAIN), ends);
}

/* ---- states ---- */

static bool after_end(const struct story_order *o, const struct write *w) {
    return o->terminated > 0 && w->number > o->terminated;
}

/* Whether the report of the check waited for approval when the write came. */
static bool waits(const struct story_order *o, const struct write *w, size_t n, size_t i) {
    if (o->play != PLAY_APPROVAL)
        return false;
    for (size_t j = 0; j < i && j < n; j++) {
        if (w[j].kind != WRITE_RESULT || !w[j].accepted)
            continue;
        int64_t until = o->decided > 0 && w[j].number > o->decided ? o->decided_again : o->decided;
        if (until == 0 || w[i].number <= until)
            return true;
    }
    return false;
}

static void in_state(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                     size_t n) {
    for (size_t i = 0; i < n; i++) {
        v->judged = true;
        bool repeats = w[i].kind != WRITE_PROGRESS && write_repeats(o, w, n, i);
        if (w[i].code != CODE_ORDER_STATE && !repeats)
            continue;
        if (after_end(o, &w[i]) || waits(o, w, n, i) || write_repeats_lost(w, i) ||
            (o->play == PLAY_TWICE && write_repeats(o, w, n, i)))
            continue;
        struct finding *f =
            verdict_find(v, "%s came when the check %s had a state that does not allow it", write_name(&w[i]), o->id);
        for (size_t j = 0; j <= i; j++)
            finding_show(f, w[j].e);
    }
}

void judge_order_state(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL, in_state);
}

static void waiting(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                    size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (w[i].kind == WRITE_RESULT && w[i].accepted)
            v->judged = true;
        if (!waits(o, w, n, i))
            continue;
        struct finding *f =
            verdict_find(v, "%s came while the report of the check %s waited for approval", write_name(&w[i]), o->id);
        for (size_t j = 0; j <= i; j++)
            finding_show(f, w[j].e);
    }
}

void judge_approval(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_APPROVAL), waiting);
}

static void ended(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                  size_t n) {
    const json_t *told = o->terminated > 0 ? story_taken(s, o, EVENT_CANCELED, 0) : NULL;
    struct finding *f = NULL;
    if (!told)
        return;
    v->judged = true;
    for (size_t i = 0; i < n; i++) {
        if (w[i].begun_ms < entry_int(told, "time_ms") + GRACE_MS)
            continue;
        if (!f) {
            f = verdict_find(v, "%s came %lld ms after the end of the check %s was told", write_name(&w[i]),
                             (long long)(w[i].begun_ms - entry_int(told, "time_ms")), o->id);
            finding_show(f, told);
        }
        finding_show(f, w[i].e);
    }
}

void judge_terminated(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_BIT(PLAY_TERMINATED), ended);
}

void judge_known_order(const struct story *s, struct verdict *v) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (!entry_is(e, OP_PROGRESS) && !entry_is(e, OP_RESULT) && !entry_is(e, OP_CANCEL))
            continue;
        v->judged = true;
        if (entry_int(e, "code") == CODE_NO_ORDER)
            finding_show(verdict_find(v, "There is no check \"%s\" of this vendor", entry_order(e)), e);
    }
}

/* ---- files ---- */

static void files(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                  size_t n) {
    size_t i;
    json_t *file;
    json_array_foreach(o->files, i, file) {
        const char *state = entry_text(file, "state");
        if (strcmp(state, "kept") == 0)
            v->judged = true;
        if (strcmp(state, "waiting") == 0 && !v->judged)
            verdict_excuse(v, "a report had not been fetched when the run ended");
        if (strcmp(state, "given_up") != 0)
            continue;
        struct finding *f =
            verdict_find(v, "A report of the check %s could not be fetched: %s", o->id, entry_text(file, "error"));
        finding_show(f, file);
        for (size_t j = 0; j < n; j++)
            if (json_object_get(json_object_get(w[j].e, "body"), "report_file_list"))
                finding_show(f, w[j].e);
    }
}

void judge_report_file(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL, files);
}
