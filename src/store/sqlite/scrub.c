/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: finds old bytes, which pages.c keeps out of the database's file. With secure_delete SQLite
 * overwrites what it frees. But when it rebuilds a page (split, merge), copies of cells that were moved to other pages
 * stay in the middle of it, between the pointers at its head and the cells at its end, until that space is written
 * again. SQLite never reads that space, so it is filled with zeros when the page is written from the log to the
 * database. (https://www.sqlite.org/fileformat2.html, "B-tree Pages")
 */
#include <string.h>

#include "store/sqlite/format.h"
#include "store/sqlite/pages.h"

static bool is_clean(const unsigned char *p, size_t n) {
    return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

bool page_old_bytes(const unsigned char *page, size_t size, bool first, size_t *ret_from, size_t *ret_to) {
    const unsigned char *head = page + (first ? FILE_HEADER : 0);
    bool leaf = head[0] == 10 || head[0] == 13, inner = head[0] == 2 || head[0] == 5;
    if (!leaf && !inner)
        return false;
    *ret_from = (size_t)(head - page) + (leaf ? 8 : 12) + 2 * (size_t)two_at(head + 3);
    *ret_to = two_at(head + 5) ? two_at(head + 5) : PAGE_MAX;
    return *ret_from < *ret_to && *ret_to <= size && !is_clean(page + *ret_from, *ret_to - *ret_from);
}
