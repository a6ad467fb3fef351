/* SPDX-License-Identifier: Apache-2.0
 *
 * The gateway: a request's way from its path to its answer, straight down.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "gateway/admit.h"
#include "gateway/answer.h"
#include "gateway/auth.h"
#include "gateway/gateway.h"
#include "gateway/input.h"
#include "gateway/limiter.h"
#include "gateway/metrics.h"
#include "gateway/passwords.h"
#include "gateway/router.h"
#include "gateway/session.h"
#include "gateway/upload.h"
#include "gateway/user_cache.h"

#define CHANGE_POLL_MS 200 /* how often a loop looks whether the database changed under its caches */
#define LOG_ID_LEN 34      /* yyyymmddHHMMSS and 20 hex digits */
#define REQUEST_ID_MAX 128

struct gateway_loop {
    struct gateway *g;
    struct db *db;
    struct auth_cache *auth;
    struct user_cache *users;
    struct metrics *metrics;
    uv_timer_t change_timer;
    int64_t change_count;
    uv_check_t round_end;      /* after each round of ready connections */
    bool in_snapshot;
    uint64_t snapshot_commits; /* g->commits when it was taken */
    uint64_t random[2];   /* for log ids */
    time_t stamp_s;       /* the second that stamp is for */
    char stamp[14];
};

struct gateway {
    const struct db_options *db_options;
    struct writer *writer;
    const struct seal *seal;
    struct router *router;
    struct limiter *limiter;
    struct attempts *attempts;   /* to sign in */
    struct passwords *passwords;
    int user_id_scope; /* without it, ids of type user_id are left out of answers */
    _Atomic uint64_t commits; /* writes that were kept, counted before anybody hears of them */
    _Atomic(const struct settings *) settings;
    struct settings *all_settings; /* every one there was: a request in hand may still read an old one */
    unsigned n_loops;
    struct gateway_loop *loops;
};

struct settings {
    struct gateway_settings s;
    struct arena arena;
    struct settings *older;
};

/* One request on its way. Lives in the request's arena. */
struct exchange {
    struct call call;
    struct http_request *r;
    struct gateway *g;
    struct gateway_loop *loop;
    struct write_job job;
    struct upload *upload; /* of a multipart body; else NULL */
    uv_work_t keeping;
    int result;     /* of a writing handler */
    size_t data_at; /* where the answer's data begins */
    uint32_t limit, reset_s; /* for a 429 */
    struct str allow;        /* for a 405 */
    struct str request_id;
    char log_id[LOG_ID_LEN];
};

/* ---- setting up ---- */

void gateway_configure(struct gateway *g, const struct gateway_settings *settings) {
    struct settings *fresh = mem_alloc(sizeof *fresh);
    fresh->s = *settings;
    fresh->s.base_url = arena_dup(&fresh->arena, settings->base_url);
    for (size_t i = 0; i < settings->n_app_rates; i++)
        fresh->s.app_rates[i].app_id = arena_dup(&fresh->arena, settings->app_rates[i].app_id);
    fresh->older = g->all_settings;
    g->all_settings = fresh;
    atomic_store(&g->settings, fresh);
}

struct gateway *gateway_new(const struct gateway_options *o) {
    struct gateway *g = mem_alloc(sizeof *g);
    g->db_options = o->db;
    g->writer = o->writer;
    g->seal = o->seal;
    g->router = router_new();
    g->limiter = limiter_new();
    g->attempts = attempts_new();
    g->passwords = passwords_new();
    g->user_id_scope = api_scope_find(STR("contact:user.employee_id:readonly"));
    g->n_loops = o->loops;
    g->loops = mem_alloc(o->loops * sizeof *g->loops);
    for (unsigned i = 0; i < o->loops; i++)
        g->loops[i].metrics = metrics_new();
    gateway_configure(g, o->settings);
    return g;
}

void gateway_stop(struct gateway *g) {
    g->passwords = passwords_free(g->passwords);
}

