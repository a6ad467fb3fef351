/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares an answer with the description of its operation.
 */
#include "cli/drift/drift.h"
#include "gateway/documented.h"

/* The test mode's faults and proxies answer these without the platform's envelope. */
static bool is_server_fault(int status) {
    return status >= 500;
}

static void note_code(struct drift_subject *s, int64_t code, unsigned http) {
    for (size_t i = 0; i < s->n_codes; i++)
        if (s->codes[i].code == code && s->codes[i].http == http) {
            s->codes[i].times++;
            return;
        }
    if (s->n_codes == DRIFT_CODES_MAX)
        return;
    s->codes[s->n_codes].code = code;
    s->codes[s->n_codes].http = http;
    s->codes[s->n_codes++].times = 1;
}

/* status -1: not known. */
static void check_code(struct drift_walk *w, const struct op *op, int64_t code, int status) {
    note_code(w->subject, code, status > 0 ? (unsigned)status : 0);
    if (code == 0 && (status == 200 || status == -1))
        return;
    struct drift_mark mark = drift_enter(w, STR("code"));
    if (code == 0) {
        drift_find(w, DRIFT_CODE, "0 came with HTTP %d and is described with HTTP 200", status);
    } else if (code != (int)code || !documented_by(op, (int)code)) {
        drift_find(w, DRIFT_CODE, status > 0 ? "%lld (HTTP %d) is not described" : "%lld is not described",
                   (long long)code, status);
    } else if (status > 0 && !documented_status(op, (int)code, (unsigned)status)) {
        drift_find(w, DRIFT_CODE, "%lld came with HTTP %d and is described with another status", (long long)code,
                   status);
    }
    drift_leave(w, mark);
}

/* The members beside data: those of the envelope, or with a flat answer those of the operation. */
static void check_envelope(struct drift_walk *w, const struct op *op, const json_t *answer, bool success) {
    struct str msg = str_is_absent(op->msg_member) ? STR("msg") : op->msg_member;
    const char *name;
    json_t *v;
    size_t len;
    json_object_keylen_foreach((json_t *)(uintptr_t)answer, name, len, v) {
        struct str key = {name, len};
        bool known = str_eq(key, STR("code")) || str_eq(key, msg) || str_eq(key, STR("msg")) ||
                     str_eq(key, STR("error")) || (str_eq(key, STR("data")) && !op->flat);
        for (size_t i = 0; op->flat && op->data && i < op->data->n_fields && !known; i++)
            known = str_eq(op->data->fields[i].name, key);
        struct drift_mark mark = drift_enter(w, key);
        if (!known)
            drift_find(w, DRIFT_FIELD, "is not described");
        else if (str_eq(key, STR("data")) && success && json_is_object(v))
            drift_object(w, op->data, v, &w->subject->root);
        else if (str_eq(key, STR("data")) && success && op->data && !json_is_null(v))
            drift_find(w, DRIFT_TYPE, "is no object");
        drift_leave(w, mark);
    }
}

/* The fields of a flat answer: they are in its object. */
static void check_flat(struct drift_walk *w, const struct op *op, const json_t *answer) {
    const struct record_type *t = op->data;
    struct drift_node *root = &w->subject->root;
    if (!op->flat || !t)
        return;
    root->objects++;
    if (!root->children)
        root->children = arena_array(&w->d->arena, struct drift_node, t->n_fields);
    for (size_t i = 0; i < t->n_fields; i++) {
        const json_t *v = json_object_getn(answer, t->fields[i].name.ptr, t->fields[i].name.len);
        if (!v)
            continue;
        struct drift_mark mark = drift_enter(w, t->fields[i].name);
        drift_member(w, &t->fields[i], v, &root->children[i]);
        drift_leave(w, mark);
    }
}

static void check_json(struct drift_walk *w, const struct op *op, const json_t *answer, const struct drift_call *c,
                       bool *ret_accepted) {
    const json_t *code = json_object_get(answer, "code");
    if (!json_is_integer(code)) {
        if (is_server_fault(c->status))
            w->subject->failed++;
        else
            drift_find(w, DRIFT_FORM, "is an object without a number as code (HTTP %d)", c->status);
        return;
    }
    bool success = json_integer_value(code) == 0;
    *ret_accepted = success;
    w->subject->successes += success;
    check_code(w, op, json_integer_value(code), c->status);
    check_envelope(w, op, answer, success);
    if (success)
        check_flat(w, op, answer);
}

void drift_answer(struct drift *d, struct drift_subject *s, const struct drift_call *c) {
    struct drift_walk w = {.d = d, .subject = s, .place = &c->place};
    bool accepted = false;
    struct str why;
    json_t *v = NULL;
    if (c->status == 0) {
        s->failed++;
    } else if (str_is_absent(c->answer) || c->answer_cut) {
        s->unread++;
    } else if ((v = record_parse(c->answer, &w.scratch, &why)) == NULL || !json_is_object(v)) {
        if (is_server_fault(c->status))
            s->failed++;
        else
            drift_find(&w, DRIFT_FORM, "is no JSON object (HTTP %d)", c->status);
    } else if (s->op->handle) {
        check_json(&w, s->op, v, c, &accepted);
    } else { /* its fields are not in this binary */
        accepted = false;
    }
    if (s->op->handle)
        drift_request(d, s, c, accepted);
    json_decref(v);
    buf_free(&w.path);
    buf_free(&w.exact);
    arena_free(&w.scratch);
}
