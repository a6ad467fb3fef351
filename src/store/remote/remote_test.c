/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands that write through the serving process: a real socket, a real writer, a real database. What a command does
 * in time is kept; what is killed, hung, slow or malformed is undone, and the next one is served.
 */
#include "store/remote/remote.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/test.h"
#include "store/remote/server.h"
#include "store/remote/socket.h"
#include "store/remote/wire.h"

static const struct remote_limits quick = {.step_ms = 400, .transaction_ms = 1200, .idle_ms = 60000};

struct scratch {
    char top[4096], dir[8192];
    struct arena arena;
    struct writer *writer;
    struct remote_server *server;
    struct db_options options;
};

static void make_dir(struct scratch *s, const char *below) {
    const char *tmp = getenv("TMPDIR");

    log_set_level(LOG_ERROR + 1);
    *s = (struct scratch){0};
    snprintf(s->top, sizeof(s->top), "%s/hired-remote-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(s->top));
    snprintf(s->dir, sizeof(s->dir), "%s%s", s->top, below);
    s->options = (struct db_options){.dir = s->dir, .busy_ms = 1000, .no_sync = true};
}

static void start_server(struct scratch *s) {
    struct str why = STR_ABSENT;
    struct db *db;

    assert_int_equal(db_open(&db, &s->options, DB_WRITE, &s->arena, &why), 0);
    assert_int_equal(writer_new(&s->writer, db, 64, 16), 0);
    assert_int_equal(remote_server_new(&s->server, s->dir, s->writer, &quick), 0);
}

static void start(struct scratch *s, const char *below) {
    make_dir(s, below);
    start_server(s);
}

static void stop(struct scratch *s) {
    static const char *const names[] = {"hired.db", "hired.db-wal", "hired.db-shm"};
    char path[9000];

    s->server = remote_server_free(s->server);
    snprintf(path, sizeof(path), "%s/hired.sock", s->dir);
    assert_int_equal(access(path, F_OK), -1);
    s->writer = writer_free(s->writer);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/%s", s->dir, names[i]);
        unlink(path);
    }
    rmdir(s->dir);
    rmdir(s->top);
    arena_free(&s->arena);
    id_set_node(0);
}

/* The threads of earlier commands may still be ending. */
static struct db *command(struct scratch *s) {
    struct str why = STR_ABSENT;
    struct db *db = NULL;
    int r;

    for (int64_t end = clock_mono_ms() + 2000;;) {
        r = remote_open(&db, &s->options, "app create", &s->arena, &why);
        if (r != -EBUSY || clock_mono_ms() > end)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    if (r < 0)
        fail_msg("remote_open: %d %.*s", r, STR_FMT(why));
    return db;
}

static int add_tenant(struct db *db, int64_t id, const char *key) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ADD);
    db_bind_int(&q, 1, id);
    db_bind_text(&q, 2, str_of(key));
    db_bind_text(&q, 3, STR("a name"));
    db_bind_int(&q, 4, 7);
    return db_run(&q);
}

static int count_tenants(struct db *db) {
    struct db_query q DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
    int n = 0, r;

    while ((r = db_row(&q)) == 1) {
        assert_int_equal(db_int(&q, 3), 0);
        assert_false(db_is_null(&q, 1));
        assert_lit(db_text(&q, 2), "a name");
        n++;
    }
    assert_int_equal(r, 0);
    return n;
}

static void test_what_is_committed_is_kept(void **state) {
    struct scratch s;
    char key[32];

    start(&s, "");
    struct db *db = command(&s);
    assert_int_equal(count_tenants(db), 0);
    assert_int_equal(add_tenant(db, 1, "k1"), -EROFS); /* outside of a transaction */
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(db_begin(db), -EINVAL);
    for (int i = 1; i <= 200; i++) { /* more than a page of rows */
        snprintf(key, sizeof(key), "k%d", i);
        assert_int_equal(add_tenant(db, i, key), 1);
    }
    assert_int_equal(add_tenant(db, 500, "k7"), -EEXIST);
    assert_int_equal(count_tenants(db), 200); /* its own writes, before the commit */
    assert_int_equal(db_commit(db), 0);
    assert_false(db_in_transaction(db));
    assert_int_equal(count_tenants(db), 200); /* from the file */

    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add_tenant(db, 900, "k900"), 1);
    db_rollback(db);
    assert_int_equal(count_tenants(db), 200);
    db_close(db);
    stop(&s);
}

