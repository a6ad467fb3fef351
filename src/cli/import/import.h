/* SPDX-License-Identifier: Apache-2.0
 *
 * Importing saved answers: everything of all files is checked before anything is kept. hired import and hired demo use
 * it.
 */
#ifndef HIRED_CLI_IMPORT_IMPORT_H
#define HIRED_CLI_IMPORT_IMPORT_H

#include <signal.h>

#include "cli/import/answer.h"
#include "cli/import/kind.h"
#include "cli/open.h"

struct import_source {
    struct answer answer;
    enum user_id_type type;             /* which kind of user ids it holds */
    const struct item_kind *kind;       /* NULL: each item is recognised by its members */
    bool has_users, has_others;         /* set by the check */
    const struct item_kind *first_kind; /* of its first record; likewise */
};

struct import_count {
    int64_t added, changed, same;
};

struct import_users;

/* A member that api/ does not describe, of records of one kind. */
struct import_undescribed {
    const struct item_kind *kind;
    struct str path; /* of the member, lists as []: "process_info_list[].colour" */
    int64_t times;
};
#define UNDESCRIBED_MAX 50 /* further ones are counted together */

struct import {
    struct cli *cli;
    int64_t tenant;
    struct user_view view;
    bool gentle;       /* lets a server that runs on the same database write in between */
    bool progress;     /* on standard error */
    const char *label; /* of what is imported, for import_journal_tell of a later run; NULL: it is not noted */
    const volatile sig_atomic_t *stop; /* once it is set, the import ends with -EINTR; NULL: never */

    struct import_count *counts; /* for each of item_kinds */
    /* Told each thing that is wrong, in the order of the files. */
    void (*on_finding)(struct import *im, const struct finding *f);
    size_t findings;
    int64_t records;                                        /* found by the check */
    int64_t taken;                                          /* of them, records that are kept for good */
    void *ctx;                                              /* of on_finding */
    struct import_undescribed undescribed[UNDESCRIBED_MAX]; /* in the order in which they were met */
    size_t n_undescribed;
    int64_t undescribed_more; /* how often others were met */

    /* its own */
    enum user_id_type type; /* of the source under way */
    struct import_users *users;
    struct arena scratch; /* of one item */
    int in_chunk;         /* items in the open transaction */
    int64_t chunk_begun_ms;
    bool keep; /* the second pass */
    uint64_t bytes_all, bytes_done;
    int64_t progress_ms, begun_ms;
};

/* Fills in what is not the caller's choice. app: whose open_ids and union_ids the sources hold; NULL: they hold
 * user_ids only. */
void import_begin(struct import *im, struct cli *c, const struct tenant_row *tenant, const struct app_row *app);
void import_end(struct import *im);

#define FINDINGS_SHOWN 50 /* of further ones only their number is known */

/* Checks all sources: 0, whatever was found, or another negative errno after telling. */
int import_check(struct import *im, struct import_source *sources, size_t n);

/* Checks all sources; if nothing is wrong, imports them. Returns 0; -EINVAL if findings were told (nothing is
 * imported); -EINTR if it was stopped, and -ESTALE if a file is not any more what was checked (im->taken records are
 * kept); or another negative errno after telling (likewise). */
int import_run(struct import *im, struct import_source *sources, size_t n);

/* ---- between import.c and item.c ---- */

/* Within the open transaction, checks one item and writes it. What is wrong with it goes to on_finding. Returns 0, or a
 * negative errno for a fault. */
int import_item(struct import *im, struct import_source *src, const struct answer_item *item,
                const struct item_kind *kind, json_t *value);

void import_complain(struct import *im, struct import_source *src, const struct answer_item *item, struct str member,
                     struct str reason);

void import_show_progress(struct import *im, bool last);

/* ---- how far it has come (journal.c) ---- */

/* Within the transaction that keeps them: taken records are kept by then. Both return 0 or < 0. */
int import_journal_note(struct import *im, int64_t taken);
int import_journal_end(struct import *im);

/* Says on standard error what an import that was broken off has left, if there was one. */
void import_journal_tell(struct cli *c);

/* The internal id of a user named in an item; made if it is not known. Returns 0, or -EINVAL after complaining, or a
 * fault. */
int import_user(struct import *im, struct str id, struct str zh_name, struct str en_name, int64_t *ret_uid,
                struct str *ret_why);

/* Counts a member that api/ does not describe. */
void import_note_undescribed(struct import *im, const struct item_kind *kind, struct str path);

/* Both say once for each such member how often it came; nothing if there was none. */
void import_warn_undescribed(const struct import *im);
void import_write_undescribed(const struct import *im, struct buf *out); /* a member of the JSON object under way */

struct import_users *import_users_new(void);
struct import_users *import_users_free(struct import_users *uc);
void import_users_clear(struct import_users *uc);
int64_t import_users_get(const struct import_users *uc, struct str id); /* 0: not known */
void import_users_put(struct import_users *uc, struct str id, int64_t uid);

#endif
