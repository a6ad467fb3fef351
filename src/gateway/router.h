/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the operation for a method and a path.
 */
#ifndef HIRED_GATEWAY_ROUTER_H
#define HIRED_GATEWAY_ROUTER_H

#include "base/arena.h"
#include "gateway/op.h"

struct router;

/* For the operations in api_ops; without test, those of the test mode do not exist. */
struct router *router_new(bool test);
struct router *router_free(struct router *r);

#define ROUTE_PARAMS_MAX 4

struct route {
    const struct op *op;
    struct str params[ROUTE_PARAMS_MAX]; /* the values of the path's parameters, still percent-encoded, in the order
                                          * of the path */
    size_t n_params;
};

/* A literal path is preferred to one with parameters; one slash at the end is ignored. Returns 0, -ENOENT (no such
 * path) or -EPERM (the path has no such method). ret->params point into path. */
int router_find(const struct router *r, struct str method, struct str path, struct route *ret);

/* The methods that the path has, for an Allow header ("GET, HEAD, OPTIONS"), in the arena; absent: no such path. */
struct str router_methods(const struct router *r, struct str path, struct arena *a);

#endif
