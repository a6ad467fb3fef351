/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a proxy speaks for, and what nobody may claim.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/test.h"
#include "http/forwarded.h"

#define LINES_MAX 40

/* The proxies of all tests. */
#define PROXIES "127.0.0.1, 10.0.0.0/8, fd00::/8"

struct said {
    const char *peer;
    const char *lines[LINES_MAX]; /* "for: ..." and "proto: ..."; ended by NULL */
};

static int read_said(const struct said *s, struct forwarded *ret, const char **ret_why) {
    struct http_header headers[LINES_MAX];
    struct sockaddr_storage peer;
    struct networks proxies;
    uint8_t address[16];
    size_t n = 0;
    assert_int_equal(networks_parse(STR(PROXIES), &proxies), 0);
    assert_int_equal(network_address_parse(str_of(s->peer), address), 0);
    network_address_store(address, &peer);
    for (; s->lines[n]; n++) {
        struct str value = str_of(s->lines[n]), name = str_cut(&value, ':');
        headers[n].name = str_eq(name, STR("for"))     ? STR("X-Forwarded-For")
                          : str_eq(name, STR("proto")) ? STR("x-forwarded-PROTO")
                                                       : name;
        headers[n].value = str_trim(value);
    }
    return forwarded_read(&proxies, (const struct sockaddr *)&peer, headers, n, ret, ret_why);
}

static const char *text_of(const struct sockaddr_storage *a, char text[INET6_ADDRSTRLEN]) {
    const void *bytes = a->ss_family == AF_INET ? (const void *)&((const struct sockaddr_in *)a)->sin_addr
                                                : (const void *)&((const struct sockaddr_in6 *)a)->sin6_addr;
    return inet_ntop(a->ss_family, bytes, text, INET6_ADDRSTRLEN);
}

#define SAID(from, ...) (&(const struct said){from, {__VA_ARGS__}})

static void expect(const struct said *s, const char *client, bool https) {
    struct forwarded f;
    const char *why = "";
    char text[INET6_ADDRSTRLEN];
    int r = read_said(s, &f, &why);
    if (r != 1)
        fail_msg("%s: returned %d (%s)", s->lines[0], r, why);
    assert_string_equal(text_of(&f.client, text), client);
    assert_int_equal(f.https, https);
}

static void expect_refusal(const struct said *s, const char *words) {
    struct forwarded f;
    const char *why = "";
    assert_int_equal(read_said(s, &f, &why), -EBADMSG);
    if (!strstr(why, words))
        fail_msg("\"%s\" is not in: %s", words, why);
}

static void strangers_claim_nothing(void **state) {
    struct forwarded f;
    const char *why;
    assert_int_equal(read_said(SAID("192.0.2.1", "for: 1.2.3.4", "proto: https"), &f, &why), 0);
    assert_int_equal(read_said(SAID("192.0.2.1", "for: rubbish", "proto: rubbish"), &f, &why), 0);
    assert_int_equal(read_said(SAID("::1", "for: 1.2.3.4"), &f, &why), 0);
}

static void the_rightmost_that_is_no_proxy(void **state) {
    expect(SAID("127.0.0.1", "for: 1.2.3.4"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: 9.9.9.9, 1.2.3.4"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: 9.9.9.9, 1.2.3.4, 10.1.1.1,10.2.2.2"), "1.2.3.4", false);
    /* what stands left of the client is its own invention, understood or not */
    expect(SAID("127.0.0.1", "for: rubbish, 127.0.0.1, 1.2.3.4"), "1.2.3.4", false);
    /* a client within the proxies' own network: the furthest that is known */
    expect(SAID("127.0.0.1", "for: 10.7.7.7, 10.1.1.1"), "10.7.7.7", false);
    expect(SAID("fd00::1", "for: 2001:db8::7"), "2001:db8::7", false);
}

static void several_lines_are_one_list(void **state) {
    expect(SAID("127.0.0.1", "for: 9.9.9.9", "for: 1.2.3.4"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: 1.2.3.4", "Accept: x", "for: 10.1.1.1", "for: 10.2.2.2"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: 1.2.3.4,", "for: ", "for: , ,"), "1.2.3.4", false);
}

