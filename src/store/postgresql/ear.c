/* SPDX-License-Identifier: Apache-2.0
 *
 * Hears what other processes tell, by LISTEN.
 */
#include "store/ear.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "store/postgresql/postgresql.h"

struct ear {
    struct pg_address *address;
    PGconn *conn; /* NULL: none */
};

static const char settings[] =
    PG_KEEPALIVES "SET idle_session_timeout = 0; SET application_name = 'hired-ear'; LISTEN " PG_CHANNEL;

static void disconnect(struct ear *e) {
    if (e->conn)
        PQfinish(e->conn);
    e->conn = NULL;
}

static int connect_to(struct ear *e) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    return pg_session(e->address, settings, &e->conn, &scratch, &why) < 0 ? -EIO : 0;
}

int ear_new(struct ear **ret, const struct db_options *o, struct str *ret_why) {
    struct ear *e = mem_alloc(sizeof(*e));
    int r = pg_address_new(&e->address, o->url, o->connect_ms, ret_why);
    if (r < 0)
        ear_free(e);
    else
        *ret = e;
    return r;
}

int ear_listen(struct ear *e, int ms, int wake_fd, void (*fn)(void *ctx, const char *text), void *ctx) {
    if (!e->conn) {
        if (connect_to(e) < 0)
            return -EIO;
        fn(ctx, "");
    }
    struct pollfd p[] = {{.fd = PQsocket(e->conn), .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
    if (poll(p, 2, ms) > 0 && p[0].revents && !PQconsumeInput(e->conn)) {
        disconnect(e);
        return -EIO;
    }
    PGnotify *told;
    while ((told = PQnotifies(e->conn)) != NULL) {
        fn(ctx, told->extra);
        PQfreemem(told);
    }
    return 0;
}

struct ear *ear_free(struct ear *e) {
    if (!e)
        return NULL;
    disconnect(e);
    pg_address_free(e->address);
    free(e);
    return NULL;
}
