/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a file of scenarios and says what is wrong in it, and where.
 */
#include <errno.h>
#include <math.h>

#include "base/array.h"
#include "base/record.h"
#include "robot/scenario.h"

struct reading {
    struct scenarios *to;
    struct arena *arena;
    struct str text;
    struct scenario_findings *findings;
    bool built_in; /* the text is the program's own; what a file has defined already is passed over */
    size_t cap, rules_cap;
};

static void find(struct reading *r, struct str path, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void find(struct reading *r, struct str path, const char *format, ...) {
    struct scenario_findings *f = r->findings;
    va_list args;
    if (f->n++ >= SCENARIO_FINDINGS_MAX)
        return;
    struct scenario_finding *to = &f->v[f->n - 1];
    *to = (struct scenario_finding){.path = arena_dup(r->arena, path)};
    va_start(args, format);
    to->reason = arena_vprintf(r->arena, format, args);
    va_end(args);
    /* A member that is missing has no place; what contains it has. */
    for (struct str at = path; at.len > 0 && record_locate(r->text, at, &to->line, &to->column) < 0;) {
        do
            at.len--;
        while (at.len > 0 && at.ptr[at.len] != '.' && at.ptr[at.len] != '[');
    }
}

#define PATH(r, ...) arena_printf((r)->arena, __VA_ARGS__)

/* ---- members ---- */

/* names: a list of the accepted members, separated by ", ". */
static void only(struct reading *r, const json_t *object, struct str path, const char *names) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        struct str rest = str_of(names);
        bool known = false;
        while (!str_is_absent(rest) && !known)
            known = str_eq(str_trim(str_cut(&rest, ',')), str_of(name));
        if (!known)
            find(r, PATH(r, "%.*s%s%s", STR_FMT(path), path.len > 0 ? "." : "", name),
                 "there is no such member; accepted are %s", names);
    }
}

/* A text of 1 to 500 bytes; absent if there is none. */
static struct str text_member(struct reading *r, const json_t *object, struct str path, const char *name,
                              bool required) {
    const json_t *value = json_object_get(object, name);
    if (!value && required)
        find(r, PATH(r, "%.*s.%s", STR_FMT(path), name), "it is required");
    if (!value)
        return STR_ABSENT;
    size_t len = json_is_string(value) ? json_string_length(value) : 0;
    if (len == 0 || len > 500) {
        find(r, PATH(r, "%.*s.%s", STR_FMT(path), name), "a text of 1 to 500 bytes is expected");
        return STR_ABSENT;
    }
    return arena_dup(r->arena, (struct str){json_string_value(value), len});
}

