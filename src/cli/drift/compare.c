/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares JSON with the types of api/, and keeps the findings.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/drift/drift.h"

#define PATH_MAX_LEN 300
#define VALUE_SHOWN 64

const char *const drift_kind_names[DRIFT_KINDS] = {"operation", "field", "type", "value", "code", "form", "parameter"};

/* ---- findings ---- */

static struct drift_finding *find_same(struct drift_subject *s, enum drift_kind kind, struct str path,
                                       struct str what) {
    for (size_t i = 0; i < s->n_findings; i++) {
        struct drift_finding *f = &s->findings[i];
        if (f->kind == kind && str_eq(f->path, path) && str_eq(f->what, what))
            return f;
    }
    return NULL;
}

void drift_find(struct drift_walk *w, enum drift_kind kind, const char *format, ...) {
    struct drift_subject *s = w->subject;
    struct arena *a = &w->d->arena;
    va_list args;
    va_start(args, format);
    struct str what = arena_vprintf(&w->scratch, format, args);
    va_end(args);
    struct str path = str_head(buf_str(&w->path), PATH_MAX_LEN);
    struct drift_finding *f = find_same(s, kind, path, what);
    if (f) {
        f->times++;
        return;
    }
    if (s->n_findings == DRIFT_FINDINGS_MAX) {
        s->more++;
        return;
    }
    if (!s->findings)
        s->findings = arena_array(a, struct drift_finding, DRIFT_FINDINGS_MAX);
    s->findings[s->n_findings++] = (struct drift_finding){
        .kind = kind,
        .path = arena_dup(a, path),
        .what = arena_dup(a, what),
        .times = 1,
        .first = {w->place->file, w->place->line, arena_dup(a, str_head(buf_str(&w->exact), PATH_MAX_LEN))},
    };
}

/* ---- paths ---- */

struct drift_mark drift_enter(struct drift_walk *w, struct str name) {
    struct drift_mark mark = {w->path.len, w->exact.len};
    struct buf *both[] = {&w->path, &w->exact};
    for (int i = 0; i < 2; i++) {
        if (both[i]->len > 0)
            buf_add_char(both[i], '.');
        buf_add_str(both[i], name);
    }
    return mark;
}

static struct drift_mark enter_index(struct drift_walk *w, size_t i) {
    struct drift_mark mark = {w->path.len, w->exact.len};
    buf_add_lit(&w->path, "[]");
    buf_printf(&w->exact, "[%zu]", i);
    return mark;
}

void drift_leave(struct drift_walk *w, struct drift_mark mark) {
    w->path.len = mark.path;
    w->exact.len = mark.exact;
}

/* ---- values ---- */

static const char *type_of(const json_t *v) {
    static const char *const names[] = {"an object", "a list",        "a text",        "an integer",
                                        "a number",  "true or false", "true or false", "null"};
    return names[json_typeof(v)];
}

static const char *type_described(const struct record_field *f) {
    switch (f->kind) {
    case RECORD_STRING:
        return "a text";
    case RECORD_INT:
        return "an integer";
    case RECORD_BOOL:
        return "true or false";
    case RECORD_NUMBER:
        return "a number";
    case RECORD_OBJECT:
    case RECORD_MAP:
        return "an object";
    }
    return "";
}

int drift_value_index(const struct record_field *f, struct str text) {
    for (int i = 0; !str_is_absent(f->values[i]); i++)
        if (str_eq(f->values[i], text))
            return i;
    return -1;
}

static void check_value(struct drift_walk *w, const struct record_field *f, const json_t *v, struct drift_node *node) {
    char digits[24];
    struct str text;
    if (json_is_integer(v)) {
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(v));
        text = str_of(digits);
    } else if (json_is_string(v)) {
        text = (struct str){json_string_value(v), json_string_length(v)};
    } else {
        return;
    }
    int i = drift_value_index(f, text);
    if (i >= 0 && node && i < 64)
        node->values |= (uint64_t)1 << i;
    if (i >= 0)
        return;
    enum drift_kind kind = w->request ? DRIFT_PARAMETER : DRIFT_VALUE;
    if (w->d->show_values)
        drift_find(w, kind, "has the value \"%.*s\", which is not described", STR_FMT(str_head(text, VALUE_SHOWN)));
    else
        drift_find(w, kind, "has a value that is not described");
}

static void check_one(struct drift_walk *w, const struct record_field *f, const json_t *v, struct drift_node *node) {
    if (json_is_null(v))
        return;
    if (!record_type_fits(f, v)) {
        drift_find(w, w->request ? DRIFT_PARAMETER : DRIFT_TYPE, "is %s and described as %s", type_of(v),
                   type_described(f));
        return;
    }
    if (f->values)
        check_value(w, f, v, node);
    if (f->kind == RECORD_OBJECT)
        drift_object(w, f->of, v, node);
}

void drift_member(struct drift_walk *w, const struct record_field *f, const json_t *v, struct drift_node *node) {
    if (json_is_null(v))
        return;
    if (node)
        node->seen++;
    if (!f->list) {
        check_one(w, f, v, node);
        return;
    }
    if (!json_is_array(v)) {
        drift_find(w, w->request ? DRIFT_PARAMETER : DRIFT_TYPE, "is %s and described as a list", type_of(v));
        return;
    }
    for (size_t i = 0; i < json_array_size(v); i++) {
        struct drift_mark mark = enter_index(w, i);
        check_one(w, f, json_array_get(v, i), node);
        drift_leave(w, mark);
    }
}

