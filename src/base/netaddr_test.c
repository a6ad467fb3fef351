/* SPDX-License-Identifier: Apache-2.0
 *
 * Every special-purpose range by its first and last address, and its neighbours on either side.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/netaddr.h"

static bool is_public(const char *text) {
    struct sockaddr_storage a;

    if (netaddr_parse(str_of(text), &a) < 0)
        fail_msg("%s is not read as an address", text);
    return netaddr_is_public((const struct sockaddr *)&a);
}

static void all_not_public(const char *const *texts) {
    for (; *texts; texts++) {
        if (is_public(*texts))
            fail_msg("%s is taken for public", *texts);
    }
}

static void all_public(const char *const *texts) {
    for (; *texts; texts++) {
        if (!is_public(*texts))
            fail_msg("%s is not taken for public", *texts);
    }
}

static void special_ipv4(void **state) {
    all_not_public((const char *const[]){"0.0.0.0",         "0.255.255.255",
                                         "10.0.0.0",        "10.255.255.255",
                                         "100.64.0.0",      "100.127.255.255",
                                         "127.0.0.0",       "127.0.0.1",
                                         "127.255.255.255", "169.254.0.0",
                                         "169.254.169.254", "169.254.255.255",
                                         "172.16.0.0",      "172.31.255.255",
                                         "192.0.0.0",       "192.0.0.255",
                                         "192.0.2.0",       "192.0.2.255",
                                         "192.88.99.0",     "192.88.99.255",
                                         "192.168.0.0",     "192.168.255.255",
                                         "198.18.0.0",      "198.19.255.255",
                                         "198.51.100.0",    "198.51.100.255",
                                         "203.0.113.0",     "203.0.113.255",
                                         "224.0.0.0",       "239.255.255.255",
                                         "240.0.0.0",       "255.255.255.254",
                                         "255.255.255.255", NULL});
    all_public((const char *const[]){"1.0.0.0",      "9.255.255.255",   "11.0.0.0",     "100.63.255.255",
                                     "100.128.0.0",  "126.255.255.255", "128.0.0.0",    "169.253.255.255",
                                     "169.255.0.0",  "172.15.255.255",  "172.32.0.0",   "191.255.255.255",
                                     "192.0.1.0",    "192.0.1.255",     "192.0.3.0",    "192.88.98.255",
                                     "192.88.100.0", "192.167.255.255", "192.169.0.0",  "198.17.255.255",
                                     "198.20.0.0",   "198.51.99.255",   "198.51.101.0", "203.0.112.255",
                                     "203.0.114.0",  "223.255.255.255", "8.8.8.8",      NULL});
}

static void special_ipv6(void **state) {
    all_not_public((const char *const[]){"::",
                                         "::1",
                                         "::2",
                                         "::8.8.8.8",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.1.2.3",
                                         "::ffff:0.0.0.0",
                                         "::ffff:169.254.169.254",
                                         "64:ff9b::10.0.0.1",
                                         "64:ff9b::127.0.0.1",
                                         "64:ff9b:1::",
                                         "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
                                         "100::",
                                         "100::ffff:ffff:ffff:ffff",
                                         "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                         "2001::",
                                         "2001::1",
                                         "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
                                         "2001:2::",
                                         "2001:10::",
                                         "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
                                         "2001:db8::",
                                         "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
                                         "2002:7f00:1::",
                                         "2002:a00:1::1",
                                         "2002:c0a8:101::",
                                         "3fff::",
                                         "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
                                         "4000::",
                                         "5f00::1",
                                         "fc00::",
                                         "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                         "fd00::1",
                                         "fe80::",
                                         "fe80::1",
                                         "febf:ffff::1",
                                         "fec0::1",
                                         "ff00::",
                                         "ff02::1",
                                         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                                         NULL});
    all_public((const char *const[]){"2000::", "2000:ffff::1", "2001:200::", "2001:db7:ffff::1",
                                     "2001:db9::", "2001:4860:4860::8888", "2002:808:808::1", "2003::1", "2400:3200::1",
                                     "2606:4700:4700::1111", "2a00::1", "3ffe::1", "3fff:1000::", "::ffff:8.8.8.8",
                                     "64:ff9b::8.8.8.8", NULL});
}

static void local_networks(void **state) {
    static const char *const in[] = {"10.0.0.0",    "10.255.255.255",  "172.16.0.0",     "172.31.255.255",
                                     "192.168.0.0", "192.168.255.255", "100.64.0.0",     "100.127.255.255",
                                     "fc00::",      "fdff:ffff::1",    "::ffff:10.1.2.3"};
    static const char *const out[] = {"9.255.255.255",
                                      "11.0.0.0",
                                      "172.15.255.255",
                                      "172.32.0.0",
                                      "192.167.255.255",
                                      "192.169.0.0",
                                      "127.0.0.1",
                                      "::1",
                                      "0.0.0.0",
                                      "169.254.169.254",
                                      "::ffff:169.254.169.254",
                                      "fe80::1",
                                      "224.0.0.1",
                                      "255.255.255.255",
                                      "192.0.2.1",
                                      "100.63.255.255",
                                      "100.128.0.0",
                                      "fbff::1",
                                      "fe00::",
                                      "8.8.8.8",
                                      "64:ff9b::10.0.0.1"};
    struct sockaddr_storage a;
    for (size_t i = 0; i < sizeof(in) / sizeof(in[0]); i++) {
        assert_int_equal(netaddr_parse(str_of(in[i]), &a), 0);
        if (!netaddr_is_private((const struct sockaddr *)&a) || netaddr_is_public((const struct sockaddr *)&a))
            fail_msg("%s is not taken for a local network's", in[i]);
    }
    for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++) {
        assert_int_equal(netaddr_parse(str_of(out[i]), &a), 0);
        if (netaddr_is_private((const struct sockaddr *)&a))
            fail_msg("%s is taken for a local network's", out[i]);
    }
}

static void other_families(void **state) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct sockaddr_storage none = {0};

    assert_false(netaddr_is_public((const struct sockaddr *)&un));
    assert_false(netaddr_is_public((const struct sockaddr *)&none));
}

static void forms(void **state) {
    static const char *const loopback[] = {
        "127.0.0.1",  "127.1", "127.0.1", "2130706433",         "0x7f000001",        "0177.0.0.1", "0x7f.0.0.1",
        "127.0.0.1.", "[::1]", "::1",     "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1%lo]",   "fe80::1%eth0"};
    static const char *const names[] = {
        "",          "[]",           ".",
        "[",         "example.com",  "127.0.0.1.example.com",
        "1.2.3.4.5", "256.1.1.1",    "127.0.0.1 x",
        "::1::",     "[::1",         "%eth0",
        "a%b",       "127.0.0.1%lo", "12345678901234567890123456789012345678901234567890"};
    struct sockaddr_storage a;

    for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
        assert_false(is_public(loopback[i]));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (netaddr_parse(str_of(names[i]), &a) != -EINVAL)
            fail_msg("\"%s\" is taken for an address", names[i]);
    }
    assert_int_equal(netaddr_parse(STR("127.0.0.1\0x"), &a), -EINVAL);
    assert_int_equal(netaddr_parse(STR_ABSENT, &a), -EINVAL);
}

static void hosts(void **state) {
    static const char *const refused[] = {"localhost",    "LocalHost", "localhost.", "a.localhost",
                                          "x.LOCALHOST.", "127.0.0.1", "127.1",      "[::1]",
                                          "10.0.0.5",     "",          "."};
    static const char *const taken[] = {"example.com", "localhost.com",          "notlocalhost",
                                        "8.8.8.8",     "[2606:4700:4700::1111]", "local"};

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        if (netaddr_host_may_be_public(str_of(refused[i])))
            fail_msg("\"%s\" is taken", refused[i]);
    }
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        if (!netaddr_host_may_be_public(str_of(taken[i])))
            fail_msg("\"%s\" is refused", taken[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_ipv4),   cmocka_unit_test(special_ipv6), cmocka_unit_test(local_networks),
        cmocka_unit_test(other_families), cmocka_unit_test(forms),        cmocka_unit_test(hosts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
