/* SPDX-License-Identifier: Apache-2.0
 *
 * hire/v1/locations: addresses, and the places that they name.
 */
#include "api_handlers.h"
#include "api_types.h"
#include "base/json.h"
#include "handlers/reference/reference.h"

int handle_location_list(struct call *c) {
    const struct location_list_query *q = c->query;
    struct reference_page p = {.type = &type_location};
    return reference_page_write(c, &p, STR("items"), STR("location"), q->page_size, q->page_token);
}

static void write_place(const struct place *p, enum place_type type, struct buf *out) {
    struct location_name_info name = {.zh_name = p->zh_name, .en_name = p->en_name};
    struct location_country country = {.country_code = p->code, .country_name_info = &name};
    struct location_state state = {.state_code = p->code, .country_code = p->country, .state_name_info = &name};
    struct location_city city = {
        .city_code = p->code, .state_code = p->state, .country_code = p->country, .city_name_info = &name};
    struct location_district district = {.district_code = p->code,
                                         .city_code = p->city,
                                         .state_code = p->state,
                                         .country_code = p->country,
                                         .district_name_info = &name};
    const struct location_dto dto = {
        .country = type == PLACE_COUNTRY ? &country : NULL,
        .state = type == PLACE_STATE ? &state : NULL,
        .city = type == PLACE_CITY ? &city : NULL,
        .district = type == PLACE_DISTRICT ? &district : NULL,
    };
    record_write(&type_location_dto, &dto, 0, out);
}

static bool listed(const struct str_list *codes, struct str code) {
    for (size_t i = 0; i < codes->n; i++)
        if (str_eq(codes->v[i], code))
            return true;
    return codes->n == 0;
}

/* What the page token is bound to: the type and all codes with their lengths, so that different lists have different
 * bytes. */
static struct str filters_of(struct call *c, const struct location_query_body *body) {
    struct buf b BUF_CLEANUP = BUF_EMPTY;
    buf_add_i64(&b, body->location_type.v);
    for (size_t i = 0; i < body->code_list.n; i++) {
        buf_printf(&b, " %zu:", body->code_list.v[i].len);
        buf_add_str(&b, body->code_list.v[i]);
    }
    return arena_dup(c->arena, buf_str(&b));
}

int handle_location_query(struct call *c) {
    const struct location_query_query *q = c->query;
    const struct location_query_body *body = c->body;
    enum place_type type = (enum place_type)body->location_type.v;
    struct hire h = hire_of(c);
    struct page_key from;
    struct place *places;
    size_t n;
    int r = call_page_open(c, q->page_token, filters_of(c, body), &from);
    if (r == 0)
        r = reference_places(&h, type, &places, &n);
    if (r < 0)
        return call_from_hire(c, &h, r);
    int limit = page_limit(q->page_size), written = 0;
    int64_t last = 0;
    bool more = false;
    json_begin(c->out, '{');
    json_key(c->out, STR("items"));
    json_begin(c->out, '[');
    for (size_t i = 0; i < n && !more; i++) {
        if ((int64_t)places[i].key <= from.a || !listed(&body->code_list, places[i].code))
            continue;
        more = written == limit;
        if (more)
            break;
        write_place(&places[i], type, c->out);
        last = (int64_t)places[i].key;
        written++;
    }
    json_end(c->out, ']');
    call_write_page_end(c, more, last, 0, &from);
    json_end(c->out, '}');
    return 0;
}
