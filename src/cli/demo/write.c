/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes demo.json: address and credentials of a demo.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/demo/internal.h"
#include "cli/serve/address.h"

struct str demo_base_url(struct cli *c) {
    const struct config *f = &c->config;

    return f->base_url ? str_of(f->base_url) : address_url(f->listen_host, f->listen_port, &c->arena);
}

/* Returns 0 or a negative errno. */
static int write_bytes(const char *path, struct str bytes) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r = 0;

    if (fd < 0)
        return -errno;
    while (bytes.len > 0 && r == 0) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            r = -errno;
        else if (n > 0)
            bytes = str_skip(bytes, (size_t)n);
    }
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    close(fd);
    return r;
}

struct str demo_path(struct cli *c) {
    return arena_printf(&c->arena, "%s/demo.json", c->config.data);
}

/* Writes the member "console": its URL, and the accounts. */
static void write_console(const struct demo *d, struct buf *out) {
    buf_add_lit(out, ",\n  \"console\": {\"url\":");
    json_str(out, arena_printf(&d->cli->arena, "%.*s/", STR_FMT(d->base_url)));
    buf_add_lit(out, ", \"accounts\": [");
    for (size_t i = 0; i < DEMO_ACCOUNTS; i++) {
        struct str role = account_role_name(demo_accounts[i].role);
        buf_printf(out, "%s\n    {\"role\": \"%.*s\", \"user\": \"%.*s\", \"password\": \"%.*s\"}", i ? "," : "",
                   STR_FMT(role), STR_FMT(role), STR_FMT(d->passwords[i]));
    }
    buf_add_lit(out, "]}");
}

int demo_write_json(struct demo *d) {
    struct cli *c = d->cli;
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct str path = demo_path(c), temporary = arena_printf(&c->arena, "%.*s.new", STR_FMT(path));
    const struct {
        struct str key, value;
    } members[] = {
        {STR_INIT("base_url"), d->base_url},           {STR_INIT("tenant_key"), d->tenant.tenant_key},
        {STR_INIT("app_id"), d->app.app_id},           {STR_INIT("app_secret"), d->app_secret},
        {STR_INIT("vendor_app_id"), d->vendor.app_id}, {STR_INIT("vendor_app_secret"), d->vendor_secret},
    };
    int r;

    buf_add_lit(&out, "{\n");
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        struct buf value BUF_CLEANUP = BUF_EMPTY;
        json_str(&value, members[i].value);
        buf_printf(&out, "%s  \"%.*s\": %.*s", i ? ",\n" : "", STR_FMT(members[i].key), STR_FMT(buf_str(&value)));
    }
    write_console(d, &out);
    buf_add_lit(&out, "\n}\n");
    r = write_bytes(temporary.ptr, buf_str(&out));
    if (r == 0 && rename(temporary.ptr, path.ptr) < 0)
        r = -errno;
    return r < 0 ? cli_fail(c, "cannot write %s: %s", path.ptr, strerror(-r)) : 0;
}
