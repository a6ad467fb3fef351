/* SPDX-License-Identifier: Apache-2.0
 *
 * The fields that vendors push: their owners, and what is refused.
 */
#include "hire/hire_fixture.h"
#include "hire/vendor/field.h"

static struct i18n *named(struct fixture *f, const char *zh, const char *en) {
    struct i18n *n = arena_new(&f->arena, struct i18n);

    n->zh_cn = str_of(zh);
    n->en_us = str_of(en);
    return n;
}

/* ---- the fields of an account ---- */

struct account_form {
    struct eco_account_custom_field_data v[4];
    struct eco_account_custom_field_create_body body;
};

static struct account_form *account_form(struct fixture *f, int scope, const char *keys) {
    struct account_form *form = arena_new(&f->arena, struct account_form);
    struct str rest = str_of(keys);

    while (!str_is_absent(rest)) {
        struct str key = str_cut(&rest, ' ');
        form->v[form->body.custom_field_list.n++] = (struct eco_account_custom_field_data){
            .key = key, .name = named(f, NULL, "a name"), .is_required = SET_BOOL(true)};
    }
    form->body.scope = SET_INT(scope);
    form->body.custom_field_list.v = form->v;
    return form;
}

static int define(struct fixture *f, int64_t app, int scope, const char *keys) {
    return CALL(f, account_fields_create(&f->h, app, &account_form(f, scope, keys)->body));
}

static int forget(struct fixture *f, int64_t app, int scope, const char *keys) {
    struct str v[4], rest = str_of(keys);
    struct eco_account_custom_field_batch_delete_body body = {.scope = SET_INT(scope), .custom_field_key_list = {v, 0}};

    while (!str_is_absent(rest))
        v[body.custom_field_key_list.n++] = str_cut(&rest, ' ');
    return CALL(f, account_fields_delete(&f->h, app, &body));
}

/* The keys of a form, as "a b c". */
static const char *keys_of(struct fixture *f, int64_t app, enum vendor_form form) {
    struct eco_account_custom_field_data_list list;
    struct buf b BUF_CLEANUP = BUF_EMPTY;

    assert_int_equal(account_fields_list(&f->h, app, form, &list), 0);
    for (size_t i = 0; i < list.n; i++) {
        if (i > 0)
            buf_add_char(&b, ' ');
        buf_add_str(&b, list.v[i].key);
    }
    return arena_dup(&f->arena, buf_str(&b)).ptr;
}

static void account_fields_are_replaced(void **state) {
    struct fixture *f = *state;

    assert_int_equal(define(f, VENDOR_APP, 1, "b a c"), 0);
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "b a c");
    assert_int_equal(define(f, VENDOR_APP, 1, "c d"), 0);
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "c d");
    /* A field that was left out may be created again; each scope and each app has its own form */
    assert_int_equal(define(f, VENDOR_APP, 1, "a c"), 0);
    assert_int_equal(define(f, VENDOR_APP, 2, "a x"), 0);
    assert_int_equal(define(f, OTHER_APP, 1, "a y"), 0);
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "a c");
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_EXAM_ACCOUNT), "a x");
    assert_string_equal(keys_of(f, OTHER_APP, FORM_CHECK_ACCOUNT), "a y");
    /* and each tenant */
    f->h.tenant = OTHER_TENANT;
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "");
}

static void account_fields_of_the_tenant(void **state) {
    struct fixture *f = *state;

    fixture_sql(f,
                "INSERT INTO app (id, app_id, kind, tenant, developer, name, secret_hash, scopes, created_ms) VALUES"
                " (%d, 'v', 1, 77, 77, 'v', '', '', 1), (601, 'own', 1, 77, 77, 'o', '', '', 1),"
                " (602, 'own2', 1, 77, 77, 'o', '', '', 1), (603, 'store', 2, 0, 603, 's', '', '', 1)",
                VENDOR_APP);
    assert_int_equal(define(f, VENDOR_APP, 1, "bound"), 0);
    assert_int_equal(define(f, 603, 1, "store"), 0);
    assert_int_equal(define(f, 602, 1, "b c"), 0);
    assert_int_equal(define(f, 601, 1, "a b"), 0);
    assert_string_equal(keys_of(f, 0, FORM_CHECK_ACCOUNT), "a b c");
}

