/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifies the database of a running server in the background, again and again: the checksum of each page, the log, and
 * each document (cli/check/records.h). Readers do not verify what they read, so this is how damage of rarely read
 * records is noticed while a good backup still exists. It runs on a thread of its own with low priority and reads a
 * limited number of bytes a second. Each finding is a line of the log, at most 100 in a pass.
 */
#ifndef HIRED_CLI_SERVE_SCRUBBER_H
#define HIRED_CLI_SERVE_SCRUBBER_H

#include "base/buf.h"
#include "base/duty.h"
#include "store/db.h"

struct scrubber;

/* Starts the thread; db must outlive it. rate: bytes a second; 0: no pass is begun. worker: who verifies. Returns 0 or
 * a negative errno (already logged). */
int scrubber_new(struct scrubber **ret, const struct db_options *db, struct duty worker, uint64_t rate);

/* Changes the rate. With 0 the current pass ends. From any thread. */
void scrubber_set_rate(struct scrubber *s, uint64_t rate);

/* Findings of the current pass and the last one: the larger number. From any thread. */
uint64_t scrubber_findings(const struct scrubber *s);

/* Appends its metrics in Prometheus text form. From any thread. */
void scrubber_write_metrics(const struct scrubber *s, struct buf *out);

/* Stops the thread and frees it. Takes NULL; returns NULL. */
struct scrubber *scrubber_free(struct scrubber *s);

#endif
