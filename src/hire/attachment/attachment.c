/* SPDX-License-Identifier: Apache-2.0
 *
 * Adds, finds and deletes attachments; makes file names and content types safe.
 */
#include "hire/attachment/attachment.h"

#include "base/id.h"
#include "hire/reference/reference.h"

#define ENDING_MAX 32 /* bytes, the dot included */

/* The ending of a name with its dot (".pdf" of "a.pdf"); empty if there is no dot or if more than ENDING_MAX bytes
 * or a blank follow it. */
static struct str ending_of(struct str name) {
    for (size_t n = 1; n <= ENDING_MAX && n < name.len; n++) {
        char c = name.ptr[name.len - n];
        if (c == '.')
            return n > 1 ? str_skip(name, name.len - n) : STR("");
        if (c == ' ')
            break;
    }
    return STR("");
}

/* Cuts a name that is too long before its ending, because the ending determines the content type. */
static struct str shortened(struct arena *a, struct str name) {
    if (name.len <= ATTACHMENT_NAME_MAX)
        return name;
    struct str ending = ending_of(name);
    struct str head = str_trim(str_head(name, ATTACHMENT_NAME_MAX - ending.len));
    return arena_printf(a, "%.*s%.*s", STR_FMT(head), STR_FMT(ending));
}

/* The length in bytes of a character at p that a file's name must not have, or 0: control characters, line and
 * paragraph separators, and the marks that change the direction of text, by which "exe.fdp" can be shown as "pdf.exe".
 */
static size_t unwanted(const char *p, size_t left) {
    const unsigned char *c = (const unsigned char *)p;
    if (c[0] < ' ' || c[0] == 0x7f)
        return 1;
    if (left >= 2 && ((c[0] == 0xC2 && c[1] < 0xA0) || (c[0] == 0xD8 && c[1] == 0x9C))) /* U+0080 to U+009F, U+061C */
        return 2;
    if (left < 3 || c[0] != 0xE2)
        return 0;
    bool mark =
        c[1] == 0x80 && (c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xA8 && c[2] <= 0xAE)); /* U+200E ... U+202E */
    bool isolate = c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9;                          /* U+2066 to U+2069 */
    return mark || isolate ? 3 : 0;
}

struct str attachment_name(struct arena *a, struct str sent) {
    char *name;
    size_t n = 0;

    for (size_t i = sent.len; i > 0; i--) /* some senders send the whole path */
        if (sent.ptr[i - 1] == '/' || sent.ptr[i - 1] == '\\') {
            sent = str_skip(sent, i);
            break;
        }
    name = arena_bytes(a, sent.len);
    for (size_t i = 0; i < sent.len;) {
        size_t drop = unwanted(sent.ptr + i, sent.len - i);
        if (drop == 0)
            name[n++] = sent.ptr[i];
        i += drop > 0 ? drop : 1;
    }
    struct str kept = shortened(a, str_trim((struct str){name, n}));
    if (kept.len == 0 || str_eq(kept, STR(".")) || str_eq(kept, STR("..")))
        return STR("file");
    return kept;
}

static const struct {
    struct str ending, mime;
    bool shown;
} kinds[] = {
    {STR_INIT(".pdf"), STR_INIT("application/pdf"), true},
    {STR_INIT(".png"), STR_INIT("image/png"), true},
    {STR_INIT(".jpg"), STR_INIT("image/jpeg"), true},
    {STR_INIT(".jpeg"), STR_INIT("image/jpeg"), true},
    {STR_INIT(".gif"), STR_INIT("image/gif"), true},
    {STR_INIT(".txt"), STR_INIT("text/plain; charset=utf-8"), false},
    {STR_INIT(".csv"), STR_INIT("text/csv; charset=utf-8"), false},
    {STR_INIT(".doc"), STR_INIT("application/msword"), false},
    {STR_INIT(".docx"), STR_INIT("application/vnd.openxmlformats-officedocument.wordprocessingml.document"), false},
    {STR_INIT(".xls"), STR_INIT("application/vnd.ms-excel"), false},
    {STR_INIT(".xlsx"), STR_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), false},
    {STR_INIT(".ppt"), STR_INIT("application/vnd.ms-powerpoint"), false},
    {STR_INIT(".pptx"), STR_INIT("application/vnd.openxmlformats-officedocument.presentationml.presentation"), false},
    {STR_INIT(".zip"), STR_INIT("application/zip"), false},
    {STR_INIT(".rar"), STR_INIT("application/vnd.rar"), false},
    {STR_INIT(".mp4"), STR_INIT("video/mp4"), false},
    {STR_INIT(".mp3"), STR_INIT("audio/mpeg"), false},
};

