/* SPDX-License-Identifier: Apache-2.0
 *
 * DIR/demo.json: where a demo tenant's address and credentials stand for people and programs.
 */
#ifndef HIRED_CLI_DEMO_INFO_H
#define HIRED_CLI_DEMO_INFO_H

#include "base/str.h"

/* Tells how to get in. tenant: the key of the only tenant, empty if there are several, absent if there is none. With a
 * demo.json: puts the address really served into it and prints address, credentials and a curl line that works.
 * Without: says how to get credentials if the directory holds the demo tenant or none at all. */
void demo_info_announce(const char *dir, struct str tenant, const char *base_url);

#endif
