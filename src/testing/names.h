/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds tenants, apps, operations and types of events for the operations of the test mode.
 */
#ifndef HIRED_TESTING_NAMES_H
#define HIRED_TESTING_NAMES_H

#include "gateway/call.h"

/* The internal id of the tenant with that key; 0 if key is absent or empty. Returns 0, or the value of call_fail if
 * there is no such tenant, or another negative errno. For handlers that wait. */
int names_tenant(struct call *c, struct str key, int64_t *ret);

/* The internal id of the app with that app_id, which must be installed in the tenant; results as above. */
int names_app(struct call *c, int64_t tenant, struct str app_id, int64_t *ret);

/* The operation of the open API with that name; results as above. */
int names_operation(struct call *c, struct str name, const struct op **ret);

/* Whether hired sends events of that type: 0, or the value of call_fail. */
int names_event(struct call *c, struct str type);

#endif
