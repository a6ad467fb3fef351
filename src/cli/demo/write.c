/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes demo.json: address and credentials of a demo.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "cli/address.h"
#include "cli/demo/info.h"
#include "cli/demo/internal.h"

struct str demo_base_url(struct cli *c) {
    const struct config *f = &c->config;

    return f->base_url ? str_of(f->base_url) : address_url(f->listen_host, f->listen_port, &c->arena);
}

struct str demo_path(struct cli *c) {
    return arena_printf(&c->arena, "%s/demo.json", c->config.data);
}

static json_t *text_of(struct str s) {
    return json_stringn(s.ptr, s.len);
}

static json_t *console_of(const struct demo *d) {
    json_t *accounts = json_array();

    for (size_t i = 0; i < DEMO_ACCOUNTS; i++) {
        struct str role = account_role_name(demo_accounts[i].role);
        json_array_append_new(accounts, json_pack("{s:o,s:o,s:o}", "role", text_of(role), "user", text_of(role),
                                                  "password", text_of(d->passwords[i])));
    }
    return json_pack("{s:o,s:o}", "url", text_of(arena_printf(&d->cli->arena, "%.*s/", STR_FMT(d->base_url))),
                     "accounts", accounts);
}

int demo_write_json(struct demo *d) {
    struct cli *c = d->cli;
    struct str path = demo_path(c);
    json_t *info = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "base_url", text_of(d->base_url), "tenant_key",
                             text_of(d->tenant.tenant_key), "app_id", text_of(d->app.app_id), "app_secret",
                             text_of(d->app_secret), "vendor_app_id", text_of(d->vendor.app_id), "vendor_app_secret",
                             text_of(d->vendor_secret), "console", console_of(d));
    int r = info ? demo_info_save(path.ptr, info) : -ENOMEM;

    json_decref(info);
    return r < 0 ? cli_fail(c, "cannot write %s: %s", path.ptr, strerror(-r)) : 0;
}
