/* SPDX-License-Identifier: Apache-2.0
 *
 * One record on its way into the database: shared by the files that check and store records.
 */
#ifndef HIRED_CLI_IMPORT_ITEM_H
#define HIRED_CLI_IMPORT_ITEM_H

#include "cli/import/internal.h"

struct item {
    struct import *im;
    struct import_source *src;
    const struct answer_item *place;
    const struct item_kind *kind;
    json_t *value;
    int64_t id; /* of kinds with numeric ids */
    size_t findings_before;
};

/* ---- members (item_members.c); what is wrong is reported as a finding ---- */

/* Reports that a member of the item is wrong; member: its dotted path. */
void item_complain(const struct item *it, struct str member, struct str reason);

struct str item_text(const json_t *value); /* absent if it is not a text */

/* Reads a required text member of 1 to max bytes. Absent after a finding. */
struct str item_require_text(struct item *it, const char *name, size_t max);

/* Reads a number, also one in text form; 0 if the member is absent. */
int64_t item_optional_int(struct item *it, const char *name);

/* Reads the required id of an order, an application ...: a number as text. 0 after a finding. */
int64_t item_require_id(struct item *it, const char *name);

/* Callback of record_read_answer() for members that api/ does not describe; ctx is the item. */
void item_note_undescribed(void *ctx, struct str path);

/* Counts the stored item as new, changed or unchanged. */
void item_count(struct item *it, bool existed, int changed);

/* ---- users (item_user_ids.c) ---- */

/* Callback of record_each_user(): replaces a user's id from the file by the internal id, and creates the user if it is
 * unknown; "" stays. ctx is the item. Returns 0, also after a finding, or a negative errno. */
int item_map_user(void *ctx, struct str *value, struct str path);

/* ---- stored form (item_stored.c) ---- */

/* Writes the stored form of a value of a kind without rules. path: of the value within the item; user: its texts are
 * users' ids. Returns 0, also after findings, or a negative errno. */
int item_write_stored(struct item *it, const json_t *value, bool user, struct str path, struct buf *out);

/* ---- by kind; each checks the item and, in the second pass, stores it. Return 0, also after findings, or < 0. ---- */

int item_keep_user(struct item *it);
int item_keep_typed(struct item *it);   /* orders, interviews, external checks: by the domain's rules */
int item_keep_untyped(struct item *it); /* applications and reference data: as they are */

#endif
