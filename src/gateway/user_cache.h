/* SPDX-License-Identifier: Apache-2.0
 *
 * A cache of users' external ids, used by one reader's thread.
 */
#ifndef HIRED_GATEWAY_USER_CACHE_H
#define HIRED_GATEWAY_USER_CACHE_H

struct user_cache;

struct user_cache *user_cache_new(void);
struct user_cache *user_cache_free(struct user_cache *cache); /* takes NULL; returns NULL */
void user_cache_clear(struct user_cache *cache);              /* call it when the database has changed */

#endif
