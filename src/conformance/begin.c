/* SPDX-License-Identifier: Apache-2.0
 *
 * The beginning of a run (which tenant, who acts, what the app has) and its end, which sets back what was changed.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "conformance/run_internal.h"
#include "gateway/answer.h"

/* The customer's own records; a second run finds them. */
#define JOB_ID "7990000000000000001"
#define TALENT_ID "7990000000000000002"
#define APPLICATION_ID RUN_APPLICATION_ID

const char *const run_events[RUN_EVENTS] = {EVENT_ACCOUNT, EVENT_CREATED, EVENT_CANCELED};

static void keep(char *to, size_t size, const char *text) {
    snprintf(to, size, "%s", text);
}

static bool has_app(const json_t *seed, const char *app_id) {
    const json_t *apps = json_object_get(json_array_get(json_object_get(seed, "tenants"), 0), "apps");
    size_t i;
    json_t *app;
    json_array_foreach(apps, i, app) {
        if (strcmp(entry_text(app, "app_id"), app_id) == 0)
            return true;
    }
    return false;
}

static int tenant_has_app(struct run *r, const char *tenant, bool *ret) {
    struct buf path BUF_CLEANUP = BUF_EMPTY;
    json_t *seed = NULL;
    buf_add_lit(&path, "/test/seed?tenant_key=");
    client_segment(&path, str_of(tenant));
    int result = run_test(r, "GET", path.ptr, NULL, &seed);
    *ret = result == 0 && has_app(seed, r->o->app_id);
    json_decref(seed);
    return result;
}

static int find_tenant(struct run *r) {
    json_t *data = NULL, *tenant;
    size_t i;
    if (r->o->tenant_key) {
        keep(r->tenant, sizeof r->tenant, r->o->tenant_key);
        return 0;
    }
    int result = run_test(r, "GET", "/test/tenants", NULL, &data);
    json_t *items = json_object_get(data, "items");
    json_array_foreach(items, i, tenant) {
        bool found = false;
        if (result == 0 && r->tenant[0] == '\0')
            result = tenant_has_app(r, entry_text(tenant, "tenant_key"), &found);
        if (found)
            keep(r->tenant, sizeof r->tenant, entry_text(tenant, "tenant_key"));
    }
    if (result == 0 && r->tenant[0] == '\0')
        result = run_fail(r, -ENOENT,
                          "no tenant of the server has its own app \"%s\"; for a store app, --tenant KEY says which "
                          "customer is played",
                          r->o->app_id);
    json_decref(data);
    return result;
}

/* A person who may do everything, for this run only, and an application. The server makes the password. */
static json_t *seed_of(const struct run *r, const char *name) {
    return json_pack("{s:[{s:s, s:[{s:s, s:s, s:s, s:s, s:[s,s,s]}], s:[{s:s, s:s}],"
                     " s:[{s:s, s:{s:s, s:s, s:s, s:s}}], s:[{s:s, s:s, s:s}]}]}",
                     "tenants", "tenant_key", r->tenant, "users", "user_id", name, "name", "Conformance run", "login",
                     name, "email", "conformance@example.com", "roles", "admin", "recruiter", "approver", "jobs", "id",
                     JOB_ID, "title", "Conformance run", "talents", "id", TALENT_ID, "basic_info", "name",
                     "欧阳 <小明> & Söhne", "mobile", "13800000009", "mobile_code", "86", "email",
                     "candidate@example.com", "applications", "id", APPLICATION_ID, "talent_id", TALENT_ID, "job_id",
                     JOB_ID);
}

static const json_t *first_of(const json_t *object, const char *list) {
    return json_array_get(json_object_get(object, list), 0);
}

static int sign_in(struct run *r) {
    struct client_options o = {.base_url = r->o->server, .credentials = CLIENT_SESSION};
    char name[STORY_ID_MAX];
    json_t *data = NULL;
    const char *why;

    snprintf(name, sizeof name, "conformance-%" PRIx64, (uint64_t)id_new());
    int result = run_test(r, "POST", "/test/seed", seed_of(r, name), &data);
    if (result == 0) {
        o.id = name;
        o.secret = entry_text(first_of(first_of(data, "tenants"), "users"), "password");
        result = client_new(&r->console, &o, &why);
        if (result < 0)
            run_fail(r, result, "%s", why);
    }
    json_decref(data);
    return result;
}

