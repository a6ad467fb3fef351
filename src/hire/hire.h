/* SPDX-License-Identifier: Apache-2.0
 *
 * The domain: what a tenant's recruiting is and how it may change. No HTTP, no wire names of codes, no driver.
 *
 * Functions return 0 or more, HIRE_REFUSED when a rule of the domain stands against what was asked (h->refusal says
 * which and, in a sentence, why), or another negative errno for a fault. After anything negative the caller undoes the
 * transaction; nothing needs cleaning up.
 */
#ifndef HIRED_HIRE_HIRE_H
#define HIRED_HIRE_HIRE_H

#include <errno.h>

#include "base/arena.h"
#include "base/reason.h"
#include "base/record.h"
#include "store/db.h"

#define HIRE_REFUSED (-ECANCELED)

#define HIRE_TIME_MAX INT64_C(9999999999999) /* the last time that hired knows, in milliseconds: the year 2286 */
#define HIRE_TIME_MIN INT64_C(946684800000)  /* 2000-01-01: no time that a client writes is before it */
#define HIRE_TIME_AHEAD_MS (366 * INT64_C(86400000)) /* nor further ahead of the clock than this */
#define HIRE_IMPORT_AHEAD_MS                                                                                           \
    INT64_C(86400000)      /* an imported record may have been changed that much ahead of the clock */
#define HIRE_NAME_MAX 500  /* characters of a name: of a stage, a report, a package, a person */
#define HIRE_TEXT_MAX 2000 /* characters of a result, a reason or a remark */
#define HIRE_KEY_MAX 200   /* characters of an id that the vendor chose */

enum hire_refusal {
    REFUSED_NOTHING,
    REFUSED_NO_ORDER,  /* the order does not exist, or is not the caller's to know */
    REFUSED_STATE,     /* the order's state does not allow it */
    REFUSED_PARAMETER, /* what was given breaks a rule */
    REFUSED_NO_TALENT,
    REFUSED_NO_APPLICATION,
    REFUSED_NO_STAGE,
    REFUSED_SIMILAR,        /* the talent has an active application to the same job */
    REFUSED_ONBOARDED,      /* the talent is onboarded already */
    REFUSED_LOCKED,         /* another application of the talent locks it */
    REFUSED_TARGET_STAGE,   /* nothing may move to that stage */
    REFUSED_MOVE,           /* the application may not move at all */
    REFUSED_PRESENT_STAGE,  /* nothing may move from that stage */
    REFUSED_TERMINATED,     /* the application is terminated already */
    REFUSED_NOT_TERMINATED, /* or is not yet */
    REFUSED_OTHER_EMPLOYEE, /* the talent is bound to another employee */
    REFUSED_OTHER_TALENT,   /* the employee is bound to another talent */
    REFUSED_NO_EMPLOYEE,
    REFUSED_NO_SOURCE, /* no such source of resumes */
};

enum hire_actor_kind { ACTOR_SYSTEM, ACTOR_APP, ACTOR_USER, ACTOR_OPERATOR /* the command line */ };

/* Who acts, where, when, and with what. Lives as long as one call. */
struct hire {
    struct db *db;
    struct arena *arena;
    int64_t now_ms; /* whoever changes something: the tenant's stamp (store/stamp.h), which may be ahead of the clock */
    int64_t tenant;
    enum hire_actor_kind actor_kind;
    int64_t actor_id;       /* of the app or user */
    int64_t only_app;       /* not 0: sees and changes the orders of this app's vendor accounts only */
    bool private_addresses; /* links to private addresses are accepted (configuration) */

    enum hire_refusal refusal;
    struct str why;       /* of the refusal, in the arena */
    struct reason reason; /* the same as a word, where a page has one for it */
};

/* Sets the refusal and returns HIRE_REFUSED. */
int hire_refuse(struct hire *h, enum hire_refusal refusal, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A REFUSED_PARAMETER with a word for it; the subject is in the arena, or STR_ABSENT. */
int hire_refuse_for(struct hire *h, enum reason_word word, struct str subject, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A time that is written into a record, as the wire has it in strings: milliseconds since 1970, HIRE_TIME_MIN to a year
 * after now. Refuses with the field's name, what was given, and a hint if it looks like seconds. */
int hire_time(struct hire *h, const char *field, struct str text, int64_t *ret);

/* The same for a time that the wire has as a number; 0 stands for none and is accepted. */
int hire_time_number(struct hire *h, const char *field, int64_t ms);

/* A time that writes nothing (a filter's bound), or that is part of an imported record: 0 to HIRE_TIME_MAX. Refuses
 * with the field's name. */
int hire_time_any(struct hire *h, const char *field, struct str text, int64_t *ret);

/* A text of at most max_chars characters; required: neither absent nor empty. Refuses with the field's name. */
int hire_bounded(struct hire *h, const char *field, struct str text, bool required, size_t max_chars);

/* An id as the wire writes it. Refuses with the field's name. */
int hire_id(struct hire *h, const char *field, struct str text, int64_t *ret);

/* When something is due at once: now, but not later than the clock says. */
int64_t hire_due_ms(const struct hire *h);

/* An imported record has this time of its last change. Refuses what is more than a day ahead; else later changes of the
 * tenant get greater stamps. */
int hire_imported_time(struct hire *h, const char *field, int64_t ms);
/* What that would refuse, without writing anything: 0, or HIRE_REFUSED. */
int hire_imported_time_check(struct hire *h, const char *field, int64_t ms);

/* A number as text in the arena. */
struct str hire_text(struct hire *h, int64_t value);

#endif
