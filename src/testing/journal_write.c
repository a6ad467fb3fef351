/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes the journal's entries: what is kept of a call and of an attempt to deliver an event.
 */
#include <string.h>

#include "base/json.h"
#include "base/record.h"
#include "testing/faults.h"
#include "testing/journal_internal.h"
#include "testing/mask.h"

#define CUT_AROUND 256 /* bytes more than are kept are masked, so that a token at the cut is recognized */

static void keep(char to[JOURNAL_NAME_MAX + 1], struct str text) {
    text = str_head(text, JOURNAL_NAME_MAX);
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
}

static bool is_object(struct str text, struct arena *a) {
    struct str why;
    json_t *value = record_parse(text, a, &why);
    bool object = json_is_object(value);
    json_decref(value);
    return object;
}

static void add_key(struct buf *out, const char *what, const char *more) {
    json_comma(out);
    buf_printf(out, "\"%s%s\":", what, more);
}

/* Member what (an object) or what_text (other text), and what_bytes if it is cut. */
static void write_body(struct mask *m, const char *what, struct str body, struct buf *out) {
    bool cut = body.len > JOURNAL_BODY_MAX;
    if (body.len == 0)
        return;
    struct str head = cut ? str_head(body, JOURNAL_BODY_MAX + CUT_AROUND) : body;
    m->replaced = false;
    struct str text = mask_values(m, mask_named(m, arena_utf8(m->arena, head)));
    bool object = m->sound && !m->replaced ? text.ptr[0] == '{' : !cut && is_object(text, m->arena);
    if (cut) {
        size_t most = text.len > CUT_AROUND ? text.len - CUT_AROUND : 0;
        text = str_head(text, most < JOURNAL_BODY_MAX ? most : JOURNAL_BODY_MAX);
    }
    if (!cut && object) {
        add_key(out, what, "");
        buf_add_str(out, text);
        return;
    }
    add_key(out, what, "_text");
    json_str(out, text);
    if (cut) {
        add_key(out, what, "_bytes");
        json_int(out, (int64_t)body.len);
    }
}

/* The entry's text without its outer braces. */
static struct str inner(const struct buf *object) {
    return (struct str){object->ptr + 1, object->len - 2};
}

/* ---- calls ---- */

static bool is_of_the_api(const struct call_answer *a) {
    if (a->call->op)
        return a->call->op->access != OP_CONSOLE && a->call->op->access != OP_TEST;
    return !str_starts(a->r->path, STR("/test/")) && !str_starts(a->r->path, STR("/console/"));
}

/* The token that the caller sent, in whatever form: it is a secret wherever it stands. */
static void remember_caller(struct mask *m, const struct http_request *r) {
    struct str header = http_header_get(r, STR("Authorization"));
    while (!str_is_empty(header)) {
        struct str word = str_cut(&header, ' ');
        if (!str_eq_nocase(word, STR("bearer")) && !str_eq_nocase(word, STR("basic")))
            mask_remember(m, word);
    }
}

static struct str masked_text(struct mask *m, struct str text) {
    if (str_is_absent(text))
        return text;
    return mask_values(m, mask_named(m, arena_utf8(m->arena, str_head(text, JOURNAL_BODY_MAX))));
}

static void write_request(const struct call_answer *a, struct mask *m, struct buf *out) {
    const struct http_request *r = a->r;
    json_member_str(out, STR("method"), r->method_name);
    json_member_str(out, STR("path"), masked_text(m, r->path));
    json_member_str(out, STR("query"), masked_text(m, r->query));
    write_body(m, "body", r->body, out);
    if (a->call->file)
        json_member_int(out, STR("file_bytes"), a->call->file->size);
}

static void write_answer(const struct call_answer *a, struct mask *m, struct buf *out) {
    if (a->fault)
        json_member_str(out, STR("fault"), a->fault->rule);
    if (a->fault && a->fault->reset) {
        json_member_bool(out, STR("reset"), true);
        return;
    }
    json_member_int(out, STR("status"), a->status);
    json_member_int(out, STR("code"), a->call->code);
    if (a->fault && a->fault->cut)
        json_member_bool(out, STR("cut"), true);
    m->sound = true; /* written by the server itself */
    write_body(m, "answer", a->body, out);
}

void journal_add_call(struct journal *j, const struct call_answer *a) {
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct mask m = {.arena = &arena};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    if (!is_of_the_api(a))
        return;
    bool reset = a->fault && a->fault->reset;
    struct str operation = a->call->op ? a->call->op->name : STR_ABSENT, app_id = faults_app(a->call);
    struct journal_key key = {.tenant = a->call->tenant,
                              .kind = JOURNAL_CALL,
                              .code = reset ? 0 : a->call->code,
                              .status = reset ? 0 : (int)a->status};
    keep(key.name, operation);
    keep(key.app_id, app_id);
    remember_caller(&m, a->r);
    json_begin(&out, '{');
    json_member_str(&out, STR("kind"), STR("call"));
    json_member_str(&out, STR("operation"), operation);
    json_member_str(&out, STR("app_id"), str_is_empty(app_id) ? STR_ABSENT : masked_text(&m, app_id));
    write_request(a, &m, &out);
    write_answer(a, &m, &out);
    json_member_str(&out, STR("log_id"), a->call->log_id);
    json_member_int(&out, STR("duration_us"), a->duration_us);
    json_end(&out, '}');
    journal_add(j, &key, inner(&out));
}

/* ---- events ---- */

void journal_add_event(struct journal *j, const struct event_attempt *e, const struct event_outcome *o) {
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct mask m = {.arena = &arena};
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct journal_key key = {.tenant = e->tenant, .kind = JOURNAL_EVENT, .status = o->status};
    keep(key.name, e->type);
    keep(key.app_id, e->app_id);
    json_begin(&out, '{');
    json_member_str(&out, STR("kind"), STR("event"));
    json_member_str(&out, STR("event_type"), e->type);
    json_member_str(&out, STR("event_id"), e->event_id);
    json_member_str(&out, STR("app_id"), e->app_id);
    json_member_int(&out, STR("attempt"), e->number);
    json_member_str(&out, STR("way"), o->long_connection ? STR("long_connection") : STR("request_url"));
    write_body(&m, "body", o->body, &out);
    if (o->rule[0])
        json_member_str(&out, STR("fault"), str_of(o->rule));
    json_member_bool(&out, STR("taken"), o->error.len == 0);
    json_member_int(&out, STR("status"), o->status);
    write_body(&m, "answer", o->answer, &out);
    if (o->error.len > 0)
        json_member_str(&out, STR("error"), masked_text(&m, o->error));
    json_member_int(&out, STR("duration_ms"), o->duration_ms);
    json_end(&out, '}');
    journal_add(j, &key, inner(&out));
}
