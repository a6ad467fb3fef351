/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells the open pages of the console what has changed, as server-sent events. Each loop has its own streams. When
 * the database has changed (by this process or another), the loop reads the changes since the last look and sends
 * them. If a page does not read its stream, or a change could not be sent, the page gets "reload" as soon as the
 * stream has room, and then requests everything anew.
 */
#ifndef HIRED_GATEWAY_WATCH_H
#define HIRED_GATEWAY_WATCH_H

#include "gateway/call.h"
#include "http/http.h"

struct watch; /* the streams of one loop, used by its thread only */

struct watch *watch_new(void);
/* Ends all streams; takes NULL; returns NULL. */
struct watch *watch_free(struct watch *w);

/* Begins the stream of a signed-in person; the watch owns r from then on. Returns 0, -EBUSY if there are too many
 * streams (in all, or of this account), or another negative errno if the database failed. */
int watch_begin(struct watch *w, const struct call *call, struct http_request *r);

/* Sends what has changed. Call it when the database has changed, outside of a snapshot. */
void watch_look(struct watch *w, struct db *db);

/* Ends the streams whose page is gone or whose session is over; call it from time to time. changed: the database has
 * changed, so sessions and roles are read again. Call it before watch_look, so that ended streams get nothing more. */
void watch_tend(struct watch *w, struct db *db, bool changed, bool end_all);

#endif
