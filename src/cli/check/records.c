/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads every record of a tenant, kind by kind, and checks the rows that index it.
 */
#include "api_types.h"
#include "base/id.h"
#include "cli/check/document.h"
#include "cli/import/kind.h"
#include "hire/interview/interview.h"

/* Two records of one interview may name the same person. */
static int interviewers_of(const struct interview_extend *in) {
    int n = 0;

    for (size_t i = 0; i < in->interview_record_list.n; i++) {
        const struct interview_record_list before = {in->interview_record_list.v, i};
        int64_t uid;
        n += id_parse(in->interview_record_list.v[i].user_id, &uid) == 0 && !interview_record_of(&before, uid);
    }
    return n;
}

/* Interviews are found by interviewer through a table; checks that it matches. Returns 0 or a negative errno. */
static int check_interviewers(struct checking *ck, int64_t id, const struct interview_extend *in) {
    struct db_query q DB_CLEANUP = db_query(ck->db, SQL_INTERVIEW_INTERVIEWERS_OF);
    int n = 0, r;
    bool same = true;

    db_bind_int(&q, 1, ck->tenant);
    db_bind_int(&q, 2, id);
    for (; (r = db_row(&q)) == 1; n++)
        same =
            same && interview_record_of(&in->interview_record_list, db_int(&q, COL_INTERVIEW_INTERVIEWERS_OF_USERS_ID));
    if (r == 0 && !(same && n == interviewers_of(in)))
        checking_tell(ck, "interview %lld: those who hold it are not those of interview_interviewer", (long long)id);
    return r;
}

/* "external_background_check" with spaces in place of "_". */
static struct str words_of(struct str name, struct arena *a) {
    struct str words = arena_dup(a, name);

    for (size_t i = 0; i < words.len; i++)
        if (words.ptr[i] == '_')
            ((char *)words.ptr)[i] = ' ';
    return words;
}

/* A record that stands in another's row. Those of reference and users are stored by other keys. */
static void check_id(struct checking *ck, const struct item_kind *kind, struct str what, int64_t id, struct str doc) {
    struct str member, wanted = arena_printf(&ck->scratch, "\"%lld\"", (long long)id);

    if (kind->store == KEPT_AS_USER || kind->store == KEPT_AS_REFERENCE)
        return;
    record_members(doc, &kind->id_member, 1, &member);
    if (!str_eq(member, wanted))
        checking_tell(ck, "%.*s: its record is that of another", STR_FMT(what));
}

/* Returns 0 or a negative errno. */
static int check_record(struct checking *ck, const struct item_kind *kind, int64_t id, struct str doc,
                        int64_t *records) {
    struct str what =
        arena_printf(&ck->scratch, "%.*s %lld", STR_FMT(words_of(kind->name, &ck->scratch)), (long long)id);
    void *record;

    ++*records;
    int r = document_check(ck, what, kind->type, doc, &record);
    if (r == 1) {
        check_id(ck, kind, what, id, doc);
        r = kind->store == KEPT_AS_INTERVIEW ? check_interviewers(ck, id, record) : 0;
    }
    arena_reset(&ck->scratch);
    return r;
}

static int check_kind(struct checking *ck, const struct item_kind *kind, int64_t *records) {
    bool user = kind->store == KEPT_AS_USER;
    struct kind_walk walk;
    int r;

    kind_walk_begin(&walk, ck->db, ck->tenant, kind);
    while ((r = kind_walk_next(&walk)) == 1) {
        r = check_record(ck, kind, db_int(&walk.query, user ? COL_CLI_USERS_ID : COL_CLI_RECORD_ID),
                         db_text(&walk.query, user ? COL_CLI_USERS_DOC : COL_CLI_RECORD_DOC), records);
        if (r == 0 && kind_walk_at_end_of_page(&walk))
            r = checking_pace(ck);
        if (r != 0)
            break;
    }
    kind_walk_end(&walk);
    return r == 0 ? checking_pace(ck) : r;
}

int check_records(struct db *db, int64_t tenant, const struct record_watch *w, int64_t *records) {
    struct checking ck = {.db = db, .tenant = tenant, .watch = w};
    int r = 0;

    for (size_t i = 0; i < n_item_kinds && r == 0; i++)
        r = check_kind(&ck, &item_kinds[i], records);
    arena_free(&ck.scratch);
    return r;
}