/* The index of a word in words, which is ended by NULL; otherwise if there is none. */
static int word_member(struct reading *r, const json_t *object, struct str path, const char *name,
                       const char *const *words, int otherwise) {
    struct str text = text_member(r, object, path, name, otherwise < 0);
    struct buf accepted BUF_CLEANUP = BUF_EMPTY;
    for (int i = 0; words[i]; i++) {
        if (str_eq(text, str_of(words[i])))
            return i;
        buf_printf(&accepted, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    if (!str_is_absent(text))
        find(r, PATH(r, "%.*s.%s", STR_FMT(path), name), "\"%.*s\" is not known; accepted are %.*s",
             STR_FMT(str_head(text, 40)), STR_FMT(buf_str(&accepted)));
    return otherwise < 0 ? 0 : otherwise;
}

static int64_t seconds_member(struct reading *r, const json_t *object, struct str path, const char *name,
                              bool required) {
    const json_t *value = json_object_get(object, name);
    double s = json_number_value(value);
    if (!value && !required)
        return 0;
    if (!json_is_number(value) || !(s >= 0 && s <= SCENARIO_AFTER_MAX_S)) {
        find(r, PATH(r, "%.*s.%s", STR_FMT(path), name), "a number of seconds from 0 to %d is expected",
             SCENARIO_AFTER_MAX_S);
        return 0;
    }
    return (int64_t)llround(s * 1000);
}

static bool bool_member(struct reading *r, const json_t *object, struct str path, const char *name) {
    const json_t *value = json_object_get(object, name);
    if (value && !json_is_boolean(value))
        find(r, PATH(r, "%.*s.%s", STR_FMT(path), name), "true or false is expected");
    return json_is_true(value);
}

/* A list of at most max elements; NULL: none, or not one. */
static const json_t *list_member(struct reading *r, const json_t *object, struct str path, const char *name,
                                 size_t max) {
    const json_t *value = json_object_get(object, name);
    if (value && (!json_is_array(value) || json_array_size(value) > max)) {
        find(r, PATH(r, "%.*s%s%s", STR_FMT(path), path.len > 0 ? "." : "", name),
             "a list of at most %zu elements is expected", max);
        return NULL;
    }
    return value;
}

/* ---- a vendor's steps ---- */

static void read_step(struct reading *r, const json_t *in, struct str path, struct step *to) {
    static const char *const kinds[] = {"progress", "interim", "final", "correct", "cancel", NULL};
    static const char *const reports[] = {"pdf", "page", "none", NULL};
    only(r, in, path, "do, after_s, stage_name, stage_en_name, result, report, report_name");
    to->kind = (enum step_kind)word_member(r, in, path, "do", kinds, -1);
    to->after_ms = seconds_member(r, in, path, "after_s", true);
    bool stage = to->kind == STEP_PROGRESS || to->kind == STEP_INTERIM;
    bool report = to->kind != STEP_PROGRESS && to->kind != STEP_CANCEL;
    to->stage_name = text_member(r, in, path, "stage_name", stage);
    to->stage_en_name = text_member(r, in, path, "stage_en_name", false);
    to->result = text_member(r, in, path, "result", report);
    to->report = (enum step_report)word_member(r, in, path, "report", reports, report ? REPORT_PDF : REPORT_NONE);
    to->report_name = text_member(r, in, path, "report_name", false);
    if (to->kind == STEP_PROGRESS && (!str_is_absent(to->result) || to->report != REPORT_NONE))
        find(r, path, "progress has neither result nor report; an interim report is \"do\": \"interim\"");
    if (to->kind == STEP_INTERIM && to->report == REPORT_NONE)
        find(r, path, "an interim step has a report; without one it is \"do\": \"progress\"");
}

static void read_steps(struct reading *r, const json_t *in, struct str path, struct scenario *to) {
    const json_t *list = list_member(r, in, path, "steps", SCENARIO_STEPS_MAX);
    size_t i;
    const json_t *item;
    if (!json_object_get(in, "steps"))
        find(r, PATH(r, "%.*s.steps", STR_FMT(path)),
             "it is required; an empty list means that the vendor never answers");
    to->n_steps = json_array_size(list);
    to->steps = arena_array(r->arena, struct step, to->n_steps > 0 ? to->n_steps : 1);
    json_array_foreach(list, i, item) {
        struct str at = PATH(r, "%.*s.steps[%zu]", STR_FMT(path), i);
        if (!json_is_object(item))
            find(r, at, "an object is expected");
        else
            read_step(r, item, at, &to->steps[i]);
        if (i > 0 && to->steps[i].after_ms < to->steps[i - 1].after_ms)
            find(r, PATH(r, "%.*s.after_s", STR_FMT(at)), "it must not be less than that of the step before");
    }
}

/* ---- a customer's decisions ---- */

static void read_decisions(struct reading *r, const json_t *in, struct str path, struct scenario *to) {
    static const char *const words[] = {"approve", "reject", "withdraw", NULL};
    static const char *const ends[] = {"never", "arranged", "progress", "interim", "report", NULL};
    const json_t *list = list_member(r, in, path, "reports", DECISIONS_MAX), *item;
    size_t i;
    to->arrangement = (enum decision)word_member(r, in, path, "arrangement", words, DECIDE_APPROVE);
    to->terminate = (enum terminate_after)word_member(r, in, path, "terminate_after", ends, TERMINATE_NEVER);
    to->after_ms = seconds_member(r, in, path, "after_s", false);
    to->n_reports = 1;
    json_array_foreach(list, i, item) {
        const char *word = json_string_value(item);
        int n = 0;
        while (word && words[n] && strcmp(words[n], word) != 0)
            n++;
        if (!word || !words[n])
            find(r, PATH(r, "%.*s.reports[%zu]", STR_FMT(path), i), "one of approve, reject, withdraw is expected");
        to->reports[i] = (enum decision)n;
        to->n_reports = i + 1;
    }
}

/* ---- the file ---- */

static void read_scenario(struct reading *r, const json_t *in, struct str path) {
    struct scenarios *to = r->to;
    struct scenario s = {.name = STR_ABSENT};
    bool vendor = to->kind == SCENARIOS_OF_VENDOR;
    if (!json_is_object(in)) {
        find(r, path, "an object is expected");
        return;
    }
    only(r, in, path,
         vendor ? "name, about, refuses_event, steps" : "name, about, arrangement, reports, terminate_after, after_s");
    s.name = text_member(r, in, path, "name", true);
    s.about = text_member(r, in, path, "about", false);
    bool there = !str_is_absent(s.name) && scenario_find(to, s.name);
    if (there && r->built_in)
        return; /* the file's own replaces it */
    if (there)
        find(r, PATH(r, "%.*s.name", STR_FMT(path)), "there is another scenario with this name");
    s.refuses_event = vendor && bool_member(r, in, path, "refuses_event");
    if (vendor)
        read_steps(r, in, path, &s);
    else
        read_decisions(r, in, path, &s);
    to->v = arena_array_grow(r->arena, to->v, to->n, &r->cap, sizeof *to->v);
    to->v[to->n++] = s;
}

/* The scenario that a member names; reports it if there is none. */
static size_t named(struct reading *r, const json_t *in, struct str path, const char *name) {
    struct str text = text_member(r, in, path, name, true);
    struct buf known BUF_CLEANUP = BUF_EMPTY;
    const struct scenario *s = scenario_find(r->to, text);
    if (s)
        return (size_t)(s - r->to->v);
    for (size_t i = 0; i < r->to->n; i++)
        buf_printf(&known, "%s%.*s", i > 0 ? ", " : "", STR_FMT(r->to->v[i].name));
    if (!str_is_absent(text))
        find(r, PATH(r, "%.*s%s%s", STR_FMT(path), path.len > 0 ? "." : "", name),
             "there is no scenario \"%.*s\"; there are %.*s", STR_FMT(str_head(text, 40)), STR_FMT(buf_str(&known)));
    return 0;
}

static void read_rule(struct reading *r, const json_t *in, struct str path) {
    struct scenarios *to = r->to;
    struct scenario_rule rule = {0};
    if (!json_is_object(in)) {
        find(r, path, "an object is expected");
        return;
    }
    only(r, in, path, "name, package_id, account_id, scenario");
    rule.name = text_member(r, in, path, "name", false);
    rule.package_id = text_member(r, in, path, "package_id", false);
    rule.account_id = text_member(r, in, path, "account_id", false);
    rule.scenario = named(r, in, path, "scenario");
    if (str_is_absent(rule.name) && str_is_absent(rule.package_id) && str_is_absent(rule.account_id))
        find(r, path, "a rule needs name, package_id or account_id; \"otherwise\" is for all other orders");
    to->rules = arena_array_grow(r->arena, to->rules, to->n_rules, &r->rules_cap, sizeof *to->rules);
    to->rules[to->n_rules++] = rule;
}

static json_t *parse(struct reading *r) {
    struct str why = STR_ABSENT;
    json_t *in = record_parse(r->text, r->arena, &why);
    if (json_is_object(in))
        return in;
    find(r, STR(""), "%.*s", STR_FMT(in ? STR("an object with \"scenarios\" is expected") : why));
    json_decref(in);
    return NULL;
}

static void read_lists(struct reading *r, const json_t *in, const char *name, size_t max,
                       void (*read)(struct reading *r, const json_t *in, struct str path)) {
    const json_t *list = list_member(r, in, STR(""), name, max), *item;
    size_t i;
    json_array_foreach(list, i, item) {
        read(r, item, PATH(r, "%s[%zu]", name, i));
    }
}

/* The file's own scenarios, then the built-in ones; then the rules in the same order, which may name both. */
int scenarios_read(struct scenarios *ret, enum scenario_kind kind, struct str text, struct arena *a,
                   struct scenario_findings *findings) {
    struct reading r = {.to = ret, .arena = a, .text = text, .findings = findings};
    struct reading own = {.to = ret, .arena = a, .text = scenarios_text(kind), .findings = findings, .built_in = true};
    bool vendor = kind == SCENARIOS_OF_VENDOR;

    *ret = (struct scenarios){.kind = kind};
    findings->n = 0;
    json_t *in = parse(&r), *built_in = parse(&own);
    if (in && built_in) {
        only(&r, in, STR(""), vendor ? "scenarios, rules, otherwise" : "scenarios, otherwise");
        read_lists(&r, in, "scenarios", SCENARIOS_MAX, read_scenario);
        own.cap = r.cap;
        read_lists(&own, built_in, "scenarios", SCENARIOS_MAX, read_scenario);
        read_lists(&r, in, "rules", vendor ? SCENARIO_RULES_MAX : 0, read_rule);
        own.rules_cap = r.rules_cap;
        read_lists(&own, built_in, "rules", SCENARIO_RULES_MAX, read_rule);
        bool says = json_object_get(in, "otherwise");
        ret->otherwise = named(says ? &r : &own, says ? in : built_in, STR(""), "otherwise");
    }
    json_decref(in);
    json_decref(built_in);
    return findings->n > 0 ? -EINVAL : 0;
}
