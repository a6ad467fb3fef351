/* SPDX-License-Identifier: Apache-2.0
 *
 * Events are written in the transaction of the change, for exactly the apps that qualify.
 */
#include "hire/hire_fixture.h"
#include "hire/outbox/outbox.h"
#include "hire/phone.h"

#define SCOPE "hire:background_check_order:readonly"
#define CREATED "hire.eco_background_check.created_v1"
#define CANCELED "hire.eco_background_check.canceled_v1"

static void add_app(struct fixture *f, int id, int kind, const char *scopes, const char *type) {
    fixture_sql(f,
                "INSERT INTO app (id, app_id, kind, tenant, developer, name, secret_hash, scopes, created_ms)"
                " VALUES (%d, 'cli_%016d', %d, %d, 1, 'A', '', '%s', 1)",
                id, id, kind, TENANT, scopes);
    fixture_sql(f, "INSERT INTO app_install (tenant, app, created_ms) VALUES (%d, %d, 1)", TENANT, id);
    fixture_sql(f, "INSERT INTO app_subscription (app, event_type, created_ms) VALUES (%d, '%s', 1)", id, type);
}

static int64_t deliveries(struct fixture *f, int app) {
    return fixture_number(f, "SELECT COUNT(*) FROM event_delivery WHERE app = %d AND state = 0 AND next_ms = %" PRId64,
                          app, START_MS);
}

static struct str text_of(struct fixture *f, const char *sql) {
    return side_text(&f->side, sql, &f->arena);
}

static void test_created(void **state) {
    struct fixture *f = *state;

    add_app(f, VENDOR_APP, 2, SCOPE, CREATED);
    add_app(f, OTHER_APP, 1, SCOPE, CREATED);
    struct background_check_item_info items[] = {{.id = STR("ext002"), .name = STR("学历")}};
    struct background_check_custom_field_data_value values[] = {{.key = STR("k"), .value = STR("\"v\"\n")}};
    struct order_arrangement in = {
        .application_id = APPLICATION,
        .account_id = f->account,
        .package_name = STR("基础版"),
        .package_id = STR("12"),
        .candidate = {.name = STR("王二"), .mobile = STR("17600001234"), .first_name = STR("Er")},
        .contactor = {.name = STR("Emma"), .mobile = STR("+447700900102")},
        .items = {items, 1},
        .custom_values = {values, 1},
        .remark = STR("快一点"),
    };
    int64_t id = 0;
    assert_int_equal(CALL(f, order_arrange(&f->h, &in, &id)), 0);

    /* Only the account's app gets the event, although another app has scope and subscription. */
    assert_int_equal(deliveries(f, VENDOR_APP), 1);
    assert_int_equal(deliveries(f, OTHER_APP), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event WHERE subject_id = %" PRId64, id), 1);
    assert_str(text_of(f, "SELECT doc FROM event"),
               arena_printf(
                   &f->arena,
                   "{\"background_check_id\":\"%" PRId64 "\",\"account_id\":\"%" PRId64 "\",\"package_id\":\"12\","
                   "\"additional_item_id_list\":[\"ext002\"],\"comment\":\"快一点\","
                   "\"candidate_info\":{\"name\":\"王二\",\"mobile\":{\"code\":\"86\",\"number\":\"17600001234\"},"
                   "\"first_name\":\"Er\"},"
                   "\"client_contact_info\":{\"name\":\"Emma\",\"mobile\":{\"code\":\"44\",\"number\":\"7700900102\"}},"
                   "\"custom_field_list\":[{\"key\":\"k\",\"value\":\"\\\"v\\\"\\n\"}]}",
                   id, f->account));
    struct str event_id = text_of(f, "SELECT event_id FROM event");
    assert_int_equal(event_id.len, 32);
    assert_int_equal(strspn(event_id.ptr, "0123456789abcdef"), 32);
}

static void test_approval(void **state) {
    struct fixture *f = *state;

    add_app(f, VENDOR_APP, 1, SCOPE, CREATED);
    fixture_sql(f, "INSERT INTO app_subscription (app, event_type, created_ms) VALUES (%d, '" CANCELED "', 1)",
                VENDOR_APP);
    fixture_approvals(f, true, false);
    int64_t id = fixture_arrange(f);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event"), 0);
    assert_int_equal(CALL(f, order_approve(&f->h, id, STR("yes"))), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event WHERE type = '" CREATED "'"), 1);
    /* Without the vendor's id, package_id is the package's name. */
    assert_non_null(strstr(text_of(f, "SELECT doc FROM event").ptr, "\"package_id\":\"基础版\""));
    assert_int_equal(deliveries(f, VENDOR_APP), 1);
    assert_int_equal(CALL(f, order_terminate(&f->h, id, STR("declined"))), 0);
    assert_str(
        text_of(f, "SELECT doc FROM event WHERE type = '" CANCELED "'"),
        arena_printf(&f->arena, "{\"background_check_id\":\"%" PRId64 "\",\"termination_reason\":\"declined\"}", id));
    assert_int_equal(deliveries(f, VENDOR_APP), 2);
}

/* A change that is rolled back writes no event. */
static void test_undone(void **state) {
    struct fixture *f = *state;

    add_app(f, VENDOR_APP, 1, SCOPE, CREATED);
    assert_int_equal(db_begin(f->db), 0);
    struct order_arrangement in = {.application_id = APPLICATION, .account_id = f->account};
    int64_t id;
    assert_int_equal(order_arrange(&f->h, &in, &id), 0);
    db_rollback(f->db);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event"), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery"), 0);
}

