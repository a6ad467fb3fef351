/* SPDX-License-Identifier: Apache-2.0
 *
 * Records from other systems: external applications and their background checks.
 */
#ifndef HIRED_HIRE_EXTERNAL_EXTERNAL_H
#define HIRED_HIRE_EXTERNAL_EXTERNAL_H

#include "api_types.h"
#include "hire/hire.h"

/* Stores a check from an import. Returns 1 if anything changed, 0 if the same check was stored already. */
int external_check_import(struct hire *h, struct external_background_check *in);
/* Whether external_check_import would accept it: 0, or HIRE_REFUSED. Writes nothing. */
int external_check_import_check(struct hire *h, const struct external_background_check *in);

/* Calls fn for each check with an id greater than after_id, in the order of the ids, at most limit times;
 * external_application_id 0: of all applications. Returns the number of calls or < 0. */
typedef void (*external_check_fn)(void *ctx, int64_t id, struct str doc);
int external_check_list(struct hire *h, int64_t external_application_id, int64_t after_id, int limit,
                        external_check_fn fn, void *ctx);

/* Calls fn with the check of that id. Returns 1, 0 (there is none) or < 0. */
int external_check_get(struct hire *h, int64_t id, external_check_fn fn, void *ctx);

/* The create functions take an external_id (absent or "": none) as an idempotency key. For EXTERNAL_KEY_MS after a
 * creation with a key, a further call with the same key creates nothing and sets *in to the record as it is now. It
 * is refused if that record was deleted meanwhile. Applications and checks have separate keys. */
#define EXTERNAL_KEY_MS (24 * INT64_C(3600000))
enum external_kind { EXTERNAL_APPLICATION = 1, EXTERNAL_CHECK = 2 };

/* Creates an application and sets in->id. The talent must exist: REFUSED_NO_TALENT. */
int external_application_create(struct hire *h, struct str external_id, struct external_application *in);

/* Replaces the whole application and sets in->id. REFUSED_PARAMETER: no such application; REFUSED_NO_TALENT. */
int external_application_update(struct hire *h, struct str id, struct external_application *in);

/* Deletes the application and its checks. If talent_id is neither absent nor "", the application must be that
 * talent's. */
int external_application_delete(struct hire *h, struct str id, struct str talent_id, struct external_application *ret);

/* Calls fn for each application of a talent with an id greater than after_id, in the order of the ids, at most limit
 * times. Returns the number of calls, or < 0; REFUSED_NO_TALENT. */
int external_application_list(struct hire *h, struct str talent_id, int64_t after_id, int limit, external_check_fn fn,
                              void *ctx);

/* The application in->external_application_id and each attachment must exist: REFUSED_PARAMETER. Sets in->id and
 * in->attachment_list. */
int external_check_create(struct hire *h, struct str external_id, const struct str_list *attachments,
                          struct external_background_check *in);
int external_check_update(struct hire *h, struct str id, const struct str_list *attachments,
                          struct external_background_check *in);
int external_check_delete(struct hire *h, struct str id);

#endif
