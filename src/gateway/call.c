/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of call.h that depend on the caller: user ids as the caller sees them, signed links, page tokens.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "gateway/answer.h"
#include "gateway/link.h"
#include "gateway/user_cache.h"
#include "gateway/users.h"

/* ---- users ---- */

#define USER_CACHE_SLOTS 4096 /* a power of two */
#define USER_TEXT_MAX 64      /* longer (imported) ids are not cached */

struct user_slot {
    int64_t uid, app;
    uint8_t type, len; /* len 0: free */
    char text[USER_TEXT_MAX];
};

struct user_cache {
    struct user_slot slots[USER_CACHE_SLOTS];
};

struct user_cache *user_cache_new(void) {
    return mem_alloc(sizeof(struct user_cache));
}

struct user_cache *user_cache_free(struct user_cache *cache) {
    free(cache);
    return NULL;
}

void user_cache_clear(struct user_cache *cache) {
    for (size_t i = 0; i < USER_CACHE_SLOTS; i++)
        cache->slots[i].len = 0;
}

static struct user_slot *user_slot(struct user_cache *cache, int64_t uid, int64_t app, enum user_id_type type) {
    uint64_t h = ((uint64_t)uid ^ (uint64_t)app * 31 ^ (uint64_t)type) * 0x9E3779B97F4A7C15u;
    return &cache->slots[h >> 40 & (USER_CACHE_SLOTS - 1)];
}

static struct user_view call_view(const struct call *c) {
    return (struct user_view){c->tenant, c->app->id, c->app->developer};
}

static void write_user(void *ctx, int64_t uid, struct buf *out) {
    struct call *c = ctx;
    struct user_slot *slot = c->user_cache ? user_slot(c->user_cache, uid, c->app->id, c->user_id_type) : NULL;
    if (slot && slot->len > 0 && slot->uid == uid && slot->app == c->app->id && slot->type == c->user_id_type) {
        buf_add(out, slot->text, slot->len);
        return;
    }
    struct user_view view = call_view(c);
    struct str id;
    int r = user_external_id(c->db, c->seal, &view, c->user_id_type, uid, c->arena, &id);
    if (r < 0) {
        /* The record names a user who no longer exists. The id in the answer is empty, because an empty id cannot be
         * mistaken for another user's. */
        log_fmt(LOG_ERROR, "user %lld of tenant %lld has no id: %s", (long long)uid, (long long)c->tenant,
                strerror(-r));
        return;
    }
    size_t at = out->len;
    json_escape(out, id);
    if (slot && out->len - at <= USER_TEXT_MAX) {
        *slot = (struct user_slot){
            .uid = uid, .app = c->app->id, .type = (uint8_t)c->user_id_type, .len = (uint8_t)(out->len - at)};
        memcpy(slot->text, out->ptr + at, out->len - at);
    }
}

static void write_file(void *ctx, int64_t file_id, struct buf *out) {
    struct call *c = ctx;
    link_write(c->seal, c->base_url, LINK_REPORT, file_id, LINK_REPORT_LIFE_S, c->now_ms, out);
}

struct str call_link(struct call *c, enum link_kind kind, int64_t file_id, unsigned life_s) {
    struct buf link BUF_CLEANUP = BUF_EMPTY;
    link_write(c->seal, c->base_url, kind, file_id, life_s, c->now_ms, &link);
    return arena_dup(c->arena, buf_str(&link));
}

struct record_reader call_reader(struct call *c) {
    return (struct record_reader){.hidden = c->hidden, .user = write_user, .file = write_file, .ctx = c};
}

void call_write_record(struct call *c, const struct record_type *type, const void *record, struct buf *out) {
    struct buf stored BUF_CLEANUP = BUF_EMPTY;
    struct record_reader reader = call_reader(c);
    record_write_stored(type, record, &stored);
    record_splice(&reader, buf_str(&stored), out);
}

int call_user_find(struct call *c, struct str id, int64_t *ret_uid) {
    struct user_view view = call_view(c);
    return user_find(c->db, c->seal, &view, c->user_id_type, id, ret_uid);
}

