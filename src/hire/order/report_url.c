/* SPDX-License-Identifier: Apache-2.0
 *
 * Parses a link strictly: a link that two programs could interpret differently is refused.
 */
#include "hire/order/report_url.h"

#include "base/netaddr.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_host_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

static bool is_ip6_char(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/* Splits host and port; the port must be a number if there is one. */
static bool split_authority(struct str authority, struct str *ret_host) {
    bool bracket = authority.len > 0 && authority.ptr[0] == '[';
    size_t end = bracket ? str_find(authority, ']') : str_find(authority, ':');
    struct str host = authority, port = STR(":443");
    int64_t number;

    if (bracket && end == SIZE_MAX)
        return false;
    if (end != SIZE_MAX) {
        host.len = bracket ? end + 1 : end;
        port = str_skip(authority, host.len);
    }
    if (host.len == 0)
        return false;
    for (size_t i = bracket ? 1 : 0; i < host.len - (bracket ? 1 : 0); i++) {
        if (!(bracket ? is_ip6_char(host.ptr[i]) : is_host_char(host.ptr[i])))
            return false;
    }
    if (port.len > 0 &&
        (port.ptr[0] != ':' || str_to_i64(str_skip(port, 1), &number) < 0 || number < 1 || number > 65535))
        return false;
    *ret_host = host;
    return true;
}

const char *report_url_fault(struct str url, bool download, bool private_addresses) {
    struct sockaddr_storage literal;
    struct str rest, authority, host;

    if (str_is_empty(url))
        return "must not be empty";
    if (str_chars(url) > REPORT_URL_MAX)
        return "may have at most 2048 characters";
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];

        if (c <= ' ' || c == 0x7f)
            return "must not contain blanks or control characters; write them as %20 and the like";
    }
    rest = str_skip(url, str_find(url, ':') == 5 ? 8 : 7);
    if (!str_eq_nocase((struct str){url.ptr, url.len - rest.len}, STR("https://")) &&
        !str_eq_nocase((struct str){url.ptr, url.len - rest.len}, STR("http://")))
        return "must be a link that begins with http:// or https://";
    authority = rest;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] == '/' || rest.ptr[i] == '?' || rest.ptr[i] == '#' || rest.ptr[i] == '\\') {
            authority.len = i;
            break;
        }
    }
    if (authority.len == 0)
        return "must be a link that names a host";
    if (!download)
        return NULL;
    if (str_find(url, '\\') != SIZE_MAX)
        return "must not contain a backslash";
    if (str_find(authority, '@') != SIZE_MAX)
        return "must not contain a user name or password";
    if (!split_authority(authority, &host))
        return "must name its host by a name or address of letters, digits, '-' and '.', with a port of 1 to 65535 if "
               "any";
    if (host.ptr[0] == '[' && netaddr_parse(host, &literal) < 0)
        return "has no valid IPv6 address between [ and ]";
    if (!private_addresses && !netaddr_host_may_be_public(host))
        return "must be on the public internet; private, loopback and other special addresses are refused";
    return NULL;
}
