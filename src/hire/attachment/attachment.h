/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments: uploaded files, and those that an import only names. The content of an uploaded one is a kept file of
 * the same id (store/files/files.h).
 */
#ifndef HIRED_HIRE_ATTACHMENT_ATTACHMENT_H
#define HIRED_HIRE_ATTACHMENT_ATTACHMENT_H

#include "api_types.h"
#include "hire/hire.h"

/* The first three are the API's; a report is one that a person uploaded for a check's record, and becomes that record's
 * with it (order_record). */
enum attachment_usage { ATTACHMENT_RESUME = 1, ATTACHMENT_WORK = 2, ATTACHMENT_OTHER = 3, ATTACHMENT_REPORT = 4 };

#define ATTACHMENT_NAME_MAX 255 /* bytes of a name */

struct attachment_row {
    int64_t id;
    struct str name; /* without folders and control characters */
    struct str mime;
    int64_t size;      /* bytes; -1: unknown */
    struct str sha256; /* hex; absent of an imported one */
    int usage;         /* enum attachment_usage; 0: unknown (an imported one) */
    int64_t created_ms;
    int64_t app;    /* that uploads it; 0: another. Only for attachment_add */
    struct str url; /* of an imported one: where the platform had it; absent: the file is kept here */
};

/* The name under which a file is kept, out of what its sender called it: without folders and control characters; of
 * one longer than ATTACHMENT_NAME_MAX the ending stays (".pdf") and what stands before it is cut; "file" if nothing is
 * left. In the arena. */
struct str attachment_name(struct arena *a, struct str sent);

/* What a file of that name is handed out as: by its ending, never something that a browser would run. */
struct str attachment_mime(struct str name);

/* Whether a browser may show that kind itself. */
bool attachment_is_shown(struct str mime);

/* created_ms 0: now. Returns 1, -EEXIST if the id is taken (nothing is changed then), or another negative errno. */
int attachment_add(struct hire *h, const struct attachment_row *in);

/* Returns 1 and the attachment (texts in the arena), 0 if there is none, or < 0. With h->only_app there are only those
 * that this app uploaded, and those that an order of its accounts names in a field. */
int attachment_find(struct hire *h, struct str id, struct attachment_row *ret);

/* Forgets one; its kept file stays for whoever took it over. */
int attachment_forget(struct hire *h, int64_t id);

#endif
