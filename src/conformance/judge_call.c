/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about every call: its path, its fields, its token, how often it comes.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/judge.h"
#include "gateway/answer.h"
#include "gateway/op.h"

#define STORM 4         /* so many unchanged calls after the first one that was refused are too many */
#define TOKENS_FREE 5   /* so many requests for tokens need no reason */
#define CALLS_ENOUGH 10 /* from so many calls on, tokens are compared with calls */

static const struct op *op_of(const json_t *e) {
    for (uint16_t i = 0; i < api_n_ops; i++)
        if (str_eq(api_ops[i].name, str_of(entry_text(e, "operation"))))
            return &api_ops[i];
    return NULL;
}

/* ---- documented fields ---- */

static const struct record_field *field_of(const struct record_type *t, struct str name) {
    for (size_t i = 0; t && i < t->n_fields; i++)
        if (str_eq(t->fields[i].name, name))
            return &t->fields[i];
    return NULL;
}

static void undocumented(struct verdict *v, const json_t *e, const char *where, struct str path) {
    finding_show(
        verdict_find(v, "%s does not document the %s \"%.*s\"", entry_text(e, "operation"), where, STR_FMT(path)), e);
}

static void check_object(struct verdict *v, const json_t *e, const struct record_type *t, const json_t *object,
                         struct str path) {
    const char *name;
    json_t *value, *element;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)object, name, value) {
        struct str own = arena_printf(v->arena, "%.*s%s%s", STR_FMT(path), path.len > 0 ? "." : "", name);
        const struct record_field *f = field_of(t, str_of(name));
        if (!f) {
            undocumented(v, e, "field", own);
            continue;
        }
        if (f->kind != RECORD_OBJECT)
            continue;
        if (json_is_object(value))
            check_object(v, e, f->of, value, own);
        json_array_foreach(value, i, element) {
            if (json_is_object(element))
                check_object(v, e, f->of, element, own);
        }
    }
}

static void check_query(struct verdict *v, const json_t *e, const struct op *op) {
    struct str rest = str_of(entry_text(e, "query"));
    while (!str_is_empty(rest)) {
        struct str one = str_cut(&rest, '&'), name = str_cut(&one, '=');
        if (!str_is_empty(name) && !field_of(op->query, name))
            undocumented(v, e, "parameter", name);
    }
}

void judge_documented_fields(const struct story *s, struct verdict *v) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        const struct op *op = entry_is_call(e) ? op_of(e) : NULL;
        if (!op)
            continue;
        v->judged = true;
        check_query(v, e, op);
        if (json_is_object(json_object_get(e, "body")) && op->body_kind != OP_BODY_MULTIPART)
            check_object(v, e, op->body, json_object_get(e, "body"), STR(""));
    }
}

/* ---- valid fields ---- */

static bool is_push(const json_t *e) {
    const char *name = entry_text(e, "operation");
    return strncmp(name, "eco_account_", 12) == 0 || strncmp(name, "eco_background_check_", 21) == 0;
}

/* Whether another rule explains the refusal. */
static bool is_explained(const struct story *s, struct verdict *v, const json_t *e) {
    for (size_t k = 0; k < s->n_orders; k++) {
        const struct story_order *o = &s->orders[k];
        struct write *w;
        if (strcmp(o->id, entry_order(e)) != 0)
            continue;
        size_t n = story_writes(s, o, v->arena, &w);
        for (size_t i = 0; i < n; i++)
            if (w[i].e == e)
                return write_repeats(o, w, n, i) || write_repeats_lost(w, i) || write_uses_stage_again(w, i) ||
                       write_time_stands(w, i) || write_time_is_no_ms(&w[i]) || write_lacks_report(&w[i]);
    }
    return false;
}

static bool is_about_fields(const json_t *e) {
    int64_t code = entry_int(e, "code");
    return code == CODE_FIELDS || code == CODE_BAD_REQUEST || code == CODE_PARAMETER || code == CODE_TOKEN_PARAM;
}

void judge_valid_fields(const struct story *s, struct verdict *v) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (!entry_is_call(e) || is_push(e))
            continue;
        v->judged = true;
        if (!is_about_fields(e) || !entry_is_refused(s, e) || is_explained(s, v, e))
            continue;
        finding_show(verdict_find(v, "%s was refused: code %lld, %s", entry_text(e, "operation"),
                                  (long long)entry_int(e, "code"), entry_text(json_object_get(e, "answer"), "msg")),
                     e);
    }
}

