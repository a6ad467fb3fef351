/* SPDX-License-Identifier: Apache-2.0
 *
 * The reason of a refusal as a word for programs. The console's pages translate it into the reader's language
 * (console/src/reasons.ts lists every word). Each refusal also has an English sentence.
 */
#ifndef HIRED_BASE_REASON_H
#define HIRED_BASE_REASON_H

#include "base/str.h"

/* The comment behind a word says what its subject is. */
#define REASONS(X)                                                                                                     \
    X(PERSON_NAME, "person_name")     /* candidate or contact */                                                       \
    X(PERSON_MOBILE, "person_mobile") /* the same */                                                                   \
    X(PERSON_EMAIL, "person_email")   /* the same */                                                                   \
    X(PERSON_REACH, "person_reach")   /* the same */                                                                   \
    X(CHECK_RUNNING, "check_running") /* the order that has not ended; detail: its application */                      \
    X(VENDOR_GONE, "vendor_gone")                                                                                      \
    X(PACKAGE_GONE, "package_gone")                                                                                    \
    X(ITEM_GONE, "item_gone")                                                                                          \
    X(FIELD_GONE, "field_gone")         /* the field's key */                                                          \
    X(FIELD_REQUIRED, "field_required") /* the same */                                                                 \
    X(FIELD_VALUE, "field_value")       /* the same */                                                                 \
    X(REPORT_GONE, "report_gone")                                                                                      \
    X(REPORT_NOT_PDF, "report_not_pdf")                                                                                \
    X(APPLICATION_ENDED, "application_ended")                                                                          \
    X(ROUND_TYPE_CLOSED, "round_type_closed")                                                                          \
    X(TIMES_ORDER, "times_order")                                                                                      \
    X(TIMES_LENGTH, "times_length")                                                                                    \
    X(INTERVIEW_ASSESSED, "interview_assessed")                                                                        \
    X(NOT_INTERVIEWER, "not_interviewer")                                                                              \
    X(ASSESSED_ALREADY, "assessed_already")                                                                            \
    X(ANSWER, "answer")             /* the question's id, or score_id or content */                                    \
    X(USER_TAKEN, "user_taken")     /* the name to sign in with */                                                     \
    X(USER_UNKNOWN, "user_unknown") /* the user_id */                                                                  \
    X(OWN_ACCOUNT, "own_account")                                                                                      \
    X(LAST_ADMIN, "last_admin")                                                                                        \
    X(LAST_ROLE, "last_role") /* the name to sign in with */                                                           \
    X(APP_SHARED, "app_shared")                                                                                        \
    X(ADDRESS_FORM, "address_form") /* what was given */                                                               \
    X(RECEIVER_URL, "receiver_url")                                                                                    \
    X(RECEIVER_KEY, "receiver_key")                                                                                    \
    X(RECEIVER_NONE, "receiver_none")                                                                                  \
    X(RECEIVER_BUSY, "receiver_busy")                                                                                  \
    X(RECEIVER_ADDRESS, "receiver_address")                                                                            \
    X(RECEIVER_SILENT, "receiver_silent")                                                                              \
    X(RECEIVER_UNREACHABLE, "receiver_unreachable") /* detail: what was met */                                         \
    X(RECEIVER_STATUS, "receiver_status")           /* the status; detail: how the answer began */                     \
    X(RECEIVER_ECHO, "receiver_echo")               /* detail: the same */                                             \
    X(RECEIVER_TOO_LONG, "receiver_too_long")       /* the limit in bytes */                                           \
    X(STALE, "stale")                               /* the version that stands now */                                  \
    X(WAIT, "wait")                                 /* seconds */

enum reason_word {
    REASON_NONE,
#define X(name, text) REASON_##name,
    REASONS(X)
#undef X
};

struct reason {
    enum reason_word word; /* REASON_NONE: there is no word for it, but the sentence */
    struct str subject;    /* what it is about, by the word; in an arena */
    struct str detail;     /* what others said, in their own words; in an arena */
};

/* "package_gone"; absent for REASON_NONE. */
struct str reason_text(enum reason_word word);

#endif