/* Statements with rows that were not all asked for, among each other; values of texts that have changed since. */
static void test_rows_that_are_left(void **state) {
    struct scratch s;
    char key[32];

    start(&s, "");
    struct db *db = command(&s);
    assert_int_equal(db_begin(db), 0);
    for (int i = 1; i <= 300; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        assert_int_equal(add_tenant(db, i, key), 1);
    }
    {
        struct db_query all DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
        for (int i = 1; i <= 150; i++) {
            assert_int_equal(db_row(&all), 1);
            assert_int_equal(db_int(&all, 0), i);
            struct db_query one DB_CLEANUP = db_query(db, SQL_TENANT_BY_KEY);
            db_bind_text(&one, 1, db_text(&all, 1));
            assert_int_equal(db_row(&one), 1);
            assert_int_equal(db_int(&one, 0), i);
            assert_int_equal(db_row(&one), 0);
            assert_int_equal(db_row(&one), 0);
            db_bind_text(&one, 1, STR("k300"));
            assert_int_equal(db_row(&one), 1); /* bound again, run again */
            assert_int_equal(db_int(&one, 0), 300);
            assert_lit(db_text(&one, 0), "300"); /* a number as text */
        }
    }
    for (int i = 0; i < 40; i++) { /* each leaves rows behind */
        struct db_query all DB_CLEANUP = db_query(db, SQL_TENANT_ALL);
        assert_int_equal(db_row(&all), 1);
    }
    assert_int_equal(db_commit(db), 0);
    db_close(db);
    stop(&s);
}

static void test_savepoints(void **state) {
    struct scratch s;

    start(&s, "");
    struct db *db = command(&s);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add_tenant(db, 1, "k1"), 1);
    assert_int_equal(db_savepoint(db), 0);
    assert_int_equal(add_tenant(db, 2, "k2"), 1);
    db_rollback_savepoint(db);
    assert_int_equal(db_savepoint(db), 0);
    assert_int_equal(add_tenant(db, 3, "k3"), 1);
    assert_int_equal(db_release(db), 0);
    assert_int_equal(count_tenants(db), 2);
    assert_int_equal(db_commit(db), 0);
    assert_int_equal(count_tenants(db), 2);
    db_close(db);
    stop(&s);
}

static void *neighbour_main(void *arg) {
    struct scratch *s = arg;
    static _Atomic int64_t thousands = 1;
    struct db *db = command(s);
    int64_t base = 1000 * thousands++;

    for (int i = 0; i < 50; i++) {
        char key[40];
        snprintf(key, sizeof(key), "n%" PRId64, base + i);
        if (db_begin(db) < 0 || add_tenant(db, base + i, key) != 1 || db_commit(db) < 0)
            break;
    }
    db_close(db);
    return NULL;
}

static void test_several_at_once(void **state) {
    pthread_t threads[4];
    struct scratch s;

    start(&s, "");
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, neighbour_main, &s);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    struct db *db = command(&s);
    assert_int_equal(count_tenants(db), 200);
    db_close(db);
    stop(&s);
}

static int add_one(struct db *db, void *arg) {
    return add_tenant(db, 77, "other") == 1 ? 0 : -EIO;
}

/* Starts the server and a process that begins to write through it and then does no more; returns its pid. The process
 * is made before any thread is, so that it can be one of its own. */
static pid_t begin_and_wait(struct scratch *s) {
    int go[2], ready[2];
    char byte;

    make_dir(s, "");
    assert_int_equal(pipe(go), 0);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct str why;
        struct db *db;
        if (read(go[0], &byte, 1) != 1 || remote_open(&db, &s->options, "import", &s->arena, &why) < 0 ||
            db_begin(db) < 0 || add_tenant(db, 5, "half") != 1 || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(1);
    }
    start_server(s);
    assert_int_equal(write(go[1], "x", 1), 1);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(go[0]);
    close(go[1]);
    close(ready[0]);
    return child;
}

