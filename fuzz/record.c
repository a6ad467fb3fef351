/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes record_parse, record_read, both written forms, record_splice and record_locate. See fuzz/run.
 *
 * If the first byte of the input is even, the rest is JSON as a client sends it; if odd, a stored form, perhaps
 * damaged. The second byte says what the reader may not see. Each record that was read must be written as valid JSON;
 * for every reader record_splice of the stored form must give the same text as record_write; and the stored form must
 * read back as the same record.
 */
#include "base/record.h"
#include "base/record_example.h"
#include "base/record_internal.h"
#include "fuzz.h"

static void write_user(void *ctx, int64_t uid, struct buf *out) {
    MUST(uid >= 0);
    buf_add_i64(out, uid);
}

static void write_file(void *ctx, int64_t id, struct buf *out) {
    MUST(id >= 0);
    buf_add_lit(out, "file:");
    buf_add_i64(out, id);
}

static void splice(struct str stored, uint32_t hidden, struct buf *out) {
    struct record_reader r = {.hidden = hidden, .user = write_user, .file = write_file};
    char *copy = exact_copy(stored.ptr, stored.len);
    record_splice(&r, (struct str){copy, stored.len}, out);
    free(copy);
}

static void must_be_json(struct buf *b) {
    json_t *v = json_loadb(buf_str(b).ptr, b->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    MUST(v);
    json_decref(v);
}

static void must_equal(const struct buf *a, const struct buf *b) {
    MUST(str_eq(buf_str(a), buf_str(b)));
}

static void check_written(const struct example *e, uint32_t hidden, struct arena *a) {
    struct buf all BUF_CLEANUP = BUF_EMPTY, some BUF_CLEANUP = BUF_EMPTY, stored BUF_CLEANUP = BUF_EMPTY;
    struct buf spliced BUF_CLEANUP = BUF_EMPTY, again BUF_CLEANUP = BUF_EMPTY;
    struct example back = {0};
    record_write(&example_type, e, 0, &all);
    record_write(&example_type, e, hidden, &some);
    must_be_json(&all);
    must_be_json(&some);
    record_write_stored(&example_type, e, &stored);
    splice(buf_str(&stored), hidden, &spliced);
    must_equal(&spliced, &some);
    MUST(record_read_stored(&example_type, &back, buf_str(&stored), a) == 0);
    record_write(&example_type, &back, 0, &again);
    must_equal(&again, &all);
}

/* A value that was found wrong is in the text, unless it is missing. */
static void check_violations(const struct violations *vs, struct str text) {
    unsigned line, column;
    for (size_t i = 0; i < violations_kept(vs); i++) {
        MUST(str_is_utf8(vs->v[i].value) && vs->v[i].value.len <= 64 && !str_is_empty(vs->v[i].description));
        MUST(str_ends(vs->v[i].description, STR(" is required")) || str_is_empty(vs->v[i].field) ||
             record_locate(text, vs->v[i].field, &line, &column) == 0);
    }
}

static int ignore_user(void *ctx, struct str *value, struct str path) {
    MUST(!str_is_absent(*value) && !str_is_empty(path));
    return 0;
}

static void check_json(struct str text, uint32_t hidden, struct arena *a) {
    static struct violations vs;
    struct example e = {0}, answer = {0};
    struct str why = STR_ABSENT;
    json_t *v = record_parse(text, a, &why), *plain = record_parse_plain(text);
    if (plain) { /* the quick parser accepts nothing that the strict one refuses */
        json_t *strict = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
        MUST(strict && json_equal(plain, strict));
        json_decref(strict);
        json_decref(plain);
    }
    if (!v) {
        MUST(str_is_utf8(why) && !str_is_empty(why));
        return;
    }
    vs.n = 0;
    int r = record_read(&example_type, &e, v, a, &vs);
    MUST((r < 0) == (vs.n > 0));
    check_violations(&vs, text);
    MUST(record_each_user(&example_type, &e, a, ignore_user, NULL) == 0);
    if (r == 0)
        check_written(&e, hidden, a);
    vs.n = 0;
    if (record_read_answer(&example_type, &answer, v, a, &vs, NULL, NULL) == 0)
        check_written(&answer, hidden, a);
    else
        check_violations(&vs, text);
    json_decref(v);
}

static void check_stored(struct str stored, uint32_t hidden, struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct example e = {0};
    unsigned line, column;
    splice(stored, hidden, &out);
    MUST(out.len <= stored.len * 2 + 1); /* a slot is 18 bytes, and is filled with 24 at most */
    if (record_read_stored(&example_type, &e, stored, a) == 0)
        check_written(&e, hidden, a);
    record_locate(stored, STR("report_list[1].url"), &line, &column);
    record_locate(stored, str_head(stored, 12), &line, &column);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    if (size < 2)
        return 0;
    char *bytes = exact_copy((const char *)data + 2, size - 2);
    struct str text = {bytes, size - 2};
    if (data[0] & 1)
        check_stored(text, data[1], &a);
    else
        check_json(text, data[1], &a);
    free(bytes);
    return 0;
}
