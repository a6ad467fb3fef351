/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies, encryption and signatures, compared with the results of Node's crypto for the same input (aes-256-cbc with
 * createHash('sha256') of the key; sha256 of the joined texts).
 */
#include "base/test.h"
#include "events/delivery/envelope.h"

#include <errno.h>

#define PLAIN "{\"a\":\"背调/\\u0001\"}"
#define ENCRYPTED "{\"encrypt\":\"AAECAwQFBgcICQoLDA0ODyqlVR+gluVLsKQ0KDTGFWQfe8uMXJMQAauJ36RrIPQB\"}"

static const uint8_t iv[ENVELOPE_IV_LEN] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void test_decrypt(void **state) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    static const char *const broken[] = {"", "AAECAw==", "no base64!!!",
                                         "====", "AAECAwQFBgcICQoLDA0ODyqlVR+gluVLsKQ0KDTGFWQfe8uMXJMQAauJ36RrIPQC"};

    assert_int_equal(envelope_decrypt(STR("test key"),
                                      STR("AAECAwQFBgcICQoLDA0ODyqlVR+gluVLsKQ0KDTGFWQfe8uMXJMQAauJ36RrIPQB"), &out),
                     0);
    assert_buf(&out, PLAIN);
    out.len = 0;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_int_equal(envelope_decrypt(STR("test key"), str_of(broken[i]), &out), -EBADMSG);
        assert_int_equal(out.len, 0);
    }
    for (size_t len = 0; len < 100; len++) { /* of every length, so with every padding */
        struct buf plain BUF_CLEANUP = BUF_EMPTY, sent BUF_CLEANUP = BUF_EMPTY, back BUF_CLEANUP = BUF_EMPTY;
        const uint8_t other[ENVELOPE_IV_LEN] = {(uint8_t)len};
        for (size_t i = 0; i < len; i++)
            buf_add_char(&plain, (char)('a' + i % 26));
        envelope_encrypt(STR("k"), other, buf_str(&plain), &sent);
        struct str text = {sent.ptr + strlen("{\"encrypt\":\""), sent.len - strlen("{\"encrypt\":\"\"}")};
        assert_int_equal(envelope_decrypt(STR("k"), text, &back), 0);
        assert_str(buf_str(&back), buf_str(&plain));
    }
}

static void test_encrypt(void **state) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    envelope_encrypt(STR("test key"), iv, STR(PLAIN), &out);
    assert_buf(&out, ENCRYPTED);
    /* A text of whole blocks gets a whole block of padding. */
    out.len = 0;
    envelope_encrypt(STR("test key"), iv, STR("0123456789abcdef"), &out);
    assert_buf(&out, "{\"encrypt\":\"AAECAwQFBgcICQoLDA0ODyJH8PxK0QcROq4RCvJMg3YYUF7F+ySNN16cKbqhCSAA\"}");
}

static void test_sign(void **state) {
    char hex[ENVELOPE_SIGNATURE_LEN];

    envelope_sign(STR("1608725989"), STR("nonce-1"), STR("test key"), STR(ENCRYPTED), hex);
    assert_lit(((struct str){hex, sizeof(hex)}), "40a5fc5687e35563f65a4470291d2f2347948c24529e3fd8e181a2eb58479cc8");
}

static void test_body(void **state) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct envelope e = {
        .event_id = STR("5e3702a84e847582be8db7fb73283c02"),
        .type = STR("hire.eco_background_check.canceled_v1"),
        .token = STR("rvaYgkND1GOiu5MM0E1rncYC6PLtF7JV"),
        .app_id = STR("cli_9f5343c580712544"),
        .tenant_key = STR("2ca1d211f64f6438"),
        .created_ms = INT64_C(1608725989000),
        .event = STR("{\"background_check_id\":\"1\"}"),
    };

    envelope_write(&e, &out);
    assert_buf(&out, "{\"schema\":\"2.0\",\"header\":{\"event_id\":\"5e3702a84e847582be8db7fb73283c02\","
                     "\"event_type\":\"hire.eco_background_check.canceled_v1\",\"create_time\":\"1608725989000\","
                     "\"token\":\"rvaYgkND1GOiu5MM0E1rncYC6PLtF7JV\",\"app_id\":\"cli_9f5343c580712544\","
                     "\"tenant_key\":\"2ca1d211f64f6438\"},\"event\":{\"background_check_id\":\"1\"}}");
    /* Events of the platform itself have the old form. */
    e.type = STR("app_ticket");
    e.created_ms = INT64_C(1608725989042);
    e.event = STR("{\"app_id\":\"cli_9f5343c580712544\",\"app_ticket\":\"t\",\"type\":\"app_ticket\"}");
    out.len = 0;
    envelope_write(&e, &out);
    assert_buf(&out, "{\"ts\":\"1608725989.042\",\"uuid\":\"5e3702a84e847582be8db7fb73283c02\","
                     "\"token\":\"rvaYgkND1GOiu5MM0E1rncYC6PLtF7JV\",\"type\":\"event_callback\","
                     "\"event\":{\"app_id\":\"cli_9f5343c580712544\",\"app_ticket\":\"t\",\"type\":\"app_ticket\"}}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encrypt),
        cmocka_unit_test(test_decrypt),
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_body),
    };
    return RUN_TESTS(tests);
}
