/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIRED_CLI_IMPORT_JSON_HEAP_H
#define HIRED_CLI_IMPORT_JSON_HEAP_H

/* From now on jansson's values come from one block that is used again from its beginning whenever the last of them was
 * freed: for a command that parses one record after the other, on one thread. What does not fit comes from malloc. */
void json_heap_begin(void);

#endif
