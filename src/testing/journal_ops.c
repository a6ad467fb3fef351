/* SPDX-License-Identifier: Apache-2.0
 *
 * The operations that read the journal, wait for it and compare it with what is expected.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/clock.h"
#include "base/json.h"
#include "gateway/answer.h"
#include "gateway/caller/app.h"
#include "gateway/caller/tenant.h"
#include "testing/journal_match.h"
#include "testing/names.h"
#include "testing/toolbox.h"

#define BATCH 64
#define TURN_MS 200   /* how often a request that waits looks whether the server ends */
#define OTHERS_MAX 20 /* entries that a diff lists */
#define LIMIT 100

/* ---- what is asked for ---- */

/* The calls for tokens belong to an app and to no tenant: finds the tenant's apps. */
static int find_apps(struct call *c, struct journal_filter *f) {
    struct app_row *rows;
    struct db *db;
    struct str why;
    int r = db_open(&db, c->toolbox->o.db, DB_READ, c->arena, &why);
    if (r < 0)
        return r;
    r = app_list(db, f->tenant, c->arena, &rows, &f->n_apps);
    db_close(db);
    if (r < 0)
        return r;
    struct str *apps = arena_array(c->arena, struct str, f->n_apps + 1);
    for (size_t i = 0; i < f->n_apps; i++)
        apps[i] = rows[i].app_id;
    f->apps = apps;
    return 0;
}

static int read_filter(struct call *c, struct str tenant_key, struct str app_id, struct journal_filter *f) {
    *f = (struct journal_filter){.app_id = app_id, .of_tenant = !str_is_empty(tenant_key)};
    int r = names_tenant(c, tenant_key, &f->tenant);
    return r < 0 || !f->of_tenant ? r : find_apps(c, f);
}

/* A name that no entry can have is refused: a test that looks for none would always pass. */
static int check_names(struct call *c, struct str operation, struct str event_type) {
    const struct op *op;
    int r = str_is_empty(operation) ? 0 : names_operation(c, operation, &op);
    return r < 0 || str_is_empty(event_type) ? r : names_event(c, event_type);
}

static struct str member_text(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? str_of(text) : STR_ABSENT;
}

static int check_expected(struct call *c, const json_t *expected) {
    return check_names(c, member_text(expected, "operation"), member_text(expected, "event_type"));
}

/* Waits for a further entry. Returns false if the time is over or the server ends. */
static bool wait_more(struct call *c, int64_t last, int64_t end_ms) {
    int64_t left = end_ms - clock_mono_ns() / 1000000;
    if (left <= 0 || !toolbox_sleep(c->toolbox, 0))
        return false;
    journal_wait(c->toolbox->journal, last, left < TURN_MS ? (unsigned)left : TURN_MS);
    return true;
}

static int64_t end_of(const struct opt_int *timeout_ms) {
    return clock_mono_ns() / 1000000 + (timeout_ms->set ? timeout_ms->v : 0);
}

/* ---- writing entries ---- */

/* tenant_keys that were looked up for this answer. */
struct keys {
    struct db *db;
    struct {
        int64_t tenant;
        struct str key;
    } known[64];
    size_t n;
};

static struct str key_of(struct call *c, struct keys *k, int64_t tenant) {
    struct tenant_row row;
    struct str why;
    for (size_t i = 0; i < k->n; i++)
        if (k->known[i].tenant == tenant)
            return k->known[i].key;
    if (tenant == 0 || (!k->db && db_open(&k->db, c->toolbox->o.db, DB_READ, c->arena, &why) < 0) ||
        tenant_get(k->db, tenant, c->arena, &row) != 1)
        return STR_ABSENT;
    if (k->n < sizeof k->known / sizeof *k->known) {
        k->known[k->n].tenant = tenant;
        k->known[k->n++].key = row.tenant_key;
    }
    return row.tenant_key;
}

static void write_entry(struct call *c, struct keys *k, const struct journal_entry *e) {
    json_begin(c->out, '{');
    json_member_int(c->out, STR("number"), e->key.number);
    json_member_int(c->out, STR("time_ms"), e->key.time_ms);
    json_member_str(c->out, STR("tenant_key"), key_of(c, k, e->key.tenant));
    json_comma(c->out);
    buf_add_str(c->out, e->json);
    json_end(c->out, '}');
}

/* ---- finding ---- */

struct search {
    struct journal_filter filter;
    json_t *match;           /* NULL: none */
    struct str field, value; /* field absent: none */
    size_t limit, wanted;
    int64_t last;
    struct journal_entry *found;
    size_t n;
};

static bool is_found(const struct search *s, const struct journal_entry *e) {
    if (!s->match && str_is_empty(s->field))
        return true;
    json_t *entry = match_entry(e);
    bool fits = (!s->match || match_differences(s->match, entry, NULL) == 0) &&
                (str_is_empty(s->field) || match_field(entry, s->field, s->value));
    json_decref(entry);
    return fits;
}

