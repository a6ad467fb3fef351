/* SPDX-License-Identifier: Apache-2.0
 *
 * Builds the story of a run, and reads the journal's entries.
 */
#include "conformance/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct story *story_new(const char *app_id) {
    struct story *s = mem_alloc(sizeof *s);
    s->entries = json_array();
    snprintf(s->app_id, sizeof s->app_id, "%s", app_id);
    return s;
}

struct story *story_free(struct story *s) {
    if (!s)
        return NULL;
    for (size_t i = 0; i < s->n_orders; i++)
        json_decref(s->orders[i].files);
    json_decref(s->challenge);
    json_decref(s->entries);
    free(s);
    return NULL;
}

struct story_order *story_add_order(struct story *s, enum play play, const char *about, const char *id) {
    if (s->n_orders == STORY_ORDERS_MAX)
        return NULL;
    struct story_order *o = &s->orders[s->n_orders++];
    *o = (struct story_order){.play = play, .about = about};
    snprintf(o->id, sizeof o->id, "%s", id);
    return o;
}

void story_add_fault(struct story *s, const char *id, enum story_fault_kind kind, int reset_s) {
    if (s->n_faults == STORY_FAULTS_MAX)
        return;
    struct story_fault *f = &s->faults[s->n_faults++];
    *f = (struct story_fault){.kind = kind, .reset_s = reset_s};
    snprintf(f->id, sizeof f->id, "%s", id);
}

static bool is_ours(const struct story *s, const char *order) {
    for (size_t i = 0; i < s->n_orders; i++)
        if (strcmp(s->orders[i].id, order) == 0)
            return true;
    return false;
}

bool story_add_entry(struct story *s, json_t *entry) {
    const char *app = entry_text(entry, "app_id");
    bool of_app = strcmp(app, s->app_id) == 0;
    if (!of_app && !(app[0] == '\0' && entry_is_call(entry) && is_ours(s, entry_order(entry))))
        return false;
    s->connected = s->connected || strcmp(entry_text(entry, "way"), "long_connection") == 0;
    s->has_url = s->has_url || strcmp(entry_text(entry, "way"), "request_url") == 0;
    json_array_append(s->entries, entry);
    return true;
}

/* ---- entries ---- */

static const char *text_of(const json_t *object, const char *member) {
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

const char *entry_text(const json_t *e, const char *member) {
    return text_of(e, member);
}

int64_t entry_int(const json_t *e, const char *member) {
    return json_integer_value(json_object_get(e, member));
}

const char *entry_body_text(const json_t *e, const char *member) {
    return text_of(json_object_get(e, "body"), member);
}

bool entry_is_call(const json_t *e) {
    return strcmp(entry_text(e, "kind"), "call") == 0;
}

bool entry_is(const json_t *e, const char *operation) {
    return strcmp(entry_text(e, "operation"), operation) == 0;
}

bool entry_is_event(const json_t *e, const char *type) {
    return strcmp(entry_text(e, "event_type"), type) == 0;
}

int64_t entry_number(const json_t *e) {
    return entry_int(e, "number");
}

int64_t entry_begun_ms(const json_t *e) {
    return entry_int(e, "time_ms") - entry_int(e, "duration_us") / 1000;
}

const char *entry_order(const json_t *e) {
    const json_t *body = json_object_get(e, "body");
    return text_of(entry_is_call(e) ? body : json_object_get(body, "event"), "background_check_id");
}

enum story_fault_kind entry_fault(const struct story *s, const json_t *e, const struct story_fault **ret) {
    const char *id = entry_text(e, "fault");
    for (size_t i = 0; id[0] && i < s->n_faults; i++)
        if (strcmp(s->faults[i].id, id) == 0) {
            if (ret)
                *ret = &s->faults[i];
            return s->faults[i].kind;
        }
    return FAULT_NONE;
}

static bool is_set(const json_t *e, const char *member) {
    return json_is_true(json_object_get(e, member));
}

static bool is_lost(const struct story *s, const json_t *e) {
    return entry_fault(s, e, NULL) == FAULT_LOST || is_set(e, "cut");
}

bool entry_is_passing(const struct story *s, const json_t *e) {
    int64_t status = entry_int(e, "status");
    if (is_lost(s, e))
        return false;
    return is_set(e, "reset") || status >= 500 || status == 429 || entry_int(e, "code") == 99991663;
}

bool entry_is_accepted(const struct story *s, const json_t *e) {
    return entry_int(e, "status") == 200 && entry_int(e, "code") == 0 && !is_set(e, "reset") && !is_lost(s, e);
}

bool entry_is_effective(const struct story *s, const json_t *e) {
    return is_lost(s, e) || entry_is_accepted(s, e);
}

bool entry_is_refused(const struct story *s, const json_t *e) {
    return !entry_is_effective(s, e) && !entry_is_passing(s, e);
}

/* ---- writes ---- */

static bool kind_of(const json_t *e, enum write_kind *ret) {
    static const char *const operations[] = {OP_PROGRESS, OP_RESULT, OP_CANCEL};
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (entry_is(e, operations[i])) {
            *ret = (enum write_kind)i;
            return true;
        }
    return false;
}

size_t story_writes(const struct story *s, const struct story_order *o, struct arena *a, struct write **ret) {
    size_t n = 0, i;
    json_t *e;

    *ret = arena_array(a, struct write, json_array_size(s->entries) + 1);
    json_array_foreach(s->entries, i, e) {
        enum write_kind kind;
        if (!kind_of(e, &kind) || strcmp(entry_order(e), o->id) != 0)
            continue;
        (*ret)[n++] = (struct write){.e = e,
                                     .kind = kind,
                                     .number = entry_number(e),
                                     .begun_ms = entry_begun_ms(e),
                                     .effective = entry_is_effective(s, e),
                                     .accepted = entry_is_accepted(s, e),
                                     .passing = entry_is_passing(s, e),
                                     .refused = entry_is_refused(s, e),
                                     .lost = is_lost(s, e),
                                     .code = (int)entry_int(e, "code")};
    }
    return n;
}

const json_t *story_taken(const struct story *s, const struct story_order *o, const char *type, int64_t after) {
    size_t i;
    json_t *e;

    json_array_foreach(s->entries, i, e) {
        enum story_fault_kind fault = entry_fault(s, e, NULL);
        if (entry_number(e) > after && entry_is_event(e, type) && strcmp(entry_order(e), o->id) == 0 &&
            is_set(e, "taken") && fault != FAULT_FORGED && fault != FAULT_BROKEN)
            return e;
    }
    return NULL;
}
