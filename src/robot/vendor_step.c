/* SPDX-License-Identifier: Apache-2.0
 *
 * What a vendor's robot does for an order: progress, reports, the result, cancelling. Stage ids follow from the step's
 * number, so a step that is done twice is recognised by the server.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "robot/internal.h"
#include "robot/pdf.h"

#define API "/open-apis/hire/v1/"

static struct act call(struct robot *r, const struct vendor_order *o, const char *operation, json_t *body,
                       struct client_answer *a, const char *what) {
    char doing[120], path[120];
    snprintf(path, sizeof path, API "%s", operation);
    snprintf(doing, sizeof doing, "order %.*s: %s", STR_FMT(o->id), strrchr(path, '/') + 1);
    int error = client_call(r->client, "POST", path, NULL, body, a);
    robot_called(r, true);
    if (error == 0 && a->code == 0) {
        robot_tell(r, false, "order %.*s: %s", STR_FMT(o->id), what);
        return (struct act){.end = ACT_DONE};
    }
    if (error == 0 && (a->code == CODE_ORDER_STATUS || a->code == CODE_NO_ORDER)) {
        robot_tell(r, false, "%s: refused, because %s; it stops here", doing,
                   a->code == CODE_NO_ORDER ? "there is no such order of this vendor"
                                            : "the order's state does not allow it");
        return (struct act){.end = ACT_OVER};
    }
    if (error == 0 && a->code == CODE_PARAMETER && (strstr(a->msg, "is used already") || strstr(a->msg, "report_url")))
        return (struct act){.end = ACT_OVER}; /* the caller knows what to do */
    return robot_judge(r, r->client, error, a, o->tries, doing);
}

/* ---- reports ---- */

/* Uploads a PDF and returns its link in *ret (ended by a NUL). ACT_OVER: the app may not upload. */
static struct act upload(struct robot *r, const struct vendor_order *o, const char *name, struct str result,
                         struct buf *ret) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    struct buf pdf BUF_CLEANUP = BUF_EMPTY;
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    char doing[120];
    struct str text = arena_printf(&scratch, "Order %.*s\nResult: %.*s\n\nWritten by a robot of hired for a test.",
                                   STR_FMT(o->id), STR_FMT(result));
    pdf_write(STR("Background check"), text, &pdf);
    const struct client_file file = {
        .field = "content", .name = name, .type = "application/pdf", .bytes = buf_str(&pdf)};
    snprintf(doing, sizeof doing, "order %.*s: uploading a report", STR_FMT(o->id));
    int error = client_upload(r->client, API "attachments", NULL, &file, &a);
    robot_called(r, true);
    const char *url = json_string_value(json_object_get(a.data, "url"));
    if (error == 0 && a.code == 0 && url) {
        buf_add(ret, url, strlen(url) + 1);
        return (struct act){.end = ACT_DONE};
    }
    return robot_judge(r, r->client, error, &a, o->tries, doing);
}

/* Adds report_file_list to a body. A link to a PDF that the server does not take, or a PDF that cannot be uploaded,
 * becomes a preview page. Returns ACT_AGAIN if the upload is to be tried again. */
static struct act add_report(struct robot *r, struct vendor_order *o, const struct step *step, size_t number,
                             json_t *body) {
    struct buf url BUF_CLEANUP = BUF_EMPTY;
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str name = step->report_name;
    struct act act = {.end = ACT_DONE};
    if (step->report == REPORT_NONE)
        return act;
    if (str_is_absent(name))
        name = step->kind == STEP_INTERIM ? STR("Interim report.pdf") : STR("Final report.pdf");
    bool pdf = step->report == REPORT_PDF && !o->page;
    if (pdf)
        act = upload(r, o, arena_dup(&scratch, name).ptr, step->result, &url);
    if (act.end == ACT_AGAIN)
        return act;
    if (url.len == 0) {
        o->page = o->page || pdf;
        pdf = false;
        buf_printf(&url, "https://vendor.example/reports/%.*s/%zu", STR_FMT(o->id), number + 1);
        buf_add_char(&url, '\0');
    }
    json_object_set_new(body, "report_file_list",
                        json_pack("[{s:s%, s:s, s:i}]", "report_name", name.ptr, name.len, "report_url", url.ptr,
                                  "report_url_type", pdf ? 1 : 2));
    return (struct act){.end = ACT_DONE};
}

/* A time for the call, as text: the present, later than that of the stage before. */
static void stamp(struct robot *r, struct vendor_order *o, char ret[24]) {
    int64_t now_ms = robot_stamp(r);
    o->stamp_ms = now_ms > o->stamp_ms ? now_ms : o->stamp_ms + 1;
    snprintf(ret, 24, "%lld", (long long)o->stamp_ms);
}

