/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of an exchange in a record.
 */
#include "upstream/line.h"

#include <zlib.h>

#include "base/json.h"
#include "testing/mask.h"
#include "upstream/disguise.h"
#include "upstream/relay.h"

/* ---- texts ---- */

static struct str header(struct str lines, struct str wanted) {
    struct str name, value;
    while (value = head_line_next(&lines, &name), !str_is_absent(name))
        if (str_eq_nocase(name, wanted))
            return value;
    return STR_ABSENT;
}

/* Unpacks as much as is kept of a body. Returns false if it is damaged or has another encoding. */
static bool unpack(struct str packed, struct buf *out) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr, .avail_in = (uInt)packed.len};
    if (inflateInit2(&z, 15 + 32) != Z_OK) /* gzip or zlib */
        return false;
    int r = Z_OK;
    while (r == Z_OK && out->len < PASSAGE_BODY_MAX) {
        buf_reserve(out, 64 * 1024);
        z.next_out = (Bytef *)out->ptr + out->len;
        z.avail_out = (uInt)(out->cap - out->len);
        r = inflate(&z, Z_NO_FLUSH);
        out->len = (size_t)((char *)z.next_out - out->ptr);
    }
    inflateEnd(&z);
    return r == Z_STREAM_END || out->len > 0;
}

/* ---- bodies ---- */

static bool has(struct str type, const char *word) {
    return memmem(type.ptr, type.len, word, strlen(word)) != NULL;
}

static bool is_text(struct str type, struct str body) {
    if (str_is_empty(type))
        return body.len > 0 && (body.ptr[0] == '{' || body.ptr[0] == '[');
    return has(type, "json") || str_starts(type, STR("text/")) || has(type, "x-www-form-urlencoded");
}

struct kept {
    struct str text; /* absent: not kept */
    bool cut;
};

/* What of a body is kept. unpacked holds the text of a body that was packed. */
static struct kept keep(struct str lines, const struct buf *body, uint64_t bytes, struct buf *unpacked) {
    struct str type = header(lines, STR("Content-Type")), encoding = header(lines, STR("Content-Encoding"));
    struct kept k = {buf_str(body), bytes > body->len};
    if (!str_is_empty(encoding) && !str_eq_nocase(encoding, STR("identity"))) {
        if (!unpack(k.text, unpacked))
            return (struct kept){STR_ABSENT, false};
        k = (struct kept){buf_str(unpacked), k.cut || unpacked->len >= PASSAGE_BODY_MAX};
    }
    if (k.text.len > PASSAGE_BODY_MAX)
        k = (struct kept){{k.text.ptr, PASSAGE_BODY_MAX}, true};
    if (k.cut) /* perhaps within a character */
        for (int i = 0; i < 4 && k.text.len > 0 && !str_is_utf8(k.text); i++)
            k.text.len--;
    if (k.text.len > 0 && (!is_text(type, k.text) || !str_is_utf8(k.text)))
        k.text = STR_ABSENT;
    return k;
}

static void write_body(struct str name, const struct kept *k, uint64_t bytes, struct buf *out) {
    json_key(out, name);
    json_begin(out, '{');
    json_member_int(out, STR("bytes"), (int64_t)bytes);
    if (bytes > 0)
        json_member_str(out, STR("text"), k->text);
    if (k->cut)
        json_member_bool(out, STR("cut"), true);
    json_end(out, '}');
}

/* ---- the line ---- */

/* Headers that say nothing about people. The others are kept if only secrets are masked. */
static bool is_plain(struct str name) {
    static const struct str names[] = {
        STR_INIT("Content-Type"), STR_INIT("Content-Length"), STR_INIT("Content-Encoding"),
        STR_INIT("Retry-After"),  STR_INIT("X-Tt-Logid"),     STR_INIT("User-Agent"),
        STR_INIT("Server")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq_nocase(name, names[i]))
            return true;
    return name.len > 16 && str_eq_nocase((struct str){name.ptr, 16}, STR("x-ogw-ratelimit-"));
}

