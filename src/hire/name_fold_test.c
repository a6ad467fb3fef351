/* SPDX-License-Identifier: Apache-2.0
 *
 * Unit tests of names_fold(): keys of an older hired, continuation after a crash, and a second call.
 */
#include "hire/name_fold.h"

#include "base/fold.h"
#include "hire/hire_fixture.h"
#include "hire/reference/card.h"

#define NAMES 4500 /* some pages */

struct told {
    int64_t done;
    int ends;
};

static void tell(void *ctx, int64_t done, bool ended) {
    struct told *t = ctx;

    t->done = done;
    t->ends += ended;
}

/* Writes names with keys as an older hired wrote them, which folded ASCII only. */
static void make_old(struct fixture *f) {
    fixture_sql(f,
                "DELETE FROM meta WHERE key LIKE 'name_fold%%'; DELETE FROM reference_name;"
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                "INSERT INTO reference_name SELECT %d, 'talent', i, 'ÉMILE ' || i, 'ÉmILE ' || i FROM n;"
                "INSERT INTO reference (tenant, kind, id, seq, doc) SELECT tenant, kind, CAST(id AS TEXT), id, '{}' "
                "FROM reference_name WHERE id > 0 ON CONFLICT DO NOTHING;"
                "UPDATE reference_name SET search = '' WHERE id = 7",
                NAMES, TENANT);
}

static int64_t folded(struct fixture *f) {
    return fixture_number(f, "SELECT COUNT(*) FROM reference_name WHERE search = 'émile ' || id");
}

static void test_brings_all_up_to_date(void **state) {
    struct fixture *f = *state;
    struct told t = {0};
    struct card_found found;

    make_old(f);
    assert_int_equal(names_fold(f->db, tell, &t), 0);
    assert_int_equal(t.done, NAMES);
    assert_int_equal(t.ends, 1);
    assert_int_equal(folded(f), NAMES - 1);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM reference_name WHERE id = 7 AND search = ''"), 1);
    assert_int_equal(card_search(&f->h, STR("talent"), STR("e\u0301MILE\u30004500\u3000"), 5, &found), 0);
    assert_int_equal(found.ids.n, 1);
    assert_false(found.more);
    assert_int_equal(found.ids.v[0], NAMES);
    assert_int_equal(names_fold(f->db, tell, &t), 0);
    assert_int_equal(t.ends, 1); /* not called: the keys were up to date */
}

static void test_goes_on_where_it_was_broken_off(void **state) {
    struct fixture *f = *state;
    struct told t = {0};

    make_old(f);
    fixture_sql(f, "INSERT INTO meta VALUES ('name_fold_at', '%.*s %d talent 3000')", STR_FMT(text_fold_rule()),
                TENANT);
    assert_int_equal(names_fold(f->db, tell, &t), 0);
    assert_int_equal(t.done, NAMES - 3000);
    assert_int_equal(folded(f), NAMES - 3000);
}

static void test_another_rule_begins_anew(void **state) {
    struct fixture *f = *state;
    struct told t = {0};

    make_old(f);
    fixture_sql(f, "INSERT INTO meta VALUES ('name_fold', '0/1.0.0'), ('name_fold_at', '0/1.0.0 %d talent 3000')",
                TENANT);
    assert_int_equal(names_fold(f->db, tell, &t), 0);
    assert_int_equal(folded(f), NAMES - 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_brings_all_up_to_date),
        T(test_goes_on_where_it_was_broken_off),
        T(test_another_rule_begins_anew),
    };
    return RUN_TESTS(tests);
}
