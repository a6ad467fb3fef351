/* SPDX-License-Identifier: Apache-2.0
 *
 * A page that does not read its stream gets "reload" when it reads again; against the real server.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/test.h"
#include "gateway/caller/session.h"
#include "gateway/watch.h"

enum {
    TENANT = 7,
    CHANGED = 50, /* applications changed before each look: as many as are sent one by one */
    LOOKS = 1500, /* five megabytes: more than all buffers take */
};

static struct {
    char dir[64];
    struct db *db;
    struct watch *watch;
    struct http_server *server;
    struct arena arena;
    int64_t now_ms;
    struct account account;
    struct str session; /* its key */
    sem_t done;
} t;

static void change_all(void) {
    t.now_ms++;
    assert_int_equal(db_begin(t.db), 0);
    for (int i = 1; i <= CHANGED; i++) {
        struct db_query q DB_CLEANUP = db_query(t.db, SQL_APPLICATION_PUT);
        db_bind_int(&q, 1, TENANT);
        db_bind_int(&q, 2, 7000000000000000000 + i);
        db_bind_int(&q, 3, 1);
        db_bind_int(&q, 4, 1);
        db_bind_text(&q, 5, STR("s"));
        db_bind_int(&q, 6, 1);
        db_bind_int(&q, 7, t.now_ms);
        db_bind_text(&q, 8, STR("{}"));
        assert_true(db_run(&q) >= 0);
    }
    assert_int_equal(db_commit(t.db), 0);
}

static void sign_in(void) {
    struct str cookie;
    t.account = (struct account){.tenant = TENANT,
                                 .login = STR("lin"),
                                 .name = STR("林月"),
                                 .en_name = STR("Yue Lin"),
                                 .password = STR("scrypt$1$1$1$x$y"),
                                 .roles = ROLE_BIT(ROLE_RECRUITER)};
    assert_int_equal(db_begin(t.db), 0);
    assert_int_equal(account_add(t.db, &t.account, &t.arena, t.now_ms), 0);
    assert_int_equal(person_session_begin(t.db, &t.account, STR("127.0.0.1"), t.now_ms, &t.arena, &cookie), 0);
    assert_int_equal(db_commit(t.db), 0);
    t.session = person_session_key(cookie, &t.arena);
}

/* ---- on the loop ---- */

static void handle(struct http_request *r) {
    const struct person person = {.account = t.account.id, .roles = ROLE_BIT(ROLE_RECRUITER), .key = t.session};
    const struct call call = {.arena = r->arena, .db = t.db, .tenant = TENANT, .now_ms = t.now_ms, .person = &person};
    int64_t last;
    assert_int_equal(watch_last(t.db, TENANT, &last), 0);
    assert_int_equal(watch_begin(t.watch, &call, last, r), 0);
    sem_post(&t.done);
}

static void round_of(bool changed) {
    watch_begin_look(t.watch);
    watch_look(t.watch, t.db, changed);
    watch_tell(t.watch);
}

static void look_often(struct http_loop *l, void *arg) {
    for (int i = *(int *)arg; i > 0; i--) {
        change_all();
        round_of(true);
    }
    sem_post(&t.done);
}

static void tend(struct http_loop *l, void *arg) {
    round_of(false);
    sem_post(&t.done);
}

static void end_streams(struct http_loop *l) {
    watch_end(t.watch);
    t.watch = watch_free(t.watch);
}

static void on_loop(void (*fn)(struct http_loop *l, void *arg), int n) {
    assert_int_equal(http_loop_post(http_server_loop(t.server, 0), fn, &n), 0);
    sem_wait(&t.done);
}

/* ---- the page ---- */

static int begin_stream(void) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_server_port(t.server))};
    int fd = socket(AF_INET, SOCK_STREAM, 0), size = 4096;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
    assert_int_equal(
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = 200000}, sizeof(struct timeval)), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, request, sizeof request - 1, 0), sizeof request - 1);
    sem_wait(&t.done);
    return fd;
}

/* Reads until the text has come, and runs idle on the loop each time that nothing comes. Returns the number of bytes up
 * to there. */
static size_t read_until(int fd, const char *text, void (*idle)(struct http_loop *l, void *arg)) {
    struct buf all BUF_CLEANUP = BUF_EMPTY;
    for (;;) {
        char piece[8192];
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n < 0 && errno == EAGAIN) { /* the loop's timer is not running: tend the streams here */
            on_loop(idle, 1);
            continue;
        }
        if (n <= 0)
            fail_msg("the stream ended after %zu bytes without %s", all.len, text);
        buf_add(&all, piece, (size_t)n);
        const char *at = memmem(all.ptr, all.len, text, strlen(text));
        if (at)
            return (size_t)(at - all.ptr);
    }
}

static void test_who_does_not_read_hears_reload(void **state) {
    static const struct http_app app = {.handle = handle, .loop_stop = end_streams};
    const struct db_options o = {.dir = t.dir, .busy_ms = 1000, .no_sync = true};
    struct http_limits limits;
    struct str why;
    snprintf(t.dir, sizeof t.dir, "/tmp/hired-watch-XXXXXX");
    assert_non_null(mkdtemp(t.dir));
    assert_int_equal(db_open(&t.db, &o, DB_WRITE, &t.arena, &why), 0);
    t.watch = watch_new();
    t.now_ms = clock_now_ms();
    sign_in();
    sem_init(&t.done, 0, 0);
    http_limits_init(&limits);
    assert_int_equal(http_server_new(&t.server, "127.0.0.1", 0, 1, &limits, &app, NULL, &why), 0);
    assert_int_equal(http_server_start(t.server), 0);

    int fd = begin_stream();
    on_loop(look_often, 1);
    on_loop(tend, 0);
    read_until(fd, "7000000000000000050", tend); /* a page that reads gets each change */
    on_loop(look_often, LOOKS);
    on_loop(tend, 0);
    assert_true(read_until(fd, "{\"kind\":\"reload\"}", tend) <
                (size_t)LOOKS * CHANGED * 60);         /* not all changes were sent */
    read_until(fd, "7000000000000000050", look_often); /* later changes are sent again */

    close(fd);
    http_server_drain(t.server, 1000);
    t.server = http_server_free(t.server);
    t.db = db_close(t.db);
    arena_free(&t.arena);
    assert_int_equal(dir_remove(t.dir), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_who_does_not_read_hears_reload)};
    return RUN_TESTS(tests);
}
