/* SPDX-License-Identifier: Apache-2.0
 *
 * A sorted list of bounded length. A page that merges several walks adds the keys of all walks and keeps the first max.
 */
#ifndef HIRED_CONSOLE_KEY_LIST_H
#define HIRED_CONSOLE_KEY_LIST_H

#include "base/arena.h"

struct list_key {
    int64_t a, b;
};

struct key_list {
    struct list_key *v;
    size_t n, max;
    bool descending;
};

/* An empty list in the arena. */
struct key_list key_list_new(struct arena *a, size_t max, bool descending);

/* Adds a key at its place, unless the list has it already. If the list is full, its last key is dropped. Returns false
 * if the list is full and the key would come after its last key; a sorted walk can end then, because all its further
 * keys would be refused too. */
bool key_list_add(struct key_list *l, struct list_key k);

#endif