static void write_headers(struct str key, struct str lines, bool all, struct buf *out) {
    struct str name, value;
    json_key(out, key);
    json_begin(out, '[');
    while (value = head_line_next(&lines, &name), !str_is_absent(name)) {
        if (!all && !is_plain(name))
            continue;
        json_begin(out, '[');
        json_str(out, name);
        json_str(out, value);
        json_end(out, ']');
    }
    json_end(out, ']');
}

struct texts {
    struct str path, query, request_headers, answer_headers;
    struct kept request, answer;
    struct buf unpacked_request, unpacked_answer;
};

static void mask_secrets(struct texts *t, struct arena *a) {
    struct mask m = {.arena = a};
    struct str *all[] = {&t->request_headers, &t->answer_headers, &t->request.text,
                         &t->answer.text,     &t->query,          &t->path};
    const size_t n = sizeof all / sizeof *all;
    for (size_t i = 0; i < n; i++)
        if (!str_is_absent(*all[i]))
            *all[i] = mask_named(&m, *all[i]);
    for (size_t i = 0; i < n; i++)
        if (!str_is_absent(*all[i]))
            *all[i] = mask_values(&m, *all[i]);
}

/* Replaces a text by what write() makes of it. */
static void disguise(struct str *text, const struct op *op, struct arena *a,
                     void (*write)(const struct op *op, struct str text, struct buf *out)) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    if (str_is_absent(*text))
        return;
    write(op, *text, &out);
    *text = arena_dup(a, buf_str(&out));
}

static void mask_values_of(struct texts *t, const struct passage *x, const struct router *routes, struct arena *a) {
    struct route route;
    const struct op *op = router_find(routes, buf_str(&x->method), buf_str(&x->path), &route) == 0 ? route.op : NULL;
    disguise(&t->path, op, a, disguise_path);
    disguise(&t->query, op, a, disguise_query);
    disguise(&t->request.text, op, a, disguise_request);
    disguise(&t->answer.text, op, a, disguise_answer);
}

static void write_texts(const struct passage *x, const struct texts *t, bool masked, struct buf *out) {
    json_begin(out, '{');
    json_member_int(out, STR("hired_record"), 1);
    json_member_int(out, STR("at_ms"), x->at_ms);
    json_member_int(out, STR("took_ms"), x->took_ms);
    if (masked)
        json_member_bool(out, STR("masked"), true);
    json_member_str(out, STR("method"), buf_str(&x->method));
    json_member_str(out, STR("path"), t->path);
    json_member_str(out, STR("query"), t->query);
    write_headers(STR("request_headers"), t->request_headers, !masked, out);
    write_body(STR("request"), &t->request, x->request_bytes, out);
    if (x->status > 0) {
        json_member_int(out, STR("status"), x->status);
        write_headers(STR("answer_headers"), t->answer_headers, !masked, out);
        write_body(STR("answer"), &t->answer, x->answer_bytes, out);
    }
    if (x->failed[0])
        json_member_str(out, STR("failed"), str_of(x->failed));
    json_end(out, '}');
    buf_add_char(out, '\n');
}

void line_write(const struct passage *x, const struct router *routes, struct buf *out) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct texts t = {
        .path = arena_utf8(&a, buf_str(&x->path)),
        .query = x->has_query ? arena_utf8(&a, buf_str(&x->query)) : STR_ABSENT,
        .request_headers = arena_utf8(&a, buf_str(&x->request_headers)),
        .answer_headers = arena_utf8(&a, buf_str(&x->answer_headers)),
    };
    t.request = keep(buf_str(&x->request_headers), &x->request, x->request_bytes, &t.unpacked_request);
    t.answer = keep(buf_str(&x->answer_headers), &x->answer, x->answer_bytes, &t.unpacked_answer);
    mask_secrets(&t, &a);
    if (routes)
        mask_values_of(&t, x, routes, &a);
    write_texts(x, &t, routes != NULL, out);
    buf_free(&t.unpacked_request);
    buf_free(&t.unpacked_answer);
}
