/* SPDX-License-Identifier: Apache-2.0
 *
 * What the customer does, by the operations of the console and of the test mode.
 */
#include <errno.h>
#include <string.h>

#include "conformance/run_internal.h"

#define CHALLENGES 3

static void keep(char *to, size_t size, const char *text) {
    snprintf(to, size, "%s", text);
}

int act_set_approval(struct run *r, bool of_reports) {
    r->settings_changed = true;
    return run_console(r, "POST", "/console/api/settings",
                       json_pack("{s:b, s:b}", "approve_arrangement", 0, "approve_report", of_reports), NULL);
}

/* ---- the account ---- */

static int upload(struct run *r) {
    static const char pdf[] = "%PDF-1.4\n% conformance run\n%%EOF\n";
    const struct client_file file = {"content", "简历 & résumé.pdf", "application/pdf", {pdf, sizeof pdf - 1}, NULL};
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int result = client_upload(r->console, "/console/api/attachments", "usage=file", &file, &a);
    if (result < 0)
        return run_fail(r, result, "%s", client_why(r->console));
    if (a.code != 0)
        return run_fail(r, -EPROTO, "%s", client_refusal(r->console, &a));
    keep(r->attachment, sizeof r->attachment, entry_text(a.data, "id"));
    return 0;
}

int act_bind(struct run *r) {
    char path[200];
    json_t *form = NULL, *made = NULL;
    snprintf(path, sizeof path, "/console/api/vendor_form?app_id=%s", r->o->app_id);
    int result = upload(r);
    if (result == 0)
        result = run_console(r, "GET", path, NULL, &form);
    if (result < 0)
        return result;
    json_t *values = json_array(), *field, *fields = json_object_get(form, "fields");
    size_t i;
    json_array_foreach(fields, i, field) {
        json_array_append_new(values,
                              json_pack("{s:s, s:s}", "key", entry_text(field, "key"), "value", "Söhne & 林 <1>"));
    }
    json_decref(form);
    result = run_console(r, "POST", "/console/api/vendors",
                         json_pack("{s:s, s:s, s:s, s:o}", "name", "Conformance run", "provider_id", "conformance",
                                   "app_id", r->o->app_id, "values", values),
                         &made);
    if (result == 0)
        keep(r->account_id, sizeof r->account_id, entry_text(made, "id"));
    keep(r->story->account_id, sizeof r->story->account_id, r->account_id);
    json_decref(made);
    return result;
}

int act_look(struct run *r) {
    json_t *data = NULL, *vendor;
    size_t i;
    int result = run_console(r, "GET", "/console/api/vendors", NULL, &data);
    json_t *items = json_object_get(data, "items");
    json_array_foreach(items, i, vendor) {
        if (strcmp(entry_text(vendor, "id"), r->account_id) != 0)
            continue;
        json_decref(r->vendor);
        r->vendor = json_incref(vendor);
    }
    json_decref(data);
    return result;
}

static int challenge_once(struct run *r, bool *ret_answered) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    char path[200];
    json_t *body = json_object();
    snprintf(path, sizeof path, "/console/api/apps/%s/challenge", r->o->app_id);
    int result = client_call(r->console, "POST", path, NULL, body, &a);
    json_decref(body);
    if (result < 0)
        return run_fail(r, result, "%s", client_why(r->console));
    *ret_answered = a.code == 0 && a.status == 200;
    json_decref(r->story->challenge);
    r->story->challenge = json_pack("{s:s, s:s, s:i, s:i, s:s}", "kind", "challenge", "request_url", r->request_url,
                                    "status", (int)a.status, "code", a.code, "msg", a.msg);
    return 0;
}

/* ---- checks ---- */

/* Asks again, as a customer would: a second may pass on a busy machine. */
int act_challenge(struct run *r) {
    bool answered = false;
    int result = 0;
    for (int i = 0; i < CHALLENGES && result == 0 && !answered; i++)
        result = challenge_once(r, &answered);
    return result;
}

static json_t *ids_of(const json_t *things) {
    json_t *ids = json_array(), *one;
    size_t i;
    json_array_foreach(things, i, one) {
        if (i < 50)
            json_array_append(ids, json_object_get(one, "id"));
    }
    return ids;
}

static json_t *order_body(const struct run *r, enum fill fill, size_t package, bool items) {
    const json_t *packages = json_object_get(r->vendor, "packages");
    json_t *body =
        json_pack("{s:s, s:s, s:b, s:o}", "application_id", RUN_APPLICATION_ID, "account_id", r->account_id, "again", 1,
                  "custom_values", values_of_form(r, json_object_get(r->vendor, "order_fields"), fill));
    if (json_array_size(packages) > 0)
        json_object_set(body, "package_id", json_object_get(json_array_get(packages, package), "id"));
    else
        json_object_set_new(body, "package_name", json_string("Standard"));
    if (items)
        json_object_set_new(body, "item_ids", ids_of(json_object_get(r->vendor, "items")));
    if (fill == FILL_ALL)
        json_object_set_new(body, "remark", json_string("Soon, please.\n\"Thank you\" & 谢谢 <br>"));
    else /* a person abroad, without a mobile */
        json_object_set_new(body, "candidate",
                            json_pack("{s:s, s:s}", "name", "Ana María d'Arc", "email", "ana@example.com"));
    return body;
}

int act_arrange(struct run *r, enum play play, const char *about, enum fill fill, size_t package, bool items,
                struct story_order **ret) {
    json_t *data = NULL;
    int64_t told = r->last;
    int result = run_console(r, "POST", "/console/api/orders/arrange", order_body(r, fill, package, items), &data);
    if (result < 0)
        return result;
    struct story_order *o = story_add_order(r->story, play, about, entry_text(data, "order_id"));
    json_decref(data);
    if (!o)
        return run_fail(r, -E2BIG, "the run has more than %d checks", STORY_ORDERS_MAX);
    o->told = told;
    if (ret)
        *ret = o;
    return 0;
}

