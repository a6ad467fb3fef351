/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/eco_background_check_packages: the packages that can be ordered from an account.
 */
#include "api_handlers.h"
#include "handlers/handlers.h"
#include "hire/vendor/package.h"

/* The codes for wrong parameters. */
enum { CODE_CREATE = 1002001, CODE_UPDATE = 1002001, CODE_DELETE = 1002859 };

int handle_eco_background_check_package_create(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire_as(c, &h, packages_create(&h, c->body), CODE_CREATE);
}

int handle_eco_background_check_package_batch_update(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire_as(c, &h, packages_update(&h, c->body), CODE_UPDATE);
}

int handle_eco_background_check_package_batch_delete(struct call *c) {
    struct hire h = hire_of(c);
    return call_from_hire_as(c, &h, packages_delete(&h, c->body), CODE_DELETE);
}
