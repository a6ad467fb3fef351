/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections for kept files.
 */
#include "store/postgresql/links.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "store/postgresql/postgresql.h"

#define MS_NS INT64_C(1000000)
#define WAIT_NS (5000 * MS_NS)  /* for a connection that others use */
#define IDLE_NS (60000 * MS_NS) /* then it is closed */
#define SERVER_MS "60000"       /* the server ends a command by itself */

struct link {
    PGconn *conn; /* NULL: none */
    bool taken;
    int64_t used_ns;
};

struct links {
    struct pg_address *address;

    pthread_mutex_t lock; /* protects the following */
    pthread_cond_t given;
    struct link link[LINKS_MAX];
    bool away;   /* the server could not be reached, or did not answer in time */
    bool trying; /* a thread tries whether it is back */
    int64_t again_ns;
};

static const char settings[] =
    "SET statement_timeout = " SERVER_MS "; SET lock_timeout = 5000; SET idle_session_timeout = 0;" PG_KEEPALIVES
    "SET jit = off; SET client_min_messages = error;"
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

/* ---- one connection ---- */

static void disconnect(struct link *k) {
    if (k->conn)
        PQfinish(k->conn);
    k->conn = NULL;
}

static int connect_link(struct links *l, struct link *k) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    if (pg_session(l->address, settings, &k->conn, &scratch, &why) == 0)
        return 0;
    log_line(LOG_WARN, "the database cannot be reached for kept files", "why", why.ptr, NULL);
    return -EHOSTUNREACH;
}

static bool send(PGconn *conn, const struct links_command *c) {
    uint64_t number[LINKS_PARAMETERS_MAX]; /* in network order */
    const char *value[LINKS_PARAMETERS_MAX + 1];
    int length[LINKS_PARAMETERS_MAX + 1], format[LINKS_PARAMETERS_MAX + 1], n = 0;
    Oid type[LINKS_PARAMETERS_MAX + 1];
    for (; n < c->numbers; n++) {
        number[n] = htobe64((uint64_t)c->number[n]);
        value[n] = (const char *)&number[n];
        length[n] = sizeof(number[n]);
        format[n] = PG_FORMAT_BINARY;
        type[n] = PG_TYPE_INT8;
    }
    if (!str_is_absent(c->bytes)) {
        value[n] = c->bytes.ptr;
        length[n] = (int)c->bytes.len;
        format[n] = PG_FORMAT_BINARY;
        type[n++] = PG_TYPE_BYTEA;
    }
    return PQsendQueryParams(conn, c->sql, n, type, value, length, format, PG_FORMAT_BINARY) == 1;
}

/* Whether the server ended the session, or is about to: 57P01 to 57P05; or it is a standby by now. */
static bool is_going(const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return !state || strncmp(state, "57P", 3) == 0 || strcmp(state, "25006") == 0;
}

/* Returns 0 and a result, which may be an error of the server; PG_LOST, or -ETIMEDOUT; then the connection is closed.
 */
static int ask(struct link *k, const struct links_command *c, PGresult **ret) {
    int64_t until_ns = clock_mono_ns() + (c->answer_ms ? c->answer_ms : LINKS_ANSWER_MS) * MS_NS;
    int r = send(k->conn, c) ? pg_results(k->conn, until_ns, ret) : -EIO;
    if (r == 0 && !(pg_is_error(*ret) && is_going(*ret)))
        return 0;
    PQclear(*ret);
    *ret = NULL;
    disconnect(k);
    return r == -ETIMEDOUT ? r : PG_LOST;
}

/* ---- all connections ---- */

/* Returns a connection, which may not stand yet, or -EHOSTUNREACH. *ret_trying: the caller is the one that tries
 * whether the server is back. */
