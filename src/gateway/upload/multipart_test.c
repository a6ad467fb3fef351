/* SPDX-License-Identifier: Apache-2.0
 *
 * multipart/form-data: what is accepted and refused, and that the result does not depend on how the bytes are cut.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/test.h"
#include "gateway/upload/multipart.h"

struct seen {
    struct buf log;
    int stop_after; /* of parts; 0: never */
    int parts;
};

static int on_part(void *ctx, const struct multipart_part *p) {
    struct seen *s = ctx;
    buf_printf(&s->log, "[%.*s|%.*s|%.*s]", STR_FMT(p->name), STR_FMT(p->filename), STR_FMT(p->content_type));
    return ++s->parts == s->stop_after ? -EPERM : 0;
}

static int on_data(void *ctx, const char *bytes, size_t len) {
    struct seen *s = ctx;
    assert_true(len > 0);
    buf_add(&s->log, bytes, len);
    return 0;
}

static int on_end(void *ctx) {
    struct seen *s = ctx;
    buf_add_char(&s->log, '$');
    return 0;
}

static const struct multipart_events events = {on_part, on_data, on_end};

/* Feeds pieces of the given size (each in memory of its own) and returns the result. */
static int feed(struct multipart *m, struct seen *s, const char *type, struct str body, size_t piece) {
    int r = multipart_begin(m, str_of(type), &events, s);
    for (size_t at = 0; r == 0 && at < body.len; at += piece) {
        size_t n = body.len - at < piece ? body.len - at : piece;
        char *copy = malloc(n);
        memcpy(copy, body.ptr + at, n);
        r = multipart_feed(m, copy, n);
        free(copy);
    }
    return r == 0 ? multipart_finish(m) : r;
}

#define TYPE "multipart/form-data; boundary=XX"
#define HEAD "--XX\r\nContent-Disposition: form-data; name=\"content\"; filename=\"a.pdf\"\r\n\r\n"

static void taken(const char *type, const char *body, size_t len, const char *expected) {
    static struct multipart m;
    for (size_t piece = 1; piece <= len; piece += piece < 90 ? 1 : len) {
        struct seen s = {0};
        int r = feed(&m, &s, type, (struct str){body, len}, piece);
        if (r != 0 || !str_eq(buf_str(&s.log), str_of(expected)))
            fail_msg("pieces of %zu: %d %s: %.*s", piece, r, m.why ? m.why : "", STR_FMT(buf_str(&s.log)));
        buf_free(&s.log);
    }
}
#define TAKEN(type, body, expected) taken(type, body, sizeof(body) - 1, expected)

static void refused(const char *type, const char *body, size_t len, const char *words) {
    static struct multipart m;
    for (size_t piece = 1; piece <= len + 1; piece += piece < 90 ? 1 : len) {
        struct seen s = {0};
        int r = feed(&m, &s, type, (struct str){body, len}, piece);
        if (r != -EBADMSG || !strstr(m.why, words))
            fail_msg("pieces of %zu: %d \"%s\", expected \"%s\"", piece, r, m.why ? m.why : "", words);
        buf_free(&s.log);
    }
}
#define REFUSED(type, body, words) refused(type, body, sizeof(body) - 1, words)

static void test_taken(void **state) {
    TAKEN(TYPE, HEAD "hello\r\n--XX--\r\n", "[content|a.pdf|]hello$");
    TAKEN(TYPE, HEAD "hello\r\n--XX--", "[content|a.pdf|]hello$");
    TAKEN(TYPE, HEAD "\r\n--XX--", "[content|a.pdf|]$");
    TAKEN(TYPE, HEAD "a\r\n--X\r\r\n--X-\r\n-\r\n--XX--", "[content|a.pdf|]a\r\n--X\r\r\n--X-\r\n-$");
    TAKEN(TYPE, HEAD "\r\r\r\n\r\n--XX--", "[content|a.pdf|]\r\r\r\n$");
    TAKEN(TYPE, HEAD "1\r\n" HEAD "2\r\n--XX--\r\n", "[content|a.pdf|]1$[content|a.pdf|]2$");
    TAKEN("Multipart/Form-Data;BOUNDARY=\"a b:c\"",
          "--a b:c\r\ncontent-type: text/x;  y=z\r\ncontent-DISPOSITION: Form-Data; NAME=n\r\nX-Other: "
          "1\r\n\r\n.\r\n--a b:c--",
          "[n||text/x;  y=z].$");
    TAKEN(TYPE,
          "--XX\r\nContent-Disposition: form-data; name=\"a\\\"b\"; filename=\"C:\\dir\\x.pdf\"\r\n\r\n\r\n--XX--",
          "[a\"b|C:\\dir\\x.pdf|]$");
    TAKEN(TYPE,
          "--XX\r\nContent-Disposition: form-data; name=c; filename=\"plain\"; "
          "filename*=utf-8'zh'%E7%AE%80%e5%8e%86.pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n\r\n--XX--",
          "[c|简历.pdf|]$");
    TAKEN(TYPE, "--XX\r\nContent-Disposition: form-data; name=c; filename=\"简历.pdf\"\r\n\r\n\r\n--XX--",
          "[c|简历.pdf|]$");
}

