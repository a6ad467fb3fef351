/* SPDX-License-Identifier: Apache-2.0
 *
 * The two ways to read: lists page by page, and one call for each id.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cli/mirror/mask.h"
#include "cli/mirror/mirror.h"

/* ---- sets of ids ---- */

static size_t hash_of(struct str id) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < id.len; i++)
        h = (h ^ (unsigned char)id.ptr[i]) * 1099511628211u;
    return (size_t)(h ^ (h >> 29));
}

/* The place of an id: its index + 1, or an empty one. */
static size_t *slot_of(const struct id_set *s, struct str id) {
    size_t *index = s->index, i = hash_of(id) & (s->index_size - 1);
    while (index[i] != 0 && !str_eq(s->ids[index[i] - 1], id))
        i = (i + 1) & (s->index_size - 1);
    return &index[i];
}

static void grow_index(struct id_set *s) {
    free(s->index);
    s->index_size = s->index_size ? s->index_size * 2 : 1024;
    s->index = mem_alloc(s->index_size * sizeof(size_t));
    for (size_t i = 0; i < s->n; i++)
        *slot_of(s, s->ids[i]) = i + 1;
}

bool id_set_add(struct id_set *s, struct str id) {
    if (str_is_empty(id))
        return false;
    if (s->n * 2 >= s->index_size)
        grow_index(s);
    size_t *slot = slot_of(s, id);
    if (*slot != 0)
        return false;
    s->ids = array_grow(s->ids, s->n, &s->cap, sizeof *s->ids);
    s->ids[s->n++] = arena_dup(s->arena, id);
    *slot = s->n;
    return true;
}

void id_set_free(struct id_set *s) {
    free(s->ids);
    free(s->index);
    s->ids = NULL;
    s->index = NULL;
    s->n = s->cap = s->index_size = 0;
}

/* ---- lists ---- */

struct place {
    struct buf token; /* of the next page, with a NUL; empty: the list has ended, or has not begun */
    bool ended;
    struct id_set seen; /* tokens until now: one that comes again would lead around for ever */
    bool again;         /* the last one has come before */
};

static void place_free(struct place *p) {
    buf_free(&p->token);
    id_set_free(&p->seen);
}

static int fail_again(struct mirror *m, const char *name) {
    return mirror_fail(m, "%s: the source gave a page_token that it had given before, so the list would never end",
                       name);
}

static int note_place(void *ctx, const json_t *answer) {
    struct place *p = ctx;
    const json_t *data = json_object_get(answer, "data"), *token = json_object_get(data, "page_token");
    if (!json_is_string(token))
        token = json_object_get(data, "next_page_token");
    p->token.len = 0;
    p->ended = !json_is_true(json_object_get(data, "has_more")) || json_string_length(token) == 0;
    if (p->ended)
        return 0;
    buf_add_str(&p->token, str_of(json_string_value(token)));
    p->again = !id_set_add(&p->seen, buf_str(&p->token));
    return 0;
}

static int miss_operation(struct mirror *m, const char *name, const struct client_answer *a) {
    if (mirror_refusal(a) == REFUSED_SCOPE)
        mirror_miss(m, "%s: the app lacks the scope (%s)", name, mirror_msg(m, a));
    else if (mirror_refusal(a) == REFUSED_UNKNOWN)
        mirror_miss(m, "%s: the source does not have the operation", name);
    else
        mirror_miss(m, "%s: the source answered %d: %s", name, a->code, mirror_msg(m, a));
    return 0;
}

/* Reads pages until the end. Returns 1 if the source refused the token of a page. */
static int read_pages(struct mirror *m, struct step_file *s, const char *operation, const char *path, const char *query,
                      json_t *body, struct place *at) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    while (!at->ended) {
        struct buf q BUF_CLEANUP = BUF_EMPTY;
        bool first = at->token.len == 0;
        buf_add_str(&q, str_of(query));
        if (!first)
            client_query(&q, "page_token", buf_str(&at->token));
        else
            buf_add_char(&q, '\0');
        int r = mirror_call(m, operation, path, q.ptr, body, &a);
        if (r < 0)
            return r;
        if (a.code != 0 || !a.data)
            return first ? miss_operation(m, s->name, &a) : 1;
        note_place(at, a.body);
        if (!at->ended && at->again)
            return fail_again(m, s->name);
        if (m->masker)
            masker_answer(m->masker, s->name, a.body);
        r = step_append(s, a.body);
        if (r < 0)
            return r;
    }
    return 0;
}

