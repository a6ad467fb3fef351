/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIRED_CLI_IMPORT_UNPACK_H
#define HIRED_CLI_IMPORT_UNPACK_H

#include "base/str.h"

/* Writes what gzip packed (one member or several one after the other) to fd. Returns 0, -EBADMSG if it is damaged or
 * cut off, or another negative errno. The pages of in, which is a mapping, are given back on the way. */
int unpack_gzip(struct str in, int fd);

#endif
