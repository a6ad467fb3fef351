/* SPDX-License-Identifier: Apache-2.0
 *
 * Interfaces between the files that import records.
 */
#ifndef HIRED_CLI_IMPORT_INTERNAL_H
#define HIRED_CLI_IMPORT_INTERNAL_H

#include "cli/import/import.h"

/* Checks one item and, in the second pass, writes it within the open transaction. Errors in the item go to on_finding.
 * Returns 0, or a negative errno after an error message. */
int import_item(struct import *im, struct import_source *src, const struct answer_item *item,
                const struct item_kind *kind, json_t *value);

/* ---- findings (finding.c) ---- */

/* Reports that a member of the item is wrong; member: its dotted path. */
void import_complain(struct import *im, struct import_source *src, const struct answer_item *item, struct str member,
                     struct str reason);

/* Parses the item. Returns NULL after reporting an error; in the second pass it reports none, because the first pass
 * has accepted the item: the file has changed. */
json_t *import_parse_item(struct import *im, struct import_source *src, const struct answer_item *item);

/* ---- the journal (journal.c) ---- */

/* Notes within the open transaction that `taken` records are stored once it is committed; import_journal_clear() clears
 * the note within it, import_journal_end() in one of its own. All return 0 or a negative errno. */
int import_journal_note(struct import *im, int64_t taken);
int import_journal_clear(struct import *im);
int import_journal_end(struct import *im);

/* ---- members that api/ does not describe (undescribed.c) ---- */

/* Counts an occurrence. path: of the member within the item. */
void import_note_undescribed(struct import *im, const struct item_kind *kind, struct str path);

/* ---- cache of users' ids (users.c) ---- */

struct import_users *import_users_new(void);
struct import_users *import_users_free(struct import_users *uc);
void import_users_clear(struct import_users *uc);
int64_t import_users_get(const struct import_users *uc, struct str id); /* 0: unknown */
void import_users_put(struct import_users *uc, struct str id, int64_t uid);

#endif