/* Reads a part whose Content-Disposition is form-data with those parameters. */
static void disposition(const char *sent, const char *expected) {
    struct buf body BUF_CLEANUP = BUF_EMPTY, log BUF_CLEANUP = BUF_EMPTY;
    buf_printf(&body, "--XX\r\nContent-Disposition: form-data; %s\r\n\r\nx\r\n--XX--\r\n%c", sent, 0);
    buf_printf(&log, "[%s|]x$%c", expected, 0);
    taken(TYPE, body.ptr, body.len - 1, log.ptr);
}

static void test_names_as_clients_write_them(void **state) {
    /* The HTML standard: Chromium, Firefox, undici, axios, form-data, OkHttp, urllib3 2, curl from 7.81 on. */
    disposition("name=\"content\"; filename=\"a%22b\\c%0D%0Ad.pdf\"", "content|a\"b\\c\r\nd.pdf");
    disposition("name=\"con%22tent\"; filename=\"100%25 %0d%41%.pdf\"", "con\"tent|100%25 \r%41%.pdf");
    /* httpx and urllib3 1.26: the same, and doubled backslashes. */
    disposition("name=\"content\"; filename=\"C:\\\\a%22.pdf\"", "content|C:\\a\".pdf");
    /* Go, curl before 7.81, Apache HttpClient: backslashes. */
    disposition("name=\"content\"; filename=\"a\\\"b\\\\c.pdf\"", "content|a\"b\\c.pdf");
    disposition("name=\"content\"; filename=\"a\\\"; b.pdf\"", "content|a\"; b.pdf");
    /* A browser's name that ends with a backslash. */
    disposition("name=\"content\"; filename=\"a\\\"", "content|a\\");
    /* form-data before 4.0.6 escapes nothing. */
    disposition("name=\"content\"; filename=\"a\"b\".pdf\"", "content|a\"b\".pdf");
    /* .NET: tokens, and filename* beside an encoded word. */
    disposition("name=content; filename=\"=?utf-8?B?566A5Y6GLnBkZg==?=\"; filename*=utf-8''%E7%AE%80%E5%8E%86.pdf",
                "content|简历.pdf");
    disposition("name=content; filename=简 历.pdf", "content|简 历.pdf");
    /* If only one of the two can be read, that one is taken. */
    disposition("name=content; filename=\"a.pdf\"; filename*=UTF-8''%E7%AE", "content|a.pdf");
    disposition("name=content; filename=\"a.pdf\"; filename*=UTF-8''%zz", "content|a.pdf");
    disposition("name=content; filename*=UTF-8''简 历.pdf%; filename=\"a.pdf\"", "content|a.pdf");
    disposition("name=content; filename*=ISO-8859-1''%E4.pdf; filename=\"a.pdf\"", "content|a.pdf");
    disposition("name=content; filename*=; filename=\"a.pdf\"", "content|a.pdf");
    disposition("filename=\"\xff.pdf\"; filename*=UTF-8''b.pdf; name=content", "content|b.pdf");
}

static void test_line_ends_around(void **state) {
    TAKEN(TYPE, "\r\n" HEAD "x\r\n--XX--\r\n", "[content|a.pdf|]x$");
    TAKEN(TYPE, "\r\n\n\r\n" HEAD "x\r\n--XX--\r\n\r\n", "[content|a.pdf|]x$");
    TAKEN(TYPE, "\n" HEAD "x\r\n--XX--\n", "[content|a.pdf|]x$");
    /* JavaMail and Python make boundaries that are not tokens, and not all senders quote them. */
    TAKEN("multipart/form-data; boundary===X.1:2==; charset=UTF-8",
          "--==X.1:2==\r\nContent-Disposition: form-data; name=n\r\n\r\n.\r\n--==X.1:2==--", "[n||].$");
}