static void test_who_does_not_hear(void **state) {
    struct fixture *f = *state;
    const struct application_stage_changed_v1_event e = {.application_id = STR("1"), .update_time = SET_INT(5)};
    const struct hire_event event = {.type = EVENT_APPLICATION_STAGE_CHANGED_V1, .subject_id = 1, .event = &e};
    const char *type = "hire.application.stage_changed_v1";

    add_app(f, 601, 1, "hire:a hire:application:readonly hire:b", type);
    add_app(f, 602, 2, "hire:application:readonly", type);
    add_app(f, 603, 1, "hire:application:readonly2 xhire:application:readonly", type); /* no scope */
    add_app(f, 604, 1, "hire:application:readonly", "hire.application.deleted_v1");    /* not subscribed */
    add_app(f, 605, 1, "hire:application:readonly", type);                             /* disabled */
    fixture_sql(f, "UPDATE app SET disabled = 1 WHERE id = 605");
    add_app(f, 606, 1, "hire:application:readonly", type); /* installed elsewhere */
    fixture_sql(f, "UPDATE app_install SET tenant = %d WHERE app = 606", OTHER_TENANT);
    assert_int_equal(CALL(f, hire_emit(&f->h, &event)), 0);
    assert_int_equal(deliveries(f, 601), 1);
    assert_int_equal(deliveries(f, 602), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery"), 2);
}

/* An account without an app: the tenant's own apps get the event; vendors' and store apps do not. */
static void test_unbound_account(void **state) {
    struct fixture *f = *state;
    int64_t account = fixture_account(f, "provider-2", 0);

    add_app(f, VENDOR_APP, 1, SCOPE, CREATED);
    add_app(f, 602, 2, SCOPE, CREATED);
    fixture_arrange_at(f, APPLICATION, account);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event"), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery"), 0);
    add_app(f, 601, 1, SCOPE, CREATED);
    fixture_arrange_at(f, APPLICATION, account);
    assert_int_equal(deliveries(f, 601), 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery"), 1);
}

static void test_ticket(void **state) {
    struct fixture *f = *state;
    struct str first, second;

    add_app(f, VENDOR_APP, 2, "", "x");
    add_app(f, OTHER_APP, 1, "", "x");
    assert_int_equal(CALL(f, hire_push_app_ticket(&f->h, OTHER_APP)), -ENOENT);
    assert_int_equal(hire_app_ticket_good(&f->h, VENDOR_APP, STR("")), 0);
    assert_int_equal(CALL(f, hire_push_app_ticket(&f->h, VENDOR_APP)), 0);
    first = text_of(f, "SELECT app_ticket FROM app WHERE id = 501");
    assert_int_equal(first.len, 64);
    assert_str(text_of(f, "SELECT doc FROM event WHERE type = 'app_ticket' AND tenant = 0"),
               arena_printf(&f->arena, "{\"app_id\":\"cli_%016d\",\"app_ticket\":\"%s\",\"type\":\"app_ticket\"}",
                            VENDOR_APP, first.ptr));
    assert_int_equal(CALL(f, hire_push_app_ticket(&f->h, VENDOR_APP)), 0);
    second = text_of(f, "SELECT app_ticket FROM app WHERE id = 501");
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event_delivery WHERE state = %d", DELIVERY_SUPERSEDED), 1);
    assert_int_equal(deliveries(f, VENDOR_APP), 1);
    assert_int_equal(hire_app_ticket_good(&f->h, VENDOR_APP, first), 1);
    assert_int_equal(hire_app_ticket_good(&f->h, VENDOR_APP, second), 1);
    assert_int_equal(CALL(f, hire_push_app_ticket(&f->h, VENDOR_APP)), 0);
    assert_int_equal(hire_app_ticket_good(&f->h, VENDOR_APP, first), 0);
    assert_int_equal(hire_app_ticket_good(&f->h, VENDOR_APP, second), 1);
    assert_int_equal(hire_app_ticket_good(&f->h, VENDOR_APP, STR("x")), 0);
}

static void test_phone(void **state) {
    static const struct {
        const char *text, *code, *number;
    } cases[] = {
        {"17600001234", "86", "17600001234"},
        {"+8617600001234", "86", "17600001234"},
        {"+86 17600001234", "86", "17600001234"},
        {"+86-176-0000", "86", "176-0000"},
        {" +447700900102 ", "44", "7700900102"},
        {"+12025550123", "1", "2025550123"},
        {"+79161234567", "7", "9161234567"},
        {"+85291234567", "852", "91234567"},
        {"+852 9123 4567", "852", "9123 4567"},
        {"+3531234", "353", "1234"},
        {"+", "86", "+"},
        {"", "86", ""},
        {"+8", "8", ""},
        {"ask her", "86", "ask her"},
        {"+99", "99", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct phone p = phone_split(str_of(cases[i].text));
        assert_str(p.code, str_of(cases[i].code));
        assert_str(p.number, str_of(cases[i].number));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_created),           FIXTURE_TEST(test_approval),        FIXTURE_TEST(test_undone),
        FIXTURE_TEST(test_who_does_not_hear), FIXTURE_TEST(test_unbound_account), FIXTURE_TEST(test_ticket),
        cmocka_unit_test(test_phone),
    };
    return RUN_TESTS(tests);
}
