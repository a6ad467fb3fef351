/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: one table of options is the source for reading and writing the INI file, the environment, the
 * flags and their help.
 */
#include "cli/config.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "cli/suggest.h"
#include "store/remote/server.h"

enum option_kind {
    OPT_TEXT,
    OPT_LISTEN,
    OPT_UINT,
    OPT_SIZE,
    OPT_SIZE32 /* an unsigned */,
    OPT_MS,
    OPT_BOOL,
    OPT_NAME,
    OPT_NETWORKS
};

struct option {
    const char *section, *name;
    enum option_kind kind;
    bool common; /* listed in --help */
    size_t offset;
    const char *initial;      /* default, as written in the file; "" for none */
    const char *arg;          /* placeholder for the value in help */
    uint64_t min, max;        /* of OPT_UINT, OPT_SIZE (bytes), OPT_MS (milliseconds) */
    const char *const *names; /* of OPT_NAME: the values of its enum in order, ended by NULL */
    const char *about;        /* lines for etc/hired.ini; --help shows the first only */
};

static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};
static const char *const fetch_allows[] = {"none", "loopback", "private", NULL};

#define K ((uint64_t)1024)
#define M (K * 1024)
#define G (M * 1024)
#define SECOND ((uint64_t)1000)
#define AT(member) offsetof(struct config, member)

