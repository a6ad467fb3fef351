/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: which table or index a page of the file belongs to. All leaves of a b-tree have the same depth, so
 * only its inner pages are read. Each page is taken once, so the walk ends on any file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/sqlite/format.h"
#include "store/sqlite/pages.h"

#define DEPTH_MAX 20 /* SQLite's own bound */

struct page_owners {
    uint32_t pages;
    uint16_t *owner; /* of page n at [n]: index into names; 0: not known */
    char **names;    /* from 1 on */
    size_t n_names;
    size_t page_size, usable;
    page_read_fn read;
    void *ctx;
};

static const unsigned char *head_of(const unsigned char *page, uint32_t number) {
    return page + (number == 1 ? FILE_HEADER : 0);
}

static bool is_inner(const unsigned char *head) {
    return head[0] == 2 || head[0] == 5;
}

/* Child i of an inner page; 0: there is none. */
static uint32_t child_of(const struct page_owners *o, const unsigned char *page, uint32_t number, unsigned i) {
    const unsigned char *head = head_of(page, number);
    unsigned cells = two_at(head + 3);
    if (i == cells)
        return four_at(head + 8);
    if (i > cells || head + 12 + 2 * (size_t)i + 2 > page + o->usable)
        return 0;
    unsigned at = two_at(head + 12 + 2 * (size_t)i);
    return at + 4 <= o->usable ? four_at(page + at) : 0;
}

/* How many levels of inner pages are above the leaves: follows the first children. */
static unsigned inner_levels(const struct page_owners *o, uint32_t root, unsigned char *page) {
    uint32_t number = root;
    for (unsigned levels = 0; levels < DEPTH_MAX; levels++) {
        if (number == 0 || number > o->pages || !o->read(o->ctx, number, page) || !is_inner(head_of(page, number)))
            return levels;
        number = child_of(o, page, number, 0);
    }
    return DEPTH_MAX;
}

static void walk(struct page_owners *o, uint32_t number, unsigned levels, uint16_t name) {
    if (number == 0 || number > o->pages || o->owner[number] != 0)
        return;
    o->owner[number] = name;
    if (levels == 0)
        return;
    unsigned char *page = mem_alloc(o->page_size);
    if (o->read(o->ctx, number, page) && is_inner(head_of(page, number))) {
        unsigned cells = two_at(head_of(page, number) + 3);
        for (unsigned i = 0; i <= cells; i++)
            walk(o, child_of(o, page, number, i), levels - 1, name);
    }
    free(page);
}

static void add_tree(struct page_owners *o, const char *name, uint32_t root) {
    if (o->n_names == UINT16_MAX)
        return;
    char *copy = mem_alloc(strlen(name) + 1);
    memcpy(copy, name, strlen(name));
    o->names = mem_grow(o->names, (o->n_names + 1) * sizeof(*o->names));
    o->names[o->n_names++] = copy;
    unsigned char *page = mem_alloc(o->page_size);
    walk(o, root, inner_levels(o, root, page), (uint16_t)o->n_names);
    free(page);
}

struct page_owners *page_owners_new(sqlite3 *handle, size_t page_size, size_t usable, uint32_t pages, page_read_fn read,
                                    void *ctx) {
    struct page_owners *o = mem_alloc(sizeof(*o));
    sqlite3_stmt *s = NULL;
    *o = (struct page_owners){.pages = pages, .page_size = page_size, .usable = usable, .read = read, .ctx = ctx};
    o->owner = mem_alloc(((size_t)pages + 1) * sizeof(*o->owner));
    add_tree(o, "sqlite_schema", 1);
    if (sqlite3_prepare_v2(handle,
                           "SELECT CASE WHEN type = 'index' AND name NOT LIKE 'sqlite_autoindex%' THEN name"
                           " ELSE tbl_name END, rootpage FROM sqlite_schema WHERE rootpage > 0",
                           -1, &s, NULL) == SQLITE_OK)
        while (sqlite3_step(s) == SQLITE_ROW)
            add_tree(o, (const char *)sqlite3_column_text(s, 0), (uint32_t)sqlite3_column_int64(s, 1));
    sqlite3_finalize(s);
    return o;
}

const char *page_owner(const struct page_owners *o, uint32_t number) {
    return number <= o->pages && o->owner[number] != 0 ? o->names[o->owner[number] - 1] : NULL;
}

struct page_owners *page_owners_free(struct page_owners *o) {
    if (!o)
        return NULL;
    for (size_t i = 0; i < o->n_names; i++)
        free(o->names[i]);
    free(o->names);
    free(o->owner);
    free(o);
    return NULL;
}
