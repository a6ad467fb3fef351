/* SPDX-License-Identifier: Apache-2.0
 *
 * Interviews: imported from the platform's answers, listed by begin time or within one application.
 */
#include "hire/interview/interview.h"

#include "base/id.h"

/* The conclusion of a record; a record without one was not submitted. */
static enum interview_conclusion conclusion_of(const struct interview_record *r) {
    return r->conclusion.set ? (enum interview_conclusion)r->conclusion.v : CONCLUSION_NOT_SUBMITTED;
}

static void summarize(struct hire *h, struct interview_extend *in) {
    size_t n = in->interview_record_list.n;
    enum interview_conclusion *conclusions = arena_array(h->arena, enum interview_conclusion, n + 1);

    for (size_t i = 0; i < n; i++)
        conclusions[i] = conclusion_of(&in->interview_record_list.v[i]);
    in->interview_round_summary = SET_INT(interview_summary(conclusions, n));
}

/* The time of a move. These times increase strictly, so the beginning of a walk is clearly before or after each
 * move. */
static int time_of_leaving(struct hire *h, int64_t *ret) {
    int64_t last;
    int r = interview_walk_start(h, &last);

    if (r == 0)
        *ret = h->now_ms > last ? h->now_ms : last;
    return r;
}

int interview_walk_start(struct hire *h, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_BEGIN_LAST_MOVED);
    int r;

    db_bind_int(&q, 1, h->tenant);
    r = db_row(&q);
    if (r < 0)
        return r;
    *ret = (r == 1 ? db_int(&q, COL_INTERVIEW_BEGIN_LAST_MOVED_MOVED_MS) : 0) + 1;
    return 0;
}

/* Deletes the tenant's old keys that are older than INTERVIEW_MOVED_KEEP_MS; each move calls it. */
static int forget_left(struct hire *h) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_BEGIN_FORGET);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, h->now_ms - INTERVIEW_MOVED_KEEP_MS);
    return db_post(&q);
}

static int place(struct hire *h, int64_t id, int64_t begin_time, const int64_t *old_begin) {
    int64_t moved_ms;
    int r;

    if (old_begin && *old_begin == begin_time)
        return 0;
    if (old_begin) {
        if ((r = forget_left(h)) < 0 || (r = time_of_leaving(h, &moved_ms)) < 0)
            return r;
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_BEGIN_LEAVE);
        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, *old_begin);
        db_bind_int(&q, 3, id);
        db_bind_int(&q, 4, moved_ms);
        r = db_post(&q);
        if (r < 0)
            return r;
    }
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_BEGIN_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, begin_time);
    db_bind_int(&q, 3, id);
    r = db_post(&q);
    return r < 0 ? r : 0;
}

struct interview_record *interview_record_of(const struct interview_record_list *list, int64_t uid) {
    for (size_t i = 0; i < list->n; i++) {
        int64_t one;
        if (id_parse(list->v[i].user_id, &one) == 0 && one == uid)
            return &list->v[i];
    }
    return NULL;
}

int interview_forget_interviewers(struct hire *h, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_INTERVIEWERS_DROP);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    int r = db_post(&q);
    return r < 0 ? r : 0;
}

int interview_keep_interviewers(struct db *db, int64_t tenant, int64_t id, const struct interview_extend *in) {
    int r = 0;

    for (size_t i = 0; i < in->interview_record_list.n && r >= 0; i++) {
        int64_t uid;
        if (id_parse(in->interview_record_list.v[i].user_id, &uid) < 0)
            continue;
        struct db_query q DB_CLEANUP = db_query(db, SQL_INTERVIEW_INTERVIEWER_PUT);
        db_bind_int(&q, 1, tenant);
        db_bind_int(&q, 2, uid);
        db_bind_int(&q, 3, in->begin_time.v);
        db_bind_int(&q, 4, id);
        r = db_post(&q);
    }
    return r < 0 ? r : 0;
}

static int read_keys(struct hire *h, const struct interview_extend *in, int64_t *ret_id, int64_t *ret_application) {
    int r = hire_id(h, "id", in->id, ret_id);

    if (r < 0 || (r = hire_id(h, "application_id", in->application_id, ret_application)) < 0)
        return r;
    if (in->begin_time.v < 0 || in->begin_time.v > HIRE_TIME_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "begin_time must be a time in milliseconds since 1970");
    return 0;
}