static const struct option options[] = {
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
    {"server", "test_clock", OPT_BOOL, false, AT(test_clock), "off", "on|off", 0, 0, NULL,
     "For tests only: POST /test/clock {\"advance_ms\":N}, from this machine, moves the server's clock by N ms, which "
     "may be negative."},

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

    {"store", "mmap", OPT_SIZE, false, AT(mmap_bytes), "4G", "SIZE", 0, 1024 * G, NULL,
     "How much of the database is mapped into memory for reading. 0: nothing."},
    {"store", "write_queue", OPT_UINT, false, AT(write_queue_max), "4096", "N", 1, 1000000, NULL,
     "Most writes that may wait; further ones are answered 503 with Retry-After."},
    {"store", "write_group", OPT_UINT, false, AT(write_group_max), "256", "N", 1, 10000, NULL,
     "Most writes in one commit."},

    {"store", "free_min", OPT_SIZE, false, AT(free_min_bytes), "512M", "SIZE", 0, 1024 * 1024 * G, NULL,
     "Free space on the disk that is reserved for the database. With less, uploads are answered 503 and\n"
     "reports are not fetched."},

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

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* State of one config_load(). */
struct loading {
    struct config *c;
    struct buf errors; /* one sentence per line */
    const char *file;
    FILE *stream;
    unsigned line;
    bool continued;           /* the current line is longer than the reader's buffer */
    unsigned seen[N_OPTIONS]; /* line of the file that set the option; 0: none */
};

static void complain(struct loading *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(struct loading *l, const char *format, ...) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    va_list args;

    if (l->errors.len > 0)
        buf_add_char(&l->errors, '\n');
    va_start(args, format);
    buf_add_str(&l->errors, arena_vprintf(&scratch, format, args));
    va_end(args);
}

/* ---- the names of an option ---- */

/* "--listen", "--http-head-max" */
static struct str flag_name(const struct option *o, char out[64]) {
    int n = strcmp(o->section, "server") == 0 ? snprintf(out, 64, "--%s", o->name)
                                              : snprintf(out, 64, "--%s-%s", o->section, o->name);
    for (int i = 0; i < n; i++)
        if (out[i] == '_')
            out[i] = '-';
    return (struct str){out, (size_t)n};
}

/* "HIRED_LISTEN", "HIRED_HTTP_HEAD_MAX" */
static const char *env_name(const struct option *o, char out[64]) {
    int n = strcmp(o->section, "server") == 0 ? snprintf(out, 64, "HIRED_%s", o->name)
                                              : snprintf(out, 64, "HIRED_%s_%s", o->section, o->name);
    for (int i = 0; i < n; i++)
        if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
    return out;
}

/* ---- values ---- */

static int parse_number(struct str text, struct str *ret_unit, uint64_t *ret) {
    uint64_t value = 0;
    size_t i = 0;

    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++) {
        if (value > (UINT64_MAX - 9) / 10)
            return -EINVAL;
        value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    if (i == 0)
        return -EINVAL;
    *ret_unit = str_skip(text, i);
    *ret = value;
    return 0;
}

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit size_units[] = {{"", 1}, {"k", K}, {"K", K}, {"M", M}, {"G", G}, {NULL, 0}};
static const struct unit time_units[] = {{"ms", 1}, {"s", SECOND}, {"m", 60 * SECOND}, {"h", 3600 * SECOND}, {NULL, 0}};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static int parse_scaled(struct str text, const struct unit *units, uint64_t *ret) {
    struct str unit;
    uint64_t value;

    if (parse_number(text, &unit, &value) < 0)
        return -EINVAL;
    if (value == 0 && unit.len == 0) {
        *ret = 0;
        return 0;
    }
    for (; units->name; units++)
        if (str_eq(unit, str_of(units->name))) {
            if (value > UINT64_MAX / units->factor)
                return -EINVAL;
            *ret = value * units->factor;
            return 0;
        }
    return -EINVAL;
}

/* Writes a number with the largest unit that divides it. */
static const char *scaled_text(uint64_t value, const struct unit *units, char out[32]) {
    const struct unit *best = units;

    for (const struct unit *u = units; u->name; u++)
        if (u->factor >= best->factor && value != 0 && value % u->factor == 0 && strcmp(u->name, "K") != 0)
            best = u;
    snprintf(out, 32, "%llu%s", (unsigned long long)(value / best->factor), value ? best->name : "");
    return out;
}

static const struct unit *option_units(const struct option *o) {
    return o->kind == OPT_SIZE || o->kind == OPT_SIZE32 ? size_units : o->kind == OPT_MS ? time_units : no_units;
}

/* Describes the accepted values, for errors and for the file. */
static void option_accepts(const struct option *o, struct buf *out) {
    char low[32], high[32];

    switch (o->kind) {
    case OPT_LISTEN:
        buf_add_lit(out, "HOST:PORT, as 127.0.0.1:8080 or [::1]:8080");
        break;
    case OPT_UINT:
    case OPT_SIZE:
    case OPT_SIZE32:
    case OPT_MS:
        buf_printf(out, "%s from %s to %s",
                   o->kind == OPT_MS     ? "a time (as 500ms, 10s, 2m, 1h)"
                   : o->kind == OPT_UINT ? "a number"
                                         : "a size (as 64k, 16M, 2G)",
                   scaled_text(o->min, option_units(o), low), scaled_text(o->max, option_units(o), high));
        break;
    case OPT_BOOL:
        buf_add_lit(out, "on or off");
        break;
    case OPT_NAME:
        for (const char *const *n = o->names; *n; n++)
            buf_printf(out, "%s%s", n == o->names ? "" : n[1] ? ", " : " or ", *n);
        break;
    case OPT_NETWORKS:
        buf_printf(out, "addresses and networks, as 127.0.0.1, 10.1.0.0/16 or fd00::/8; at most %d, none of them /0",
                   NETWORKS_MAX);
        break;
    case OPT_TEXT:
        if (o->offset == AT(base_url))
            buf_add_lit(out, "http:// or https://, a host, without / at the end");
        else
            buf_add_lit(out, "a path");
        break;
    }
}

int config_parse_listen(struct str text, struct arena *a, char **ret_host, unsigned *ret_port) {
    struct str host, unit;
    uint64_t port;
    size_t colon = text.len;

    while (colon > 0 && text.ptr[colon - 1] != ':')
        colon--;
    if (colon < 2 || parse_number(str_skip(text, colon), &unit, &port) < 0 || unit.len > 0 || port > 65535)
        return -EINVAL;
    host = (struct str){text.ptr, colon - 1};
    if (host.ptr[0] == '[') {
        if (host.len < 4 || host.ptr[host.len - 1] != ']')
            return -EINVAL;
        host = (struct str){host.ptr + 1, host.len - 2};
    } else if (str_find(host, ':') != SIZE_MAX) {
        return -EINVAL; /* an IPv6 address without brackets is ambiguous: which colon separates the port? */
    }
    if (str_find(host, ' ') != SIZE_MAX || str_find(host, '/') != SIZE_MAX)
        return -EINVAL;
    *ret_host = (char *)arena_dup(a, host).ptr;
    *ret_port = (unsigned)port;
    return 0;
}

static bool base_url_ok(struct str url) {
    struct str rest = str_starts(url, STR("http://"))    ? str_skip(url, 7)
                      : str_starts(url, STR("https://")) ? str_skip(url, 8)
                                                         : STR("");
    if (rest.len == 0 || rest.ptr[0] == '/' || str_ends(rest, STR("/")))
        return false;
    for (size_t i = 0; i < rest.len; i++)
        if ((unsigned char)rest.ptr[i] <= ' ' || (unsigned char)rest.ptr[i] >= 127 || strchr("\"'<>\\?#", rest.ptr[i]))
            return false;
    return true;
}

static int option_set_number(struct config *c, const struct option *o, struct str value) {
    uint64_t number;
    char *member = (char *)c + o->offset;

    if (parse_scaled(value, option_units(o), &number) < 0 || number < o->min || number > o->max)
        return -EINVAL;
    if (o->kind == OPT_SIZE)
        *(size_t *)(void *)member = (size_t)number;
    else
        *(unsigned *)(void *)member = (unsigned)number;
    return 0;
}

static int option_set_name(struct config *c, const struct option *o, struct str value) {
    for (unsigned i = 0; o->names[i]; i++)
        if (str_eq(value, str_of(o->names[i]))) {
            *(unsigned *)(void *)((char *)c + o->offset) = i;
            return 0;
        }
    return -EINVAL;
}

/* Refuses a network of /0, which would trust the forwarded address that any client sends. */
static int option_set_networks(struct networks *member, struct str value) {
    struct networks fresh;

    if (networks_parse(value, &fresh) < 0)
        return -EINVAL;
    for (unsigned i = 0; i < fresh.n; i++)
        if (network_is_everything(&fresh.v[i]))
            return -EINVAL;
    *member = fresh;
    return 0;
}

/* Returns 0, or -EINVAL for a value that is not accepted. */
static int option_set(struct config *c, const struct option *o, struct str value) {
    char *member = (char *)c + o->offset;

    switch (o->kind) {
    case OPT_LISTEN:
        return config_parse_listen(value, &c->arena, &c->listen_host, &c->listen_port);
    case OPT_UINT:
    case OPT_SIZE:
    case OPT_SIZE32:
    case OPT_MS:
        return option_set_number(c, o, value);
    case OPT_BOOL:
        if (!str_eq(value, STR("on")) && !str_eq(value, STR("off")))
            return -EINVAL;
        *(bool *)(void *)member = str_eq(value, STR("on"));
        return 0;
    case OPT_NAME:
        return option_set_name(c, o, value);
    case OPT_NETWORKS:
        return option_set_networks((struct networks *)(void *)member, value);
    case OPT_TEXT:
        if (value.len == 0 && o->initial[0] != '\0')
            return -EINVAL;
        if (o->offset == AT(base_url) && value.len > 0 && !base_url_ok(value))
            return -EINVAL;
        *(char **)(void *)member = value.len > 0 ? (char *)arena_dup(&c->arena, value).ptr : NULL;
        return 0;
    }
    return -EINVAL;
}

static void complain_value(struct loading *l, const char *where, const struct option *o, struct str value) {
    struct buf accepts BUF_CLEANUP = BUF_EMPTY;

    option_accepts(o, &accepts);
    complain(l, "%s: \"%.*s\" is not accepted; it takes %.*s", where, STR_FMT(value), STR_FMT(buf_str(&accepts)));
}

/* ---- the file ---- */

/* Sections [app cli_...]. */
static void set_app(struct loading *l, struct str app_id, const char *name, struct str value) {
    struct config *c = l->c;
    char *end;
    double factor;
    size_t i;

    if (strcmp(name, "rate_factor") != 0) {
        complain(l, "%s:%u: unknown option \"%s\" in [app %.*s]; the only one is rate_factor", l->file, l->line, name,
                 STR_FMT(app_id));
        return;
    }
    factor = strtod(value.ptr, &end);
    if (value.len == 0 || *end != '\0' || strspn(value.ptr, "0123456789.") != value.len || factor > 1000) {
        complain(
            l, "%s:%u: [app %.*s] rate_factor: \"%.*s\" is not accepted; it takes a number from 0 (no limits) to 1000",
            l->file, l->line, STR_FMT(app_id), STR_FMT(value));
        return;
    }
    for (i = 0; i < c->n_app_rates; i++)
        if (str_eq(c->app_rates[i].app_id, app_id)) {
            complain(l, "%s:%u: [app %.*s] rate_factor is set twice", l->file, l->line, STR_FMT(app_id));
            return;
        }
    if (c->n_app_rates == CONFIG_APP_RATES_MAX) {
        complain(l, "%s:%u: more than %d sections [app cli_...]", l->file, l->line, CONFIG_APP_RATES_MAX);
        return;
    }
    if (!c->app_rates)
        c->app_rates = arena_array(&c->arena, struct app_rate, CONFIG_APP_RATES_MAX);
    c->app_rates[c->n_app_rates++] = (struct app_rate){arena_dup(&c->arena, app_id), factor};
}

static bool app_id_ok(struct str s) {
    return s.len == 20 && str_starts(s, STR("cli_")) && hex_is(str_skip(s, 4));
}

static void complain_unknown(struct loading *l, const char *section, const char *name) {
    struct suggest in_section = {.typed = str_of(name)}, of_section = {.typed = str_of(section)};
    const char *elsewhere = NULL;
    bool known = false;

    for (size_t i = 0; i < N_OPTIONS; i++) {
        suggest_offer(&of_section, str_of(options[i].section));
        if (strcmp(options[i].section, section) == 0) {
            known = true;
            suggest_offer(&in_section, str_of(options[i].name));
        } else if (strcmp(options[i].name, name) == 0) {
            elsewhere = options[i].section;
        }
    }
    if (elsewhere)
        complain(l, "%s:%u: option \"%s\" belongs into section [%s]", l->file, l->line, name, elsewhere);
    else if (known && !str_is_absent(in_section.best))
        complain(l, "%s:%u: unknown option \"%s\" in [%s]; did you mean %.*s?", l->file, l->line, name, section,
                 STR_FMT(in_section.best));
    else if (known)
        complain(l, "%s:%u: unknown option \"%s\" in [%s]; \"hired help config\" lists them", l->file, l->line, name,
                 section);
    else if (section[0] == '\0')
        complain(l, "%s:%u: option \"%s\" stands before any section", l->file, l->line, name);
    else if (!str_is_absent(of_section.best))
        complain(l, "%s:%u: unknown section [%s]; did you mean [%.*s]?", l->file, l->line, section,
                 STR_FMT(of_section.best));
    else
        complain(l, "%s:%u: unknown section [%s]; \"hired help config\" lists them", l->file, l->line, section);
}

static int on_option(void *ctx, const char *section, const char *name, const char *value) {
    struct loading *l = ctx;
    struct str s = str_of(section), v = str_of(value);
    char where[PATH_MAX + 128];

    if (str_starts(s, STR("app "))) {
        struct str app_id = str_trim(str_skip(s, 4));
        if (!app_id_ok(app_id))
            complain(l, "%s:%u: [%s] does not name an app; it takes [app cli_ and 16 hex digits]", l->file, l->line,
                     section);
        else
            set_app(l, app_id, name, v);
        return 1;
    }
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &options[i];
        if (strcmp(o->section, section) != 0 || strcmp(o->name, name) != 0)
            continue;
        if (l->seen[i])
            complain(l, "%s:%u: [%s] %s is set twice, first in line %u", l->file, l->line, section, name, l->seen[i]);
        l->seen[i] = l->line;
        if (option_set(l->c, o, v) < 0) {
            snprintf(where, sizeof(where), "%s:%u: [%s] %s", l->file, l->line, section, name);
            complain_value(l, where, o, v);
        }
        return 1;
    }
    complain_unknown(l, section, name);
    return 1;
}

