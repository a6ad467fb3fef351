/* SPDX-License-Identifier: Apache-2.0
 *
 * DIR/demo.json: where a demo tenant's address and credentials stand for people and programs.
 */
#ifndef HIRED_CLI_DEMO_INFO_H
#define HIRED_CLI_DEMO_INFO_H

/* If the directory holds a demo tenant: puts the address really served into demo.json and prints address, credentials and
 * a curl line that works. Otherwise nothing. */
void demo_info_announce(const char *dir, const char *base_url);

#endif
