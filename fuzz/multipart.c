/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes multipart_feed. See fuzz/run. The first byte of the input says how the rest is cut into pieces; however
 * they are cut, the outcome, the parts and the bytes of their content must be the same as for the whole in one piece.
 */
#include "gateway/upload/multipart.h"
#include "fuzz.h"

struct outcome {
    int result;
    unsigned parts, ends;
    size_t bytes;
    uint64_t hash;
};

static void mix(struct outcome *o, const char *bytes, size_t len) {
    for (size_t i = 0; i < len; i++)
        o->hash = (o->hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
}

static int on_part(void *ctx, const struct multipart_part *p) {
    struct outcome *o = ctx;
    MUST(o->parts == o->ends);
    o->parts++;
    MUST(o->parts <= MULTIPART_PARTS_MAX && p->name.len > 0 && str_is_utf8(p->name));
    MUST(str_is_absent(p->filename) || str_is_utf8(p->filename));
    mix(o, p->name.ptr, p->name.len);
    mix(o, p->filename.ptr, p->filename.len);
    mix(o, p->content_type.ptr, p->content_type.len);
    return 0;
}

static int on_data(void *ctx, const char *bytes, size_t len) {
    struct outcome *o = ctx;
    MUST(len > 0 && o->parts == o->ends + 1);
    o->bytes += len;
    mix(o, bytes, len);
    return 0;
}

static int on_end(void *ctx) {
    struct outcome *o = ctx;
    o->ends++;
    MUST(o->ends == o->parts);
    return 0;
}

static struct outcome run(struct str type, struct str body, size_t piece) {
    static const struct multipart_events events = {on_part, on_data, on_end};
    static struct multipart m;
    struct outcome o = {0};
    o.result = multipart_begin(&m, type, &events, &o);
    for (size_t at = 0; o.result == 0 && at < body.len; at += piece) {
        size_t n = body.len - at < piece ? body.len - at : piece;
        char *copy = exact_copy(body.ptr + at, n);
        o.result = multipart_feed(&m, copy, n);
        free(copy);
    }
    if (o.result == 0)
        o.result = multipart_finish(&m);
    MUST(o.result == 0 || m.why);
    MUST(o.result != 0 || o.parts == o.ends);
    return o;
}

/* The first line is the Content-Type. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    struct str body = {(const char *)data + 1, size - 1}, type = str_cut(&body, '\n');
    if (str_is_absent(body))
        body = STR("");
    struct outcome whole = run(type, body, body.len + 1), cut = run(type, body, data[0] % 64u + 1);
    MUST(whole.result == cut.result && whole.parts == cut.parts && whole.ends == cut.ends);
    MUST(whole.result != 0 || (whole.bytes == cut.bytes && whole.hash == cut.hash));
    return 0;
}
