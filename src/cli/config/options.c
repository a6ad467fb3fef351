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
     "0.0.0.0:8080 and [::]:8080 listen on every address of the machine."},
    {"server", "data", OPT_TEXT, true, AT(data), "data", "DIR", 0, 0, NULL,
     "The directory that holds the records.\nIt is created (mode 0700) if it does not exist."},
    {"server", "threads", OPT_UINT, true, AT(threads), "0", "N", 0, 256, NULL,
     "Number of event loops. 0: one for each core."},
    {"server", "node", OPT_UINT, false, AT(node), "0", "N", 0, REMOTE_NODE_FIRST - 1, NULL,
     "This server's number, which is part of the ids that it creates.\n"
     "Servers need different numbers if their records may later be merged (export, import).\n"
     "Two servers cannot share a directory, even with different numbers. Commands use the numbers above 1007."},
    {"server", "base_url", OPT_TEXT, true, AT(base_url), "", "URL", 0, 0, NULL,
     "The address by which clients reach this server, for links in answers.\n"
     "Empty: the Host header of each request. Behind a proxy, for example https://hire.example.com"},
    {"server", "trusted_proxies", OPT_NETWORKS, true, AT(http.proxies), "", "LIST", 0, 0, NULL,
     "Reverse proxies whose headers name the caller.\n"
     "The headers are X-Forwarded-For and X-Forwarded-Proto. Empty: they are ignored from everybody.\n"
     "Do not list an address from which other programs call, because they could then claim any address."},
    {"server", "rate_limits", OPT_BOOL, true, AT(rate_limits), "on", "on|off", 0, 0, NULL,
     "Whether the platform's documented rate limits apply.\nFor single apps see [app cli_...] below."},
    {"server", "drain", OPT_MS, false, AT(drain_ms), "10s", "TIME", 0, 600 * SECOND, NULL,
     "How long running requests may take after the server was told to stop."},
    {"server", "test", OPT_BOOL, true, AT(test), "off", "on|off", 0, 0, NULL,
     "The test mode (docs/TESTING.md): operations below /test/.\n"
     "Not for a server that people use: whoever may call them may do anything."},
    {"server", "seed", OPT_TEXT, false, AT(seed), "", "FILE", 0, 0, NULL,
     "With the test mode: a seed that is made at the start, before the first request.\nEmpty: none."},
    {"server", "test_token", OPT_TEXT, false, AT(test_token), "", "TOKEN", 0, 0, NULL,
     "Operations of the test mode are for callers on this machine, and for those who send this token:\n"
     "Authorization: Bearer TOKEN. Empty: only for callers on this machine."},
    {"server", "upstream", OPT_TEXT, false, AT(upstream), "", "URL", 0, 0, NULL,
     "Serve nothing from a data directory, but pass every call on to this server of the platform\n"
     "(docs/TESTING.md), for example https://open.feishu.cn. Empty: off."},
    {"server", "upstream_timeout", OPT_MS, false, AT(upstream_timeout_ms), "60s", "TIME", SECOND, 3600 * SECOND, NULL,
     "Longest time in which the upstream moves no byte of a call; after it 504 is answered."},
    {"server", "record", OPT_TEXT, false, AT(record), "", "DIR", 0, 0, NULL,
     "With an upstream: keep the calls and answers in this directory, for hired drift. Secrets are masked.\n"
     "Bodies are kept with the personal data in them, unless record_mask is on. Empty: nothing is kept."},
    {"server", "record_mask", OPT_BOOL, false, AT(record_mask), "off", "on|off", 0, 0, NULL,
     "Replace the values in what is recorded; names of members, types and documented values stay."},
    {"server", "record_max", OPT_SIZE, false, AT(record_max_bytes), "4G", "SIZE", M, 1024 * G, NULL,
     "Largest size of the directory of records. Beyond it calls are passed on and not recorded."},

    {"server", "accept_clock", OPT_BOOL, false, AT(accept_clock), "off", "on|off", 0, 0, NULL,
     "Start even if the clock differs much from the time when the data directory was last used.\n"
     "Use --accept-clock on for one start, after you have checked that the clock is right."},

    {"log", "level", OPT_NAME, true, AT(log_level), "info", "LEVEL", 0, 0, log_levels,
     "The lowest level of lines to log: debug, info, warn or error."},
    {"log", "access", OPT_BOOL, true, AT(access_log), "off", "on|off", 0, 0, NULL, "Log a line for every request."},

    {"http", "head_max", OPT_SIZE, false, AT(http.head_max), "32k", "SIZE", K, M, NULL,
     "Largest request line and headers together; a larger one is answered 431."},
    {"http", "headers_max", OPT_UINT, false, AT(http.headers_max), "100", "N", 8, 1000, NULL,
     "Most header lines of a request; more are answered 431."},
    {"http", "body_max", OPT_SIZE, false, AT(http.body_max), "1M", "SIZE", K, G, NULL,
     "Largest body of a request; a larger one is answered 413. Uploads have their own documented limits."},
    {"http", "head_timeout", OPT_MS, false, AT(http.head_timeout_ms), "10s", "TIME", 100, 600 * SECOND, NULL,
     "Longest time from a request's first byte to the end of its headers; after it 408 is answered."},
    {"http", "body_timeout", OPT_MS, false, AT(http.body_timeout_ms), "20s", "TIME", 100, 600 * SECOND, NULL,
     "Longest time without any byte of a body that is awaited; after it 408 is answered."},
    {"http", "body_rate_min", OPT_SIZE32, false, AT(http.body_rate_min), "256", "SIZE", 0, 100 * M, NULL,
     "Fewest bytes a second of a body, checked after body_timeout; a slower one is answered 408. 0: no limit."},
    {"http", "idle_timeout", OPT_MS, false, AT(http.idle_timeout_ms), "75s", "TIME", 100, 3600 * SECOND, NULL,
     "Longest time of a connection without a request; after it the connection is closed."},
    {"http", "write_timeout", OPT_MS, false, AT(http.write_timeout_ms), "30s", "TIME", 100, 3600 * SECOND, NULL,
     "Longest time in which a client takes no byte of an answer; after it the connection is closed."},
    {"http", "connections_max", OPT_UINT, false, AT(http.connections_max), "10000", "N", 1, 1000000, NULL,
     "Most open connections; further ones are answered 503 and closed."},

    {"store", "url", OPT_TEXT, false, AT(store_url), "", "URL", 0, 0, NULL,
     "postgresql://USER@HOST/DATABASE, or key=value pairs as libpq takes them: the database is there, and not in\n"
     "hired.db. Kept files stay in the data directory. Empty: SQLite. docs/SCALE.md says more."},
    {"store", "mmap", OPT_SIZE, false, AT(mmap_bytes), "4G", "SIZE", 0, 1024 * G, NULL,
     "How much of the database is mapped into memory for reading. 0: nothing."},
    {"store", "write_queue", OPT_UINT, false, AT(write_queue_max), "4096", "N", 1, 1000000, NULL,
     "Most writes that may wait; further ones are answered 503 with Retry-After."},
    {"store", "write_group", OPT_UINT, false, AT(write_group_max), "256", "N", 1, 10000, NULL,
     "Most writes in one commit."},
    {"store", "readers", OPT_UINT, false, AT(readers), "16", "N", 1, 256, NULL,
     "With PostgreSQL: threads that read, each with a connection of its own. A node has as many connections, and\n"
     "a few more (docs/SCALE.md)."},
    {"store", "read_queue", OPT_UINT, false, AT(read_queue_max), "1024", "N", 1, 1000000, NULL,
     "With PostgreSQL: most reads that may wait for a thread, a quarter of them of one caller; further ones are\n"
     "answered 503 with Retry-After."},

    {"store", "free_min", OPT_SIZE, false, AT(free_min_bytes), "512M", "SIZE", 0, 1024 * 1024 * G, NULL,
     "Free space on the disk that is reserved for the database. With less, uploads are answered 503 and\n"
     "reports are not fetched."},

    {"store", "read_max", OPT_MS, false, AT(read_ms), "2m", "TIME", 0, 24 * 3600 * SECOND, NULL,
     "Longest time of one read of the database, by the server or by a command beside it (hired export). The\n"
     "database's log cannot be emptied meanwhile. 0: no limit. hired backup and check are limited by log_max.\n"
     "On PostgreSQL reads of requests end after 10 s at the latest."},
    {"store", "log_max", OPT_SIZE, false, AT(log_max_bytes), "4G", "SIZE", 0, 1024 * 1024 * G, NULL,
     "Largest size of the database's log (hired.db-wal). At three quarters of it, reads that keep the log from being\n"
     "emptied end, also those of hired backup and check; at the whole, writes are answered 503 until it was\n"
     "emptied. 0: no limit. It needs that much free space on the disk."},

    {"store", "archive", OPT_TEXT, false, AT(archive), "", "DIR", 0, 0, NULL,
     "A directory, best on another disk, to which everything that is written is copied at once, so that\n"
     "hired restore --at brings back any second. Empty: there is none. One for each data directory."},
    {"store", "archive_days", OPT_UINT, false, AT(archive_days), "7", "N", 1, 3650, NULL,
     "How many days the archive goes back. Erased data is in it for up to two days longer."},

    {"store", "scrub", OPT_SIZE, false, AT(scrub_rate), "4M", "SIZE", 0, G, NULL,
     "How many bytes a second of the database are verified in the background: checksums of pages, documents.\n"
     "What is damaged is logged and counted in /metrics. A day after a pass has ended the next one begins. 0: never."},

    {"fetch", "allow", OPT_NAME, true, AT(fetch_allow), "none", "WHICH", 0, 0, fetch_allows,
     "Addresses to fetch from beside public ones: none, loopback or private.\n"
     "private means local networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7) and loopback.\n"
     "Link-local addresses, such as a cloud's metadata service, are never permitted."},
    {"fetch", "max_size", OPT_SIZE, false, AT(fetch_max_bytes), "50M", "SIZE", K, G, NULL,
     "Largest report that is fetched."},
    {"fetch", "timeout", OPT_MS, false, AT(fetch_timeout_ms), "60s", "TIME", 100, 3600 * SECOND, NULL,
     "Longest time for fetching one report."},
    {"fetch", "parallel", OPT_UINT, false, AT(fetch_parallel), "8", "N", 1, 64, NULL,
     "Most reports that are fetched at the same time.\n"
     "One vendor's app may use at most a quarter of them."},

    {"events", "parallel", OPT_UINT, false, AT(events_parallel), "64", "N", 8, 1024, NULL,
     "Most events that are being sent at the same time; at most 8 of them to one app."},
    {"events", "keep_days", OPT_UINT, false, AT(events_keep_days), "30", "N", 1, 3650, NULL,
     "How many days events and the log of their attempts are kept."},
    {"events", "ping", OPT_MS, false, AT(ping_ms), "120s", "TIME", 1 * SECOND, 3600 * SECOND, NULL,
     "Interval at which clients of long connections are told to ping; whole seconds.\n"
     "A connection without any message for three intervals is closed."},
    {"events", "reconnect", OPT_MS, false, AT(reconnect_ms), "120s", "TIME", 1 * SECOND, 3600 * SECOND, NULL,
     "Time that a client is told to wait between two attempts to reconnect; whole seconds."},
    {"events", "reconnect_spread", OPT_MS, false, AT(reconnect_spread_ms), "30s", "TIME", 0, 3600 * SECOND, NULL,
     "Before its first attempt to reconnect a client waits a random time of at most this; whole seconds."},
};

const struct former_option former_options[] = {
    {"server", "test_clock", "off", "test = on has the clock and more (docs/TESTING.md)"},
    {NULL, NULL, NULL, NULL},
};

const size_t n_config_options = sizeof(config_options) / sizeof(config_options[0]);

static_assert(sizeof(config_options) / sizeof(config_options[0]) <= CONFIG_OPTIONS_MAX,
              "CONFIG_OPTIONS_MAX is too small");
