/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins the parts of events.
 */
#include "client/parts.h"

#include <errno.h>

static void drop(struct parts_event *e) {
    for (unsigned i = 0; i < PARTS_MAX; i++)
        buf_free(&e->part[i]);
    buf_free(&e->id);
    *e = (struct parts_event){0};
}

static struct parts_event *find(struct parts *p, struct str id, int64_t sum) {
    struct parts_event *place = &p->event[0];
    for (unsigned i = 0; i < PARTS_EVENTS; i++)
        if (str_eq(buf_str(&p->event[i].id), id) && p->event[i].sum == sum)
            return &p->event[i];
    for (unsigned i = 0; i < PARTS_EVENTS; i++)
        if (p->event[i].begun < place->begun)
            place = &p->event[i];
    drop(place);
    buf_add_str(&place->id, id);
    place->sum = (unsigned)sum;
    place->begun = ++p->begun;
    return place;
}

int parts_take(struct parts *p, struct str id, int64_t sum, int64_t seq, struct str payload, struct str *ret) {
    if (sum < 1 || sum > PARTS_MAX || seq < 0 || seq >= sum || (sum > 1 && id.len == 0))
        return -EINVAL;
    if (sum == 1) {
        *ret = payload;
        return 1;
    }
    struct parts_event *e = find(p, id, sum);
    if (e->has[seq])
        return 0;
    e->bytes += payload.len;
    if (e->bytes > PARTS_BYTES) {
        drop(e);
        return -EINVAL;
    }
    buf_add_str(&e->part[seq], payload);
    e->has[seq] = true;
    if (++e->have < e->sum)
        return 0;
    p->whole.len = 0;
    for (unsigned i = 0; i < e->sum; i++)
        buf_add_str(&p->whole, buf_str(&e->part[i]));
    drop(e);
    *ret = buf_str(&p->whole);
    return 1;
}

void parts_free(struct parts *p) {
    for (unsigned i = 0; i < PARTS_EVENTS; i++)
        drop(&p->event[i]);
    buf_free(&p->whole);
}
