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

struct watch; /* the streams of one loop, used by its thread, and by that of watch_look */

struct watch *watch_new(void);
struct watch *watch_free(struct watch *w); /* call it after watch_end; takes NULL; returns NULL */

/* The place in the audit log from which a stream that begins now tells changes, for watch_begin. Returns 0 or a
 * negative errno. */
int watch_last(struct db *db, int64_t tenant, int64_t *ret);

/* Begins the stream of a signed-in person; the watch owns r from then on. Returns 0, or -EBUSY if there are too many
 * streams (in all, or of this account). */
int watch_begin(struct watch *w, const struct call *call, int64_t last, struct http_request *r);

/* A round, from time to time: watch_begin_look on the loop's thread, watch_look on any one, watch_tell on the loop's.
 * Between the first and the last of them only watch_begin and watch_end may be called. */

/* Returns whether there are streams. */
bool watch_begin_look(struct watch *w);

/* Reads what each stream has to tell. changed: the database has changed since the last look; else only sessions are
 * looked at, now and then. */
void watch_look(struct watch *w, struct db *db, bool changed);

/* Sends it, and ends the streams whose page is gone or whose session is over. */
void watch_tell(struct watch *w);

/* Ends all streams. */
void watch_end(struct watch *w);

#endif
