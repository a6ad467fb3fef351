/* SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of records that can be imported and exported: how they are detected, where they are stored, and the name of
 * their file.
 */
#ifndef HIRED_CLI_IMPORT_KIND_H
#define HIRED_CLI_IMPORT_KIND_H

#include <jansson.h>

#include "base/buf.h"
#include "base/record.h"
#include "store/db.h"

enum kind_store {
    KEPT_AS_USER,
    KEPT_AS_ORDER,
    KEPT_AS_INTERVIEW,
    KEPT_AS_CHECK,
    KEPT_AS_APPLICATION,
    KEPT_AS_EXTERNAL_APPLICATION,
    KEPT_AS_REFERENCE
};

struct item_kind {
    struct str name;   /* for --kind, and in table reference: "job_process" */
    struct str plural; /* in summaries, and the name of the exported file */
    enum kind_store store;
    struct str id_member;           /* "" for users, which have one of three */
    const struct record_type *type; /* its description in api/; NULL: no operation returns it yet */
    /* For kinds without rules: the members, at any depth, whose texts are users' ids; ended by NULL. */
    const char *const *user_members;
    struct str list_member; /* the list's name in data: "items" */
};

extern const struct item_kind item_kinds[];
extern const size_t n_item_kinds;

/* Returns NULL if there is none with that name. */
const struct item_kind *kind_find(struct str name);

/* Detects the kind by the item's members. Returns NULL if none matches. */
const struct item_kind *kind_recognise(const json_t *item);

/* Walks all records of a kind in a tenant, one page per statement, so that no read transaction lasts for the whole
 * walk. */
struct kind_walk {
    struct db_query query; /* at a row; columns as in the statements "Walks for an export" of cli.sql */
    struct db *db;
    int64_t tenant;
    const struct item_kind *kind;
    int64_t last_id;
    struct buf last_text; /* last id of users */
    int rows;             /* read of the current page */
    bool ended;           /* the page's query has ended */
};
void kind_walk_begin(struct kind_walk *w, struct db *db, int64_t tenant, const struct item_kind *kind);
int kind_walk_next(struct kind_walk *w); /* 1: a row, 0: no more, or a negative errno */
/* After the last row of a page: ends the read, so that the caller may pause before the next row. The row is gone. */
bool kind_walk_at_end_of_page(struct kind_walk *w);
void kind_walk_end(struct kind_walk *w);

#endif
