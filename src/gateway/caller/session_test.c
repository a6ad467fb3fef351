/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts, passwords, sessions and the limit of attempts, on a real database.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/test.h"
#include "gateway/caller/app.h"
#include "gateway/caller/attempts.h"
#include "gateway/caller/master_secret.h"
#include "gateway/caller/session.h"

#define NOW INT64_C(1800000000000)

struct fixture {
    char dir[64];
    struct db *db;
    struct seal *seal;
    struct arena arena;
    struct account account;
};

static int setup(void **state) {
    struct fixture *f = mem_alloc(sizeof *f);
    struct str why;
    snprintf(f->dir, sizeof f->dir, "/tmp/hired-session-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    const struct db_options o = {.dir = f->dir, .busy_ms = 1000, .no_sync = true};
    assert_int_equal(db_open(&f->db, &o, DB_WRITE, &f->arena, &why), 0);
    assert_int_equal(db_begin(f->db), 0);
    assert_int_equal(master_secret_seal(f->db, &f->seal), 0);
    f->account = (struct account){.tenant = 7,
                                  .login = STR("Lin.Yue"),
                                  .name = STR("林月"),
                                  .en_name = STR("Yue Lin"),
                                  .password = STR("scrypt$1$1$1$x$y"),
                                  .roles = ROLE_BIT(ROLE_APPROVER)};
    assert_int_equal(account_add(f->db, &f->account, &f->arena, NOW), 0);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    struct fixture *f = *state;
    db_rollback(f->db);
    db_close(f->db);
    seal_free(f->seal);
    arena_free(&f->arena);
    assert_int_equal(dir_remove(f->dir), 0);
    free(f);
    return 0;
}

static void test_accounts(void **state) {
    struct fixture *f = *state;
    struct account found, twice = f->account;
    assert_int_equal(account_by_login(f->db, STR("LIN.yue"), &f->arena, &found), 1);
    assert_int_equal(found.id, f->account.id);
    assert_str(found.login, STR("lin.yue"));
    assert_str(found.en_name, STR("Yue Lin"));
    assert_int_equal(found.roles, ROLE_BIT(ROLE_APPROVER));
    assert_int_equal(account_by_login(f->db, STR("lin"), &f->arena, &found), 0);
    twice.tenant = 8;
    assert_int_equal(account_add(f->db, &twice, &f->arena, NOW), -EEXIST);
    assert_int_equal(account_admins(f->db, 7), 0);
    found = f->account;
    found.roles |= ROLE_BIT(ROLE_ADMIN);
    assert_int_equal(account_update(f->db, &found), 0);
    assert_int_equal(account_admins(f->db, 7), 1);
    found.id++;
    assert_int_equal(account_update(f->db, &found), -ENOENT);
}

static void test_logins(void **state) {
    assert_null(account_login_fault(STR("li")));
    assert_null(account_login_fault(STR("yue.lin-2_x@example.com")));
    assert_non_null(account_login_fault(STR("l")));
    assert_non_null(account_login_fault(STR("lin yue")));
    assert_non_null(account_login_fault(STR("林月")));
    assert_non_null(account_login_fault(STR_ABSENT));
}

static void test_passwords(void **state) {
    struct fixture *f = *state;
    struct str hash = account_password_hash(STR("correct horse"), &f->arena);
    struct str again = account_password_hash(STR("correct horse"), &f->arena);
    assert_true(str_starts(hash, STR("scrypt$15$8$3$")));
    assert_false(str_eq(hash, again)); /* another salt */
    assert_true(account_password_fits(STR("correct horse"), hash));
    assert_false(account_password_fits(STR("correct horsE"), hash));
    assert_false(account_password_fits(STR(""), hash));
    assert_false(account_password_fits(STR("correct horse"), STR_ABSENT));
    assert_false(account_password_fits(STR("correct horse"), (struct str){hash.ptr, hash.len - 1}));
    struct str made = account_password_new(&f->arena), other = account_password_new(&f->arena);
    assert_int_equal(made.len, 20);
    assert_false(str_eq(made, other));
}

static void test_cookies(void **state) {
    assert_str(person_session_cookie(STR("a=b; hired_session=abc; c=d"), false), STR("abc"));
    assert_str(person_session_cookie(STR("hired_session=abc"), false), STR("abc"));
    assert_true(str_is_absent(person_session_cookie(STR("xhired_session=abc"), false)));
    assert_true(str_is_absent(person_session_cookie(STR("hired_session; hired_session2=x"), false)));
    assert_true(str_is_absent(person_session_cookie(STR_ABSENT, false)));
    /* with https, a cookie without the prefix __Host- is ignored, since others could have set it */
    assert_str(person_session_cookie(STR("hired_session=theirs; __Host-hired_session=abc"), true), STR("abc"));
    assert_true(str_is_absent(person_session_cookie(STR("hired_session=theirs"), true)));
    assert_true(str_is_absent(person_session_cookie(STR("__host-hired_session=theirs"), true)));
}

static void test_sessions(void **state) {
    struct fixture *f = *state;
    struct str one, two;
    struct person p;
    assert_int_equal(person_session_begin(f->db, &f->account, STR("10.1.2.3"), NOW, &f->arena, &one), 0);
    assert_int_equal(person_session_begin(f->db, &f->account, STR("10.1.2.3"), NOW, &f->arena, &two), 0);
    assert_int_equal(one.len, SESSION_TEXT_LEN);
    assert_int_equal(person_session_find(f->db, one, NOW, &f->arena, &p), 1);
    assert_int_equal(p.account, f->account.id);
    assert_int_equal(p.tenant, 7);
    assert_true(person_has(&p, ROLE_APPROVER));
    assert_false(person_has(&p, ROLE_ADMIN));
    /* The digest in the database cannot be used as a cookie. */
    struct person other;
    assert_int_equal(person_session_find(f->db, p.key, NOW, &f->arena, &other), 0);
    assert_int_equal(person_session_find(f->db, STR("abc"), NOW, &f->arena, &other), 0);
    assert_int_equal(person_session_find(f->db, one, NOW + SESSION_LIFE_MS, &f->arena, &other), 0);

    struct str csrf = person_session_csrf(f->seal, p.key, &f->arena);
    assert_int_equal(person_session_find(f->db, two, NOW, &f->arena, &other), 1);
    assert_false(str_eq(csrf, person_session_csrf(f->seal, other.key, &f->arena)));
    assert_true(str_eq(csrf, person_session_csrf(f->seal, p.key, &f->arena)));

    /* A new password ends the other sessions. */
    assert_int_equal(account_set_password(f->db, &f->account, STR("new"), p.key), 0);
    assert_int_equal(person_session_find(f->db, one, NOW, &f->arena, &other), 1);
    assert_int_equal(person_session_find(f->db, two, NOW, &f->arena, &other), 0);
    assert_int_equal(person_session_end(f->db, p.key), 0);
    assert_int_equal(person_session_find(f->db, one, NOW, &f->arena, &other), 0);
}

static void test_disabled(void **state) {
    struct fixture *f = *state;
    struct str cookie;
    struct person p;
    assert_int_equal(person_session_begin(f->db, &f->account, STR("10.1.2.3"), NOW, &f->arena, &cookie), 0);
    f->account.disabled = true;
    assert_int_equal(account_update(f->db, &f->account), 0);
    assert_int_equal(person_session_find(f->db, cookie, NOW, &f->arena, &p), 0);
    f->account.disabled = false;
    assert_int_equal(account_update(f->db, &f->account), 0);
    assert_int_equal(person_session_find(f->db, cookie, NOW, &f->arena, &p), 0); /* the session was ended; enabling
                                                                                  * the account does not bring it
                                                                                  * back */
}

static void test_attempts(void **state) {
    struct attempts *t = attempts_new(&attempts_to_sign_in);
    struct str name = STR("lin"), address = STR("10.0.0.1");
    for (int i = 0; i < ATTEMPTS_PAIR; i++)
        assert_int_equal(attempts_take(t, name, address, 1000), 0);
    assert_int_equal(attempts_take(t, STR("LIN"), address, 1000), ATTEMPTS_WINDOW_MS / 1000);
    assert_int_equal(attempts_take(t, name, address, 1000 + ATTEMPTS_WINDOW_MS - 500), 1);
    assert_int_equal(attempts_take(t, STR("other"), address, 1000), 0);
    assert_int_equal(attempts_take(t, name, STR("10.0.0.2"), 1000), 0);
    assert_int_equal(attempts_take(t, name, address, 1000 + ATTEMPTS_WINDOW_MS), 0);
    /* A success gives back what attempts_take counted. */
    for (int i = 0; i < 3 * ATTEMPTS_PAIR; i++) {
        assert_int_equal(attempts_take(t, STR("good"), STR("10.0.0.3"), 1000), 0);
        attempts_good(t, STR("good"), STR("10.0.0.3"));
    }
    attempts_free(t);

    t = attempts_new(&attempts_to_sign_in);
    char text[32];
    for (int i = 0; i < ATTEMPTS_ADDRESS; i++) {
        snprintf(text, sizeof text, "name%d", i);
        assert_int_equal(attempts_take(t, str_of(text), address, 1000), 0);
    }
    assert_int_not_equal(attempts_take(t, STR("yet another"), address, 1000), 0);
    /* Refused attempts with ever new names remove no counts from the table. */
    for (int i = 0; i < 50000; i++) {
        snprintf(text, sizeof text, "flood%d", i);
        assert_int_not_equal(attempts_take(t, str_of(text), address, 1001), 0);
    }
    attempts_free(t);
}

/* Addresses of one IPv6 /64 count together. */
static void test_attempts_of_networks(void **state) {
    struct attempts *t = attempts_new(&attempts_to_sign_in);
    char name[32], address[64];
    for (int i = 0; i < ATTEMPTS_ADDRESS; i++) {
        snprintf(name, sizeof name, "name%d", i);
        snprintf(address, sizeof address, i % 2 ? "2001:db8:0:7::%x" : "2001:db8:0:7:%x:1:2:3", i + 1);
        assert_int_equal(attempts_take(t, str_of(name), str_of(address), 1000), 0);
    }
    assert_int_not_equal(attempts_take(t, STR("x"), STR("2001:db8:0:7:ffff::"), 1000), 0);
    assert_int_equal(attempts_take(t, STR("x"), STR("2001:db8:0:8::1"), 1000), 0);
    attempts_free(t);
}

static void test_audit(void **state) {
    struct fixture *f = *state;
    const struct audit_entry e = {.tenant = 7,
                                  .now_ms = NOW,
                                  .actor = f->account.id,
                                  .actor_kind = AUDIT_PERSON,
                                  .action = STR("order.approve"),
                                  .subject = STR("12")};
    assert_int_equal(audit_add(f->db, &e), 0);
    struct db_query q DB_CLEANUP = db_query(f->db, SQL_CONSOLE_AUDIT_LIST);
    db_bind_int(&q, 1, 7);
    db_bind_int(&q, 2, INT64_MAX);
    db_bind_int(&q, 3, 0);
    db_bind_text(&q, 4, STR(""));
    db_bind_text(&q, 5, STR("12"));
    db_bind_int(&q, 6, 10);
    db_bind_int(&q, 7, 0);
    assert_int_equal(db_row(&q), 1);
    assert_str(db_text(&q, COL_CONSOLE_AUDIT_LIST_ACTION), STR("order.approve"));
    assert_str(db_text(&q, COL_CONSOLE_AUDIT_LIST_ACTOR_NAME), STR("林月"));
    assert_int_equal(db_row(&q), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_accounts, setup, teardown),
        cmocka_unit_test(test_logins),
        cmocka_unit_test_setup_teardown(test_passwords, setup, teardown),
        cmocka_unit_test(test_cookies),
        cmocka_unit_test_setup_teardown(test_sessions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_disabled, setup, teardown),
        cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_attempts_of_networks),
        cmocka_unit_test_setup_teardown(test_audit, setup, teardown),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
