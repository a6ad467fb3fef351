/* SPDX-License-Identifier: Apache-2.0
 *
 * The demo's recent past, shared by the files that make it.
 */
#ifndef HIRED_CLI_DEMO_DAYS_H
#define HIRED_CLI_DEMO_DAYS_H

#include "cli/demo/demo.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define MINUTE_MS INT64_C(60000)
#define VENDORS 3
#define CHECKS_MAX 64
#define STEPS_MAX (CHECKS_MAX * 5)
#define DELIVERIES_MAX 128

struct offer {
    const char *id, *name, *description;
};

struct vendor {
    const char *provider; /* English name, as in orders */
    int share;            /* in ten checks */
    int hours, spread;    /* time to a result: minimum, and largest addition */
    struct offer packages[4], items[4];
};

extern const struct vendor demo_vendors[VENDORS];

enum step_kind { ARRANGE, PROGRESS, INTERIM, RESULT, CANCEL, TERMINATE };

struct check {
    const struct vendor *vendor;
    int64_t account, application, order, arranged_ms;
    int n;
    bool waits; /* an approval is pending: no further steps */
};

struct step {
    int64_t at_ms;
    enum step_kind kind;
    struct check *check;
};

struct days {
    struct cli *cli;
    const struct demo_days *d;
    struct hire h;
    int64_t now_ms, accounts[VENDORS], recruiter, arranger; /* the recruiter as a user, and their console account */
    struct check checks[CHECKS_MAX];
    size_t n_checks, n_steps;
    struct step steps[STEPS_MAX];
};

/* A pseudo-random number below span, the same in every run. */
static inline int64_t demo_jitter(int n, int salt, int64_t span) {
    uint64_t x = (uint64_t)(n * 131 + salt * 977 + 1) * UINT64_C(0x9E3779B97F4A7C15);

    x ^= x >> 29;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    return (int64_t)((x >> 33) % (uint64_t)span);
}

/* All of these return 0 (or more), or a negative errno. */

/* Pushes the packages of demo_vendors[v], and the first vendor's fields, as its app would. */
int demo_push_offers(struct hire *h, int v, int64_t account);

/* Takes the planned steps, which are in order of time. */
int demo_take_steps(struct days *w);

/* Writes the answers of the vendor's receiver to the events of the steps. */
int demo_record_deliveries(struct days *w);

#endif
