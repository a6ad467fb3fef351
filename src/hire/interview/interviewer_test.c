/* SPDX-License-Identifier: Apache-2.0
 *
 * The lists of interviews by interviewer: updated with each change, and filled once by the migration of an older
 * database.
 */
#include "hire/hire_fixture.h"
#include "hire/interview/change.h"
#include "hire/interview/interview.h"
#include "store/sqlite/sqlite.h"

#define STEPS_BEFORE 9 /* schema 008 is the last without interview_interviewer */

enum { LI = 9001, WANG = 9002 };
static const int64_t ZHOU = INT64_C(0x7edcba9876543210); /* an id with many different digits */

static struct interview_record held_by(struct fixture *f, int64_t uid) {
    return (struct interview_record){
        .id = STR("1"),
        .user_id = hire_text(&f->h, uid),
        .content = STR("说 \"user_id\":\"00000000000000002329\", and \\ more"),
        .commit_status = SET_INT(2),
    };
}

static struct interview_extend interview(struct fixture *f, int64_t id, int64_t begin, struct interview_record *held,
                                         size_t n) {
    return (struct interview_extend){
        .id = hire_text(&f->h, id),
        .application_id = STR("6"),
        .begin_time = {.set = begin != 0, .v = begin},
        .interview_record_list = {held, n},
    };
}

