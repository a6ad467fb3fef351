/* SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of records that can be imported and exported, and how they are detected.
 */
#include "cli/import/kind.h"

#include "api_types.h"

#define PAGE 500

static const char *const user_users[] = {"leader_user_id", "dotted_line_leader_user_ids", NULL};
static const char *const application_users[] = {"creator_id", NULL};
static const char *const talent_users[] = {"creator_id", NULL};
static const char *const job_users[] = {"create_user_id", NULL};
static const char *const room_users[] = {"contact_ids", NULL};

#define KIND(n, p, s, id, t, users, list)                                                                              \
    { STR_INIT(n), STR_INIT(p), s, STR_INIT(id), t, users, STR_INIT(list) }
#define REFERENCE(n, p, t) KIND(n, p, KEPT_AS_REFERENCE, "id", t, NULL, "items")

/* In export order: a kind comes after the kinds that it refers to. */
const struct item_kind item_kinds[] = {
    KIND("user", "users", KEPT_AS_USER, "", NULL, user_users, "items"),
    REFERENCE("location", "locations", &type_location),
    KIND("job_level", "job_levels", KEPT_AS_REFERENCE, "job_level_id", &type_job_level, NULL, "items"),
    KIND("room", "rooms", KEPT_AS_REFERENCE, "room_id", &type_room, room_users, "rooms"),
    REFERENCE("job_process", "job_processes", &type_job_processes),
    REFERENCE("resume_source", "resume_sources", &type_resume_source),
    REFERENCE("termination_reason", "termination_reasons", &type_termination_reason),
    REFERENCE("interview_feedback_form", "interview_feedback_forms", &type_interview_feedback_form),
    REFERENCE("interview_round_type", "interview_round_types", &type_interview_round_type),
    KIND("job", "jobs", KEPT_AS_REFERENCE, "id", NULL, job_users, "items"),
    REFERENCE("attachment", "attachments", &type_attachment),
    KIND("talent", "talents", KEPT_AS_REFERENCE, "id", NULL, talent_users, "items"),
    KIND("application", "applications", KEPT_AS_APPLICATION, "id", &type_application, application_users, "items"),
    KIND("external_application", "external_applications", KEPT_AS_EXTERNAL_APPLICATION, "id",
         &type_external_application, NULL, "items"),
    KIND("order", "orders", KEPT_AS_ORDER, "order_id", &type_background_check_order, NULL, "items"),
    KIND("interview", "interviews", KEPT_AS_INTERVIEW, "id", &type_interview_extend, NULL, "items"),
    KIND("external_background_check", "external_background_checks", KEPT_AS_CHECK, "id",
         &type_external_background_check, NULL, "items"),
};

const size_t n_item_kinds = sizeof(item_kinds) / sizeof(item_kinds[0]);

/* Members that an item of a kind has ("!": does not have). The first matching line decides. */
static const struct {
    const char *kind, *members;
} marks[] = {
    {"order", "order_id"},
    {"user", "open_id !id"},
    {"user", "union_id !id"},
    {"user", "user_id !id"},
    {"interview", "id interview_record_list"},
    {"interview", "id interview_round_summary"},
    {"interview", "id application_id begin_time"},
    {"interview", "id application_id round"},
    {"external_background_check", "id external_application_id"},
    {"application", "id job_id talent_id"},
    {"external_application", "id job_recruitment_type"},
    {"external_application", "id talent_id"},
    {"talent", "id basic_info"},
    {"talent", "id is_onboarded"},
    {"job_process", "id stage_list"},
    {"interview_feedback_form", "id modules"},
    {"interview_round_type", "id biz_id"},
    {"job", "id title code"},
    {"job", "id title job_attribute"},
    {"resume_source", "id resume_source_type"},
    {"termination_reason", "id termination_type"},
    {"location", "id district"},
    {"location", "id city country"},
    {"job_level", "job_level_id"},
    {"room", "room_id"},
    {"attachment", "id url mime"},
};

const struct item_kind *kind_find(struct str name) {
    for (size_t i = 0; i < n_item_kinds; i++)
        if (str_eq(item_kinds[i].name, name) || str_eq(item_kinds[i].plural, name))
            return &item_kinds[i];
    return NULL;
}

static bool fits(const json_t *item, struct str members) {
    while (!str_is_absent(members)) {
        struct str name = str_cut(&members, ' ');
        bool wanted = name.ptr[0] != '!';
        if (!wanted)
            name = str_skip(name, 1);
        if ((json_object_getn(item, name.ptr, name.len) != NULL) != wanted)
            return false;
    }
    return true;
}

const struct item_kind *kind_recognise(const json_t *item) {
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (fits(item, str_of(marks[i].members)))
            return kind_find(str_of(marks[i].kind));
    return NULL;
}

/* ---- walking stored records ---- */

static enum db_statement statement_of(const struct item_kind *kind) {
    switch (kind->store) {
    case KEPT_AS_USER:
        return SQL_CLI_USERS;
    case KEPT_AS_ORDER:
        return SQL_CLI_ORDERS;
    case KEPT_AS_INTERVIEW:
        return SQL_CLI_INTERVIEWS;
    case KEPT_AS_CHECK:
        return SQL_CLI_CHECKS;
    case KEPT_AS_APPLICATION:
        return SQL_CLI_APPLICATIONS;
    case KEPT_AS_EXTERNAL_APPLICATION:
        return SQL_CLI_EXTERNAL_APPLICATIONS;
    case KEPT_AS_REFERENCE:
        return SQL_CLI_REFERENCES;
    }
    return SQL_CLI_REFERENCES;
}

/* Binds the page after the last row. */
static void begin_page(struct kind_walk *w) {
    int n = 1;

    w->query = db_query(w->db, statement_of(w->kind));
    w->rows = 0;
    db_bind_int(&w->query, n++, w->tenant);
    if (w->kind->store == KEPT_AS_REFERENCE)
        db_bind_text(&w->query, n++, w->kind->name);
    if (w->kind->store == KEPT_AS_USER)
        db_bind_text(&w->query, n++, buf_str(&w->last_text));
    else
        db_bind_int(&w->query, n++, w->last_id);
    db_bind_int(&w->query, n, PAGE);
}

void kind_walk_begin(struct kind_walk *w, struct db *db, int64_t tenant, const struct item_kind *kind) {
    *w = (struct kind_walk){.db = db, .tenant = tenant, .kind = kind};
    begin_page(w);
}

/* The statement has last_text bound until the page ends, so the last row's id is copied only then. */
static void note_last(struct kind_walk *w) {
    if (w->kind->store == KEPT_AS_USER) {
        w->last_text.len = 0;
        buf_add_str(&w->last_text, db_text(&w->query, COL_FIRST));
    } else {
        w->last_id = db_int(&w->query, COL_FIRST);
    }
}

bool kind_walk_at_end_of_page(struct kind_walk *w) {
    if (w->rows < PAGE)
        return false;
    note_last(w);
    db_query_end(&w->query);
    w->ended = true;
    w->rows = 0;
    return true;
}

int kind_walk_next(struct kind_walk *w) {
    int r;

    if (w->rows == PAGE)
        (void)kind_walk_at_end_of_page(w);
    if (w->ended) {
        w->ended = false;
        begin_page(w);
    }
    r = db_row(&w->query);
    w->rows += r == 1;
    return r;
}

void kind_walk_end(struct kind_walk *w) {
    db_query_end(&w->query);
    buf_free(&w->last_text);
}
