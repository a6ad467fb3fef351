/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of people for the copies of hired demo: combinations of family and given names, three in four Chinese.
 */
#ifndef HIRED_CLI_DEMO_NAMES_H
#define HIRED_CLI_DEMO_NAMES_H

#include "base/arena.h"
#include "base/str.h"

struct demo_name {
    bool chinese;
    struct str name;        /* as its owner writes it */
    struct str first, last; /* in Latin letters */
    struct str email;
    struct str mobile; /* of a range that is not given to anybody, without country code */
};

/* The name of person number n, the same in every run; in the arena. */
struct demo_name demo_name_of(int64_t n, struct arena *a);

#endif
