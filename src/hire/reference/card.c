/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of people and jobs for lists and search, and the members of their records that lists show.
 */
#include "hire/reference/card.h"

#include <stddef.h>

#include "base/array.h"
#include "base/fold.h"
#include "base/id.h"
#include "hire/reference/reference.h"

#define TEXT(s, m)                                                                                                     \
    { .name = STR_INIT(#m), .kind = RECORD_STRING, .offset = offsetof(struct s, m) }
#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct record_field place_fields[] = {TEXT(card_place, zh_name), TEXT(card_place, en_name)};
static const struct record_type type_place = {STR_INIT("place"), sizeof(struct card_place), place_fields,
                                              N(place_fields), 0};

#define PLACE(s, m)                                                                                                    \
    { .name = STR_INIT(#m), .kind = RECORD_OBJECT, .offset = offsetof(struct s, m), .of = &type_place }

static const struct record_field person_fields[] = {
    TEXT(person_card, name),
    TEXT(person_card, mobile_code),
    TEXT(person_card, mobile),
    TEXT(person_card, email),
    PLACE(person_card, current_city),
    {.name = STR_INIT("experience_years"),
     .kind = RECORD_INT,
     .offset = offsetof(struct person_card, experience_years)},
};
static const struct record_type type_person = {STR_INIT("person"), sizeof(struct person_card), person_fields,
                                               N(person_fields), 0};

struct talent_part {
    struct person_card *basic_info;
};
static const struct record_field talent_fields[] = {
    {.name = STR_INIT("basic_info"),
     .kind = RECORD_OBJECT,
     .offset = offsetof(struct talent_part, basic_info),
     .of = &type_person},
};
static const struct record_type type_talent = {STR_INIT("talent"), sizeof(struct talent_part), talent_fields, 1, 0};

static const struct record_field job_fields[] = {TEXT(job_card, title), TEXT(job_card, code),
                                                 PLACE(job_card, department), PLACE(job_card, city)};
static const struct record_type type_job = {STR_INIT("job"), sizeof(struct job_card), job_fields, N(job_fields), 0};

static int read_person(struct hire *h, struct str doc, struct person_card *ret) {
    struct talent_part talent = {0};
    int r = record_read_stored(&type_talent, &talent, doc, h->arena);

    *ret = talent.basic_info ? *talent.basic_info : (struct person_card){0};
    return r;
}

int person_card_get(struct hire *h, int64_t talent, struct person_card *ret) {
    struct str doc;
    int r = reference_get(h, STR("talent"), hire_text(h, talent), &doc);

    if (r == 1 && (r = read_person(h, doc, ret)) == 0)
        r = 1;
    return r;
}

int job_card_get(struct hire *h, int64_t job, struct job_card *ret) {
    struct str doc;
    int r = reference_get(h, STR("job"), hire_text(h, job), &doc);

    *ret = (struct job_card){0};
    if (r == 1 && (r = record_read_stored(&type_job, ret, doc, h->arena)) == 0)
        r = 1;
    return r;
}

/* ---- names ---- */

int card_set_name(struct hire *h, struct str kind, int64_t id, struct str name, bool searchable) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REFERENCE_NAME_PUT);
    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, kind);
    db_bind_int(&q, 3, id);
    db_bind_text(&q, 4, name);
    db_bind_text(&q, 5, searchable ? text_fold(name, h->arena) : STR(""));
    int r = db_post(&q);
    return r < 0 ? r : 0;
}

int card_read_name(struct hire *h, struct str kind, struct str stored_doc, struct str *ret) {
    struct person_card person = {0};
    struct job_card job = {0};
    int r = 0;

    *ret = STR_ABSENT;
    if (str_eq(kind, STR("talent")))
        r = read_person(h, stored_doc, &person);
    else if (str_eq(kind, STR("job")))
        r = record_read_stored(&type_job, &job, stored_doc, h->arena);
    else
        return 0;
    *ret = str_is_absent(person.name) ? job.title : person.name;
    if (str_is_absent(*ret))
        *ret = STR("");
    return r;
}

int card_keep_name(struct hire *h, struct str kind, struct str id, struct str stored_doc) {
    struct str name;
    int64_t number;
    int r = card_read_name(h, kind, stored_doc, &name);

    if (r < 0 || str_is_absent(name) || id_parse(id, &number) < 0)
        return r;
    return card_set_name(h, kind, number, name, true);
}

int card_name(struct hire *h, struct str kind, int64_t id, struct str *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REFERENCE_NAME_GET);
    int r;

    *ret = STR_ABSENT;
    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, kind);
    db_bind_int(&q, 3, id);
    r = db_row(&q);
    if (r == 1)
        *ret = arena_dup(h->arena, db_text(&q, COL_REFERENCE_NAME_GET_NAME));
    return r < 0 ? r : 0;
}

