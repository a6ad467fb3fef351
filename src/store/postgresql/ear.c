/* SPDX-License-Identifier: Apache-2.0
 *
 * Hears what other processes tell, by LISTEN.
 */
#include "store/ear.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/postgresql/postgresql.h"

#define CONNECT_MS 5000
#define ANSWER_NS INT64_C(5000000000)

struct ear {
    struct pg_db db; /* only its address and its connection are used */
};

/* With these, both sides notice that the other one's machine is gone. */
static const char settings[] =
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 20000; SET idle_session_timeout = 0; SET application_name = 'hired-ear';"
    "LISTEN " PG_CHANNEL;

static void disconnect(struct ear *e) {
    if (e->db.conn)
        PQfinish(e->db.conn);
    e->db.conn = NULL;
}

static int connect_to(struct ear *e) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    PGresult *result = NULL;
    int r = pg_reach(&e->db, &scratch, &why);
    if (r < 0)
        return -EIO;
    if (PQsetnonblocking(e->db.conn, 1) != 0 ||
        pg_script(e->db.conn, settings, clock_mono_ns() + ANSWER_NS, &result) < 0 ||
        PQresultStatus(result) != PGRES_COMMAND_OK)
        r = -EIO;
    PQclear(result);
    if (r < 0)
        disconnect(e);
    return r;
}

int ear_new(struct ear **ret, const struct db_options *o, struct str *ret_why) {
    struct ear *e = mem_alloc(sizeof(*e));
    int r = pg_address_new(&e->db.address, o->url, ret_why);
    if (r < 0) {
        ear_free(e);
        return r;
    }
    unsigned given_ms = pg_address_connect_ms(e->db.address);
    e->db.connect_ms = given_ms ? given_ms : o->connect_ms ? o->connect_ms : CONNECT_MS;
    *ret = e;
    return 0;
}

int ear_listen(struct ear *e, int ms, int wake_fd, void (*fn)(void *ctx, const char *text), void *ctx) {
    if (!e->db.conn) {
        if (connect_to(e) < 0)
            return -EIO;
        fn(ctx, "");
    }
    struct pollfd p[] = {{.fd = PQsocket(e->db.conn), .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
    if (poll(p, 2, ms) > 0 && p[0].revents && !PQconsumeInput(e->db.conn)) {
        disconnect(e);
        return -EIO;
    }
    PGnotify *told;
    while ((told = PQnotifies(e->db.conn)) != NULL) {
        fn(ctx, told->extra);
        PQfreemem(told);
    }
    return 0;
}

struct ear *ear_free(struct ear *e) {
    if (!e)
        return NULL;
    disconnect(e);
    pg_address_free(e->db.address);
    free(e);
    return NULL;
}
