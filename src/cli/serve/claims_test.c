/* SPDX-License-Identifier: Apache-2.0
 *
 * Which apps a node takes and gives back. The lease is played by the test: it grants what is asked for, or not.
 */
#include "base/test.h"
#include "cli/serve/claims.h"

#define APP INT64_C(7000000000000000001)

/* Makes the changes that are asked for; grants apps or refuses them. Returns how many of the kind were asked for. */
static size_t change(struct claims *c, bool worker, bool grant, enum lease_kind kind, bool give_back) {
    struct lease_change changes[CLAIMS_AT_ONCE];
    size_t n = claims_changes(c, worker, changes), found = 0;
    for (size_t i = 0; i < n; i++) {
        changes[i].done = changes[i].kind == LEASE_CONNECTIONS || changes[i].give_back || grant;
        found += changes[i].kind == kind && changes[i].give_back == give_back;
    }
    claims_changed(c, changes, n);
    return found;
}

static void others_have(struct claims *c, int64_t app, unsigned n) {
    if (n > 0)
        claims_other(c, &(struct lease_held){.kind = LEASE_CONNECTIONS, .node = 1, .n = n, .mark = lease_mark(app)});
    claims_others_end(c);
}

static void have(struct claims *c, int64_t app, unsigned n) {
    claims_count(c, &(struct hub_count){.app = app, .connections = n, .answers = true}, n > 0);
}

static void test_worker_takes_what_is_due(void **state) {
    struct claims *c = claims_new();
    bool asked;
    assert_false(claims_begin(c, APP, false, &asked)); /* not the worker, no connection */
    assert_false(asked);
    assert_int_equal(change(c, false, true, LEASE_APP, false), 0);
    assert_false(claims_begin(c, APP, true, &asked));
    assert_true(asked);
    assert_int_equal(change(c, true, true, LEASE_APP, false), 1);
    assert_true(claims_begin(c, APP, true, &asked));
    claims_end(c, APP);
    claims_free(c);
}

static void test_worker_leaves_it_to_connections_elsewhere(void **state) {
    struct claims *c = claims_new();
    bool asked;
    (void)claims_begin(c, APP, true, &asked);
    change(c, true, true, LEASE_APP, false);
    assert_true(claims_begin(c, APP, true, &asked)); /* an event is on its way */
    others_have(c, APP, 2);
    assert_int_equal(claims_elsewhere(c, APP), 2);
    assert_false(claims_begin(c, APP, true, &asked)); /* no further one */
    assert_false(asked);
    assert_int_equal(change(c, true, true, LEASE_APP, true), 0); /* kept until its outcome is recorded */
    claims_end(c, APP);
    assert_int_equal(change(c, true, true, LEASE_APP, true), 1);
    others_have(c, APP, 0);
    assert_false(claims_begin(c, APP, true, &asked)); /* it must be taken again */
    assert_true(asked);
    claims_free(c);
}

static void test_connections_here(void **state) {
    struct claims *c = claims_new();
    bool asked;
    have(c, APP, 1);
    assert_int_equal(change(c, false, false, LEASE_CONNECTIONS, false), 1); /* another node has the app */
    assert_false(claims_begin(c, APP, false, &asked));
    claims_lost(c); /* lets it try at once, and tells the number again */
    assert_int_equal(change(c, false, true, LEASE_CONNECTIONS, false), 1);
    assert_true(claims_begin(c, APP, false, &asked));
    have(c, APP, 3);
    assert_int_equal(change(c, false, true, LEASE_CONNECTIONS, true), 1); /* 1 is replaced by 3 */
    have(c, APP, 0);
    assert_int_equal(change(c, false, true, LEASE_APP, true), 0); /* still sending */
    claims_end(c, APP);
    assert_int_equal(change(c, false, true, LEASE_APP, true), 1);
    claims_free(c);
}

/* A client that is silent does not keep the app from another node's clients. */
static void test_silent(void **state) {
    const struct hub_count silent = {.app = APP, .connections = 1};
    struct claims *c = claims_new();
    bool asked;
    have(c, APP, 1);
    change(c, false, true, LEASE_APP, false);
    assert_true(claims_begin(c, APP, false, &asked));
    claims_count(c, &silent, 1); /* it did not answer */
    claims_end(c, APP);
    assert_int_equal(change(c, false, true, LEASE_APP, true), 0); /* nobody else has a client */
    others_have(c, APP, 1);
    assert_false(claims_begin(c, APP, false, &asked));
    assert_int_equal(change(c, false, true, LEASE_APP, true), 1);
    assert_int_equal(change(c, false, true, LEASE_APP, false), 0); /* not at once again */
    claims_free(c);
}

static void test_lost(void **state) {
    struct claims *c = claims_new();
    bool asked;
    have(c, APP, 1);
    change(c, false, true, LEASE_APP, false);
    assert_true(claims_begin(c, APP, false, &asked));
    claims_lost(c);
    assert_false(claims_begin(c, APP, false, &asked));
    claims_end(c, APP); /* the outcome of the first one */
    claims_free(c);
}

/* Not more apps without connections are held than the database's server has room for, and all get their turn. */
static void test_crowd(void **state) {
    enum { APPS = CLAIMS_WEBHOOKS_MAX + 100 };
    struct claims *c = claims_new();
    bool served[APPS] = {false}, asked;
    unsigned n = 0;
    for (unsigned round = 0; round < 20 && n < APPS; round++) {
        unsigned held = 0;
        for (int i = 0; i < APPS; i++) {
            if (served[i] || !claims_begin(c, APP + i, true, &asked))
                continue;
            served[i] = true;
            held++;
            claims_end(c, APP + i);
        }
        n += held;
        assert_true(held <= CLAIMS_WEBHOOKS_MAX);
        for (int k = 0; k < APPS / CLAIMS_AT_ONCE + 1; k++)
            (void)change(c, true, true, LEASE_APP, false);
    }
    assert_int_equal(n, APPS);
    claims_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worker_takes_what_is_due),
        cmocka_unit_test(test_worker_leaves_it_to_connections_elsewhere),
        cmocka_unit_test(test_connections_here),
        cmocka_unit_test(test_silent),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_crowd),
    };
    return RUN_TESTS(tests);
}
