/* SPDX-License-Identifier: Apache-2.0
 *
 * The domain: a tenant's recruiting records and the rules for changing them. No HTTP, no wire names of codes, no
 * database driver.
 *
 * Functions return 0 or more, HIRE_REFUSED when a rule of the domain refuses the request (h->refusal has the kind and,
 * in a sentence, the reason), or another negative errno for a fault. After a negative result the caller rolls the
 * transaction back; nothing else needs cleaning up.
 */
#ifndef HIRED_HIRE_HIRE_H
#define HIRED_HIRE_HIRE_H

#include <errno.h>

#include "base/arena.h"
#include "base/reason.h"
#include "base/record.h"
#include "store/db.h"

#define HIRE_REFUSED (-ECANCELED)

#define HIRE_TIME_MAX INT64_C(9999999999999) /* the latest time that hired accepts, in milliseconds: the year 2286 */
#define HIRE_TIME_MIN INT64_C(946684800000)  /* 2000-01-01: the earliest time that a client may write */
/* how far ahead of the clock a time that a client writes may be */
#define HIRE_TIME_AHEAD_MS (366 * INT64_C(86400000))
#define HIRE_IMPORT_AHEAD_MS                                                                                           \
    INT64_C(86400000)      /* how far ahead of the clock the update time of an imported record may be */
#define HIRE_NAME_MAX 500  /* characters of a name: of a stage, a report, a package, a person */
#define HIRE_TEXT_MAX 2000 /* characters of a result, a reason or a remark */
#define HIRE_KEY_MAX 200   /* characters of an id that the vendor chose */

enum hire_refusal {
    REFUSED_NOTHING,
    REFUSED_NO_ORDER,  /* the order does not exist, or the caller may not read it */
    REFUSED_STATE,     /* the order's state does not allow the action */
    REFUSED_PARAMETER, /* a parameter breaks a rule */
    REFUSED_NO_TALENT,
    REFUSED_NO_APPLICATION,
    REFUSED_NO_STAGE,
    REFUSED_SIMILAR,        /* the talent has an active application to the same job */
    REFUSED_ONBOARDED,      /* the talent is onboarded already */
    REFUSED_LOCKED,         /* another application of the talent locks it */
    REFUSED_TARGET_STAGE,   /* no application may move to that stage */
    REFUSED_MOVE,           /* the application may not move at all */
    REFUSED_PRESENT_STAGE,  /* an application may not leave the stage where it is */
    REFUSED_TERMINATED,     /* the application is terminated already */
    REFUSED_NOT_TERMINATED, /* the application is not terminated */
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
    int64_t now_ms; /* for changes: the tenant's stamp (store/stamp.h), which may be ahead of the clock */
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

/* Refuses with REFUSED_PARAMETER and a machine-readable reason word; the subject is in the arena, or STR_ABSENT. */
int hire_refuse_for(struct hire *h, enum reason_word word, struct str subject, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads a time that will be stored in a record and that the wire has as a string: milliseconds since 1970, from
 * HIRE_TIME_MIN to a year after now. A refusal names the field and the given text, and has a hint if the time looks
 * like seconds. */
int hire_time(struct hire *h, const char *field, struct str text, int64_t *ret);

/* Checks in the same way a time that the wire has as a number. 0 means "no time" and is accepted. */
int hire_time_number(struct hire *h, const char *field, int64_t ms);

/* Reads a time that is not stored (the bound of a filter) or that is part of an imported record: 0 to HIRE_TIME_MAX.
 * A refusal names the field. */
int hire_time_any(struct hire *h, const char *field, struct str text, int64_t *ret);

/* Checks that a text has at most max_chars characters and, if required, is neither absent nor empty. A refusal names
 * the field. */
int hire_bounded(struct hire *h, const char *field, struct str text, bool required, size_t max_chars);

/* Reads an id as the wire writes it. A refusal names the field. */
int hire_id(struct hire *h, const char *field, struct str text, int64_t *ret);

/* The due time of work that is to be done at once: h->now_ms, but at most the clock's time, because a stamp may be
 * ahead of the clock. */
int64_t hire_due_ms(const struct hire *h);

/* Takes the update time of an imported record. Refuses a time of more than a day ahead of the clock. Otherwise
 * raises the tenant's stamp, so that later changes get greater times. */
int hire_imported_time(struct hire *h, const char *field, int64_t ms);
/* Whether hire_imported_time would accept the time: 0, or HIRE_REFUSED. Writes nothing. */
int hire_imported_time_check(struct hire *h, const char *field, int64_t ms);

/* A number as decimal text in the arena. */
struct str hire_text(struct hire *h, int64_t value);

#endif