/* Feeds libinih line by line, because it tells its handler no line numbers and would cut long lines without an error.
 */
static char *read_line(char *line, int size, void *ctx) {
    struct loading *l = ctx;
    size_t len;

    for (;;) {
        if (!fgets(line, size, l->stream))
            return NULL;
        len = strlen(line);
        if (!l->continued) {
            l->line++;
            if (l->line == 1 && str_is_utf16(str_of(line))) {
                complain(l, "%s: the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected", l->file);
                return NULL;
            }
            if (len + 1 < (size_t)size || line[len - 1] == '\n' || feof(l->stream))
                break;
            if (line[strspn(line, " \t")] != ';' && line[strspn(line, " \t")] != '#')
                complain(l, "%s:%u: the line is longer than %d bytes", l->file, l->line, size - 2);
        }
        l->continued = len > 0 && line[len - 1] != '\n';
    }
    /* An indented line would continue the value above; no option needs that, so it is refused as a mistake. */
    size_t blanks = strspn(line, " \t");
    memmove(line, line + blanks, len - blanks + 1);
    return line;
}

static void load_file(struct loading *l, const char *file) {
    struct config *c = l->c;
    int r;

    c->file = (char *)arena_dup(&c->arena, str_of(file)).ptr;
    l->file = c->file;
    l->stream = fopen(file, "re");
    if (!l->stream) {
        complain(l, "cannot read the configuration %s: %s", file, strerror(errno));
        return;
    }
    r = ini_parse_stream(read_line, l, on_option, l);
    if (ferror(l->stream))
        complain(l, "cannot read the configuration %s: %s", file, strerror(errno));
    else if (r > 0)
        complain(l, "%s:%d: not a section, an option or a comment; expected name = value", l->file, r);
    fclose(l->stream);
}

