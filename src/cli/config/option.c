/* SPDX-License-Identifier: Apache-2.0
 *
 * The names and values of an option.
 */
#include "cli/config/option.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TOKEN_MIN 16 /* characters of [server] test_token */
#define TOKEN_MAX 256

/* [server] listen is --listen and HIRED_LISTEN; [store] url is --store and HIRED_STORE; [http] head_max is
 * --http-head-max and HIRED_HTTP_HEAD_MAX. */
static int join_name(const struct option *o, const char *prefix, char separator, char out[64]) {
    if (strcmp(o->section, "server") == 0)
        return snprintf(out, 64, "%s%s", prefix, o->name);
    if (strcmp(o->section, "store") == 0 && strcmp(o->name, "url") == 0)
        return snprintf(out, 64, "%s%s", prefix, o->section);
    return snprintf(out, 64, "%s%s%c%s", prefix, o->section, separator, o->name);
}

struct str option_flag(const struct option *o, char out[64]) {
    int n = join_name(o, "--", '-', out);
    for (int i = 0; i < n; i++)
        if (out[i] == '_')
            out[i] = '-';
    return (struct str){out, (size_t)n};
}

const char *option_env(const struct option *o, char out[64]) {
    int n = join_name(o, "HIRED_", '_', out);
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

void option_accepts(const struct option *o, struct buf *out) {
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
        else if (o->offset == AT(test_token))
            buf_add_lit(out, "at least 16 visible ASCII characters");
        else if (o->offset == AT(upstream))
            buf_add_lit(out, "http:// or https://, a host, perhaps a port and a path");
        else if (o->offset == AT(store_url))
            buf_add_lit(out, "postgresql://USER@HOST/DATABASE, or key=value pairs as libpq takes them");
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

static bool token_ok(struct str token) {
    for (size_t i = 0; i < token.len; i++)
        if (token.ptr[i] <= ' ' || token.ptr[i] > '~')
            return false;
    return token.len >= TOKEN_MIN && token.len <= TOKEN_MAX;
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

int option_set(struct config *c, const struct option *o, struct str value) {
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
        if (o->offset == AT(test_token) && value.len > 0 && !token_ok(value))
            return -EINVAL;
        *(char **)(void *)member = value.len > 0 ? (char *)arena_dup(&c->arena, value).ptr : NULL;
        return 0;
    }
    return -EINVAL;
}
