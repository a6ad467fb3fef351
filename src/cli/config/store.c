/* SPDX-License-Identifier: Apache-2.0
 *
 * Which database the configuration names.
 */
#include "cli/config/config.h"

struct db_options config_db_options(const struct config *c) {
    return (struct db_options){.engine = c->store_url ? DB_POSTGRESQL : DB_SQLITE,
                               .url = c->store_url,
                               .dir = c->data,
                               .mmap_bytes = c->mmap_bytes,
                               .read_ms = c->read_ms,
                               .log_max = c->log_max_bytes / 4 * 3};
}
