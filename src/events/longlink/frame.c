/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of the long connection, by protobuf-c.
 */
#include "events/longlink/frame.h"

#include <errno.h>
#include <stdio.h>

#include "events/longlink/longlink.pb-c.h"

struct str frame_header(const struct frame *f, struct str key) {
    for (size_t i = 0; i < f->n_headers; i++)
        if (str_eq(f->headers[i].key, key))
            return f->headers[i].value;
    return STR_ABSENT;
}

void frame_add(struct frame *f, struct str key, struct str value) {
    f->headers[f->n_headers++] = (struct frame_header){key, value};
}

void frame_write(const struct frame *f, struct buf *out) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    Longlink__Header headers[FRAME_HEADERS_MAX], *pointers[FRAME_HEADERS_MAX];
    Longlink__Frame frame = LONGLINK__FRAME__INIT;

    frame.seq_id = f->seq_id;
    frame.log_id = f->log_id;
    frame.service = f->service;
    frame.method = f->method;
    for (size_t i = 0; i < f->n_headers; i++) {
        longlink__header__init(&headers[i]);
        /* The arena's copy ends with a NUL; the library only reads it. */
        headers[i].key = (char *)(uintptr_t)arena_dup(&scratch, f->headers[i].key).ptr;
        headers[i].value = (char *)(uintptr_t)arena_dup(&scratch, f->headers[i].value).ptr;
        pointers[i] = &headers[i];
    }
    frame.n_headers = f->n_headers;
    frame.headers = pointers;
    if (!str_is_absent(f->payload)) {
        frame.has_payload = true;
        frame.payload = (ProtobufCBinaryData){f->payload.len, (uint8_t *)(uintptr_t)f->payload.ptr};
    }
    buf_reserve(out, longlink__frame__get_packed_size(&frame));
    out->len += longlink__frame__pack(&frame, (uint8_t *)out->ptr + out->len);
}

int frame_read(struct str bytes, struct arena *a, struct frame *ret) {
    Longlink__Frame *frame = longlink__frame__unpack(NULL, bytes.len, (const uint8_t *)bytes.ptr);

    if (!frame)
        return -EBADMSG;
    *ret = (struct frame){
        .seq_id = frame->seq_id, .log_id = frame->log_id, .service = frame->service, .method = frame->method};
    for (size_t i = 0; i < frame->n_headers && i < FRAME_HEADERS_MAX; i++)
        frame_add(ret, arena_dup(a, str_of(frame->headers[i]->key)), arena_dup(a, str_of(frame->headers[i]->value)));
    if (frame->has_payload)
        ret->payload = arena_dup(
            a, (struct str){frame->payload.data ? (const char *)frame->payload.data : "", frame->payload.len});
    longlink__frame__free_unpacked(frame, NULL);
    return 0;
}

size_t frame_parts(size_t len) {
    return len == 0 ? 1 : (len + FRAME_PART_MAX - 1) / FRAME_PART_MAX;
}

void frame_write_part(const struct frame_event *e, size_t seq, struct buf *out) {
    char sum_text[24], seq_text[24];
    struct str rest = str_skip(e->payload, seq * FRAME_PART_MAX);
    struct frame f = {.seq_id = e->seq_id, .service = e->service, .method = FRAME_DATA};

    snprintf(sum_text, sizeof(sum_text), "%zu", frame_parts(e->payload.len));
    snprintf(seq_text, sizeof(seq_text), "%zu", seq);
    frame_add(&f, STR("type"), STR("event"));
    frame_add(&f, STR("message_id"), e->message_id);
    frame_add(&f, STR("sum"), str_of(sum_text));
    frame_add(&f, STR("seq"), str_of(seq_text));
    frame_add(&f, STR("trace_id"), e->trace_id);
    f.payload = (struct str){rest.ptr, rest.len < FRAME_PART_MAX ? rest.len : FRAME_PART_MAX};
    frame_write(&f, out);
}
