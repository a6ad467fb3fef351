/* SPDX-License-Identifier: Apache-2.0
 *
 * What a robot does: scenarios, built in or from a file, and the rules by which a vendor's robot chooses one for an
 * order. docs/TESTING.md describes the file.
 */
#ifndef HIRED_ROBOT_SCENARIO_H
#define HIRED_ROBOT_SCENARIO_H

#include "base/arena.h"
#include "base/buf.h"

#define SCENARIO_FILE_MAX (1024 * 1024)
#define SCENARIOS_MAX 100
#define SCENARIO_STEPS_MAX 100
#define SCENARIO_RULES_MAX 1000
#define SCENARIO_FINDINGS_MAX 20
#define SCENARIO_AFTER_MAX_S (400 * 86400)

/* ---- a vendor's ---- */

enum step_kind {
    STEP_PROGRESS, /* update_progress */
    STEP_INTERIM,  /* update_progress with a report */
    STEP_FINAL,    /* update_result */
    STEP_CORRECT,  /* update_result once more, if the report was rejected or the request to approve it withdrawn */
    STEP_CANCEL,   /* cancel */
};

enum step_report {
    REPORT_PDF,  /* a PDF that is uploaded as an attachment */
    REPORT_PAGE, /* a preview page */
    REPORT_NONE,
};

struct step {
    enum step_kind kind;
    int64_t after_ms; /* after the event; not less than the step's before */
    struct str stage_name, stage_en_name, result, report_name;
    enum step_report report;
};

/* ---- a customer's ---- */

enum decision { DECIDE_APPROVE, DECIDE_REJECT, DECIDE_WITHDRAW };

/* After what the customer terminates the check. */
enum terminate_after { TERMINATE_NEVER, TERMINATE_ARRANGED, TERMINATE_PROGRESS, TERMINATE_INTERIM, TERMINATE_REPORT };

#define DECISIONS_MAX 20

struct scenario {
    struct str name, about;
    bool refuses_event; /* a vendor's: events of such orders are answered with 500 */
    struct step *steps;
    size_t n_steps;
    enum decision arrangement;
    enum decision reports[DECISIONS_MAX]; /* the first report, the next, ...; the last is for all further ones */
    size_t n_reports;
    enum terminate_after terminate;
    int64_t after_ms; /* a customer's: how long it takes for each act */
};

/* A rule applies if all that it names is equal. */
struct scenario_rule {
    struct str name; /* of the candidate, without regard to case of ASCII letters; absent: any */
    struct str package_id, account_id;
    size_t scenario;
};

enum scenario_kind { SCENARIOS_OF_VENDOR, SCENARIOS_OF_CUSTOMER };

struct scenarios {
    enum scenario_kind kind;
    struct scenario *v;
    size_t n;
    struct scenario_rule *rules;
    size_t n_rules;
    size_t otherwise; /* the scenario of orders to which no rule applies */
};

/* What is wrong with a file. */
struct scenario_finding {
    struct str path, reason; /* "scenarios[0].steps[1].do"; a sentence that says what is accepted */
    unsigned line, column;   /* 0: not known */
};
struct scenario_findings {
    struct scenario_finding v[SCENARIO_FINDINGS_MAX];
    size_t n; /* found; may exceed SCENARIO_FINDINGS_MAX */
};

/* Reads a file. A vendor's rules and scenarios come before the built-in ones, which stay available. Texts are in the
 * arena. Returns 0, or -EINVAL with findings. */
int scenarios_read(struct scenarios *ret, enum scenario_kind kind, struct str text, struct arena *a,
                   struct scenario_findings *findings);

/* The built-in ones, in the arena. */
void scenarios_built_in(struct scenarios *ret, enum scenario_kind kind, struct arena *a);

/* The text of the built-in ones, in the form of a file. Static. */
struct str scenarios_text(enum scenario_kind kind);

/* The scenario of that name, or NULL. */
const struct scenario *scenario_find(const struct scenarios *s, struct str name);

/* Says that there is no scenario of this name, and which there are. */
void scenario_unknown(const struct scenarios *s, struct str name, struct buf *out);

/* The scenario for an order. Texts may be absent where they are unknown. */
const struct scenario *scenario_choose(const struct scenarios *s, struct str name, struct str package_id,
                                       struct str account_id);

#endif
