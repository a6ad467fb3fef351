/* SPDX-License-Identifier: Apache-2.0
 *
 * Records the outcomes of attempts.
 */
#include "events/delivery/delivery.h"

#include "base/id.h"
#include "events/retry.h"
#include "hire/order/order.h"
#include "store/stamp.h"

/* The length in bytes of the invisible character that s (UTF-8) begins with, or 0: byte order mark, characters
 * without width, characters that set the direction. Text with such characters looks correct though it is not. */
static size_t unseen(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (s.len < 3)
        return 0;
    if (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf) /* U+FEFF */
        return 3;
    if (p[0] != 0xe2)
        return 0;
    return (p[1] == 0x80 &&
            ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xaa && p[2] <= 0xae))) || /* U+200B.., U+202A.. */
                   (p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf)                  /* U+2060.. */
               ? 3
               : 0;
}

struct str delivery_readable(struct arena *a, struct str s) {
    bool cut = s.len >= DELIVERY_ANSWER_MAX;
    if (cut)
        s.len = DELIVERY_ANSWER_MAX;
    char *text = arena_bytes(a, s.len + 1);
    struct str head = s;
    memcpy(text, s.ptr ? s.ptr : "", s.len);
    /* The truncation may have split a character. */
    for (size_t lost = 0; cut && lost < 4; lost++)
        if (str_is_utf8((struct str){text, s.len - lost})) {
            head.len = s.len - lost;
            break;
        }
    bool utf8 = str_is_utf8((struct str){text, head.len});
    size_t n = 0;
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)text[i];
        size_t hidden = utf8 ? unseen(str_skip(head, i)) : 0;
        bool shown = hidden == 0 && (c >= ' ' || c == '\n' || c == '\t') && c != 127 && (utf8 || c < 128);
        text[n++] = shown ? text[i] : '?';
        i += hidden > 0 ? hidden - 1 : 0;
    }
    return (struct str){text, n};
}

static int attempt_write(struct db *db, const struct delivery_outcome *o, struct str answer, struct arena *a) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_ATTEMPT_INSERT);
    int r;

    db_bind_int(&q, 1, o->tenant);
    db_bind_int(&q, 2, o->event);
    db_bind_int(&q, 3, o->app);
    db_bind_int(&q, 4, o->at_ms);
    db_bind_int(&q, 5, o->way);
    db_bind_int(&q, 6, o->status);
    db_bind_int(&q, 7, o->duration_ms);
    db_bind_text(&q, 8, delivery_readable(a, answer));
    db_bind_text(&q, 9, delivery_readable(a, o->error));
    r = db_run(&q);
    return r < 0 ? r : 0;
}

/* Returns 1 if a delivery was updated, else 0. */
static int delivery_move(struct db *db, const struct delivery_outcome *o) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_DELIVERY_SETTLE);
    int64_t backoff = retry_delay_ms(o->attempts + 1);
    enum delivery_state state = o->error.len == 0 ? DELIVERY_DONE : backoff > 0 ? DELIVERY_WAITS : DELIVERY_GIVEN_UP;
    int r;

    db_bind_int(&q, 1, o->tenant);
    db_bind_int(&q, 2, o->event);
    db_bind_int(&q, 3, o->app);
    db_bind_int(&q, 4, o->attempts);
    db_bind_int(&q, 5, state);
    db_bind_int(&q, 6, state == DELIVERY_WAITS ? o->now_ms + backoff : o->now_ms);
    r = db_run(&q);
    return r;
}

/* Returns 1 if the delivery is still in the state in which it was read, 0 if not, or < 0. */
static int delivery_still(struct db *db, const struct delivery_outcome *o) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_DUE_AGAIN);

    db_bind_int(&q, 1, o->tenant);
    db_bind_int(&q, 2, o->event);
    db_bind_int(&q, 3, o->app);
    db_bind_int(&q, 4, o->attempts);
    return db_row(&q);
}

/* Whether somebody else has recorded this attempt: another process, which took over because this one seemed to be gone.
 * Returns 1, 0, -ENOENT: the delivery is not there any more (the test mode removed its tenant or set it back), or
 * another negative errno. */