/* ---- path, scopes, token ---- */

/* One finding for each call that has one of the codes; they end with 0. */
static void codes(const struct story *s, struct verdict *v, const int *list, const char *what) {
    size_t i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        if (!entry_is_call(e))
            continue;
        v->judged = true;
        for (const int *code = list; *code; code++)
            if (entry_int(e, "code") == *code)
                finding_show(
                    verdict_find(v, "%s %s: %s (code %d)", entry_text(e, "method"), entry_text(e, "path"), what, *code),
                    e);
    }
}

void judge_operations(const struct story *s, struct verdict *v) {
    static const int list[] = {CODE_NO_PATH, CODE_NO_METHOD, 0};
    codes(s, v, list, "there is no such path, or not with this method");
}

void judge_permissions(const struct story *s, struct verdict *v) {
    static const int list[] = {CODE_NO_SCOPE, CODE_IP_DENIED, CODE_APP_DISABLED, CODE_APP_NOT_INSTALLED, 0};
    codes(s, v, list, "the app may not make this call");
}

void judge_authorization(const struct story *s, struct verdict *v) {
    static const int list[] = {CODE_NO_TOKEN, CODE_TOKEN_PREFIX, CODE_WRONG_TOKEN_TYPE, CODE_TOKEN_SECRET, 0};
    codes(s, v, list, "the call has no valid credentials");
}

/* ---- how often ---- */

static bool is_token(const json_t *e) {
    return strncmp(entry_text(e, "operation"), "tenant_access_token.", 20) == 0;
}

void judge_token_cache(const struct story *s, struct verdict *v) {
    size_t tokens = 0, calls = 0, i;
    json_t *e;
    json_array_foreach(s->entries, i, e) {
        tokens += entry_is_call(e) && is_token(e);
        calls += entry_is_call(e) && !is_token(e);
    }
    if (calls < CALLS_ENOUGH)
        return;
    v->judged = true;
    if (tokens <= TOKENS_FREE || tokens * 2 <= calls)
        return;
    struct finding *f =
        verdict_find(v, "The vendor asked for a token %zu times to make %zu other calls", tokens, calls);
    json_array_foreach(s->entries, i, e) {
        if (entry_is_call(e))
            finding_show(f, e);
    }
}

static bool is_same_call(const json_t *a, const json_t *b) {
    return strcmp(entry_text(a, "method"), entry_text(b, "method")) == 0 &&
           strcmp(entry_text(a, "path"), entry_text(b, "path")) == 0 &&
           strcmp(entry_text(a, "query"), entry_text(b, "query")) == 0 &&
           json_equal(json_object_get(a, "body"), json_object_get(b, "body")) == 1;
}

static bool is_same_refusal(const struct story *s, const json_t *a, const json_t *b) {
    return entry_is_call(b) && entry_is_refused(s, b) && entry_int(a, "code") == entry_int(b, "code") &&
           is_same_call(a, b);
}

void judge_no_storm(const struct story *s, struct verdict *v) {
    size_t n = json_array_size(s->entries);
    for (size_t i = 0; i < n; i++) {
        const json_t *first = json_array_get(s->entries, i);
        bool seen = false;
        size_t again = 0;
        if (!entry_is_call(first))
            continue;
        v->judged = true;
        if (!entry_is_refused(s, first))
            continue;
        for (size_t j = 0; j < i && !seen; j++)
            seen = is_same_refusal(s, first, json_array_get(s->entries, j));
        for (size_t j = i + 1; j < n && !seen; j++)
            again += is_same_refusal(s, first, json_array_get(s->entries, j));
        if (again < STORM)
            continue;
        struct finding *f = verdict_find(v, "%s was refused with code %lld and came %zu times more, unchanged",
                                         entry_text(first, "operation"), (long long)entry_int(first, "code"), again);
        for (size_t j = i; j < n; j++)
            if (j == i || is_same_refusal(s, first, json_array_get(s->entries, j)))
                finding_show(f, json_array_get(s->entries, j));
    }
}
