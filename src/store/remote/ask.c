/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests of a command to the serving process.
 */
#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "store/remote/internal.h"

#define REPLY_NS INT64_C(60000000000)

bool remote_in_transaction(const struct db *db) {
    return db->in_transaction && !remote_of(db)->lost;
}

int remote_lose(struct remote *r, int error, const char *why) {
    if (!r->lost && why)
        snprintf(r->why, sizeof(r->why), "%s", why);
    r->lost = true;
    return error;
}

static int lose_text(struct remote *r, int error, struct str why) {
    char text[sizeof(r->why)];
    snprintf(text, sizeof(text), "%.*s", STR_FMT(why));
    return remote_lose(r, error, text);
}

/* Sends the frames in out and waits for the answer. Returns 0 with its kind and rest, or a negative errno. */
int remote_ask(struct remote *r, enum remote_op wanted, struct remote_reader *ret) {
    int64_t until = clock_mono_ns() + (r->reply_ns ? r->reply_ns : REPLY_NS);
    struct str frame;
    int e, got;

    if (r->lost)
        return -EPIPE;
    e = remote_send(r->fd, &r->out, until);
    /* The server sends the reason before it closes the connection. */
    got = e < 0 && e != -EPIPE ? e : remote_receive(r->fd, &r->in, until, &frame);
    if (got == -ETIMEDOUT)
        return remote_lose(r, got,
                           r->reply_ns ? "the server did not answer for some seconds"
                                       : "the server did not answer for a minute");
    if (got <= 0)
        return remote_lose(r, -EPIPE, "the server closed the connection; it may have ended");
    *ret = (struct remote_reader){.rest = frame};
    uint8_t op = remote_get8(ret);
    if (op == REMOTE_SORRY) {
        int error = (int)(int32_t)remote_get32(ret);
        return lose_text(r, error < 0 ? error : -EBADMSG, remote_get_text(ret));
    }
    return op == wanted ? 0 : remote_lose(r, -EBADMSG, "the server's answer is not one to this question");
}

int remote_ask_status(struct remote *r) {
    struct remote_reader answer;
    int e = remote_ask(r, REMOTE_STATUS, &answer);

    return e < 0 ? e : (int)(int32_t)remote_get32(&answer);
}
