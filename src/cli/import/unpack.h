/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIRED_CLI_IMPORT_UNPACK_H
#define HIRED_CLI_IMPORT_UNPACK_H

#include "base/str.h"

/* Unpacks gzip data (one member or several in a row) to fd. Returns 0, -EBADMSG if the data is damaged or incomplete,
 * or another negative errno. Releases the pages of `in`, which is a mapping, on the way. */
int unpack_gzip(struct str in, int fd);

#endif
