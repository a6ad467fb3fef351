/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers of the open API share: the caller as the domain's actor, pages, filters.
 */
#include "handlers/handlers.h"
#include "base/json.h"

struct hire hire_of(struct call *c) {
    struct hire h = domain_of(c);

    h.actor_kind = ACTOR_APP;
    h.actor_id = c->app->id;
    h.only_app = c->app->vendor_bound ? c->app->id : 0;
    return h;
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

void page_cut(struct page *p, int64_t a, int64_t b) {
    p->cut = true;
    p->last_a = a;
    p->last_b = b;
}

void page_end(struct page *p, const struct page_key *from) {
    json_end(p->c->out, ']');
    call_write_page_end(p->c, p->cut || p->n > p->limit, p->last_a, p->last_b, from);
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