static bool is_in(const json_t *list, const char *text) {
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) {
        if (json_is_string(one) && strcmp(json_string_value(one), text) == 0)
            return true;
    }
    return false;
}

/* What the events need: subscriptions, and a way. */
static int look_at_app(struct run *r, const json_t *app) {
    if (json_is_true(json_object_get(app, "disabled")))
        return run_fail(r, -EPERM, "the app %s is disabled", r->o->app_id);
    for (size_t i = 0; i < RUN_EVENTS; i++)
        if (!is_in(json_object_get(app, "subscriptions"), run_events[i]))
            return run_fail(r, -EPERM, "the app %s is not subscribed to %s; hired event subscribe --app %s all",
                            r->o->app_id, run_events[i], r->o->app_id);
    keep(r->request_url, sizeof r->request_url, entry_text(app, "request_url"));
    r->story->has_url = r->request_url[0] != '\0';
    /* Of an app that is shared with other tenants, the console does not tell. */
    r->story->may_sign = json_is_true(json_object_get(app, "encrypted")) ||
                         json_is_true(json_object_get(app, "verified")) || json_is_true(json_object_get(app, "shared"));
    return 0;
}

static int find_app(struct run *r) {
    json_t *data = NULL, *app;
    size_t i;
    int result = run_console(r, "GET", "/console/api/apps", NULL, &data), found = -ENOENT;
    if (result < 0)
        return result;
    json_t *items = json_object_get(data, "items");
    json_array_foreach(items, i, app) {
        if (strcmp(entry_text(app, "app_id"), r->o->app_id) == 0)
            found = look_at_app(r, app);
    }
    json_decref(data);
    return found == -ENOENT ? run_fail(r, found, "the tenant %s has no app \"%s\"", r->tenant, r->o->app_id) : found;
}

static int read_settings(struct run *r) {
    json_t *data = NULL;
    int result = run_console(r, "GET", "/console/api/settings", NULL, &data);
    r->approve_arrangement = json_is_true(json_object_get(data, "approve_arrangement"));
    r->approve_report = json_is_true(json_object_get(data, "approve_report"));
    json_decref(data);
    return result;
}

/* Where the journal stands; what is before is not the run's. */
static int skip_journal(struct run *r) {
    json_t *data = NULL;
    int result = run_test(r, "GET", "/test/journal?limit=1&app_id=none", NULL, &data);
    if (result == 0)
        r->last = entry_int(data, "last");
    json_decref(data);
    return result;
}

int act_begin(struct run *r) {
    struct client_options o = {.base_url = r->o->server,
                               .credentials = r->o->test_token ? CLIENT_TOKEN : CLIENT_ANONYMOUS,
                               .secret = r->o->test_token,
                               .total_ms = 60000};
    const char *why;
    int result = client_new(&r->test, &o, &why);
    if (result < 0)
        return run_fail(r, result, "%s: %s", r->o->server, why);
    result = run_test(r, "GET", "/test/clock", NULL, NULL);
    if (result == -EPROTO && r->code == CODE_NO_PATH)
        result = run_fail(r, result, "the server at %s is not in its test mode; hired serve --test", r->o->server);
    if (result == 0)
        result = find_tenant(r);
    if (result == 0)
        result = act_calm(r);
    if (result == 0)
        result = run_test(r, "POST", "/test/clock", json_pack("{s:b}", "frozen", 0), NULL);
    if (result == 0)
        result = sign_in(r);
    if (result == 0)
        result = find_app(r);
    if (result == 0)
        result = read_settings(r);
    if (result == 0)
        result = act_set_approval(r, false);
    return result < 0 ? result : skip_journal(r);
}

void act_end(struct run *r) {
    char why[RUN_WHY_MAX];
    r->ending = true;
    memcpy(why, r->why, sizeof why); /* what failed first is what counts */
    if (r->tenant[0])
        (void)act_calm(r);
    if (r->advanced_ms > 0)
        (void)run_test(r, "POST", "/test/clock",
                       json_pack("{s:I, s:b}", "advance_ms", (json_int_t)-r->advanced_ms, "at_once", 1), NULL);
    if (r->settings_changed)
        (void)run_console(
            r, "POST", "/console/api/settings",
            json_pack("{s:b, s:b}", "approve_arrangement", r->approve_arrangement, "approve_report", r->approve_report),
            NULL);
    memcpy(r->why, why, sizeof why);
    json_decref(r->vendor);
    r->vendor = NULL;
    r->test = client_free(r->test);
    r->console = client_free(r->console);
}