static void account_fields_refused(void **state) {
    struct fixture *f = *state;
    struct account_form *form = account_form(f, 1, "a b a");
    char long_key[HIRE_KEY_MAX + 2];

    memset(long_key, 'k', sizeof(long_key));
    long_key[sizeof(long_key) - 1] = 0;
    REFUSED(f, account_fields_create(&f->h, VENDOR_APP, &form->body), REFUSED_PARAMETER,
            "the key \"a\" is given twice");
    form->v[2].key = str_of(long_key);
    REFUSED(f, account_fields_create(&f->h, VENDOR_APP, &form->body), REFUSED_PARAMETER,
            "custom_field_list[2].key may have at most 200 characters; it has 201");
    form->v[2].key = STR("c");
    form->v[1].name = named(f, "", NULL);
    REFUSED(f, account_fields_create(&f->h, VENDOR_APP, &form->body), REFUSED_PARAMETER,
            "custom_field_list[1].name needs zh_cn or en_us");
    form->body.custom_field_list.n = 0;
    REFUSED(f, account_fields_create(&f->h, VENDOR_APP, &form->body), REFUSED_PARAMETER, "at least one field");
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "");
}

static void account_fields_change(void **state) {
    struct fixture *f = *state;
    struct account_form *form = account_form(f, 1, "b");
    struct eco_account_custom_field_batch_update_body body = {.scope = SET_INT(1), .custom_field_list = {form->v, 1}};
    struct eco_account_custom_field_data_list list;

    assert_int_equal(define(f, VENDOR_APP, 1, "a b"), 0);
    form->v[0].name = named(f, "新", "new");
    form->v[0].description = named(f, "说明", NULL);
    form->v[0].is_required = SET_BOOL(false);
    assert_int_equal(CALL(f, account_fields_update(&f->h, VENDOR_APP, &body)), 0);
    form->v[0].name = named(f, NULL, "newer");
    form->v[0].description = NULL;
    assert_int_equal(CALL(f, account_fields_update(&f->h, VENDOR_APP, &body)), 0);
    assert_int_equal(account_fields_list(&f->h, VENDOR_APP, FORM_CHECK_ACCOUNT, &list), 0);
    assert_int_equal(list.n, 2);
    assert_lit(list.v[1].name->en_us, "newer");
    assert_true(str_is_absent(list.v[1].name->zh_cn));
    assert_lit(list.v[1].description->zh_cn, "说明");
    assert_true(list.v[1].is_required.v);
    form->v[0].key = STR("z");
    REFUSED(f, account_fields_update(&f->h, VENDOR_APP, &body), REFUSED_PARAMETER,
            "no custom field with the key \"z\"");
    form->v[0].key = STR("a");
    REFUSED(f, account_fields_update(&f->h, OTHER_APP, &body), REFUSED_PARAMETER, "no custom field with the key \"a\"");
}

static void account_fields_go(void **state) {
    struct fixture *f = *state;

    assert_int_equal(define(f, VENDOR_APP, 1, "a b c"), 0);
    assert_int_equal(forget(f, VENDOR_APP, 1, "x"), HIRE_REFUSED);
    assert_int_equal(forget(f, VENDOR_APP, 1, "a x"), HIRE_REFUSED);
    assert_int_equal(forget(f, VENDOR_APP, 1, "a a"), HIRE_REFUSED);
    assert_int_equal(forget(f, OTHER_APP, 1, "a"), HIRE_REFUSED);
    assert_int_equal(forget(f, VENDOR_APP, 1, "a b c"), HIRE_REFUSED);
    assert_non_null(strstr(arena_dup(&f->arena, f->h.why).ptr, "at least one custom field must stay"));
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "a b c");
    assert_int_equal(forget(f, VENDOR_APP, 1, "b"), 0);
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "a c");
    assert_int_equal(forget(f, VENDOR_APP, 1, "b"), HIRE_REFUSED);
    assert_int_equal(define(f, VENDOR_APP, 1, "d b"), HIRE_REFUSED);
    assert_non_null(strstr(arena_dup(&f->arena, f->h.why).ptr, "\"b\" was deleted and cannot be used again"));
    assert_string_equal(keys_of(f, VENDOR_APP, FORM_CHECK_ACCOUNT), "a c");
    assert_int_equal(define(f, VENDOR_APP, 2, "b"), 0);
}

