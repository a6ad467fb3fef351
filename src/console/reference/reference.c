/* SPDX-License-Identifier: Apache-2.0
 *
 * console/api/references: the records that forms of the console offer for selection.
 */
#include "hire/reference/reference.h"
#include "api_handlers.h"
#include "base/json.h"
#include "console/console.h"

#define EACH_MAX 500

static void write_named(struct buf *out, struct str id, struct str zh, struct str en) {
    json_begin(out, '{');
    json_member_str(out, STR("id"), id);
    console_member_i18n(out, STR("name"), zh, en);
}

static int write_stages(struct call *c, struct hire *h) {
    struct job_processes_list all;
    int r = reference_processes(h, &all);
    json_key(c->out, STR("stages"));
    json_begin(c->out, '[');
    for (size_t p = 0; r == 0 && p < all.n; p++)
        for (size_t i = 0; i < all.v[p].stage_list.n; i++) {
            const struct job_processes_stage *s = &all.v[p].stage_list.v[i];
            write_named(c->out, s->id, s->zh_name, s->en_name);
            json_member_str(c->out, STR("parent_id"), all.v[p].id);
            if (s->type.set)
                json_member_int(c->out, STR("type"), s->type.v);
            json_end(c->out, '}');
        }
    json_end(c->out, ']');
    return r;
}

/* The lists that were cut because they have more than EACH_MAX entries. */
struct cut {
    struct str key[8];
    size_t n;
};

/* Writes rows of id, name and, if number is false, the English name. */
static int write_rows(struct call *c, struct str key, enum db_statement which, bool number, struct cut *cut) {
    struct db_query q DB_CLEANUP = db_query(c->db, which);
    int r, n = 0;
    json_key(c->out, key);
    json_begin(c->out, '[');
    db_bind_int(&q, 1, c->tenant);
    db_bind_int(&q, 2, EACH_MAX + 1);
    while ((r = db_row(&q)) == 1 && n++ < EACH_MAX) {
        struct str id = number ? arena_printf(c->arena, "%lld", (long long)db_int(&q, COL_CONSOLE_REFERENCE_ID))
                               : db_text(&q, COL_CONSOLE_REFERENCE_ID);
        write_named(c->out, id, db_text(&q, COL_CONSOLE_REFERENCE_NAME),
                    number ? db_text(&q, COL_CONSOLE_REFERENCE_NAME) : db_text(&q, COL_CONSOLE_USERS_EN_NAME));
        json_end(c->out, '}');
    }
    json_end(c->out, ']');
    if (r == 1)
        cut->key[cut->n++] = key;
    return r < 0 ? r : 0;
}

static struct str zh(const struct i18n *name) {
    return name ? name->zh_cn : STR_ABSENT;
}
static struct str en(const struct i18n *name) {
    return name ? name->en_us : STR_ABSENT;
}

static int write_room(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct call *c = ctx;
    struct room room = {0};
    int r = record_read_stored(&type_room, &room, doc, c->arena);
    if (r < 0)
        return r;
    if (room.room_status && room.room_status->status.set && !room.room_status->status.v)
        return 0;
    write_named(c->out, room.room_id, room.name, room.name);
    if (room.capacity.set)
        json_member_str(c->out, STR("detail"),
                        arena_printf(c->arena, "%.*s (%lld)", STR_FMT(room.description), (long long)room.capacity.v));
    json_end(c->out, '}');
    return 1;
}

static int write_round_type(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct call *c = ctx;
    struct interview_round_type kind = {0};
    int r = record_read_stored(&type_interview_round_type, &kind, doc, c->arena);
    if (r < 0)
        return r;
    if (kind.active_status.set && kind.active_status.v != 1)
        return 0;
    write_named(c->out, kind.id, zh(kind.name), en(kind.name));
    if (kind.process_type.set)
        json_member_int(c->out, STR("type"), kind.process_type.v);
    json_end(c->out, '}');
    return 1;
}

static int write_location(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct call *c = ctx;
    struct location place = {0};
    int r = record_read_stored(&type_location, &place, doc, c->arena);
    if (r < 0)
        return r;
    write_named(c->out, place.id, zh(place.name), en(place.name));
    json_end(c->out, '}');
    return 1;
}

/* A walk that reads one record more than it writes, to see whether the list is cut. */
struct walk {
    struct call *c;
    reference_fn write;
    int n;
    bool more;
};

static int take(void *ctx, int64_t seq, struct str id, struct str doc) {
    struct walk *w = ctx;
    if (w->n == EACH_MAX) {
        w->more = true;
        return 1;
    }
    int r = w->write(w->c, seq, id, doc);
    w->n += r == 1;
    return r;
}

static void write_cut(struct buf *out, const struct cut *cut) {
    if (cut->n == 0)
        return;
    json_key(out, STR("cut"));
    json_begin(out, '[');
    for (size_t i = 0; i < cut->n; i++) {
        json_comma(out);
        json_str(out, cut->key[i]);
    }
    json_end(out, ']');
}

int handle_console_reference_list(struct call *c) {
    const struct {
        struct str key, kind;
        reference_fn write;
    } lists[] = {
        {STR("rooms"), STR("room"), write_room},
        {STR("round_types"), STR("interview_round_type"), write_round_type},
        {STR("locations"), STR("location"), write_location},
    };
    struct hire h = console_hire(c);
    struct cut cut = {0};
    json_begin(c->out, '{');
    int r = write_stages(c, &h);
    if (r == 0)
        r = write_rows(c, STR("jobs"), SQL_CONSOLE_JOBS, true, &cut);
    if (r == 0)
        r = write_rows(c, STR("users"), SQL_CONSOLE_USERS, false, &cut);
    for (size_t i = 0; r >= 0 && i < sizeof lists / sizeof *lists; i++) {
        json_key(c->out, lists[i].key);
        json_begin(c->out, '[');
        struct walk w = {.c = c, .write = lists[i].write};
        r = reference_walk(&h, lists[i].kind, 0, EACH_MAX + 1, take, &w);
        json_end(c->out, ']');
        if (w.more)
            cut.key[cut.n++] = lists[i].key;
    }
    write_cut(c->out, &cut);
    json_end(c->out, '}');
    return r < 0 ? r : 0;
}
