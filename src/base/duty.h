/* SPDX-License-Identifier: Apache-2.0
 *
 * Work that one of several processes does at a time. A thread that does it asks again and again whether it is still
 * this process's.
 */
#ifndef HIRED_BASE_DUTY_H
#define HIRED_BASE_DUTY_H

#include <stdbool.h>
#include <stddef.h>

struct duty {
    bool (*mine)(void *ctx); /* any thread; cheap. NULL: there is only this process */
    void *ctx;
};

static inline bool duty_is_mine(const struct duty *d) {
    return !d->mine || d->mine(d->ctx);
}

#endif
