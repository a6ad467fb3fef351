/* SPDX-License-Identifier: Apache-2.0
 *
 * What long connections ask the gateway: who may connect, and reads of the database.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "cli/serve/site.h"
#include "gateway/caller/secret.h"

static const int results[] = {
    [SECRET_OK] = LONGLINK_AUTH_OK,
    [SECRET_WRONG] = LONGLINK_AUTH_FAILED,
    [SECRET_WAIT] = LONGLINK_AUTH_WAIT,
    [SECRET_ADDRESS] = LONGLINK_AUTH_ADDRESS,
    [SECRET_DISABLED] = LONGLINK_AUTH_DISABLED,
    [SECRET_NOT_INSTALLED] = LONGLINK_AUTH_NOT_INSTALLED,
};

int site_authenticate(void *ctx, struct db *db, struct str app_id, struct str secret, struct str address,
                      struct arena *a, int64_t *ret_app) {
    struct site *site = ctx;
    struct app_row app;
    unsigned wait_s;
    int r =
        secret_check(db, gateway_secrets(site->gateway), app_id, secret, address, clock_mono_ms(), a, &app, &wait_s);
    if (r < 0)
        return r;
    if (r == SECRET_OK)
        *ret_app = app.id;
    return results[r];
}

int site_look(void *ctx, struct db *db, int64_t app, struct str address, uint64_t *ret_mark) {
    int r = secret_connection(db, app, address, ret_mark);
    return r < 0 ? r : results[r];
}

struct str site_base_url(void *ctx) {
    struct site *site = ctx;
    return gateway_base_url(site->gateway);
}

int64_t site_caller(void *ctx, const struct http_request *r) {
    struct site *site = ctx;
    return gateway_caller(site->gateway, r);
}

struct site_read {
    struct read_job job; /* first */
    struct longlink_read read;
};

static void run(struct read_job *job, struct reader *rd) {
    const struct site_read *s = (const struct site_read *)job;
    s->read.run(s->read.arg, reader_db(rd));
}

static void done(struct read_job *job, int error) {
    struct site_read *s = (struct site_read *)job;
    const struct longlink_read read = s->read;
    free(s);
    read.done(read.arg, error);
}

void site_read(void *ctx, struct http_loop *l, int64_t key, const struct longlink_read *read) {
    struct site *site = ctx;
    struct site_read *s = mem_alloc(sizeof *s);
    *s = (struct site_read){.job = {.key = key, .run = run, .done = done}, .read = *read};
    gateway_read(site->gateway, l, &s->job);
}
