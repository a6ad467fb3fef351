/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads a seed and finds what is wrong with it before anything is made.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/json.h"
#include "gateway/caller/account.h"
#include "testing/seed_internal.h"

static const char *const creators[] = {"creator_id", NULL};
static const char *const job_users[] = {"create_user_id", NULL};
static const char *const room_users[] = {"contact_ids", NULL};

/* In the order in which they are made and described. */
const struct seed_list seed_lists[] = {
    {"apps", "name", NULL, NULL, NULL},
    {"users", "user_id", NULL, NULL, NULL},
    {"locations", "id", "location", &type_location, NULL},
    {"job_levels", "job_level_id", "job_level", &type_job_level, NULL},
    {"rooms", "room_id", "room", &type_room, room_users},
    {"job_processes", "id", "job_process", &type_job_processes, NULL},
    {"resume_sources", "id", "resume_source", &type_resume_source, NULL},
    {"termination_reasons", "id", "termination_reason", &type_termination_reason, NULL},
    {"interview_feedback_forms", "id", "interview_feedback_form", &type_interview_feedback_form, NULL},
    {"interview_round_types", "id", "interview_round_type", &type_interview_round_type, NULL},
    {"attachments", "id", "attachment", &type_attachment, NULL},
    {"jobs", "id", "job", NULL, job_users},
    {"talents", "id", "talent", NULL, creators},
    {"applications", "id", "application", &type_application, creators},
    {"vendors", "account_id", NULL, NULL, NULL},
    {"orders", "order_id", NULL, NULL, NULL},
    {"interviews", "id", NULL, NULL, NULL},
};
const size_t n_seed_lists = sizeof seed_lists / sizeof *seed_lists;

const struct seed_list *seed_list_find(struct str name) {
    for (size_t i = 0; i < n_seed_lists; i++)
        if (str_eq(str_of(seed_lists[i].name), name))
            return &seed_lists[i];
    return NULL;
}

struct str seed_text(const json_t *object, const char *name) {
    const json_t *v = json_object_get(object, name);
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR_ABSENT;
}

/* ---- findings ---- */

int seed_find(struct seed *s, struct str path, const char *format, ...) {
    va_list args;
    struct seed_finding f = {.path = arena_dup(s->arena, path)};

    if (s->findings.n < SEED_FINDINGS_MAX) {
        va_start(args, format);
        f.reason = arena_vprintf(s->arena, format, args);
        va_end(args);
        if (record_locate(s->text, path, &f.line, &f.column) < 0)
            f.line = f.column = 0;
        s->findings.v[s->findings.n] = f;
    }
    s->findings.n++;
    return -EINVAL;
}

static struct str join(struct seed *s, struct str path, struct str member) {
    if (path.len == 0 || member.len == 0)
        return path.len == 0 ? member : path;
    return arena_printf(s->arena, "%.*s%s%.*s", STR_FMT(path), member.ptr[0] == '[' ? "" : ".", STR_FMT(member));
}

static void find_all(struct seed *s, struct str path, const struct violations *vs) {
    for (size_t i = 0; i < violations_kept(vs); i++) {
        const struct violation *v = &vs->v[i];
        seed_find(s, join(s, path, v->field), "%.*s%s%.*s", STR_FMT(v->description), v->value.len ? ": " : "",
                  STR_FMT(v->value));
    }
}

/* ---- members that no description has ---- */

struct unknown {
    struct seed *seed;
    struct str path;
};

/* Records that are looked up may have any members, as the platform's have. */
static bool is_free(struct str path) {
    static const struct str of_template = STR_INIT("tenant.");
    if (str_starts(path, of_template))
        path = str_skip(path, of_template.len);
    size_t n = str_find(path, '[');
    const struct seed_list *list = n == SIZE_MAX ? NULL : seed_list_find((struct str){path.ptr, n});
    return list && list->kind;
}

static void find_unknown(void *ctx, struct str path) {
    const struct unknown *u = ctx;
    if (!is_free(path))
        seed_find(u->seed, join(u->seed, u->path, path), "is not a member of a seed; hired seed --schema lists them");
}

static void accept_unknown(void *ctx, struct str path) {
    (void)ctx;
    (void)path;
}

static void read_record(struct seed *s, struct str path, const struct record_type *type, void *record,
                        const json_t *json) {
    struct violations *vs = arena_new(s->arena, struct violations);
    struct unknown u = {s, path};

    if (record_read(type, record, json, s->arena, vs) < 0)
        find_all(s, path, vs);
    record_read_answer(type, arena_alloc(s->arena, type->size), json, s->arena, arena_new(s->arena, struct violations),
                       find_unknown, &u);
}

