/* SPDX-License-Identifier: Apache-2.0
 *
 * What a command and the serving process say to each other on DIR/hired.sock: frames of a length (32 bits) and as many
 * bytes, of which the first is what kind of frame it is. Both run on one machine, so numbers are in its own byte order,
 * and a status is 0 or more, or a negative errno.
 *
 * The command:
 *   HELLO     text "hired", 32 bytes: remote_fingerprint(), text: the command's name
 *   BEGIN     begins a transaction; outside of one only
 *   RUN       16 bits: a statement, 8 bits: how many values, the values
 *   ROWS      as RUN, for the rows
 *   MORE      32 bits: of which rows (from an answer to ROWS)
 *   DROP      32 bits: no more of those rows. No answer
 *   SAVEPOINT, RELEASE, UNDO (back to the savepoint). No answer; a failure shows with the next answer
 *   COMMIT    64 bits: the time in the last id that the command made, 8 bits: whether to forget (db_forget)
 *   ROLLBACK
 *   FORGOTTEN outside of a transaction: whether the log was emptied
 * The server:
 *   STATUS    32 bits: of what was asked. To HELLO: also 32 bits: the node for ids, 64 bits: make no ids of before
 *   PAGE      32 bits: status (< 0: the statement failed), 32 bits: by which MORE goes on, 0: these are all;
 *             16 bits: columns; 32 bits: rows; the values
 *   SORRY     32 bits: a negative errno, text: why it ends here. The connection is closed
 * A value is 8 bits for its kind, then nothing, 64 bits, or a text: 32 bits of length and the bytes.
 */
#ifndef HIRED_STORE_REMOTE_WIRE_H
#define HIRED_STORE_REMOTE_WIRE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define REMOTE_FRAME_MAX (16u << 20)
#define REMOTE_FINGERPRINT 32
#define REMOTE_COLUMNS_MAX 64

enum remote_op {
    REMOTE_HELLO = 1,
    REMOTE_BEGIN,
    REMOTE_RUN,
    REMOTE_ROWS,
    REMOTE_MORE,
    REMOTE_DROP,
    REMOTE_SAVEPOINT,
    REMOTE_RELEASE,
    REMOTE_UNDO,
    REMOTE_COMMIT,
    REMOTE_ROLLBACK,
    REMOTE_FORGOTTEN,
    REMOTE_STATUS = 64,
    REMOTE_PAGE,
    REMOTE_SORRY,
};

enum remote_kind { REMOTE_NULL, REMOTE_INT, REMOTE_TEXT };

struct remote_value {
    enum remote_kind kind;
    int64_t number;
    struct str text; /* within the frame */
};

/* ---- writing ---- */

/* Begins a frame at the end of b; returns its position, for remote_end. */
size_t remote_begin(struct buf *b, enum remote_op op);
/* Returns 0, or -E2BIG (the frame is removed from b). */
int remote_end(struct buf *b, size_t begun);

void remote_put8(struct buf *b, uint8_t v);
void remote_put16(struct buf *b, uint16_t v);
void remote_put32(struct buf *b, uint32_t v);
void remote_put64(struct buf *b, int64_t v);
void remote_put_text(struct buf *b, struct str s);
void remote_put_value(struct buf *b, const struct remote_value *v);

/* ---- reading ---- */

/* Reads the rest of a frame. Reading beyond the end gives 0 and empty texts, and sets bad. */
struct remote_reader {
    struct str rest;
    bool bad;
};

uint8_t remote_get8(struct remote_reader *r);
uint16_t remote_get16(struct remote_reader *r);
uint32_t remote_get32(struct remote_reader *r);
int64_t remote_get64(struct remote_reader *r);
struct str remote_get_text(struct remote_reader *r);
struct str remote_get_bytes(struct remote_reader *r, size_t n);
void remote_get_value(struct remote_reader *r, struct remote_value *ret);

/* A statement and its values, as in RUN and ROWS: as many as the statement has parameters. Returns 0 or -EBADMSG. */
struct remote_call {
    unsigned statement, n;
    struct remote_value values[REMOTE_COLUMNS_MAX];
};
int remote_get_call(struct remote_reader *r, unsigned statements, struct remote_call *ret);

/* ---- frames on a socket ---- */

/* Prepares a connected socket for the two functions below: they keep deadlines to 200 ms. */
int remote_prepare(int fd);

/* Sends all of b and empties it. Returns 0 or a negative errno: -ETIMEDOUT at until_ns
 * (clock_mono_ns), -EPIPE. */
int remote_send(int fd, struct buf *b, int64_t until_ns);

/* Receives one frame into b (which also holds the beginning of the next one) and returns it in *ret, without its
 * length. Returns 1, 0 if the peer has closed the connection, or a negative errno: -ETIMEDOUT, -EBADMSG (an
 * impossible length, or closed within a frame). */
struct remote_inbox {
    struct buf bytes;
    size_t taken; /* bytes of frames that were returned before */
};
int remote_receive(int fd, struct remote_inbox *in, int64_t until_ns, struct str *ret);

#endif
