/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments: uploaded files, and files that an import only names. The content of an uploaded attachment is the kept
 * file with the same id (store/files/files.h).
 */
#ifndef HIRED_HIRE_ATTACHMENT_ATTACHMENT_H
#define HIRED_HIRE_ATTACHMENT_ATTACHMENT_H

#include "api_types.h"
#include "hire/hire.h"

/* The first three are the API's. ATTACHMENT_REPORT is a report that a person uploaded in order to record a finished
 * check; order_record() makes it a file of the order. */
enum attachment_usage { ATTACHMENT_RESUME = 1, ATTACHMENT_WORK = 2, ATTACHMENT_OTHER = 3, ATTACHMENT_REPORT = 4 };

#define ATTACHMENT_NAME_MAX 255 /* bytes of a name */

struct attachment_row {
    int64_t id;
    struct str name; /* without folders and control characters */
    struct str mime;
    int64_t size;      /* bytes; -1: unknown */
    struct str sha256; /* hex; absent for an imported attachment */
    int usage;         /* enum attachment_usage; 0: unknown (imported) */
    int64_t created_ms;
    int64_t app;    /* the app that uploads it; 0: uploaded by a person or imported. Read by attachment_add only */
    struct str url; /* for an imported attachment: its link at the platform; absent: the file is kept here */
};

/* Makes the stored name from the name that the sender gave: without folders, control characters and marks that change
 * the direction of text. A name longer than ATTACHMENT_NAME_MAX is cut before its ending (".pdf"). An empty result
 * becomes "file". In the arena. */
struct str attachment_name(struct arena *a, struct str sent);

/* The content type with which a file of that name is served. It follows from the ending and is never a type that a
 * browser executes. */
struct str attachment_mime(struct str name);

/* Whether a browser may show files of that type instead of saving them. */
bool attachment_is_shown(struct str mime);

/* Adds an attachment; created_ms 0: now. Returns 1, -EEXIST if another attachment has the id (nothing is changed),
 * or another negative errno. */
int attachment_add(struct hire *h, const struct attachment_row *in);

/* Returns 1 and the attachment (texts in the arena), 0 if there is none, or < 0. If h->only_app is set, only
 * attachments are found that this app uploaded or that a field of an order of its accounts names. */
int attachment_find(struct hire *h, struct str id, struct attachment_row *ret);

/* Deletes the row of an attachment. The kept file stays, because an order has taken it over. */
int attachment_forget(struct hire *h, int64_t id);

#endif
