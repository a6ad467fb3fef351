/* SPDX-License-Identifier: Apache-2.0
 *
 * Links of reports that are accepted, and links that are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hire/order/report_url.h"

static void taken(const char *url, bool download, bool private_addresses) {
    const char *fault = report_url_fault(str_of(url), download, private_addresses);

    if (fault)
        fail_msg("%s: %s", url, fault);
}

static void refused(const char *url, bool download, const char *part) {
    const char *fault = report_url_fault(str_of(url), download, false);

    if (!fault)
        fail_msg("%s is taken", url);
    if (!strstr(fault, part))
        fail_msg("%s: expected \"...%s...\", got \"%s\"", url, part, fault);
}

static void downloads_taken(void **state) {
    taken("https://xxxxx/xxxxxx/xxxx.pdf", true, false);
    taken("https://vendor.example/reports/1.pdf?sig=a%20b&x=%E4%B8%AD#page=2", true, false);
    taken("http://vendor.example", true, false);
    taken("http://vendor.example:8080/a.pdf", true, false);
    taken("HTTPS://Vendor.Example/a.pdf", true, false);
    taken("http://8.8.8.8/a", true, false);
    taken("http://[2606:4700:4700::1111]:443/a", true, false);
    taken("https://vendor.example/\xe6\x8a\xa5\xe5\x91\x8a.pdf", true, false);
    taken("https://vendor.example/a@b", true, false);
    taken("https://vendor.example?x", true, false);
}

static void downloads_refused(void **state) {
    static const char *const inner[] = {
        "http://127.0.0.1/",
        "http://localhost:80/",
        "http://LOCALHOST/",
        "http://10.1.2.3/a",
        "http://[::1]/",
        "http://[fe80::1]/",
        "http://169.254.169.254/latest",
        "http://0.0.0.0/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::ffff:10.0.0.1]/",
        "http://224.0.0.1/",
        "http://192.168.1.1:8080/",
        "http://a.localhost/",
        "http://localhost./",
    };

    for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
        refused(inner[i], true, "public internet");
        taken(inner[i], true, true);
    }
    refused("", true, "empty");
    refused("ftp://vendor.example/a", true, "http://");
    refused("file:///etc/passwd", true, "http://");
    refused("javascript:alert(1)", true, "http://");
    refused("vendor.example/a.pdf", true, "http://");
    refused("https:/vendor.example", true, "http://");
    refused("httpx://vendor.example", true, "http://");
    refused("http:", true, "http://");
    refused("https:", true, "http://");
    refused("https://", true, "host");
    refused("https:///a", true, "host");
    refused("https://?a", true, "host");
    refused("https://user:secret@vendor.example/", true, "password");
    refused("https://vendor.example@10.0.0.1/", true, "password");
    refused("https://vendor.example\\@10.0.0.1/", true, "backslash");
    refused("https://vendor.example/a b", true, "blanks");
    refused("https://vendor.example/a\r\nHost: x", true, "blanks");
    refused("https://vendor.example:0/", true, "port");
    refused("https://vendor.example:65536/", true, "port");
    refused("https://vendor.example:/", true, "port");
    refused("https://vendor.example:8o/", true, "port");
    refused("https://127%2e0.0.1/", true, "letters, digits");
    refused("https://\xef\xbc\x91\xef\xbc\x92/", true, "letters, digits");
    refused("https://[::1/", true, "letters, digits");
    refused("https://[::1]x/", true, "letters, digits");
    refused("https://[fe80::1%25eth0]/", true, "letters, digits");
    refused("https://[1:2]/", true, "IPv6");
}

/* hired never opens a preview, so it accepts any link that a browser opens as a page. */
static void previews(void **state) {
    taken("https://vendor.example/view/1", false, false);
    taken("http://10.0.0.1/view", false, false);
    taken("http://localhost/view", false, false);
    refused("javascript:alert(1)", false, "http://");
    refused("data:text/html,x", false, "http://");
    refused("", false, "empty");
    refused("https://", false, "host");
    refused("https://vendor.example/\x01", false, "blanks");
}

static void length(void **state) {
    char url[REPORT_URL_MAX + 2];

    memset(url, 'a', sizeof(url));
    memcpy(url, "https://vendor.example/", 23);
    assert_null(report_url_fault((struct str){url, REPORT_URL_MAX}, true, false));
    assert_non_null(report_url_fault((struct str){url, REPORT_URL_MAX + 1}, true, false));
    assert_non_null(report_url_fault((struct str){url, REPORT_URL_MAX + 1}, false, false));
    assert_non_null(report_url_fault(STR_ABSENT, true, false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(downloads_taken),
        cmocka_unit_test(downloads_refused),
        cmocka_unit_test(previews),
        cmocka_unit_test(length),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
