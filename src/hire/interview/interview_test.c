/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews: import with a computed summary, lists by begin time while interviews move, lists by application.
 */
#include "hire/hire_fixture.h"
#include "hire/interview/interview.h"

#define SEEN_MAX 64

struct seen {
    int n;
    int64_t begin[SEEN_MAX], id[SEEN_MAX];
    struct str last;
    struct arena *arena;
};

static void see(void *ctx, int64_t begin_time, int64_t id, struct str doc) {
    struct seen *s = ctx;

    assert_true(s->n < SEEN_MAX);
    s->begin[s->n] = begin_time;
    s->id[s->n++] = id;
    s->last = arena_dup(s->arena, doc);
}

static const struct interview_filter all = {.begin_end = INT64_MAX};

/* Within the open transaction. */
static int put_within(struct fixture *f, int64_t id, int64_t application_id, int64_t begin_time) {
    struct interview_extend in = {
        .id = hire_text(&f->h, id),
        .application_id = hire_text(&f->h, application_id),
    };

    if (begin_time != 0)
        in.begin_time = SET_INT(begin_time);
    return interview_import(&f->h, &in);
}

static int put(struct fixture *f, int64_t id, int64_t application_id, int64_t begin_time) {
    return CALL(f, put_within(f, id, application_id, begin_time));
}

static struct seen list(struct fixture *f, const struct interview_filter *filter, int64_t begin, int64_t id,
                        int limit) {
    struct seen s = {.arena = &f->arena};
    int64_t start;
    int n;

    assert_int_equal(interview_walk_start(&f->h, &start), 0);
    n = interview_list(&f->h, filter, begin, id, start, limit, see, &s);
    assert_int_equal(n, s.n);
    return s;
}

static void taken_in(void **state) {
    struct fixture *f = *state;
    struct interview_record records[] = {
        {.id = STR("1"), .user_id = STR("9001"), .commit_status = SET_INT(1), .conclusion = SET_INT(1)},
        {.id = STR("2"), .user_id = STR("9002"), .commit_status = SET_INT(2)},
    };
    struct interview_extend in = {.id = STR("5"),
                                  .application_id = STR("6"),
                                  .begin_time = SET_INT(1618899376474),
                                  .interview_round_summary = SET_INT(1),
                                  .interview_record_list = {records, 2}};
    struct interview_extend got = {0};
    struct seen s;

    assert_int_equal(CALL(f, interview_import(&f->h, &in)), 1);
    s = list(f, &all, 0, 0, 10);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.begin[0], 1618899376474);
    assert_int_equal(record_read_stored(&type_interview_extend, &got, s.last, &f->arena), 0);
    assert_int_equal(got.interview_round_summary.v, 7); /* one passed, the other has no conclusion */
    assert_lit(got.interview_record_list.v[1].user_id, "9002");

    in.interview_round_summary = SET_INT(18); /* the summary is computed, so a different one is no change */
    assert_int_equal(CALL(f, interview_import(&f->h, &in)), 0);
    records[1].conclusion = SET_INT(2);
    assert_int_equal(CALL(f, interview_import(&f->h, &in)), 1);
    s = list(f, &all, 0, 0, 10);
    assert_int_equal(s.n, 1);
    assert_int_equal(record_read_stored(&type_interview_extend, &got, s.last, &f->arena), 0);
    assert_int_equal(got.interview_round_summary.v, 10);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin"), 1);

    in.id = STR("x");
    REFUSED(f, interview_import(&f->h, &in), REFUSED_PARAMETER, "id must be an id");
    in.id = STR("7");
    in.application_id = STR_ABSENT;
    REFUSED(f, interview_import(&f->h, &in), REFUSED_PARAMETER, "application_id must be an id");
    in.application_id = STR("6");
    in.begin_time = SET_INT(-1);
    REFUSED(f, interview_import(&f->h, &in), REFUSED_PARAMETER, "begin_time");
    f->h.tenant = OTHER_TENANT;
    assert_int_equal(list(f, &all, 0, 0, 10).n, 0);
}

static void filters(void **state) {
    struct fixture *f = *state;
    struct interview_filter filter = all;
    struct seen s;

    for (int i = 1; i <= 20; i++) /* ids decrease while begin times increase, two at each time */
        assert_int_equal(put(f, 100 - i, i % 2 ? 6 : 7, 1000 + i / 2), 1);
    assert_int_equal(put(f, 500, 6, 0), 1); /* begin time unknown */

    assert_int_equal(list(f, &all, 0, 0, 50).n, 21);
    filter.begin_start = 1003;
    filter.begin_end = 1005;
    s = list(f, &filter, 0, 0, 50);
    assert_int_equal(s.n, 6);
    assert_int_equal(s.begin[0], 1003);
    assert_int_equal(s.id[0], 93);
    assert_int_equal(s.id[1], 94);
    assert_int_equal(s.begin[5], 1005);
    s = list(f, &filter, 1003, 93, 2);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.id[0], 94);
    assert_int_equal(s.begin[1], 1004);
    filter.begin_start = 0;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 11); /* without the interview whose begin time is unknown */

    filter.application_id = 6;
    s = list(f, &filter, 0, 0, 50);
    assert_int_equal(s.n, 6);
    for (int i = 1; i < s.n; i++)
        assert_true(s.id[i] > s.id[i - 1]);
    s = list(f, &filter, 0, s.id[2], 2);
    assert_int_equal(s.n, 2);
    filter.begin_end = INT64_MAX;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 11);
    filter.application_id = 8;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 0);

    filter = all;
    filter.interview_id = 99;
    s = list(f, &filter, 0, 0, 50);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.begin[0], 1000);
    assert_int_equal(list(f, &filter, 0, 99, 50).n, 0); /* after the interview */
    filter.application_id = 7;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 0);
    filter.application_id = 6;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 1);
    filter.begin_start = 1001;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 0);
    filter = all;
    filter.begin_end = 999;
    filter.interview_id = 99;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 0);
    filter.interview_id = 12345;
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 0);
}

