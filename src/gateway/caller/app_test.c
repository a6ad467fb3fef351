/* SPDX-License-Identifier: Apache-2.0
 *
 * Apps, tokens and users' ids, on a real database.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/test.h"
#include "gateway/caller/master_secret.h"
#include "gateway/caller/tenant.h"
#include "gateway/caller/token.h"
#include "gateway/link.h"
#include "gateway/users.h"

#define NOW INT64_C(1800000000000)

struct fixture {
    char dir[64];
    struct db *db;
    struct seal *seal;
    struct token_cache *cache;
    struct arena arena;
    struct tenant_row tenant;
    struct app_row app;
    struct str secret;
};

static int setup(void **state) {
    struct fixture *f = mem_alloc(sizeof *f);
    struct str why;
    snprintf(f->dir, sizeof f->dir, "/tmp/hired-identity-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    const struct db_options o = {.dir = f->dir, .busy_ms = 1000, .no_sync = true};
    assert_int_equal(db_open(&f->db, &o, DB_WRITE, &f->arena, &why), 0);
    assert_int_equal(db_begin(f->db), 0);
    assert_int_equal(master_secret_seal(f->db, &f->seal), 0);
    assert_int_equal(tenant_create(f->db, STR_ABSENT, STR("a company"), &f->arena, &f->tenant), 0);
    assert_int_equal(app_create(f->db, f->tenant.id, APP_CUSTOM, STR("an app"), STR("hire:interview hire:interview"),
                                STR_ABSENT, STR_ABSENT, &f->arena, &f->app, &f->secret),
                     0);
    f->cache = token_cache_new();
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    assert_int_equal(db_commit(f->db), 0);
    token_cache_free(f->cache);
    seal_free(f->seal);
    db_close(f->db);
    arena_free(&f->arena);
    assert_int_equal(dir_remove(f->dir), 0);
    free(f);
    return 0;
}

static int check(struct fixture *f, struct str token, int64_t now, struct token_caller *ret) {
    return token_check(f->cache, f->db, f->seal, SEAL_TENANT_TOKEN, token, now, ret);
}

static struct str issue(struct fixture *f, int64_t now, int64_t *ret_expire) {
    struct str token;
    assert_int_equal(
        token_issue(f->db, f->seal, SEAL_TENANT_TOKEN, f->app.id, f->tenant.id, now, &f->arena, &token, ret_expire), 0);
    return token;
}

static void test_app(void **state) {
    struct fixture *f = *state;
    struct app_row row;
    assert_int_equal(f->app.app_id.len, APP_ID_LEN);
    assert_int_equal(f->secret.len, APP_SECRET_LEN);
    assert_lit(f->app.scopes, "hire:interview");
    assert_int_equal(app_authenticate(f->db, f->app.app_id, f->secret, &f->arena, &row), 1);
    assert_int_equal(row.id, f->app.id);
    assert_int_equal(app_authenticate(f->db, f->app.app_id, STR(""), &f->arena, &row), 0);
    assert_int_equal(app_authenticate(f->db, f->app.app_id, str_skip(f->secret, 1), &f->arena, &row), 0);
    assert_int_equal(app_authenticate(f->db, STR("cli_0000000000000000"), f->secret, &f->arena, &row), 0);

    struct str scopes, unknown;
    assert_int_equal(app_scopes_check(STR("hire:interview nonsense"), &f->arena, &scopes, &unknown), -EINVAL);
    assert_lit(unknown, "nonsense");
    assert_int_equal(app_scopes_check(STR("all"), &f->arena, &scopes, &unknown), 0);
    assert_true(scopes.len > 500);
}

static void test_token_life(void **state) {
    struct fixture *f = *state;
    struct token_caller caller;
    int64_t expire;
    struct str first = issue(f, NOW, &expire);
    assert_int_equal(expire, 7200);
    assert_int_equal(check(f, first, NOW, &caller), TOKEN_OK);
    assert_int_equal(caller.tenant, f->tenant.id);
    assert_str(caller.app->app_id, f->app.app_id);

    /* A request for a token gets the same one while 30 minutes are left, then a new one; both are valid until they
     * expire. */
    assert_str(issue(f, NOW + 5400000, &expire), first);
    assert_int_equal(expire, 1800);
    struct str second = issue(f, NOW + 5400001, &expire);
    assert_false(str_eq(first, second));
    assert_int_equal(expire, 7200);
    assert_int_equal(check(f, first, NOW + 7199999, &caller), TOKEN_OK);
    assert_int_equal(check(f, first, NOW + 7200000, &caller), TOKEN_INVALID);
    assert_int_equal(check(f, second, NOW + 7200000, &caller), TOKEN_OK);
}