static int act(struct run *r, const struct story_order *o, const char *what, const char *reason) {
    char path[200];
    snprintf(path, sizeof path, "/console/api/orders/%s/%s", o->id, what);
    return run_console(r, "POST", path, json_pack("{s:s}", "reason", reason), NULL);
}

int act_terminate(struct run *r, struct story_order *o) {
    int result = act(r, o, "terminate", "Conformance run: the candidate withdrew");
    if (result == -EPROTO && r->code == CODE_ORDER_STATE)
        return 0; /* the vendor has ended it */
    if (result == 0)
        o->terminated = r->last;
    return result;
}

int act_decide(struct run *r, struct story_order *o, bool approves) {
    int result = run_watch(r, 50); /* what came before the decision is read */
    if (result < 0)
        return result;
    *(o->decided == 0 ? &o->decided : &o->decided_again) = r->last;
    result = act(r, o, approves ? "approve" : "reject", "Conformance run: something is missing");
    return result == -EPROTO && r->code == CODE_ORDER_STATE ? 0 : result;
}

int act_replay(struct run *r, const struct story_order *o) {
    char path[200];
    json_t *data = NULL, *delivery;
    size_t i;
    snprintf(path, sizeof path, "/console/api/events?page_size=20&type=" EVENT_CREATED "&app_id=%s", r->o->app_id);
    int result = run_console(r, "GET", path, NULL, &data);
    path[0] = '\0';
    json_array_foreach(json_object_get(data, "items"), i, delivery) {
        if (strcmp(entry_text(delivery, "subject_id"), o->id) == 0)
            snprintf(path, sizeof path, "/console/api/events/%s/replay", entry_text(delivery, "event_id"));
    }
    json_decref(data);
    return result < 0 || path[0] == '\0'
               ? result
               : run_console(r, "POST", path, json_pack("{s:s}", "app_id", r->o->app_id), NULL);
}

static bool is_waiting(const json_t *files) {
    size_t i;
    json_t *file;
    json_array_foreach(files, i, file) {
        if (strcmp(entry_text(file, "state"), "waiting") == 0)
            return true;
    }
    return false;
}

static int get_files(struct run *r, bool *ret_waiting) {
    *ret_waiting = false;
    for (size_t i = 0; i < r->story->n_orders; i++) {
        struct story_order *o = &r->story->orders[i];
        char path[200];
        json_t *data = NULL;
        if (o->files && !is_waiting(o->files))
            continue;
        snprintf(path, sizeof path, "/console/api/orders/%s", o->id);
        int result = run_console(r, "GET", path, NULL, &data);
        if (result < 0)
            return result;
        json_decref(o->files);
        o->files = json_incref(json_object_get(data, "files"));
        json_decref(data);
        *ret_waiting = *ret_waiting || is_waiting(o->files);
    }
    return 0;
}

/* Failed fetches are made again 15 s, 5 min, 1 h and 6 h later; the clock goes there. */
int act_get_files(struct run *r) {
    static const int64_t steps_ms[] = {0, 16 * 1000, 301 * 1000, 3601 * 1000, 21601 * 1000};
    bool waiting = true;
    for (size_t i = 0; i < sizeof steps_ms / sizeof steps_ms[0] && waiting; i++) {
        int result = i == 0 ? 0 : act_advance(r, steps_ms[i]);
        for (int look = 0; look < 5 && result == 0 && waiting; look++) {
            result = get_files(r, &waiting);
            if (result == 0 && waiting)
                result = run_watch(r, 100);
        }
        if (result < 0)
            return result;
    }
    return 0;
}

int act_advance(struct run *r, int64_t ms) {
    r->advanced_ms += ms;
    return run_test(r, "POST", "/test/clock", json_pack("{s:I}", "advance_ms", (json_int_t)ms), NULL);
}

/* ---- disturbances ---- */

static int add_rule(struct run *r, enum story_fault_kind kind, int reset_s, json_t *body, char ret_id[STORY_ID_MAX]) {
    json_t *data = NULL;
    json_object_set_new(body, "app_id", json_string(r->o->app_id));
    int result = run_test(r, "POST", "/test/faults", body, &data);
    if (result == 0) {
        const char *id = entry_text(json_object_get(data, "fault"), "id");
        story_add_fault(r->story, id, kind, reset_s);
        if (ret_id)
            keep(ret_id, STORY_ID_MAX, id);
    }
    json_decref(data);
    return result;
}

int act_disturb(struct run *r, enum story_fault_kind kind, int reset_s, json_t *body) {
    return add_rule(r, kind, reset_s, body, NULL);
}

int act_calm(struct run *r) {
    char path[200];
    snprintf(path, sizeof path, "/test/faults?app_id=%s", r->o->app_id);
    int result = run_test(r, "DELETE", path, NULL, NULL);
    return result == 0 && r->by_request_url ? act_set_way(r, true) : result;
}

int act_set_way(struct run *r, bool by_request_url) {
    r->by_request_url = by_request_url;
    for (size_t i = 0; i < RUN_EVENTS && by_request_url; i++) {
        int result =
            add_rule(r, FAULT_WAY, 0,
                     json_pack("{s:s, s:b, s:i}", "event", run_events[i], "by_request_url", 1, "times", 0), NULL);
        if (result < 0)
            return result;
    }
    return by_request_url ? 0 : act_calm(r);
}
