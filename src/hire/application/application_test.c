/* SPDX-License-Identifier: Apache-2.0
 *
 * Applications: each rule of create, transfer, terminate, recover and delete, and the events.
 */
#include "hire/application/application.h"
#include "hire/hire_fixture.h"
#include "hire/outbox/outbox.h"

#define TALENT "11"
#define JOB "21"
#define OTHER_JOB "22"
#define CLOSED_JOB "23"

static void reference(struct fixture *f, const char *kind, const char *id, const char *doc) {
    static int seq = 0;
    fixture_sql(f, "INSERT INTO reference (tenant, kind, id, doc, seq) VALUES (%d, '%s', '%s', '%s', %d)", TENANT, kind,
                id, doc, ++seq);
}

static int setup(void **state) {
    int r = fixture_setup(state);
    struct fixture *f = *state;

    if (r != 0)
        return r;
    reference(f, "talent", TALENT, "{\"id\":\"11\",\"is_onboarded\":false}");
    reference(f, "talent", "12", "{\"id\":\"12\",\"is_onboarded\":true}");
    reference(f, "talent", "13", "{\"id\":\"13\",\"is_onboarded\":true}");
    reference(f, "job_process", "p1",
              "{\"id\":\"p1\",\"stage_list\":[{\"id\":\"s1\",\"type\":1},{\"id\":\"s4\",\"type\":4},{\"id\":\"s5\","
              "\"type\":5},"
              "{\"id\":\"s7\",\"type\":7}]}");
    reference(f, "job_process", "p2",
              "{\"id\":\"p2\",\"stage_list\":[{\"id\":\"t1\",\"type\":1},{\"id\":\"t6\",\"type\":6}]}");
    reference(f, "job", JOB, "{\"id\":\"21\",\"active_status\":1,\"process_id\":\"p1\"}");
    reference(f, "job", OTHER_JOB, "{\"id\":\"22\",\"active_status\":1,\"process_id\":\"p2\"}");
    reference(f, "job", CLOSED_JOB, "{\"id\":\"23\",\"active_status\":2,\"process_id\":\"p1\"}");
    reference(f, "job", "24", "{\"id\":\"24\",\"active_status\":1,\"process_id\":\"p9\"}");
    reference(f, "resume_source", "r1", "{\"id\":\"r1\",\"zh_name\":\"z\",\"resume_source_type\":\"10000\"}");
    reference(f, "resume_source", "r8", "{\"id\":\"r8\",\"resume_source_type\":\"10008\"}");
    reference(f, "termination_reason", "w1", "{\"id\":\"w1\"}");
    fixture_sql(f,
                "INSERT INTO users (tenant, id, user_id, name, en_name, doc) VALUES (%d, 31, 'u31', '', '', '{}'),"
                " (%d, 32, 'u32', '', '', '{}'), (%d, 33, 'u33', '', '', '{\"status\":{\"is_resigned\":true}}')",
                TENANT, TENANT, TENANT);
    return 0;
}

static struct application_new of(const char *talent, const char *job) {
    return (struct application_new){.talent_id = str_of(talent), .job_id = str_of(job)};
}

static struct str make(struct fixture *f, const char *talent, const char *job) {
    struct application_new in = of(talent, job);
    int64_t id = 0;

    if (CALL(f, application_create(&f->h, &in, &id)) != 0)
        fail_msg("create: %.*s", STR_FMT(f->h.why));
    return hire_text(&f->h, id);
}

static struct application *read_back(struct fixture *f, struct str id_text) {
    struct application *a = arena_new(&f->arena, struct application);
    struct str doc;
    int64_t id;

    assert_int_equal(str_to_i64(id_text, &id), 0);
    assert_int_equal(application_get(&f->h, id, &doc), 1);
    assert_int_equal(record_read_stored(&type_application, a, doc, &f->arena), 0);
    return a;
}