struct gateway *gateway_free(struct gateway *g) {
    if (!g)
        return NULL;
    while (g->all_settings) {
        struct settings *older = g->all_settings->older;
        arena_free(&g->all_settings->arena);
        free(g->all_settings);
        g->all_settings = older;
    }
    for (unsigned i = 0; i < g->n_loops; i++)
        metrics_free(g->loops[i].metrics);
    free(g->loops);
    router_free(g->router);
    limiter_free(g->limiter);
    attempts_free(g->attempts);
    passwords_free(g->passwords);
    free(g);
    return NULL;
}

static void on_change_timer(uv_timer_t *timer) {
    struct gateway_loop *gl = timer->data;
    int64_t count = db_change_count(gl->db);
    if (count == gl->change_count)
        return;
    gl->change_count = count;
    auth_cache_clear(gl->auth);
    user_cache_clear(gl->users);
}

/* One snapshot serves all requests of a round, which saves each of them the database's locks. It is taken anew as soon as
 * a write was kept, so whoever has heard of a write sees it. */
static void snapshot_take(struct gateway_loop *gl) {
    uint64_t commits = atomic_load(&gl->g->commits);
    if (gl->in_snapshot && gl->snapshot_commits == commits)
        return;
    if (gl->in_snapshot)
        db_snapshot_end(gl->db);
    /* Without a snapshot every statement sees the newest state by itself. */
    gl->in_snapshot = db_snapshot_begin(gl->db) == 0;
    gl->snapshot_commits = commits;
}

static void snapshot_end(struct gateway_loop *gl) {
    if (gl->in_snapshot)
        db_snapshot_end(gl->db);
    gl->in_snapshot = false;
}

static void on_round_end(uv_check_t *check) {
    snapshot_end(check->data);
}

int gateway_loop_start(struct gateway *g, struct http_loop *l) {
    struct gateway_loop *gl = &g->loops[http_loop_index(l)];
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    gl->g = g;
    int r = db_open(&gl->db, g->db_options, DB_READ, &scratch, &why);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot open the database for reading: %.*s", STR_FMT(why));
        return r;
    }
    gl->auth = auth_cache_new();
    gl->users = user_cache_new();
    id_random(gl->random, sizeof gl->random);
    gl->change_count = db_change_count(gl->db);
    uv_timer_init(http_loop_uv(l), &gl->change_timer);
    gl->change_timer.data = gl;
    uv_timer_start(&gl->change_timer, on_change_timer, CHANGE_POLL_MS, CHANGE_POLL_MS);
    uv_unref((uv_handle_t *)&gl->change_timer);
    uv_check_init(http_loop_uv(l), &gl->round_end);
    gl->round_end.data = gl;
    uv_check_start(&gl->round_end, on_round_end);
    uv_unref((uv_handle_t *)&gl->round_end);
    return 0;
}

void gateway_loop_stop(struct gateway *g, struct http_loop *l) {
    struct gateway_loop *gl = &g->loops[http_loop_index(l)];
    uv_close((uv_handle_t *)&gl->change_timer, NULL);
    uv_close((uv_handle_t *)&gl->round_end, NULL);
    snapshot_end(gl);
    gl->auth = auth_cache_free(gl->auth);
    gl->users = user_cache_free(gl->users);
    gl->db = db_close(gl->db);
}

struct db *gateway_loop_db(struct gateway *g, struct http_loop *l) {
    return g->loops[http_loop_index(l)].db;
}

/* ---- log ids ---- */

static uint64_t loop_random(struct gateway_loop *gl) {
    uint64_t a = gl->random[0], b = gl->random[1];
    gl->random[0] = b;
    a ^= a << 23;
    gl->random[1] = a ^ b ^ (a >> 18) ^ (b >> 5);
    return gl->random[1] + b;
}

static void make_log_id(struct gateway_loop *gl, int64_t now_ms, char out[LOG_ID_LEN]) {
    static const char digits[] = "0123456789ABCDEF";
    time_t now_s = (time_t)(now_ms / 1000);
    if (now_s != gl->stamp_s) {
        struct tm tm;
        char text[16];
        localtime_r(&now_s, &tm);
        strftime(text, sizeof text, "%Y%m%d%H%M%S", &tm);
        memcpy(gl->stamp, text, sizeof gl->stamp);
        gl->stamp_s = now_s;
    }
    memcpy(out, gl->stamp, sizeof gl->stamp);
    uint64_t random = loop_random(gl);
    for (int i = 0; i < 20; i++) {
        if (i == 16)
            random = loop_random(gl);
        out[14 + i] = digits[random & 15];
        random >>= 4;
    }
}

