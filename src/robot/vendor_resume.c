/* SPDX-License-Identifier: Apache-2.0
 *
 * Goes on with orders that were arranged before the robot started. What was done for them is read from the order: its
 * stages by their names, and whether there is a final report.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "robot/internal.h"

#define PATH "/open-apis/hire/v1/background_check_orders"
#define PAGES_MAX 200
#define PAGE_SIZE 50

static struct str text_of(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)} : STR_ABSENT;
}

static bool has_stage(const json_t *order, struct str name) {
    const json_t *list = json_object_get(order, "process_info_list"), *item;
    size_t i;
    json_array_foreach(list, i, item) {
        if (str_eq(text_of(item, "process"), name))
            return true;
    }
    return false;
}

static bool has_result(const json_t *order) {
    const json_t *list = json_object_get(order, "feedback_info_list"), *item;
    size_t i;
    json_array_foreach(list, i, item) {
        if (json_integer_value(json_object_get(item, "report_type")) == 2)
            return true;
    }
    return false;
}

/* The first step that is not done. */
static size_t first_step(const json_t *order, const struct scenario *s) {
    size_t next = 0;
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct step *step = &s->steps[i];
        bool stage = step->kind == STEP_PROGRESS || step->kind == STEP_INTERIM;
        if ((stage && has_stage(order, step->stage_name)) || (step->kind == STEP_FINAL && has_result(order)))
            next = i + 1;
    }
    return next;
}

static void take(struct robot *r, const json_t *order) {
    json_int_t status = json_integer_value(json_object_get(order, "order_status"));
    struct str id = text_of(order, "order_id");
    const struct scenarios *all = r->o.scenarios;
    int64_t begin_ms = 0;
    if (id.len == 0 || id.len > 64 || status == 3 || status == 4 || (status != 2 && status != 8 && !has_result(order)))
        return; /* it has ended, or its vendor has not heard of it */
    const struct scenario *s =
        r->o.scenario
            ? scenario_find(all, str_of(r->o.scenario))
            : scenario_choose(all, text_of(json_object_get(order, "candidate_info"), "name"), STR_ABSENT, STR_ABSENT);
    if (str_to_i64(text_of(order, "begin_time"), &begin_ms) < 0)
        return;
    size_t next = first_step(order, s);
    pthread_mutex_lock(&r->lock);
    int taken = next < s->n_steps ? vendor_take(r, id, s, begin_ms, next) : -EEXIST;
    pthread_mutex_unlock(&r->lock);
    if (taken == 0)
        robot_tell(r, false, "order %.*s: goes on with step %zu of the scenario %.*s", STR_FMT(id), next + 1,
                   STR_FMT(s->name));
}

void vendor_resume(struct robot *r) {
    struct buf token BUF_CLEANUP = BUF_EMPTY;
    for (int page = 0; page < PAGES_MAX && !atomic_load(&r->stop); page++) {
        struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
        struct buf query BUF_CLEANUP = BUF_EMPTY;
        const json_t *item;
        size_t i;
        client_query_int(&query, "page_size", PAGE_SIZE);
        if (token.len > 0)
            client_query(&query, "page_token", buf_str(&token));
        int error = client_call(r->client, "GET", PATH, query.ptr, NULL, &a);
        robot_called(r, false);
        if (a.status == 429) {
            nanosleep(&(struct timespec){1, 0}, NULL);
            continue; /* the same page again */
        }
        if (error < 0 || a.code != 0) {
            robot_tell(r, true, "cannot go on with earlier orders: %s",
                       error < 0 ? client_why(r->client) : client_refusal(r->client, &a));
            return;
        }
        const json_t *items = json_object_get(a.data, "items");
        json_array_foreach(items, i, item) {
            take(r, item);
        }
        token.len = 0;
        buf_add_str(&token, text_of(a.data, "page_token"));
        if (!json_is_true(json_object_get(a.data, "has_more")) || token.len == 0)
            return;
    }
}
