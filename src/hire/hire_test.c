/* SPDX-License-Identifier: Apache-2.0
 *
 * The smaller parts of the domain: numbers in texts, a tenant's switches, vendor accounts, external checks.
 */
#include "hire/external/external.h"
#include "hire/hire_fixture.h"

static void numbers(void **state) {
    struct fixture *f = *state;
    int64_t v = -1;

    assert_int_equal(hire_time(&f->h, "t", STR("946684800000"), &v), 0);
    assert_int_equal(v, HIRE_TIME_MIN);
    struct str last = hire_text(&f->h, START_MS + HIRE_TIME_AHEAD_MS),
               after = hire_text(&f->h, START_MS + HIRE_TIME_AHEAD_MS + 1);
    assert_int_equal(hire_time(&f->h, "t", last, &v), 0);
    assert_int_equal(v, START_MS + HIRE_TIME_AHEAD_MS);
    REFUSED(f, hire_time(&f->h, "t", after, &v), REFUSED_PARAMETER, "(a year from now)");
    static const char *const times[] = {
        "",   "0",  "-1", "10000000000000",      "1e3", "01", "1", "946684799999", "9999999999999",
        " 1", "1 ", "+1", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        REFUSED(f, hire_time(&f->h, "some_time", str_of(times[i]), &v), REFUSED_PARAMETER, "some_time must be a time");
        assert_null(memmem(f->h.why.ptr, f->h.why.len, "looks like seconds", 18));
    }
    REFUSED(f, hire_time(&f->h, "some_time", STR_ABSENT, &v), REFUSED_PARAMETER, "some_time");
    REFUSED(f, hire_time(&f->h, "t", STR("1700000000"), &v), REFUSED_PARAMETER,
            "it is \"1700000000\", which looks like seconds");
    assert_int_equal(v, START_MS + HIRE_TIME_AHEAD_MS);
    assert_int_equal(hire_time_number(&f->h, "t", 0), 0); /* none */
    assert_int_equal(hire_time_number(&f->h, "t", START_MS), 0);
    REFUSED(f, hire_time_number(&f->h, "t", 1700000000), REFUSED_PARAMETER, "which looks like seconds");
    assert_int_equal(hire_time_any(&f->h, "t", STR("0"), &v), 0);
    assert_int_equal(hire_time_any(&f->h, "t", STR("1700000000"), &v), 0);
    assert_int_equal(hire_time_any(&f->h, "t", STR("9999999999999"), &v), 0);
    assert_int_equal(v, INT64_C(9999999999999));
    REFUSED(f, hire_time_any(&f->h, "some_time", STR("10000000000000"), &v), REFUSED_PARAMETER,
            "some_time must be a time");
    assert_int_equal(hire_id(&f->h, "i", STR("9223372036854775807"), &v), 0);
    assert_int_equal(v, INT64_MAX);
    REFUSED(f, hire_id(&f->h, "some_id", STR("9223372036854775808"), &v), REFUSED_PARAMETER, "some_id must be an id");
    assert_lit(hire_text(&f->h, INT64_MIN), "-9223372036854775808");
    assert_int_equal(hire_bounded(&f->h, "x", STR("十个汉字"), true, 4), 0);
    REFUSED(f, hire_bounded(&f->h, "x", STR("十个汉字"), true, 3), REFUSED_PARAMETER,
            "x may have at most 3 characters; it has 4");
    assert_int_equal(hire_bounded(&f->h, "x", STR_ABSENT, false, 3), 0);
}

static void switches(void **state) {
    struct fixture *f = *state;
    struct tenant_approvals a = {true, true};

    assert_int_equal(tenant_approvals_get(&f->h, &a), 0);
    assert_false(a.arrangement || a.report);
    a.report = true;
    assert_int_equal(CALL(f, tenant_approvals_set(&f->h, &a)), 0);
    a = (struct tenant_approvals){true, false};
    assert_int_equal(tenant_approvals_get(&f->h, &a), 0);
    assert_true(!a.arrangement && a.report);
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(tenant_approvals_get(&f->h, &a), 0);
    assert_false(a.report);
    f->h.tenant = 1;
    assert_int_equal(tenant_approvals_get(&f->h, &a), -ENOENT);
    assert_int_equal(CALL(f, tenant_approvals_set(&f->h, &a)), -ENOENT);
}