static void test_token_refusals(void **state) {
    struct fixture *f = *state;
    struct token_caller caller;
    int64_t expire;
    struct str token = issue(f, NOW, &expire);
    for (size_t i = 2; i < token.len; i++) {
        char *altered = arena_bytes(&f->arena, token.len);
        memcpy(altered, token.ptr, token.len);
        altered[i] = altered[i] == 'a' ? 'b' : 'a';
        assert_int_equal(check(f, (struct str){altered, token.len}, NOW, &caller), TOKEN_INVALID);
    }
    assert_int_equal(check(f, STR("t-"), NOW, &caller), TOKEN_INVALID);
    assert_int_equal(token_check(f->cache, f->db, f->seal, SEAL_APP_TOKEN, token, NOW, &caller), TOKEN_INVALID);

    assert_int_equal(check(f, token, NOW, &caller), TOKEN_OK);
    assert_int_equal(app_disable(f->db, f->app.id, true), 0);
    token_cache_clear(f->cache);
    caller = (struct token_caller){0};
    assert_int_equal(check(f, token, NOW, &caller), TOKEN_DISABLED);
    assert_str(caller.app->app_id, f->app.app_id); /* the caller is named, though it may not call */
    assert_int_equal(caller.tenant, f->app.tenant);
    assert_int_equal(app_disable(f->db, f->app.id, false), 0);
    token_cache_clear(f->cache);
    assert_int_equal(check(f, token, NOW, &caller), TOKEN_OK);

    struct str secret;
    struct app_row row;
    assert_int_equal(app_rotate(f->db, f->app.id, &f->arena, &secret), 0);
    token_cache_clear(f->cache);
    assert_int_equal(check(f, token, NOW, &caller), TOKEN_INVALID);
    assert_int_equal(app_authenticate(f->db, f->app.app_id, f->secret, &f->arena, &row), 0);
    assert_int_equal(app_authenticate(f->db, f->app.app_id, secret, &f->arena, &row), 1);
}

