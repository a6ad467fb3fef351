/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant adds an account at a vendor: required values, and the vendor's event.
 */
#include "hire/hire_fixture.h"
#include "hire/vendor/account.h"
#include "hire/vendor/field.h"

/* The vendor asks for account_token (required) and note. */
static void define_form(struct fixture *f) {
    struct i18n name = {.en_us = STR("Account token")};
    struct eco_account_custom_field_data v[] = {
        {.key = STR("account_token"), .name = &name, .is_required = SET_BOOL(true)},
        {.key = STR("note"), .name = &name, .is_required = SET_BOOL(false)},
    };
    struct eco_account_custom_field_create_body body = {.scope = SET_INT(1), .custom_field_list = {v, 2}};

    assert_int_equal(CALL(f, account_fields_create(&f->h, VENDOR_APP, &body)), 0);
    fixture_sql(f,
                "INSERT INTO app (id, app_id, kind, tenant, developer, name, secret_hash, scopes, created_ms) VALUES"
                " (%d, 'v', 1, %d, 77, 'v', '', 'hire:background_check_order:readonly', 1);"
                "INSERT INTO app_install VALUES (%d, %d, 1);"
                "INSERT INTO app_subscription VALUES (%d, 'hire.eco_account.created_v1', 1)",
                VENDOR_APP, TENANT, TENANT, VENDOR_APP, VENDOR_APP);
}

static struct vendor_account_filled filled(int64_t app, struct eco_account_custom_field_event_data *values, size_t n) {
    return (struct vendor_account_filled){
        .account = {.name = STR("背调账号 001"), .provider_id = STR("provider-9"), .third_type = 127, .app = app},
        .values = {values, n},
    };
}

/* The event's "event" member as the outbox has it, if exactly one delivery to the app waits; NULL otherwise. */
static struct eco_account_created_v1_event *told(struct fixture *f, int64_t app, int64_t account) {
    struct eco_account_created_v1_event *e = arena_new(&f->arena, struct eco_account_created_v1_event);
    sqlite3_stmt *stmt;
    int n = 0;

    if (sqlite3_prepare_v2(f->side.sqlite,
                           "SELECT e.doc FROM event e JOIN event_delivery d ON d.event = e.id WHERE d.app = ? AND"
                           " e.account_id = ? AND e.type = 'hire.eco_account.created_v1' ORDER BY e.id",
                           -1, &stmt, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(f->side.sqlite));
    sqlite3_bind_int64(stmt, 1, app);
    sqlite3_bind_int64(stmt, 2, account);
    for (; sqlite3_step(stmt) == SQLITE_ROW; n++) {
        struct str doc = arena_dup(&f->arena, str_of((const char *)sqlite3_column_text(stmt, 0)));
        memset(e, 0, sizeof(*e));
        assert_int_equal(record_read_stored(&type_eco_account_created_v1_event, e, doc, &f->arena), 0);
    }
    sqlite3_finalize(stmt);
    return n == 1 ? e : NULL;
}

static void an_account_is_added(void **state) {
    struct fixture *f = *state;
    struct eco_account_custom_field_event_data values[] = {{STR("note"), STR("")},
                                                           {STR("account_token"), STR("7233333")}};
    int64_t usages[] = {2, 1};
    struct vendor_account_filled in = filled(VENDOR_APP, values, 2);
    struct eco_account_created_v1_event *e, kept;
    int64_t id;

    define_form(f);
    in.usages = (struct int_list){usages, 2};
    assert_int_equal(CALL(f, vendor_account_create(&f->h, &in, &id)), 0);
    e = told(f, VENDOR_APP, id);
    assert_non_null(e);
    assert_int_equal(e->scope.v, 1);
    assert_str(e->account_id, hire_text(&f->h, id));
    assert_lit(e->account_name, "背调账号 001");
    assert_int_equal(e->usage_list.n, 2);
    assert_int_equal(e->usage_list.v[0], 2);
    assert_int_equal(e->custom_field_list.n, 1); /* empty values are not in the event */
    assert_lit(e->custom_field_list.v[0].key, "account_token");
    assert_lit(e->custom_field_list.v[0].value, "7233333");
    assert_int_equal(vendor_account_filled(&f->h, id, &kept), 1);
    assert_lit(kept.custom_field_list.v[0].value, "7233333");
    assert_int_equal(vendor_account_filled(&f->h, f->account, &kept), 0);
    assert_int_equal(vendor_account_filled(&f->h, 4711, &kept), 0);
}

static void what_is_refused(void **state) {
    struct fixture *f = *state;
    struct eco_account_custom_field_event_data v[] = {{STR("account_token"), STR("t")}, {STR("x"), STR("1")}};
    struct vendor_account_filled in = filled(VENDOR_APP, v, 2);
    int64_t id, usages[] = {3};
    int64_t before = fixture_number(f, "SELECT COUNT(*) FROM vendor_account");

    define_form(f);
    REFUSED(f, vendor_account_create(&f->h, &in, &id), REFUSED_PARAMETER, "the vendor's form has no field \"x\"");
    v[1].key = v[0].key;
    REFUSED(f, vendor_account_create(&f->h, &in, &id), REFUSED_PARAMETER, "\"account_token\" is given twice");
    in.values.n = 0;
    REFUSED(f, vendor_account_create(&f->h, &in, &id), REFUSED_PARAMETER,
            "the vendor requires the field \"account_token\" (Account token)");
    in.values.n = 1;
    in.usages = (struct int_list){usages, 1};
    REFUSED(f, vendor_account_create(&f->h, &in, &id), REFUSED_PARAMETER, "1 (social) or 2 (campus) recruiting, not 3");
    in.usages.n = 0;
    in.account.name = STR("");
    REFUSED(f, vendor_account_create(&f->h, &in, &id), REFUSED_PARAMETER, "the account's name must not be empty");
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM vendor_account"), before);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event"), 0);
}

static void an_account_is_assigned(void **state) {
    struct fixture *f = *state;
    int64_t id = fixture_account(f, "provider-5", 0);
    struct eco_account_created_v1_event *e;

    define_form(f);
    assert_int_equal(CALL(f, vendor_account_assign(&f->h, id, VENDOR_APP)), 0);
    e = told(f, VENDOR_APP, id);
    assert_non_null(e);
    assert_str(e->account_id, hire_text(&f->h, id));
    assert_lit(e->account_name, "Our account");
    /* Assigning to the same app again, or to none, writes no event */
    assert_int_equal(CALL(f, vendor_account_assign(&f->h, id, VENDOR_APP)), 0);
    assert_int_equal(CALL(f, vendor_account_assign(&f->h, id, 0)), 0);
    assert_non_null(told(f, VENDOR_APP, id));
    REFUSED(f, vendor_account_assign(&f->h, 4711, VENDOR_APP), REFUSED_PARAMETER, "no vendor account with the id 4711");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        FIXTURE_TEST(an_account_is_added),
        FIXTURE_TEST(what_is_refused),
        FIXTURE_TEST(an_account_is_assigned),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