/* ---- answering ---- */

static const struct str content_json = STR_INIT("application/json; charset=utf-8");

static void exchange_log(const struct exchange *x, int64_t duration_ns) {
    char number[4][24];
    snprintf(number[0], sizeof number[0], "%u", x->call.code == 0 ? 200 : x->call.http_status);
    snprintf(number[1], sizeof number[1], "%d", x->call.code);
    snprintf(number[2], sizeof number[2], "%lld", (long long)(duration_ns / 1000));
    snprintf(number[3], sizeof number[3], "%lld", (long long)x->call.tenant);
    struct arena *a = x->r->arena;
    const char *app = x->call.app ? arena_dup(a, x->call.app->app_id).ptr : "";
    log_line(LOG_INFO, "request", "log_id", arena_dup(a, x->call.log_id).ptr, "operation",
             x->call.op ? x->call.op->name.ptr : "none", "status", number[0], "code", number[1], "us", number[2], "tenant",
             number[3], "app", app, NULL);
}

static void exchange_reply(struct exchange *x) {
    struct http_header headers[6] = {
        {STR("X-Tt-Logid"), x->call.log_id},
        {STR("X-Request-Id"), x->request_id},
    };
    size_t n = 2;
    if (x->call.code == CODE_LIMITED) {
        headers[n++] = (struct http_header){STR("x-ogw-ratelimit-limit"), arena_printf(x->r->arena, "%u", x->limit)};
        headers[n++] = (struct http_header){STR("x-ogw-ratelimit-reset"), arena_printf(x->r->arena, "%u", x->reset_s)};
    } else if (x->call.http_status == 503) {
        headers[n++] = (struct http_header){STR("Retry-After"), STR("1")};
    } else if (x->call.code == CODE_NO_METHOD) {
        headers[n++] = (struct http_header){STR("Allow"), x->allow};
    }
    if (x->call.op && x->call.op->access == OP_CONSOLE)
        headers[n++] = (struct http_header){STR("Cache-Control"), STR("no-store")};
    if (!str_is_absent(x->call.set_cookie) && x->call.code == 0)
        headers[n++] = (struct http_header){STR("Set-Cookie"), x->call.set_cookie};
    int64_t duration = clock_mono_ns() - x->r->start_ns;
    metrics_count(x->loop->metrics, x->call.op, x->call.code, duration);
    if (((const struct settings *)atomic_load(&x->g->settings))->s.access_log)
        exchange_log(x, duration);
    http_reply(x->r, x->call.code == 0 ? 200 : x->call.http_status, content_json, headers, n);
}

static void exchange_fail(struct exchange *x) {
    if (x->upload)
        upload_drop(x->upload);
    struct buf *out = http_out(x->r);
    out->len = 0;
    answer_failure(&x->call, out);
    exchange_reply(x);
}

/* A handler has run: result is what it returned (or what became of its transaction). */
static void exchange_finish(struct exchange *x, int result) {
    struct buf *out = http_out(x->r);
    if (result >= 0) {
        answer_end(&x->call, out, x->data_at);
        exchange_reply(x);
        return;
    }
    if (x->call.code == 0) {
        log_fmt(LOG_ERROR, "%.*s failed: %s (log_id %.*s)", STR_FMT(x->call.op->name), strerror(-result),
                STR_FMT(x->call.log_id));
        answer_fail_gateway(&x->call, CODE_SYSTEM);
    }
    exchange_fail(x);
}

/* ---- token, scopes, limits ---- */

static struct str bearer_token(struct str header) {
    static const struct str scheme = STR_INIT("Bearer ");
    if (header.len < scheme.len || !str_eq_nocase((struct str){header.ptr, scheme.len}, scheme))
        return STR_ABSENT;
    return str_trim(str_skip(header, scheme.len));
}

static int fail_address(struct exchange *x, struct str address) {
    x->call.code = CODE_IP_DENIED;
    x->call.http_status = 400;
    x->call.msg = arena_printf(x->call.arena, "ip %.*s is denied by app setting", STR_FMT(address));
    return -EBADMSG;
}

