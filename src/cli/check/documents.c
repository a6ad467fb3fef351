/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the documents that hired export does not write: events, interviews' answers, cancelled interviews, what vendors
 * pushed and were told.
 */
#include <stdlib.h>

#include "api_events.h"
#include "api_types.h"
#include "base/array.h"
#include "cli/check/document.h"

#define PAGE 500

/* Statements with the row cli_document. They begin behind the first `keys` of tenant, id, part and name. */
struct documents {
    enum db_statement statement;
    int keys;
    const char *what;
    const struct record_type *type; /* NULL: see type_of() */
    bool optional;                  /* an empty text is no document */
};

static const struct documents all[] = {
    {SQL_CLI_EVENTS, 2, "event", NULL, false},
    {SQL_CLI_INTERVIEWS_CANCELLED, 2, "cancelled interview", &type_interview_extend, false},
    {SQL_CLI_INTERVIEW_ANSWERS, 3, "answers of interview", &type_interview_record_detail_v2, false},
    {SQL_CLI_VENDOR_ACCOUNTS, 2, "vendor account", &type_eco_account_created_v1_event, true},
    {SQL_CLI_VENDOR_FIELDS, 4, "form of vendor", NULL, false},
};

struct place {
    int64_t tenant, id, part;
    struct str name;
};

static const struct record_type *type_of(const struct documents *d, const struct place *at) {
    if (d->statement == SQL_CLI_VENDOR_FIELDS)
        return at->part == 3 ? &type_eco_background_check_custom_field_data : &type_eco_account_custom_field_data;
    for (size_t i = 0; d->statement == SQL_CLI_EVENTS && i < API_EVENTS; i++)
        if (str_eq(api_events[i].type, at->name))
            return api_events[i].of;
    return d->type;
}

static int check_row(struct checking *ck, const struct documents *d, const struct place *at, struct str doc) {
    struct str what = arena_printf(&ck->scratch, "%s %lld", d->what, (long long)at->id);
    bool skip = str_is_empty(doc) ? d->optional : str_eq(doc, STR("{}"));

    ck->tenant = at->tenant;
    return skip ? 1 : document_check(ck, what, type_of(d, at), doc, NULL);
}

/* One page behind *at, which moves. Returns the number of rows or a negative errno. */
static int check_page(struct checking *ck, const struct documents *d, struct place *at, struct buf *name) {
    struct db_query q DB_CLEANUP = db_query(ck->db, d->statement);
    struct place row = *at;
    int rows = 0, r;

    db_bind_int(&q, 1, at->tenant);
    db_bind_int(&q, 2, at->id);
    if (d->keys > 2)
        db_bind_int(&q, 3, at->part);
    if (d->keys > 3)
        db_bind_text(&q, 4, at->name);
    db_bind_int(&q, d->keys + 1, PAGE);
    for (; (r = db_row(&q)) == 1; rows++) {
        row = (struct place){db_int(&q, COL_CLI_DOCUMENT_TENANT), db_int(&q, COL_CLI_DOCUMENT_ID),
                             db_int(&q, COL_CLI_DOCUMENT_PART), db_text(&q, COL_CLI_DOCUMENT_NAME)};
        r = check_row(ck, d, &row, db_text(&q, COL_CLI_DOCUMENT_DOC));
        arena_reset(&ck->scratch);
        if (r < 0)
            return r;
        if (rows == PAGE - 1) { /* the query has at->name bound until it ends */
            struct buf copy = BUF_EMPTY;
            buf_add_str(&copy, row.name);
            row.name = STR("");
            db_query_end(&q);
            buf_free(name);
            *name = copy;
            *at = row;
            at->name = buf_str(name);
            return PAGE;
        }
    }
    return r < 0 ? r : rows;
}

static int check_table(struct checking *ck, const struct documents *d, int64_t *documents) {
    struct place at = {.tenant = INT64_MIN, .id = INT64_MIN, .part = INT64_MIN, .name = STR("")};
    struct buf name BUF_CLEANUP = BUF_EMPTY;
    int rows, r;

    do {
        rows = check_page(ck, d, &at, &name);
        if (rows < 0)
            return rows;
        *documents += rows;
        if ((r = checking_pace(ck)) != 0)
            return r;
    } while (rows == PAGE);
    return 0;
}

int check_documents(struct db *db, const struct record_watch *w, int64_t *documents) {
    struct checking ck = {.db = db, .watch = w};
    int r = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && r == 0; i++)
        r = check_table(&ck, &all[i], documents);
    arena_free(&ck.scratch);
    return r;
}

static int all_tenants(struct db *db, int64_t **ret, size_t *ret_n) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
    int64_t *ids = NULL;
    size_t n = 0, cap = 0;
    int r;

    while ((r = db_row(&q)) == 1) {
        ids = array_grow(ids, n, &cap, sizeof(*ids));
        ids[n++] = db_int(&q, COL_TENANT_ID);
    }
    *ret = ids;
    *ret_n = n;
    return r;
}

int check_all_records(struct db *db, const struct record_watch *w, int64_t *records, int64_t *documents) {
    int64_t *tenants = NULL;
    size_t n = 0;
    int r = all_tenants(db, &tenants, &n);

    for (size_t i = 0; i < n && r == 0; i++)
        r = check_records(db, tenants[i], w, records);
    free(tenants);
    return r == 0 ? check_documents(db, w, documents) : r;
}