static void test_killed(void **state) {
    struct scratch s;
    int status;

    pid_t child = begin_and_wait(&s);
    int64_t begun = clock_mono_ms();
    kill(child, SIGKILL);
    assert_int_equal(writer_run(s.writer, add_one, NULL), 0);
    assert_true(clock_mono_ms() - begun < 300); /* at once, not when its time is over */
    waitpid(child, &status, 0);
    struct db *db = command(&s);
    assert_int_equal(count_tenants(db), 1);
    db_close(db);
    stop(&s);
}

static void test_hung(void **state) {
    struct scratch s;
    int status;

    pid_t child = begin_and_wait(&s);
    kill(child, SIGSTOP);
    int64_t begun = clock_mono_ms();
    assert_int_equal(writer_run(s.writer, add_one, NULL), 0);
    assert_true(clock_mono_ms() - begun < 3000);
    struct db *db = command(&s);
    assert_int_equal(count_tenants(db), 1);
    db_close(db);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    stop(&s);
}

static void test_too_slow_says_so(void **state) {
    struct scratch s;

    start(&s, "");
    struct db *db = command(&s);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add_tenant(db, 1, "k1"), 1);
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    assert_int_equal(add_tenant(db, 2, "k2"), -ETIMEDOUT);
    assert_non_null(strstr(db_why(db), "took too long"));
    assert_false(db_in_transaction(db));
    assert_true(db_commit(db) < 0);
    assert_int_equal(db_begin(db), -EPIPE);
    db_close(db);

    /* Steps that are quick each, and too many. */
    db = command(&s);
    assert_int_equal(db_begin(db), 0);
    int r = 1, i = 10;
    for (int64_t end = clock_mono_ms() + 20000; r == 1 && clock_mono_ms() < end; i++) {
        char key[32];
        snprintf(key, sizeof(key), "k%d", i);
        r = add_tenant(db, i, key);
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    assert_int_equal(r, -ETIMEDOUT);
    assert_int_equal(count_tenants(db), 0); /* reading still goes on */
    db_close(db);
    stop(&s);
}

/* ---- what is no command ---- */

struct raw {
    int fd;
    struct buf out;
    struct remote_inbox in;
};

static void raw_open(struct raw *w, const char *dir) {
    *w = (struct raw){.fd = remote_connect(dir)};
    assert_true(w->fd >= 0);
    assert_int_equal(remote_prepare(w->fd), 0);
}

static void raw_close(struct raw *w) {
    close(w->fd);
    buf_free(&w->out);
    buf_free(&w->in.bytes);
}

static void raw_hello(struct raw *w, const char *name, int spoil) {
    unsigned char print[REMOTE_FINGERPRINT];
    size_t begun = remote_begin(&w->out, REMOTE_HELLO);

    remote_fingerprint(print);
    print[0] ^= (unsigned char)spoil;
    remote_put_text(&w->out, STR("hired"));
    buf_add(&w->out, print, sizeof(print));
    remote_put_text(&w->out, str_of(name));
    assert_int_equal(remote_end(&w->out, begun), 0);
}

static void raw_op(struct raw *w, enum remote_op op) {
    assert_int_equal(remote_end(&w->out, remote_begin(&w->out, op)), 0);
}

/* The kind of the answer; 0: the connection was closed. */
static int raw_answer(struct raw *w) {
    struct str frame;
    int64_t until = clock_mono_ns() + INT64_C(10000000000);
    int r = remote_send(w->fd, &w->out, until);

    if (r < 0 && r != -EPIPE)
        fail_msg("send: %d", r);
    r = remote_receive(w->fd, &w->in, until, &frame);
    assert_int_not_equal(r, -ETIMEDOUT);
    return r == 1 ? frame.ptr[0] : 0;
}

static void assert_serves(struct scratch *s) {
    struct db *db = command(s);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add_tenant(db, 1, "k1"), 1);
    db_rollback(db);
    assert_int_equal(count_tenants(db), 0);
    db_close(db);
}

