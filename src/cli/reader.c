/* SPDX-License-Identifier: Apache-2.0
 *
 * Converts stored records to their output form: fills in the slots.
 */
#include "cli/reader.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/record.h"

#define SLOTS 8192 /* cache of users; a power of two */
#define ID_MAX 71

struct slot {
    int64_t uid;
    uint8_t len;
    char id[ID_MAX];
};

struct reader {
    struct cli *cli;
    struct user_view view;
    enum user_id_type type;
    struct record_reader record;
    struct arena scratch;
    int error;
    struct slot slots[SLOTS];
};

static void write_user(void *ctx, int64_t uid, struct buf *out) {
    struct reader *r = ctx;
    struct slot *s = &r->slots[((uint64_t)uid * 0x9E3779B97F4A7C15u) >> 51];
    struct str id;
    int e;

    _Static_assert(SLOTS == 1 << (64 - 51), "the shift takes as many bits as there are slots");
    if (s->uid != uid || s->len == 0) {
        e = user_external_id(r->cli->db, r->cli->seal, &r->view, r->type, uid, &r->scratch, &id);
        if (e < 0) {
            r->error = r->error ? r->error : e;
            return;
        }
        json_escape(out, id);
        if (id.len <= ID_MAX) {
            s->uid = uid;
            s->len = (uint8_t)id.len;
            memcpy(s->id, id.ptr, id.len);
        }
        arena_reset(&r->scratch);
        return;
    }
    json_escape(out, (struct str){s->id, s->len});
}

static void write_file(void *ctx, int64_t file_id, struct buf *out) {
    struct reader *r = ctx;
    struct db_query q DB_CLEANUP = db_query(r->cli->db, SQL_CLI_REPORT_SOURCE);
    int e;

    db_bind_int(&q, 1, r->view.tenant);
    db_bind_int(&q, 2, file_id);
    e = db_row(&q);
    if (e == 1)
        json_escape(out, db_text(&q, COL_CLI_REPORT_SOURCE_SOURCE_URL));
    else
        r->error = r->error ? r->error : e < 0 ? e : -ENOENT;
}

struct reader *reader_new(struct cli *c, const struct user_view *view, enum user_id_type type) {
    struct reader *r = mem_alloc(sizeof(*r));

    r->cli = c;
    r->view = *view;
    r->type = type;
    r->record = (struct record_reader){.user = write_user, .file = write_file, .ctx = r};
    return r;
}

struct reader *reader_free(struct reader *r) {
    if (r)
        arena_free(&r->scratch);
    free(r);
    return NULL;
}

void reader_want_undescribed(struct reader *r) {
    r->record.undescribed = true;
}

void reader_write(struct reader *r, struct str stored, struct buf *out) {
    record_splice(&r->record, stored, out);
}

int reader_error(const struct reader *r) {
    return r->error;
}

int reader_write_record(struct cli *c, int64_t tenant, struct str stored, struct buf *out) {
    const struct user_view view = {.tenant = tenant};
    struct reader *reader = reader_new(c, &view, USER_USER_ID);
    int r;

    reader_write(reader, stored, out);
    r = reader_error(reader);
    reader_free(reader);
    return r;
}
