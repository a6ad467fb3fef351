/* SPDX-License-Identifier: Apache-2.0
 *
 * The journal's bounds, and reading it while others write.
 */
#include "testing/journal.h"

#include <pthread.h>

#include "base/test.h"
#include "testing/journal_internal.h"

#define BIG (100 * 1024)

static void add(struct journal *j, int64_t tenant, size_t len) {
    static char text[BIG];
    memset(text, 'x', sizeof text);
    const struct journal_key key = {.tenant = tenant, .kind = JOURNAL_CALL, .app_id = "cli_1"};
    journal_add(j, &key, (struct str){text, len});
}

/* How many entries a tenant has; *ret_first: the first one's number. */
static size_t count(struct journal *j, int64_t tenant, int64_t *ret_first) {
    const struct journal_filter f = {.of_tenant = true, .tenant = tenant};
    size_t n = 0;
    *ret_first = 0;
    for (int64_t last = 0;;) {
        struct arena a ARENA_CLEANUP = ARENA_EMPTY;
        struct journal_entry *entries;
        size_t some = journal_read(j, &f, last, 16, &a, &entries, &last);
        if (n == 0 && some > 0)
            *ret_first = entries[0].key.number;
        n += some;
        if (some < 16)
            return n;
    }
}

static void test_a_tenant_has_a_share(void **state) {
    struct journal *j = journal_new();
    int64_t first, last, dropped;
    add(j, 1, 10);
    for (int i = 0; i < 200; i++)
        add(j, 2, BIG);
    size_t n = count(j, 2, &first);
    assert_true(n > 70 && n * BIG <= JOURNAL_TENANT_MAX);
    assert_int_equal(first, 201 - (int64_t)n + 1);
    assert_int_equal(count(j, 1, &first), 1); /* another tenant's entries do not push it out */
    journal_numbers(j, &last, &dropped);
    assert_int_equal(last, 201);
    assert_int_equal(dropped, 201 - (int64_t)n);
    journal_free(j);
}

static void test_all_have_a_bound(void **state) {
    struct journal *j = journal_new();
    int64_t first;
    size_t n = 0;
    for (int tenant = 1; tenant <= 40; tenant++)
        for (int i = 0; i < 40; i++)
            add(j, tenant, BIG);
    for (int tenant = 1; tenant <= 40; tenant++)
        n += count(j, tenant, &first);
    assert_true(n * BIG <= JOURNAL_MAX && n * BIG > JOURNAL_MAX / 2);
    assert_int_equal(count(j, 40, &first), 40);
    assert_int_equal(count(j, 1, &first), 0);
    journal_free(j);
}

static void test_clear_one_tenant(void **state) {
    struct journal *j = journal_new();
    int64_t first;
    for (int i = 0; i < 30; i++)
        add(j, i % 3, 100);
    const struct journal_filter f = {.of_tenant = true, .tenant = 1};
    assert_int_equal(journal_clear(j, &f), 10);
    assert_int_equal(count(j, 1, &first), 0);
    assert_int_equal(count(j, 2, &first), 10);
    assert_int_equal(count(j, 0, &first), 10);
    add(j, 1, 1);
    assert_int_equal(count(j, 1, &first), 1);
    assert_int_equal(first, 31);
    journal_free(j);
}

/* Calls that fetch a token have an app and no tenant. */
static void test_apps_of_a_tenant(void **state) {
    static const struct str apps[] = {STR_INIT("cli_0"), STR_INIT("cli_1")};
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct journal *j = journal_new();
    struct journal_entry *entries;
    int64_t last;
    add(j, 0, 1);
    add(j, 5, 1);
    add(j, 6, 1);
    struct journal_filter f = {.of_tenant = true, .tenant = 5, .apps = apps, .n_apps = 2};
    assert_int_equal(journal_read(j, &f, 0, 10, &a, &entries, &last), 2);
    assert_int_equal(entries[0].key.number, 1);
    assert_int_equal(entries[1].key.number, 2);
    f.n_apps = 1;
    assert_int_equal(journal_read(j, &f, 0, 10, &a, &entries, &last), 1);
    journal_free(j);
}

static void *writer(void *arg) {
    for (int i = 0; i < 2000; i++)
        add(arg, i % 7, 5000);
    return NULL;
}

static void test_reading_while_others_write(void **state) {
    struct journal *j = journal_new();
    pthread_t threads[4];
    int64_t last = 0, seen = 0;
    const struct journal_filter f = {.kind = JOURNAL_CALL};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, writer, j), 0);
    while (last < 8000) {
        struct arena a ARENA_CLEANUP = ARENA_EMPTY;
        struct journal_entry *entries;
        journal_wait(j, last, 5000);
        size_t n = journal_read(j, &f, last, 100, &a, &entries, &last);
        for (size_t i = 0; i < n; i++) {
            assert_true(entries[i].key.number > seen);
            seen = entries[i].key.number;
        }
    }
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(seen, 8000);
    journal_free(j);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tenant_has_a_share),       cmocka_unit_test(test_all_have_a_bound),
        cmocka_unit_test(test_clear_one_tenant),           cmocka_unit_test(test_apps_of_a_tenant),
        cmocka_unit_test(test_reading_while_others_write),
    };
    return RUN_TESTS(tests);
}