/* ---- environment and flags ---- */

static void load_environment(struct loading *l) {
    char name[64];

    for (size_t i = 0; i < N_OPTIONS; i++) {
        const char *value = getenv(env_name(&options[i], name));
        if (value && option_set(l->c, &options[i], str_of(value)) < 0)
            complain_value(l, name, &options[i], str_of(value));
    }
}

size_t config_check_environment(struct arena *a, void (*fn)(void *ctx, struct str line), void *ctx) {
    char name[64];
    size_t n = 0;

    for (char **e = environ; *e; e++) {
        struct suggest s = {.typed = {*e, strcspn(*e, "=")}};
        bool known = !str_starts(s.typed, STR("HIRED_")) || str_eq(s.typed, STR("HIRED_CONFIG"));
        for (size_t i = 0; i < N_OPTIONS && !known; i++) {
            struct str option = arena_dup(a, str_of(env_name(&options[i], name)));
            known = str_eq(option, s.typed);
            suggest_offer(&s, option);
        }
        if (known || str_is_absent(s.best) || s.distance > 2)
            continue;
        fn(ctx, arena_printf(a, "environment variable %.*s is no option; did you mean %.*s?", STR_FMT(s.typed),
                             STR_FMT(s.best)));
        n++;
    }
    return n;
}