static void nothing_said(void **state) {
    expect(SAID("127.0.0.1", "Accept: x"), "127.0.0.1", false);
    expect(SAID("127.0.0.1", "for: "), "127.0.0.1", false);
    expect(SAID("127.0.0.1", "X-Forwarded-Form: 1.2.3.4", "Forwarded: for=1.2.3.4"), "127.0.0.1", false);
}

static void as_proxies_write_addresses(void **state) {
    expect(SAID("127.0.0.1", "for: 1.2.3.4:5678"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: [2001:db8::1]"), "2001:db8::1", false);
    expect(SAID("127.0.0.1", "for: [2001:db8::1]:443"), "2001:db8::1", false);
    expect(SAID("127.0.0.1", "for: 2001:DB8:0:0:0:0:0:1"), "2001:db8::1", false);
    expect(SAID("127.0.0.1", "for: ::ffff:1.2.3.4"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: [::ffff:1.2.3.4]:99"), "1.2.3.4", false);
    expect(SAID("127.0.0.1", "for: 1.2.3.4, ::ffff:10.0.0.1"), "1.2.3.4", false);
    expect(SAID("::ffff:127.0.0.1", "for: 1.2.3.4"), "1.2.3.4", false);
}

static void what_is_no_address(void **state) {
    static const char *const entries[] = {
        "for: unknown",          "for: _hidden",      "for: 1.2.3",       "for: 1.2.3.4:",  "for: 1.2.3.4:port",
        "for: 1.2.3.4:123456",   "for: [1.2.3.4]",    "for: [::1",        "for: ::1]",      "for: [::1]443",
        "for: [::1]:",           "for: 0x7f000001",   "for: 010.1.1.1",   "for: 1.2.3.4 5", "for: 1.2.3.4;5",
        "for: \"1.2.3.4\"",      "for: fe80::1%eth0", "for: for=1.2.3.4", "for: []",        "for: 9.9.9.9, rubbish",
        "for: rubbish, 10.0.0.1"};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        expect_refusal(&(const struct said){"127.0.0.1", {entries[i]}}, "is no address");
}

static void not_for_ever(void **state) {
    struct said s = {.peer = "127.0.0.1"};
    for (int i = 0; i < FORWARDED_HOPS_MAX; i++)
        s.lines[i] = "for: 10.0.0.1";
    expect(&s, "10.0.0.1", false);
    s.lines[FORWARDED_HOPS_MAX] = "for: 10.0.0.1";
    expect_refusal(&s, "too many trusted proxies");
}

static void the_scheme(void **state) {
    expect(SAID("127.0.0.1", "proto: https"), "127.0.0.1", true);
    expect(SAID("127.0.0.1", "for: 1.2.3.4", "proto: HTTPS"), "1.2.3.4", true);
    expect(SAID("127.0.0.1", "proto: wss"), "127.0.0.1", true);
    expect(SAID("127.0.0.1", "proto: ws", "proto: http"), "127.0.0.1", false);
    expect(SAID("127.0.0.1", "proto: https, https", "proto: https"), "127.0.0.1", true);
    expect(SAID("127.0.0.1", "proto: "), "127.0.0.1", false);
    expect_refusal(SAID("127.0.0.1", "proto: https, http"), "both http and https");
    expect_refusal(SAID("127.0.0.1", "proto: http", "proto: https"), "both http and https");
    expect_refusal(SAID("127.0.0.1", "proto: ftp"), "neither http nor https");
    expect_refusal(SAID("127.0.0.1", "proto: https;"), "neither http nor https");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_claim_nothing),
        cmocka_unit_test(the_rightmost_that_is_no_proxy),
        cmocka_unit_test(several_lines_are_one_list),
        cmocka_unit_test(nothing_said),
        cmocka_unit_test(as_proxies_write_addresses),
        cmocka_unit_test(what_is_no_address),
        cmocka_unit_test(not_for_ever),
        cmocka_unit_test(the_scheme),
    };
    return RUN_TESTS(tests);
}
