/* SPDX-License-Identifier: Apache-2.0
 *
 * The report as JUnit XML: each rule is a test case.
 */
#include "conformance/report.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* How many bytes a character has that XML does not permit; 0: it is permitted. */
static size_t forbidden(struct str text) {
    unsigned char c = (unsigned char)text.ptr[0];
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
        return 1;
    if (c == 0x7f)
        return 1;
    return text.len >= 3 && memcmp(text.ptr, "\xef\xbf", 2) == 0 && (unsigned char)text.ptr[2] >= 0xbe ? 3 : 0;
}

void markup_text(struct buf *out, struct str text) {
    while (text.len > 0) {
        size_t bad = forbidden(text);
        if (bad > 0)
            buf_add_lit(out, REPLACEMENT);
        else if (text.ptr[0] == '<')
            buf_add_lit(out, "&lt;");
        else if (text.ptr[0] == '>')
            buf_add_lit(out, "&gt;");
        else if (text.ptr[0] == '&')
            buf_add_lit(out, "&amp;");
        else if (text.ptr[0] == '"')
            buf_add_lit(out, "&quot;");
        else if (text.ptr[0] == '\'')
            buf_add_lit(out, "&#39;");
        else
            buf_add_char(out, text.ptr[0]);
        text = str_skip(text, bad > 0 ? bad : 1);
    }
}

static void add(struct buf *out, const char *before, struct str text, const char *after) {
    buf_add_str(out, str_of(before));
    markup_text(out, text);
    buf_add_str(out, str_of(after));
}

static void write_failure(const struct story *s, const struct rule *rule, const struct verdict *v, struct buf *out) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    add(out, "    <failure type=\"", str_of(rule->name), "\" message=\"");
    markup_text(out, v->findings[0].text);
    buf_add_lit(out, "\">");
    buf_printf(&text, "%s\nDocumented in %s\n", rule->says, rule->doc);
    for (size_t i = 0; i < v->n_findings && i < FINDINGS_MAX; i++) {
        buf_add_char(&text, '\n');
        finding_write(&v->findings[i], &text);
        buf_add_char(&text, '\n');
        for (size_t k = 0; k < v->findings[i].n_evidence; k++)
            exchange_write(s, v->findings[i].evidence[k], "", true, &text);
    }
    if (v->n_findings > FINDINGS_MAX)
        buf_printf(&text, "\nand %zu more findings\n", v->n_findings - FINDINGS_MAX);
    add(out, "", buf_str(&text), "</failure>\n");
}

void report_write_junit(const struct report *r, struct buf *out) {
    buf_add_lit(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    add(out, "  <testsuite name=\"hired conformance ", str_of(r->story->app_id), "\"");
    buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", n_rules, r->failed,
               r->not_judged);
    for (size_t i = 0; i < n_rules; i++) {
        add(out, "  <testcase classname=\"conformance\" name=\"", str_of(rules[i].name), "\"");
        if (r->outcomes[i] == RULE_PASSED) {
            buf_add_lit(out, "/>\n");
            continue;
        }
        buf_add_lit(out, ">\n");
        if (r->outcomes[i] == RULE_FAILED)
            write_failure(r->story, &rules[i], &r->verdicts[i], out);
        else
            add(out, "    <skipped message=\"not judged: ", r->verdicts[i].why, "\"/>\n");
        buf_add_lit(out, "  </testcase>\n");
    }
    buf_add_lit(out, "  </testsuite>\n</testsuites>\n");
}
