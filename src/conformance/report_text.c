/* SPDX-License-Identifier: Apache-2.0
 *
 * The report as text, and what all forms of it share.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/client.h"
#include "conformance/report.h"

struct report *report_make(const struct story *s, const char *server, struct arena *a) {
    struct report *r = arena_new(a, struct report);
    *r = (struct report){.story = s, .server = server};
    r->verdicts = arena_array(a, struct verdict, n_rules);
    r->outcomes = arena_array(a, enum outcome, n_rules);
    for (size_t i = 0; i < n_rules; i++) {
        r->outcomes[i] = rule_judge(&rules[i], s, a, &r->verdicts[i]);
        r->passed += r->outcomes[i] == RULE_PASSED;
        r->failed += r->outcomes[i] == RULE_FAILED;
        r->not_judged += r->outcomes[i] == RULE_NOT_JUDGED;
    }
    return r;
}

/* ---- exchanges ---- */

/* Texts of the vendor's program must not act on a terminal. */
static void clean(struct buf *out, size_t from) {
    if (out->len > from)
        client_without_controls(out->ptr + from, out->len - from);
}

static void add_time(struct buf *out, int64_t ms) {
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    if (gmtime_r(&seconds, &tm))
        buf_printf(out, " %02d:%02d:%02d.%03d", tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
}

static void add_call(struct buf *out, const json_t *e) {
    const char *query = entry_text(e, "query");
    buf_printf(out, " %s %s%s%s ->", entry_text(e, "method"), entry_text(e, "path"), query[0] ? "?" : "", query);
    if (json_is_true(json_object_get(e, "reset")))
        buf_add_lit(out, " the connection was reset");
    else
        buf_printf(out, " HTTP %lld, code %lld", (long long)entry_int(e, "status"), (long long)entry_int(e, "code"));
    if (json_is_true(json_object_get(e, "cut")))
        buf_add_lit(out, ", cut off");
    buf_printf(out, ", %lld ms", (long long)(entry_int(e, "duration_us") / 1000));
}

static void add_event(struct buf *out, const json_t *e) {
    bool connection = strcmp(entry_text(e, "way"), "long_connection") == 0;
    buf_printf(out, " event %s, attempt %lld, by %s ->", entry_text(e, "event_type"),
               (long long)entry_int(e, "attempt"), connection ? "the long connection" : "the request URL");
    buf_printf(out, " %lld, %s", (long long)entry_int(e, "status"),
               json_is_true(json_object_get(e, "taken")) ? "taken" : "not taken");
    if (entry_text(e, "error")[0])
        buf_printf(out, ": %s", entry_text(e, "error"));
    buf_printf(out, ", %lld ms", (long long)entry_int(e, "duration_ms"));
}

static void add_json(struct buf *out, const char *indent, const char *what, const json_t *value, bool whole) {
    size_t flags = JSON_PRESERVE_ORDER | JSON_ENCODE_ANY | (whole ? JSON_INDENT(2) : JSON_COMPACT);
    char *text = value ? json_dumps(value, flags) : NULL;
    if (!text)
        return;
    buf_printf(out, "%s  %s: ", indent, what);
    for (char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        client_without_controls(line, strcspn(line, "\n"));
    for (const char *c = text; *c; c++) {
        buf_add_char(out, *c);
        if (*c == '\n')
            buf_printf(out, "%s  ", indent);
    }
    buf_add_char(out, '\n');
    free(text);
}

/* What the run did to the call or event. */
static const char *disturbance(const struct story *s, const json_t *e) {
    static const char *const words[] = {
        [FAULT_NONE] = "",
        [FAULT_FORGED] = "the signature was made wrong",
        [FAULT_TWICE] = "it was delivered twice",
        [FAULT_BROKEN] = "the connection was broken off",
        [FAULT_DISORDER] = "it was put off",
        [FAULT_LIMITED] = "it was answered with 429",
        [FAULT_FAILING] = "it was made to fail",
        [FAULT_TOKEN] = "the token was ended",
        [FAULT_LOST] = "the server carried it out, and its answer was lost",
        [FAULT_WAY] = "",
    };
    return words[entry_fault(s, e, NULL)];
}

void exchange_write(const struct story *s, const json_t *e, const char *indent, bool whole, struct buf *out) {
    if (!json_object_get(e, "number")) { /* no entry of the journal */
        add_json(out, indent, "seen", e, whole);
        return;
    }
    size_t from = out->len;
    buf_printf(out, "%s#%lld", indent, (long long)entry_number(e));
    add_time(out, entry_int(e, "time_ms"));
    if (entry_is_call(e))
        add_call(out, e);
    else
        add_event(out, e);
    if (disturbance(s, e)[0])
        buf_printf(out, " (by the run: %s)", disturbance(s, e));
    clean(out, from);
    buf_add_char(out, '\n');
    static const char *const members[][2] = {
        {"body", "sent"}, {"body_text", "sent"}, {"answer", "answer"}, {"answer_text", "answer"}};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        add_json(out, indent, members[i][1], json_object_get(e, members[i][0]), whole);
}

void finding_write(const struct finding *f, struct buf *out) {
    size_t from = out->len;
    buf_add_str(out, f->text);
    clean(out, from);
    if (f->times > 1)
        buf_printf(out, " (%zu times)", f->times);
}

/* ---- text ---- */

static void write_findings(const struct story *s, const struct verdict *v, struct buf *out) {
    for (size_t i = 0; i < v->n_findings && i < FINDINGS_MAX; i++) {
        const struct finding *f = &v->findings[i];
        buf_add_lit(out, "    ");
        finding_write(f, out);
        buf_add_char(out, '\n');
        for (size_t k = 0; k < f->n_evidence; k++)
            exchange_write(s, f->evidence[k], "      ", false, out);
    }
    if (v->n_findings > FINDINGS_MAX)
        buf_printf(out, "    and %zu more findings\n", v->n_findings - FINDINGS_MAX);
}

void report_write_text(const struct report *r, struct buf *out) {
    static const char *const words[] = {"passed", "FAILED", "not judged"};
    size_t left_out = 0;
    for (size_t i = 0; i < n_rules; i++) {
        const struct verdict *v = &r->verdicts[i];
        if (v->left_out) {
            left_out++;
            continue;
        }
        buf_printf(out, "%-10s  %-17s  %s\n", words[r->outcomes[i]], rules[i].name, rules[i].says);
        if (r->outcomes[i] == RULE_NOT_JUDGED)
            buf_printf(out, "    %.*s\n", STR_FMT(v->why));
        if (r->outcomes[i] == RULE_FAILED)
            buf_printf(out, "    documented in %s\n", rules[i].doc);
        write_findings(r->story, v, out);
    }
    if (left_out > 0)
        buf_printf(out, "%zu rules were not judged, because --only left out what they are judged by\n", left_out);
    buf_printf(out, "%s: %zu rules passed, %zu failed, %zu not judged\n", r->story->app_id, r->passed, r->failed,
               r->not_judged);
}
