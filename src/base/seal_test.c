/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of sealed ids and MACs.
 */
#include "base/seal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/test.h"

static const uint8_t key_a[SEAL_KEY_LEN] = "0123456789abcdef0123456789abcde", key_b[SEAL_KEY_LEN] = {1};

static void test_opens_what_it_closed(void **state) {
    static const int64_t ids[] = {1, 0, -1, INT64_MAX, INT64_MIN, INT64_C(6960663240925956571)};
    static const uint32_t auxes[] = {0, 1, UINT32_MAX};
    struct seal *s = seal_new(key_a);
    for (int kind = 1; kind < SEAL_KINDS; kind++) {
        for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
            for (size_t k = 0; k < sizeof(auxes) / sizeof(*auxes); k++) {
                char hex[SEAL_HEX_LEN + 1];
                int64_t id = 99;
                uint32_t aux = 99;
                hex[SEAL_HEX_LEN] = '!';
                seal_close(s, (enum seal_kind)kind, ids[i], auxes[k], hex);
                assert_int_equal(hex[SEAL_HEX_LEN], '!');
                assert_int_equal(seal_open(s, (enum seal_kind)kind, (struct str){hex, SEAL_HEX_LEN}, &id, &aux), 0);
                assert_true(id == ids[i] && aux == auxes[k]);
            }
        }
    }
    seal_free(s);
    assert_null(seal_free(NULL));
}

static void assert_refused(const struct seal *s, enum seal_kind kind, struct str hex) {
    int64_t id = 99;
    uint32_t aux = 99;
    assert_int_equal(seal_open(s, kind, hex, &id, &aux), -EBADMSG);
    assert_true(id == 99 && aux == 99);
}

static void test_refuses_all_else(void **state) {
    struct seal *s = seal_new(key_a), *other = seal_new(key_b);
    char hex[SEAL_HEX_LEN], again[SEAL_HEX_LEN];
    struct str text = {hex, SEAL_HEX_LEN};
    seal_close(s, SEAL_OPEN_ID, 7, 8, hex);
    seal_close(s, SEAL_OPEN_ID, 7, 8, again);
    assert_memory_equal(hex, again, SEAL_HEX_LEN); /* an open_id is the same at every asking */
    for (int kind = 1; kind < SEAL_KINDS; kind++)
        if (kind != SEAL_OPEN_ID)
            assert_refused(s, (enum seal_kind)kind, text);
    assert_refused(other, SEAL_OPEN_ID, text);
    assert_refused(s, SEAL_OPEN_ID, (struct str){hex, SEAL_HEX_LEN - 1});
    assert_refused(s, SEAL_OPEN_ID, STR(""));
    assert_refused(s, SEAL_OPEN_ID, STR("zz000000000000000000000000000000"));
    for (size_t i = 0; i < SEAL_HEX_LEN; i++) { /* any digit changed, or written in upper case */
        char kept = hex[i];
        hex[i] = kept == '0' ? '1' : '0';
        assert_refused(s, SEAL_OPEN_ID, text);
        hex[i] = kept;
        if (kept >= 'a') {
            hex[i] = (char)(kept - 'a' + 'A');
            assert_refused(s, SEAL_OPEN_ID, text);
            hex[i] = kept;
        }
    }
    seal_free(s);
    seal_free(other);
}

/* The texts are handed out and stored by callers, so they must not change with a release. */
static void test_form_is_fixed(void **state) {
    struct seal *s = seal_new(key_a);
    char hex[SEAL_HEX_LEN];
    seal_close(s, SEAL_TENANT_TOKEN, 1, 2, hex);
    assert_str(((struct str){hex, SEAL_HEX_LEN}), STR("a50c6b699284e9a20cfe32c90b24fa8c"));
    uint8_t mac[32];
    seal_mac(s, STR("page"), STR("message"), mac);
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_add_hex(&b, mac, sizeof(mac));
    assert_buf(&b, "097d367b6741750caf96b358e2cc4d8c36c28163c229e0556c0f83028a1e26e9");
    seal_free(s);
}

static void test_mac_parts(void **state) {
    struct seal *s = seal_new(key_a), *other = seal_new(key_b);
    uint8_t m[5][32];
    seal_mac(s, STR("page"), STR("x"), m[0]);
    seal_mac(s, STR("pag"), STR("ex"), m[1]);
    seal_mac(s, STR("page"), STR("y"), m[2]);
    seal_mac(other, STR("page"), STR("x"), m[3]);
    seal_mac(s, STR("page"), STR_ABSENT, m[4]);
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(m[i], m[k], 32);
    seal_free(s);
    seal_free(other);
}

static void *use_seals(void *p) {
    const struct seal *const *seals = p;
    for (int i = 0; i < 2000; i++) {
        const struct seal *s = seals[i / 100 % 2];
        char hex[SEAL_HEX_LEN];
        int64_t id = 0;
        uint32_t aux = 0;
        seal_close(s, SEAL_FILE_LINK, i, (uint32_t)i, hex);
        if (seal_open(s, SEAL_FILE_LINK, (struct str){hex, SEAL_HEX_LEN}, &id, &aux) < 0 || id != i ||
            aux != (uint32_t)i)
            return p;
    }
    return NULL;
}

static void test_threads_share_a_seal(void **state) {
    struct seal *seals[2] = {seal_new(key_a), seal_new(key_b)};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_seals, seals), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    seal_free(seals[0]);
    seal_free(seals[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opens_what_it_closed), cmocka_unit_test(test_refuses_all_else),
        cmocka_unit_test(test_form_is_fixed),        cmocka_unit_test(test_mac_parts),
        cmocka_unit_test(test_threads_share_a_seal),
    };
    return RUN_TESTS(tests);
}
