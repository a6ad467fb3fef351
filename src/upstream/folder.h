/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of a record: DIR/exchanges-000001.jsonl, ...-000002.jsonl and so on, each of at most 64 MiB or one line.
 */
#ifndef HIRED_UPSTREAM_FOLDER_H
#define HIRED_UPSTREAM_FOLDER_H

#include "base/str.h"

#define FOLDER_FILE_MAX ((uint64_t)64 << 20)
#define FOLDER_BEGIN "exchanges-"
#define FOLDER_END ".jsonl"

struct folder {
    int dir, file;              /* descriptors; file -1: the next line begins a file */
    uint64_t number;            /* of the newest file */
    uint64_t file_bytes, bytes; /* of the newest, and of all */
    uint64_t max_bytes, spare_bytes;
    bool dirty; /* something is not synced */
};

/* Makes the directory if need be (mode 0700). Returns 0 or a negative errno: -EDQUOT if it is full already, -ENOSPC if
 * the disk is low. */
int folder_open(struct folder *f, const char *path, uint64_t max_bytes, uint64_t spare_bytes);
void folder_close(struct folder *f);

/* Appends a line that ends with a newline. If only a part could be written, the next line begins a new file. Returns 0
 * or a negative errno, as folder_open. */
int folder_append(struct folder *f, struct str line);
int folder_sync(struct folder *f);

/* A sentence part about an error of these functions. */
const char *folder_reason(int error);

#endif