static struct str list_of(struct call *c, const struct str *ids, size_t n) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    buf_add_char(&text, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_lit(&text, ", ");
        buf_add_str(&text, ids[i]);
    }
    buf_add_char(&text, ']');
    return arena_dup(c->arena, buf_str(&text));
}

static int fail_ids(struct call *c, int code, struct str msg) {
    c->code = code;
    c->http_status = 400;
    c->msg = msg;
    return -EBADMSG;
}

static int fail_unknown(struct call *c, struct str ids) {
    static const int codes[] = {
        [USER_OPEN_ID] = CODE_NO_OPEN_ID, [USER_UNION_ID] = CODE_NO_UNION_ID, [USER_USER_ID] = CODE_NO_USER_ID};
    return fail_ids(c, codes[c->user_id_type], arena_printf(c->arena, "these ids not existed: %.*s", STR_FMT(ids)));
}

/* The platform's msg does not name the ids; error.message does. */
static int fail_foreign(struct call *c, enum user_owner owner, struct str ids) {
    bool other_app = owner == USER_OF_OTHER_APP;
    c->detail = arena_printf(c->arena,
                             other_app ? "%.*s: made for another app; an open_id serves for its own app alone"
                                       : "%.*s: of another tenant's user",
                             STR_FMT(ids));
    if (other_app)
        return fail_ids(c, CODE_OPEN_ID_OF_OTHER_APP, STR("open_id cross app"));
    if (c->user_id_type == USER_UNION_ID)
        return fail_ids(c, CODE_UNION_ID_OF_OTHER_TENANT, STR("union_id cross tenant"));
    return fail_ids(c, CODE_USER_OF_OTHER_TENANT, STR("user id cross tenant"));
}

int call_fail_users(struct call *c, const struct str *ids, size_t n) {
    struct user_view view = call_view(c);
    struct str list = list_of(c, ids, n);
    int first = USER_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        int owner = user_owner(c->db, c->seal, &view, c->user_id_type, ids[i]);
        if (owner < 0)
            return owner;
        if (owner == USER_UNKNOWN)
            return fail_unknown(c, list);
        if (i == 0)
            first = owner;
    }
    return fail_foreign(c, (enum user_owner)first, list);
}

/* ---- filters ---- */

int call_filter_id(struct call *c, const char *name, struct str text, int64_t *ret) {
    *ret = 0;
    if (str_is_empty(text))
        return 0;
    if (id_parse(text, ret) < 0)
        return call_fail(c, CODE_PARAMETER, "%s is not an id; ids are decimal digits", name);
    return 0;
}

/* ---- paging ---- */

/* Writes what a page token is bound to: operation, tenant, the app whose orders are listed, and the filters. */
static void walk_write(const struct call *c, struct buf *out) {
    const int64_t numbers[] = {c->tenant, c->app->vendor_bound ? c->app->id : 0, (int64_t)c->op->name.len};
    buf_add(out, numbers, sizeof numbers);
    buf_add_str(out, c->op->name);
    buf_add_str(out, c->walk_filters);
}

int call_page_open(struct call *c, struct str page_token, struct str filters, struct page_key *ret) {
    c->walk_filters = filters;
    if (str_is_empty(page_token)) {
        *ret = (struct page_key){.a = -1, .b = -1, .walk_start_ms = c->now_ms};
        return 0;
    }
    struct buf walk BUF_CLEANUP = BUF_EMPTY;
    walk_write(c, &walk);
    if (page_token_read(c->seal, buf_str(&walk), page_token, ret) < 0)
        return call_fail(
            c, CODE_PARAMETER,
            "page_token is not one that this operation gave for these filters; leave it out to begin anew");
    return 0;
}

void call_write_page_end(struct call *c, bool has_more, int64_t next_a, int64_t next_b, const struct page_key *from) {
    json_member_bool(c->out, STR("has_more"), has_more);
    if (!has_more)
        return;
    struct page_key next = {next_a, next_b, from->walk_start_ms};
    struct buf walk BUF_CLEANUP = BUF_EMPTY;
    walk_write(c, &walk);
    json_key(c->out, STR("page_token"));
    buf_add_char(c->out, '"');
    page_token_write(c->seal, buf_str(&walk), &next, c->out);
    buf_add_char(c->out, '"');
}