static int take(struct links *l, struct link **ret, bool *ret_trying) {
    const struct timespec until = thread_deadline(WAIT_NS);
    struct link *found = NULL;
    int r = 0;
    *ret_trying = false;
    pthread_mutex_lock(&l->lock);
    while (r == 0 && !found) {
        if (l->away && (l->trying || clock_mono_ns() < l->again_ns)) {
            r = -EHOSTUNREACH;
            break;
        }
        for (int i = 0; i < LINKS_MAX; i++) /* those that stand first, so that few are used */
            if (!l->link[i].taken && (!found || (l->link[i].conn && !found->conn)))
                found = &l->link[i];
        if (!found && pthread_cond_timedwait(&l->given, &l->lock, &until) == ETIMEDOUT)
            r = -EHOSTUNREACH;
    }
    if (found) {
        found->taken = true;
        *ret_trying = l->trying = l->away;
        *ret = found;
    }
    pthread_mutex_unlock(&l->lock);
    return r;
}

/* Those that were idle for long, in ret, to be closed outside of the lock. Returns how many. */
static int take_idle(struct links *l, int64_t now_ns, PGconn *ret[LINKS_MAX]) {
    int n = 0;
    for (int i = 0; i < LINKS_MAX; i++) {
        struct link *k = &l->link[i];
        if (k->taken || !k->conn || now_ns - k->used_ns < IDLE_NS)
            continue;
        ret[n++] = k->conn;
        k->conn = NULL;
    }
    return n;
}

static void give(struct links *l, struct link *k, bool tried, bool reached) {
    PGconn *idle[LINKS_MAX];
    int64_t now_ns = clock_mono_ns();
    pthread_mutex_lock(&l->lock);
    k->taken = false;
    k->used_ns = now_ns;
    if (tried)
        l->trying = false;
    l->away = !reached;
    if (!reached)
        l->again_ns = now_ns + PG_AGAIN_MS * MS_NS;
    int n = take_idle(l, now_ns, idle);
    pthread_cond_broadcast(&l->given);
    pthread_mutex_unlock(&l->lock);
    for (int i = 0; i < n; i++)
        PQfinish(idle[i]);
}

/* On a connection that stood before, the command is repeated once if that is found broken. */
static int run_on(struct links *l, struct link *k, const struct links_command *c, PGresult **ret) {
    bool stood = k->conn != NULL;
    int r = stood ? ask(k, c, ret) : PG_LOST;
    if (r != PG_LOST)
        return r;
    r = connect_link(l, k);
    return r < 0 ? r : ask(k, c, ret);
}

static int fault(const struct links_command *c, const PGresult *result) {
    int r = pg_report(result, c->name);
    /* To a caller it is the same whether the server or the network took too long. */
    return r == -ETIME ? -EHOSTUNREACH : r;
}

int links_run(struct links *l, const struct links_command *c, PGresult **ret) {
    struct link *k;
    bool trying;
    *ret = NULL;
    int r = take(l, &k, &trying);
    if (r < 0)
        return r;
    r = run_on(l, k, c, ret);
    give(l, k, trying, r == 0);
    if (r < 0) {
        log_line(LOG_WARN, "the database did not do its work for kept files", "command", c->name, "why",
                 r == -ETIMEDOUT ? "it did not answer in time" : "it cannot be reached", NULL);
        return -EHOSTUNREACH;
    }
    if (!pg_is_error(*ret))
        return 0;
    r = fault(c, *ret);
    PQclear(*ret);
    *ret = NULL;
    return r;
}

/* ---- opening ---- */

int links_new(struct links **ret, const struct db_options *o, struct str *ret_why) {
    struct links *l = mem_alloc(sizeof *l);
    int r = pg_address_new(&l->address, o->url, o->connect_ms, ret_why);
    if (r < 0) {
        free(l);
        return r;
    }
    pthread_mutex_init(&l->lock, NULL);
    thread_condition(&l->given);
    *ret = l;
    return 0;
}

struct links *links_free(struct links *l) {
    if (!l)
        return NULL;
    for (int i = 0; i < LINKS_MAX; i++)
        disconnect(&l->link[i]);
    pthread_cond_destroy(&l->given);
    pthread_mutex_destroy(&l->lock);
    pg_address_free(l->address);
    free(l);
    return NULL;
}
