/* SPDX-License-Identifier: Apache-2.0
 *
 * For unit tests: a gateway with one loop behind a real server, on a database with one app, and a client that asks it
 * for the app's token.
 */
#ifndef HIRED_GATEWAY_GATEWAY_FIXTURE_H
#define HIRED_GATEWAY_GATEWAY_FIXTURE_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/log.h"
#include "base/test.h"
#include "gateway/caller/app.h"
#include "gateway/caller/master_secret.h"
#include "gateway/gateway.h"

struct fixture {
    char dir[64], request[512], answer[4096];
    struct db_options options;
    struct db *db;
    struct writer *writer;
    struct seal *seal;
    struct gateway *gateway;
    struct http_server *server;
    struct arena arena;
};

static inline void on_head(struct http_request *r) {
    gateway_head(http_loop_app_ctx(r->loop), r);
}

/* GET /ready answers with what gateway_unready says. */
static inline void handle(struct http_request *r) {
    struct gateway *g = http_loop_app_ctx(r->loop);
    if (!str_eq(r->path, STR("/ready"))) {
        gateway_serve(g, r);
        return;
    }
    struct str reason = gateway_unready(g, r->loop);
    buf_add_str(http_out(r), str_is_absent(reason) ? STR("ready") : reason);
    http_reply(r, str_is_absent(reason) ? 200 : 503, STR("text/plain"), NULL, 0);
}

static inline int loop_start(struct http_loop *l) {
    return gateway_loop_start(http_loop_app_ctx(l), l);
}

static inline void loop_stop(struct http_loop *l) {
    gateway_loop_stop(http_loop_app_ctx(l), l);
}

/* Prepares a request for a token, which is a write. */
static inline void make_app(struct fixture *f) {
    struct app_row app;
    struct str secret;
    char body[256];
    assert_int_equal(db_begin(f->db), 0);
    assert_int_equal(master_secret_seal(f->db, &f->seal), 0);
    assert_int_equal(
        app_create(f->db, 7, APP_CUSTOM, STR("app"), STR(""), STR_ABSENT, STR_ABSENT, &f->arena, &app, &secret), 0);
    assert_int_equal(db_commit(f->db), 0);
    int n = snprintf(body, sizeof body, "{\"app_id\":\"%.*s\",\"app_secret\":\"%.*s\"}", STR_FMT(app.app_id),
                     STR_FMT(secret));
    snprintf(f->request, sizeof f->request,
             "POST /open-apis/auth/v3/tenant_access_token/internal HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
             "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
             n, body);
}

/* database: NULL for a file in the fixture's directory. */
static inline int begin_on(void **state, const struct db_options *database, unsigned readers) {
    static const struct http_app app = {
        .on_head = on_head, .handle = handle, .loop_start = loop_start, .loop_stop = loop_stop};
    static const struct gateway_settings settings;
    struct fixture *f = mem_alloc(sizeof *f);
    struct http_limits limits;
    struct str why;
    log_set_level(LOG_ERROR);
    snprintf(f->dir, sizeof f->dir, "/tmp/hired-busy-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->options = database ? *database : (struct db_options){.busy_ms = 1000};
    f->options.dir = f->dir;
    assert_int_equal(db_open(&f->db, &f->options, DB_WRITE, &f->arena, &why), 0);
    make_app(f);
    assert_int_equal(writer_new(&f->writer, f->db, 16, 16), 0);
    const struct gateway_options o = {
        .db = &f->options, .writer = f->writer, .seal = f->seal, .loops = 1, .readers = readers, .settings = &settings};
    f->gateway = gateway_new(&o);
    http_limits_init(&limits);
    assert_int_equal(http_server_new(&f->server, "127.0.0.1", 0, 1, &limits, &app, f->gateway, &why), 0);
    assert_int_equal(http_server_start(f->server), 0);
    *state = f;
    return 0;
}

static inline int begin(void **state, unsigned readers) {
    return begin_on(state, NULL, readers);
}

static inline int finish(void **state) {
    struct fixture *f = *state;
    http_server_drain(f->server, 1000);
    gateway_stop(f->gateway);
    writer_free(f->writer);
    http_server_free(f->server);
    gateway_free(f->gateway);
    seal_free(f->seal);
    arena_free(&f->arena);
    assert_int_equal(dir_remove(f->dir), 0);
    free(f);
    return 0;
}

static inline const char *ask_for(struct fixture *f, const char *request) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_server_port(f->server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t len = 0;
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    for (ssize_t n; (n = recv(fd, f->answer + len, sizeof f->answer - 1 - len, 0)) > 0;)
        len += (size_t)n;
    f->answer[len] = '\0';
    close(fd);
    return f->answer;
}

/* Asks for a token. */
static inline const char *ask(struct fixture *f) {
    return ask_for(f, f->request);
}

#endif
