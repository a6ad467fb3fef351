/* SPDX-License-Identifier: Apache-2.0
 *
 * What several rules ask about the writes of a check.
 */
#include "conformance/judge.h"

#include <stdlib.h>
#include <string.h>

/* What a stage_time may be: after 2000 (docs/DECISIONS.md). A time in seconds is far below. */
#define MS_MIN INT64_C(946684800000)

const char *write_name(const struct write *w) {
    static const char *const names[] = {"update_progress", "update_result", "cancel"};
    return names[w->kind];
}

static bool same(const struct write *a, const struct write *b, const char *member) {
    return strcmp(entry_body_text(a->e, member), entry_body_text(b->e, member)) == 0;
}

static int events_of(const struct story_order *o) {
    return o->play == PLAY_TWICE ? 2 : 1;
}

/* Whether j was made before i was answered: of two calls at once, the one that is refused may be answered first. */
static bool comes_before(const struct write *w, size_t j, size_t i) {
    return j < i || (j > i && w[i].refused && w[j].begun_ms <= entry_int(w[i].e, "time_ms"));
}

bool write_repeats(const struct story_order *o, const struct write *w, size_t n, size_t i) {
    for (size_t j = 0; j < n; j++) {
        if (w[j].kind != w[i].kind || !w[j].accepted || !comes_before(w, j, i))
            continue;
        if (w[i].kind == WRITE_PROGRESS && !same(&w[j], &w[i], "stage_name"))
            continue;
        if (w[i].kind == WRITE_PROGRESS && !same(&w[j], &w[i], "stage_id") && events_of(o) < 2)
            continue;
        /* After a rejection the vendor may send a result again. */
        if (w[i].kind == WRITE_RESULT && o->decided > 0 && w[j].number <= o->decided && w[i].number > o->decided)
            continue;
        return true;
    }
    return false;
}

bool write_repeats_lost(const struct write *w, size_t i) {
    for (size_t j = 0; j < i; j++)
        if (w[j].lost && w[j].kind == w[i].kind && (w[i].kind != WRITE_PROGRESS || same(&w[j], &w[i], "stage_id")))
            return true;
    return false;
}

bool write_uses_stage_again(const struct write *w, size_t i) {
    if (w[i].kind != WRITE_PROGRESS || write_repeats_lost(w, i))
        return false;
    for (size_t j = 0; j < i; j++)
        if (w[j].kind == WRITE_PROGRESS && w[j].effective && same(&w[j], &w[i], "stage_id"))
            return true;
    return false;
}

/* Returns whether the member is a time in milliseconds. */
static bool time_of(const struct write *w, const char *member, int64_t *ret) {
    return str_to_i64(str_of(entry_body_text(w->e, member)), ret) == 0 && *ret >= MS_MIN;
}

bool write_time_stands(const struct write *w, size_t i) {
    int64_t time, before;
    if (w[i].kind != WRITE_PROGRESS || !time_of(&w[i], "stage_time", &time) || write_repeats_lost(w, i))
        return false;
    for (size_t j = 0; j < i; j++)
        if (w[j].kind == WRITE_PROGRESS && w[j].effective && !same(&w[j], &w[i], "stage_id") &&
            time_of(&w[j], "stage_time", &before) && time <= before)
            return true;
    return false;
}

bool write_time_is_no_ms(const struct write *w) {
    static const char *const members[] = {"stage_time", "result_time", NULL};
    int64_t time;
    return w->kind != WRITE_CANCEL && entry_body_text(w->e, members[w->kind])[0] != '\0' &&
           !time_of(w, members[w->kind], &time);
}

bool write_lacks_report(const struct write *w) {
    const json_t *reports = json_object_get(json_object_get(w->e, "body"), "report_file_list");
    return w->kind == WRITE_PROGRESS && entry_body_text(w->e, "result")[0] != '\0' && json_array_size(reports) == 0;
}

void each_check(const struct story *s, struct verdict *v, unsigned plays, check_fn *fn) {
    for (size_t i = 0; i < s->n_orders; i++) {
        const struct story_order *o = &s->orders[i];
        struct write *w;
        if (!(plays & PLAY_BIT(o->play)))
            continue;
        size_t n = story_writes(s, o, v->arena, &w);
        fn(s, v, o, w, n);
    }
}

void finding_show_check(struct finding *f, const struct story *s, const struct story_order *o, int64_t after) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (entry_number(e) > after && strcmp(entry_order(e), o->id) == 0)
            finding_show(f, e);
    }
}