/* ---- the fields of orders ---- */

static const char *const all_types[] = {"text",        "textarea", "number", "boolean", "select",
                                        "multiselect", "date",     "file",   "resume"};

static struct eco_background_check_custom_field_data_list order_form(struct fixture *f, size_t n) {
    struct eco_background_check_custom_field_data *v =
        arena_array(&f->arena, struct eco_background_check_custom_field_data, n);
    struct eco_background_check_custom_field_data_option *o =
        arena_array(&f->arena, struct eco_background_check_custom_field_data_option, 2);

    for (size_t i = 0; i < 2; i++) {
        o[i].key = str_of(i == 0 ? "A" : "B");
        o[i].name = named(f, NULL, "an option");
    }
    for (size_t i = 0; i < n; i++) {
        v[i].type = str_of(all_types[i % 9]);
        v[i].key = arena_printf(&f->arena, "key_%zu", i);
        v[i].name = named(f, "名", NULL);
        v[i].is_required = SET_BOOL(false);
        v[i].options.v = o;
        v[i].options.n = 2;
    }
    return (struct eco_background_check_custom_field_data_list){v, n};
}

static struct eco_background_check_custom_field_create_body order_body(struct fixture *f, size_t n) {
    return (struct eco_background_check_custom_field_create_body){.account_id = hire_text(&f->h, f->account),
                                                                  .custom_field_list = order_form(f, n)};
}

static void order_fields_of_all_types(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_custom_field_create_body in = order_body(f, 9);
    struct eco_background_check_custom_field_data_list list;

    assert_int_equal(CALL(f, order_fields_create(&f->h, &in)), 0);
    assert_int_equal(order_fields_list(&f->h, f->account, &list), 0);
    assert_int_equal(list.n, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_string_equal(arena_dup(&f->arena, list.v[i].type).ptr, all_types[i]);
        assert_str(list.v[i].key, in.custom_field_list.v[i].key);
        assert_int_equal(list.v[i].options.n, i == 4 || i == 5 ? 2 : 0);
    }
    in.custom_field_list.n = 2;
    assert_int_equal(CALL(f, order_fields_create(&f->h, &in)), 0);
    assert_int_equal(order_fields_list(&f->h, f->account, &list), 0);
    assert_int_equal(list.n, 2);
}

static void order_fields_refused(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_custom_field_create_body in = order_body(f, 5);
    struct eco_background_check_custom_field_data *v = in.custom_field_list.v;

    v[1].key = v[0].key;
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER, "the key \"key_0\" is given twice");
    in = order_body(f, 5);
    v = in.custom_field_list.v;
    v[4].options.v[1].key = STR("A");
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER,
            "custom_field_list[4]: the option \"A\" is given twice");
    v[4].options.v[1].key = STR("B");
    v[4].options.v[1].name = named(f, NULL, NULL);
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER,
            "custom_field_list[4].options[1].name needs zh_cn or en_us");
    v[4].options.n = 0;
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER,
            "needs at least one option, because its type is select");
    in.custom_field_list.n = 0;
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER, "at least one field");
    in.custom_field_list = order_form(f, VENDOR_FIELDS_MAX + 1);
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER, "at most 100 fields; it holds 101");
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM vendor_field"), 0);
}

