/* SPDX-License-Identifier: Apache-2.0
 *
 * Arranging a check: package, add-on items, people and custom fields are validated against what the vendor pushed.
 */
#include "hire/hire_fixture.h"
#include "hire/order/arrange.h"
#include "hire/vendor/field.h"
#include "hire/vendor/package.h"

static void push_wares(struct fixture *f) {
    struct eco_background_check_package_data p[] = {{.id = STR("pkg001"), .name = STR("基础套餐")},
                                                    {.id = STR("pkg002"), .name = STR("Full")}};
    struct eco_background_check_package_additional_item i[] = {{.id = STR("ext001"), .name = STR("Degree")},
                                                               {.id = STR("ext002"), .name = STR("Civil cases")}};
    struct eco_background_check_package_create_body body = {
        .account_id = hire_text(&f->h, f->account), .package_list = {p, 2}, .additional_item_list = {i, 2}};

    assert_int_equal(CALL(f, packages_create(&f->h, &body)), 0);
}

/* Pushes one field of each type, with the type's name as key; those named in required are required. */
static void push_fields(struct fixture *f, const char *required) {
    static const char *const types[] = {"text",        "textarea", "number", "boolean", "select",
                                        "multiselect", "date",     "file",   "resume"};
    struct i18n name = {.en_us = STR("A label")};
    struct eco_background_check_custom_field_data_option o[] = {
        {.key = STR("a"), .name = &name}, {.key = STR("b"), .name = &name}, {.key = STR("c,d"), .name = &name}};
    struct eco_background_check_custom_field_data v[9];
    struct eco_background_check_custom_field_create_body body = {.account_id = hire_text(&f->h, f->account),
                                                                 .custom_field_list = {v, 9}};

    for (size_t i = 0; i < 9; i++)
        v[i] = (struct eco_background_check_custom_field_data){.type = str_of(types[i]),
                                                               .key = str_of(types[i]),
                                                               .name = &name,
                                                               .is_required = SET_BOOL(strcmp(types[i], required) == 0),
                                                               .options = {o, 3}};
    assert_int_equal(CALL(f, order_fields_create(&f->h, &body)), 0);
    fixture_sql(f,
                "INSERT INTO reference (tenant, kind, id, doc) VALUES (%d, 'attachment', '777', '{}'),"
                " (%d, 'attachment', '778', '{}');"
                "INSERT INTO attachment (tenant, id, name, mime, size, sha256, usage, created_ms) VALUES"
                " (%d, 888, 'a', 'b', 1, '', 3, 1), (%d, 889, 'a', 'b', 1, '', 3, 1)",
                TENANT, OTHER_TENANT, TENANT, OTHER_TENANT);
}

static struct order_arrange_input form(struct fixture *f) {
    return (struct order_arrange_input){
        .application_id = APPLICATION,
        .account_id = f->account,
        .package = STR("pkg001"),
        .candidate = {.name = STR("王二"), .mobile = STR("+86 18900001111")},
    };
}

static struct background_check_order *arranged(struct fixture *f, const struct order_arrange_input *in) {
    int64_t id;

    if (CALL(f, order_arrange_checked(&f->h, in, &id)) != 0)
        fail_msg("order_arrange_checked: %.*s", STR_FMT(f->h.why));
    return fixture_order(f, id);
}

static void what_is_ordered(void **state) {
    struct fixture *f = *state;
    struct str items[] = {STR("ext002"), STR("ext001")};
    struct order_arrange_input in = form(f);
    struct background_check_order *o;
    int64_t id;

    push_wares(f);
    in.items = (struct str_list){items, 2};
    o = arranged(f, &in);
    assert_lit(o->package, "基础套餐");
    assert_int_equal(o->ext_item_info_list.n, 2);
    assert_lit(o->ext_item_info_list.v[0].id, "ext002");
    assert_lit(o->ext_item_info_list.v[0].name, "Civil cases");
    assert_null(o->custom_field_list.v);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM background_check_order WHERE package_id = 'pkg001'"), 1);

    items[1] = items[0];
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "add-on item \"ext002\" is given twice");
    items[1] = STR("ext009");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "no add-on item with the id \"ext009\"");
    in.items.n = 0;
    in.package = STR("基础套餐");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "no package with the id \"基础套餐\"");
    in.package = STR("");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "needs a package");
    in.package = STR("pkg002");
    in.application_id = 4711;
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "no application with the id 4711");
    in = form(f);
    in.account_id = 4711;
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "no vendor account with the id 4711");
}

