/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of applications: whatever the filters and the size of pages are, a walk gives what a plain look at all
 * applications gives, and each page looks at a bounded number of them.
 */
#include "hire/application/walk.h"
#include "hire/application/zone.h"
#include "hire/hire_fixture.h"

enum {
    MANY = 24000,
    ROUNDS = 120,
    TALENTS = 9000, /* so some have several applications */
    RARE_JOB = 900,
};
#define ID_STEP (INT64_C(1) << 40) /* four applications in a range of application_zone */
#define FIRST_ID (INT64_C(5) << 40)
#define STEP_MS INT64_C(300000) /* between two changes */

static const char *const stage_ids[] = {"s1", "s5", "s7", "t1", "t6", "stray"};
static const char *const process_stages[][6] = {{"s1", "s5", "s7"}, {"t1", "t6"}};

struct app {
    int64_t id, talent, job, active, time;
    int stage;
};

struct apps {
    struct app *v;
    struct fixture *f;
    unsigned locking[TALENTS]; /* applications of the talent that lock it */
};

static bool is_locking(const struct app *a) {
    const char *stage = stage_ids[a->stage];
    return a->active == 1 && (strcmp(stage, "s5") == 0 || strcmp(stage, "t6") == 0);
}

/* Mostly one job and old times by id; the rare ones are found late. */
static void make(struct apps *all, struct fixture *f) {
    sqlite3_stmt *q;
    all->f = f;
    all->v = calloc(MANY, sizeof(*all->v));
    memset(all->locking, 0, sizeof(all->locking));
    fixture_sql(f,
                "INSERT INTO reference (tenant, kind, id, doc, seq) VALUES (%d, 'job_process', 'p1', "
                "'{\"id\":\"p1\",\"stage_list\":[{\"id\":\"s1\",\"type\":1},{\"id\":\"s5\",\"type\":5},{\"id\":\"s7\","
                "\"type\":7}]}', 1), (%d, 'job_process', 'p2', "
                "'{\"id\":\"p2\",\"stage_list\":[{\"id\":\"t1\",\"type\":1},{\"id\":\"t6\",\"type\":6}]}', 2); BEGIN",
                TENANT, TENANT);
    assert_int_equal(sqlite3_prepare_v2(f->side.sqlite,
                                        "INSERT INTO application (tenant, id, talent_id, job_id, stage_id, "
                                        "active_status, update_time, doc) VALUES (?, ?, ?, ?, ?, ?, ?, '{}')",
                                        -1, &q, NULL),
                     SQLITE_OK);
    for (int i = 0; i < MANY; i++) {
        bool late = i > MANY - 3000;
        struct app *a = &all->v[i];
        *a = (struct app){
            .id = FIRST_ID + i * ID_STEP,
            .talent = 1 + rand() % (TALENTS - 1),
            .job = rand() % 50 == 0 ? RARE_JOB : 901 + rand() % 2,
            .active = late && rand() % 10 == 0 ? 2 : 1,
            .time = rand() % 100 == 0 ? START_MS + rand() % MANY * STEP_MS : START_MS + i * STEP_MS,
            .stage = rand() % 40 == 0 ? 1 + rand() % 5 : 0,
        };
        all->locking[a->talent] += is_locking(a);
        sqlite3_bind_int64(q, 1, TENANT);
        sqlite3_bind_int64(q, 2, a->id);
        sqlite3_bind_int64(q, 3, a->talent);
        sqlite3_bind_int64(q, 4, a->job);
        sqlite3_bind_text(q, 5, stage_ids[a->stage], -1, SQLITE_STATIC);
        sqlite3_bind_int64(q, 6, a->active);
        sqlite3_bind_int64(q, 7, a->time);
        assert_int_equal(sqlite3_step(q), SQLITE_DONE);
        sqlite3_reset(q);
    }
    sqlite3_finalize(q);
    fixture_sql(f, "COMMIT; DELETE FROM application WHERE tenant = %d AND talent_id <= 1 AND job_id = 1", TENANT);
    assert_int_equal(db_begin(f->db), 0);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(application_zone_raise(f->db, TENANT, all->v[i].id, all->v[i].time), 0);
    assert_int_equal(db_commit(f->db), 0);
}

static bool is_stage_of(int stage, const char *process) {
    const char *const *list = process_stages[strcmp(process, "p2") == 0];
    for (int i = 0; i < 6 && list[i] && process[0] == 'p'; i++)
        if (strcmp(list[i], stage_ids[stage]) == 0)
            return true;
    return false;
}

static bool fits(const struct apps *all, const struct app *a, const struct application_filter *f) {
    unsigned lock = is_locking(a) ? LOCK_BY_THIS : all->locking[a->talent] > 0 ? LOCK_BY_OTHER : LOCK_NONE;
    return (f->talent_id == 0 || a->talent == f->talent_id) && (f->job_id == 0 || a->job == f->job_id) &&
           (str_is_empty(f->stage_id) || str_eq(f->stage_id, str_of(stage_ids[a->stage]))) &&
           (str_is_empty(f->process_id) || is_stage_of(a->stage, f->process_id.ptr)) &&
           (f->active_status == 0 || a->active == f->active_status) && a->time >= f->from_ms && a->time <= f->to_ms &&
           (f->locks == 0 || (f->locks & 1u << lock) != 0);
}

struct walked {
    const struct apps *all;
    const struct application_filter *f;
    int next; /* the application that the plain look has come to */
    size_t n;
};

static void take(void *ctx, int64_t id) {
    struct walked *w = ctx;
    while (w->next < MANY && !fits(w->all, &w->all->v[w->next], w->f))
        w->next++;
    assert_true(w->next < MANY);
    assert_int_equal(id, w->all->v[w->next].id);
    w->next++;
    w->n++;
}

