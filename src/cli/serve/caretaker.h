/* SPDX-License-Identifier: Apache-2.0
 *
 * Periodic work of a server, on its own thread with its own read-only connection: counts pending work for /metrics,
 * notes the time, makes retries due again after the clock was set back, and removes files that no row names.
 *
 * Such files are left by a crash between writing a file and committing its row, or by a folder that could not be
 * synced. The thread sweeps the folder slowly, at the start and once a day. A file that no row names and that has not
 * changed for a day is checked again after a minute (the clock may have jumped, or the row may be waiting for the
 * writer thread) and then removed; the log names each. `hired check` finds the opposite: rows whose file is missing.
 */
#ifndef HIRED_CLI_SERVE_CARETAKER_H
#define HIRED_CLI_SERVE_CARETAKER_H

#include "base/buf.h"
#include "base/duty.h"
#include "store/db.h"
#include "store/files/files.h"
#include "store/writer.h"

struct caretaker;
struct scrubber;

/* Starts the thread; db, files, writer and scrubber must outlive it. While the scrubber has findings, no file is
 * removed. clock: note the time (clock_check.h). worker: who does what concerns the database; what concerns the machine
 * (the room on its disk) is done in any case. Returns 0 or a negative errno (already logged). */
int caretaker_new(struct caretaker **ret, const struct db_options *db, struct files *files, struct writer *writer,
                  const struct scrubber *scrubber, struct duty worker, bool clock);

/* Tells the thread that the clock was moved, so that it checks for due work. From any thread. */
void caretaker_wake(struct caretaker *c);

/* Appends its metrics in Prometheus text form. From any thread; makes no query. */
void caretaker_write_metrics(const struct caretaker *c, struct buf *out);

/* Stops the thread and frees it. Takes NULL; returns NULL. */
struct caretaker *caretaker_free(struct caretaker *c);

#endif
