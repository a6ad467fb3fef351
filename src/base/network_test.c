/* SPDX-License-Identifier: Apache-2.0
 *
 * What is read as an address or a network, and what lies in which.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/network.h"
#include "base/test.h"

static void has(const char *network, const char *address, bool expected) {
    struct network n;
    uint8_t bytes[16];
    assert_int_equal(network_parse(str_of(network), &n), 0);
    assert_int_equal(network_address_parse(str_of(address), bytes), 0);
    if (network_has(&n, bytes) != expected)
        fail_msg("%s %s %s", network, expected ? "does not hold" : "holds", address);
}

static void membership(void **state) {
    has("1.2.3.4", "1.2.3.4", true);
    has("1.2.3.4", "1.2.3.5", false);
    has("1.2.3.0/24", "1.2.3.255", true);
    has("1.2.3.0/24", "1.2.4.0", false);
    has("1.2.3.4/31", "1.2.3.5", true);
    has("1.2.3.4/31", "1.2.3.6", false);
    has("10.9.8.7/8", "10.0.0.1", true);
    has("0.0.0.0/0", "200.1.1.1", true);
    has("0.0.0.0/0", "2001:db8::1", false);
    has("2001:db8::/32", "2001:db8:ffff::7", true);
    has("2001:db8::/33", "2001:db8:8000::", false);
    has("::1", "::1", true);
    has("::1", "127.0.0.1", false);
    has("127.0.0.0/8", "::ffff:127.0.0.1", true);
    has("::ffff:127.0.0.1", "127.0.0.1", true);
    has("fd00::/8", "fdff::1", true);
    has("fd00::/8", "fe80::1", false);
}

/* An address that two programs could read differently is none. */
static void not_networks(void **state) {
    static const char *const texts[] = {"",
                                        "/",
                                        "/8",
                                        "1.2.3",
                                        "1.2.3.4/",
                                        "1.2.3.4/33",
                                        "1.2.3.4/-1",
                                        "1.2.3.4/08",
                                        "1.2.3.4/ 8",
                                        "01.2.3.4",
                                        "0x7f.0.0.1",
                                        "2130706433",
                                        "1.2.3.256",
                                        "1.2.3.4.5",
                                        "localhost",
                                        "::1/129",
                                        "[::1]",
                                        "fe80::1%lo",
                                        ":::1",
                                        "1.2.3.4 ",
                                        "1.2.3.4/8/8",
                                        "::1/",
                                        "*",
                                        "1.2.3.4:80",
                                        "1111:2222:3333:4444:5555:6666:123.123.123.1234"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct network n;
        if (network_parse(str_of(texts[i]), &n) != -EINVAL)
            fail_msg("\"%s\" is taken for a network", texts[i]);
    }
    struct network n;
    assert_int_equal(network_parse(STR("1.2.3.4\0"), &n), -EINVAL);
    assert_int_equal(network_parse(STR_ABSENT, &n), -EINVAL);
}

static void lists(void **state) {
    struct networks all = {.n = 7};
    uint8_t address[16];
    char many[NETWORKS_MAX * 8 + 16] = "";
    assert_int_equal(networks_parse(STR(" 10.0.0.0/8,::1 ,\t192.0.2.7,, "), &all), 0);
    assert_int_equal(all.n, 3);
    assert_int_equal(network_address_parse(STR("192.0.2.7"), address), 0);
    assert_true(networks_have(&all, address));
    assert_int_equal(network_address_parse(STR("192.0.2.8"), address), 0);
    assert_false(networks_have(&all, address));
    assert_int_equal(networks_parse(STR("10.0.0.0/8, nonsense"), &all), -EINVAL);
    assert_int_equal(all.n, 3); /* as it was */
    for (int i = 0; i < NETWORKS_MAX; i++)
        strcat(many, "1.1.1.1,");
    assert_int_equal(networks_parse(str_of(many), &all), 0);
    assert_int_equal(all.n, NETWORKS_MAX);
    strcat(many, "::1");
    assert_int_equal(networks_parse(str_of(many), &all), -E2BIG);
    assert_int_equal(networks_parse(STR(""), &all), 0);
    assert_int_equal(all.n, 0);
    assert_false(networks_have(&all, address));
}

/* An address that came by a socket of either family is the same. */
static void sockets(void **state) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr_storage back, none = {0};
    uint8_t a[16], b[16];
    assert_int_equal(inet_pton(AF_INET6, "::ffff:127.0.0.1", &in6.sin6_addr), 1);
    assert_int_equal(network_address_of((const struct sockaddr *)&in, a), 0);
    assert_int_equal(network_address_of((const struct sockaddr *)&in6, b), 0);
    assert_memory_equal(a, b, 16);
    network_address_store(a, &back);
    assert_int_equal(back.ss_family, AF_INET);
    assert_int_equal(((const struct sockaddr_in *)&back)->sin_addr.s_addr, in.sin_addr.s_addr);
    assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr), 1);
    assert_int_equal(network_address_of((const struct sockaddr *)&in6, b), 0);
    network_address_store(b, &back);
    assert_int_equal(back.ss_family, AF_INET6);
    assert_memory_equal(&((const struct sockaddr_in6 *)&back)->sin6_addr, &in6.sin6_addr, 16);
    assert_int_equal(network_address_of((const struct sockaddr *)&none, a), -EAFNOSUPPORT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(membership), cmocka_unit_test(not_networks),
                                       cmocka_unit_test(lists), cmocka_unit_test(sockets)};
    return RUN_TESTS(tests);
}
