/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads every record of a tenant, kind by kind, and checks the rows that index it.
 */
#include "cli/check/records.h"

#include "api_types.h"
#include "base/id.h"
#include "cli/import/kind.h"
#include "hire/interview/interview.h"

struct checking {
    struct cli *cli;
    int64_t tenant;
    void (*fn)(void *ctx, struct str line);
    void *ctx;
    int64_t *records;
    struct arena scratch; /* reset after each record */
};

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
    struct db_query q DB_CLEANUP = db_query(ck->cli->db, SQL_INTERVIEW_INTERVIEWERS_OF);
    int n = 0, r;
    bool same = true;

    db_bind_int(&q, 1, ck->tenant);
    db_bind_int(&q, 2, id);
    for (; (r = db_row(&q)) == 1; n++)
        same =
            same && interview_record_of(&in->interview_record_list, db_int(&q, COL_INTERVIEW_INTERVIEWERS_OF_USERS_ID));
    if (r == 0 && !(same && n == interviewers_of(in)))
        ck->fn(ck->ctx,
               arena_printf(&ck->scratch, "interview %lld: those who hold it are not those of interview_interviewer",
                            (long long)id));
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

/* Records of kinds that api/ does not describe are only counted. Returns 0 or a negative errno. */
static int check_record(struct checking *ck, const struct item_kind *kind, int64_t id, struct str doc) {
    int r = 0;

    ++*ck->records;
    if (kind->type) {
        void *record = arena_alloc(&ck->scratch, kind->type->size);
        if (record_read_stored(kind->type, record, doc, &ck->scratch) < 0)
            ck->fn(ck->ctx, arena_printf(&ck->scratch, "%.*s %lld cannot be read: its record is damaged",
                                         STR_FMT(words_of(kind->name, &ck->scratch)), (long long)id));
        else if (kind->store == KEPT_AS_INTERVIEW)
            r = check_interviewers(ck, id, record);
    }
    arena_reset(&ck->scratch);
    return r;
}

static int check_kind(struct checking *ck, const struct item_kind *kind) {
    struct kind_walk walk;
    int r;

    kind_walk_begin(&walk, ck->cli->db, ck->tenant, kind);
    while ((r = kind_walk_next(&walk)) == 1)
        if ((r = check_record(
                 ck, kind, db_int(&walk.query, kind->store == KEPT_AS_USER ? COL_CLI_USERS_ID : COL_CLI_RECORD_ID),
                 db_text(&walk.query, kind->store == KEPT_AS_USER ? COL_CLI_USERS_DOC : COL_CLI_RECORD_DOC))) < 0)
            break;
    kind_walk_end(&walk);
    return r;
}

int check_records(struct cli *c, int64_t tenant, void (*fn)(void *ctx, struct str line), void *ctx, int64_t *records) {
    struct checking ck = {.cli = c, .tenant = tenant, .fn = fn, .ctx = ctx, .records = records};
    int r = 0;

    for (size_t i = 0; i < n_item_kinds && r == 0; i++)
        r = check_kind(&ck, &item_kinds[i]);
    arena_free(&ck.scratch);
    return r;
}
