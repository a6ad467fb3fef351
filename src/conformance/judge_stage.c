/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about the stages of a check and their times.
 */
#include "conformance/judge.h"

static void ids(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (w[i].kind != WRITE_PROGRESS)
            continue;
        v->judged = true;
        if (!write_uses_stage_again(w, i) || (o->play == PLAY_TWICE && write_repeats(o, w, n, i)))
            continue;
        struct finding *f = verdict_find(v, "The stage_id \"%s\" of the check %s was used before",
                                         entry_body_text(w[i].e, "stage_id"), o->id);
        for (size_t j = 0; j <= i; j++)
            if (w[j].kind == WRITE_PROGRESS)
                finding_show(f, w[j].e);
    }
}

void judge_stage_id(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL, ids);
}

static void times(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                  size_t n) {
    size_t stages = 0;
    for (size_t i = 0; i < n; i++) {
        if (w[i].kind != WRITE_PROGRESS)
            continue;
        stages++;
        if (write_uses_stage_again(w, i) || !write_time_stands(w, i) ||
            (o->play == PLAY_TWICE && write_repeats(o, w, n, i)))
            continue;
        struct finding *f = verdict_find(v, "The stage_time %s of the check %s is not greater than an earlier one",
                                         entry_body_text(w[i].e, "stage_time"), o->id);
        for (size_t j = 0; j <= i; j++)
            if (w[j].kind == WRITE_PROGRESS)
                finding_show(f, w[j].e);
    }
    if (stages > 1)
        v->judged = true;
}

void judge_stage_time(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL, times);
}

static void units(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                  size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (w[i].kind == WRITE_CANCEL)
            continue;
        v->judged = true;
        if (write_time_is_no_ms(&w[i]))
            finding_show(verdict_find(v, "%s of the check %s has a time that is not in milliseconds since 1970",
                                      write_name(&w[i]), o->id),
                         w[i].e);
    }
}

void judge_milliseconds(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL, units);
}

static void results(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                    size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (w[i].kind != WRITE_PROGRESS)
            continue;
        v->judged = true;
        if (write_lacks_report(&w[i]))
            finding_show(verdict_find(v, "The stage \"%s\" of the check %s has a result and no report_file_list",
                                      entry_body_text(w[i].e, "stage_name"), o->id),
                         w[i].e);
    }
}

void judge_stage_result(const struct story *s, struct verdict *v) {
    each_check(s, v, PLAY_ALL, results);
}
