/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers share: from a call to the domain and back.
 */
#include "handlers/handlers.h"
#include "base/id.h"
#include "base/json.h"

enum { CODE_ORDER_STATE = 1002858, CODE_NO_ORDER = 1002862 };

struct hire hire_of(struct call *c) {
    return (struct hire){
        .db = c->db,
        .arena = c->arena,
        .now_ms = c->now_ms,
        .tenant = c->tenant,
        .actor_kind = ACTOR_APP,
        .actor_id = c->app->id,
        .only_app = c->app->vendor_bound ? c->app->id : 0,
        .private_addresses = c->private_addresses,
    };
}

/* The platform's code for a refusal, or parameter_code if the operation does not document that code. */
static int code_of(const struct op *op, enum hire_refusal refusal, int parameter_code) {
    static const int codes[] = {
        [REFUSED_NO_TALENT] = 1002102,    [REFUSED_NO_APPLICATION] = 1002201, [REFUSED_NO_STAGE] = 1002204,
        [REFUSED_SIMILAR] = 1002206,      [REFUSED_ONBOARDED] = 1002209,      [REFUSED_LOCKED] = 1002210,
        [REFUSED_TARGET_STAGE] = 1002211, [REFUSED_MOVE] = 1002212,           [REFUSED_PRESENT_STAGE] = 1002220,
        [REFUSED_TERMINATED] = 1002221,   [REFUSED_OTHER_EMPLOYEE] = 1002222, [REFUSED_OTHER_TALENT] = 1002223,
        [REFUSED_NO_EMPLOYEE] = 1002224,  [REFUSED_NOT_TERMINATED] = 1002225, [REFUSED_NO_SOURCE] = 1002512,
    };
    int code = (size_t)refusal < sizeof codes / sizeof *codes ? codes[refusal] : 0;
    for (const struct op_error *e = op->errors; code != 0 && e->code != 0; e++)
        if (e->code == code)
            return code;
    return parameter_code;
}

int call_from_hire_as(struct call *c, const struct hire *h, int result, int parameter_code) {
    if (result != HIRE_REFUSED)
        return result < 0 ? result : 0;
    switch (h->refusal) {
    case REFUSED_NO_ORDER:
        return call_fail(c, CODE_NO_ORDER, "%.*s", STR_FMT(h->why));
    case REFUSED_STATE:
        return call_fail(c, CODE_ORDER_STATE, "%.*s", STR_FMT(h->why));
    default:
        return call_fail(c, code_of(c->op, h->refusal, parameter_code), "%.*s", STR_FMT(h->why));
    }
}

int call_from_hire(struct call *c, const struct hire *h, int result) {
    return call_from_hire_as(c, h, result, CODE_PARAMETER);
}

int page_limit(struct opt_int page_size) {
    return page_size.set ? (int)page_size.v : 10;
}

int call_write_typed(struct call *c, const struct record_type *type, struct str doc, struct buf *out) {
    void *record = arena_alloc(c->arena, type->size);
    int r = record_read_stored(type, record, doc, c->arena);
    if (r == 0)
        call_write_record(c, type, record, out);
    return r;
}

int call_user(struct call *c, struct str id, int64_t *ret_uid) {
    int r = call_user_find(c, id, ret_uid);
    return r == -ENOENT ? call_fail_users(c, &id, 1) : r;
}

void page_begin_as(struct page *p, struct call *c, struct str member, int limit) {
    *p = (struct page){.c = c, .reader = call_reader(c), .limit = limit};
    json_begin(c->out, '{');
    json_key(c->out, member);
    json_begin(c->out, '[');
}

void page_begin(struct page *p, struct call *c, int limit) {
    page_begin_as(p, c, STR("items"), limit);
}

int page_add_typed(struct page *p, int64_t a, const struct record_type *type, struct str doc) {
    if (p->n++ >= p->limit)
        return 1;
    p->last_a = a;
    int r = call_write_typed(p->c, type, doc, p->c->out);
    return r < 0 ? r : 1;
}

void page_add(void *page, int64_t a, int64_t b, struct str doc) {
    struct page *p = page;
    if (p->n++ >= p->limit)
        return;
    if (p->n > 1)
        buf_add_char(p->c->out, ',');
    record_splice(&p->reader, doc, p->c->out);
    p->last_a = a;
    p->last_b = b;
}

void page_end(struct page *p, const struct page_key *from) {
    json_end(p->c->out, ']');
    call_write_page_end(p->c, p->n > p->limit, p->last_a, p->last_b, from);
    json_end(p->c->out, '}');
}

struct str filter_bytes(struct call *c, const int64_t *filters, size_t n) {
    return arena_dup(c->arena, (struct str){(const char *)filters, n * sizeof *filters});
}

int filter_time(struct call *c, const char *name, struct str text, int64_t *ret) {
    if (str_is_empty(text))
        return 0;
    struct hire h = hire_of(c);
    return call_from_hire(c, &h, hire_time_any(&h, name, text, ret));
}