/* The text folded and without leading and trailing blanks, also those of full width. */
static struct str folded(struct hire *h, struct str text) {
    return str_trim(text_fold(text, h->arena));
}

/* A LIKE pattern that finds the folded text anywhere; the special characters of LIKE are escaped. */
static struct str pattern(struct hire *h, struct str text) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    buf_add_char(&out, '%');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' || text.ptr[i] == '_' || text.ptr[i] == '\\')
            buf_add_char(&out, '\\');
        buf_add_char(&out, text.ptr[i]);
    }
    buf_add_char(&out, '%');
    return arena_dup(h->arena, buf_str(&out));
}

static void add_id(struct hire *h, struct id_list *list, size_t *cap, int64_t id) {
    list->v = arena_array_grow(h->arena, list->v, list->n, cap, sizeof(*list->v));
    list->v[list->n++] = id;
}

int card_search(struct hire *h, struct str kind, struct str text, size_t max, struct card_found *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REFERENCE_NAME_SEARCH);
    size_t cap = 0;
    int r;

    *ret = (struct card_found){.part = folded(h, text)};
    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, kind);
    db_bind_text(&q, 3, pattern(h, ret->part));
    while ((r = db_row(&q)) == 1) {
        if (ret->ids.n == max) {
            ret->more = true;
            return 0;
        }
        add_id(h, &ret->ids, &cap, db_int(&q, COL_REFERENCE_NAME_SEARCH_ID));
    }
    return r;
}

int card_is_found(struct hire *h, struct str kind, const struct card_found *found, int64_t id) {
    int r;

    if (!found->more || id_list_has(&found->ids, id))
        return id_list_has(&found->ids, id);
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_REFERENCE_NAME_GET);
    db_bind_int(&q, 1, h->tenant);
    db_bind_text(&q, 2, kind);
    db_bind_int(&q, 3, id);
    r = db_row(&q);
    return r <= 0 ? r : text_holds(db_text(&q, COL_REFERENCE_NAME_GET_SEARCH), found->part);
}

int card_search_vendors(struct hire *h, struct str text, struct id_list *ret) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_VENDOR_ACCOUNT_NAMES);

    struct str part = folded(h, text);
    size_t cap = 0;
    int r;

    *ret = (struct id_list){0};
    db_bind_int(&q, 1, h->tenant);
    while ((r = db_row(&q)) == 1) {
        static const int names[] = {COL_VENDOR_ACCOUNT_NAMES_PROVIDER_ZH, COL_VENDOR_ACCOUNT_NAMES_PROVIDER_EN,
                                    COL_VENDOR_ACCOUNT_NAMES_NAME};
        bool found = false;
        for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++)
            found = text_holds(text_fold(db_text(&q, names[i]), h->arena), part);
        if (found)
            add_id(h, ret, &cap, db_int(&q, COL_VENDOR_ACCOUNT_NAMES_ID));
    }
    return r;
}

bool id_list_has(const struct id_list *list, int64_t id) {
    size_t low = 0, high = list->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->v[middle] == id)
            return true;
        if (list->v[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
