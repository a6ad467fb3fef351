/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of a single document. Shared by the files that read them.
 */
#ifndef HIRED_CLI_CHECK_DOCUMENT_H
#define HIRED_CLI_CHECK_DOCUMENT_H

#include "base/record.h"
#include "cli/check/records.h"

#define KNOWN_USERS 1024 /* a power of two */

struct checking {
    struct db *db;
    const struct record_watch *watch;
    int64_t tenant; /* of the current document */
    size_t bytes;   /* of documents since the last call of pace */
    struct {
        int64_t tenant, id; /* 0: empty */
    } users[KNOWN_USERS];   /* that exist */
    struct arena scratch;   /* reset after each document */
};

/* Passes a sentence on. */
void checking_tell(struct checking *ck, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Calls pace. Returns its result. */
int checking_pace(struct checking *ck);

/* Checks a document. what: "interview 7612" for sentences. type NULL: it only has to be an object. ret_record: takes
 * the record of type (in ck->scratch), or NULL. Returns 1 if it can be read, 0 after a finding, or a negative errno. */
int document_check(struct checking *ck, struct str what, const struct record_type *type, struct str doc,
                   void **ret_record);

#endif