/* If the vendor has pushed nothing, the recruiter's texts are sent unchecked. */
static void an_account_without_an_offer(void **state) {
    struct fixture *f = *state;
    struct background_check_custom_field_data_value v[] = {{.key = STR("k"), .value = STR("any\ntext")},
                                                           {.key = STR("k"), .value = STR("x")}};
    struct order_arrange_input in = form(f);
    struct str items[] = {STR("x"), STR("x")};
    struct background_check_order *o;
    int64_t id;

    in.package = STR("Any name");
    in.items = (struct str_list){items, 1};
    in.values = (struct background_check_custom_field_data_value_list){v, 1};
    o = arranged(f, &in);
    assert_lit(o->package, "Any name");
    assert_lit(o->ext_item_info_list.v[0].id, "x");
    assert_lit(o->custom_data_list.v[0].value, "any\ntext");
    assert_null(o->custom_field_list.v);
    in.values.n = 2;
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the field \"k\" is given twice");
    in.values.n = 0;
    in.items.n = 2;
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the add-on item \"x\" is given twice");
    in.items.n = 0;
    push_fields(f, "none");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the account has no package with the id");
}

static void people(void **state) {
    struct fixture *f = *state;
    struct order_arrange_input in = form(f);
    struct background_check_order *o;
    int64_t id;

    push_wares(f);
    in.candidate = (struct candidate_contact_info){0};
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the candidate needs a name");
    fixture_sql(f,
                "INSERT INTO reference (tenant, kind, id, doc) VALUES (%d, 'talent', '1', '{\"basic_info\":{\"name\":"
                "\"Oliver\",\"mobile\":\"7700900102\",\"mobile_code\":\"44\",\"email\":\"o@example.org\","
                "\"creator_id\":\"\x01U000000000000007b\"}}')",
                TENANT);
    o = arranged(f, &in);
    assert_lit(o->candidate_info->name, "Oliver");
    assert_lit(o->candidate_info->mobile, "+44 7700900102");
    assert_lit(o->candidate_info->email, "o@example.org");
    assert_null(o->contactor_info);
    in.candidate.mobile = STR("13800000000");
    assert_lit(arranged(f, &in)->candidate_info->mobile, "13800000000");

    static const char *const no_mobile[] = {"1234", "+", "12 34", "abc12345", "123456789012345678901", "12+34567"};
    for (size_t i = 0; i < sizeof(no_mobile) / sizeof(no_mobile[0]); i++) {
        in.candidate.mobile = str_of(no_mobile[i]);
        REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER,
                "the candidate's mobile number is not valid");
    }
    in.candidate.mobile = STR_ABSENT;
    static const char *const no_email[] = {"x", "@", "a@", "@b", "a@b@c", "a b@c", "a@.c", "a@c."};
    for (size_t i = 0; i < sizeof(no_email) / sizeof(no_email[0]); i++) {
        in.contact = (struct user_contact_info){.name = STR("李三"), .email = str_of(no_email[i])};
        REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER,
                "the contact's email address is not valid");
    }
    in.contact.email = STR_ABSENT;
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER,
            "the contact needs a mobile number or an email");
    in.contact = (struct user_contact_info){.email = STR("a@b.example")};
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the contact needs a name");

    in.contact_uid = 4711;
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the contact is not a user of the tenant");
    fixture_sql(f,
                "INSERT INTO users (tenant, id, user_id, name, en_name, doc) VALUES (%d, 4711, 'u', '陈思远', '',"
                " '{\"email\":\"s@example.com\",\"mobile\":\"+8612000000002\"}')",
                TENANT);
    o = arranged(f, &in);
    assert_lit(o->contactor_info->name, "陈思远");
    assert_lit(o->contactor_info->email, "s@example.com");
    assert_lit(o->contactor_info->mobile, "+8612000000002");
}

/* The value in the order after this value was given; NULL if it was refused. */
static const char *taken(struct fixture *f, const char *key, const char *value) {
    struct background_check_custom_field_data_value v = {.key = str_of(key), .value = str_of(value)};
    struct order_arrange_input in = form(f);
    struct background_check_order *o;
    int64_t id;

    in.values = (struct background_check_custom_field_data_value_list){&v, 1};
    if (CALL(f, order_arrange_checked(&f->h, &in, &id)) < 0) {
        assert_int_equal(f->h.refusal, REFUSED_PARAMETER);
        assert_non_null(strstr(arena_dup(&f->arena, f->h.why).ptr, key));
        return NULL;
    }
    o = fixture_order(f, id);
    assert_int_equal(o->custom_field_list.n, 9);
    return o->custom_data_list.n == 0 ? "" : arena_dup(&f->arena, o->custom_data_list.v[0].value).ptr;
}

static const char *repeated(struct fixture *f, const char *character, size_t n) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;

    for (size_t i = 0; i < n; i++)
        buf_add_str(&b, str_of(character));
    return arena_dup(&f->arena, buf_str(&b)).ptr;
}