static void test_no_greeting(void **state) {
    static const struct {
        const char *bytes;
        size_t len;
    } odd[] = {
        {"", 0},
        {"GET / HTTP/1.1\r\n\r\n", 18},
        {"\0\0\0\0", 4},
        {"\xff\xff\xff\xff", 4},
        {"\x01\0\0\0\x01", 5},
        {"\x0a\0\0\0\x01\x05\0\0\0hired", 14},
        {"\x06\0\0\0\x01\xff\xff\xff\xffx", 10},
        {"\x01\0\0\0\x02", 5},     /* a transaction before the greeting */
        {"\x05\0\0\0\x01\x05", 6}, /* half a frame */
    };
    struct scratch s;
    char bytes[4096];

    start(&s, "");
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        struct raw w;
        raw_open(&w, s.dir);
        buf_add(&w.out, odd[i].bytes, odd[i].len);
        assert_int_equal(remote_send(w.fd, &w.out, clock_mono_ns() + INT64_C(1000000000)), 0);
        shutdown(w.fd, SHUT_WR);
        assert_int_equal(raw_answer(&w), 0);
        raw_close(&w);
    }
    srand(1);
    for (int i = 0; i < 200; i++) {
        struct raw w;
        raw_open(&w, s.dir);
        if (i % 2)
            raw_hello(&w, "import", 0);
        for (size_t k = 0; k < sizeof(bytes); k++)
            bytes[k] = (char)(rand() % (i % 3 ? 256 : 16));
        buf_add(&w.out, bytes, (size_t)(rand() % (int)sizeof(bytes)));
        (void)remote_send(w.fd, &w.out, clock_mono_ns() + INT64_C(1000000000));
        raw_close(&w);
    }
    assert_serves(&s);
    stop(&s);
}

/* Within a transaction: each of these ends it, and nothing of it is kept. */
static void test_no_step(void **state) {
    static const struct {
        const char *bytes;
        size_t len;
    } odd[] = {
        {"\x01\0\0\0\x02", 5},           /* BEGIN again */
        {"\x01\0\0\0\x63", 5},           /* an unknown kind */
        {"\x04\0\0\0\x03\xff\xff\0", 8}, /* RUN of no statement */
        {"\x04\0\0\0\x03\0\0\xff", 8},   /* more values than there are */
        {"\x03\0\0\0\x03\0\0", 7},       /* cut short */
        {"\x05\0\0\0\x05\x01\0\0\0", 9}, /* MORE of nothing */
        {"\x05\0\0\0\x05\0\0\0\0", 9},
        {"\x01\0\0\0\x08", 5},                                    /* RELEASE without a savepoint */
        {"\x01\0\0\0\x09", 5},                                    /* UNDO without one */
        {"\x01\0\0\0\x07\x01\0\0\0\x07", 10},                     /* two savepoints */
        {"\x02\0\0\0\x0a\0", 6},                                  /* COMMIT cut short */
        {"\x0a\0\0\0\x0a\xff\xff\xff\xff\xff\xff\xff\x7f\0", 14}, /* ids of the end of time */
        {"\x00\0\0\0", 4},
        {"\xff\xff\xff\x7f", 4},
    };
    struct scratch s;

    start(&s, "");
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        struct raw w;
        int kind;
        raw_open(&w, s.dir);
        raw_hello(&w, "import", 0);
        assert_int_equal(raw_answer(&w), REMOTE_STATUS);
        raw_op(&w, REMOTE_BEGIN);
        assert_int_equal(raw_answer(&w), REMOTE_STATUS);
        size_t begun = remote_begin(&w.out, REMOTE_RUN);
        remote_put16(&w.out, SQL_TENANT_ADD);
        remote_put8(&w.out, 4);
        remote_put_value(&w.out, &(struct remote_value){.kind = REMOTE_INT, .number = 1});
        remote_put_value(&w.out, &(struct remote_value){.kind = REMOTE_TEXT, .text = STR("k")});
        remote_put_value(&w.out, &(struct remote_value){.kind = REMOTE_TEXT, .text = STR("n")});
        remote_put_value(&w.out, &(struct remote_value){.kind = REMOTE_INT, .number = 1});
        assert_int_equal(remote_end(&w.out, begun), 0);
        assert_int_equal(raw_answer(&w), REMOTE_STATUS);
        buf_add(&w.out, odd[i].bytes, odd[i].len);
        kind = raw_answer(&w);
        if (kind != REMOTE_SORRY)
            fail_msg("case %zu: answer %d", i, kind);
        assert_int_equal(raw_answer(&w), 0);
        raw_close(&w);
        assert_serves(&s);
    }
    stop(&s);
}

