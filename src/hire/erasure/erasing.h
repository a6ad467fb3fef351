/* SPDX-License-Identifier: Apache-2.0
 *
 * For src/hire/erasure only: an erasure in progress. All functions write nothing if e->look is set. They return 0, or
 * < 0 as the domain does, where nothing else is said.
 */
#ifndef HIRED_HIRE_ERASURE_ERASING_H
#define HIRED_HIRE_ERASURE_ERASING_H

#include "hire/erasure/erasure.h"
#include "hire/reference/card.h"

struct erasing {
    struct hire *h;
    int64_t talent;
    bool look;            /* only count, write nothing */
    bool known;           /* a record of the talent exists */
    struct id_list files; /* files that were already counted */
    size_t files_cap;
    struct erasure_counts n;
};

void erasing_list_put(struct arena *a, struct id_list *l, size_t *cap, int64_t id);

/* Appends the first column of the rows of a statement whose parameters are tenant and id. */
int erasing_gather(struct hire *h, enum db_statement which, int64_t id, struct id_list *ret);

/* Run a statement that writes and whose parameters are tenant and id. */
int erasing_run_by_id(struct erasing *e, enum db_statement which, int64_t id);
int erasing_run_by_text(struct erasing *e, enum db_statement which, struct str id);

/* Removes the texts that people wrote about a record from the audit log. */
int erasing_forget_audit(struct erasing *e, int64_t id);

/* ---- files.c ---- */

/* Erases the attachments that a record names. */
int erasing_attachments(struct erasing *e, struct str doc);

/* Erases the report files of an order. */
int erasing_reports(struct erasing *e, int64_t order);

/* ---- kept.c: records that are kept as one doc ---- */

struct kept_kind {
    const struct record_type *type;
    enum db_statement get, put;
    enum db_column doc; /* of the row of the statement get */
    int *count;
};

/* The doc without personal data, in the arena. */
int erasing_strip(struct erasing *e, const struct record_type *type, struct str doc, struct str *ret);

/* Writes a doc, also if e->look is set. */
int erasing_write_doc(struct erasing *e, enum db_statement which, int64_t id, struct str doc);

/* Erase the personal data of records and of the attachments that they name, and count those that change. */
int erasing_kept(struct erasing *e, const struct kept_kind *k, int64_t id);
int erasing_all_kept(struct erasing *e, const struct kept_kind *k, const struct id_list *ids);

#endif
