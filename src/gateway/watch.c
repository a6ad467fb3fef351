/* SPDX-License-Identifier: Apache-2.0
 *
 * Streams of changes for the open pages of the console.
 */
#include "gateway/watch.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "gateway/caller/session.h"

#define STREAMS_MAX 256  /* streams of one loop */
#define ACCOUNT_MAX 32   /* of these, streams of one account, so that one account cannot use all of them */
#define OVERLAP_MS 10000 /* a commit may follow its stamp by that long, because the job waited for the writer */
#define TOLD 128         /* changes remembered as sent, so that no change is sent twice because of OVERLAP_MS */
#define AT_ONCE 50       /* if a look finds more changes of a kind, the page gets one message without an id */
#define BEAT_MS 15000

enum kind { ORDER, APPLICATION, INTERVIEW, DELIVERY, KINDS };

#define READERS (ROLE_BIT(ROLE_ADMIN) | ROLE_BIT(ROLE_RECRUITER) | ROLE_BIT(ROLE_APPROVER))

/* hear_which: roles that may read every record of the kind; they get the changed record's id. hear_that: roles that
 * see something derived from such records; they only learn that one changed. */
static const struct {
    struct str name;
    enum db_statement newer;
    unsigned hear_which, hear_that;
} kinds[KINDS] = {
    {STR_INIT("order"), SQL_WATCH_ORDERS, READERS, READERS},
    {STR_INIT("application"), SQL_WATCH_APPLICATIONS, READERS, READERS},
    {STR_INIT("interview"), SQL_WATCH_INTERVIEWS, READERS, READERS | ROLE_BIT(ROLE_INTERVIEWER)},
    {STR_INIT("delivery"), SQL_WATCH_DELIVERIES, ROLE_BIT(ROLE_ADMIN), READERS}, /* the overview counts them */
};

struct change {
    int64_t id, at;
};

struct stream {
    struct http_request *r; /* NULL: it was ended */
    int64_t tenant, account, begun_ms, beat_ms;
    unsigned roles;
    char key[SESSION_TEXT_LEN];
    int64_t seen_ms[KINDS];
    int64_t seen_audit; /* the last entry of the audit log that was read; changes of interviews are found there */
    bool missed;        /* a message could not be sent; the page must get "reload" */
    bool over;          /* the session is over */
    bool beat;          /* a sign of life is due */
    struct buf out;     /* to send; filled by a look */
    struct change told[KINDS][TOLD];
    unsigned n_told[KINDS];
    struct stream *next;
};

struct watch {
    struct stream *streams;
    struct stream *looked_at; /* the first of those that the present look reads for; newer ones are before it */
    unsigned n;
};

struct watch *watch_new(void) {
    return mem_alloc(sizeof(struct watch));
}

static void end_stream(struct stream *s) {
    if (s->r)
        http_stream_end(s->r);
    s->r = NULL;
}

static void free_stream(struct stream *s) {
    buf_free(&s->out);
    free(s);
}

static bool has_room(const struct watch *w, int64_t account) {
    unsigned own = 0;
    for (const struct stream *s = w->streams; s; s = s->next)
        own += s->account == account;
    return w->n < STREAMS_MAX && own < ACCOUNT_MAX;
}

int watch_last(struct db *db, int64_t tenant, int64_t *ret) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_WATCH_LAST);
    db_bind_int(&q, 1, tenant);
    int r = db_row(&q);
    *ret = r == 1 ? db_int(&q, COL_WATCH_LAST_ID) : 0;
    return r < 0 ? r : 0;
}

int watch_begin(struct watch *w, const struct call *call, int64_t last, struct http_request *r) {
    static const struct http_header headers[] = {
        {STR_INIT("Cache-Control"), STR_INIT("no-store")},
        {STR_INIT("X-Accel-Buffering"), STR_INIT("no")}, /* a proxy must not buffer the stream */
        {STR_INIT("X-Content-Type-Options"), STR_INIT("nosniff")},
    };
    if (!has_room(w, call->person->account))
        return -EBUSY;
    struct stream *s = mem_alloc(sizeof *s);
    *s = (struct stream){
        .r = r,
        .tenant = call->tenant,
        .account = call->person->account,
        .roles = call->person->roles,
        .begun_ms = call->now_ms,
        .beat_ms = call->now_ms,
        .seen_audit = last,
        .next = w->streams,
    };
    memcpy(s->key, call->person->key.ptr, sizeof s->key);
    for (int k = 0; k < KINDS; k++)
        s->seen_ms[k] = call->now_ms;
    w->streams = s;
    w->n++;
    r->no_cancel = true;
    http_stream_begin(r, 200, STR("text/event-stream; charset=utf-8"), headers, sizeof headers / sizeof *headers);
    (void)http_stream_write(r, STR("retry: 2000\n\n"));
    return 0;
}

/* Returns false if the change has been sent before. */
static bool tell_once(struct stream *s, enum kind k, struct change c) {
    unsigned kept = s->n_told[k] < TOLD ? s->n_told[k] : TOLD;
    for (unsigned i = 0; i < kept; i++)
        if (s->told[k][i].id == c.id && s->told[k][i].at == c.at)
            return false;
    s->told[k][s->n_told[k]++ % TOLD] = c;
    return true;
}

