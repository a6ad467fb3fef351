/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads due deliveries and the apps that receive them, and writes the bodies to send.
 */
#include <errno.h>

#include "base/record.h"
#include "events/delivery/envelope.h"
#include "events/delivery/internal.h"

int due_receiver_read(struct dispatcher *d, int64_t app, struct arena *a, struct due_receiver *ret) {
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_EVENT_RECEIVER);
    int r;

    db_bind_int(&q, 1, app);
    r = db_row(&q);
    if (r != 1)
        return r < 0 ? r : -ENOENT;
    *ret = (struct due_receiver){
        .app_id = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_APP_ID)),
        .url = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_REQUEST_URL)),
        .key = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_ENCRYPT_KEY)),
        .token = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_VERIFICATION_TOKEN)),
        .disabled = db_int(&q, COL_EVENT_RECEIVER_DISABLED) != 0,
        .connected = hub_has(d->o.hub, app),
    };
    return 0;
}

struct due due_of_row(const struct db_query *q, struct arena *a) {
    return (struct due){
        .tenant = db_int(q, COL_EVENT_DUE_TENANT),
        .event = db_int(q, COL_EVENT_DUE_EVENT),
        .attempts = (int)db_int(q, COL_EVENT_DUE_ATTEMPTS),
        .event_id = arena_dup(a, db_text(q, COL_EVENT_DUE_EVENT_ID)),
        .type = arena_dup(a, db_text(q, COL_EVENT_DUE_TYPE)),
        .subject_id = db_int(q, COL_EVENT_DUE_SUBJECT_ID),
        .created_ms = db_int(q, COL_EVENT_DUE_CREATED_MS),
        .doc = arena_dup(a, db_text(q, COL_EVENT_DUE_DOC)),
        .tenant_key = arena_dup(a, db_text(q, COL_EVENT_DUE_TENANT_KEY)),
    };
}

struct user_of {
    struct dispatcher *d;
    int64_t tenant, app;
};

static void fill_user(void *ctx, int64_t uid, struct buf *out) {
    struct user_of *u = ctx;

    if (u->d->o.user)
        u->d->o.user(u->d->o.ctx, u->d->db, u->tenant, u->app, uid, out);
}

static void fill_file(void *ctx, int64_t file_id, struct buf *out) {
    /* No event has links. */
}

void due_write(struct dispatcher *d, int64_t app, const struct due_receiver *to, const struct due *due,
               struct buf *out) {
    struct user_of user = {d, due->tenant, app};
    const struct record_reader reader = {.user = fill_user, .file = fill_file, .ctx = &user};
    struct buf event BUF_CLEANUP = BUF_EMPTY;

    record_splice(&reader, due->doc, &event);
    const struct envelope e = {
        .event_id = due->event_id,
        .type = due->type,
        .token = to->token,
        .app_id = to->app_id,
        .tenant_key = due->tenant_key,
        .created_ms = due->created_ms,
        .event = buf_str(&event),
    };
    envelope_write(&e, out);
}

int due_read_again(struct dispatcher *d, const struct delivery_outcome *o, struct arena *a, struct due *ret) {
    struct db_query q DB_CLEANUP = db_query(d->db, SQL_EVENT_DUE_AGAIN);

    db_bind_int(&q, 1, o->tenant);
    db_bind_int(&q, 2, o->event);
    db_bind_int(&q, 3, o->app);
    db_bind_int(&q, 4, o->attempts);
    int r = db_row(&q);
    if (r == 1)
        *ret = due_of_row(&q, a);
    return r;
}
