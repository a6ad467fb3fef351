/* SPDX-License-Identifier: Apache-2.0
 *
 * The command's side of DIR/hired.sock: a driver whose statements run in the serving process.
 */
#include "store/remote/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "store/remote/internal.h"
#include "store/remote/socket.h"

#define GREETING_NS INT64_C(5000000000)

/* ---- requests ---- */

static int ask_simply(struct remote *r, enum remote_op op) {
    remote_end(&r->out, remote_begin(&r->out, op));
    return remote_ask_status(r);
}

/* Adds a frame that has no answer; it is sent with the next request. */
static void mention(struct remote *r, enum remote_op op) {
    remote_end(&r->out, remote_begin(&r->out, op));
}

/* ---- transactions ---- */

static int remote_begin_transaction(struct db *db) {
    struct remote *r = remote_of(db);
    int e;

    if (r->lost || r->base.in_transaction)
        return r->lost ? -EPIPE : -EINVAL;
    e = ask_simply(r, REMOTE_BEGIN);
    r->base.in_transaction = e == 0;
    r->base.transaction++;
    r->base.savepoint++;
    return e;
}

static int remote_commit(struct db *db) {
    struct remote *r = remote_of(db);
    size_t begun;

    if (!r->base.in_transaction)
        return -EINVAL;
    begun = remote_begin(&r->out, REMOTE_COMMIT);
    remote_put64(&r->out, id_last_ms());
    remote_put8(&r->out, r->forget);
    remote_end(&r->out, begun);
    r->base.in_transaction = false;
    return remote_ask_status(r);
}

static void remote_rollback(struct db *db) {
    struct remote *r = remote_of(db);

    if (r->base.in_transaction && !r->lost)
        ask_simply(r, REMOTE_ROLLBACK);
    r->base.in_transaction = false;
}

static int remote_savepoint(struct db *db) {
    if (!remote_in_transaction(db))
        return -EIO;
    db->savepoint++;
    mention(remote_of(db), REMOTE_SAVEPOINT);
    return 0;
}

static int remote_release(struct db *db) {
    if (!remote_in_transaction(db))
        return -EIO;
    mention(remote_of(db), REMOTE_RELEASE);
    return 0;
}

static void remote_undo(struct db *db) {
    if (!remote_in_transaction(db))
        return;
    stamps_undo_savepoint(db);
    mention(remote_of(db), REMOTE_UNDO);
}

/* ---- the rest ---- */

static int remote_snapshot_begin(struct db *db) {
    return db_snapshot_begin(remote_of(db)->reader);
}

static void remote_snapshot_end(struct db *db) {
    db_snapshot_end(remote_of(db)->reader);
}

static void remote_forget(struct db *db) {
    remote_of(db)->forget = true;
    remote_of(db)->forgotten = false;
}

/* The server maintains the log; a command that waits until the log is empty asks the server whether it is. */
static void remote_tend(struct db *db, bool idle) {
    struct remote *r = remote_of(db);

    if (r->forget && !r->forgotten && !r->base.in_transaction && !r->lost)
        r->forgotten = ask_simply(r, REMOTE_FORGOTTEN) == 1;
}

static bool remote_forgotten(const struct db *db) {
    return !remote_of(db)->forget || remote_of(db)->forgotten;
}

static int64_t remote_change_count(struct db *db) {
    return db_change_count(remote_of(db)->reader);
}

static void remote_set_deadline(struct db *db, int64_t deadline_ns) {
    db_set_deadline(remote_of(db)->reader, deadline_ns);
}

static int remote_check(struct db *db, bool structure, void (*fn)(void *ctx, struct str line), void *ctx) {
    struct db *reader = remote_of(db)->reader;
    return structure ? db_check(reader, fn, ctx) : db_check_references(reader, fn, ctx);
}

static int remote_copy(struct db *db, const char *path, const struct db_copying *how) {
    return db_copy(remote_of(db)->reader, path, how);
}

static const char *remote_why(const struct db *db) {
    return remote_of(db)->lost ? remote_of(db)->why : NULL;
}

static struct db *remote_close(struct db *db) {
    struct remote *r = remote_of(db);

    remote_rollback(db);
    if (r->fd >= 0)
        close(r->fd);
    r->reader = db_close(r->reader);
    buf_free(&r->out);
    buf_free(&r->in.bytes);
    free(r);
    return NULL;
}

static const struct db_driver remote_driver = {
    .capabilities = DB_CAN_TEND | DB_CAN_FORGET | DB_CAN_COPY | DB_CAN_CHECK_STRUCTURE,
    .close = remote_close,
    .query = remote_query,
    .query_end = remote_query_end,
    .bind_int = remote_bind_int,
    .bind_text = remote_bind_text,
    .bind_null = remote_bind_null,
    .row = remote_row,
    .run = remote_run,
    .get_int = remote_int,
    .is_null = remote_is_null,
    .text = remote_text,
    .columns = remote_columns,
    .is_int = remote_is_int,
    .begin = remote_begin_transaction,
    .commit = remote_commit,
    .rollback = remote_rollback,
    .savepoint = remote_savepoint,
    .release = remote_release,
    .rollback_savepoint = remote_undo,
    .in_transaction = remote_in_transaction,
    .snapshot_begin = remote_snapshot_begin,
    .snapshot_end = remote_snapshot_end,
    .tend = remote_tend,
    .forget = remote_forget,
    .forgotten = remote_forgotten,
    .change_count = remote_change_count,
    .set_deadline = remote_set_deadline,
    .check = remote_check,
    .copy = remote_copy,
    .why = remote_why,
};

/* ---- opening ---- */

/* Sends HELLO. Returns 0 or a negative errno; r->why says more. */
static int greet(struct remote *r, const char *name) {
    unsigned char print[REMOTE_FINGERPRINT];
    struct remote_reader answer;
    size_t begun;
    int e;

    remote_fingerprint(print);
    begun = remote_begin(&r->out, REMOTE_HELLO);
    remote_put_text(&r->out, STR("hired"));
    buf_add(&r->out, print, sizeof(print));
    remote_put_text(&r->out, str_of(name));
    remote_end(&r->out, begun);
    e = remote_ask(r, REMOTE_STATUS, &answer);
    if (e < 0)
        return e;
    e = (int)(int32_t)remote_get32(&answer);
    uint32_t node = remote_get32(&answer);
    int64_t above = remote_get64(&answer);
    if (e < 0)
        return e;
    if (answer.bad || id_set_node(node) < 0)
        return remote_lose(r, -EBADMSG, "the server's answer cannot be read");
    id_go_above(above);
    return 0;
}

int remote_open(struct db **ret, const struct db_options *o, const char *name, struct arena *a, struct str *ret_why) {
    struct remote *r = mem_alloc(sizeof(*r));
    int e;

    *r = (struct remote){.base = {.driver = &remote_driver, .access = DB_WRITE}};
    r->fd = remote_connect(o->dir);
    e = r->fd < 0 ? r->fd : remote_prepare(r->fd);
    /* With PostgreSQL a command need not wait for a server that hangs. */
    r->reply_ns = o->engine == DB_POSTGRESQL ? GREETING_NS : 0;
    if (e == 0)
        e = greet(r, name);
    r->reply_ns = 0;
    if (e < 0)
        *ret_why = r->why[0] ? arena_dup(a, str_of(r->why))
                             : arena_printf(a, "cannot reach the server of %s: %s", o->dir, strerror(-e));
    if (e == 0)
        e = db_open(&r->reader, o, DB_READ, a, ret_why);
    if (e < 0) {
        remote_close(&r->base);
        return e;
    }
    *ret = &r->base;
    return 0;
}