static void write_change(struct buf *out, enum kind k, int64_t id) {
    buf_add_lit(out, "data: {");
    json_member_str(out, STR("kind"), kinds[k].name);
    if (id != 0)
        json_member_id(out, STR("id"), id);
    json_end(out, '}');
    buf_add_lit(out, "\n\n");
}

static int look_at(struct stream *s, struct db *db, enum kind k, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(db, kinds[k].newer);
    int64_t since = s->seen_ms[k] - OVERLAP_MS;
    const int most = s->roles & kinds[k].hear_which ? AT_ONCE : 0;
    int r, n = 0;
    size_t at = out->len;
    if (!(s->roles & kinds[k].hear_that))
        return 0;
    db_bind_int(&q, 1, s->tenant);
    db_bind_int(&q, 2, since < s->begun_ms ? s->begun_ms - 1 : since);
    if (k == INTERVIEW) /* ids contain their time: the same overlap as for the other kinds */
        db_bind_int(&q, 3, s->seen_audit - (id_at(OVERLAP_MS) - id_at(0)));
    while ((r = db_row(&q)) == 1) {
        struct change c = {db_int(&q, COL_WATCH_CHANGE_CHANGED), db_int(&q, COL_WATCH_CHANGE_AT_MS)};
        if (k == INTERVIEW && db_int(&q, COL_WATCH_INTERVIEWS_ID) > s->seen_audit)
            s->seen_audit = db_int(&q, COL_WATCH_INTERVIEWS_ID);
        if (c.id == 0) /* an entry about another kind of record */
            continue;
        if (c.at > s->seen_ms[k])
            s->seen_ms[k] = c.at;
        if (n > most || !tell_once(s, k, c))
            continue;
        if (++n <= most) {
            write_change(out, k, c.id);
            continue;
        }
        out->len = at;
        write_change(out, k, 0);
    }
    return r;
}

static void look(struct stream *s, struct db *db) {
    s->out.len = 0;
    for (int k = 0; k < KINDS && !s->missed; k++)
        s->missed = look_at(s, db, (enum kind)k, &s->out) < 0;
}

/* Whether the session still exists. Updates the stream's roles. */
static bool may_listen(struct stream *s, struct db *db, int64_t now_ms) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_CONSOLE_SESSION_GET);
    db_bind_text(&q, 1, (struct str){s->key, sizeof s->key});
    int r = db_row(&q);
    if (r == 1)
        s->roles = (unsigned)db_int(&q, COL_CONSOLE_SESSION_GET_ROLES);
    return r < 0 || (r == 1 && db_int(&q, COL_CONSOLE_SESSION_GET_EXPIRES_MS) > now_ms &&
                     db_int(&q, COL_CONSOLE_SESSION_GET_DISABLED) == 0);
}

bool watch_begin_look(struct watch *w) {
    w->looked_at = w->streams;
    return w->streams != NULL;
}

void watch_look(struct watch *w, struct db *db, bool changed) {
    int64_t now_ms = clock_now_ms();
    for (struct stream *s = w->looked_at; s; s = s->next) {
        s->beat = now_ms - s->beat_ms >= BEAT_MS;
        s->over = (s->beat || changed) && !may_listen(s, db, now_ms);
        if (s->beat)
            s->beat_ms = now_ms;
        if (changed && !s->over && !s->missed) /* after "reload" the page requests everything anyway */
            look(s, db);
    }
}

/* ---- telling ---- */

/* http_stream_write fails if the page does not read and its buffer is full. */
static bool push(struct stream *s, struct str text) {
    return http_stream_write(s->r, text) != -ENOBUFS;
}

/* If a message was lost, the page gets "reload": it then requests everything, including what was not sent. */
static void tell_changes(struct stream *s) {
    if (s->missed)
        s->missed = !push(s, STR("data: {\"kind\":\"reload\"}\n\n"));
    else if (s->out.len > 0)
        s->missed = !push(s, buf_str(&s->out));
    buf_reset(&s->out, 0);
}

/* Returns whether the stream stays open: its page is connected and its session exists. */
static bool tell(struct stream *s) {
    if (s->over)
        return false;
    tell_changes(s);
    struct str beat = s->beat ? STR(": still here\n\n") : STR("");
    s->beat = false;
    return http_stream_write(s->r, beat) != -EPIPE;
}

void watch_tell(struct watch *w) {
    for (struct stream **at = &w->streams; *at;) {
        struct stream *s = *at;
        if (s->r && tell(s)) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        w->n--;
        end_stream(s);
        free_stream(s);
    }
}

/* A look may be under way: the streams themselves are freed by the next watch_tell, or by watch_free. */
void watch_end(struct watch *w) {
    for (struct stream *s = w->streams; s; s = s->next)
        end_stream(s);
}

struct watch *watch_free(struct watch *w) {
    if (!w)
        return NULL;
    for (struct stream *s = w->streams, *next; s; s = next) {
        next = s->next;
        free_stream(s);
    }
    free(w);
    return NULL;
}
