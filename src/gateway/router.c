/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds the operation of a method and a path with a hash table of literal paths and of the parts of paths before
 * their first parameter.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "gateway/router.h"

/* A whole literal path, or the part of a path before its first parameter, including the slash. A literal path never
 * ends with a slash, so the two kinds are never equal. */
struct place {
    struct str text;
    uint16_t first; /* index into next[], UINT16_MAX: free */
};

struct router {
    struct place *places;
    size_t cap;     /* number of places, a power of two */
    uint16_t *next; /* by operation: the next operation of the same place; UINT16_MAX: none */
};

#define HASH_START 14695981039346656037u

static uint64_t hash_add(uint64_t h, char c) {
    return (h ^ (unsigned char)c) * 1099511628211u;
}

static struct place *probe(const struct router *r, struct str text, uint64_t hash) {
    for (size_t i = (size_t)(hash ^ hash >> 32) & (r->cap - 1);; i = (i + 1) & (r->cap - 1))
        if (r->places[i].first == UINT16_MAX || str_eq(r->places[i].text, text))
            return &r->places[i];
}

static struct place *probe_whole(const struct router *r, struct str text) {
    uint64_t h = HASH_START;
    for (size_t i = 0; i < text.len; i++)
        h = hash_add(h, text.ptr[i]);
    return probe(r, text, h);
}

struct router *router_new(bool test) {
    struct router *r = mem_alloc(sizeof *r);
    for (r->cap = 64; r->cap < 2u * api_n_ops; r->cap *= 2)
        ;
    r->places = mem_alloc(r->cap * sizeof *r->places);
    for (size_t i = 0; i < r->cap; i++)
        r->places[i].first = UINT16_MAX;
    r->next = mem_alloc((api_n_ops + 1u) * sizeof *r->next);
    for (uint16_t i = 0; i < api_n_ops; i++) {
        struct str path = api_ops[i].path;
        if (api_ops[i].access == OP_TEST && !test)
            continue;
        size_t colon = str_find(path, ':');
        struct str text = colon == SIZE_MAX ? path : (struct str){path.ptr, colon};
        struct place *p = probe_whole(r, text);
        r->next[i] = p->first;
        *p = (struct place){text, i};
    }
    return r;
}

struct router *router_free(struct router *r) {
    if (r) {
        free(r->places);
        free(r->next);
        free(r);
    }
    return NULL;
}

/* Compares "/a/:b/c" with a path segment by segment and stores the parameters' values. */
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

/* Called for each operation whose path matches; false ends the walk. */
typedef bool (*visit_fn)(const struct op *op, const struct route *route, void *ctx);

static bool visit_place(const struct router *r, const struct place *p, struct str path, visit_fn visit, void *ctx) {
    struct route route = {0};
    for (uint16_t i = p->first; i != UINT16_MAX; i = r->next[i])
        if ((p->text.len == path.len || pattern_match(api_ops[i].path, path, &route)) &&
            !visit(&api_ops[i], &route, ctx))
            return false;
    return true;
}

/* Visits the operation with the literal path first, then those of each place where a parameter may begin. The path
 * is hashed in one pass, so the cost depends on the path and not on the number of operations. */
static void visit_path(const struct router *r, struct str path, visit_fn visit, void *ctx) {
    uint64_t h = HASH_START;
    if (path.len == 0)
        return;
    if (path.ptr[path.len - 1] != '/' && !visit_place(r, probe_whole(r, path), path, visit, ctx))
        return;
    for (size_t i = 0; i + 1 < path.len; i++) {
        h = hash_add(h, path.ptr[i]);
        struct str before = {path.ptr, i + 1};
        if (path.ptr[i] == '/' && !visit_place(r, probe(r, before, h), path, visit, ctx))
            return;
    }
}

struct finding {
    struct str method;
    struct route *route;
    bool is_path; /* some operation has the path, with any method */
};

static bool find_method(const struct op *op, const struct route *route, void *ctx) {
    struct finding *f = ctx;
    f->is_path = true;
    if (!str_eq(op->method, f->method))
        return true;
    *f->route = *route;
    f->route->op = op;
    return false;
}

static struct str trimmed(struct str path) {
    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

int router_find(const struct router *r, struct str method, struct str path, struct route *ret) {
    struct finding f = {.method = method, .route = ret};
    *ret = (struct route){0};
    visit_path(r, trimmed(path), find_method, &f);
    return ret->op ? 0 : f.is_path ? -EPERM : -ENOENT;
}

static bool add_method(const struct op *op, const struct route *route, void *ctx) {
    struct buf *allow = ctx;
    if (allow->len > 0 && memmem(allow->ptr, allow->len, op->method.ptr, op->method.len))
        return true; /* a literal path is preferred to one with parameters, so the first operation of a method stays */
    buf_add_str(allow, op->method);
    buf_add_str(allow, str_eq(op->method, STR("GET")) && !op->stream ? STR(", HEAD, ") : STR(", "));
    return true;
}

struct str router_methods(const struct router *r, struct str path, struct arena *a) {
    struct buf allow BUF_CLEANUP = BUF_EMPTY;
    visit_path(r, trimmed(path), add_method, &allow);
    if (allow.len == 0)
        return STR_ABSENT;
    buf_add_lit(&allow, "OPTIONS");
    return arena_dup(a, buf_str(&allow));
}
