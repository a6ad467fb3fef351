/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections of one app at several processes, of which the test plays the others.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/test.h"
#include "events/longlink/hub.h"

#define APP 7

static unsigned others;
static unsigned elsewhere(void *ctx, int64_t app) {
    return others;
}

static struct hub *hub_of_several(unsigned n) {
    struct hub *h = hub_new();
    others = n;
    hub_share(h, &(struct hub_others){.elsewhere = elsewhere});
    return h;
}

/* Admits as many as the limit allows, given that other processes have n. */
static void admit(struct hub *h, unsigned n) {
    struct hub_count *counts;
    assert_int_equal(hub_counts(h, &counts), 1);
    unsigned all = counts[0].connections + n;
    assert_true(counts[0].waits);
    hub_admit(h, &counts[0], all > HUB_CONNECTIONS_MAX ? all - HUB_CONNECTIONS_MAX : 0);
    free(counts);
}

static void test_waits_to_be_admitted(void **state) {
    struct hub *h = hub_of_several(0);
    struct hub_member m = {.app = APP};
    uint64_t member;
    assert_int_equal(hub_join(h, &m), 0);
    assert_true(hub_has(h, APP)); /* so nothing is posted meanwhile */
    assert_int_equal(hub_room(h, APP), 0);
    assert_int_equal(hub_send(h, APP, STR("id"), STR("body"), 1, false, &member), -ENOTCONN);
    admit(h, 0);
    assert_false(hub_refused(h, &m));
    assert_int_equal(hub_room(h, APP), UINT_MAX);
    hub_leave(h, &m);
    hub_free(h);
}

/* Only those that are too many are refused, the newest first. */
static void test_refuses_the_newest(void **state) {
    struct hub *h = hub_of_several(48);
    struct hub_member m[4] = {{.app = APP}, {.app = APP}, {.app = APP}, {.app = APP}};
    for (int i = 0; i < 4; i++)
        assert_int_equal(hub_join(h, &m[i]), 0);
    assert_true(hub_full(h, APP));
    admit(h, 48);
    for (int i = 0; i < 4; i++)
        assert_int_equal(hub_refused(h, &m[i]), i >= 2);
    for (int i = 0; i < 4; i++)
        hub_leave(h, &m[i]);
    assert_false(hub_full(h, APP));
    hub_free(h);
}

/* A connection that came after the count is not admitted by it. */
static void test_not_counted(void **state) {
    struct hub *h = hub_of_several(0);
    struct hub_member first = {.app = APP}, later = {.app = APP};
    struct hub_count *counts;
    hub_join(h, &first);
    assert_int_equal(hub_counts(h, &counts), 1);
    hub_join(h, &later);
    hub_admit(h, &counts[0], 0);
    free(counts);
    assert_int_equal(first.admission, HUB_ADMITTED);
    assert_int_equal(later.admission, HUB_WAITS);
    hub_leave(h, &first);
    hub_leave(h, &later);
    hub_free(h);
}

static void test_alone(void **state) {
    struct hub *h = hub_new();
    struct hub_member m = {.app = APP};
    hub_join(h, &m);
    assert_int_equal(m.admission, HUB_ADMITTED);
    assert_int_equal(hub_next(h, 0), APP);
    assert_int_equal(hub_next(h, APP), 0);
    hub_leave(h, &m);
    hub_free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits_to_be_admitted),
        cmocka_unit_test(test_refuses_the_newest),
        cmocka_unit_test(test_not_counted),
        cmocka_unit_test(test_alone),
    };
    return RUN_TESTS(tests);
}
