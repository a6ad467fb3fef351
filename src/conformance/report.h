/* SPDX-License-Identifier: Apache-2.0
 *
 * The outcome of a run for people and for machines. Each finding comes with the exchange behind it, as the journal has
 * it (secrets are masked there).
 */
#ifndef HIRED_CONFORMANCE_REPORT_H
#define HIRED_CONFORMANCE_REPORT_H

#include "base/buf.h"
#include "conformance/rule.h"

struct report {
    const struct story *story;
    const char *server;
    struct verdict *verdicts; /* one for each of rules[] */
    enum outcome *outcomes;
    size_t passed, failed, not_judged;
};

/* Judges a story by all rules. Everything is in the arena. */
struct report *report_make(const struct story *s, const char *server, struct arena *a);

void report_write_text(const struct report *r, struct buf *out);
void report_write_junit(const struct report *r, struct buf *out);
void report_write_html(const struct report *r, struct buf *out); /* whole, without scripts and without other files */

/* ---- for the writers ---- */

/* The finding's text, and how often it was found. */
void finding_write(const struct finding *f, struct buf *out);

/* An entry as text: a line, then what was sent and what was answered, each on one line or (whole) on as many as it
 * needs. Each line begins with indent. */
void exchange_write(const struct story *s, const json_t *e, const char *indent, bool whole, struct buf *out);

/* Text in XML and HTML, also between double quotes. What XML does not permit becomes U+FFFD. */
void markup_text(struct buf *out, struct str text);

#endif
