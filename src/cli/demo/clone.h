/* SPDX-License-Identifier: Apache-2.0
 *
 * Copies of the demo's records for load tests, shared by the files that make them.
 */
#ifndef HIRED_CLI_DEMO_CLONE_H
#define HIRED_CLI_DEMO_CLONE_H

#include "api_types.h"
#include "cli/demo/demo.h"
#include "cli/demo/scale.h"
#include "hire/order/place.h"

#define CLONE_TEMPLATES_MAX 256

struct cloning {
    struct cli *cli;
    int64_t tenant;
    struct scale scale;
    struct buf doc;       /* of the record that is being written */
    struct arena scratch; /* reset after each record */
};

/* What separates ids of copies that have the same time. */
enum clone_kind { CLONE_ORDER = 1, CLONE_INTERVIEW, CLONE_APPLICATION, CLONE_TALENT };
/* Makes an id as hired does, with a time that no demo record has. */
int64_t clone_id(int64_t ms, enum clone_kind kind);

struct str clone_text(int64_t value, struct arena *a);

/* A copy's times: what its template did at `from` it does at `to`, and takes thousandths of the time for the rest. */
struct clone_pace {
    int64_t from, to, thousandths;
};
int64_t clone_at(const struct clone_pace *p, int64_t ms);
void clone_move(const struct clone_pace *p, struct str *time, struct arena *a); /* absent and "" stay */

/* All of these return 0 (or more), or a negative errno. */

/* Makes n copies by fn, many in a transaction. label: what the progress line says. */
int clone_all(struct db *db, int64_t n, const char *label, bool progress, int (*fn)(void *ctx, int64_t n), void *ctx);

/* Reads the ids of at most CLONE_TEMPLATES_MAX records. Returns their number. */
int clone_ids(struct cli *c, enum db_statement walk, int64_t tenant, int64_t ids[CLONE_TEMPLATES_MAX]);

/* The talents and applications of copied orders (clone_person.c). */
struct clone_people {
    struct application *all; /* templates: n_active are active, before n_ended others */
    size_t n_active, n_ended;
    struct str *jobs;
    size_t n_jobs;
};
int clone_people_read(struct cloning *c, struct clone_people *ret);
/* Writes application a and its talent. checked: its check is going on. */
int clone_person(struct cloning *c, const struct clone_people *p, int64_t a, bool checked);
/* The id of application a of the copies. */
int64_t clone_application_id(const struct scale *s, int64_t a);

/* ---- rows (clone_rows.c): the only place that knows the tables; each takes the document from c->doc ---- */

struct clone_order_row {
    int64_t id, update_time, application_id, last_stage_time;
    struct order_place place;
    struct str package_id;
};
int clone_put_order(struct cloning *c, const struct clone_order_row *row);
int clone_put_application(struct cloning *c, int64_t id, int64_t talent, const struct application *a);
int clone_put_talent(struct cloning *c, int64_t id, struct str name);
int clone_put_interview(struct cloning *c, int64_t id, int64_t application, const struct interview_extend *in);

#endif