static void creation(void **state) {
    struct fixture *f = *state;
    struct application_new in = of("99", JOB);
    struct application *a;
    int64_t id = 7;

    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_NO_TALENT, "no talent 99");
    in = of(TALENT, "99");
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_PARAMETER, "no job 99");
    in = of(TALENT, CLOSED_JOB);
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_PARAMETER, "closed");
    in = of(TALENT, "24");
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_PARAMETER, "no hiring process");
    in = of(TALENT, JOB);
    in.source_id = STR("r2");
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_NO_SOURCE, "no source r2");
    in.source_id = STR("r1");
    struct str city = STR("CT_1");
    in.city_codes = (struct str_list){&city, 1};
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_PARAMETER, "list[0]: there is no place CT_1");
    in.city_codes.n = 0;
    assert_int_equal(id, 7);
    assert_int_equal(CALL(f, application_create(&f->h, &in, &id)), 0);
    a = read_back(f, hire_text(&f->h, id));
    assert_lit(a->stage->id, "s1");
    assert_int_equal(a->stage_time_list.n, 1);
    assert_lit(a->create_time, "1700000000000");
    assert_int_equal(a->resume_source_info->resume_source_type.v, 10000);
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_SIMILAR, "is active");
}

static void employees(void **state) {
    struct fixture *f = *state;
    struct application_new in = of("12", JOB);
    int64_t id;

    in.source_id = STR("r8");
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_PARAMETER, "user_id is required");
    in.employee = 33;
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_NO_EMPLOYEE, "has left");
    in.employee = 31;
    assert_int_equal(CALL(f, application_create(&f->h, &in, &id)), 0);
    in.job_id = STR(OTHER_JOB);
    in.employee = 32;
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_OTHER_EMPLOYEE, "another employee");
    in.talent_id = STR("13");
    in.employee = 31;
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_OTHER_TALENT, "talent 12");
    in.talent_id = STR(TALENT);
    in.employee = 32;
    REFUSED(f, application_create(&f->h, &in, &id), REFUSED_PARAMETER, "onboarded talent");
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM talent_employee"), 1);
}

static void moves(void **state) {
    struct fixture *f = *state;
    struct str id = make(f, TALENT, JOB), rival = make(f, TALENT, OTHER_JOB);
    struct application *a;

    REFUSED(f, application_transfer_stage(&f->h, STR("5"), STR("s4")), REFUSED_NO_APPLICATION, "no application 5");
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s9")), REFUSED_NO_STAGE, "s9");
    REFUSED(f, application_transfer_stage(&f->h, id, STR("t1")), REFUSED_TARGET_STAGE, "another process");
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s1")), REFUSED_TARGET_STAGE, "already");
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s7")), REFUSED_TARGET_STAGE, "onboarded");
    /* A stamp that is older than the last change does not lower update_time. */
    f->h.now_ms = START_MS - 5;
    assert_int_equal(CALL(f, application_transfer_stage(&f->h, id, STR("s4"))), 0);
    a = read_back(f, id);
    assert_lit(a->modify_time, "1700000000000");
    assert_int_equal(a->stage_time_list.n, 2);
    assert_lit(a->stage_time_list.v[0].exit_time, "1699999999995");
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event WHERE type = 'hire.application.stage_changed_v1'"),
                     1);
    assert_int_equal(CALL(f, application_transfer_stage(&f->h, rival, STR("t6"))), 0);
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s1")), REFUSED_LOCKED, "locks the talent");
    assert_int_equal(CALL(f, application_transfer_stage(&f->h, rival, STR("t1"))), 0);
    assert_int_equal(CALL(f, application_transfer_stage(&f->h, id, STR("s1"))), 0);
    fixture_sql(f, "UPDATE application SET doc = replace(doc, '\"type\":1', '\"type\":7') WHERE id = %.*s",
                STR_FMT(id));
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s4")), REFUSED_PRESENT_STAGE, "cannot move to another stage");
}

