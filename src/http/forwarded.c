/* SPDX-License-Identifier: Apache-2.0
 *
 * Who calls, when a proxy speaks for others.
 */
#include "http/forwarded.h"

#include <errno.h>

#define PORT_DIGITS_MAX 5

static bool is_port(struct str s) {
    if (s.len == 0 || s.len > PORT_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

/* "192.0.2.7", "192.0.2.7:443", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443": the forms that proxies write. */
static int read_address(struct str entry, uint8_t ret[16]) {
    struct str port = entry;
    if (entry.len > 0 && entry.ptr[0] == '[') {
        struct str address = str_cut(&port, ']');
        if (str_is_absent(port) || (port.len > 0 && (port.ptr[0] != ':' || !is_port(str_skip(port, 1)))))
            return -EINVAL;
        address = str_skip(address, 1);
        return str_find(address, ':') == SIZE_MAX ? -EINVAL : network_address_parse(address, ret);
    }
    struct str address = str_cut(&port, ':');
    if (!str_is_absent(port) && str_find(port, ':') == SIZE_MAX)
        return is_port(port) ? network_address_parse(address, ret) : -EINVAL;
    return network_address_parse(entry, ret);
}

/* Removes the last entry of a list and returns it; *list is the rest before its comma, absent without a comma. */
static struct str cut_last(struct str *list) {
    size_t at = list->len;
    while (at > 0 && list->ptr[at - 1] != ',')
        at--;
    struct str last = {list->ptr + at, list->len - at};
    *list = at > 0 ? (struct str){list->ptr, at - 1} : STR_ABSENT;
    return str_trim(last);
}

/* The list read from the right; several header lines are one list (RFC 9110 5.3). */
struct walk {
    const struct networks *proxies;
    uint8_t client[16]; /* the last address read */
    unsigned hops;
    bool found; /* client is not a trusted proxy */
};

static int walk_line(struct walk *w, struct str line, const char **ret_why) {
    while (!w->found && !str_is_absent(line)) {
        struct str entry = cut_last(&line);
        if (entry.len == 0) /* RFC 9110 5.6.1: empty elements of a list are ignored */
            continue;
        if (read_address(entry, w->client) < 0) {
            *ret_why = "a trusted proxy's X-Forwarded-For has an entry that is no address";
            return -EBADMSG;
        }
        if (++w->hops > FORWARDED_HOPS_MAX) {
            *ret_why = "X-Forwarded-For leads through too many trusted proxies";
            return -EBADMSG;
        }
        w->found = !networks_have(w->proxies, w->client);
    }
    return 0;
}

/* Each proxy that a request passes may add a word or replace it. They have to agree: which of them faced the client
 * cannot be told. Some say "wss" of a WebSocket. */
static int read_proto(struct str line, int *https, const char **ret_why) {
    while (!str_is_absent(line)) {
        struct str word = str_trim(str_cut(&line, ','));
        if (word.len == 0)
            continue;
        bool tls = str_eq_nocase(word, STR("https")) || str_eq_nocase(word, STR("wss"));
        if (!tls && !str_eq_nocase(word, STR("http")) && !str_eq_nocase(word, STR("ws"))) {
            *ret_why = "a trusted proxy's X-Forwarded-Proto is neither http nor https";
            return -EBADMSG;
        }
        if (*https >= 0 && *https != (int)tls) {
            *ret_why = "X-Forwarded-Proto says both http and https";
            return -EBADMSG;
        }
        *https = tls;
    }
    return 0;
}

int forwarded_read(const struct networks *proxies, const struct sockaddr *peer, const struct http_header *headers,
                   size_t n_headers, struct forwarded *ret, const char **ret_why) {
    struct walk w = {.proxies = proxies};
    int https = -1, r = 0;
    if (network_address_of(peer, w.client) < 0 || !networks_have(proxies, w.client))
        return 0;
    for (size_t i = n_headers; i > 0 && r == 0; i--) {
        const struct http_header *h = &headers[i - 1];
        if (h->name.len == 15 && str_eq_nocase(h->name, STR("x-forwarded-for")))
            r = walk_line(&w, h->value, ret_why);
        else if (h->name.len == 17 && str_eq_nocase(h->name, STR("x-forwarded-proto")))
            r = read_proto(h->value, &https, ret_why);
    }
    if (r < 0)
        return r;
    network_address_store(w.client, &ret->client);
    ret->https = https > 0;
    return 1;
}
