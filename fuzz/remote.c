/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the frames of DIR/hired.sock. See fuzz/run. The input is what a peer sends: it goes through a socket as it is,
 * and each frame that comes out is read as the server and as the command would read it. Whatever is read lies within
 * the frame, and a call that was read is written again as the same bytes.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "fuzz.h"
#include "store/remote/wire.h"

#define STATEMENTS 300

static void must_lie_within(struct str part, struct str frame) {
    MUST(part.len == 0 || (part.ptr >= frame.ptr && part.ptr + part.len <= frame.ptr + frame.len));
}

static void read_call(struct str frame) {
    struct remote_reader in = {.rest = str_skip(frame, 1)};
    struct remote_call call;
    struct buf again BUF_CLEANUP = BUF_EMPTY;

    if (remote_get_call(&in, STATEMENTS, &call) < 0)
        return;
    MUST(call.statement < STATEMENTS && call.n <= REMOTE_COLUMNS_MAX);
    size_t begun = remote_begin(&again, (enum remote_op)frame.ptr[0]);
    remote_put16(&again, (uint16_t)call.statement);
    remote_put8(&again, (uint8_t)call.n);
    for (unsigned i = 0; i < call.n; i++) {
        must_lie_within(call.values[i].text, frame);
        remote_put_value(&again, &call.values[i]);
    }
    MUST(remote_end(&again, begun) == 0);
    MUST(str_eq((struct str){again.ptr + 4, again.len - 4}, frame));
}

static void read_page(struct str frame) {
    struct remote_reader in = {.rest = str_skip(frame, 1)};
    uint32_t rows;

    remote_get32(&in);
    remote_get32(&in);
    unsigned columns = remote_get16(&in);
    rows = remote_get32(&in);
    for (uint32_t r = 0; columns > 0 && r < rows && !in.bad; r++)
        for (unsigned c = 0; c < columns && !in.bad; c++) {
            struct remote_value v;
            remote_get_value(&in, &v);
            must_lie_within(v.text, frame);
        }
}

static void read_texts(struct str frame) {
    struct remote_reader in = {.rest = frame};

    while (!in.bad && in.rest.len > 0) {
        must_lie_within(remote_get_text(&in), frame);
        remote_get8(&in);
        remote_get64(&in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct remote_inbox inbox = {0};
    struct str frame;
    int fds[2];

    if (size > 65536)
        return 0;
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    MUST(write(fds[0], data, size) == (ssize_t)size);
    MUST(shutdown(fds[0], SHUT_WR) == 0);
    while (remote_receive(fds[1], &inbox, clock_mono_ns() + INT64_C(10000000000), &frame) == 1) {
        MUST(frame.len > 0 && frame.len <= REMOTE_FRAME_MAX);
        read_call(frame);
        read_page(frame);
        read_texts(frame);
    }
    close(fds[0]);
    close(fds[1]);
    buf_free(&inbox.bytes);
    return 0;
}
