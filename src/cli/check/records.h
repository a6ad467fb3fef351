/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads stored documents and checks them: that each is whole and of its type, has its row's id, and that the files and
 * users that it names exist. For hired check, and for a server that does it in the background.
 */
#ifndef HIRED_CLI_CHECK_RECORDS_H
#define HIRED_CLI_CHECK_RECORDS_H

#include "store/db.h"

struct record_watch {
    /* Called between pages of at most 500 records, while no read is open, with the bytes of the documents since the
     * last call; may sleep. A result other than 0 ends the check. NULL: never called. */
    int (*pace)(void *ctx, size_t bytes);
    void (*finding)(void *ctx, struct str line); /* a sentence for each fault; names no person */
    void *ctx;
};

/* Checks every record of a tenant that hired export would write, and adds their number to *records. Returns 0, pace's
 * result, or a negative errno. */
int check_records(struct db *db, int64_t tenant, const struct record_watch *w, int64_t *records);

/* The same for the documents of all other tables, of all tenants (documents.c). */
int check_documents(struct db *db, const struct record_watch *w, int64_t *documents);

/* Both of them, for all tenants. */
int check_all_records(struct db *db, const struct record_watch *w, int64_t *records, int64_t *documents);

#endif