static void test_allow_list(void **state) {
    static const struct {
        const char *list, *address;
        bool allowed;
    } cases[] = {
        {"1.2.3.4", "1.2.3.4", true},        {"1.2.3.4", "1.2.3.5", false},           {"1.2.3.0/24", "1.2.3.255", true},
        {"1.2.3.0/24", "1.2.4.0", false},    {"9.9.9.9 1.2.3.4", "1.2.3.4", true},    {"0.0.0.0/0", "200.1.1.1", true},
        {"0.0.0.0/0", "2001:db8::1", false}, {"2001:db8::/32", "2001:db8::7", true},  {"::1", "::1", true},
        {"::1", "127.0.0.1", false},         {"1.2.3.4/33", "1.2.3.4", false},        {"nonsense", "1.2.3.4", false},
        {"1.2.3.4/31", "1.2.3.5", true},     {"127.0.0.1", "::ffff:127.0.0.1", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(app_address_allowed(str_of(cases[i].list), str_of(cases[i].address)), cases[i].allowed);
}

static void test_user_ids(void **state) {
    struct fixture *f = *state;
    struct user_view view = {f->tenant.id, f->app.id, f->app.developer},
                     other_app = {f->tenant.id, 42, f->app.developer},
                     other_tenant = {f->tenant.id + 1, f->app.id, f->app.developer};
    struct user_import in = {.user_id = STR("4c87bec3"), .name = STR("someone")};
    struct str why, open_id, other_open_id, union_id, id;
    int64_t uid, found;
    assert_int_equal(user_import(f->db, f->seal, &view, &in, &f->arena, &uid, &why), 1);
    assert_int_equal(user_import(f->db, f->seal, &view, &in, &f->arena, &found, &why), 0);
    assert_int_equal(found, uid);

    assert_int_equal(user_external_id(f->db, f->seal, &view, USER_USER_ID, uid, &f->arena, &id), 0);
    assert_lit(id, "4c87bec3");
    assert_int_equal(user_external_id(f->db, f->seal, &view, USER_OPEN_ID, uid, &f->arena, &open_id), 0);
    assert_int_equal(open_id.len, 35);
    assert_true(str_starts(open_id, STR("ou_")));
    assert_int_equal(user_external_id(f->db, f->seal, &other_app, USER_OPEN_ID, uid, &f->arena, &other_open_id), 0);
    assert_false(str_eq(open_id, other_open_id));
    assert_int_equal(user_external_id(f->db, f->seal, &other_app, USER_UNION_ID, uid, &f->arena, &union_id), 0);
    assert_true(str_starts(union_id, STR("on_")));

    assert_int_equal(user_find(f->db, f->seal, &view, USER_OPEN_ID, open_id, &found), 0);
    assert_int_equal(found, uid);
    assert_int_equal(user_find(f->db, f->seal, &view, USER_UNION_ID, union_id, &found), 0);
    assert_int_equal(found, uid);
    assert_int_equal(user_find(f->db, f->seal, &view, USER_OPEN_ID, other_open_id, &found), -ENOENT);
    assert_int_equal(user_find(f->db, f->seal, &view, USER_OPEN_ID, union_id, &found), -ENOENT);
    assert_int_equal(user_find(f->db, f->seal, &other_tenant, USER_OPEN_ID, open_id, &found), -ENOENT);
    assert_int_equal(user_find(f->db, f->seal, &other_tenant, USER_USER_ID, STR("4c87bec3"), &found), -ENOENT);
    assert_int_equal(user_find(f->db, f->seal, &view, USER_OPEN_ID, STR(""), &found), -ENOENT);
}

static void test_imported_ids(void **state) {
    struct fixture *f = *state;
    struct user_view view = {f->tenant.id, f->app.id, f->app.developer};
    struct user_import by_open = {.open_id = STR("ou_7dab8a3d3cdcc9da365777c7ad535d62")};
    struct user_import linked = {.open_id = by_open.open_id, .user_id = STR("3e3cf96b"), .name = STR("n")};
    struct user_import stranger = {.user_id = STR("other")},
                       clash = {.open_id = by_open.open_id, .user_id = STR("other")};
    struct str why, id;
    int64_t uid, again;
    assert_int_equal(user_import(f->db, f->seal, &view, &by_open, &f->arena, &uid, &why), 1);
    assert_int_equal(user_external_id(f->db, f->seal, &view, USER_OPEN_ID, uid, &f->arena, &id), 0);
    assert_str(id, by_open.open_id);
    assert_int_equal(user_external_id(f->db, f->seal, &view, USER_USER_ID, uid, &f->arena, &id), 0);
    assert_int_equal(id.len, 8); /* one was made up */

    assert_int_equal(user_import(f->db, f->seal, &view, &linked, &f->arena, &again, &why), 1);
    assert_int_equal(again, uid);
    assert_int_equal(user_external_id(f->db, f->seal, &view, USER_USER_ID, uid, &f->arena, &id), 0);
    assert_lit(id, "3e3cf96b");
    assert_int_equal(user_import(f->db, f->seal, &view, &linked, &f->arena, &again, &why), 0);

    assert_int_equal(user_import(f->db, f->seal, &view, &stranger, &f->arena, &again, &why), 1);
    assert_int_equal(user_import(f->db, f->seal, &view, &clash, &f->arena, &again, &why), -EEXIST);
    assert_true(why.len > 0);
}

static void test_links(void **state) {
    struct fixture *f = *state;
    enum link_kind kind;
    int64_t id;
    for (int made = LINK_REPORT; made <= LINK_ATTACHMENT; made++) {
        unsigned life = made == LINK_REPORT ? 3600 : 1800;
        struct buf link BUF_CLEANUP = BUF_EMPTY;
        link_write(f->seal, STR("http://h:1"), (enum link_kind)made, 77, life, NOW, &link);
        assert_int_equal(link.len, 10 + 7 + SEAL_HEX_LEN);
        struct str sealed = str_skip(buf_str(&link), 17);
        assert_int_equal(link_read(f->seal, sealed, NOW + life * 1000 - 1, &kind, &id), 0);
        assert_int_equal(id, 77);
        assert_int_equal(kind, made);
        assert_int_equal(link_read(f->seal, sealed, NOW + life * 1000, &kind, &id), -ETIME);
        assert_int_equal(link_read(f->seal, str_skip(sealed, 1), NOW, &kind, &id), -EBADMSG);
        link.ptr[20] = link.ptr[20] == '0' ? '1' : '0';
        assert_int_equal(link_read(f->seal, sealed, NOW, &kind, &id), -EBADMSG);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_app, setup, teardown),
        cmocka_unit_test_setup_teardown(test_token_life, setup, teardown),
        cmocka_unit_test_setup_teardown(test_token_refusals, setup, teardown),
        cmocka_unit_test(test_allow_list),
        cmocka_unit_test_setup_teardown(test_user_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(test_imported_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links, setup, teardown),
    };
    return RUN_TESTS(tests);
}