static void order_fields_change(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_custom_field_create_body in = order_body(f, 5);
    struct eco_background_check_custom_field_batch_update_body up = {.account_id = in.account_id};
    struct eco_background_check_custom_field_data_list list;

    assert_int_equal(CALL(f, order_fields_create(&f->h, &in)), 0);
    up.custom_field_list = order_form(f, 5);
    for (size_t i = 0; i < 5; i++) {
        up.custom_field_list.v[i].name = named(f, NULL, "changed");
        up.custom_field_list.v[i].is_required = SET_BOOL(true);
    }
    up.custom_field_list.v[4].options.v[1].name = named(f, NULL, "changed too");
    assert_int_equal(CALL(f, order_fields_update(&f->h, &up)), 0);
    assert_int_equal(order_fields_list(&f->h, f->account, &list), 0);
    for (size_t i = 0; i < 5; i++) {
        assert_lit(list.v[i].name->en_us, "changed");
        assert_false(list.v[i].is_required.v);
    }
    assert_lit(list.v[4].options.v[1].name->en_us, "changed too");

    up.custom_field_list.n = 4;
    REFUSED(f, order_fields_update(&f->h, &up), REFUSED_PARAMETER, "must hold all 5 fields of the account; it holds 4");
    up.custom_field_list.n = 5;
    up.custom_field_list.v[4].options.n = 1;
    REFUSED(f, order_fields_update(&f->h, &up), REFUSED_PARAMETER, "the options of \"key_4\"");
    up.custom_field_list.v[0].type = STR("number");
    REFUSED(f, order_fields_update(&f->h, &up), REFUSED_PARAMETER, "the type of \"key_0\" is text and cannot change");
    up.custom_field_list.v[0].key = STR("other");
    REFUSED(f, order_fields_update(&f->h, &up), REFUSED_PARAMETER, "no custom field with the key \"other\"");
}

static void order_fields_go(void **state) {
    struct fixture *f = *state;
    struct eco_background_check_custom_field_create_body in = order_body(f, 3);
    struct eco_background_check_custom_field_batch_delete_body del = {.account_id = in.account_id};
    struct eco_background_check_custom_field_data_list list;

    assert_int_equal(CALL(f, order_fields_create(&f->h, &in)), 0);
    assert_int_equal(CALL(f, order_fields_delete(&f->h, &del)), 0);
    assert_int_equal(CALL(f, order_fields_delete(&f->h, &del)), 0);
    assert_int_equal(order_fields_list(&f->h, f->account, &list), 0);
    assert_int_equal(list.n, 0);
    REFUSED(f, order_fields_create(&f->h, &in), REFUSED_PARAMETER, "\"key_0\" was deleted and cannot be used again");
}

/* Every function refuses another vendor's account and an unknown one with the same message. */
static void foreign_accounts(void **state) {
    struct fixture *f = *state;
    int64_t foreign = fixture_account(f, "provider-2", OTHER_APP);
    struct str ids[] = {hire_text(&f->h, foreign), STR("4711"), STR("x"), STR("")};

    f->h.only_app = VENDOR_APP;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct eco_background_check_custom_field_create_body fields = order_body(f, 1);
        struct eco_background_check_custom_field_batch_update_body up = {ids[i], fields.custom_field_list};
        struct eco_background_check_custom_field_batch_delete_body del = {ids[i]};

        fields.account_id = ids[i];
        REFUSED(f, order_fields_create(&f->h, &fields), REFUSED_PARAMETER, "there is no such account");
        REFUSED(f, order_fields_update(&f->h, &up), REFUSED_PARAMETER, "there is no such account");
        REFUSED(f, order_fields_delete(&f->h, &del), REFUSED_PARAMETER, "there is no such account");
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        FIXTURE_TEST(account_fields_are_replaced),
        FIXTURE_TEST(account_fields_of_the_tenant),
        FIXTURE_TEST(account_fields_refused),
        FIXTURE_TEST(account_fields_change),
        FIXTURE_TEST(account_fields_go),
        FIXTURE_TEST(order_fields_of_all_types),
        FIXTURE_TEST(order_fields_refused),
        FIXTURE_TEST(order_fields_change),
        FIXTURE_TEST(order_fields_go),
        FIXTURE_TEST(foreign_accounts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
