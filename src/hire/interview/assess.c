/* SPDX-License-Identifier: Apache-2.0
 *
 * An interviewer's assessment: the verdict is stored in the interview's record, the answers to the form in a table
 * beside it.
 */
#include "hire/interview/change.h"
#include "hire/interview/interview.h"

enum { SUBMITTED = 1 };

/* After the first assessment the interview has begun: the other interviewers' records change from "not started" to
 * "not submitted". */
static void note_begun(struct interview_extend *in) {
    for (size_t i = 0; i < in->interview_record_list.n; i++) {
        struct interview_record *r = &in->interview_record_list.v[i];
        if (r->conclusion.set && r->conclusion.v == CONCLUSION_NOT_STARTED)
            r->conclusion.v = CONCLUSION_NOT_SUBMITTED;
    }
}

static int put_answers(struct hire *h, int64_t interview_id, const struct interview_record *record,
                       struct interview_record_detail_v2 *answers) {
    struct buf doc BUF_CLEANUP = BUF_EMPTY;
    int64_t record_id;
    int r = hire_id(h, "record_id", record->id, &record_id);

    if (r < 0)
        return r;
    answers->id = record->id;
    answers->commit_status = SET_INT(SUBMITTED);
    answers->submit_time = hire_text(h, h->now_ms);
    answers->interviewer = record->interviewer;
    record_write_stored(&type_interview_record_detail_v2, answers, &doc);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_ANSWERS_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, record_id);
    db_bind_int(&q, 3, interview_id);
    db_bind_text(&q, 4, buf_str(&doc));
    r = db_post(&q);
    db_query_end(&q); /* before doc is freed */
    return r < 0 ? r : 0;
}

int interview_assess(struct hire *h, int64_t interview_id, int64_t uid, const struct interview_verdict *in) {
    struct interview_record_detail_v2 answers;
    struct interview_feedback_form form;
    struct interview_score *score;
    struct interview_extend doc;
    struct interview_record *own;
    int r = interview_get(h, interview_id, &doc), has_form;

    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    own = interview_record_of(&doc.interview_record_list, uid);
    if (!own)
        return hire_refuse_for(h, REASON_NOT_INTERVIEWER, STR_ABSENT,
                               "only an interviewer of the interview can assess it");
    if (own->commit_status.set && own->commit_status.v == SUBMITTED)
        return hire_refuse_for(h, REASON_ASSESSED_ALREADY, STR_ABSENT, "the assessment is submitted already");
    if ((has_form = interview_form_get(h, doc.interview_round_type, &form)) < 0)
        return has_form;
    if ((r = interview_form_check(h, has_form ? &form : NULL, in, &score, &answers)) < 0)
        return r;
    own->commit_status = SET_INT(SUBMITTED);
    own->conclusion = SET_INT(in->conclusion);
    own->content = str_is_empty(in->content) ? STR_ABSENT : in->content;
    own->interview_score = score;
    note_begun(&doc);
    doc.feedback_submit_time = doc.biz_modify_time = SET_INT(h->now_ms);
    if ((r = put_answers(h, interview_id, own, &answers)) < 0 || (r = interview_import(h, &doc)) < 0)
        return r;
    return 0;
}

int interview_answers(struct hire *h, int64_t interview_id, interview_answers_fn fn, void *ctx) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_INTERVIEW_ANSWERS_OF);
    int r;

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, interview_id);
    while ((r = db_row(&q)) == 1)
        if ((r = fn(ctx, db_int(&q, COL_INTERVIEW_ANSWERS_OF_RECORD_ID), db_text(&q, COL_INTERVIEW_ANSWERS_OF_DOC))) <
            0)
            return r;
    return r;
}