static void accounts(void **state) {
    struct fixture *f = *state;
    struct vendor_account in = {.id = 12, .name = STR("n"), .provider_id = STR("p"), .third_type = 3, .app = 5}, *v,
                          got;
    int64_t id;
    size_t n;

    assert_int_equal(CALL(f, vendor_account_add(&f->h, &in, &id)), 0);
    assert_int_equal(id, 12);
    assert_int_equal(vendor_account_get(&f->h, 12, &got), 1);
    assert_lit(got.name, "n");
    assert_lit(got.provider_zh, "");
    assert_int_equal(got.third_type, 3);
    assert_int_equal(got.created_ms, START_MS);
    assert_int_equal(vendor_account_get(&f->h, 13, &got), 0);
    assert_int_equal(vendor_account_list(&f->h, &v, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(v[0].id, 12);
    assert_int_equal(vendor_account_find(&f->h, STR("p"), &id), 1);
    assert_int_equal(id, 12);
    assert_int_equal(vendor_account_find(&f->h, STR("q"), &id), 0);
    assert_int_equal(CALL(f, vendor_account_bind(&f->h, 12, 6)), 0);
    assert_int_equal(vendor_account_get(&f->h, 12, &got), 1);
    assert_int_equal(got.app, 6);

    REFUSED(f, vendor_account_bind(&f->h, 13, 6), REFUSED_PARAMETER, "no vendor account with the id 13");
    REFUSED(f, vendor_account_add(&f->h, &in, &id), REFUSED_PARAMETER, "already");
    in.id = 0;
    in.third_type = 4;
    REFUSED(f, vendor_account_add(&f->h, &in, &id), REFUSED_PARAMETER, "account_third_type must be 1, 2, 3 or 127");
    in.third_type = 1;
    in.name = STR("");
    REFUSED(f, vendor_account_add(&f->h, &in, &id), REFUSED_PARAMETER, "name must not be empty");
    in.name = STR("n");
    in.provider_id = STR_ABSENT;
    REFUSED(f, vendor_account_add(&f->h, &in, &id), REFUSED_PARAMETER, "provider_id must not be empty");
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(vendor_account_get(&f->h, 12, &got), 0);
    REFUSED(f, vendor_account_bind(&f->h, 12, 6), REFUSED_PARAMETER, "no vendor account");
}

struct seen {
    int n;
    int64_t id[32];
    struct str doc;
    struct arena *arena;
};

static void see(void *ctx, int64_t id, struct str doc) {
    struct seen *s = ctx;

    s->id[s->n++] = id;
    s->doc = arena_dup(s->arena, doc);
}

static void external_checks(void **state) {
    struct fixture *f = *state;
    struct external_background_check_attachment file = {.id = STR("3"), .name = STR("a.pdf"), .size = SET_INT(1928)};
    struct external_background_check in = {.id = STR("40"),
                                           .external_application_id = STR("7"),
                                           .date = SET_INT(1626602069393),
                                           .name = STR("张三的背调"),
                                           .result = STR("已通过"),
                                           .attachment_list = {&file, 1}};
    struct seen s = {.arena = &f->arena};

    assert_int_equal(CALL(f, external_check_import(&f->h, &in)), 1);
    assert_int_equal(CALL(f, external_check_import(&f->h, &in)), 0);
    assert_int_equal(external_check_get(&f->h, 40, see, &s), 1);
    assert_lit(s.doc, "{\"id\":\"40\",\"external_application_id\":\"7\",\"date\":1626602069393,\"name\":\"张三的背调\","
                      "\"result\":\"已通过\",\"attachment_list\":[{\"id\":\"3\",\"name\":\"a.pdf\",\"size\":1928}]}");
    assert_int_equal(external_check_get(&f->h, 41, see, &s), 0);
    in.result = STR_ABSENT;
    assert_int_equal(CALL(f, external_check_import(&f->h, &in)), 1);
    for (int i = 0; i < 9; i++) {
        in.id = hire_text(&f->h, 41 + i);
        in.external_application_id = hire_text(&f->h, 7 + i % 2);
        assert_int_equal(CALL(f, external_check_import(&f->h, &in)), 1);
    }
    s.n = 0;
    assert_int_equal(external_check_list(&f->h, 0, 0, 4, see, &s), 4);
    assert_int_equal(external_check_list(&f->h, 0, s.id[3], 20, see, &s), 6);
    for (int i = 0; i < 10; i++)
        assert_int_equal(s.id[i], 40 + i);
    s.n = 0;
    assert_int_equal(external_check_list(&f->h, 7, 0, 3, see, &s), 3);
    assert_int_equal(external_check_list(&f->h, 7, s.id[2], 20, see, &s), 3);
    assert_int_equal(external_check_list(&f->h, 9, 0, 20, see, &s), 0);
    /* After a move to another application it is found only there */
    in.id = STR("40");
    in.external_application_id = STR("9");
    assert_int_equal(CALL(f, external_check_import(&f->h, &in)), 1);
    assert_int_equal(external_check_list(&f->h, 9, 0, 20, see, &s), 1);
    assert_int_equal(external_check_list(&f->h, 7, 0, 20, see, &s), 5);

    in.id = STR("forty");
    REFUSED(f, external_check_import(&f->h, &in), REFUSED_PARAMETER, "id must be an id");
    in.id = STR("40");
    in.external_application_id = STR("");
    REFUSED(f, external_check_import(&f->h, &in), REFUSED_PARAMETER, "external_application_id must be an id");
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(external_check_get(&f->h, 40, see, &s), 0);
    assert_int_equal(external_check_list(&f->h, 0, 0, 20, see, &s), 0);
}

static void count_finding(void *ctx, struct str line) {
    ++*(int *)ctx;
}

/* One planted fault for each check that `hired check` makes of the domain's rows. */
static void faults_are_found(void **state) {
    struct fixture *f = *state;
    int64_t id = fixture_arrange(f);
    static const struct {
        const char *plant, *undo;
    } faults[] = {
        {"UPDATE order_history SET to_status = 3", "UPDATE order_history SET to_status = 2"},
        {"UPDATE background_check_order_count SET orders = 2", "UPDATE background_check_order_count SET orders = 1"},
        {"INSERT INTO background_check_order_count VALUES (77, 9, 2, 1)",
         "DELETE FROM background_check_order_count WHERE status = 9"},
        {"INSERT INTO order_history SELECT tenant, at_ms, order_id, 0, 0, 0, 0, 0, 0, 0, 0, 0, '' FROM order_history",
         "DELETE FROM order_history WHERE seq = 0"},
        {"INSERT INTO order_history SELECT tenant, at_ms, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, '' FROM order_history",
         "DELETE FROM order_history WHERE order_id = 5"},
        {"UPDATE vendor_account SET id = -id", "UPDATE vendor_account SET id = -id"},
        {"INSERT INTO report_file VALUES (77, 1, 5, 'u', 0, 0, 0, 0, '', '', 0)", "DELETE FROM report_file"},
        {"INSERT INTO interview VALUES (77, 1, 5, 9, '{}')", "DELETE FROM interview"},
        {"INSERT INTO interview_begin VALUES (77, 9, 1, 0)", "DELETE FROM interview_begin"},
    };

    assert_int_equal(fixture_number(f, "SELECT id FROM background_check_order"), id);
    fixture_complete(f);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        int found = 0;

        fixture_sql(f, "%s", faults[i].plant);
        assert_int_equal(db_check(f->db, count_finding, &found), 1);
        assert_int_equal(found, 1);
        fixture_sql(f, "%s", faults[i].undo);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(numbers),         FIXTURE_TEST(switches),         FIXTURE_TEST(accounts),
        FIXTURE_TEST(external_checks), FIXTURE_TEST(faults_are_found),
    };

    return RUN_TESTS(tests);
}