int read_list(struct mirror *m, const char *name, const char *operation, const char *path, const char *query) {
    struct step_file s;
    struct place at = {.seen = {.arena = &m->arena}};
    int r = step_open(m, name, &s, note_place, &at);
    if (r < 0 || s.done) {
        if (r == 0)
            step_close(&s);
        place_free(&at);
        return r;
    }
    bool resumed = s.lines > 0;
    at.ended = resumed && at.ended;
    for (int tries = 0; tries < 3; tries++) {
        r = read_pages(m, &s, operation, path, query, NULL, &at);
        if (r != 1)
            break;
        mirror_say(m, "%s: the token of the next page has expired; the list is read from its beginning", name);
        r = step_restart(&s);
        at.token.len = 0;
        at.ended = false;
        id_set_free(&at.seen);
        if (r < 0)
            break;
        r = 1;
    }
    if (r == 1)
        r = mirror_fail(m, "%s: the source refuses the token of a page that it has just given", name);
    place_free(&at);
    if (r == 0)
        return step_finish(&s);
    step_close(&s);
    return r;
}

/* ---- one call for each id ---- */

/* Each line says whose answer it is: {"code":0,"data":{...},"mirror_of":"ID"}; a refused one has an empty list. */
static int note_id(void *ctx, const json_t *answer) {
    const json_t *id = json_object_get(answer, "mirror_of");
    if (json_is_string(id) && !json_is_true(json_object_get(answer, "mirror_more")))
        id_set_add(ctx, str_of(json_string_value(id)));
    return 0;
}

/* Returns 1 if the operation cannot be called at all. */
static int read_one(struct mirror *m, struct step_file *s, const struct detail *d, struct str id, int64_t *refused) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    struct place at = {.seen = {.arena = &m->arena}};
    int r = 0;
    do {
        struct buf path BUF_CLEANUP = BUF_EMPTY, query BUF_CLEANUP = BUF_EMPTY;
        json_t *body = d->body ? d->body(id) : NULL;
        d->path(id, &path, &query);
        if (at.token.len > 0)
            client_query(&query, "page_token", buf_str(&at.token));
        r = mirror_call(m, d->operation, path.ptr, query.len > 0 ? query.ptr : NULL, body, &a);
        json_decref(body);
        if (r < 0)
            break;
        if (a.code != 0 && mirror_refusal(&a) != REFUSED_ONE) {
            miss_operation(m, d->name, &a);
            r = 1;
            break;
        }
        json_t *line = a.code == 0 && a.data ? a.body : json_pack("{s:i,s:{s:[]}}", "code", 0, "data", "items");
        *refused += line != a.body;
        note_place(&at, line);
        if (d->paged && !at.ended && at.again) {
            r = fail_again(m, d->name);
            if (line != a.body)
                json_decref(line);
            break;
        }
        if (m->masker)
            masker_answer(m->masker, d->name, line);
        json_object_set_new(line, "mirror_of", json_stringn(id.ptr, id.len));
        if (d->paged && !at.ended)
            json_object_set_new(line, "mirror_more", json_true());
        r = step_append(s, line);
        if (line != a.body)
            json_decref(line);
    } while (r == 0 && d->paged && !at.ended);
    place_free(&at);
    return r;
}

int read_details(struct mirror *m, const struct detail *d, const struct id_set *ids) {
    struct step_file s;
    struct id_set have = {.arena = &m->arena};
    int64_t refused = 0;
    int r = step_open(m, d->name, &s, note_id, &have);
    for (size_t i = 0; r == 0 && !s.done && i < ids->n; i++)
        if (id_set_add(&have, ids->ids[i]))
            r = read_one(m, &s, d, ids->ids[i], &refused);
    id_set_free(&have);
    if (r < 0)
        return step_close(&s), r;
    if (refused > 0)
        mirror_miss(m, "%s: %lld that the source refused to give, for example because they were deleted meanwhile",
                    d->name, (long long)refused);
    return step_finish(&s);
}