/* ---- what the descriptions cannot say ---- */

static bool is_key(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", s.ptr[i]) || !s.ptr[i])
            return false;
    return s.len > 0 && s.len <= 64;
}

/* Every record needs its key, and each key may stand once. */
static void check_keys(struct seed *s, const struct seed_part *p, const struct seed_list *list) {
    json_t *records = json_object_get(p->json, list->name), *seen = json_object(), *record;
    size_t i = 0;

    json_array_foreach(records, i, record) {
        struct str key = seed_text(record, list->key);
        struct str path = join(s, p->path, arena_printf(s->arena, "%s[%zu]", list->name, i));
        if (str_is_empty(key) || key.len > 64)
            seed_find(s, path, "needs %s, a text of 1 to 64 bytes", list->key);
        else if (json_object_getn(seen, key.ptr, key.len))
            seed_find(s, join(s, path, str_of(list->key)), "\"%.*s\" stands twice", STR_FMT(key));
        else
            json_object_setn_new(seen, key.ptr, key.len, json_true());
        if (list->type && json_is_object(record)) {
            struct violations *vs = arena_new(s->arena, struct violations);
            record_read_answer(list->type, arena_alloc(s->arena, list->type->size), record, s->arena, vs,
                               accept_unknown, NULL);
            find_all(s, path, vs);
        }
    }
    json_decref(seen);
}

static void check_app(struct seed *s, const struct seed_part *p, struct str path, const struct seed_app *app) {
    struct buf scopes BUF_CLEANUP = BUF_EMPTY;
    struct str known, unknown;

    if (!str_is_absent(p->template) && !str_is_absent(app->app_id))
        seed_find(s, join(s, path, STR("app_id")),
                  "a template's apps have none: each tenant that is made of it gets its own");
    else if (!str_is_absent(app->app_id) && !app_id_valid(app->app_id))
        seed_find(s, join(s, path, STR("app_id")), "must be cli_ and 16 hex digits");
    for (size_t i = 0; i < app->scopes.n; i++) {
        if (app_scopes_check(app->scopes.v[i], s->arena, &known, &unknown) < 0 ||
            str_find(app->scopes.v[i], ' ') != SIZE_MAX)
            seed_find(s, join(s, path, arena_printf(s->arena, "scopes[%zu]", i)),
                      "\"%.*s\" is not a scope; docs/API.md lists them, and all stands for every one",
                      STR_FMT(str_head(app->scopes.v[i], 64)));
    }
}

static void check_user(struct seed *s, struct str path, const struct seed_user *user) {
    const char *fault = str_is_absent(user->login) ? NULL : account_login_fault(user->login);

    if (fault)
        seed_find(s, join(s, path, STR("login")), "the user name %s", fault);
    if (!str_is_absent(user->password) && str_chars(user->password) < ACCOUNT_PASSWORD_MIN)
        seed_find(s, join(s, path, STR("password")), "needs at least %d characters", ACCOUNT_PASSWORD_MIN);
    if (str_is_absent(user->login) && (!str_is_absent(user->password) || user->roles.n > 0))
        seed_find(s, path, "has a password or roles, but no login");
    for (size_t i = 0; i < user->roles.n; i++)
        if (account_role_bit(user->roles.v[i]) == 0)
            seed_find(s, join(s, path, arena_printf(s->arena, "roles[%zu]", i)),
                      "must be admin, recruiter, approver or interviewer");
}

static void check_part(struct seed *s, const struct seed_part *p) {
    const struct seed_tenant *t = &p->in;

    if (str_is_absent(p->template) && !is_key(t->tenant_key))
        seed_find(s, join(s, p->path, STR("tenant_key")), "is required: 1 to 64 letters, digits, - and _");
    if (!str_is_absent(p->template) && !str_is_absent(t->tenant_key))
        seed_find(s, join(s, p->path, STR("tenant_key")),
                  "a template has none: each tenant that is made of it gets its own");
    for (size_t i = 0; i < n_seed_lists; i++)
        check_keys(s, p, &seed_lists[i]);
    for (size_t i = 0; i < t->apps.n; i++)
        check_app(s, p, join(s, p->path, arena_printf(s->arena, "apps[%zu]", i)), &t->apps.v[i]);
    for (size_t i = 0; i < t->users.n; i++)
        check_user(s, join(s, p->path, arena_printf(s->arena, "users[%zu]", i)), &t->users.v[i]);
}

/* ---- the parts ---- */

