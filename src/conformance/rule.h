/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules by which a vendor's program is judged. A rule is a pure function over a story.
 */
#ifndef HIRED_CONFORMANCE_RULE_H
#define HIRED_CONFORMANCE_RULE_H

#include "conformance/story.h"

#define FINDINGS_MAX 20 /* of one rule; further ones are counted */
#define EVIDENCE_MAX 12

/* One thing that is wrong, and the exchange behind it. */
struct finding {
    struct str text;
    size_t times; /* how often the same was found; only the first EVIDENCE_MAX exchanges are kept */
    const json_t *evidence[EVIDENCE_MAX]; /* entries of the story, or its challenge */
    size_t n_evidence;
};

struct verdict {
    struct arena *arena;
    bool judged;    /* there was something to judge */
    bool left_out;  /* not judged, because its plays were not played */
    struct str why; /* why there was nothing to judge, or not all of it */
    struct finding findings[FINDINGS_MAX];
    size_t n_findings; /* may exceed FINDINGS_MAX */
};

enum outcome { RULE_PASSED, RULE_FAILED, RULE_NOT_JUDGED };

struct rule {
    const char *name;  /* stable */
    const char *says;  /* what the vendor's program must do, as a sentence */
    const char *doc;   /* where it is documented */
    unsigned plays;    /* bits of the plays that it is judged by */
    const char *needs; /* what must have happened for it to be judged */
    void (*judge)(const struct story *s, struct verdict *v);
};

extern const struct rule rules[];
extern const size_t n_rules;

/* NULL: there is none with that name. */
const struct rule *rule_find(struct str name);

/* Judges a story by one rule. The texts are in the arena; evidence is the story's. */
enum outcome rule_judge(const struct rule *r, const struct story *s, struct arena *a, struct verdict *ret);

/* ---- for rules ---- */

/* Adds a finding, or counts one with the same text, and returns it, for finding_show; the rule counts as judged. */
struct finding *verdict_find(struct verdict *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void finding_show(struct finding *f, const json_t *entry); /* NULL is ignored */

/* Says why it cannot be judged. */
void verdict_excuse(struct verdict *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