int interview_import_check(struct hire *h, const struct interview_extend *in) {
    int64_t id, application_id;

    return read_keys(h, in, &id, &application_id);
}

int interview_import(struct hire *h, struct interview_extend *in) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int64_t id, application_id, begin_time = in->begin_time.v, old_begin;
    bool known;
    int r = read_keys(h, in, &id, &application_id);

    if (r < 0)
        return r;
    summarize(h, in);
    record_write_stored(&type_interview_extend, in, &doc);
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_GET);

        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, id);
        r = db_row(&q);
        if (r < 0)
            return r;
        known = r == 1;
        old_begin = known ? db_int(&q, COL_INTERVIEW_GET_BEGIN_TIME) : 0;
        /* All columns are in the doc too, so equal docs mean that nothing changed */
        if (known && str_eq(db_text(&q, COL_INTERVIEW_GET_DOC), buf_str(&doc)))
            return 0;
    }
    if ((r = place(h, id, begin_time, known ? &old_begin : NULL)) < 0 ||
        (r = interview_forget_interviewers(h, id)) < 0 ||
        (r = interview_keep_interviewers(h->db, h->tenant, id, in)) < 0)
        return r;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    db_bind_int(&q, 3, application_id);
    db_bind_int(&q, 4, begin_time);
    db_bind_text(&q, 5, buf_str(&doc));
    r = db_post(&q);
    db_query_end(&q); /* before doc is freed */
    return r < 0 ? r : 1;
}

struct bounds {
    int64_t start, end;
};

/* The bounds of begin_time for a filter. An unknown begin_time (0) is not within any bounds. */
static struct bounds bounds_of(const struct interview_filter *f) {
    return (struct bounds){f->begin_start == 0 && f->begin_end != INT64_MAX ? 1 : f->begin_start, f->begin_end};
}

static int list_one(struct hire *h, const struct interview_filter *f, interview_fn fn, void *ctx) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_GET);
    struct bounds b = bounds_of(f);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, f->interview_id);
    r = db_row(&q);
    if (r != 1)
        return r;
    if ((f->application_id != 0 && db_int(&q, COL_INTERVIEW_GET_APPLICATION_ID) != f->application_id) ||
        db_int(&q, COL_INTERVIEW_GET_BEGIN_TIME) < b.start || db_int(&q, COL_INTERVIEW_GET_BEGIN_TIME) > b.end)
        return 0;
    fn(ctx, db_int(&q, COL_INTERVIEW_GET_BEGIN_TIME), f->interview_id, db_text(&q, COL_INTERVIEW_GET_DOC));
    return 1;
}

static int walk(struct db_query *q, interview_fn fn, void *ctx) {
    int n = 0, r;

    while ((r = db_row(q)) == 1) {
        fn(ctx, db_int(q, COL_INTERVIEW_LISTED_BEGIN_TIME), db_int(q, COL_INTERVIEW_LISTED_ID),
           db_text(q, COL_INTERVIEW_LISTED_DOC));
        n++;
    }
    return r < 0 ? r : n;
}

static int list_by_application(struct hire *h, const struct interview_filter *f, int64_t after_id, int limit,
                               interview_fn fn, void *ctx) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_LIST_BY_APPLICATION);
    struct bounds b = bounds_of(f);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, f->application_id);
    db_bind_int(&q, 3, after_id);
    db_bind_int(&q, 4, b.start);
    db_bind_int(&q, 5, b.end);
    db_bind_int(&q, 6, limit);
    return walk(&q, fn, ctx);
}

int interview_list(struct hire *h, const struct interview_filter *f, int64_t after_begin, int64_t after_id,
                   int64_t walk_start_ms, int limit, interview_fn fn, void *ctx) {
    struct bounds b = bounds_of(f);

    if (f->interview_id != 0)
        return after_id < f->interview_id && limit > 0 ? list_one(h, f, fn, ctx) : 0;
    if (f->application_id != 0)
        return list_by_application(h, f, after_id, limit, fn, ctx);

    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_LIST);
    if (after_begin < b.start) {
        after_begin = b.start - 1;
        after_id = INT64_MAX;
    }
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, after_begin);
    db_bind_int(&q, 3, after_id);
    db_bind_int(&q, 4, b.start);
    db_bind_int(&q, 5, b.end);
    db_bind_int(&q, 6, walk_start_ms);
    db_bind_int(&q, 7, limit);
    return walk(&q, fn, ctx);
}