/* Tests whether argv[i] is this flag. Sets the value (behind '=' in the same word, or the next word) and the number of
 * words used; value is NULL if it is missing. */
static bool flag_matches(struct str flag, int argc, char **argv, int i, const char **ret_value, int *ret_words) {
    struct str word = str_of(argv[i]);

    if (!str_starts(word, flag))
        return false;
    if (word.len == flag.len) {
        *ret_value = i + 1 < argc ? argv[i + 1] : NULL;
        *ret_words = i + 1 < argc ? 2 : 1;
        return true;
    }
    if (word.ptr[flag.len] != '=')
        return false;
    *ret_value = argv[i] + flag.len + 1;
    *ret_words = 1;
    return true;
}

static const char *config_file_name(struct loading *l, int argc, char **argv) {
    const char *file = getenv("HIRED_CONFIG"), *value;
    int words;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (flag_matches(STR("--config"), argc, argv, i, &value, &words)) {
            if (!value)
                complain(l, "--config needs a value: the path of an INI file");
            file = value;
        }
    return file && *file ? file : NULL;
}

static void load_flag(struct loading *l, const struct option *o, const char *flag, const char *value) {
    struct buf accepts BUF_CLEANUP = BUF_EMPTY;

    if (value && option_set(l->c, o, str_of(value)) == 0)
        return;
    if (value) {
        complain_value(l, flag, o, str_of(value));
        return;
    }
    option_accepts(o, &accepts);
    complain(l, "%s needs a value: %.*s", flag, STR_FMT(buf_str(&accepts)));
}

