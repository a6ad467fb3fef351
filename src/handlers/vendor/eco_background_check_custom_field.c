/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/eco_background_check_custom_fields: the fields of the form with which checks of an account are ordered.
 */
#include "api_handlers.h"
#include "handlers/handlers.h"
#include "hire/vendor/field.h"

/* The codes that the three operations document for wrong parameters. */
enum { CODE_CREATE = 1002855, CODE_UPDATE = 1002001, CODE_DELETE = 1002860 };

int handle_eco_background_check_custom_field_create(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire_as(c, &h, order_fields_create(&h, c->body), CODE_CREATE);
}

int handle_eco_background_check_custom_field_batch_update(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire_as(c, &h, order_fields_update(&h, c->body), CODE_UPDATE);
}

int handle_eco_background_check_custom_field_batch_delete(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire_as(c, &h, order_fields_delete(&h, c->body), CODE_DELETE);
}
