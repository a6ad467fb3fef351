/* SPDX-License-Identifier: Apache-2.0
 *
 * What is read of the source, in which order.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/mirror/mirror.h"

#define USERS_OF_A_CALL 50

/* Links to reports end half an hour after the answer: orders are read last, and again if they are older. */
#define ORDERS_MAX_MS (15 * 60 * 1000)

const char *const mirror_imported[] = {"locations_position",
                                       "locations_interview",
                                       "locations_store",
                                       "job_levels",
                                       "rooms",
                                       "job_processes",
                                       "resume_sources",
                                       "termination_reasons",
                                       "interview_feedback_forms",
                                       "interview_round_types",
                                       "jobs",
                                       "talents",
                                       "applications",
                                       "external_applications",
                                       "external_background_checks",
                                       "interviews",
                                       "users",
                                       "orders",
                                       NULL};

static const struct {
    const char *name, *operation, *path, *query;
} settings[] = {
    {"locations_position", "location.list", "/open-apis/hire/v1/locations", "usage=position_location&page_size=100"},
    {"locations_interview", "location.list", "/open-apis/hire/v1/locations", "usage=interview_location&page_size=100"},
    {"locations_store", "location.list", "/open-apis/hire/v1/locations", "usage=store_location&page_size=100"},
    {"job_levels", "job_level.list", "/open-apis/contact/v3/job_levels", "page_size=50"},
    {"rooms", "room.list", "/open-apis/vc/v1/rooms", "page_size=100&user_id_type=open_id"},
    {"job_processes", "job_process.list", "/open-apis/hire/v1/job_processes", "page_size=100"},
    {"resume_sources", "resume_source.list", "/open-apis/hire/v1/resume_sources", "page_size=100"},
    {"termination_reasons", "termination_reason.list", "/open-apis/hire/v1/termination_reasons", "page_size=100"},
    {"interview_feedback_forms", "interview_feedback_form.list", "/open-apis/hire/v1/interview_feedback_forms",
     "page_size=100"},
    {"interview_round_types", "interview_round_type.list", "/open-apis/hire/v1/interview_round_types", ""},
    {"jobs", "job.list", "/open-apis/hire/v1/jobs", "page_size=20&user_id_type=open_id"},
};

/* ---- ids in what was read ---- */

struct collected {
    struct id_set applications, talents, externals, attachments, users;
};

static struct str text_of(const json_t *object, const char *name) {
    const json_t *v = json_object_get(object, name);
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
}

static int of_application_list(void *ctx, const json_t *answer) {
    struct collected *c = ctx;
    const json_t *items = json_object_get(json_object_get(answer, "data"), "items"), *v;
    size_t i;
    json_array_foreach(items, i, v) if (json_is_string(v)) id_set_add(&c->applications, str_of(json_string_value(v)));
    return 0;
}

static int of_application(void *ctx, const json_t *answer) {
    struct collected *c = ctx;
    const json_t *application = json_object_get(json_object_get(answer, "data"), "application");
    id_set_add(&c->talents, text_of(application, "talent_id"));
    id_set_add(&c->attachments, text_of(application, "talent_attachment_resume_id"));
    return 0;
}

static int of_external_list(void *ctx, const json_t *answer) {
    struct collected *c = ctx;
    const json_t *items = json_object_get(json_object_get(answer, "data"), "items"), *v;
    size_t i;
    json_array_foreach(items, i, v) id_set_add(&c->externals, text_of(v, "id"));
    return 0;
}

static int of_check_list(void *ctx, const json_t *answer) {
    struct collected *c = ctx;
    const json_t *items = json_object_get(json_object_get(answer, "data"), "items"), *check, *file;
    size_t i, j;
    json_array_foreach(items, i, check) {
        const json_t *files = json_object_get(check, "attachment_list");
        json_array_foreach(files, j, file) id_set_add(&c->attachments, text_of(file, "id"));
    }
    return 0;
}

/* Values of fields that hold files: each run of 19 digits is an id. */
static void add_ids_in(struct id_set *s, struct str text) {
    for (size_t i = 0, n = 0; i <= text.len; i++) {
        bool digit = i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (!digit && n == 19)
            id_set_add(s, (struct str){text.ptr + i - n, n});
        n = digit ? n + 1 : 0;
    }
}

static void add_files_of(struct id_set *s, const json_t *order) {
    const json_t *fields = json_object_get(order, "custom_field_list"),
                 *values = json_object_get(order, "custom_data_list"), *field, *value;
    size_t i, j;
    json_array_foreach(fields, i, field) {
        struct str type = text_of(field, "type"), key = text_of(field, "key");
        if (!str_eq(type, STR("file")) && !str_eq(type, STR("resume")))
            continue;
        json_array_foreach(values, j, value) if (str_eq(text_of(value, "key"), key))
            add_ids_in(s, text_of(value, "value"));
    }
}

static int of_order_list(void *ctx, const json_t *answer) {
    struct collected *c = ctx;
    const json_t *items = json_object_get(json_object_get(answer, "data"), "items"), *order;
    size_t i;
    json_array_foreach(items, i, order) add_files_of(&c->attachments, order);
    return 0;
}

/* Every open_id, wherever it is. */
static int add_users(void *ctx, const json_t *v) {
    struct collected *c = ctx;
    const char *name;
    json_t *one;
    size_t i;
    if (json_is_string(v) && strncmp(json_string_value(v), "ou_", 3) == 0)
        id_set_add(&c->users, str_of(json_string_value(v)));
    json_array_foreach(v, i, one) add_users(ctx, one);
    json_object_foreach((json_t *)(uintptr_t)v, name, one) add_users(ctx, one);
    return 0;
}

