/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames, compared with the bytes that protobufjs (used by the Node SDK) makes of the same fields; parts; invalid
 * frames.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/test.h"
#include "events/longlink/frame.h"

static struct str from_hex(struct arena *a, const char *hex) {
    size_t n = strlen(hex) / 2;
    char *out = arena_bytes(a, n);

    for (size_t i = 0; i < n; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (char)strtoul(pair, NULL, 16);
    }
    return (struct str){out, n};
}

static void test_read(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct frame f;
    struct str bytes = from_hex(&a, "080710ac0218fbffffffffffffffff0120012a0d0a047479706512056576656e742a0f0a0a6d657373"
                                    "6167655f696412016d3a017842077b2261223a317d4a016e");

    assert_int_equal(frame_read(bytes, &a, &f), 0);
    assert_int_equal(f.seq_id, 7);
    assert_int_equal(f.log_id, 300);
    assert_int_equal(f.service, -5);
    assert_int_equal(f.method, FRAME_DATA);
    assert_int_equal(f.n_headers, 2);
    assert_lit(frame_header(&f, STR("type")), "event");
    assert_lit(frame_header(&f, STR("message_id")), "m");
    assert_true(str_is_absent(frame_header(&f, STR("seq"))));
    assert_lit(f.payload, "{\"a\":1}");
    /* Truncated bytes are not a frame, or a frame without its last fields; nothing is read beyond the end. */
    for (size_t n = 0; n < bytes.len; n++) {
        char *copy = malloc(n ? n : 1);
        memcpy(copy, bytes.ptr, n);
        int r = frame_read((struct str){copy, n}, &a, &f);
        assert_true(r == 0 || r == -EBADMSG);
        if (n < 16)
            assert_int_equal(r, -EBADMSG); /* a required field is missing */
        free(copy);
    }
    assert_int_equal(frame_read(STR("{\"no\":\"frame\"}"), &a, &f), -EBADMSG);
}

static void test_write_part(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct buf payload BUF_CLEANUP = BUF_EMPTY, out BUF_CLEANUP = BUF_EMPTY;
    struct frame_event e = {.seq_id = 7, .service = 3, .message_id = STR("m"), .trace_id = STR("t")};

    for (int i = 0; i < FRAME_PART_MAX; i++)
        buf_add_char(&payload, 'x');
    assert_int_equal(frame_parts(payload.len), 1);
    buf_add_lit(&payload, "abc");
    e.payload = buf_str(&payload);
    assert_int_equal(frame_parts(payload.len), 2);
    frame_write_part(&e, 1, &out);
    assert_str(buf_str(&out),
               from_hex(&a, "08071000180320012a0d0a047479706512056576656e742a0f0a0a6d6573736167655f696412016d2a"
                            "080a0373756d1201322a080a037365711201312a0d0a0874726163655f69641201744203616263"));
    out.len = 0;
    frame_write_part(&e, 0, &out);
    struct frame f;
    assert_int_equal(frame_read(buf_str(&out), &a, &f), 0);
    assert_lit(frame_header(&f, STR("seq")), "0");
    assert_int_equal(f.payload.len, FRAME_PART_MAX);
    assert_int_equal(frame_parts(0), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_write_part)};
    return RUN_TESTS(tests);
}