static void test_another_build(void **state) {
    struct scratch s;
    struct raw w;

    start(&s, "");
    raw_open(&w, s.dir);
    raw_hello(&w, "import", 1);
    assert_int_equal(raw_answer(&w), REMOTE_SORRY);
    assert_int_equal(raw_answer(&w), 0);
    raw_close(&w);
    assert_serves(&s);
    stop(&s);
}

static void test_too_many(void **state) {
    struct db *all[REMOTE_SESSIONS], *more = NULL;
    struct str why = STR_ABSENT;
    struct scratch s;
    int r = -EBUSY;

    start(&s, "");
    for (int i = 0; i < REMOTE_SESSIONS; i++)
        all[i] = command(&s);
    assert_int_equal(remote_open(&more, &s.options, "import", &s.arena, &why), -EBUSY);
    assert_non_null(memmem(why.ptr, why.len, "try again", 9));
    for (int i = 0; i < REMOTE_SESSIONS; i++)
        db_close(all[i]);
    for (int i = 0; i < 1000 && r == -EBUSY; i++) { /* a thread may need a moment to see the end */
        r = remote_open(&more, &s.options, "import", &s.arena, &why);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    assert_int_equal(r, 0);
    db_close(more);
    stop(&s);
}

static void test_nobody_there(void **state) {
    struct str why = STR_ABSENT;
    struct scratch s;
    struct db *db = NULL;

    start(&s, "");
    s.server = remote_server_free(s.server);
    assert_int_equal(remote_open(&db, &s.options, "import", &s.arena, &why), -ENOENT);
    assert_true(why.len > 0);
    stop(&s);
}

static void test_long_path(void **state) {
    char below[200];
    struct stat st;
    struct scratch s;
    char path[9000];

    below[0] = '/';
    memset(below + 1, 'd', sizeof(below) - 2);
    below[sizeof(below) - 1] = '\0';
    start(&s, below);
    assert_serves(&s);
    snprintf(path, sizeof(path), "%s/hired.sock", s.dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    stop(&s);
}

/* Ids that a command made are not made again, neither by the server nor by the command after it. */
static void test_ids(void **state) {
    struct scratch s;

    start(&s, "");
    struct db *db = command(&s);
    int64_t first = id_new();
    assert_in_range((first >> 12) & 1023, REMOTE_NODE_FIRST, REMOTE_NODE_FIRST + REMOTE_SESSIONS - 1);
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add_tenant(db, first, "k1"), 1);
    assert_int_equal(db_commit(db), 0);
    db_close(db);
    db = command(&s);
    assert_true(id_new() > first);
    db_close(db);
    stop(&s);
}

static int forget_nothing(struct db *db, void *arg) {
    return 0;
}

static void test_forgetting(void **state) {
    struct scratch s;

    start(&s, "");
    struct db *db = command(&s);
    assert_true(db_forgotten(db));
    assert_int_equal(db_begin(db), 0);
    assert_int_equal(add_tenant(db, 1, "k1"), 1);
    db_forget(db);
    assert_int_equal(db_commit(db), 0);
    for (int i = 0; i < 100 && !db_forgotten(db); i++) {
        db_tend(db, true);
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    assert_true(db_forgotten(db));
    assert_int_equal(writer_run(s.writer, forget_nothing, NULL), 0);
    db_close(db);
    stop(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_committed_is_kept),
        cmocka_unit_test(test_rows_that_are_left),
        cmocka_unit_test(test_savepoints),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_hung),
        cmocka_unit_test(test_too_slow_says_so),
        cmocka_unit_test(test_no_greeting),
        cmocka_unit_test(test_no_step),
        cmocka_unit_test(test_another_build),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_forgetting),
    };
    return RUN_TESTS(tests);
}
