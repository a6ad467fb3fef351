/* SPDX-License-Identifier: Apache-2.0
 *
 * DIR/demo.json: address and credentials of a demo tenant, for people and programs.
 */
#ifndef HIRED_CLI_DEMO_INFO_H
#define HIRED_CLI_DEMO_INFO_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"

/* Prints how to use the demo. tenant: the key of the only tenant, empty if there are several, absent if there is none.
 * If there is a demo.json, it sets the served address in it and prints address, credentials and a curl command.
 * Otherwise it says how to get credentials, if the database holds the demo tenant or no tenant. shared: the records are
 * in PostgreSQL, where hired demo is refused. */
void demo_info_announce(const char *dir, bool shared, struct str tenant, const char *base_url);

/* Writes the file (mode 0600) under another name and renames it, so that a reader never sees half of it. Returns 0 or a
 * negative errno. */
int demo_info_save(const char *path, const json_t *info);

#endif
