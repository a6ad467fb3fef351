/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection of one command. Outside of a transaction its thread waits for the next frame. A transaction is a
 * job of the writer: the writer's thread reads the command's frames and answers them until the command commits,
 * rolls back, disconnects or is too slow.
 */
#include "store/remote/session.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "store/remote/socket.h"
#include "store/remote/step.h"

#define MS_NS INT64_C(1000000)
#define GREETING_NS (5000 * MS_NS)
#define LOOK_UP_NS (200 * MS_NS) /* how soon a session notices that the server stops */

/* ---- answers ---- */

static void put_sorry(struct buf *out, int error, const char *why) {
    size_t begun = remote_begin(out, REMOTE_SORRY);
    remote_put32(out, (uint32_t)error);
    remote_put_text(out, str_of(why));
    remote_end(out, begun);
}

void remote_session_refuse(int fd, int error, const char *why) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    if (remote_prepare(fd) < 0)
        return;
    put_sorry(&out, error, why);
    remote_send(fd, &out, clock_mono_ns() + 1000 * MS_NS);
}

/* Stores why the server ended a transaction; the peer is told before the connection is closed. */
static int give_up(struct session *s, int error, const char *why) {
    s->end = GONE;
    put_sorry(&s->out, error, why);
    log_line(LOG_WARN, "a command's transaction was undone", "command", s->name, "why", why, NULL);
    return error;
}

/* ---- a transaction ---- */

static const char *const too_slow = "the server undid the transaction: it took too long. Others wait meanwhile, so a "
                                    "command has 5 seconds for a step and 15 for a transaction";

static int next_step(struct session *s) {
    struct str frame;
    int r = remote_receive(s->fd, &s->in, remote_step_until(s), &frame);

    if (r == 1) {
        r = remote_step(s, frame);
        if (s->end != RUNNING)
            return r;
    } else if (r == 0)
        r = -EPIPE;
    if (r == -ETIMEDOUT || (r == 0 && clock_mono_ns() >= s->until_ns))
        return give_up(s, -ETIMEDOUT, too_slow);
    if (r == -EPIPE)
        return give_up(s, r, "the command ended within it");
    if (r < 0)
        return give_up(s, r, "the command sent what is no step of a transaction");
    if (!db_in_transaction(s->db))
        return give_up(s, -EIO, "the database undid the transaction (the disk is full, or failed)");
    return 0;
}

/* On the writer's thread, within the job's savepoint. */
static int transaction(struct db *db, void *arg) {
    struct session *s = arg;
    int r;

    s->db = db;
    s->begun = true;
    s->until_ns = clock_mono_ns() + s->limits->transaction_ms * MS_NS;
    r = remote_answer_status(s, 0);
    if (r < 0)
        give_up(s, r, "the command ended within it");
    while (s->end == RUNNING)
        r = next_step(s);
    r = remote_step_end(s, r);
    s->db = NULL;
    return r;
}

/* Returns 0, or a negative errno that ends the connection. */
static int run_transaction(struct session *s) {
    int r;

    s->begun = s->savepoint = false;
    s->end = RUNNING;
    s->failed = 0;
    r = writer_run(s->writer, transaction, s);
    s->until_ns = INT64_MAX;
    if (!s->begun || s->end == COMMITTED)
        return remote_answer_status(s, r);
    if (s->end == ROLLED_BACK)
        return remote_answer_status(s, 0);
    remote_send(s->fd, &s->out, clock_mono_ns() + 1000 * MS_NS);
    return -EPIPE;
}

/* ---- the connection ---- */

static int log_is_empty(struct db *db, void *arg) {
    return db_forgotten(db) ? 1 : 0;
}

static bool is_name(struct str name) {
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] < 'a' || name.ptr[i] > 'z') && name.ptr[i] != ' ' && name.ptr[i] != '-')
            return false;
    return name.len > 0 && name.len < sizeof(((struct session *)NULL)->name);
}

/* Checks HELLO: another build may have other statements under the same numbers. Returns 0, or a negative errno after
 * answering. */
static int greet(struct session *s, unsigned node) {
    unsigned char print[REMOTE_FINGERPRINT];
    struct remote_reader in = {0};
    struct str frame;
    int r = remote_receive(s->fd, &s->in, clock_mono_ns() + GREETING_NS, &frame);

    if (r <= 0)
        return r < 0 ? r : -EPIPE;
    in.rest = frame;
    if (remote_get8(&in) != REMOTE_HELLO || !str_eq(remote_get_text(&in), STR("hired")))
        return -EBADMSG;
    struct str theirs = remote_get_bytes(&in, sizeof(print)), name = remote_get_text(&in);
    if (in.bad || !is_name(name))
        return -EBADMSG;
    remote_fingerprint(print);
    if (memcmp(theirs.ptr, print, sizeof(print)) != 0) {
        remote_session_refuse(s->fd, -EPROTO,
                              "the server that works on the directory is another build of hired; use the binary that "
                              "serves, or restart the server with this one");
        return -EPROTO;
    }
    snprintf(s->name, sizeof(s->name), "%.*s", STR_FMT(name));
    size_t begun = remote_begin(&s->out, REMOTE_STATUS);
    remote_put32(&s->out, 0);
    remote_put32(&s->out, node);
    remote_put64(&s->out, id_last_ms() + 1); /* greater than those of the previous command with this node */
    remote_end(&s->out, begun);
    return remote_send(s->fd, &s->out, clock_mono_ns() + GREETING_NS);
}

/* Returns 0, or a negative errno that ends the connection. */
static int next_request(struct session *s) {
    int64_t until = clock_mono_ns() + s->limits->idle_ms * MS_NS;
    struct str frame;
    int r;

    do
        r = remote_receive(s->fd, &s->in, clock_mono_ns() + LOOK_UP_NS, &frame);
    while (r == -ETIMEDOUT && clock_mono_ns() < until && !atomic_load(s->stopping));
    if (r == -ETIMEDOUT)
        remote_session_refuse(s->fd, -ESHUTDOWN,
                              atomic_load(s->stopping) ? "the server is stopping"
                                                       : "the command did nothing for ten minutes");
    if (r <= 0)
        return r < 0 ? r : -EPIPE;
    if (frame.len != 1)
        return -EBADMSG;
    switch (frame.ptr[0]) {
    case REMOTE_BEGIN:
        return run_transaction(s);
    case REMOTE_FORGOTTEN:
        return remote_answer_status(s, writer_run(s->writer, log_is_empty, NULL));
    default:
        return -EBADMSG;
    }
}

void remote_session_run(int fd, struct writer *w, const struct remote_limits *limits, unsigned node,
                        const _Atomic bool *stopping) {
    struct session *s = mem_alloc(sizeof(*s));
    int r;

    *s = (struct session){.fd = fd, .writer = w, .limits = limits, .stopping = stopping, .until_ns = INT64_MAX};
    r = remote_prepare(fd);
    if (r == 0)
        r = greet(s, node);
    while (r == 0)
        r = next_request(s);
    if (r != -EPIPE && r != -EPROTO)
        log_line(LOG_WARN, "a command's connection was closed", "command", s->name, "error", strerror(-r), NULL);
    for (unsigned i = 0; i < REMOTE_OPEN_MAX; i++)
        buf_free(&s->open[i].frame);
    buf_free(&s->out);
    buf_free(&s->in.bytes);
    free(s);
}
