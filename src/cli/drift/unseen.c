/* SPDX-License-Identifier: Apache-2.0
 *
 * What is described and was not seen.
 */
#include <stdio.h>

#include "cli/drift/drift.h"

struct search {
    drift_unseen_fn fn;
    void *ctx;
    struct buf path;
};

static void each_value(struct search *s, const struct record_field *f, const struct drift_node *node) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    for (int i = 0; i < 64 && !str_is_absent(f->values[i]); i++) {
        if (node->values & ((uint64_t)1 << i))
            continue;
        text.len = 0;
        buf_add_str(&text, buf_str(&s->path));
        buf_add_lit(&text, " = ");
        buf_add_str(&text, f->values[i]);
        s->fn(s->ctx, "value", buf_str(&text), node->seen);
    }
}

/* Fields below an object that was never seen are not listed: the object is. */
static void each_field(struct search *s, const struct record_type *t, const struct drift_node *node) {
    for (size_t i = 0; node->children && i < t->n_fields; i++) {
        const struct record_field *f = &t->fields[i];
        const struct drift_node *child = &node->children[i];
        size_t before = s->path.len;
        if (before > 0)
            buf_add_char(&s->path, '.');
        buf_add_str(&s->path, f->name);
        if (f->list)
            buf_add_lit(&s->path, "[]");
        if (child->seen == 0)
            s->fn(s->ctx, "field", buf_str(&s->path), node->objects);
        else if (f->kind == RECORD_OBJECT)
            each_field(s, f->of, child);
        else if (f->values)
            each_value(s, f, child);
        s->path.len = before;
    }
}

static void each_code(struct search *s, const struct drift_subject *subject) {
    char text[64];
    for (const struct op_error *e = subject->op ? subject->op->errors : NULL; e && e->code != 0; e++) {
        bool seen = false;
        for (size_t i = 0; i < subject->n_codes; i++)
            seen = seen || subject->codes[i].code == e->code;
        snprintf(text, sizeof text, "%d (HTTP %u)", e->code, e->http);
        if (!seen)
            s->fn(s->ctx, "code", str_of(text), subject->calls);
    }
}

void drift_each_unseen(const struct drift_subject *subject, drift_unseen_fn fn, void *ctx) {
    struct search s = {.fn = fn, .ctx = ctx};
    const struct record_type *t = subject->op ? subject->op->data : subject->event ? subject->event->of : NULL;
    if (subject->event)
        buf_add_lit(&s.path, "event");
    else if (subject->op && !subject->op->flat)
        buf_add_lit(&s.path, "data");
    if (t)
        each_field(&s, t, &subject->root);
    each_code(&s, subject);
    buf_free(&s.path);
}