static int at(int64_t id) {
    return (int)((id - FIRST_ID) / ID_STEP);
}

/* Walks to the end in pages. Returns how many of these were cut. */
static int compare(struct apps *all, const struct application_filter *f, int page) {
    struct walked w = {.all = all, .f = f};
    int64_t after = -1, cut;
    int cuts = 0, n;
    do {
        int from = after < 0 ? -1 : at(after);
        n = application_list(&all->f->h, f, after, page, take, &w, &cut);
        assert_in_range(n, 0, page);
        if (cut != 0) {
            assert_in_range(at(cut) - from, 1,
                            f->job_id != 0 || f->talent_id != 0 || f->from_ms != 0 ? MANY : APPLICATION_WALK_MAX);
            assert_true(n < page);
            cuts++;
        }
        after = cut != 0 ? cut : w.next > 0 ? all->v[w.next - 1].id : after;
        arena_reset(&all->f->arena);
    } while (cut != 0 || n == page);
    while (w.next < MANY && !fits(all, &all->v[w.next], f))
        w.next++;
    assert_int_equal(w.next, MANY);
    return cuts;
}

static struct application_filter some_filter(void) {
    static const char *const processes[] = {"p1", "p2", "unknown"};
    struct application_filter f = {.to_ms = INT64_MAX, .stage_id = STR_ABSENT, .process_id = STR_ABSENT};
    if (rand() % 10 == 0)
        f.talent_id = 1 + rand() % (TALENTS - 1);
    if (rand() % 4 == 0)
        f.job_id = rand() % 2 ? RARE_JOB : 901;
    if (rand() % 4 == 0)
        f.stage_id = str_of(stage_ids[rand() % 6]);
    if (rand() % 4 == 0)
        f.process_id = str_of(processes[rand() % 3]);
    if (rand() % 4 == 0)
        f.active_status = 1 + rand() % 2;
    if (rand() % 2 == 0)
        f.from_ms = START_MS + rand() % MANY * STEP_MS;
    if (rand() % 4 == 0)
        f.to_ms = (f.from_ms != 0 ? f.from_ms : START_MS) + rand() % MANY * STEP_MS;
    if (rand() % 4 == 0)
        f.locks = 1u << (1 + rand() % 3) | 1u << (1 + rand() % 3);
    return f;
}

static void every_filter(void **state) {
    struct apps all;
    int cuts = 0;
    srand(1);
    make(&all, *state);
    for (int i = 0; i < ROUNDS; i++) {
        const struct application_filter f = some_filter();
        cuts += compare(&all, &f, rand() % 3 == 0 ? 1 + rand() % 9 : 10 + rand() % 192);
    }
    assert_true(cuts > 30);
    free(all.v);
}

/* The same; to_ms 0 is open. */
static int compare_with(struct apps *all, struct application_filter f, int page) {
    if (f.to_ms == 0)
        f.to_ms = INT64_MAX;
    return compare(all, &f, page);
}

/* What each kind of filter may cost: whether its pages are cut. */
static void cuts(void **state) {
    struct apps all;
    srand(2);
    make(&all, *state);
    /* All match, or few changed within the times: never. */
    assert_int_equal(compare_with(&all, (struct application_filter){}, 200), 0);
    assert_int_equal(compare_with(&all, (struct application_filter){.from_ms = START_MS + (MANY - 1000) * STEP_MS}, 11),
                     0);
    assert_int_equal(compare_with(&all,
                                  (struct application_filter){.from_ms = START_MS + 100 * STEP_MS,
                                                              .to_ms = START_MS + 150 * STEP_MS},
                                  11),
                     0);
    assert_int_equal(compare_with(&all, (struct application_filter){.from_ms = START_MS + MANY * 2 * STEP_MS}, 11), 0);
    /* Many changed, the first of them late: ranges of ids are passed over. */
    assert_int_equal(compare_with(&all, (struct application_filter){.from_ms = START_MS + 15000 * STEP_MS}, 11), 0);
    assert_int_equal(compare_with(&all, (struct application_filter){.from_ms = START_MS + 18000 * STEP_MS}, 200), 0);
    /* An unknown process is not looked for. */
    assert_int_equal(compare_with(&all, (struct application_filter){.process_id = STR("unknown")}, 11), 0);
    /* What matches is at the end, or nothing does. */
    assert_in_range(compare_with(&all, (struct application_filter){.active_status = 2}, 200), 4, 8);
    assert_int_equal(compare_with(&all, (struct application_filter){.stage_id = STR("nowhere")}, 11),
                     MANY / APPLICATION_WALK_MAX);
    assert_true(compare_with(&all, (struct application_filter){.job_id = 901, .active_status = 2}, 200) >= 2);
    /* Looking up the other applications of talents counts. */
    assert_true(compare_with(&all, (struct application_filter){.locks = 1u << LOCK_BY_OTHER}, 200) >
                MANY / APPLICATION_WALK_MAX * 2);
    free(all.v);
}

/* fixture_teardown checks the database, which lacks the people and jobs of these applications. */
static int teardown(void **state) {
    struct fixture *f = *state;
    fixture_sql(f, "DELETE FROM application WHERE tenant = %d AND talent_id <> 0", TENANT);
    fixture_sql(f, "DELETE FROM reference WHERE tenant = %d", TENANT);
    return fixture_teardown(state);
}

#define LIST_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {LIST_TEST(every_filter), LIST_TEST(cuts)};
    return RUN_TESTS(tests);
}
