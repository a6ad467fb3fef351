/* SPDX-License-Identifier: Apache-2.0
 *
 * How many files may be on their way at once, because each needs memory: in all, and of one key (an app, an account, or
 * a network).
 */
#ifndef HIRED_STORE_FILES_QUOTA_H
#define HIRED_STORE_FILES_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct quota;

struct quota *quota_new(unsigned most, unsigned per_key);
struct quota *quota_free(struct quota *q); /* takes NULL; returns NULL */

/* Any thread. Returns false if there are too many; true must be followed by one quota_give. */
bool quota_take(struct quota *q, int64_t key);
void quota_give(struct quota *q, int64_t key);

#endif