/* The rows of the table as "user@begin:interview", in the order of the key. */
static struct str walks(struct fixture *f, int64_t tenant) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    sqlite3_stmt *s;

    assert_int_equal(sqlite3_prepare_v2(f->side.sqlite,
                                        "SELECT users_id || '@' || begin_time || ':' || interview_id || ' '"
                                        " FROM interview_interviewer WHERE tenant = ?1"
                                        " ORDER BY users_id, begin_time, interview_id",
                                        -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(s, 1, tenant);
    while (sqlite3_step(s) == SQLITE_ROW)
        buf_add_str(&out, str_of((const char *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    return arena_dup(&f->arena, buf_str(&out));
}

static void kept_with_each_change(void **state) {
    struct fixture *f = *state;
    struct interview_record held[] = {held_by(f, LI), held_by(f, WANG), held_by(f, LI)};
    struct interview_extend one = interview(f, 51, 1000, held, 2), other = interview(f, 50, 1000, held, 1);

    assert_int_equal(CALL(f, interview_import(&f->h, &one)), 1);
    assert_int_equal(CALL(f, interview_import(&f->h, &other)), 1);
    assert_lit(walks(f, TENANT), "9001@1000:50 9001@1000:51 9002@1000:51 ");

    one.begin_time.v = 2000; /* moved, and one user has two records */
    one.interview_record_list.n = 3;
    assert_int_equal(CALL(f, interview_import(&f->h, &one)), 1);
    assert_lit(walks(f, TENANT), "9001@1000:50 9001@2000:51 9002@2000:51 ");

    one.interview_record_list.n = 0;      /* an interview without interviewers */
    held[0].user_id = STR("ou_somebody"); /* not an internal id */
    assert_int_equal(CALL(f, interview_import(&f->h, &one)), 1);
    assert_int_equal(CALL(f, interview_import(&f->h, &other)), 1);
    assert_lit(walks(f, TENANT), "");

    held[0] = held_by(f, WANG);
    assert_int_equal(CALL(f, interview_import(&f->h, &other)), 1);
    assert_int_equal(CALL(f, interview_cancel(&f->h, 50, STR("不招了"))), 0);
    assert_lit(walks(f, TENANT), "");
    assert_lit(walks(f, OTHER_TENANT), "");
}

/* ---- from an older database ---- */

static void put_old(struct fixture *f, int64_t tenant, struct interview_extend in) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    struct buf sql BUF_CLEANUP = BUF_EMPTY;
    sqlite3_stmt *s;

    record_write_stored(&type_interview_extend, &in, &doc);
    assert_int_equal(sqlite3_prepare_v2(f->side.sqlite,
                                        "INSERT INTO interview (tenant, id, application_id, begin_time, doc)"
                                        " VALUES (?1, CAST(?2 AS INTEGER), 6, ?3, ?4)",
                                        -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_int64(s, 1, tenant);
    sqlite3_bind_text(s, 2, in.id.ptr, (int)in.id.len, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, in.begin_time.v);
    sqlite3_bind_text(s, 4, buf_str(&doc).ptr, (int)doc.len, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    sqlite3_finalize(s);
    fixture_sql(
        f, "INSERT INTO interview_begin (tenant, begin_time, id, moved_ms) VALUES (%" PRId64 ", %" PRId64 ", %.*s, 0)",
        tenant, in.begin_time.v, STR_FMT(in.id));
}

static void open_side(struct fixture *f) {
    char path[128];

    snprintf(path, sizeof(path), "%s/hired.db", f->side.dir);
    assert_int_equal(sqlite3_open(path, &f->side.sqlite), SQLITE_OK);
    sqlite3_busy_timeout(f->side.sqlite, 2000);
}

/* Creates the database as the last release without the table wrote it. */
static void make_old(struct fixture *f, const struct db_options *o) {
    char path[128];
    struct str why;

    f->db = db_close(f->db);
    sqlite3_close(f->side.sqlite);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/hired.db%s", f->side.dir, i == 0 ? "" : i == 1 ? "-wal" : "-shm");
        unlink(path);
    }
    assert_int_equal(db_open_with(&f->db, o, DB_WRITE, schema_steps, STEPS_BEFORE, NULL, 0, &f->arena, &why), 0);
    f->db = db_close(f->db);
    open_side(f);
    fixture_tenants(f);
}

static void filled_from_an_older_database(void **state) {
    struct fixture *f = *state;
    const struct db_options o = {.dir = f->side.dir, .busy_ms = 2000, .no_sync = true};
    struct interview_record held[] = {held_by(f, LI), held_by(f, ZHOU), held_by(f, LI)};
    struct interview_record stranger[] = {held_by(f, LI)};
    struct user_id_name creator = {.id = hire_text(&f->h, WANG)};
    struct interview_extend made;
    struct str why;

    make_old(f, &o);
    stranger[0].user_id = STR("0U0000000000002329"); /* looks like the slot of a user's id, but is an ordinary text */
    put_old(f, TENANT, interview(f, 51, 1000, held, 3));
    put_old(f, TENANT, interview(f, 52, 0, held, 2));
    put_old(f, TENANT, interview(f, 53, 1500, stranger, 1));
    put_old(f, TENANT, interview(f, 54, 1500, NULL, 0));
    made = interview(f, 55, 900, held, 1);
    made.creator = &creator; /* a creator is not an interviewer */
    put_old(f, TENANT, made);
    put_old(f, OTHER_TENANT, interview(f, 51, 1000, held, 1));

    sqlite3_close(f->side.sqlite); /* a database that another connection has open is not rewritten */
    assert_int_equal(db_open(&f->db, &o, DB_WRITE, &f->arena, &why), 0);
    open_side(f);
    assert_int_equal(fixture_number(f, "SELECT value FROM meta WHERE key = 'schema'"), db_schema_version());
    assert_true(
        str_eq(walks(f, TENANT),
               arena_printf(&f->arena, "9001@0:52 9001@900:55 9001@1000:51 %" PRId64 "@0:52 %" PRId64 "@1000:51 ", ZHOU,
                            ZHOU)));
    assert_lit(walks(f, OTHER_TENANT), "9001@1000:51 ");

    /* Later changes find what the migration wrote. */
    f->h.db = f->db;
    made.begin_time.v = 901;
    assert_int_equal(CALL(f, interview_import(&f->h, &made)), 1);
    assert_int_equal(
        fixture_number(f, "SELECT begin_time FROM interview_interviewer WHERE tenant = %d AND interview_id = 55",
                       TENANT),
        901);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(kept_with_each_change),
        FIXTURE_TEST(filled_from_an_older_database),
    };

    return RUN_TESTS(tests);
}
