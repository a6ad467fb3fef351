/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes feedback forms and job levels for the page that assesses an interview.
 */
#include <stdlib.h>

#include "base/json.h"
#include "console/interview/interview.h"
#include "hire/reference/reference.h"

#define LEVELS_MAX 500

static void write_i18n(struct buf *out, struct str key, const struct i18n *name) {
    if (name)
        console_member_i18n(out, key, name->zh_cn, name->en_us);
}

static void write_options(struct buf *out, const struct interview_dimension_option_list *options) {
    json_key(out, STR("options"));
    json_begin(out, '[');
    for (size_t i = 0; i < options->n; i++) {
        const struct interview_dimension_option *o = &options->v[i];
        json_begin(out, '{');
        json_member_str(out, STR("id"), o->id);
        write_i18n(out, STR("name"), o->name);
        write_i18n(out, STR("description"), o->description);
        if (o->score_val.set)
            json_member_int(out, STR("level"), o->score_val.v);
        json_end(out, '}');
    }
    json_end(out, ']');
}

static void write_range(struct buf *out, const struct interview_feedback_form_dimension *q) {
    int64_t low, high;
    if (q->type.v != QUESTION_SCORE_BY_CHOICE && q->type.v != QUESTION_SCORE_BY_NUMBER)
        return;
    interview_form_range(q, &low, &high);
    json_member_int(out, STR("lower"), low);
    json_member_int(out, STR("upper"), high);
}

static void write_question(struct buf *out, const struct form_place *p) {
    const struct interview_feedback_form_dimension *q = p->question;
    json_begin(out, '{');
    json_member_str(out, STR("id"), q->id);
    write_i18n(out, STR("name"), q->name);
    write_i18n(out, STR("description"), q->description);
    json_member_str(out, STR("module_id"), p->module->id);
    write_i18n(out, STR("module"), p->module->name);
    write_i18n(out, STR("module_description"), p->module->description);
    if (q->type.set)
        json_member_int(out, STR("type"), q->type.v);
    json_member_bool(out, STR("is_required"), q->is_required.v);
    write_options(out, &q->option_items);
    write_range(out, q);
    if (q->display_not_evident.set)
        json_member_bool(out, STR("not_evident"), q->display_not_evident.v);
    if (q->related_dimension_config) {
        json_key(out, STR("related"));
        record_write(&type_related_dimension_config, q->related_dimension_config, 0, out);
    }
    json_end(out, '}');
}

void write_form(struct call *c, struct hire *h, const struct interview_feedback_form *form) {
    struct form_place *questions;
    size_t n = interview_form_questions(h, form, &questions);
    json_key(c->out, STR("form"));
    json_begin(c->out, '{');
    json_member_str(c->out, STR("id"), form->id);
    write_i18n(c->out, STR("name"), form->name);
    json_key(c->out, STR("dimensions"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < n; i++)
        write_question(c->out, &questions[i]);
    json_end(c->out, ']');
    json_end(c->out, '}');
}

/* ---- job levels ---- */

struct levels {
    struct call *c;
    struct job_level *v;
    size_t n;
};

static int take_level(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct levels *all = ctx;
    struct job_level *level = &all->v[all->n];
    *level = (struct job_level){0};
    int r = record_read_stored(&type_job_level, level, doc, all->c->arena);
    if (r < 0)
        return r;
    if (level->status.set && !level->status.v)
        return 0;
    all->n++;
    return 1;
}

static int by_rank(const void *a, const void *b) {
    int64_t x = ((const struct job_level *)a)->order.v, y = ((const struct job_level *)b)->order.v;
    return x < y ? -1 : x > y;
}

static struct str level_name(const struct job_level *level, struct str locale) {
    for (size_t i = 0; i < level->i18n_name.n; i++)
        if (str_eq(level->i18n_name.v[i].locale, locale))
            return level->i18n_name.v[i].value;
    return level->name;
}

int write_job_levels(struct call *c, struct hire *h) {
    struct levels all = {.c = c, .v = arena_array(c->arena, struct job_level, LEVELS_MAX)};
    int r = reference_walk(h, STR("job_level"), 0, LEVELS_MAX, take_level, &all);
    if (r < 0)
        return r;
    qsort(all.v, all.n, sizeof *all.v, by_rank);
    json_key(c->out, STR("job_levels"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < all.n; i++) {
        json_begin(c->out, '{');
        json_member_str(c->out, STR("id"), all.v[i].job_level_id);
        console_member_i18n(c->out, STR("name"), level_name(&all.v[i], STR("zh_cn")),
                            level_name(&all.v[i], STR("en_us")));
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    return 0;
}
