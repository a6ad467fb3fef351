/* SPDX-License-Identifier: Apache-2.0
 *
 * Tells the console's open pages what has changed, as server-sent events. Each loop looks after its own streams: when
 * the database has changed, whoever changed it, it asks for what is newer than what it has told. A page that does not
 * take what it is told, or that could not be told something, hears "reload" as soon as it can: then it asks for
 * everything anew.
 */
#ifndef HIRED_GATEWAY_WATCH_H
#define HIRED_GATEWAY_WATCH_H

#include "gateway/call.h"
#include "http/http.h"

struct watch; /* of one loop, used by its thread only */

struct watch *watch_new(void);
/* Ends all streams; takes NULL; returns NULL. */
struct watch *watch_free(struct watch *w);

/* Begins the stream of a person who has signed in; r is the watch's from here on. -EBUSY: there are too many, of
 * all or of this account. Another errno: the database failed. */
int watch_begin(struct watch *w, const struct call *call, struct http_request *r);

/* The database has changed. Outside of a snapshot. */
void watch_look(struct watch *w, struct db *db);

/* From time to time: streams that nobody reads any more, or whose session is over, end. changed: the database has, so
 * sessions and roles may have too; comes before watch_look, which tells them nothing any more. */
void watch_tend(struct watch *w, struct db *db, bool changed, bool end_all);

#endif