/* ---- calls for ids ---- */

static void path_application(struct str id, struct buf *path, struct buf *query) {
    buf_add_lit(path, "/open-apis/hire/v1/applications/");
    client_segment(path, id);
    client_query(query, "user_id_type", STR("open_id"));
}

static void path_talent(struct str id, struct buf *path, struct buf *query) {
    buf_add_lit(path, "/open-apis/hire/v1/talents/");
    client_segment(path, id);
    client_query(query, "user_id_type", STR("open_id"));
}

static void path_external(struct str id, struct buf *path, struct buf *query) {
    buf_add_lit(path, "/open-apis/hire/v1/external_applications");
    buf_add_char(path, '\0');
    client_query(query, "talent_id", id);
    client_query_int(query, "page_size", 20);
}

static void path_check(struct str id, struct buf *path, struct buf *query) {
    buf_add_lit(path, "/open-apis/hire/v1/external_background_checks/batch_query");
    buf_add_char(path, '\0');
    client_query(query, "external_application_id", id);
    client_query_int(query, "page_size", 20);
}

static json_t *body_of_check(struct str id) {
    return json_object();
}

/* id: several, with commas between them. */
static void path_users(struct str ids, struct buf *path, struct buf *query) {
    buf_add_lit(path, "/open-apis/contact/v3/users/batch");
    buf_add_char(path, '\0');
    while (!str_is_absent(ids))
        client_query(query, "user_ids", str_cut(&ids, ','));
    client_query(query, "user_id_type", STR("open_id"));
}

/* Sets of ids for one call each. */
static void batches(const struct id_set *ids, struct id_set *ret) {
    struct buf batch BUF_CLEANUP = BUF_EMPTY;
    for (size_t i = 0; i < ids->n; i++) {
        if (batch.len > 0)
            buf_add_char(&batch, ',');
        buf_add_str(&batch, ids->ids[i]);
        if ((i + 1) % USERS_OF_A_CALL == 0 || i + 1 == ids->n) {
            id_set_add(ret, buf_str(&batch));
            batch.len = 0;
        }
    }
}

static const struct detail applications = {"applications", "application.get", path_application, NULL, false},
                           talents = {"talents", "talent.get", path_talent, NULL, false},
                           externals = {"external_applications", "external_application.list", path_external, NULL,
                                        true},
                           checks = {"external_background_checks", "external_background_check.batch_query", path_check,
                                     body_of_check, true},
                           users = {"users", "user.batch", path_users, NULL, false};

/* ---- all of it ---- */

static int read_settings(struct mirror *m) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof settings / sizeof *settings; i++)
        r = read_list(m, settings[i].name, settings[i].operation, settings[i].path, settings[i].query);
    return r;
}

static int read_applications(struct mirror *m, struct collected *c) {
    int r = read_list(m, "application_ids", "application.list", "/open-apis/hire/v1/applications", "page_size=200");
    if (r == 0)
        r = step_each(m, "application_ids", of_application_list, c);
    if (r == 0)
        r = read_details(m, &applications, &c->applications);
    if (r == 0)
        r = step_each(m, "applications", of_application, c);
    if (r == 0)
        r = read_details(m, &talents, &c->talents);
    return r;
}

static int read_externals(struct mirror *m, struct collected *c) {
    int r = read_details(m, &externals, &c->talents);
    if (r == 0)
        r = step_each(m, "external_applications", of_external_list, c);
    if (r == 0)
        r = read_details(m, &checks, &c->externals);
    return r == 0 ? step_each(m, "external_background_checks", of_check_list, c) : r;
}

static int read_orders(struct mirror *m, struct collected *c) {
    struct step_file s;
    int r = step_open(m, "orders", &s, NULL, NULL);
    if (r == 0 && s.lines > 0 && clock_now_ms() - s.begun_ms > ORDERS_MAX_MS) {
        unlinkat(m->run, "orders.done", 0);
        r = step_restart(&s);
    }
    if (r == 0)
        step_close(&s);
    if (r == 0)
        r = read_list(m, "orders", "background_check_order.list", "/open-apis/hire/v1/background_check_orders",
                      "page_size=100&user_id_type=open_id");
    return r == 0 ? step_each(m, "orders", of_order_list, c) : r;
}

static int read_users(struct mirror *m, struct collected *c) {
    struct id_set calls = {.arena = &m->arena};
    int r = 0;
    for (size_t i = 0; r == 0 && mirror_imported[i]; i++)
        if (strcmp(mirror_imported[i], "users") != 0)
            r = step_each(m, mirror_imported[i], add_users, c);
    batches(&c->users, &calls);
    if (r == 0)
        r = read_details(m, &users, &calls);
    id_set_free(&calls);
    return r;
}

int read_source(struct mirror *m) {
    struct arena *a = &m->arena;
    struct collected c = {{.arena = a}, {.arena = a}, {.arena = a}, {.arena = a}, {.arena = a}};
    int r = read_settings(m);
    if (r == 0)
        r = read_applications(m, &c);
    if (r == 0)
        r = read_externals(m, &c);
    if (r == 0)
        r = read_list(m, "interviews", "interview.list", "/open-apis/hire/v1/interviews",
                      "start_time=1&page_size=100&user_id_type=open_id");
    if (r == 0)
        r = read_orders(m, &c);
    if (r == 0)
        r = read_users(m, &c);
    if (r == 0)
        r = read_attachments(m, &c.attachments);
    struct id_set *all[] = {&c.applications, &c.talents, &c.externals, &c.attachments, &c.users};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        id_set_free(all[i]);
    return r;
}
