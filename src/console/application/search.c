/* SPDX-License-Identifier: Apache-2.0
 *
 * The console's list of applications: search by the name of the person or the job, and filters.
 *
 * Usually a text is in few names: the applications of these people and jobs are read by index, and the newest make the
 * page. Otherwise the list of all applications is walked and its entries are tested. A walk that has looked at LOOK_MAX
 * entries ends early: its page is shorter, and the next page continues there.
 */
#include "console/application/search.h"

#include "console/application/row.h"
#include "console/key_list.h"
#include "hire/reference/card.h"

enum {
    NAMES_MAX = 2000, /* most people, and most jobs, whose applications are read by index */
    FEW = 5000,       /* most applications that are read so */
    LOOK_MAX = 20000, /* entries that a walk looks at, some milliseconds */
};

struct searching {
    struct list *l;
    const struct application_search *in;
    struct job_processes_list processes; /* for the names of stages */
    struct card_found people, jobs;
    struct key_list found; /* by update_time and id */
    size_t looked;
};

static bool fits(const struct application_search *in, int64_t job, int64_t status, struct str stage_id) {
    return (in->job == 0 || job == in->job) && (in->status == 0 || status == in->status) &&
           (str_is_empty(in->stage_id) || str_eq(stage_id, in->stage_id));
}

static int write_one(struct searching *s, const struct db_query *q) {
    struct application_row row;

    read_application_row(s->l->c, q, &row);
    return write_application_row(s->l->c, &s->l->h, &s->processes, &row, STR_ABSENT);
}

/* ---- few applications: read by index ---- */

/* Adds the applications of a person or job. Returns 1, 0 if it has too many, or < 0. */
static int meet(struct searching *s, enum db_statement which, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(s->l->c->db, which);
    const struct page_key before = s->l->from;
    int r;

    db_bind_int(&q, 1, s->l->c->tenant);
    db_bind_int(&q, 2, -1);
    db_bind_int(&q, 3, id);
    db_bind_int(&q, 4, FEW + 1);
    while ((r = db_row(&q)) == 1) {
        const struct list_key key = {db_int(&q, COL_APPLICATION_KEY_UPDATE_TIME), db_int(&q, COL_APPLICATION_KEY_ID)};

        if (++s->looked > FEW)
            return 0;
        if ((key.a < before.a || (key.a == before.a && key.b < before.b)) &&
            fits(s->in, db_int(&q, COL_APPLICATION_KEY_JOB_ID), db_int(&q, COL_APPLICATION_KEY_ACTIVE_STATUS),
                 db_text(&q, COL_APPLICATION_KEY_STAGE_ID)))
            key_list_add(&s->found, key);
    }
    return r < 0 ? r : 1;
}

/* Adds the applications of all that have the text in their name. Returns 1, 0 if there are too many, or < 0. */
static int meet_each(struct searching *s, struct str kind, enum db_statement which, struct card_found *names) {
    int r = card_search(&s->l->h, kind, s->in->text, NAMES_MAX, names);

    if (r == 0)
        r = !names->more;
    for (size_t i = 0; i < names->ids.n && r == 1; i++)
        r = meet(s, which, names->ids.v[i]);
    return r;
}

static int write_found(struct searching *s) {
    int r = 0;

    for (size_t i = 0; i < s->found.n && r >= 0 && list_add(s->l, s->found.v[i].a, s->found.v[i].b); i++) {
        struct db_query q DB_CLEANUP = db_query(s->l->c->db, SQL_CONSOLE_APPLICATION);
        db_bind_int(&q, 1, s->l->c->tenant);
        db_bind_int(&q, 2, s->found.v[i].b);
        r = db_row(&q);
        if (r == 1)
            r = write_one(s, &q);
    }
    return r < 0 ? r : 0;
}

/* ---- many: walked ---- */

/* Returns 1 if the text is in the name of the person or the job, 0 or < 0. */
static int is_named(struct searching *s, const struct db_query *q) {
    int r;

    if (str_is_empty(s->in->text))
        return 1;
    r = card_is_found(&s->l->h, STR("job"), &s->jobs, db_int(q, COL_CONSOLE_APPLICATION_JOB_ID));
    if (r == 0)
        r = card_is_found(&s->l->h, STR("talent"), &s->people, db_int(q, COL_CONSOLE_APPLICATION_TALENT_ID));
    return r;
}

static int walk(struct searching *s) {
    struct db_query q DB_CLEANUP = db_query(s->l->c->db, SQL_CONSOLE_APPLICATIONS);
    int r;

    db_bind_int(&q, 1, s->l->c->tenant);
    db_bind_int(&q, 2, s->l->from.a);
    db_bind_int(&q, 3, s->l->from.b);
    for (s->looked = 1; (r = db_row(&q)) == 1; s->looked++) {
        const struct list_key key = {db_int(&q, COL_CONSOLE_APPLICATION_UPDATE_TIME),
                                     db_int(&q, COL_CONSOLE_APPLICATION_ID)};

        r = fits(s->in, db_int(&q, COL_CONSOLE_APPLICATION_JOB_ID), db_int(&q, COL_CONSOLE_APPLICATION_ACTIVE_STATUS),
                 db_text(&q, COL_CONSOLE_APPLICATION_STAGE_ID));
        if (r == 1)
            r = is_named(s, &q);
        if (r == 1 && !list_add(s->l, key.a, key.b))
            return 0;
        if (r == 1)
            r = write_one(s, &q);
        if (r < 0)
            return r;
        if (s->looked == LOOK_MAX) {
            list_cut(s->l, key.a, key.b);
            return 0;
        }
    }
    return r;
}

int application_search(struct list *l, const struct application_search *in) {
    struct searching s = {.l = l, .in = in, .found = key_list_new(l->c->arena, (size_t)l->limit + 1, true)};
    int r = reference_processes(&l->h, &s.processes);

    if (r < 0 || str_is_empty(in->text))
        return r < 0 ? r : walk(&s);
    r = meet_each(&s, STR("job"), SQL_APPLICATION_KEYS_OF_JOB, &s.jobs);
    if (r == 1)
        r = meet_each(&s, STR("talent"), SQL_APPLICATION_KEYS_OF_TALENT, &s.people);
    else /* the walk looks at the names of people one by one, instead of all that there are */
        s.people = (struct card_found){.part = s.jobs.part, .more = true};
    if (r < 0)
        return r;
    return r == 1 ? write_found(&s) : walk(&s);
}