/* A walk in pages of one while interviews move at random: no interview that stays within the filter is missed, and
 * none that did not move is returned twice. */
static void walk_while_moving(void **state) {
    struct fixture *f = *state;
    struct interview_filter filter = {.begin_start = 100, .begin_end = 200};
    unsigned seed = 1;

    for (int64_t id = 1; id <= 12; id++)
        put(f, id, 6, 100 + id * 8);
    for (int round = 0; round < 300; round++) {
        int64_t begin = 0, last_id = 0, start;
        int met[13] = {0}, moved[13] = {0}, turn = 0;
        struct seen s = {.arena = &f->arena};

        assert_int_equal(fixture_begin(f), 0);
        f->h.now_ms += round % 3 - 1; /* a clock that stops or is set back has no effect */
        assert_int_equal(interview_walk_start(&f->h, &start), 0);
        while (s.n = 0, interview_list(&f->h, &filter, begin, last_id, start, 1, see, &s) == 1) {
            begin = s.begin[0];
            last_id = s.id[0];
            met[last_id]++;
            for (int i = 0; turn < 40 && i < 2; i++, turn++) {
                int64_t id = rand_r(&seed) % 12 + 1;

                moved[id] += put_within(f, id, 6, 100 + rand_r(&seed) % 101);
            }
        }
        for (int id = 1; id <= 12; id++) {
            if (met[id] == 0 || (met[id] > 1 && !moved[id]))
                fail_msg("round %d: interview %d met %d times, moved %d times", round, id, met[id], moved[id]);
        }
        assert_int_equal(fixture_end(f, 0), 0); /* one commit a round: each costs a sync of the disk */
        arena_reset(&f->arena);
    }
    assert_int_equal(list(f, &filter, 0, 0, 50).n, 12); /* a walk from now on sees each once */
}

static void moved_into_filter(void **state) {
    struct fixture *f = *state;
    struct interview_filter filter = {.begin_start = 100, .begin_end = 200};
    struct seen s = {.arena = &f->arena};
    int64_t start;

    put(f, 1, 6, 150);
    put(f, 2, 6, 160);
    assert_int_equal(interview_walk_start(&f->h, &start), 0);
    put(f, 1, 6, 300); /* moved out of the bounds: not returned */
    put(f, 2, 6, 110);
    put(f, 2, 6, 160); /* moved out and back again */
    assert_int_equal(interview_list(&f->h, &filter, 120, 0, start, 10, see, &s), 1);
    assert_int_equal(s.id[0], 2);
    assert_int_equal(list(f, &filter, 0, 0, 10).n, 1);

    put(f, 3, 6, 150);
    put(f, 4, 6, 150);
    assert_int_equal(interview_walk_start(&f->h, &start), 0);
    put(f, 3, 6, 50);  /* moved out at the other end */
    put(f, 4, 6, 190); /* moved ahead of the walk: returned once, there */
    s.n = 0;
    assert_int_equal(interview_list(&f->h, &filter, 0, 0, start, 10, see, &s), 2);
    assert_int_equal(s.id[0], 2);
    assert_int_equal(s.id[1], 4);
    assert_int_equal(s.begin[1], 190);
}

static void forgotten(void **state) {
    struct fixture *f = *state;

    put(f, 1, 6, 150);
    put(f, 1, 6, 160);
    f->h.now_ms += 1000;
    put(f, 1, 6, 170);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin"), 3);
    f->h.now_ms = START_MS + INTERVIEW_MOVED_KEEP_MS;
    put(f, 1, 6, 180);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin"), 4);
    f->h.now_ms++;
    put(f, 1, 6, 190); /* the first is older than a week now */
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin"), 4);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin WHERE begin_time = 150"), 0);
    f->h.now_ms += 2 * INTERVIEW_MOVED_KEEP_MS;
    put(f, 2, 6, 150); /* a new interview leaves no old key */
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin"), 5);
    put(f, 2, 6, 151);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM interview_begin"), 3);
    assert_int_equal(fixture_number(f, "SELECT begin_time FROM interview_begin WHERE id = 1"), 190);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(taken_in),          FIXTURE_TEST(filters),   FIXTURE_TEST(walk_while_moving),
        FIXTURE_TEST(moved_into_filter), FIXTURE_TEST(forgotten),
    };

    return RUN_TESTS(tests);
}