static void test_refused_types(void **state) {
    static const char *const types[] = {
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-dataX; boundary=a",
        "multipart/mixed; boundary=a",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary=\"a ",
        "multipart/form-data; boundary=\"a \"",
        "multipart/form-data; boundary=\"a\r\nb\"",
        "multipart/form-data; boundary=1234567890123456789012345678901234567890123456789012345678901234567890X",
        "multipart/form-data boundary=a"};
    static struct multipart m;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (multipart_begin(&m, str_of(types[i]), &events, NULL) != -EBADMSG)
            fail_msg("%s", types[i]);
    assert_int_equal(multipart_begin(&m, STR_ABSENT, &events, NULL), -EBADMSG);
}

static void test_refused(void **state) {
    REFUSED(TYPE, "", "ends before");
    REFUSED(TYPE, "preamble\r\n" HEAD "x\r\n--XX--", "does not begin");
    REFUSED(TYPE, "\r\n preamble\r\n" HEAD "x\r\n--XX--", "does not begin");
    REFUSED(TYPE, "-\r\n-XX\r\n" HEAD "x\r\n--XX--", "does not begin");
    REFUSED(TYPE, "\r\n\r\n", "ends before");
    REFUSED(TYPE, HEAD "x\r\n--XX", "ends before");
    REFUSED(TYPE, HEAD "x", "ends before");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a", "ends before");
    REFUSED(TYPE, HEAD "x\r\n--XX--\r\nepilogue", "follows the last");
    REFUSED(TYPE, HEAD "x\r\n--XX--\r\n" HEAD "y\r\n--XX--", "follows the last");
    REFUSED(TYPE, HEAD "x\r\n--XX--y", "follows the last");
    REFUSED(TYPE, HEAD "x\r\n--XXY", "followed by something else");
    REFUSED(TYPE, HEAD "x\r\n--XX\n", "followed by something else");
    REFUSED(TYPE, HEAD "x\r\n--XX-x", "followed by something else");
    REFUSED(TYPE, "--XX\r\n\r\nx\r\n--XX--", "no Content-Disposition");
    REFUSED(TYPE, "--XX\r\nContent-Type: a\r\n\r\nx\r\n--XX--", "no Content-Disposition");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--", "has no name");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--XX--", "not form-data");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--", "cannot be read");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nx\r\n--XX--", "twice");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=a\r\n\r\n",
            "two");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a; filename=\"\xff\"\r\n\r\n", "UTF-8");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a; filename*=latin1''x\r\n\r\n", "filename*");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''%e\r\n\r\n", "filename*");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''%00\r\n\r\n", "UTF-8");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a; filename=\"\xff\"; filename*=UTF-8''%ff\r\n\r\n",
            "UTF-8");
    REFUSED(TYPE, "--XX\r\n: form-data\r\n\r\n", "no name");
    REFUSED(TYPE, "--XX\r\nno colon\r\n\r\n", "no name");
    REFUSED(TYPE, "--XX\r\nA: b\rc: d\r\n\r\n", "lone carriage return");
    REFUSED(TYPE, "--XX\r\nA: b\x01\r\n\r\n", "control character");
    REFUSED(TYPE, "--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            "Encoding");
}

static void test_bounds(void **state) {
    static struct multipart m;
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    struct seen s = {0};

    for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
        buf_add_lit(&b, HEAD "x\r\n");
    assert_int_equal(feed(&m, &s, TYPE, buf_str(&b), 100), -EBADMSG);
    assert_non_null(strstr(m.why, "too many parts"));
    assert_int_equal(s.parts, MULTIPART_PARTS_MAX);

    b.len = 0;
    buf_add_lit(&b, "--XX\r\n");
    for (int i = 0; i <= MULTIPART_LINES_MAX; i++)
        buf_add_lit(&b, "A: b\r\n");
    buf_add_lit(&b, "\r\n");
    assert_int_equal(feed(&m, &s, TYPE, buf_str(&b), 100), -EBADMSG);
    assert_non_null(strstr(m.why, "too many header lines"));

    b.len = 0;
    buf_add_lit(&b, "--XX\r\nA: ");
    for (int i = 0; i < MULTIPART_HEAD_MAX; i++)
        buf_add_char(&b, 'a');
    assert_int_equal(feed(&m, &s, TYPE, buf_str(&b), 100), -EBADMSG);
    assert_non_null(strstr(m.why, "too long"));
    buf_free(&s.log);
}

static void test_an_event_ends_it(void **state) {
    static struct multipart m;
    struct seen s = {.stop_after = 2};
    assert_int_equal(feed(&m, &s, TYPE, STR(HEAD "1\r\n" HEAD "2\r\n--XX--"), 7), -EPERM);
    assert_lit(buf_str(&s.log), "[content|a.pdf|]1$[content|a.pdf|]");
    buf_free(&s.log);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_names_as_clients_write_them),
        cmocka_unit_test(test_line_ends_around),
        cmocka_unit_test(test_refused_types),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_an_event_ends_it),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
