/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the operation for a method and a path: a hash of literal paths, then the few with parameters, one by one.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "gateway/router.h"

struct literal {
    struct str path;
    uint16_t first; /* index into next[], UINT16_MAX: free */
};

struct router {
    struct literal *literals;
    size_t cap;          /* of literals, a power of two */
    uint16_t *next;      /* by op: the next one of the same literal path; UINT16_MAX: none */
    uint16_t *patterned; /* ops with parameters */
    size_t n_patterned;
};

static size_t path_hash(struct str path) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < path.len; i++)
        h = (h ^ (unsigned char)path.ptr[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static struct literal *literal_probe(const struct router *r, struct str path) {
    for (size_t i = path_hash(path) & (r->cap - 1);; i = (i + 1) & (r->cap - 1))
        if (r->literals[i].first == UINT16_MAX || str_eq(r->literals[i].path, path))
            return &r->literals[i];
}

struct router *router_new(void) {
    struct router *r = mem_alloc(sizeof *r);
    for (r->cap = 64; r->cap < 2u * api_n_ops; r->cap *= 2)
        ;
    r->literals = mem_alloc(r->cap * sizeof *r->literals);
    for (size_t i = 0; i < r->cap; i++)
        r->literals[i].first = UINT16_MAX;
    r->next = mem_alloc((api_n_ops + 1u) * sizeof *r->next);
    r->patterned = mem_alloc((api_n_ops + 1u) * sizeof *r->patterned);
    for (uint16_t i = 0; i < api_n_ops; i++) {
        if (str_find(api_ops[i].path, ':') != SIZE_MAX) {
            r->patterned[r->n_patterned++] = i;
            continue;
        }
        struct literal *l = literal_probe(r, api_ops[i].path);
        r->next[i] = l->first;
        *l = (struct literal){api_ops[i].path, i};
    }
    return r;
}

struct router *router_free(struct router *r) {
    if (r) {
        free(r->literals);
        free(r->next);
        free(r->patterned);
        free(r);
    }
    return NULL;
}

/* Matches "/a/:b/c" segment by segment and keeps what stands for the parameters. */
static bool pattern_match(struct str pattern, struct str path, struct route *ret) {
    ret->n_params = 0;
    while (!str_is_absent(pattern) && !str_is_absent(path)) {
        struct str want = str_cut(&pattern, '/'), have = str_cut(&path, '/');
        if (want.len > 0 && want.ptr[0] == ':') {
            if (have.len == 0 || ret->n_params == ROUTE_PARAMS_MAX)
                return false;
            ret->params[ret->n_params++] = have;
        } else if (!str_eq(want, have)) {
            return false;
        }
    }
    return str_is_absent(pattern) && str_is_absent(path);
}

/* The methods that the path has, for a 405. */
static struct str path_methods(const struct router *r, struct str path, struct arena *a) {
    struct buf allow BUF_CLEANUP = BUF_EMPTY;
    struct route scratch;
    for (uint16_t i = 0; i < api_n_ops; i++) {
        if (!str_eq(api_ops[i].path, path) && !pattern_match(api_ops[i].path, path, &scratch))
            continue;
        if (allow.len > 0)
            buf_add_lit(&allow, ", ");
        buf_add_str(&allow, api_ops[i].method);
    }
    return arena_dup(a, buf_str(&allow));
}

int router_find(const struct router *r, struct str method, struct str path, struct arena *a, struct route *ret) {
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    *ret = (struct route){0};
    for (uint16_t i = literal_probe(r, path)->first; i != UINT16_MAX; i = r->next[i])
        if (str_eq(api_ops[i].method, method)) {
            ret->op = &api_ops[i];
            return 0;
        }
    for (size_t i = 0; i < r->n_patterned; i++) {
        const struct op *op = &api_ops[r->patterned[i]];
        if (str_eq(op->method, method) && pattern_match(op->path, path, ret)) {
            ret->op = op;
            return 0;
        }
    }
    ret->allow = path_methods(r, path, a);
    return ret->allow.len > 0 ? -EPERM : -ENOENT;
}
