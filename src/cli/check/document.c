/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks a single document: its text, its type, and what its slots name (base/record.h).
 */
#include "cli/check/document.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"

#define SLOT_DIGITS 16

void checking_tell(struct checking *ck, const char *format, ...) {
    char line[512];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
    ck->watch->finding(ck->watch->ctx, (struct str){line, len});
}

int checking_pace(struct checking *ck) {
    size_t bytes = ck->bytes;

    ck->bytes = 0;
    return ck->watch->pace ? ck->watch->pace(ck->watch->ctx, bytes) : 0;
}

/* ---- slots ---- */

static int user_exists(struct checking *ck, int64_t id) {
    size_t place = (size_t)((uint64_t)(id ^ ck->tenant) * UINT64_C(0x9e3779b97f4a7c15) >> 54) % KNOWN_USERS;

    if (ck->users[place].id == id && ck->users[place].tenant == ck->tenant)
        return 1;
    struct db_query q DB_CLEANUP = db_query(ck->db, SQL_USERS_EXISTS);
    db_bind_int(&q, 1, ck->tenant);
    db_bind_int(&q, 2, id);
    int r = db_row(&q);
    if (r == 1) {
        ck->users[place].tenant = ck->tenant;
        ck->users[place].id = id;
    }
    return r;
}

static int file_exists(struct checking *ck, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(ck->db, SQL_FILE_OWNER);

    db_bind_int(&q, 1, id);
    return db_row(&q);
}

/* The id in a slot; returns false if it is not written as one. */
static bool slot_id(struct str digits, int64_t *ret) {
    unsigned char bytes[SLOT_DIGITS / 2];
    uint64_t id = 0;

    if (digits.len < SLOT_DIGITS || hex_decode((struct str){digits.ptr, SLOT_DIGITS}, bytes) < 0)
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        id = id << 8 | bytes[i];
    *ret = (int64_t)id;
    return true;
}

/* Returns 1, 0 after a finding, or a negative errno. */
static int check_slots(struct checking *ck, struct str what, struct str doc) {
    const char *at = doc.ptr, *end = doc.ptr + doc.len;
    int64_t id;

    while (end - at > 2 && (at = memchr(at, '\x01', (size_t)(end - at) - 1))) {
        char kind = at[1];
        at += 2;
        bool user = kind == 'U';
        if ((!user && kind != 'F') || !slot_id((struct str){at, (size_t)(end - at)}, &id)) {
            checking_tell(ck, "%.*s cannot be read: its record is damaged", STR_FMT(what));
            return 0;
        }
        int r = user ? user_exists(ck, id) : file_exists(ck, id);
        if (r < 0)
            return r;
        if (r == 0)
            checking_tell(ck, "%.*s: its record names the %s %lld, which is unknown", STR_FMT(what),
                          user ? "user" : "kept file", (long long)id);
    }
    return 1;
}

int document_check(struct checking *ck, struct str what, const struct record_type *type, struct str doc,
                   void **ret_record) {
    void *record = type ? arena_alloc(&ck->scratch, type->size) : NULL;

    ck->bytes += doc.len;
    if (ret_record)
        *ret_record = record;
    if (type ? record_read_stored(type, record, doc, &ck->scratch) < 0 : record_check_stored(doc) < 0) {
        checking_tell(ck, "%.*s cannot be read: its record is damaged", STR_FMT(what));
        return 0;
    }
    return check_slots(ck, what, doc);
}
