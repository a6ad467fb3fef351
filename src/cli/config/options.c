/* SPDX-License-Identifier: Apache-2.0
 *
 * Every option of the configuration.
 */
#include <assert.h>

#include "cli/config/option.h"
#include "store/remote/server.h"

static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};
static const char *const fetch_allows[] = {"none", "loopback", "private", NULL};

const struct option config_options[] = {
    {"server", "listen", OPT_LISTEN, true, AT(listen_host), "127.0.0.1:8080", "HOST:PORT", 0, 0, NULL,
     "Where to listen. Port 0 takes any free one.\n"
     "0.0.0.0:8080 and [::]:8080 mean every address of the machine."},
    {"server", "data", OPT_TEXT, true, AT(data), "data", "DIR", 0, 0, NULL,
     "The directory that holds the records.\nIt is made (mode 0700) if it is not there."},
    {"server", "threads", OPT_UINT, true, AT(threads), "0", "N", 0, 256, NULL, "Event loops. 0: one for each core."},
    {"server", "node", OPT_UINT, false, AT(node), "0", "N", 0, REMOTE_NODE_FIRST - 1, NULL,
     "This server's number in the ids it makes.\n"
     "Servers whose records are to be brought together one day (export, import) need different ones.\n"
     "It does not let two servers share a directory: one serves it at a time. Higher ones are for commands."},
    {"server", "base_url", OPT_TEXT, true, AT(base_url), "", "URL", 0, 0, NULL,
     "How clients reach this server, for the links in answers.\n"
     "Empty: as each request's Host header says. Behind a proxy: https://hire.example.com"},
    {"server", "trusted_proxies", OPT_NETWORKS, true, AT(http.proxies), "", "LIST", 0, 0, NULL,
     "Reverse proxies that are believed about who calls.\n"
     "X-Forwarded-For and X-Forwarded-Proto from there count. Empty: from nowhere.\n"
     "Name no address from which others call, too: whoever does can claim to be anybody."},
    {"server", "rate_limits", OPT_BOOL, true, AT(rate_limits), "on", "on|off", 0, 0, NULL,
     "The platform's documented rate limits.\nOff lifts them for every app; see also [app cli_...] below."},
    {"server", "drain", OPT_MS, false, AT(drain_ms), "10s", "TIME", 0, 600 * SECOND, NULL,
     "How long requests in hand may take once the server is told to stop."},
    {"server", "test_clock", OPT_BOOL, false, AT(test_clock), "off", "on|off", 0, 0, NULL,
     "For tests only: POST /test/clock {\"advance_ms\":N}, from this machine, moves the server's clock, either way."},

    {"server", "accept_clock", OPT_BOOL, false, AT(accept_clock), "off", "on|off", 0, 0, NULL,
     "Start although the clock is far from when the data directory was last in use.\n"
     "For one start by --accept-clock on, once it is certain that the clock is right."},

    {"log", "level", OPT_NAME, true, AT(log_level), "info", "LEVEL", 0, 0, log_levels,
     "The least level of lines to log: debug, info, warn or error."},
    {"log", "access", OPT_BOOL, true, AT(access_log), "off", "on|off", 0, 0, NULL, "A log line for every request."},

    {"http", "head_max", OPT_SIZE, false, AT(http.head_max), "32k", "SIZE", K, M, NULL,
     "Request line and headers together; more is answered 431."},
    {"http", "headers_max", OPT_UINT, false, AT(http.headers_max), "100", "N", 8, 1000, NULL,
     "Header lines of a request; more are answered 431."},
    {"http", "body_max", OPT_SIZE, false, AT(http.body_max), "1M", "SIZE", K, G, NULL,
     "A request's body; more is answered 413. Uploads of files have their own documented limits."},
    {"http", "head_timeout", OPT_MS, false, AT(http.head_timeout_ms), "10s", "TIME", 100, 600 * SECOND, NULL,
     "From the first byte of a request to the last of its headers; then 408."},
    {"http", "body_timeout", OPT_MS, false, AT(http.body_timeout_ms), "20s", "TIME", 100, 600 * SECOND, NULL,
     "Without any byte of an awaited body; then 408."},
    {"http", "body_rate_min", OPT_SIZE32, false, AT(http.body_rate_min), "256", "SIZE", 0, 100 * M, NULL,
     "Bytes a second below which a body is too slow, once body_timeout has passed; then 408. 0: any."},
    {"http", "idle_timeout", OPT_MS, false, AT(http.idle_timeout_ms), "75s", "TIME", 100, 3600 * SECOND, NULL,
     "A connection between two requests; then it is closed."},
    {"http", "write_timeout", OPT_MS, false, AT(http.write_timeout_ms), "30s", "TIME", 100, 3600 * SECOND, NULL,
     "Without the client taking any byte of an answer; then the connection is closed."},
    {"http", "connections_max", OPT_UINT, false, AT(http.connections_max), "10000", "N", 1, 1000000, NULL,
     "Open connections; further ones are answered 503 and closed."},

    {"store", "mmap", OPT_SIZE, false, AT(mmap_bytes), "4G", "SIZE", 0, 1024 * G, NULL,
     "How much of the database is mapped into memory for reading. 0: nothing."},
    {"store", "write_queue", OPT_UINT, false, AT(write_queue_max), "4096", "N", 1, 1000000, NULL,
     "Writes that may wait; further ones are answered 503 with Retry-After."},
    {"store", "write_group", OPT_UINT, false, AT(write_group_max), "256", "N", 1, 10000, NULL,
     "Writes that are committed together at most."},

    {"store", "free_min", OPT_SIZE, false, AT(free_min_bytes), "512M", "SIZE", 0, 1024 * 1024 * G, NULL,
     "What uploads and fetched reports leave free on the disk, for the database; uploads are answered 503 below."},

    {"fetch", "allow", OPT_NAME, true, AT(fetch_allow), "none", "WHICH", 0, 0, fetch_allows,
     "Addresses to fetch from beside public ones: none, loopback or private.\n"
     "private means those of local networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7) and loopback;\n"
     "link-local ones, such as a cloud's metadata service, never."},
    {"fetch", "max_size", OPT_SIZE, false, AT(fetch_max_bytes), "50M", "SIZE", K, G, NULL,
     "The largest report that is fetched."},
    {"fetch", "timeout", OPT_MS, false, AT(fetch_timeout_ms), "60s", "TIME", 100, 3600 * SECOND, NULL,
     "How long fetching one report may take."},
    {"fetch", "parallel", OPT_UINT, false, AT(fetch_parallel), "8", "N", 1, 64, NULL,
     "Reports that are fetched at the same time.\n"
     "A vendor's app has at most a quarter of these places."},

    {"events", "parallel", OPT_UINT, false, AT(events_parallel), "64", "N", 8, 1024, NULL,
     "Events that are on their way to receivers at the same time; 8 of them at most to one app."},
    {"events", "keep_days", OPT_UINT, false, AT(events_keep_days), "30", "N", 1, 3650, NULL,
     "How many days events and the log of their attempts are kept."},
    {"events", "ping", OPT_MS, false, AT(ping_ms), "120s", "TIME", 1 * SECOND, 3600 * SECOND, NULL,
     "How often a long connection's client is told to ping; whole seconds.\n"
     "One that is silent for three times as long is closed."},
    {"events", "reconnect", OPT_MS, false, AT(reconnect_ms), "120s", "TIME", 1 * SECOND, 3600 * SECOND, NULL,
     "How long a client is told to wait between two tries to connect again; whole seconds."},
    {"events", "reconnect_spread", OPT_MS, false, AT(reconnect_spread_ms), "30s", "TIME", 0, 3600 * SECOND, NULL,
     "Before its first try a client waits for a random time up to this; whole seconds."},
};

const size_t n_config_options = sizeof(config_options) / sizeof(config_options[0]);

static_assert(sizeof(config_options) / sizeof(config_options[0]) <= CONFIG_OPTIONS_MAX,
              "CONFIG_OPTIONS_MAX is too small");
