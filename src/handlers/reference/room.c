/* SPDX-License-Identifier: Apache-2.0
 *
 * vc/v1/rooms: meeting rooms.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "handlers/reference/reference.h"

enum { CODE_NO_ROOM = 121004 };

/* Rooms of the level itself and of all below it. */
static bool room_is_at(const void *record, struct str level) {
    const struct room *room = record;
    for (size_t i = 0; i < room->path.n; i++)
        if (str_eq(room->path.v[i], level))
            return true;
    return str_eq(room->room_level_id, level);
}

int handle_room_list(struct call *c) {
    const struct room_list_query *q = c->query;
    struct reference_page p = {.type = &type_room, .by = q->room_level_id};
    if (!str_is_empty(q->room_level_id))
        p.wanted = room_is_at;
    return reference_page_write(c, &p, STR("rooms"), STR("room"), q->page_size, q->page_token);
}

int handle_room_get(struct call *c) {
    const struct room_get_params *params = c->params;
    struct hire h = hire_of(c);
    struct str doc;
    int r = reference_get(&h, STR("room"), params->room_id, &doc);
    if (r == 0)
        return call_fail(c, CODE_NO_ROOM, "there is no room %.*s", STR_FMT(str_head(params->room_id, 64)));
    if (r < 0)
        return r;
    json_begin(c->out, '{');
    json_key(c->out, STR("room"));
    r = call_write_typed(c, &type_room, doc, c->out);
    json_end(c->out, '}');
    return r;
}
