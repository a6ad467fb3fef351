/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads and changes an app's request URL, encrypt key and verification token.
 */
#include "events/delivery/receiver.h"

#include <errno.h>
#include <stdatomic.h>

#include "base/id.h"

#define TOKEN_BYTES 16
#define ASKING_MAX 2 /* challenges at once in one process */

static _Atomic unsigned asking;

int receiver_read(struct db *db, int64_t app, struct arena *a, struct receiver *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_EVENT_RECEIVER);
    int r;

    db_bind_int(&q, 1, app);
    r = db_row(&q);
    if (r <= 0)
        return r < 0 ? r : -ENOENT;
    *ret = (struct receiver){.url = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_REQUEST_URL)),
                             .encrypt_key = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_ENCRYPT_KEY)),
                             .verification_token = arena_dup(a, db_text(&q, COL_EVENT_RECEIVER_VERIFICATION_TOKEN))};
    return 0;
}

static bool url_ok(struct str url) {
    if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ' || (unsigned char)url.ptr[i] >= 127)
            return false;
    return url.len <= RECEIVER_URL_MAX;
}

static bool key_ok(struct str key) {
    return key.len <= RECEIVER_KEY_MAX && str_is_utf8(key);
}

static struct str either(struct str changed, struct str now, struct arena *a) {
    return arena_dup(a, str_is_absent(changed) ? now : changed);
}

static bool same(const struct receiver *a, const struct receiver *b) {
    return str_eq(a->url, b->url) && str_eq(a->encrypt_key, b->encrypt_key) &&
           str_eq(a->verification_token, b->verification_token);
}

int receiver_plan(const struct receiver *now, const struct receiver *change, struct arena *a, struct receiver *ret,
                  struct receiver_fault *ret_fault) {
    struct receiver next = {.url = either(change->url, now->url, a),
                            .encrypt_key = either(change->encrypt_key, now->encrypt_key, a),
                            .verification_token = either(change->verification_token, now->verification_token, a)};

    if (next.url.len > 0 && !url_ok(next.url)) {
        ret_fault->reason = (struct reason){.word = REASON_RECEIVER_URL};
        ret_fault->why =
            arena_printf(a, "the request URL must be an http or https address of at most %d bytes, without blanks",
                         RECEIVER_URL_MAX);
        return -EINVAL;
    }
    if (!key_ok(next.encrypt_key) || !key_ok(next.verification_token)) {
        ret_fault->reason = (struct reason){.word = REASON_RECEIVER_KEY};
        ret_fault->why =
            arena_printf(a, "encrypt key and verification token may have at most %d bytes each", RECEIVER_KEY_MAX);
        return -EINVAL;
    }
    if (next.verification_token.len == 0 && next.url.len > 0) {
        char *made = arena_bytes(a, 2 * TOKEN_BYTES);
        id_random_hex(made, TOKEN_BYTES);
        next.verification_token = (struct str){made, 2 * TOKEN_BYTES};
    }
    *ret = next;
    return next.url.len > 0 && !same(&next, now);
}

int receiver_ask(const struct receiver *r, struct receiver_reach reach, struct arena *a,
                 struct receiver_fault *ret_fault) {
    const struct challenge challenge = {
        .url = arena_printf(a, "%.*s", STR_FMT(r->url)).ptr,
        .encrypt_key = r->encrypt_key,
        .verification_token = r->verification_token,
        .allow_loopback = reach.loopback,
        .allow_private = reach.private,
    };
    int result = -EBUSY;

    *ret_fault = (struct receiver_fault){.why = STR("no memory is left")};
    if (atomic_fetch_add(&asking, 1) < ASKING_MAX)
        result = challenge_ask(&challenge, a, ret_fault);
    else
        *ret_fault =
            (struct receiver_fault){STR("other addresses are being asked at this moment; try again in a second"),
                                    {.word = REASON_RECEIVER_BUSY}};
    atomic_fetch_sub(&asking, 1);
    return result;
}

int receiver_set(struct db *db, int64_t app, const struct receiver *w) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_APP_SET_RECEIVER);
    int r;

    db_bind_int(&q, 1, app);
    db_bind_text(&q, 2, w->url);
    db_bind_text(&q, 3, w->encrypt_key);
    db_bind_text(&q, 4, w->verification_token);
    r = db_run(&q);
    return r < 0 ? r : 0;
}