static void set_text(json_t *body, const char *name, struct str text) {
    if (!str_is_absent(text))
        json_object_set_new(body, name, json_stringn(text.ptr, text.len));
}

/* Sends a body with its report; again with a preview page if the server does not take the link to the PDF. */
static struct act send_report(struct robot *r, struct vendor_order *o, const struct step *step, size_t number,
                              const char *operation, json_t *body, const char *what) {
    for (;;) {
        struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
        struct act act = add_report(r, o, step, number, body);
        if (act.end == ACT_DONE)
            act = call(r, o, operation, body, &a, what);
        if (act.end != ACT_OVER || a.code != CODE_PARAMETER)
            return act;
        if (strstr(a.msg, "is used already"))
            return (struct act){.end = ACT_DONE}; /* this step was done before; the answer was lost */
        bool page = o->page || step->report != REPORT_PDF;
        if (page || !strstr(a.msg, "report_url")) {
            robot_tell(r, true, "order %.*s: %s failed: %s", STR_FMT(o->id), strrchr(operation, '/') + 1,
                       client_refusal(r->client, &a));
            return act;
        }
        robot_tell(r, false,
                   "order %.*s: the server does not fetch reports from its own address ([fetch] allow); "
                   "sends a preview page instead",
                   STR_FMT(o->id));
        o->page = true;
    }
}

/* ---- steps ---- */

static struct act push_progress(struct robot *r, struct vendor_order *o, const struct step *step, size_t number) {
    char time[24], stage[40];
    stamp(r, o, time);
    snprintf(stage, sizeof stage, "robot-%zu", number + 1);
    json_t *body = json_pack("{s:s%, s:s, s:s}", "background_check_id", o->id.ptr, o->id.len, "stage_id", stage,
                             "stage_time", time);
    set_text(body, "stage_name", step->stage_name);
    set_text(body, "stage_en_name", step->stage_en_name);
    set_text(body, "result", step->result);
    struct act act = send_report(r, o, step, number, "eco_background_checks/update_progress", body,
                                 step->kind == STEP_INTERIM ? "sent an interim report" : "sent progress");
    json_decref(body);
    return act;
}

static struct act push_result(struct robot *r, struct vendor_order *o, const struct step *step, size_t number,
                              const char *what) {
    char time[24];
    stamp(r, o, time);
    json_t *body = json_pack("{s:s%, s:s%, s:s}", "background_check_id", o->id.ptr, o->id.len, "result",
                             step->result.ptr, step->result.len, "result_time", time);
    struct act act = send_report(r, o, step, number, "eco_background_checks/update_result", body, what);
    json_decref(body);
    return act;
}

static struct act push_cancel(struct robot *r, const struct vendor_order *o) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    json_t *body = json_pack("{s:s%}", "background_check_id", o->id.ptr, o->id.len);
    struct act act = call(r, o, "eco_background_checks/cancel", body, &a, "cancelled");
    json_decref(body);
    return act;
}

/* No event tells a vendor of a rejected report, so it reads the order. */
static struct act push_correction(struct robot *r, struct vendor_order *o, const struct step *step, size_t number) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    json_t *body = json_pack("{s:[s%]}", "background_check_order_id_list", o->id.ptr, o->id.len);
    int error = client_call(r->client, "POST", API "background_check_orders/batch_query", NULL, body, &a);
    char doing[120];
    json_decref(body);
    robot_called(r, true);
    snprintf(doing, sizeof doing, "order %.*s: reading it", STR_FMT(o->id));
    if (error < 0 || a.code != 0)
        return robot_judge(r, r->client, error, &a, o->tries, doing);
    const json_t *order = json_array_get(json_object_get(a.data, "items"), 0);
    json_int_t status = json_integer_value(json_object_get(order, "order_status"));
    if (!order || status == 3 || status == 4)
        return (struct act){.end = ACT_OVER};
    if (status != 6 && status != 9)
        return (struct act){.end = ACT_DONE}; /* nobody has decided yet */
    return push_result(r, o, step, number, "sent the result once more, because the report was not approved");
}

struct act vendor_step(struct robot *r, struct vendor_order *o, const struct step *step, size_t number) {
    switch (step->kind) {
    case STEP_FINAL:
        return push_result(r, o, step, number, "sent the result");
    case STEP_CORRECT:
        return push_correction(r, o, step, number);
    case STEP_CANCEL:
        return push_cancel(r, o);
    default:
        return push_progress(r, o, step, number);
    }
}
