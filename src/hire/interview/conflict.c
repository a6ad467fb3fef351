/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds interviews at the same time with the same interviewers, rooms or application.
 */
#include "base/id.h"
#include "hire/interview/change.h"

static bool is_wanted(const struct interview_wish *w, int64_t uid) {
    for (size_t i = 0; i < w->n_interviewers; i++)
        if (w->interviewers[i] == uid)
            return true;
    return false;
}

static void share_people(struct hire *h, const struct interview_wish *w, const struct interview_extend *in,
                         struct interview_conflict *out) {
    int64_t *shared = arena_array(h->arena, int64_t, in->interview_record_list.n + 1);

    for (size_t i = 0; i < in->interview_record_list.n; i++) {
        int64_t uid;
        if (id_parse(in->interview_record_list.v[i].user_id, &uid) == 0 && is_wanted(w, uid))
            shared[out->n_interviewers++] = uid;
    }
    out->interviewers = shared;
}

static void share_rooms(struct hire *h, const struct interview_wish *w, const struct interview_extend *in,
                        struct interview_conflict *out) {
    out->room_names.v = arena_array(h->arena, struct str, in->meeting_room_list.n + 1);
    for (size_t i = 0; i < in->meeting_room_list.n; i++)
        for (size_t k = 0; k < w->room_ids.n; k++)
            if (str_eq(in->meeting_room_list.v[i].room_id, w->room_ids.v[k])) {
                out->room_names.v[out->room_names.n++] = in->meeting_room_list.v[i].room_name;
                break;
            }
}

/* Whether an interview overlaps the wish. An interview without an end overlaps nothing. */
static bool overlaps(const struct interview_wish *w, const struct interview_extend *in) {
    return in->begin_time.v < w->end_ms && in->end_time.v > w->begin_ms;
}

int interview_conflicts(struct hire *h, const struct interview_wish *wish, int limit, interview_conflict_fn fn,
                        void *ctx) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_BETWEEN);
    int n = 0, r = 0;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, wish->begin_ms - INTERVIEW_LENGTH_MAX_MS);
    db_bind_int(&q, 3, wish->end_ms);
    while (n < limit && (r = db_row(&q)) == 1) {
        struct interview_extend *in = arena_new(h->arena, struct interview_extend);
        struct interview_conflict c = {.id = db_int(&q, COL_INTERVIEW_BETWEEN_ID), .doc = in};
        int64_t application = db_int(&q, COL_INTERVIEW_BETWEEN_APPLICATION_ID);

        if (c.id == wish->except_id)
            continue;
        if ((r = record_read_stored(&type_interview_extend, in, db_text(&q, COL_INTERVIEW_BETWEEN_DOC), h->arena)) < 0)
            return r;
        if (!overlaps(wish, in))
            continue;
        share_people(h, wish, in, &c);
        share_rooms(h, wish, in, &c);
        c.candidate = wish->application_id != 0 && application == wish->application_id;
        if (c.n_interviewers == 0 && c.room_names.n == 0 && !c.candidate)
            continue;
        if ((r = fn(ctx, &c)) < 0)
            return r;
        n++;
    }
    return n == limit || r == 0 ? n : r;
}
