/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the operation for a method and a path.
 */
#ifndef HIRED_GATEWAY_ROUTER_H
#define HIRED_GATEWAY_ROUTER_H

#include "base/arena.h"
#include "gateway/op.h"

struct router;

struct router *router_new(void); /* of api_ops */
struct router *router_free(struct router *r);

#define ROUTE_PARAMS_MAX 4

struct route {
    const struct op *op;
    struct str params[ROUTE_PARAMS_MAX]; /* still percent-encoded, in the order of the path */
    size_t n_params;
    struct str allow; /* with -EPERM: the methods the path has, in the arena */
};

/* A literal path wins over one with parameters; one slash at the end is overlooked. Returns 0, -ENOENT (no such path) or
 * -EPERM (not with this method). */
int router_find(const struct router *r, struct str method, struct str path, struct arena *a, struct route *ret);

#endif
