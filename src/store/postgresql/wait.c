/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: waiting for the server. Each wait of this process has a limit of its own, and another one when
 * the process ends (db_end_waits).
 */
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "store/postgresql/postgresql.h"

#define MS_NS INT64_C(1000000)
#define LOOK_MS 250        /* a wait that has begun looks so often whether the process ends */
#define END_MS 3000        /* the longest wait of a process that ends */
#define END_IN_VAIN_MS 200 /* the same, after one of them has ended without an answer */

static _Atomic int64_t end_ns; /* when the process begins to hurry, clock_mono_ns; 0: it does not end */
static _Atomic bool in_vain;

void db_end_waits(int64_t at_ns) {
    if (at_ns == 0)
        atomic_store(&in_vain, false);
    atomic_store(&end_ns, at_ns);
}

int64_t pg_wait_begins(void) {
    return atomic_load(&end_ns) ? clock_mono_ns() : 0;
}

/* Until when a wait may last if the process ends; INT64_MAX: it does not. */
static int64_t end_of_wait(int64_t began_ns) {
    int64_t end = atomic_load(&end_ns), from = began_ns > end ? began_ns : end;
    return end == 0 ? INT64_MAX : from + (atomic_load(&in_vain) ? END_IN_VAIN_MS : END_MS) * MS_NS;
}

static int rest_ms(int64_t until_ns) {
    int64_t rest = until_ns - clock_mono_ns();
    return rest <= 0 ? 0 : rest >= LOOK_MS * MS_NS ? LOOK_MS : (int)((rest + MS_NS - 1) / MS_NS);
}

int pg_poll(PGconn *conn, short events, int64_t began_ns, int64_t until_ns) {
    for (;;) {
        int64_t end = end_of_wait(began_ns), until = until_ns == 0 || end < until_ns ? end : until_ns;
        struct pollfd p = {.fd = PQsocket(conn), .events = events};
        int ms = rest_ms(until), n = poll(&p, 1, ms);
        if (n > 0)
            return p.revents;
        if (n < 0 && errno != EINTR)
            return -EIO;
        if (n == 0 && ms == 0) {
            if (until == end)
                atomic_store(&in_vain, true);
            return -ETIMEDOUT;
        }
    }
}

int pg_wait(PGconn *conn, int64_t until_ns) {
    int64_t began_ns = pg_wait_begins();
    for (;;) {
        int unsent = PQflush(conn);
        if (unsent < 0)
            return -EIO;
        if (!PQisBusy(conn))
            return 0;
        int r = pg_poll(conn, (short)(POLLIN | (unsent > 0 ? POLLOUT : 0)), began_ns, until_ns);
        if (r < 0)
            return r;
        if ((r & ~POLLOUT) && !PQconsumeInput(conn))
            return -EIO;
    }
}
