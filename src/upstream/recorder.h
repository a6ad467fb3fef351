/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps exchanges in a directory, one JSON object in each line of files of bounded size (docs/TESTING.md describes the
 * format). Files are only appended to. Each line is one write; the files are synced once a second, so a power failure
 * loses a second at most, and a crash of the process loses the exchanges that still wait in memory. A line that a crash
 * has cut off is the last one of its file, because each start begins a new file.
 *
 * A thread of its own masks and writes. If it falls behind, if the disk is low or the directory has its largest size,
 * exchanges are not recorded; the log says so, and how many.
 */
#ifndef HIRED_UPSTREAM_RECORDER_H
#define HIRED_UPSTREAM_RECORDER_H

#include "base/buf.h"

/* Bytes of a body that are kept: of JSON and other text. Of larger ones the beginning is kept, of all others only the
 * number of bytes. */
#define PASSAGE_BODY_MAX ((size_t)2 << 20)

/* One request and its answer, as they passed. Headers are lines "Name: value\n". */
struct passage {
    int64_t at_ms, took_ms;
    struct buf method, path, query, request_headers, request, answer_headers, answer;
    bool has_query;
    uint64_t request_bytes, answer_bytes; /* of the whole bodies */
    unsigned status;                      /* of the upstream's answer; 0: none */
    char failed[160];                     /* why there is no whole answer; "" if there is */
};

struct passage *passage_new(void); /* NULL: no memory */
void passage_free(struct passage *x);

/* Appends to a body what of it is kept. */
void passage_add(struct buf *body, const char *bytes, size_t len);

struct recorder_options {
    const char *dir;      /* is made with mode 0700 if it does not exist */
    uint64_t max_bytes;   /* of all files in the directory */
    uint64_t spare_bytes; /* of the disk, which stay free */
    bool mask;            /* replace values in bodies and queries, not only secrets (disguise.h) */
};

struct recorder;

/* Starts the thread. Returns 0, or a negative errno after an error message on standard error. */
int recorder_new(struct recorder **ret, const struct recorder_options *o);

/* Takes over x. Any thread; does not wait. */
void recorder_add(struct recorder *r, struct passage *x);

/* Writes what waits, syncs and ends the thread. *ret_kept, *ret_lost: numbers of exchanges. Takes NULL, returns NULL.
 */
struct recorder *recorder_free(struct recorder *r, uint64_t *ret_kept, uint64_t *ret_lost);

#endif
