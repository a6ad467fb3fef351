/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports saved answers: all records of all files are checked before any is stored. Used by hired import and hired
 * demo.
 */
#ifndef HIRED_CLI_IMPORT_IMPORT_H
#define HIRED_CLI_IMPORT_IMPORT_H

#include <signal.h>

#include "cli/import/answer.h"
#include "cli/import/kind.h"
#include "cli/open.h"

struct import_source {
    struct answer answer;
    enum user_id_type type;             /* type of the user ids in it */
    const struct item_kind *kind;       /* NULL: detected for each item by its members */
    bool has_users, has_others;         /* set by the check pass */
    const struct item_kind *first_kind; /* of the first record; set by the check pass */
};

struct import_count {
    int64_t added, changed, same;
};

struct import_users;

/* A member of records of one kind that api/ does not describe. */
struct import_undescribed {
    const struct item_kind *kind;
    struct str path; /* of the member, list indices as []: "process_info_list[].colour" */
    int64_t times;
};
#define UNDESCRIBED_MAX 50 /* further members are only counted, together */

struct import {
    struct cli *cli;
    int64_t tenant;
    struct user_view view;
    bool gentle;       /* pauses between transactions, so that a server on the same database can write */
    bool progress;     /* shown on standard error */
    const char *label; /* names the import in the journal, for import_journal_tell() of a later run; NULL: no journal */
    const volatile sig_atomic_t *stop; /* once it is set, the import ends with -EINTR; NULL: never */

    struct import_count *counts; /* one for each of item_kinds */
    /* Called for every error that is shown, in the order of the files. */
    void (*on_finding)(struct import *im, const struct finding *f);
    size_t findings;
    int64_t records;                                        /* number found by the check pass */
    int64_t taken;                                          /* number of records that are committed */
    void *ctx;                                              /* for on_finding */
    struct import_undescribed undescribed[UNDESCRIBED_MAX]; /* in order of first occurrence */
    size_t n_undescribed;
    int64_t undescribed_more; /* occurrences of the members beyond UNDESCRIBED_MAX */

    /* private */
    enum user_id_type type; /* of the current source */
    struct import_users *users;
    struct arena scratch; /* reset after each item */
    int in_chunk;         /* items in the open transaction */
    int64_t chunk_begun_ms;
    bool keep; /* the second pass */
    uint64_t bytes_all, bytes_done;
    int64_t progress_ms, begun_ms;
};

/* Sets the private members. app: the app whose open_ids and union_ids the sources hold; NULL: they hold user_ids only.
 */
void import_begin(struct import *im, struct cli *c, const struct tenant_row *tenant, const struct app_row *app);
void import_end(struct import *im);

#define FINDINGS_SHOWN 50 /* of further errors only the number is kept */

/* Checks all sources. Returns 0 even if there are findings, or a negative errno after an error message. */
int import_check(struct import *im, struct import_source *sources, size_t n);

/* Checks all sources and, if there are no findings, imports them. Returns 0; -EINVAL if there are findings (nothing is
 * imported); -EINTR if it was stopped; -ESTALE if a file has changed since the check; or another negative errno after
 * an error message. In the last three cases im->taken records are stored. */
int import_run(struct import *im, struct import_source *sources, size_t n);

/* Shows the progress on standard error if im->progress is set; last: removes it. */
void import_show_progress(struct import *im, bool last);

/* Counts a finding, and passes it to on_finding if it is one of the first FINDINGS_SHOWN. */
void import_tell(struct import *im, const struct finding *f);

/* If an earlier import was interrupted, prints on standard error how many records it has stored (journal.c). While
 * another process imports, that is what it has stored so far. */
void import_journal_tell(struct cli *c);

/* Both list the members that api/ does not describe with their numbers of occurrences; they write nothing if there are
 * none (undescribed.c). */
void import_warn_undescribed(const struct import *im);
void import_write_undescribed(const struct import *im, struct buf *out); /* adds a member to the open JSON object */

#endif