void drift_object(struct drift_walk *w, const struct record_type *t, const json_t *object, struct drift_node *node) {
    const char *name;
    json_t *v;
    size_t len;
    if (!t)
        return;
    if (node) {
        node->objects++;
        if (!node->children)
            node->children = arena_array(&w->d->arena, struct drift_node, t->n_fields);
    }
    json_object_keylen_foreach((json_t *)(uintptr_t)object, name, len, v) {
        struct str key = {name, len};
        size_t i = 0;
        while (i < t->n_fields && !str_eq(t->fields[i].name, key))
            i++;
        struct drift_mark mark = drift_enter(w, key);
        if (i == t->n_fields)
            drift_find(w, w->request ? DRIFT_PARAMETER : DRIFT_FIELD, "is not described");
        else
            drift_member(w, &t->fields[i], v, node ? &node->children[i] : NULL);
        drift_leave(w, mark);
    }
}

/* ---- calls and events ---- */

void drift_begin(struct drift *d) {
    d->router = router_new(true);
    d->n_subjects = (size_t)api_n_ops + API_EVENTS + 1;
    d->subjects = calloc(d->n_subjects, sizeof *d->subjects);
    if (!d->subjects || !d->router)
        abort();
    for (size_t i = 0; i < api_n_ops; i++) {
        d->subjects[i].op = &api_ops[i];
        d->subjects[i].name = api_ops[i].name;
    }
    for (size_t i = 0; i < API_EVENTS; i++) {
        d->subjects[api_n_ops + i].event = &api_events[i];
        d->subjects[api_n_ops + i].name = api_events[i].type;
    }
    d->subjects[d->n_subjects - 1].name = STR("calls and events that are not described");
}

void drift_end(struct drift *d) {
    d->router = router_free(d->router);
    free(d->subjects);
    d->subjects = NULL;
    arena_free(&d->arena);
}

static void walk_free(struct drift_walk *w) {
    buf_free(&w->path);
    buf_free(&w->exact);
    arena_free(&w->scratch);
}

/* The path of an operation that is not described, without what may be ids. */
static struct str without_ids(struct str path, struct arena *a) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    path = str_head(path, PATH_MAX_LEN);
    while (!str_is_absent(path)) {
        struct str part = str_cut(&path, '/');
        bool id = part.len > 24;
        for (size_t i = 0; i < part.len && !id; i++)
            id = part.ptr[i] >= '0' && part.ptr[i] <= '9' && i > 0 && part.ptr[0] != 'v';
        buf_add_str(&out, id ? STR(":id") : part);
        if (!str_is_absent(path))
            buf_add_char(&out, '/');
    }
    return arena_dup(a, buf_str(&out));
}

static void find_nowhere(struct drift *d, const struct drift_place *place, struct str path, const char *what) {
    struct drift_walk w = {.d = d, .subject = &d->subjects[d->n_subjects - 1], .place = place};
    w.subject->calls++;
    struct drift_mark mark = drift_enter(&w, path);
    drift_find(&w, DRIFT_OPERATION, "%s", what);
    drift_leave(&w, mark);
    walk_free(&w);
}

/* Paths of the platform; the others (signed links, pages) are none of the descriptions. */
static bool is_of_platform(struct str path) {
    return str_starts(path, STR("/open-apis/")) || str_starts(path, STR("/callback/"));
}

void drift_call(struct drift *d, const struct drift_call *c) {
    struct route route = {.op = c->op};
    d->read++;
    if (!route.op) {
        struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
        int r = router_find(d->router, c->method, c->path, &route);
        if (r < 0 && !is_of_platform(c->path))
            return;
        if (r < 0) {
            struct str path = without_ids(c->path, &scratch);
            find_nowhere(d, &c->place, arena_printf(&scratch, "%.*s %.*s", STR_FMT(c->method), STR_FMT(path)),
                         r == -EPERM ? "this method of the path is not described" : "is not described");
            return;
        }
    }
    struct drift_subject *s = &d->subjects[route.op->index];
    s->calls++;
    drift_answer(d, s, c);
}

bool drift_event(struct drift *d, const json_t *body, const struct drift_place *place) {
    const json_t *type = json_object_get(json_object_get(body, "header"), "event_type"),
                 *event = json_object_get(body, "event");
    if (!json_is_string(type) || !json_is_object(event))
        return false;
    struct str name = {json_string_value(type), json_string_length(type)};
    d->read++;
    for (size_t i = 0; i < API_EVENTS; i++) {
        struct drift_subject *s = &d->subjects[api_n_ops + i];
        if (!str_eq(s->event->type, name))
            continue;
        struct drift_walk w = {.d = d, .subject = s, .place = place};
        s->calls++;
        s->successes++;
        struct drift_mark mark = drift_enter(&w, STR("event"));
        drift_object(&w, s->event->of, event, &s->root);
        drift_leave(&w, mark);
        walk_free(&w);
        return true;
    }
    find_nowhere(d, place, str_head(name, PATH_MAX_LEN), "this type of event is not described");
    return true;
}
