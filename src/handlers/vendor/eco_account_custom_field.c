/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/eco_account_custom_fields: the fields that a vendor's customers fill in when they add an account.
 */
#include "api_handlers.h"
#include "handlers/handlers.h"
#include "hire/vendor/field.h"

int handle_eco_account_custom_field_create(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, account_fields_create(&h, c->app->id, c->body));
}

int handle_eco_account_custom_field_batch_update(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, account_fields_update(&h, c->app->id, c->body));
}

int handle_eco_account_custom_field_batch_delete(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, account_fields_delete(&h, c->app->id, c->body));
}
