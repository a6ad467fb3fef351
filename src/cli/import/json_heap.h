/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIRED_CLI_IMPORT_JSON_HEAP_H
#define HIRED_CLI_IMPORT_JSON_HEAP_H

/* Makes jansson allocate from one block, which is reused from its beginning whenever all values are freed. For commands
 * that parse one record after the other on one thread. Values that do not fit come from malloc. */
void json_heap_begin(void);

#endif
