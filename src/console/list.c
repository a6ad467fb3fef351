/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of lists.
 */
#include "console/list.h"

#include "base/json.h"

int list_begin(struct list *l, struct call *c, struct opt_int page_size, struct str page_token, const int64_t *filters,
               size_t n_filters, struct str text_filter) {
    struct buf bound BUF_CLEANUP = BUF_EMPTY;
    *l = (struct list){.c = c, .h = console_hire(c), .limit = page_size.set ? (int)page_size.v : 10};
    buf_add(&bound, filters, n_filters * sizeof *filters);
    buf_add_str(&bound, text_filter);
    int r = call_page_open(c, page_token, arena_dup(c->arena, buf_str(&bound)), &l->from);
    if (r < 0)
        return r;
    if (str_is_empty(page_token))
        l->from.a = l->from.b = INT64_MAX;
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    return 0;
}

bool list_add(struct list *l, int64_t a, int64_t b) {
    if (l->n++ == l->limit)
        return false;
    l->last_a = a;
    l->last_b = b;
    return true;
}

int list_write(struct list *l, struct db_query *q, const struct list_rows *rows) {
    int r;
    while ((r = db_row(q)) == 1) {
        if (rows->wants && !rows->wants(rows->ctx, q))
            continue;
        if (!list_add(l, db_int(q, rows->a), rows->b < 0 ? 0 : db_int(q, rows->b)))
            break;
        if ((r = rows->write(l, rows->ctx, q)) < 0)
            return r;
    }
    return r < 0 ? r : 0;
}

void list_cut(struct list *l, int64_t a, int64_t b) {
    l->cut = true;
    l->last_a = a;
    l->last_b = b;
}

void list_end(struct list *l) {
    json_end(l->c->out, ']');
    call_write_page_end(l->c, l->cut || l->n > l->limit, l->last_a, l->last_b, &l->from);
    json_end(l->c->out, '}');
}
