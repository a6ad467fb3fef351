/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tokens: the token's own text is read back, and no other text is accepted.
 */
#include <errno.h>

#include "base/test.h"
#include "gateway/page_token.h"

static const uint8_t secret[SEAL_KEY_LEN] = {1, 2, 3}, other_secret[SEAL_KEY_LEN] = {1, 2, 4};

static void test_there_and_back(void **state) {
    struct seal *s = seal_new(secret);
    const struct page_key keys[] = {{0, 0, 0}, {-1, -1, 5}, {INT64_MAX, INT64_MIN, 1700000000000}, {1, 2, 3}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct buf token BUF_CLEANUP = BUF_EMPTY;
        struct page_key back;
        page_token_write(s, STR("list 1 2"), &keys[i], &token);
        assert_int_equal(token.len, 52);
        assert_int_equal(page_token_read(s, STR("list 1 2"), buf_str(&token), &back), 0);
        assert_memory_equal(&back, &keys[i], sizeof back);
    }
    seal_free(s);
}

static void test_bound_to_its_walk(void **state) {
    struct seal *s = seal_new(secret), *other = seal_new(other_secret);
    struct buf token BUF_CLEANUP = BUF_EMPTY;
    struct page_key key = {1, 2, 3}, back;
    page_token_write(s, STR("list 1 2"), &key, &token);
    assert_int_equal(page_token_read(s, STR("list 1 3"), buf_str(&token), &back), -EBADMSG);
    assert_int_equal(page_token_read(s, STR(""), buf_str(&token), &back), -EBADMSG);
    assert_int_equal(page_token_read(other, STR("list 1 2"), buf_str(&token), &back), -EBADMSG);
    seal_free(s);
    seal_free(other);
}

/* Every single changed character, every truncation and every extension is detected. */
static void test_altered(void **state) {
    struct seal *s = seal_new(secret);
    struct buf token BUF_CLEANUP = BUF_EMPTY;
    struct page_key key = {1638848468868, 6985833807195212076, 3}, back;
    page_token_write(s, STR("w"), &key, &token);
    for (size_t i = 0; i < token.len; i++)
        for (int c = 0; c < 256; c++) {
            char was = token.ptr[i];
            if ((unsigned char)was == c)
                continue;
            token.ptr[i] = (char)c;
            assert_int_equal(page_token_read(s, STR("w"), buf_str(&token), &back), -EBADMSG);
            token.ptr[i] = was;
        }
    for (size_t len = 0; len < token.len; len++)
        assert_int_equal(page_token_read(s, STR("w"), (struct str){token.ptr, len}, &back), -EBADMSG);
    buf_add_char(&token, 'A');
    assert_int_equal(page_token_read(s, STR("w"), buf_str(&token), &back), -EBADMSG);
    seal_free(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_bound_to_its_walk),
        cmocka_unit_test(test_altered),
    };
    return RUN_TESTS(tests);
}
