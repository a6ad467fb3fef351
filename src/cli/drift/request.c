/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares the parameters of a request with the description of its operation. Names are always compared; types and
 * values only if the call was accepted, because a refused one says nothing about what the platform takes.
 */
#include "cli/drift/drift.h"
#include "http/http.h"
#include "upstream/disguise.h"

static const struct record_field *field_of(const struct record_type *t, struct str name) {
    for (size_t i = 0; t && i < t->n_fields; i++)
        if (str_eq(t->fields[i].name, name))
            return &t->fields[i];
    return NULL;
}

static void check_parameter(struct drift_walk *w, const struct record_field *f, struct str value, bool accepted) {
    int64_t number;
    if (!f) {
        drift_find(w, DRIFT_PARAMETER, "is not described");
        return;
    }
    if (!accepted || value.len == 0 || str_eq(value, STR(DISGUISED)))
        return;
    if (f->kind == RECORD_INT && str_to_i64(value, &number) < 0)
        drift_find(w, DRIFT_PARAMETER, "is a text and described as an integer");
    else if (f->values && drift_value_index(f, value) < 0 && w->d->show_values)
        drift_find(w, DRIFT_PARAMETER, "has the value \"%.*s\", which is not described", STR_FMT(str_head(value, 64)));
    else if (f->values && drift_value_index(f, value) < 0)
        drift_find(w, DRIFT_PARAMETER, "has a value that is not described");
}

static void check_query(struct drift_walk *w, const struct op *op, struct str query, bool accepted) {
    struct str name, value;
    int r;
    struct drift_mark outer = drift_enter(w, STR("query"));
    while ((r = http_query_next(&query, &w->scratch, &name, &value)) != 0) {
        if (r < 0 || name.len == 0)
            continue;
        struct drift_mark mark = drift_enter(w, name);
        check_parameter(w, field_of(op->query, name), value, accepted);
        drift_leave(w, mark);
    }
    drift_leave(w, outer);
}

/* A body of a refused call: only names. */
static void check_names(struct drift_walk *w, const struct record_type *t, const json_t *object) {
    const char *name;
    json_t *v;
    size_t len;
    json_object_keylen_foreach((json_t *)(uintptr_t)object, name, len, v) {
        struct str key = {name, len};
        const struct record_field *f = field_of(t, key);
        struct drift_mark mark = drift_enter(w, key);
        if (!f)
            drift_find(w, DRIFT_PARAMETER, "is not described");
        else if (f->kind == RECORD_OBJECT && json_is_object(v))
            check_names(w, f->of, v);
        drift_leave(w, mark);
    }
}

void drift_request(struct drift *d, struct drift_subject *s, const struct drift_call *c, bool accepted) {
    struct drift_walk w = {.d = d, .subject = s, .place = &c->place, .request = true};
    struct str why;
    if (!str_is_empty(c->query))
        check_query(&w, s->op, c->query, accepted);
    if (s->op->body_kind == OP_BODY_JSON && s->op->body && !str_is_empty(c->request) && !c->request_cut) {
        json_t *v = record_parse(c->request, &w.scratch, &why);
        struct drift_mark mark = drift_enter(&w, STR("body"));
        if (json_is_object(v) && accepted)
            drift_object(&w, s->op->body, v, NULL);
        else if (json_is_object(v))
            check_names(&w, s->op->body, v);
        drift_leave(&w, mark);
        json_decref(v);
    }
    buf_free(&w.path);
    buf_free(&w.exact);
    arena_free(&w.scratch);
}
