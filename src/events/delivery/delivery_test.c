/* SPDX-License-Identifier: Apache-2.0
 *
 * The effects of an attempt: the log, the next due time, the order.
 */
#include "base/id.h"
#include "events/delivery/delivery.h"
#include "events/retry.h"
#include "hire/hire_fixture.h"

#define EVENT 9000

static void add_delivery(struct fixture *f, int64_t subject) {
    fixture_sql(f,
                "INSERT INTO event (tenant, id, event_id, type, account_id, subject_id, created_ms, doc)"
                " VALUES (%d, %d, 'x', 't', 0, %" PRId64 ", 1, '{}')",
                TENANT, EVENT, subject);
    fixture_sql(
        f, "INSERT INTO event_delivery (tenant, event, app, state, attempts, next_ms) VALUES (%d, %d, %d, 0, 0, 5)",
        TENANT, EVENT, VENDOR_APP);
}

static struct delivery_outcome outcome(int attempts, const char *error) {
    return (struct delivery_outcome){.tenant = TENANT,
                                     .event = EVENT,
                                     .app = VENDOR_APP,
                                     .attempts = attempts,
                                     .at_ms = START_MS - 10,
                                     .now_ms = START_MS,
                                     .way = WAY_REQUEST_URL,
                                     .status = *error ? 500 : 200,
                                     .duration_ms = 10,
                                     .answer = STR("ok"),
                                     .error = str_of(error)};
}

static void test_ladder(void **state) {
    static const int64_t due[] = {15000, 300000, 3600000, 21600000};
    struct fixture *f = *state;

    add_delivery(f, 1);
    for (int i = 0; i < 5; i++) {
        struct delivery_outcome o = outcome(i, "no");
        assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
        assert_int_equal(fixture_number(f, "SELECT attempts FROM event_delivery"), i + 1);
        assert_int_equal(fixture_number(f, "SELECT state FROM event_delivery"),
                         i < 4 ? DELIVERY_WAITS : DELIVERY_GIVEN_UP);
        if (i < 4)
            assert_int_equal(fixture_number(f, "SELECT next_ms FROM event_delivery"), START_MS + due[i]);
    }
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_attempt"), 5);
    assert_int_equal(fixture_number(f, "SELECT MAX(seq) FROM event_attempt WHERE status = 500 AND error = 'no'"), 5);
    /* The event was replayed while an old attempt was in progress: the old outcome is logged and changes nothing. */
    fixture_sql(f, "UPDATE event_delivery SET state = 0, attempts = 0, next_ms = 77");
    struct delivery_outcome late = outcome(4, "");
    assert_int_equal(CALL(f, delivery_settle(f->db, &late)), 0);
    assert_int_equal(fixture_number(f, "SELECT next_ms FROM event_delivery WHERE state = 0 AND attempts = 0"), 77);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_attempt"), 6);
}

static void test_taken_moves_the_order(void **state) {
    struct fixture *f = *state;

    fixture_approvals(f, true, false);
    int64_t id = fixture_arrange(f);
    assert_int_equal(CALL(f, order_approve(&f->h, id, STR_ABSENT)), 0);
    assert_int_equal(fixture_state(f, id).status, ORDER_APPROVED);
    add_delivery(f, id);
    struct delivery_outcome o = outcome(0, "no");
    o.subject_id = id;
    o.created_order = true;
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_state(f, id).status, ORDER_APPROVED);
    o = outcome(1, "");
    o.subject_id = id;
    o.created_order = true;
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_state(f, id).status, ORDER_ARRANGED);
    assert_int_equal(fixture_number(f, "SELECT state FROM event_delivery"), DELIVERY_DONE);
    /* The same outcome again, as after a crash, changes nothing. */
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_state(f, id).status, ORDER_ARRANGED);
    o.subject_id = 12345; /* an order that does not exist */
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
}

static void test_answers_are_cut_and_made_readable(void **state) {
    struct fixture *f = *state;
    char text[600];

    add_delivery(f, 1);
    memset(text, 'a', sizeof(text));
    memcpy(text + 510, "背", 3); /* the cut goes through it */
    struct delivery_outcome o = outcome(0, "");
    o.answer = (struct str){text, sizeof(text)};
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_number(f, "SELECT LENGTH(answer) FROM event_attempt"), 510);
    fixture_sql(f, "UPDATE event_delivery SET state = 0, attempts = 0");
    o.answer = STR("\xff\x00z");
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_number(f, "SELECT answer = '??z' FROM event_attempt WHERE seq = 2"), 1);
    /* An attempt that another process has recorded is not recorded again. */
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_attempt"), 2);
    /* The answer to a delivery that is cancelled is not stored. */
    fixture_sql(f, "UPDATE event_delivery SET state = 3, attempts = 0");
    assert_int_equal(CALL(f, delivery_settle(f->db, &o)), 0);
    assert_int_equal(fixture_number(f, "SELECT answer = '' FROM event_attempt WHERE seq = 3"), 1);
}

static void test_forget(void **state) {
    struct fixture *f = *state;

    for (int i = 0; i < 5; i++) {
        int64_t id = id_at(START_MS + i * 1000);
        fixture_sql(f,
                    "INSERT INTO event (tenant, id, event_id, type, account_id, subject_id, created_ms, doc)"
                    " VALUES (%d, %" PRId64 ", 'x', 't', 0, 1, 1, '{}');"
                    "INSERT INTO event_delivery VALUES (%d, %" PRId64 ", 1, %d, 0, 5);"
                    "INSERT INTO event_attempt VALUES (%d, %" PRId64 ", 1, 1, 5, 1, 200, 1, '', '')",
                    TENANT, id, TENANT, id,
                    i == 1   ? 0
                    : i == 2 ? 2
                             : 1,
                    TENANT, id);
    }
    int64_t after = 0;
    assert_int_equal(CALL(f, delivery_forget(f->db, START_MS + 3000, 2, &after)), 2);
    assert_int_equal(CALL(f, delivery_forget(f->db, START_MS + 3000, 2, &after)), 1);
    assert_int_equal(CALL(f, delivery_forget(f->db, START_MS + 3000, 2, &after)), 0);
    /* An event with a waiting delivery is not deleted, however old it is. */
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event"), 3);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery WHERE state = 0"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery"), 3);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_attempt"), 3);
    fixture_sql(f, "UPDATE event_delivery SET state = 1");
    after = 0;
    assert_int_equal(CALL(f, delivery_forget(f->db, START_MS + 3000, 2, &after)), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_ladder),
        FIXTURE_TEST(test_taken_moves_the_order),
        FIXTURE_TEST(test_answers_are_cut_and_made_readable),
        FIXTURE_TEST(test_forget),
    };
    return RUN_TESTS(tests);
}
