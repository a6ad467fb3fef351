/* SPDX-License-Identifier: Apache-2.0
 *
 * The settings of a server, at its start and when it rereads them.
 */
#include "cli/serve/serving.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/files/directory.h"

int serve_load_config(const struct serving *s, struct config *ret, bool running) {
    char **argv = calloc((size_t)s->argc + 1, sizeof *argv);
    int argc = s->argc;
    struct str why;
    if (!argv)
        return -ENOMEM;
    memcpy(argv, s->argv, (size_t)argc * sizeof *argv);
    int r = config_load(ret, &argc, argv, &why);
    if (r < 0 && running) {
        char text[512];
        snprintf(text, sizeof text, "%.*s", STR_FMT(why));
        log_line(LOG_WARN, "configuration not applied", "why", text, NULL);
    } else if (r < 0) {
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
    } else if (argc > 1) {
        fprintf(stderr, "hired serve: %s is not an option; hired serve --help lists them\n", argv[1]);
        r = -EINVAL;
    }
    free(argv);
    if (r < 0)
        config_free(ret);
    return r;
}

void serve_gateway_settings(const struct config *c, struct gateway_settings *ret) {
    *ret = (struct gateway_settings){
        .rate_limits = c->rate_limits,
        .access_log = c->access_log,
        .private_addresses = c->fetch_allow != FETCH_ALLOW_NONE,
        .network_addresses = c->fetch_allow == FETCH_ALLOW_PRIVATE,
        .base_url = str_of(c->base_url),
        .n_app_rates = c->n_app_rates,
    };
    for (size_t i = 0; i < c->n_app_rates; i++) {
        ret->app_rates[i].app_id = c->app_rates[i].app_id;
        ret->app_rates[i].factor = c->app_rates[i].factor;
    }
}

/* The server itself speaks no TLS, so an https base URL means that there is a proxy in front. */
void serve_warn_of_proxy(const struct config *c) {
    if (c->http.proxies.n == 0 && str_starts(str_of(c->base_url), STR("https://")))
        log_line(LOG_WARN, "all requests seem to come from the proxy", "why",
                 "base_url is https, so a proxy is in front, and trusted_proxies does not name it", NULL);
}

static bool differ(const char *a, const char *b) {
    return a && b ? strcmp(a, b) != 0 : a != b;
}

/* Writes the names of the options that have changed and take effect at the next start only. */
static void name_for_restart(const struct config *a, const struct config *b, struct buf *out) {
    const struct {
        const char *name;
        bool changed;
    } all[] = {
        {"listen", a->listen_port != b->listen_port || differ(a->listen_host, b->listen_host)},
        {"data", differ(a->data, b->data)},
        {"threads", a->threads != b->threads},
        {"node", a->node != b->node},
        {"[server] drain", a->drain_ms != b->drain_ms},
        {"[store] url", differ(a->store_url, b->store_url)},
        {"[store] mmap", a->mmap_bytes != b->mmap_bytes},
        {"[store] write_queue", a->write_queue_max != b->write_queue_max},
        {"[store] write_group", a->write_group_max != b->write_group_max},
        {"[store] readers", a->readers != b->readers},
        {"[store] read_queue", a->read_queue_max != b->read_queue_max},
        {"[store] archive", differ(a->archive, b->archive)},
        {"[store] archive_days", a->archive_days != b->archive_days},
        {"[store] read_max", a->read_ms != b->read_ms},
        {"[store] log_max", a->log_max_bytes != b->log_max_bytes},
        {"[fetch] max_size", a->fetch_max_bytes != b->fetch_max_bytes},
        {"[fetch] timeout", a->fetch_timeout_ms != b->fetch_timeout_ms},
        {"[fetch] parallel", a->fetch_parallel != b->fetch_parallel},
        {"[fetch] allow for the fetcher", a->fetch_allow != b->fetch_allow},
        {"[events] parallel", a->events_parallel != b->events_parallel},
        {"[events] keep_days", a->events_keep_days != b->events_keep_days},
        {"[events] ping, reconnect", a->ping_ms != b->ping_ms || a->reconnect_ms != b->reconnect_ms ||
                                         a->reconnect_spread_ms != b->reconnect_spread_ms},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].changed)
            buf_printf(out, "%s%s", out->len > 0 ? ", " : "take effect at the next start: ", all[i].name);
    buf_add_char(out, '\0');
}

void serve_reload(struct serving *s) {
    struct buf later BUF_CLEANUP = BUF_EMPTY;
    struct config fresh;
    if (serve_load_config(s, &fresh, true) < 0)
        return;
    struct gateway_settings *settings = calloc(1, sizeof *settings);
    if (settings) {
        serve_gateway_settings(&fresh, settings);
        gateway_configure(s->gateway, settings);
        free(settings);
    }
    log_set_level(fresh.log_level);
    serve_warn_of_proxy(&fresh);
    directory_set_spare(fresh.free_min_bytes);
    scrubber_set_rate(s->scrubber, fresh.scrub_rate);
    http_server_set_limits(s->server, &fresh.http);
    name_for_restart(&s->config, &fresh, &later);
    log_line(LOG_INFO, "configuration reread", "note", later.len > 1 ? later.ptr : "all settings are in force", NULL);
    config_free(&fresh);
}
