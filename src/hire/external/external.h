/* SPDX-License-Identifier: Apache-2.0
 *
 * What was brought in from other systems: external applications and their background checks.
 */
#ifndef HIRED_HIRE_EXTERNAL_EXTERNAL_H
#define HIRED_HIRE_EXTERNAL_EXTERNAL_H

#include "api_types.h"
#include "hire/hire.h"

/* Returns 1 if anything changed, 0 if it stands so already. */
int external_check_import(struct hire *h, struct external_background_check *in);
/* What that would refuse, without writing anything: 0, or HIRE_REFUSED. */
int external_check_import_check(struct hire *h, const struct external_background_check *in);

/* Walks by id behind after_id; external_application_id 0: all. Returns the number walked or < 0. */
typedef void (*external_check_fn)(void *ctx, int64_t id, struct str doc);
int external_check_list(struct hire *h, int64_t external_application_id, int64_t after_id, int limit,
                        external_check_fn fn, void *ctx);

/* One by id. Returns 1 or 0 or < 0. */
int external_check_get(struct hire *h, int64_t id, external_check_fn fn, void *ctx);

/* What creates takes an external_id (absent or "": none): within EXTERNAL_KEY_MS of a creation under it no other takes
 * place, and *in becomes what was created then, as it stands now. Refuses if that was deleted since. Keys of
 * applications and checks are apart. */
#define EXTERNAL_KEY_MS (24 * INT64_C(3600000))
enum external_kind { EXTERNAL_APPLICATION = 1, EXTERNAL_CHECK = 2 };

/* The talent must exist: REFUSED_NO_TALENT. in->id is set. */
int external_application_create(struct hire *h, struct str external_id, struct external_application *in);

/* Replaces all of it; in->id is set. REFUSED_PARAMETER: no such application; REFUSED_NO_TALENT. */
int external_application_update(struct hire *h, struct str id, struct external_application *in);

/* Its checks go with it. talent_id absent or "": not asked for; else it must be its. */
int external_application_delete(struct hire *h, struct str id, struct str talent_id, struct external_application *ret);

/* Walks a talent's by id; returns the number walked, or < 0; REFUSED_NO_TALENT. */
int external_application_list(struct hire *h, struct str talent_id, int64_t after_id, int limit, external_check_fn fn,
                              void *ctx);

/* in->external_application_id must name one, and each attachment must exist: REFUSED_PARAMETER. in->id and
 * in->attachment_list are set. */
int external_check_create(struct hire *h, struct str external_id, const struct str_list *attachments,
                          struct external_background_check *in);
int external_check_update(struct hire *h, struct str id, const struct str_list *attachments,
                          struct external_background_check *in);
int external_check_delete(struct hire *h, struct str id);

#endif
