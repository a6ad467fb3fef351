/* SPDX-License-Identifier: Apache-2.0
 *
 * The report as one page of HTML, without scripts and without other files.
 */
#include "conformance/report.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Conformance "
    "run</title>\n<style>\n"
    ":root { color-scheme: light dark; }\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8886; }\n"
    ".passed { color: light-dark(#12662f, #6fd38f); }\n.failed { color: light-dark(#a3151c, #ff8f8f); font-weight: "
    "bold; }\n"
    ".open { color: light-dark(#5b5b5b, #b5b5b5); }\n"
    "pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #8882; padding: .6rem; }\n"
    "summary { cursor: pointer; }\n</style>\n</head>\n<body>\n<main>\n";

static const char *const words[] = {"passed", "failed", "not judged"};
static const char *const classes[] = {"passed", "failed", "open"};

static void add(struct buf *out, const char *before, struct str text, const char *after) {
    buf_add_str(out, str_of(before));
    markup_text(out, text);
    buf_add_str(out, str_of(after));
}

static void write_table(const struct report *r, struct buf *out) {
    buf_add_lit(out, "<table>\n<thead><tr><th scope=\"col\">Outcome</th><th scope=\"col\">Rule</th>"
                     "<th scope=\"col\">What it demands</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < n_rules; i++) {
        enum outcome o = r->outcomes[i];
        buf_printf(out, "<tr><td class=\"%s\">%s</td><td>", classes[o], words[o]);
        if (o == RULE_FAILED)
            buf_printf(out, "<a href=\"#%s\">%s</a>", rules[i].name, rules[i].name);
        else
            buf_add_str(out, str_of(rules[i].name));
        add(out, "</td><td>", str_of(rules[i].says), "");
        if (o == RULE_NOT_JUDGED)
            add(out, "<br><span class=\"open\">", r->verdicts[i].why, "</span>");
        buf_add_lit(out, "</td></tr>\n");
    }
    buf_add_lit(out, "</tbody>\n</table>\n");
}

static void write_finding(const struct story *s, const struct finding *f, struct buf *out) {
    struct buf said BUF_CLEANUP = BUF_EMPTY;
    finding_write(f, &said);
    add(out, "<h3>", buf_str(&said), "</h3>\n");
    if (f->n_evidence == 0)
        return;
    buf_add_lit(out, "<details open><summary>The exchange behind it</summary>\n");
    for (size_t i = 0; i < f->n_evidence; i++) {
        struct buf text BUF_CLEANUP = BUF_EMPTY;
        exchange_write(s, f->evidence[i], "", true, &text);
        add(out, "<pre>", buf_str(&text), "</pre>\n");
    }
    buf_add_lit(out, "</details>\n");
}

static void write_rule(const struct story *s, const struct rule *rule, const struct verdict *v, struct buf *out) {
    buf_printf(out, "<section id=\"%s\">\n<h2>%s</h2>\n", rule->name, rule->name);
    add(out, "<p>", str_of(rule->says), "");
    add(out, " Documented in ", str_of(rule->doc), ".</p>\n");
    for (size_t i = 0; i < v->n_findings && i < FINDINGS_MAX; i++)
        write_finding(s, &v->findings[i], out);
    if (v->n_findings > FINDINGS_MAX)
        buf_printf(out, "<p>And %zu more findings.</p>\n", v->n_findings - FINDINGS_MAX);
    buf_add_lit(out, "</section>\n");
}

static void write_checks(const struct story *s, struct buf *out) {
    if (s->n_orders == 0)
        return;
    buf_add_lit(out, "<h2>The checks that were arranged</h2>\n<ul>\n");
    for (size_t i = 0; i < s->n_orders; i++) {
        add(out, "<li>", str_of(s->orders[i].id), " ");
        add(out, "", str_of(s->orders[i].about), "</li>\n");
    }
    buf_add_lit(out, "</ul>\n");
}

void report_write_html(const struct report *r, struct buf *out) {
    buf_add_str(out, str_of(head));
    add(out, "<h1>Conformance of ", str_of(r->story->app_id), "</h1>\n");
    buf_printf(out, "<p>%zu rules passed, %zu failed, %zu not judged", r->passed, r->failed, r->not_judged);
    add(out, "; on ", str_of(r->server), ".</p>\n");
    write_table(r, out);
    for (size_t i = 0; i < n_rules; i++)
        if (r->outcomes[i] == RULE_FAILED)
            write_rule(r->story, &rules[i], &r->verdicts[i], out);
    write_checks(r->story, out);
    buf_add_lit(out, "</main>\n</body>\n</html>\n");
}
