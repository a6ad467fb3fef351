/* SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of records that can be imported and exported: how an item is recognised, where it is kept, what file it
 * goes to.
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
    struct str name;   /* in --kind and in the table reference: "job_process" */
    struct str plural; /* in summaries, and the name of the export's file */
    enum kind_store store;
    struct str id_member;           /* "" for users: any of three */
    const struct record_type *type; /* as api/ describes it; NULL: nothing answers it yet */
    /* Of kinds that are kept as they came: members, at any depth, whose texts are users' ids; ended by NULL. */
    const char *const *user_members;
    struct str list_member; /* of data: "items" */
};

extern const struct item_kind item_kinds[];
extern const size_t n_item_kinds;

/* By name, or NULL. */
const struct item_kind *kind_find(struct str name);

/* The kind of an item by what members it has, or NULL. */
const struct item_kind *kind_recognise(const json_t *item);

/* A walk over all of a tenant's records of a kind, page by page, so that no read lasts for as long as all of it does.
 */
struct kind_walk {
    struct db_query query; /* at a row: columns as in the statements "Walks for an export" of cli.sql */
    struct db *db;
    int64_t tenant;
    const struct item_kind *kind;
    int64_t last_id;
    struct buf last_text; /* of users */
    int rows;             /* of the page */
};
void kind_walk_begin(struct kind_walk *w, struct db *db, int64_t tenant, const struct item_kind *kind);
int kind_walk_next(struct kind_walk *w); /* 1: a row, 0: no more, or a negative errno */
void kind_walk_end(struct kind_walk *w);

#endif