static int is_recorded(struct db *db, const struct delivery_outcome *o) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_DELIVERY_ATTEMPTS);

    db_bind_int(&q, 1, o->tenant);
    db_bind_int(&q, 2, o->event);
    db_bind_int(&q, 3, o->app);
    int r = db_row(&q);
    return r == 1 ? db_int(&q, COL_EVENT_DELIVERY_ATTEMPTS_ATTEMPTS) > o->attempts : r == 0 ? -ENOENT : r;
}

static int order_move(struct db *db, const struct delivery_outcome *o, struct arena *a) {
    struct hire h = {.db = db, .arena = a, .tenant = o->tenant, .actor_kind = ACTOR_APP, .actor_id = o->app};
    int r = db_stamp(db, o->tenant, &h.now_ms);

    if (r == 0)
        r = order_vendor_took(&h, o->subject_id);

    /* the order was deleted */
    return r == HIRE_REFUSED ? 0 : r;
}

/* Sets when a waiting delivery is due. Returns 0 or < 0. */
static int delivery_wait(struct db *db, int64_t tenant, int64_t event, int64_t app, int64_t next_ms) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_DELIVERY_WAIT);

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, event);
    db_bind_int(&q, 3, app);
    db_bind_int(&q, 4, next_ms);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

int delivery_settle(struct db *db, const struct delivery_outcome *o) {
    if (o->wait_until_ms > 0)
        return delivery_wait(db, o->tenant, o->event, o->app, o->wait_until_ms);
    int released = o->release_event ? delivery_wait(db, o->release_tenant, o->release_event, o->app, o->now_ms) : 0;
    if (released < 0)
        return released;
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    int r = o->moved ? delivery_still(db, o) : delivery_move(db, o), recorded = r == 0 ? is_recorded(db, o) : 0;

    if (recorded == -ENOENT)
        return 0;
    /* An erasure or a replay may have cancelled the delivery meanwhile: then its answer is not stored. */
    if (r >= 0 && recorded <= 0)
        r = recorded < 0 ? recorded : attempt_write(db, o, r > 0 ? o->answer : STR(""), &arena);
    else if (r >= 0)
        r = 0;
    if (r == 0 && o->error.len == 0 && o->created_order)
        r = order_move(db, o, &arena);
    return r;
}

/* ---- upkeep ---- */

static int delete_of(struct db *db, enum db_statement which, int64_t tenant, int64_t event) {
    struct db_query q DB_CLEANUP = db_query(db, which);

    db_bind_int(&q, 1, tenant);
    db_bind_int(&q, 2, event);
    int r = db_run(&q);
    return r < 0 ? r : 0;
}

int delivery_forget(struct db *db, int64_t before_ms, int limit, int64_t *after) {
    struct arena arena ARENA_CLEANUP = ARENA_EMPTY;
    struct {
        int64_t tenant, id;
        bool waits;
    } *old = arena_calloc(&arena, (size_t)limit, sizeof(*old));
    int n = 0, r;
    {
        struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_OLD);
        db_bind_int(&q, 1, id_at(before_ms));
        db_bind_int(&q, 2, limit);
        db_bind_int(&q, 3, *after);
        while ((r = db_row(&q)) == 1 && n < limit) {
            old[n].tenant = db_int(&q, COL_EVENT_OLD_TENANT);
            old[n].id = db_int(&q, COL_EVENT_OLD_ID);
            old[n++].waits = db_int(&q, COL_EVENT_OLD_WAITING) != 0;
        }
    }
    for (int i = 0; i < n && r >= 0; i++)
        if (!old[i].waits && (r = delete_of(db, SQL_EVENT_ATTEMPT_DELETE, old[i].tenant, old[i].id)) == 0 &&
            (r = delete_of(db, SQL_EVENT_DELIVERY_DELETE, old[i].tenant, old[i].id)) == 0)
            r = delete_of(db, SQL_EVENT_DELETE, old[i].tenant, old[i].id);
    if (r >= 0 && n > 0)
        *after = old[n - 1].id;
    return r < 0 ? r : n;
}