/* Looks at the entries that have come since. */
static void search_on(struct call *c, struct search *s) {
    for (;;) {
        struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
        struct journal_entry *batch;
        size_t n = journal_read(c->toolbox->journal, &s->filter, s->last, BATCH, &scratch, &batch, &s->last);
        for (size_t i = 0; i < n; i++) {
            if (!is_found(s, &batch[i]))
                continue;
            s->found[s->n] = batch[i];
            s->found[s->n++].json = arena_dup(c->arena, batch[i].json);
            if (s->n == s->limit) {
                s->last = batch[i].key.number;
                return;
            }
        }
        if (n < BATCH)
            return;
    }
}

static int read_match(struct call *c, struct str text, json_t **ret) {
    struct str why;
    if (str_is_empty(text))
        return 0;
    *ret = record_parse(text, c->arena, &why);
    if (!*ret)
        return call_fail(c, CODE_PARAMETER, "match is not JSON: %.*s", STR_FMT(why));
    if (!json_is_object(*ret))
        return call_fail(c, CODE_PARAMETER, "match is not an object");
    struct str unknown = match_unknown(*ret);
    if (!str_is_absent(unknown))
        return call_fail(c, CODE_PARAMETER, "match has the member \"%.*s\", which no entry has", STR_FMT(unknown));
    return check_expected(c, *ret);
}

static int read_search(struct call *c, const struct test_journal_list_query *in, struct search *s) {
    int r = read_filter(c, in->tenant_key, in->app_id, &s->filter);
    if (r < 0)
        return r;
    if (!str_is_empty(in->operation) && !str_is_empty(in->event_type))
        return call_fail(c, CODE_PARAMETER, "an entry has operation or event_type, not both");
    if (!str_is_absent(in->value) && str_is_empty(in->field))
        return call_fail(c, CODE_PARAMETER, "value is with field");
    r = check_names(c, in->operation, in->event_type);
    if (r < 0)
        return r;
    bool event = !str_is_empty(in->event_type) || str_eq(in->kind, STR("event"));
    bool call = !str_is_empty(in->operation) || str_eq(in->kind, STR("call"));
    s->filter.kind = event ? JOURNAL_EVENT : call ? JOURNAL_CALL : 0;
    s->filter.name = str_is_empty(in->operation) ? in->event_type : in->operation;
    s->filter.has_code = in->code.set;
    s->filter.code = in->code.v;
    s->filter.has_status = in->status.set;
    s->filter.status = in->status.v;
    s->field = in->field;
    s->value = in->value;
    s->last = in->after.v;
    s->limit = in->limit.set ? (size_t)in->limit.v : LIMIT;
    s->wanted = in->count.set ? (size_t)in->count.v : 1;
    if (s->wanted > s->limit)
        return call_fail(c, CODE_PARAMETER, "count is above limit");
    s->found = arena_array(c->arena, struct journal_entry, s->limit);
    return read_match(c, in->match, &s->match);
}

int handle_test_journal_list(struct call *c) {
    const struct test_journal_list_query *in = c->query;
    struct search s = {.n = 0};
    struct keys keys = {.n = 0};
    int64_t last, dropped, end_ms = end_of(&in->timeout_ms);
    int r = read_search(c, in, &s);
    if (r == 0) {
        do
            search_on(c, &s);
        while (s.n < s.wanted && wait_more(c, s.last, end_ms));
        journal_numbers(c->toolbox->journal, &last, &dropped);
        json_begin(c->out, '{');
        json_key(c->out, STR("items"));
        json_begin(c->out, '[');
        for (size_t i = 0; i < s.n; i++)
            write_entry(c, &keys, &s.found[i]);
        json_end(c->out, ']');
        json_member_int(c->out, STR("last"), s.last);
        json_member_int(c->out, STR("dropped"), dropped);
        json_end(c->out, '}');
        db_close(keys.db);
    }
    json_decref(s.match);
    return r;
}

/* ---- expecting ---- */

struct expectation {
    json_t **expected;
    struct str *texts;
    size_t n, met;
    int64_t *numbers;
    struct journal_filter filter;
    int64_t last;       /* looked at */
    unsigned fewest;    /* differences of the closest entry since the last one that fits; 0: there was none */
    struct buf closest; /* which it is, and what differs */
    struct buf others;  /* what came since */
    unsigned n_others;
};

static void begin_next(struct expectation *x) {
    x->fewest = 0;
    x->closest.len = x->others.len = 0;
    x->n_others = 0;
}