static int check_token(struct exchange *x) {
    struct call *c = &x->call;
    struct str token = bearer_token(http_header_get(x->r, STR("Authorization")));
    if (str_is_empty(token))
        return answer_fail_gateway(c, CODE_NO_TOKEN);
    if (str_starts(token, STR("u-")))
        return answer_fail_gateway(c, CODE_WRONG_TOKEN_TYPE);
    if (!str_starts(token, STR("t-")))
        return answer_fail_gateway(c, CODE_TOKEN_PREFIX);
    struct auth_caller caller;
    enum seal_kind kind = c->op->access == OP_APP ? SEAL_APP_TOKEN : SEAL_TENANT_TOKEN;
    int r = auth_check(x->loop->auth, x->loop->db, x->g->seal, kind, token, c->now_ms, &caller);
    switch (r) {
    case AUTH_OK:
        break;
    case AUTH_INVALID:
        return answer_fail_gateway(c, CODE_TOKEN_INVALID);
    case AUTH_DISABLED:
        return answer_fail_gateway(c, CODE_APP_DISABLED);
    case AUTH_NOT_INSTALLED:
        return answer_fail_gateway(c, CODE_APP_NOT_INSTALLED);
    default:
        return r;
    }
    /* The cache may forget the caller while a writing handler runs on another thread. */
    struct caller_app *app = arena_new(c->arena, struct caller_app);
    *app = *caller.app;
    app->app_id = arena_dup(c->arena, app->app_id);
    c->app = app;
    c->tenant = caller.tenant;
    if (!(c->op->app_types & (app->store_app ? OP_APP_STORE : OP_APP_CUSTOM)))
        return answer_fail_gateway(c, CODE_APP_NOT_INSTALLED);
    struct str address = str_is_empty(caller.ip_allow) ? STR_ABSENT : http_peer(x->r);
    if (!str_is_absent(address) && !auth_ip_allowed(caller.ip_allow, address))
        return fail_address(x, address);
    return 0;
}

static int check_scopes(struct call *c) {
    const uint16_t *any = c->op->scopes_any;
    if (!any)
        return 0;
    for (const uint16_t *s = any; *s != UINT16_MAX; s++)
        if (caller_has_scope(c->app, *s))
            return 0;
    struct buf names BUF_CLEANUP = BUF_EMPTY;
    const size_t most = sizeof c->missing_scopes / sizeof *c->missing_scopes - 1;
    for (size_t i = 0; any[i] != UINT16_MAX; i++) {
        if (i > 0)
            buf_add_lit(&names, ", ");
        buf_add_str(&names, api_scopes[any[i]]);
        if (i < most)
            c->missing_scopes[i] = api_scopes[any[i]];
    }
    c->code = CODE_NO_SCOPE;
    c->http_status = 400;
    c->msg = arena_printf(c->arena, "Access denied. One of the following scopes is required: [%.*s].",
                          STR_FMT(buf_str(&names)));
    return -EBADMSG;
}

static double rate_factor(const struct gateway_settings *s, struct str app_id) {
    if (!s->rate_limits)
        return 0;
    for (size_t i = 0; i < s->n_app_rates; i++)
        if (str_eq(s->app_rates[i].app_id, app_id))
            return s->app_rates[i].factor;
    return 1;
}

static int check_limits(struct exchange *x, const struct gateway_settings *s) {
    struct call *c = &x->call;
    double factor = rate_factor(s, c->app->app_id);
    struct limiter_key key = {c->app->id, c->tenant, c->op->index};
    if (c->op->limits[0].calls == 0 || factor <= 0 ||
        limiter_take(x->g->limiter, key, c->op->limits, factor, clock_mono_ms(), &x->limit, &x->reset_s))
        return 0;
    return answer_fail_gateway(c, CODE_LIMITED);
}

/* Members of answers that this caller may not see. */
static uint32_t hidden_fields(const struct gateway *g, const struct call *c) {
    uint32_t hidden = c->op->field_mask & ~c->app->field_scopes;
    if (c->user_id_type == USER_USER_ID && !caller_has_scope(c->app, g->user_id_scope))
        hidden |= 1;
    return hidden;
}

