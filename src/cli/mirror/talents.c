/* SPDX-License-Identifier: Apache-2.0
 *
 * Talents that the source has not given. Operations here refuse a talent that does not exist, so each talent of an
 * application gets a record: with the name, mobile and mail address that a background check order of one of its
 * applications has, else without.
 */
#include <errno.h>

#include "cli/mirror/mirror.h"
#include "hire/reference/reference.h"

struct making {
    struct mirror *m;
    struct tenant_row tenant;
    json_t *talents; /* of an application: {application: talent} */
    json_t *people;  /* of a talent: its basic_info */
    bool given;      /* the source has the operation */
};

static int note_given(void *ctx, const json_t *answer) {
    ((struct making *)ctx)->given = true;
    return 0;
}

static int note_application(void *ctx, const json_t *answer) {
    struct making *k = ctx;
    const json_t *a = json_object_get(json_object_get(answer, "data"), "application");
    const char *id = json_string_value(json_object_get(a, "id")),
               *talent = json_string_value(json_object_get(a, "talent_id"));
    if (!id || !talent)
        return 0;
    json_object_set_new(k->talents, id, json_string(talent));
    if (!json_object_get(k->people, talent))
        json_object_set_new(k->people, talent, json_object());
    return 0;
}

static void note_order(struct making *k, const json_t *order) {
    static const char *const members[] = {"name", "mobile", "email"};
    const char *application = json_string_value(json_object_get(order, "application_id")),
               *talent = application ? json_string_value(json_object_get(k->talents, application)) : NULL;
    const json_t *person = json_object_get(order, "candidate_info");
    json_t *info = talent ? json_object_get(k->people, talent) : NULL;
    for (size_t i = 0; info && i < sizeof members / sizeof *members; i++) {
        json_t *v = json_object_get(person, members[i]);
        if (json_string_length(v) > 0)
            json_object_set(info, members[i], v);
    }
}

static int note_orders(void *ctx, const json_t *answer) {
    const json_t *items = json_object_get(json_object_get(answer, "data"), "items"), *order;
    size_t i;
    json_array_foreach(items, i, order) note_order(ctx, order);
    return 0;
}

static bool is_here(struct making *k, const char *talent) {
    struct hire h = cli_hire(k->m->cli, k->tenant.id);
    struct str doc;
    return reference_get(&h, STR("talent"), str_of(talent), &doc) == 1;
}

static int64_t write_step(struct making *k, struct step_file *s) {
    const char *talent;
    json_t *info;
    int64_t n = 0;
    json_object_foreach(k->people, talent, info) {
        if (is_here(k, talent))
            continue;
        json_t *line =
            json_pack("{s:i,s:{s:[{s:s,s:O}]}}", "code", 0, "data", "items", "id", talent, "basic_info", info);
        int r = step_append(s, line);
        json_decref(line);
        if (r < 0)
            return r;
        n++;
    }
    return n;
}

static int64_t make(struct making *k) {
    struct mirror *m = k->m;
    struct app_row app;
    struct step_file s;
    if (cli_open(m->cli, CLI_WRITE) < 0 || cli_tenant_and_app(m->cli, m->tenant, m->app_id, &k->tenant, &app) < 0)
        return -EIO;
    int64_t n = step_open(m, MADE_TALENTS, &s, NULL, NULL);
    if (n == 0 && (n = step_restart(&s)) == 0)
        n = write_step(k, &s);
    step_close(&s);
    cli_shut(m->cli);
    return n;
}

int64_t make_talents(struct mirror *m) {
    struct making k = {.m = m, .talents = json_object(), .people = json_object()};
    int64_t n = step_each(m, "talents", note_given, &k);
    if (n == 0)
        n = step_each(m, "applications", note_application, &k);
    if (n == 0)
        n = step_each(m, "orders", note_orders, &k);
    if (n == 0 && !k.given && json_object_size(k.people) > 0)
        n = make(&k);
    json_decref(k.talents);
    json_decref(k.people);
    return n;
}
