/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists that go backwards in time.
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

void list_end(struct list *l) {
    json_end(l->c->out, ']');
    call_write_page_end(l->c, l->n > l->limit, l->last_a, l->last_b, &l->from);
    json_end(l->c->out, '}');
}

int write_subject(struct call *c, struct hire *h, int64_t application) {
    struct str name;
    int64_t talent, job;
    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CONSOLE_APPLICATION_SUBJECT);
        db_bind_int(&q, 1, c->tenant);
        db_bind_int(&q, 2, application);
        int r = db_row(&q);
        if (r <= 0)
            return r;
        talent = db_int(&q, COL_CONSOLE_APPLICATION_SUBJECT_TALENT_ID);
        job = db_int(&q, COL_CONSOLE_APPLICATION_SUBJECT_JOB_ID);
    }
    int r = card_name(h, STR("talent"), talent, &name);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("talent_name"), name);
    r = card_name(h, STR("job"), job, &name);
    if (r < 0)
        return r;
    json_member_str(c->out, STR("job_title"), name);
    return 0;
}
