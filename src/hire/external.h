/* SPDX-License-Identifier: Apache-2.0
 *
 * What was brought in from other systems: external applications and their background checks.
 */
#ifndef HIRED_HIRE_EXTERNAL_H
#define HIRED_HIRE_EXTERNAL_H

#include "api_types.h"
#include "hire/hire.h"

/* Returns 1 if anything changed, 0 if it stands so already. */
int external_check_import(struct hire *h, struct external_background_check *in);

/* Walks by id behind after_id; external_application_id 0: all. Returns the number walked or < 0. */
typedef void (*external_check_fn)(void *ctx, int64_t id, struct str doc);
int external_check_list(struct hire *h, int64_t external_application_id, int64_t after_id, int limit,
                        external_check_fn fn, void *ctx);

/* One by id. Returns 1 or 0 or < 0. */
int external_check_get(struct hire *h, int64_t id, external_check_fn fn, void *ctx);

#endif
