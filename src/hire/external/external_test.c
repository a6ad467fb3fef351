/* SPDX-License-Identifier: Apache-2.0
 *
 * External applications and checks, and the names and kinds of attachments.
 */
#include "hire/attachment/attachment.h"
#include "hire/external/external.h"
#include "hire/hire_fixture.h"

static int setup(void **state) {
    int r = fixture_setup(state);

    if (r == 0)
        fixture_sql(*state, "INSERT INTO reference (tenant, kind, id, doc, seq) VALUES (%d, 'talent', '11', '{}', 1)",
                    TENANT);
    return r;
}

static struct str create(struct fixture *f, const char *key) {
    struct external_application a = {.talent_id = STR("11"), .stage = STR("s")};

    assert_int_equal(CALL(f, external_application_create(&f->h, str_of(key), &a)), 0);
    return a.id;
}

static void once_a_day(void **state) {
    struct fixture *f = *state;
    struct str id = create(f, "k");

    f->h.now_ms += EXTERNAL_KEY_MS - 1;
    assert_true(str_eq(create(f, "k"), id));
    struct external_application gone;
    assert_int_equal(CALL(f, external_application_delete(&f->h, id, STR_ABSENT, &gone)), 0);
    struct external_application a = {.talent_id = STR("11")};
    REFUSED(f, external_application_create(&f->h, STR("k"), &a), REFUSED_PARAMETER, "24 hours");
    f->h.now_ms += 1;
    assert_false(str_eq(create(f, "k"), id));
    /* Keys older than a day are deleted. */
    f->h.now_ms += 2 * EXTERNAL_KEY_MS;
    create(f, "other");
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM external_key"), 1);
}

static void tenants_are_apart(void **state) {
    struct fixture *f = *state;
    struct str id = create(f, "k");
    struct external_application a = {.talent_id = STR("11")};
    struct external_background_check c = {.external_application_id = id};
    struct str_list none = {0};

    f->h.tenant = OTHER_TENANT;
    REFUSED(f, external_application_create(&f->h, STR("k"), &a), REFUSED_NO_TALENT, "no talent 11");
    REFUSED(f, external_application_update(&f->h, id, &a), REFUSED_PARAMETER, "no external application");
    REFUSED(f, external_application_delete(&f->h, id, STR_ABSENT, &a), REFUSED_PARAMETER, "no external application");
    REFUSED(f, external_check_create(&f->h, STR_ABSENT, &none, &c), REFUSED_PARAMETER, "external_application_id");
    REFUSED(f, external_check_delete(&f->h, id), REFUSED_PARAMETER, "external_background_check_id");
}

/* The stored name for a name of so many characters and an ending. */
static struct str long_name(struct fixture *f, const char *character, int times, const char *ending) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    for (int i = 0; i < times; i++)
        buf_add_str(&b, str_of(character));
    buf_add_str(&b, str_of(ending));
    return attachment_name(&f->arena, arena_dup(&f->arena, buf_str(&b)));
}

/* Cut before the ending and between characters. */
static void long_names(struct fixture *f) {
    static const struct {
        const char *character;
        int times;
        const char *ending;
        size_t len;
    } cases[] = {
        {"a", 251, ".pdf", 255},    {"a", 252, ".pdf", 255},  {"a", 5000, ".docx", 255}, {"历", 200, ".pdf", 253},
        {"a", 300, ".tar.gz", 255}, {"a", 300, ".简历", 255}, {"😀", 100, ".PDF", 252},   {"a", 254, ".x", 255},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str name = long_name(f, cases[i].character, cases[i].times, cases[i].ending);
        const char *dot = strrchr(cases[i].ending, '.');
        assert_true(str_is_utf8(name) && str_ends(name, str_of(dot)));
        assert_int_equal(name.len, cases[i].len);
    }
    assert_int_equal(long_name(f, "a", 300, "").len, 255);
    assert_int_equal(long_name(f, "a", 300, ".").len, 255);
    /* Not endings: a text after the last dot that contains a blank or is too long. */
    assert_true(str_ends(long_name(f, "a", 300, ". The end"), STR("aaa")));
    assert_true(str_ends(long_name(f, "a", 300, ".0123456789012345678901234567890123456789"), STR("aaa")));
}

static void names(void **state) {
    struct fixture *f = *state;
    static const char *const cases[][2] = {{"a.pdf", "a.pdf"},      {"", "file"},   {"..", "file"},
                                           {"a/b\\c.doc", "c.doc"}, {"a/", "file"}, {" x\x01\x7f y ", "x y"},
                                           {"简历.pdf", "简历.pdf"}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(str_eq(attachment_name(&f->arena, str_of(cases[i][0])), str_of(cases[i][1])));
    assert_lit(attachment_name(&f->arena, STR_ABSENT), "file");
    long_names(f);
    assert_lit(attachment_mime(STR("a.PDF")), "application/pdf");
    assert_lit(attachment_mime(STR(".pdf")), "application/octet-stream");
    assert_lit(attachment_mime(STR("a.html")), "application/octet-stream");
    assert_true(attachment_is_shown(STR("application/pdf")));
    assert_false(attachment_is_shown(STR("text/plain; charset=utf-8")));
    assert_false(attachment_is_shown(STR("text/html")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {TEST(once_a_day), TEST(tenants_are_apart), TEST(names)};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