static void read_tenants(struct seed *s, json_t *list) {
    size_t i = 0;
    json_t *value;

    json_array_foreach(list, i, value) {
        struct seed_part *p = &s->parts[s->n++];
        p->path = arena_printf(s->arena, "tenants[%zu]", i);
        p->json = value;
        if (json_is_object(value))
            read_record(s, p->path, &type_seed_tenant, &p->in, value);
        else
            seed_find(s, p->path, "must be an object");
    }
}

static void read_templates(struct seed *s, json_t *list) {
    size_t i = 0;
    json_t *value;

    json_array_foreach(list, i, value) {
        struct seed_part *p = &s->parts[s->n];
        struct seed_template in = {0};
        struct str path = arena_printf(s->arena, "templates[%zu]", i);
        if (!json_is_object(value)) {
            seed_find(s, path, "must be an object");
            continue;
        }
        read_record(s, path, &type_seed_template, &in, value);
        if (!in.tenant)
            continue;
        if (!is_key(in.name))
            seed_find(s, join(s, path, STR("name")), "must be 1 to 64 letters, digits, - and _");
        s->n++;
        p->path = arena_printf(s->arena, "%.*s.tenant", STR_FMT(path));
        p->template = str_is_absent(in.name) ? STR("") : in.name;
        p->in = *in.tenant;
        p->json = json_object_get(value, "tenant");
    }
}

static json_t *list_of(struct seed *s, const char *name) {
    json_t *list = json_object_get(s->json, name);
    if (list && !json_is_array(list)) {
        seed_find(s, str_of(name), "must be a list");
        return NULL;
    }
    return list;
}

static void check_root(struct seed *s) {
    const char *name;
    json_t *value;
    json_object_foreach(s->json, name, value) {
        if (strcmp(name, "tenants") != 0 && strcmp(name, "templates") != 0 && strcmp(name, "$schema") != 0)
            seed_find(s, str_of(name), "is not a member of a seed: it has tenants, templates and $schema");
    }
}

int seed_read(struct seed *s, struct str text, struct arena *a) {
    struct str why;

    *s = (struct seed){.arena = a, .text = text};
    s->json = record_parse(text, a, &why);
    if (!s->json)
        return seed_find(s, STR(""), "%.*s", STR_FMT(why));
    if (!json_is_object(s->json))
        return seed_find(s, STR(""), "must be an object with tenants and templates");
    check_root(s);
    json_t *tenants = list_of(s, "tenants"), *templates = list_of(s, "templates");
    if (json_array_size(templates) > SEED_TEMPLATES_MAX)
        seed_find(s, STR("templates"), "may hold at most %d", SEED_TEMPLATES_MAX);
    s->parts = arena_array(a, struct seed_part, json_array_size(tenants) + json_array_size(templates));
    read_tenants(s, tenants);
    read_templates(s, templates);
    for (size_t i = 0; i < s->n; i++)
        check_part(s, &s->parts[i]);
    return s->findings.n > 0 ? -EINVAL : 0;
}

void seed_end(struct seed *s) {
    json_decref(s->json);
    s->json = NULL;
}

/* ---- passwords ---- */

static int hash_password(struct seed *s, const struct seed_part *until, size_t user, struct str password,
                         struct str *ret) {
    for (const struct seed_part *p = s->parts; p <= until; p++)
        for (size_t i = 0; i < (p == until ? user : p->in.users.n); i++)
            if (p->passwords && str_eq(p->passwords[i], password)) {
                *ret = p->password_hashes[i];
                return 0;
            }
    bool fast = str_is_absent(until->in.users.v[user].password) || str_eq(password, STR(SEED_KNOWN_PASSWORD));
    bool quick = s->test_mode && fast;
    *ret = quick ? account_password_hash_quick(password, s->arena) : account_password_hash(password, s->arena);
    return str_is_absent(*ret) ? -ENOMEM : 0;
}

int seed_prepare(struct seed *s) {
    struct str random = account_password_new(s->arena);

    for (struct seed_part *p = s->parts; p < s->parts + s->n; p++) {
        p->passwords = arena_array(s->arena, struct str, p->in.users.n + 1);
        p->password_hashes = arena_array(s->arena, struct str, p->in.users.n + 1);
        for (size_t i = 0; i < p->in.users.n; i++) {
            const struct seed_user *u = &p->in.users.v[i];
            if (str_is_absent(u->login))
                continue;
            struct str password = str_is_absent(u->password) ? random : u->password;
            int r = hash_password(s, p, i, password, &p->password_hashes[i]);
            if (r < 0)
                return r;
            p->passwords[i] = password;
        }
    }
    return 0;
}
