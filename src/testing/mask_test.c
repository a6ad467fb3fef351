/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets are taken out of texts in every form in which they occur.
 */
#include "testing/mask.h"

#include "base/test.h"

#define TOKEN "t-0123456789abcdef0123456789abcdef"

/* What is kept of a text. */
static struct str masked(struct arena *a, const char *text) {
    struct mask m = {.arena = a};
    return mask_values(&m, mask_named(&m, str_of(text)));
}

static void test_hidden(void **state) {
    static const char *const texts[] = {
        "{\"app_id\":\"cli_1\",\"app_secret\":\"S3CRET-VALUE\"}",
        "{ \"app_secret\" : \"S3CRET-VALUE\" , \"x\":1}",
        "{\"App-Secret\":\"S3CRET-VALUE\"}",
        "{\"APP_SECRET\":[\"S3CRET-VALUE\",{\"a\":\"S3CRET-VALUE\"}]}",
        "{\"app\\u005fsecret\":\"S3CRET-VALUE\"}",
        "{\"app_secr\\u0065t\":\"S3CRET-VALUE\"}",
        "{\"a\":{\"b\":[{\"encrypt_key\":\"S3CRET-VALUE\"}]}}",
        "{\"encryptKey\":\"S3CRET-VALUE\"}",
        "{\"verification_token\":\"S3CRET-VALUE\"}",
        "{\"password\":\"S3CRET-VALUE\"}",
        "{\"headers\":{\"Authorization\":\"Bearer S3CRET-VALUE\"}}",
        "{\"app_secret\":\"S3CRET-VALUE",          /* cut */
        "{\"app_secret\":\"S3CRET-VALUE\",",       /* cut */
        "{\"app_secret\":{\"v\":\"S3CRET-VALUE\"", /* cut */
        "{\"app_secret\":\"\\\"S3CRET-VALUE\"}",   /* an escaped quote */
        "{\"body\":\"{\\\"app_secret\\\":\\\"S3CRET-VALUE\\\"}\"}",
        "{\"body\":\"{\\\"b\\\":\\\"{\\\\\\\"app_secret\\\\\\\":\\\\\\\"S3CRET-VALUE\\\\\\\"}\\\"}\"}",
        "{\"form\":\"app_id=1&app_secret=S3CRET-VALUE\"}",
        "{app_secret: 'S3CRET-VALUE'}",
        "{'app_secret': 'S3CRET-VALUE'}",
        "{\"app_secret\":\"S3CRET-VALUE\",\"echo\":\"you sent S3CRET-VALUE\"}",
        "app_id=cli_1&app_secret=S3CRET-VALUE&x=1",
        "app%5Fsecret=S3CRET-VALUE",
        "user[password]=S3CRET-VALUE",
        "Authorization: Bearer S3CRET-VALUE\nx: y",
        "authorization=Basic S3CRET-VALUE",
        "Cookie: session=S3CRET-VALUE; a=b",
        "sent with Bearer S3CRET-VALUE",
        "{\"x\":\"Bearer S3CRET-VALUE\"}",
        "[\"password=S3CRET-VALUE\"]",
        "{\"app_ticket\":\"S3CRET-VALUE\"}",
        "{\"tenant_access_token\":\"S3CRET-VALUE\",\"expire\":7200}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena a ARENA_CLEANUP = ARENA_EMPTY;
        struct str kept = masked(&a, texts[i]);
        const char *text = arena_dup(&a, kept).ptr;
        if (strstr(text, "S3CRET-VALUE") || !strstr(text, MASKED))
            fail_msg("%s became %s", texts[i], text);
    }
}

static void test_tokens_by_form(void **state) {
    static const char *const texts[] = {
        "{\"a\":\"" TOKEN "\"}",
        "/open-apis/x/" TOKEN "/y",
        "q=" TOKEN "&b=1",
        "[1,\"u-0123456789abcdef0123456789abcdef\"]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena a ARENA_CLEANUP = ARENA_EMPTY;
        struct str kept = masked(&a, texts[i]);
        assert_null(strstr(arena_dup(&a, kept).ptr, "0123456789abcdef"));
    }
}

static void test_kept(void **state) {
    static const char *const texts[] = {
        "{\"page_token\":\"eyJ\",\"token_type\":\"tenant\",\"name\":\"a: b = c\"}",
        "{\"order_id\":\"7612101107694875541\",\"text\":\"\\u00e9\\n\\\"quoted\\\": yes\"}",
        "page_size=10&page_token=abcdef",
        "hello, world",
        "",
        "[]",
        "{\"a\":1e5,\"b\":[true,null]}",
        "at-0123456789abcdef0123456789abcdef",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct arena a ARENA_CLEANUP = ARENA_EMPTY;
        struct str kept = masked(&a, texts[i]);
        assert_string_equal(arena_dup(&a, kept).ptr, texts[i]);
    }
}

static void test_values_of_one_call(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct mask m = {.arena = &a};
    mask_remember(&m, STR("the-callers-own-token"));
    mask_named(&m, STR("{\"app_secret\":\"first-secret\"}"));
    struct str kept = mask_values(&m, STR("no app has the-callers-own-token or first-secret"));
    assert_string_equal(arena_dup(&a, kept).ptr, "no app has *** or ***");
    mask_remember(&m, STR("abc")); /* too short to be looked for */
    kept = mask_values(&m, STR("abcdef"));
    assert_true(str_eq(kept, STR("abcdef")));
}

/* A value that stands in JSON as a number or as punctuation: the text is told to be JSON no longer. */
static void test_replaced(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct mask m = {.arena = &a};
    mask_named(&m, STR("{\"token\":1000000,\"password\":\"\\\",\\\"code\\\":\"}"));
    mask_values(&m, STR("{\"msg\":\"x\"}"));
    assert_false(m.replaced);
    struct str kept = mask_values(&m, STR("{\"a\":1000000}"));
    assert_true(m.replaced);
    assert_true(str_eq(kept, STR("{\"a\":***}")));
    kept = mask_values(&m, STR("{\"msg\":\"x\",\"code\":0}"));
    assert_true(str_eq(kept, STR("{\"msg\":\"x***0}")));
}

/* No text makes it read or write beyond, or loop; the sanitizers watch. */
static void test_every_prefix(void **state) {
    static const struct str text =
        STR_INIT("{\"a\\u005f\":\"\\\"\\\\\",\"app_secret\":[{\"\\u00\":'x'}],\"b\":\"%4\\u12=Bearer \"}");
    for (size_t n = 0; n <= text.len; n++)
        for (size_t from = 0; from <= n; from++) {
            struct arena a ARENA_CLEANUP = ARENA_EMPTY;
            struct mask m = {.arena = &a};
            struct str part = arena_dup(&a, (struct str){text.ptr + from, n - from});
            struct str kept = mask_values(&m, mask_named(&m, part));
            assert_true(kept.len <= 2 * part.len + 16);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hidden),   cmocka_unit_test(test_tokens_by_form),
        cmocka_unit_test(test_kept),     cmocka_unit_test(test_values_of_one_call),
        cmocka_unit_test(test_replaced), cmocka_unit_test(test_every_prefix),
    };
    return RUN_TESTS(tests);
}
