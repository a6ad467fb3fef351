/* SPDX-License-Identifier: Apache-2.0
 *
 * Arranges a check in the console, as a recruiter does: which application, which vendor account, which package, and
 * values for the fields that the vendor requires.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "robot/customer.h"
#include "robot/pdf.h"

static struct act give_up(struct robot *r, const char *why) {
    robot_tell(r, true, "cannot arrange a check: %s", why);
    return (struct act){.end = ACT_OVER};
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static struct act read_console(struct robot *r, const struct customer *c, const char *path, const char *query,
                               struct client_answer *a) {
    int error = client_call(r->console, "GET", path, query, NULL, a);
    robot_called(r, true);
    return robot_judge(r, r->console, error, a, c->tries, "arranging a check");
}

static struct act choose_application(struct robot *r, struct customer *c) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    if (r->o.application_id) {
        snprintf(c->application_id, sizeof c->application_id, "%s", r->o.application_id);
        return (struct act){.end = ACT_DONE};
    }
    struct act act = read_console(r, c, "/console/api/applications", "status=1&page_size=1", &a);
    if (act.end != ACT_DONE)
        return act;
    const char *id = text_of(json_array_get(json_object_get(a.data, "items"), 0), "id");
    snprintf(c->application_id, sizeof c->application_id, "%s", id);
    return id[0] ? act : give_up(r, "the tenant has no active application");
}

/* ---- the vendor's form ---- */

/* Uploads a file for a field of type usage ("file", "resume"); its id is in ret. */
static struct act upload(struct robot *r, const struct customer *c, const char *usage, char ret[24]) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    struct buf pdf BUF_CLEANUP = BUF_EMPTY;
    char query[20];
    snprintf(query, sizeof query, "usage=%s", usage);
    pdf_write(STR("A file"), STR("Written by a robot of hired for a test."), &pdf);
    const struct client_file file = {
        .field = "content", .name = "file.pdf", .type = "application/pdf", .bytes = buf_str(&pdf)};
    int error = client_upload(r->console, "/console/api/attachments", query, &file, &a);
    robot_called(r, true);
    snprintf(ret, 24, "%s", text_of(a.data, "id"));
    return robot_judge(r, r->console, error, &a, c->tries, "uploading a file for the vendor's form");
}

static const char *value_of(const json_t *field, const char *type) {
    if (strcmp(type, "number") == 0)
        return "1";
    if (strcmp(type, "boolean") == 0)
        return "true";
    if (strcmp(type, "date") == 0)
        return "2026-09-01";
    if (strcmp(type, "select") == 0 || strcmp(type, "multiselect") == 0)
        return text_of(json_array_get(json_object_get(field, "options"), 0), "key");
    return "A robot's answer";
}

static struct act fill_in(struct robot *r, const struct customer *c, const json_t *fields, json_t *values) {
    const json_t *field;
    size_t i;
    json_array_foreach(fields, i, field) {
        const char *type = text_of(field, "type"), *value = value_of(field, type);
        char id[24];
        if (!json_is_true(json_object_get(field, "is_required")))
            continue;
        if (strcmp(type, "file") == 0 || strcmp(type, "resume") == 0) {
            struct act act = upload(r, c, type, id);
            if (act.end != ACT_DONE)
                return act;
            value = id;
        }
        json_array_append_new(values, json_pack("{s:s, s:s}", "key", text_of(field, "key"), "value", value));
    }
    return (struct act){.end = ACT_DONE};
}

static const json_t *choose_vendor(const struct robot *r, const json_t *vendors) {
    const json_t *vendor;
    size_t i;
    json_array_foreach(vendors, i, vendor) {
        if (!r->o.account_id ? json_object_get(vendor, "app") != NULL
                             : strcmp(text_of(vendor, "id"), r->o.account_id) == 0)
            return vendor;
    }
    return NULL;
}

/* ---- the call ---- */

static struct act send(struct robot *r, struct customer *c, json_t *body) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int error = client_call(r->console, "POST", "/console/api/orders/arrange", NULL, body, &a);
    robot_called(r, true);
    struct act act = robot_judge(r, r->console, error, &a, c->tries, "arranging a check");
    if (act.end == ACT_DONE) {
        snprintf(c->order_id, sizeof c->order_id, "%s", text_of(a.data, "order_id"));
        robot_tell(r, false, "order %s: arranged; follows the scenario %.*s", c->order_id, STR_FMT(c->scenario->name));
    }
    return act;
}

/* The order is watched by the app: a check that the app may not read is not arranged. */
static struct act try_app(struct robot *r, const struct customer *c) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int error = client_call(r->client, "GET", CUSTOMER_ORDERS, "page_size=1", NULL, &a);
    robot_called(r, false);
    return robot_judge(r, r->client, error, &a, c->tries, "reading the tenant's orders");
}

struct act customer_arrange(struct robot *r, struct customer *c) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    struct act act = try_app(r, c);
    if (act.end == ACT_DONE)
        act = choose_application(r, c);
    if (act.end == ACT_DONE)
        act = read_console(r, c, "/console/api/vendors", NULL, &a);
    if (act.end != ACT_DONE)
        return act;
    const json_t *vendor = choose_vendor(r, json_object_get(a.data, "items"));
    if (!vendor)
        return give_up(r, r->o.account_id ? "there is no such vendor account"
                                          : "the tenant has no vendor account with an app");
    const char *package =
        r->o.package_id ? r->o.package_id : text_of(json_array_get(json_object_get(vendor, "packages"), 0), "id");
    json_t *values = json_array();
    act = fill_in(r, c, json_object_get(vendor, "order_fields"), values);
    json_t *body = json_pack("{s:s, s:s, s:s, s:b, s:o}", "application_id", c->application_id, "account_id",
                             text_of(vendor, "id"), package[0] ? "package_id" : "package_name",
                             package[0] ? package : "A robot's package", "again", 1, "custom_values", values);
    if (r->o.candidate_name)
        json_object_set_new(body, "candidate", json_pack("{s:s}", "name", r->o.candidate_name));
    if (act.end == ACT_DONE)
        act = send(r, c, body);
    json_decref(body);
    return act;
}