struct str attachment_mime(struct str name) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (name.len > kinds[i].ending.len &&
            str_eq_nocase(str_skip(name, name.len - kinds[i].ending.len), kinds[i].ending))
            return kinds[i].mime;
    return STR("application/octet-stream");
}

bool attachment_is_shown(struct str mime) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_eq(mime, kinds[i].mime))
            return kinds[i].shown;
    return false;
}

int attachment_add(struct hire *h, const struct attachment_row *in) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ATTACHMENT_ADD);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, in->id);
    db_bind_text(&q, 3, in->name);
    db_bind_text(&q, 4, in->mime);
    db_bind_int(&q, 5, in->size);
    db_bind_text(&q, 6, in->sha256);
    db_bind_int(&q, 7, in->usage);
    db_bind_int(&q, 8, in->created_ms ? in->created_ms : h->now_ms);
    db_bind_int(&q, 9, in->app);
    int r = db_run(&q);
    return r == 0 ? -EEXIST : r; /* another attachment has the id */
}

static int find_imported(struct hire *h, struct str id, struct attachment_row *ret) {
    struct attachment *a = arena_new(h->arena, struct attachment);
    struct str doc;
    int r = reference_get(h, STR("attachment"), id, &doc);

    if (r == 1 && (r = record_read_stored(&type_attachment, a, doc, h->arena)) == 0) {
        *ret = (struct attachment_row){.name = a->name,
                                       .mime = a->mime,
                                       .size = -1,
                                       .created_ms = a->create_time.v,
                                       .url = str_is_absent(a->url) ? STR("") : a->url};
        return id_parse(id, &ret->id) < 0 ? 0 : 1;
    }
    return r;
}

/* Whether the caller may read the attachment: 1, 0 or < 0. */
static int is_callers(struct hire *h, struct str id, int64_t number) {
    if (h->only_app == 0)
        return 1;
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ATTACHMENT_IS_OF_APP);
    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, number);
    db_bind_int(&q, 3, h->only_app);
    db_bind_text(&q, 4, id);
    return db_row(&q);
}

int attachment_find(struct hire *h, struct str id, struct attachment_row *ret) {
    int64_t number;
    int r;

    if (id_parse(id, &number) < 0 || (r = is_callers(h, id, number)) == 0)
        return 0;
    if (r < 0)
        return r;
    {
        struct db_query q DB_CLEANUP = db_query(h->db, SQL_ATTACHMENT_GET);

        db_bind_int(&q, 1, h->tenant);
        db_bind_int(&q, 2, number);
        r = db_row(&q);
        if (r == 1)
            *ret = (struct attachment_row){
                .id = number,
                .name = arena_dup(h->arena, db_text(&q, COL_ATTACHMENT_GET_NAME)),
                .mime = arena_dup(h->arena, db_text(&q, COL_ATTACHMENT_GET_MIME)),
                .size = db_int(&q, COL_ATTACHMENT_GET_SIZE),
                .usage = (int)db_int(&q, COL_ATTACHMENT_GET_USAGE),
                .created_ms = db_int(&q, COL_ATTACHMENT_GET_CREATED_MS),
                .sha256 = arena_dup(h->arena, db_text(&q, COL_ATTACHMENT_GET_SHA256)),
            };
    }
    return r != 0 ? r : find_imported(h, id, ret);
}

int attachment_forget(struct hire *h, int64_t id) {
    struct db_query q DB_CLEANUP = db_query(h->db, SQL_ATTACHMENT_FORGET);

    db_bind_int(&q, 1, h->tenant);
    db_bind_int(&q, 2, id);
    return db_run(&q);
}
