/* SPDX-License-Identifier: Apache-2.0
 *
 * Output of records by commands: users' ids of a chosen type, and the URLs that reports were fetched from.
 */
#ifndef HIRED_CLI_READER_H
#define HIRED_CLI_READER_H

#include "cli/open.h"

struct reader;

/* view->app is needed for open_ids and union_ids only. Free the result with reader_free. */
struct reader *reader_new(struct cli *c, const struct user_view *view, enum user_id_type type);
struct reader *reader_free(struct reader *r); /* takes NULL; returns NULL */

/* From now on, records are written with the members that the API does not describe. */
void reader_want_undescribed(struct reader *r);

/* Appends a stored record in API form. */
void reader_write(struct reader *r, struct str stored, struct buf *out);

/* Appends one stored record of the tenant with users by user_id. Returns 0 or a negative errno. */
int reader_write_record(struct cli *c, int64_t tenant, struct str stored, struct buf *out);

/* The negative errno of the first user or file that could not be read, or 0. */
int reader_error(const struct reader *r);

#endif