static void values_of_each_type(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *key, *given, *taken; /* taken NULL: refused */
    } cases[] = {
        {"text", "一行", "一行"},
        {"text", "two\nlines", NULL},
        {"text", "two\rlines", NULL},
        {"textarea", "two\nlines", "two\nlines"},
        {"number", "12", "12"},
        {"number", "-3", "-3"},
        {"number", "0.50", "0.50"},
        {"number", "0", "0"},
        {"number", "007", NULL},
        {"number", "1.", NULL},
        {"number", ".5", NULL},
        {"number", "1e3", NULL},
        {"number", "1,5", NULL},
        {"number", "-", NULL},
        {"number", " 1", NULL},
        {"number", "12345678901234567890123456789012345678901", NULL},
        {"boolean", "true", "true"},
        {"boolean", "false", "false"},
        {"boolean", "True", NULL},
        {"boolean", "1", NULL},
        {"select", "b", "b"},
        {"select", "c,d", "c,d"},
        {"select", "B", NULL},
        {"select", "[\"a\"]", NULL},
        {"multiselect", "b", "[\"b\"]"},
        {"multiselect", "[\"c,d\",\"a\",\"a\"]", "[\"a\",\"c,d\"]"},
        {"multiselect", "[]", ""},
        {"multiselect", "[\"a\",\"z\"]", NULL},
        {"multiselect", "[\"a\",1]", NULL},
        {"multiselect", "[\"a\"", NULL},
        {"multiselect", "a,b", NULL},
        {"date", "1970-01-01", "0"},
        {"date", "2026-04-21", "1776729600000"},
        {"date", "2024-02-29", "1709164800000"},
        {"date", "2000-02-29", "951782400000"},
        {"date", "1969-12-31", "-86400000"},
        {"date", "1776729600000", "1776729600000"},
        {"date", "2026-02-29", NULL},
        {"date", "1900-02-29", NULL},
        {"date", "2026-13-01", NULL},
        {"date", "2026-4-21", NULL},
        {"date", "21.04.2026", NULL},
        {"date", "99999999999999", NULL},
        {"file", "777", "777"},
        {"file", "778", NULL},
        {"file", "888", "888"},
        {"file", "889", NULL},
        {"file", "x", NULL},
        {"resume", "777", "777"},
        {"resume", "0", NULL},
        {"text", "", ""},
        {"number", "", ""},
    };

    push_wares(f);
    push_fields(f, "none");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = taken(f, cases[i].key, cases[i].given);

        if (!got != !cases[i].taken || (got && strcmp(got, cases[i].taken) != 0))
            fail_msg("%s \"%s\": %s, not %s", cases[i].key, cases[i].given, got ? got : "refused",
                     cases[i].taken ? cases[i].taken : "refused");
    }
    assert_non_null(taken(f, "text", repeated(f, "字", 100)));
    assert_null(taken(f, "text", repeated(f, "字", 101)));
    assert_non_null(taken(f, "textarea", repeated(f, "字", 200)));
    assert_null(taken(f, "textarea", repeated(f, "字", 201)));
    assert_null(taken(f, "unknown", "x"));
}

static void several_values(void **state) {
    struct fixture *f = *state;
    struct background_check_custom_field_data_value v[] = {{.key = STR("multiselect"), .value = STR("b")},
                                                           {.key = STR("text"), .value = STR("x")},
                                                           {.key = STR("multiselect"), .value = STR("a")}};
    struct order_arrange_input in = form(f);
    struct background_check_order *o;
    int64_t id;

    push_wares(f);
    push_fields(f, "text");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "the field \"text\" (A label) is required");
    in.values = (struct background_check_custom_field_data_value_list){v, 3};
    o = arranged(f, &in);
    /* Values are in the order of the form, and the order has the definitions */
    assert_int_equal(o->custom_data_list.n, 2);
    assert_lit(o->custom_data_list.v[0].key, "text");
    assert_lit(o->custom_data_list.v[1].value, "[\"a\",\"b\"]");
    assert_int_equal(o->custom_field_list.v[4].options.n, 3);
    v[0].key = STR("text");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER,
            "\"text\" is given twice; it takes one value");
    v[0].key = STR("other");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "form has no field \"other\"");
    v[0].key = STR("multiselect");
    v[1].value = STR("");
    REFUSED(f, order_arrange_checked(&f->h, &in, &id), REFUSED_PARAMETER, "\"text\" (A label) is required");
}

/* Later changes by the vendor do not change existing orders. */
static void an_order_keeps_its_form(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_custom_field_batch_delete_body del = {.account_id = hire_text(&f->h, f->account)};
    struct background_check_custom_field_data_value v = {.key = STR("number"), .value = STR("1")};
    struct order_arrange_input in = form(f);
    struct str before;
    int64_t id;

    push_wares(f);
    push_fields(f, "none");
    in.values = (struct background_check_custom_field_data_value_list){&v, 1};
    assert_int_equal(CALL(f, order_arrange_checked(&f->h, &in, &id)), 0);
    before = fixture_doc(f, id);
    assert_int_equal(CALL(f, order_fields_delete(&f->h, &del)), 0);
    assert_str(fixture_doc(f, id), before);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        FIXTURE_TEST(what_is_ordered), FIXTURE_TEST(an_account_without_an_offer),
        FIXTURE_TEST(people),          FIXTURE_TEST(values_of_each_type),
        FIXTURE_TEST(several_values),  FIXTURE_TEST(an_order_keeps_its_form),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