static void look_at(struct expectation *x, const struct journal_entry *e) {
    json_t *entry = match_entry(e);
    unsigned n = match_differences(x->expected[x->met], entry, NULL);
    if (n == 0) {
        x->numbers[x->met++] = e->key.number;
        begin_next(x);
    } else {
        if (x->fewest == 0 || n < x->fewest) {
            x->fewest = n;
            x->closest.len = 0;
            buf_add_lit(&x->closest, "    the closest is ");
            match_tell(e, &x->closest);
            buf_add_lit(&x->closest, ":\n");
            match_differences(x->expected[x->met], entry, &x->closest);
        }
        if (x->n_others++ < OTHERS_MAX) {
            buf_add_lit(&x->others, "    ");
            match_tell(e, &x->others);
            buf_add_char(&x->others, '\n');
        }
    }
    json_decref(entry);
}

static void look_on(struct call *c, struct expectation *x) {
    for (;;) {
        struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
        struct journal_entry *batch;
        size_t n = journal_read(c->toolbox->journal, &x->filter, x->last, BATCH, &scratch, &batch, &x->last);
        for (size_t i = 0; i < n && x->met < x->n; i++)
            look_at(x, &batch[i]);
        if (n < BATCH || x->met == x->n)
            return;
    }
}

static void write_diff(const struct expectation *x, struct buf *out) {
    for (size_t i = 0; i < x->n; i++) {
        buf_printf(out, "%zu. ", i + 1);
        if (i < x->met)
            buf_printf(out, "#%lld  ", (long long)x->numbers[i]);
        else
            buf_add_str(out, i == x->met ? STR("MISSING  ") : STR("not looked for  "));
        buf_add_str(out, str_head(x->texts[i], 300));
        buf_add_char(out, '\n');
        if (i != x->met)
            continue;
        buf_add_str(out, buf_str(&x->closest));
        if (x->n_others == 0)
            buf_printf(out, "    no entry came%s\n", i > 0 ? " since" : "");
        else
            buf_printf(out, "    %u entries came%s:\n", x->n_others, i > 0 ? " since" : "");
        buf_add_str(out, buf_str(&x->others));
        if (x->n_others > OTHERS_MAX)
            buf_printf(out, "    and %u more\n", x->n_others - OTHERS_MAX);
    }
}

static void write_result(struct call *c, const struct expectation *x) {
    struct buf diff BUF_CLEANUP = BUF_EMPTY;
    json_begin(c->out, '{');
    json_member_bool(c->out, STR("met"), x->met == x->n);
    json_key(c->out, STR("numbers"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < x->met; i++)
        json_int(c->out, x->numbers[i]);
    json_end(c->out, ']');
    if (x->met < x->n) {
        write_diff(x, &diff);
        json_member_str(c->out, STR("diff"), buf_str(&diff));
    }
    json_end(c->out, '}');
}

static int read_expected(struct call *c, const struct test_journal_expect_body *in, struct expectation *x) {
    x->n = in->expected.n;
    x->texts = in->expected.v;
    x->last = in->after.v;
    x->expected = arena_array(c->arena, json_t *, x->n + 1);
    x->numbers = arena_array(c->arena, int64_t, x->n + 1);
    for (size_t i = 0; i < x->n; i++) {
        struct str why;
        x->expected[i] = record_parse(x->texts[i], c->arena, &why);
        if (!x->expected[i])
            return call_fail(c, CODE_PARAMETER, "expected[%zu]: %.*s", i, STR_FMT(why));
        struct str unknown = match_unknown(x->expected[i]);
        if (!str_is_absent(unknown))
            return call_fail(c, CODE_PARAMETER, "expected[%zu] has the member \"%.*s\", which no entry has", i,
                             STR_FMT(unknown));
        int r = check_expected(c, x->expected[i]);
        if (r < 0)
            return r;
    }
    return read_filter(c, in->tenant_key, in->app_id, &x->filter);
}

int handle_test_journal_expect(struct call *c) {
    const struct test_journal_expect_body *in = c->body;
    struct expectation x = {.n = 0};
    int64_t end_ms = end_of(&in->timeout_ms);
    int r = read_expected(c, in, &x);
    if (r == 0) {
        do
            look_on(c, &x);
        while (x.met < x.n && wait_more(c, x.last, end_ms));
        write_result(c, &x);
    }
    for (size_t i = 0; i < x.n; i++)
        json_decref(x.expected[i]);
    buf_free(&x.closest);
    buf_free(&x.others);
    return r;
}

/* ---- emptying ---- */

int handle_test_journal_clear(struct call *c) {
    const struct test_journal_clear_query *in = c->query;
    struct journal_filter f;
    int r = read_filter(c, in->tenant_key, in->app_id, &f);
    if (r < 0)
        return r;
    const struct test_journal_clear_data data = {.removed = SET_INT((int64_t)journal_clear(c->toolbox->journal, &f))};
    record_write(&type_test_journal_clear_data, &data, 0, c->out);
    return 0;
}
