/* SPDX-License-Identifier: Apache-2.0
 *
 * The packages and add-on items that vendors push: added, changed, deleted, and what is refused.
 */
#include "hire/hire_fixture.h"
#include "hire/vendor/package.h"

struct wares {
    struct eco_background_check_package_data package[3];
    struct eco_background_check_package_additional_item item[3];
    struct eco_background_check_package_create_body body;
};

static struct wares *wares(struct fixture *f, const char *packages, const char *items) {
    struct wares *w = arena_new(&f->arena, struct wares);
    struct str rest = str_of(packages);

    w->body.account_id = hire_text(&f->h, f->account);
    w->body.package_list.v = w->package;
    w->body.additional_item_list.v = w->item;
    while (!str_is_absent(rest)) {
        struct str id = str_cut(&rest, ' ');
        w->package[w->body.package_list.n++] =
            (struct eco_background_check_package_data){.id = id, .name = STR("套餐")};
    }
    rest = str_of(items);
    while (!str_is_absent(rest)) {
        struct str id = str_cut(&rest, ' ');
        w->item[w->body.additional_item_list.n++] = (struct eco_background_check_package_additional_item){
            .id = id, .name = STR("item"), .description = STR("d")};
    }
    return w;
}

static const char *ids_of(struct fixture *f, enum vendor_package_kind kind) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    struct vendor_package *v;
    size_t n;

    assert_int_equal(packages_list(&f->h, f->account, kind, &v, &n), 0);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_char(&b, ' ');
        buf_add_str(&b, v[i].id);
    }
    return arena_dup(&f->arena, buf_str(&b)).ptr;
}

static void packages_are_added(void **state) {
    struct fixture *f = *state;

    assert_int_equal(CALL(f, packages_create(&f->h, &wares(f, "p2 p1", "p1")->body)), 0);
    assert_int_equal(CALL(f, packages_create(&f->h, &wares(f, "p0", NULL)->body)), 0);
    assert_int_equal(CALL(f, packages_create(&f->h, &wares(f, NULL, "i0")->body)), 0);
    assert_string_equal(ids_of(f, PACKAGE_WHOLE), "p2 p1 p0");
    assert_string_equal(ids_of(f, PACKAGE_ITEM), "p1 i0");
    REFUSED(f, packages_create(&f->h, &wares(f, "p9 p1", "i9")->body), REFUSED_PARAMETER,
            "there is a package with the id \"p1\" already");
    REFUSED(f, packages_create(&f->h, &wares(f, "p9", "i9 i0")->body), REFUSED_PARAMETER,
            "there is an add-on item with the id \"i0\" already");
    REFUSED(f, packages_create(&f->h, &wares(f, "p9 p9", NULL)->body), REFUSED_PARAMETER, "\"p9\" is given twice");
    REFUSED(f, packages_create(&f->h, &wares(f, NULL, NULL)->body), REFUSED_PARAMETER,
            "package_list and additional_item_list must not both be empty");
    assert_string_equal(ids_of(f, PACKAGE_WHOLE), "p2 p1 p0");
    assert_string_equal(ids_of(f, PACKAGE_ITEM), "p1 i0");
}

static void packages_change(void **state) {
    struct fixture *f = *state;
    struct wares *w = wares(f, "p1", "i1");
    struct eco_background_check_package_batch_update_body up = {w->body.account_id, w->body.package_list,
                                                                w->body.additional_item_list};
    struct vendor_package p;

    assert_int_equal(CALL(f, packages_create(&f->h, &w->body)), 0);
    w->package[0].name = STR("other name");
    w->package[0].description = STR("described");
    w->item[0].description = STR_ABSENT;
    assert_int_equal(CALL(f, packages_update(&f->h, &up)), 0);
    assert_int_equal(package_get(&f->h, f->account, PACKAGE_WHOLE, STR("p1"), &p), 1);
    assert_lit(p.name, "other name");
    assert_lit(p.description, "described");
    assert_int_equal(package_get(&f->h, f->account, PACKAGE_ITEM, STR("i1"), &p), 1);
    assert_lit(p.description, "d");
    w->package[0].name = STR("lost");
    w->item[0].id = STR("i2");
    REFUSED(f, packages_update(&f->h, &up), REFUSED_PARAMETER, "no add-on item with the id \"i2\"");
    assert_int_equal(package_get(&f->h, f->account, PACKAGE_WHOLE, STR("p1"), &p), 1);
    assert_lit(p.name, "other name");
}

static void packages_go(void **state) {
    struct fixture *f = *state;
    struct str p[] = {STR("p1"), STR("p2")}, i[] = {STR("i1")};
    struct eco_background_check_package_batch_delete_body del = {.account_id = hire_text(&f->h, f->account)};

    assert_int_equal(CALL(f, packages_create(&f->h, &wares(f, "p1 p3", "i1 i2")->body)), 0);
    REFUSED(f, packages_delete(&f->h, &del), REFUSED_PARAMETER, "must not both be empty");
    del.package_id_list = (struct str_list){p, 2};
    REFUSED(f, packages_delete(&f->h, &del), REFUSED_PARAMETER, "no package with the id \"p2\"");
    assert_string_equal(ids_of(f, PACKAGE_WHOLE), "p1 p3");
    del.package_id_list.n = 1;
    del.additional_item_id_list = (struct str_list){i, 1};
    assert_int_equal(CALL(f, packages_delete(&f->h, &del)), 0);
    assert_string_equal(ids_of(f, PACKAGE_WHOLE), "p3");
    assert_string_equal(ids_of(f, PACKAGE_ITEM), "i2");
    assert_int_equal(CALL(f, packages_create(&f->h, &wares(f, "p1", NULL)->body)), 0);
}

/* Every function refuses another vendor's account and an unknown one with the same message. */
static void foreign_accounts(void **state) {
    struct fixture *f = *state;
    int64_t foreign = fixture_account(f, "provider-2", OTHER_APP);
    struct str ids[] = {hire_text(&f->h, foreign), STR("4711"), STR("x"), STR("")};

    f->h.only_app = VENDOR_APP;
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct wares *w = wares(f, "p", "i");
        struct eco_background_check_package_batch_update_body up = {ids[i], w->body.package_list,
                                                                    w->body.additional_item_list};
        struct eco_background_check_package_batch_delete_body del = {.account_id = ids[i]};

        w->body.account_id = ids[i];
        REFUSED(f, packages_create(&f->h, &w->body), REFUSED_PARAMETER, "there is no such account");
        REFUSED(f, packages_update(&f->h, &up), REFUSED_PARAMETER, "there is no such account");
        REFUSED(f, packages_delete(&f->h, &del), REFUSED_PARAMETER, "there is no such account");
    }
    f->h.only_app = 0;
    f->account = foreign;
    assert_int_equal(CALL(f, packages_create(&f->h, &wares(f, "p", NULL)->body)), 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        FIXTURE_TEST(packages_are_added),
        FIXTURE_TEST(packages_change),
        FIXTURE_TEST(packages_go),
        FIXTURE_TEST(foreign_accounts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
