/* SPDX-License-Identifier: Apache-2.0
 *
 * What a server does beside its work, on a thread of its own with a reading connection of its own: counts what /metrics
 * shows and no counter knows, notes the time, brings back retries when the clock was set back, and removes files that
 * no record names.
 *
 * Such files are left behind by a crash between a file's name and its row, or by a folder that could not be synced. At
 * the start and once a day the folder is gone through, slowly. What no row names and nobody has changed for a day is
 * looked at again after a minute (a clock may jump, a row may be waiting for the writer) and then removed; the log
 * names each. `hired check` finds the other kind, rows without their file.
 */
#ifndef HIRED_CLI_SERVE_CARETAKER_H
#define HIRED_CLI_SERVE_CARETAKER_H

#include "base/buf.h"
#include "store/db.h"
#include "store/writer.h"

struct caretaker;

/* Starts the thread; db and writer must outlive it. clock: the time is noted (clock_check.h). Returns 0 or a negative
 * errno (already logged). */
int caretaker_new(struct caretaker **ret, const struct db_options *db, struct writer *writer, bool clock);

/* The clock was moved: look whether something is due. Any thread. */
void caretaker_wake(struct caretaker *c);

/* Appends its numbers in Prometheus text form; any thread, costs no look at the database. */
void caretaker_write_metrics(const struct caretaker *c, struct buf *out);

/* Ends the thread. Takes NULL; returns NULL. */
struct caretaker *caretaker_free(struct caretaker *c);

#endif