static void load_flags(struct loading *l, int *argc, char **argv) {
    int kept = 1;

    for (int i = 1; i < *argc;) {
        const char *value;
        char name[64];
        int words = 0;

        if (strcmp(argv[i], "--") == 0) {
            while (i < *argc)
                argv[kept++] = argv[i++];
            break;
        }
        if (!flag_matches(STR("--config"), *argc, argv, i, &value, &words))
            for (size_t k = 0; k < N_OPTIONS && words == 0; k++)
                if (flag_matches(flag_name(&options[k], name), *argc, argv, i, &value, &words))
                    load_flag(l, &options[k], name, value);
        if (words == 0)
            argv[kept++] = argv[i++];
        i += words;
    }
    argv[kept] = NULL;
    *argc = kept;
}

int config_load(struct config *c, int *argc, char **argv, struct str *ret_why) {
    struct loading l = {.c = c};
    const char *file;
    int r = 0;

    memset(c, 0, sizeof(*c));
    for (size_t i = 0; i < N_OPTIONS; i++)
        option_set(c, &options[i], str_of(options[i].initial));
    file = config_file_name(&l, *argc, argv);
    if (file)
        load_file(&l, file);
    load_environment(&l);
    load_flags(&l, argc, argv);
    if (l.errors.len > 0) {
        *ret_why = arena_dup(&c->arena, buf_str(&l.errors));
        r = -EINVAL;
    }
    buf_free(&l.errors);
    return r;
}

void config_free(struct config *c) {
    arena_free(&c->arena);
    memset(c, 0, sizeof(*c));
}

/* ---- help ---- */

void config_print_help(void) {
    char name[64];

    printf("  %-24s %s\n", "--config FILE", "an INI file (or HIRED_CONFIG)");
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &options[i];
        char left[96];

        if (!o->common)
            continue;
        flag_name(o, name);
        snprintf(left, sizeof(left), "%s %s", name, o->arg);
        printf("  %-24s %.*s\n", left, (int)strcspn(o->about, "\n"), o->about);
    }
    printf("All options, as an INI file with their defaults: hired help config\n");
}

static void write_about(struct buf *out, const char *about) {
    while (*about) {
        size_t n = strcspn(about, "\n");
        buf_printf(out, "; %.*s\n", (int)n, about);
        about += n + (about[n] == '\n');
    }
}

void config_write_ini(struct buf *out) {
    const char *section = "";
    char flag[64], env[64];

    buf_add_lit(out, "; SPDX-License-Identifier: Apache-2.0\n"
                     ";\n"
                     "; The configuration of hired, with every option at its default. Give it with --config FILE.\n"
                     "; An environment variable goes over this file, a flag over both. kill -HUP rereads it.\n");
    for (size_t i = 0; i < N_OPTIONS; i++) {
        const struct option *o = &options[i];
        if (strcmp(section, o->section) != 0) {
            section = o->section;
            buf_printf(out, "\n[%s]\n", section);
        }
        buf_add_char(out, '\n');
        write_about(out, o->about);
        buf_add_lit(out, "; Takes ");
        option_accepts(o, out);
        flag_name(o, flag);
        buf_printf(out, ".\n; %s %s, %s\n", flag, o->arg, env_name(o, env));
        buf_printf(out, "%s =%s%s\n", o->name, *o->initial ? " " : "", o->initial);
    }
    buf_add_lit(out, "\n"
                     "; One app's documented limits times a factor; 0 lifts them. A section for each such app.\n"
                     "; [app cli_0123456789abcdef]\n"
                     "; rate_factor = 2\n");
}