/* ---- running the handler ---- */

static void on_written(struct http_loop *l, void *arg) {
    struct exchange *x = arg;
    exchange_finish(x, x->result);
}

/* The first parameter of the path is what most operations are about. */
static struct str audit_subject(const struct call *c) {
    if (!str_is_absent(c->audit_subject) || !c->op->params || c->op->params->fields[0].kind != RECORD_STRING)
        return c->audit_subject;
    return *(const struct str *)(const void *)((const char *)c->params + c->op->params->fields[0].offset);
}

/* What a person changed is kept with the change. */
static int audit_call(const struct call *c) {
    const struct audit_entry entry = {
        .tenant = c->tenant,
        .now_ms = c->now_ms,
        .actor_kind = AUDIT_PERSON,
        .actor = c->person ? c->person->account : 0,
        .action = str_skip(c->op->name, sizeof "console." - 1),
        .subject = audit_subject(c),
        .detail = c->audit_detail,
        .address = c->address,
        .log_id = c->log_id,
    };
    return audit_add(c->db, &entry);
}

static int write_run(struct db *db, struct write_job *job) {
    struct exchange *x = (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
    x->call.db = db;
    int r = x->call.op->handle(&x->call);
    return r < 0 || x->call.op->access != OP_CONSOLE ? r : audit_call(&x->call);
}

static void write_done(struct write_job *job, int result) {
    struct exchange *x = (struct exchange *)(void *)((char *)job - offsetof(struct exchange, job));
    x->result = result;
    if (result >= 0)
        atomic_fetch_add(&x->g->commits, 1);
    if (result < 0 && x->call.code == 0)
        answer_fail_gateway(&x->call, CODE_SYSTEM);
    /* A loop that has ended took its requests with it: nobody is left to answer. */
    (void)http_loop_post(x->r->loop, on_written, x);
}

static void fail_busy(struct call *c) {
    answer_fail_gateway(c, CODE_SYSTEM);
    c->http_status = 503;
    c->detail = STR("too many writes are waiting; try again in a second");
}

static void submit_write(struct exchange *x) {
    x->r->held = true;
    x->job = (struct write_job){.run = write_run, .done = write_done};
    int r = writer_submit(x->g->writer, &x->job);
    if (r == 0)
        return;
    fail_busy(&x->call);
    exchange_fail(x);
}

static void on_passwords_refused(struct http_loop *l, void *arg) {
    exchange_fail(arg);
}

/* On the passwords' thread. */
static void passwords_done(void *arg) {
    struct exchange *x = arg;
    x->job = (struct write_job){.run = write_run, .done = write_done};
    if (writer_submit(x->g->writer, &x->job) == 0)
        return;
    fail_busy(&x->call);
    (void)http_loop_post(x->r->loop, on_passwords_refused, x);
}

/* Has passwords worked on, then lets the writer run the handler. */
static void submit_passwords(struct exchange *x) {
    x->r->held = true;
    if (passwords_submit(x->g->passwords, &x->call, passwords_done, x) == 0)
        return;
    fail_busy(&x->call);
    exchange_fail(x);
}

static int admit(struct exchange *x, const struct gateway_settings *s) {
    struct call *c = &x->call;
    if (c->op->access == OP_CONSOLE)
        return admit_person(c, x->r, s->base_url);
    int r = check_token(x);
    if (r == 0)
        r = check_scopes(c);
    if (r == 0)
        r = check_limits(x, s);
    return r;
}

static int prepare(struct exchange *x, struct route *route, const struct gateway_settings *s) {
    struct call *c = &x->call;
    int r;
    if (c->op->access != OP_PUBLIC) {
        r = admit(x, s);
        if (r < 0)
            return r;
    }
    r = input_read(c, route, x->r->query, x->r->body);
    if (r < 0)
        return r;
    if (c->op->access == OP_CONSOLE)
        return c->op->before ? c->op->before(c) : 0;
    if (c->app)
        c->hidden = hidden_fields(x->g, c);
    return 0;
}

static int find_operation(struct exchange *x, struct route *route) {
    struct call *c = &x->call;
    struct str method = x->r->method == HTTP_HEAD ? STR("GET") : x->r->method_name;
    int r = router_find(x->g->router, method, x->r->path, x->r->arena, route);
    if (r == -EPERM) {
        x->allow = route->allow;
        return answer_fail_gateway(c, CODE_NO_METHOD);
    }
    if (r < 0)
        return answer_fail_gateway(c, CODE_NO_PATH);
    if (!route->op->handle) {
        c->detail = arena_printf(c->arena, "%.*s is an operation of the platform that this version of hired does not "
                                 "support; docs/API.md lists what it does", STR_FMT(route->op->name));
        answer_fail_gateway(c, CODE_NO_PATH);
        c->http_status = 501;
        return -EBADMSG;
    }
    c->op = route->op;
    c->bare = c->op->access == OP_PUBLIC;
    return 0;
}

/* The caller's own request id if it is a sane one, else the log id. */
static struct str request_id(const struct exchange *x) {
    struct str given = http_header_get(x->r, STR("X-Request-Id"));
    if (given.len == 0 || given.len > REQUEST_ID_MAX)
        return x->call.log_id;
    for (size_t i = 0; i < given.len; i++)
        if (given.ptr[i] <= ' ' || given.ptr[i] > '~')
            return x->call.log_id;
    return given;
}

static struct str base_url(const struct http_request *r, const struct gateway_settings *s) {
    if (!str_is_absent(s->base_url))
        return s->base_url;
    static const struct str scheme = STR_INIT("http://");
    struct str host = http_header_get(r, STR("Host"));
    char *text = arena_bytes(r->arena, scheme.len + host.len);
    memcpy(text, scheme.ptr, scheme.len);
    if (host.len > 0)
        memcpy(text + scheme.len, host.ptr, host.len);
    return (struct str){text, scheme.len + host.len};
}

static struct exchange *exchange_new(struct gateway *g, struct http_request *r, const struct gateway_settings *s) {
    struct exchange *x = arena_new(r->arena, struct exchange);
    x->g = g;
    x->r = r;
    x->loop = &g->loops[http_loop_index(r->loop)];
    x->call = (struct call){
        .arena = r->arena,
        .db = x->loop->db,
        .seal = g->seal,
        .now_ms = clock_now_ms(),
        .out = http_out(r),
        .base_url = base_url(r, s),
        .private_addresses = s->private_addresses,
        .user_cache = x->loop->users,
        .attempts = g->attempts,
    };
    make_log_id(x->loop, x->call.now_ms, x->log_id);
    x->call.log_id = (struct str){x->log_id, LOG_ID_LEN};
    x->request_id = request_id(x);
    return x;
}

static void exchange_refuse(struct exchange *x, int error) {
    if (x->call.code == 0) {
        log_fmt(LOG_ERROR, "cannot serve a request: %s", strerror(-error));
        answer_fail_gateway(&x->call, CODE_SYSTEM);
    }
    exchange_fail(x);
}

static void exchange_begin_answer(struct exchange *x) {
    answer_begin(&x->call, x->call.out);
    x->data_at = x->call.out->len;
}

/* ---- uploads ---- */

static int upload_data(struct http_request *r, const char *bytes, size_t len) {
    struct exchange *x = r->ctx;
    int error = upload_feed(x->upload, bytes, len);
    if (error < 0)
        exchange_refuse(x, error);
    return error;
}

static void keep_work(uv_work_t *work) {
    struct exchange *x = work->data;
    x->result = upload_keep(x->upload);
}

static void keep_done(uv_work_t *work, int status) {
    struct exchange *x = work->data;
    int error = status < 0 ? -ECANCELED : x->result;
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    exchange_begin_answer(x);
    submit_write(x);
}

/* Syncing hundreds of megabytes takes seconds: neither the loop nor the writer waits for that. */
static void upload_done(struct http_request *r) {
    struct exchange *x = r->ctx;
    int error = upload_finish(x->upload);
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    r->held = true;
    x->keeping.data = x;
    error = uv_queue_work(http_loop_uv(r->loop), &x->keeping, keep_work, keep_done);
    if (error < 0)
        exchange_refuse(x, error);
}

static void upload_gone(struct http_request *r) {
    struct exchange *x = r->ctx;
    upload_drop(x->upload);
}

void gateway_head(struct gateway *g, struct http_request *r) {
    static const struct http_sink sink = {.data = upload_data, .done = upload_done, .gone = upload_gone};
    struct route route;
    if (r->method != HTTP_POST || router_find(g->router, r->method_name, r->path, r->arena, &route) < 0 ||
        route.op->body_kind != OP_BODY_MULTIPART || !route.op->handle)
        return;
    const struct gateway_settings *s = &((const struct settings *)atomic_load(&g->settings))->s;
    struct exchange *x = exchange_new(g, r, s);
    int error = find_operation(x, &route);
    snapshot_take(x->loop);
    if (error == 0)
        error = prepare(x, &route, s);
    if (error == 0)
        error = upload_begin(&x->upload, &x->call, g->db_options->dir, http_header_get(r, STR("Content-Type")),
                             r->content_length);
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    x->call.user_cache = NULL; /* the loop's own */
    r->sink = &sink;
    r->ctx = x;
    r->body_max = (size_t)(UPLOAD_MAX_BYTES + UPLOAD_AROUND_MAX);
}

void gateway_serve(struct gateway *g, struct http_request *r) {
    const struct gateway_settings *s = &((const struct settings *)atomic_load(&g->settings))->s;
    struct exchange *x = exchange_new(g, r, s);
    struct route route;
    int error = find_operation(x, &route);
    snapshot_take(x->loop);
    if (error == 0)
        error = prepare(x, &route, s);
    if (error < 0) {
        exchange_refuse(x, error);
        return;
    }
    exchange_begin_answer(x);
    if (x->call.op->effect == OP_WRITES) {
        x->call.user_cache = NULL; /* the loop's own */
        if (x->call.op->before)
            submit_passwords(x);
        else
            submit_write(x);
    } else {
        exchange_finish(x, x->call.op->handle(&x->call));
    }
}

void gateway_not_found(struct gateway *g, struct http_request *r) {
    const struct gateway_settings *s = &((const struct settings *)atomic_load(&g->settings))->s;
    struct exchange *x = exchange_new(g, r, s);
    answer_fail_gateway(&x->call, CODE_NO_PATH);
    exchange_fail(x);
}

/* ---- watching ---- */

bool gateway_ready(struct gateway *g, struct http_loop *l) {
    struct db_query q DB_CLEANUP = db_query(gateway_loop_db(g, l), SQL_META_GET);
    db_bind_text(&q, 1, STR("master_secret"));
    return db_row(&q) >= 0;
}

void gateway_write_metrics(struct gateway *g, struct buf *out) {
    struct metrics **all = mem_alloc(g->n_loops * sizeof *all);
    for (unsigned i = 0; i < g->n_loops; i++)
        all[i] = g->loops[i].metrics;
    metrics_write(all, g->n_loops, out);
    free(all);

    struct writer_stats w;
    writer_stats(g->writer, &w);
    buf_printf(out, "# TYPE hired_write_queue gauge\nhired_write_queue %llu\n", (unsigned long long)w.queued);
    buf_printf(out, "# TYPE hired_writes_total counter\nhired_writes_total %llu\n", (unsigned long long)w.jobs);
    buf_printf(out, "# TYPE hired_failed_commits_total counter\nhired_failed_commits_total %llu\n",
               (unsigned long long)w.failed_commits);
    buf_add_lit(out, "# HELP hired_write_group_jobs Writes in one transaction.\n# TYPE hired_write_group_jobs histogram\n");
    uint64_t below = 0;
    for (int i = 0; i < 16; i++) {
        below += w.group_sizes[i];
        buf_printf(out, "hired_write_group_jobs_bucket{le=\"%u\"} %llu\n", 1u << i, (unsigned long long)below);
    }
    buf_printf(out, "hired_write_group_jobs_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)w.groups);
    buf_printf(out, "hired_write_group_jobs_sum %llu\nhired_write_group_jobs_count %llu\n", (unsigned long long)w.jobs,
               (unsigned long long)w.groups);
    buf_printf(out, "# TYPE hired_commit_seconds_total counter\nhired_commit_seconds_total %.9f\n",
               (double)w.commit_ns / 1e9);
}