/* The list of stays is bounded: the first and the latest are kept. */
static void moves_on_and_on(void **state) {
    struct fixture *f = *state;
    struct str id = make(f, TALENT, JOB);
    struct application *a;

    for (int i = 0; i < APPLICATION_STAYS_MAX + 20; i++) {
        f->h.now_ms = START_MS + 1000 * (i + 1);
        assert_int_equal(CALL(f, application_transfer_stage(&f->h, id, i % 2 ? STR("s1") : STR("s4"))), 0);
    }
    a = read_back(f, id);
    assert_int_equal(a->stage_time_list.n, APPLICATION_STAYS_MAX);
    const struct application_stage_time *v = a->stage_time_list.v;
    assert_lit(v[0].enter_time, "1700000000000");
    assert_lit(v[0].exit_time, "1700000001000");
    assert_lit(v[1].enter_time, "1700000022000"); /* 21 stays after the first were removed */
    for (size_t i = 1; i + 1 < APPLICATION_STAYS_MAX; i++)
        assert_str(v[i].exit_time, v[i + 1].enter_time);
    assert_lit(v[APPLICATION_STAYS_MAX - 1].enter_time, "1700000520000");
    assert_true(str_is_empty(v[APPLICATION_STAYS_MAX - 1].exit_time));
}

static void ends(void **state) {
    struct fixture *f = *state;
    struct str id = make(f, TALENT, JOB), reason = STR("w2");
    struct application_end end = {.type = 22, .reasons = {&reason, 1}, .note = STR("n")};

    REFUSED(f, application_recover(&f->h, id), REFUSED_NOT_TERMINATED, "active");
    REFUSED(f, application_terminate(&f->h, id, &end), REFUSED_PARAMETER, "no reason w2");
    reason = STR("w1");
    assert_int_equal(CALL(f, application_terminate(&f->h, id, &end)), 0);
    assert_int_equal(read_back(f, id)->termination_type.v, 22);
    REFUSED(f, application_terminate(&f->h, id, &end), REFUSED_TERMINATED, "already");
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s4")), REFUSED_MOVE, "recover");
    struct str twin = make(f, TALENT, JOB);
    REFUSED(f, application_recover(&f->h, id), REFUSED_SIMILAR, "is active");
    assert_int_equal(CALL(f, application_transfer_stage(&f->h, twin, STR("s5"))), 0);
    REFUSED(f, application_recover(&f->h, id), REFUSED_LOCKED, "locks");
    assert_int_equal(CALL(f, application_delete(&f->h, twin)), 0);
    assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM event WHERE type = 'hire.application.deleted_v1'"), 1);
    assert_int_equal(CALL(f, application_recover(&f->h, id)), 0);
    assert_false(read_back(f, id)->termination_type.set);
    assert_int_equal(CALL(f, application_terminate(&f->h, id, &end)), 0);
    fixture_sql(f, "UPDATE reference SET doc = '{\"is_onboarded\":true}' WHERE kind = 'talent' AND id = '" TALENT "'");
    REFUSED(f, application_recover(&f->h, id), REFUSED_ONBOARDED, "onboarded");
    REFUSED(f, application_delete(&f->h, twin), REFUSED_NO_APPLICATION, "no application");
}

static void another_tenant(void **state) {
    struct fixture *f = *state;
    struct str id = make(f, TALENT, JOB);
    struct application_end end = {.type = 1};

    f->h.tenant = OTHER_TENANT;
    REFUSED(f, application_transfer_stage(&f->h, id, STR("s4")), REFUSED_NO_APPLICATION, "no application");
    REFUSED(f, application_terminate(&f->h, id, &end), REFUSED_NO_APPLICATION, "no application");
    struct application_new in = of(TALENT, JOB);
    int64_t made;
    REFUSED(f, application_create(&f->h, &in, &made), REFUSED_NO_TALENT, "no talent");
    f->h.tenant = TENANT;
    assert_lit(read_back(f, id)->stage->id, "s1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(creation), TEST(employees), TEST(moves), TEST(moves_on_and_on), TEST(ends), TEST(another_tenant),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
