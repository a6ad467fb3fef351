/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: precedence of sources, refused values and their messages, and that etc/hired.ini matches the
 * table.
 */
#include "cli/config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char file_name[] = "/tmp/hired-config-XXXXXX";

static const char *write_file(const char *text) {
    FILE *f;

    strcpy(file_name + strlen(file_name) - 6, "XXXXXX");
    f = fdopen(mkstemp(file_name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return file_name;
}

/* Loads with these arguments (ended by NULL) after the command's name; returns config_load's value. */
static int load(struct config *c, const char *ini, const char *const *words, struct str *ret_why) {
    char *argv[16] = {"serve"};
    char flag[] = "--config";
    int argc = 1, r;

    if (ini) {
        argv[argc++] = flag;
        argv[argc++] = (char *)(uintptr_t)write_file(ini);
    }
    for (; words && *words; words++)
        argv[argc++] = (char *)(uintptr_t)*words;
    argv[argc] = NULL;
    *ret_why = STR_ABSENT;
    r = config_load(c, &argc, argv, ret_why);
    if (ini)
        unlink(file_name);
    return r;
}

static void expect_refusal(const char *ini, const char *const *words, const char *expected) {
    struct config c;
    struct str why;

    assert_int_equal(load(&c, ini, words, &why), -EINVAL);
    if (!strstr(why.ptr, expected))
        fail_msg("expected \"%s\" in: %.*s", expected, STR_FMT(why));
    config_free(&c);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void defaults(void **state) {
    struct config c;
    struct str why;

    assert_int_equal(load(&c, NULL, NULL, &why), 0);
    assert_null(c.file);
    assert_string_equal(c.listen_host, "127.0.0.1");
    assert_int_equal(c.listen_port, 8080);
    assert_string_equal(c.data, "data");
    assert_null(c.base_url);
    assert_int_equal(c.log_level, LOG_INFO);
    assert_true(c.rate_limits);
    assert_int_equal(c.http.head_max, 32 * 1024);
    assert_int_equal(c.fetch_allow, FETCH_ALLOW_NONE);
    assert_int_equal(c.n_app_rates, 0);
    assert_int_equal(c.http.proxies.n, 0);

    /* The built-in defaults of the server equal those of the table. */
    struct http_limits http;
    http_limits_init(&http);
    assert_int_equal(c.http.head_max, http.head_max);
    assert_int_equal(c.http.body_max, http.body_max);
    assert_int_equal(c.http.headers_max, http.headers_max);
    assert_int_equal(c.http.head_timeout_ms, http.head_timeout_ms);
    assert_int_equal(c.http.body_timeout_ms, http.body_timeout_ms);
    assert_int_equal(c.http.body_rate_min, http.body_rate_min);
    assert_int_equal(c.http.idle_timeout_ms, http.idle_timeout_ms);
    assert_int_equal(c.http.write_timeout_ms, http.write_timeout_ms);
    assert_int_equal(c.http.connections_max, http.connections_max);
    config_free(&c);
}

static void count_line(void *ctx, struct str line) {
    *(struct str *)ctx = line;
}

static void mistyped_variables(void **state) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    struct str line = STR_ABSENT;

    assert_int_equal(config_check_environment(&a, count_line, &line), 0);
    setenv("HIRED_LISTNE", "x", 1);
    setenv("HIRED_TEST_SOMETHING_ELSE", "x", 1);
    assert_int_equal(config_check_environment(&a, count_line, &line), 1);
    assert_true(str_eq(line, STR("environment variable HIRED_LISTNE is not an option; did you mean HIRED_LISTEN?")));
    unsetenv("HIRED_LISTNE");
    unsetenv("HIRED_TEST_SOMETHING_ELSE");
}

static void flag_over_environment_over_file(void **state) {
    const char *ini = "[server]\nlisten = 10.0.0.1:1000\nthreads = 1\nnode = 3\n[http]\nhead_max = 8k\n";
    struct config c;
    struct str why;

    setenv("HIRED_LISTEN", "10.0.0.2:2000", 1);
    setenv("HIRED_THREADS", "2", 1);
    setenv("HIRED_HTTP_HEAD_MAX", "9k", 1);
    assert_int_equal(load(&c, ini, WORDS("--listen", "[::1]:3000", "--http-head-max=10k"), &why), 0);
    assert_string_equal(c.listen_host, "::1");
    assert_int_equal(c.listen_port, 3000);
    assert_int_equal(c.threads, 2);
    assert_int_equal(c.node, 3);
    assert_int_equal(c.http.head_max, 10 * 1024);
    assert_string_equal(c.file, file_name);
    config_free(&c);
    unsetenv("HIRED_LISTEN");
    unsetenv("HIRED_THREADS");
    unsetenv("HIRED_HTTP_HEAD_MAX");
}

static void config_file_by_environment(void **state) {
    struct config c;
    struct str why;

    setenv("HIRED_CONFIG", write_file("[log]\nlevel = warn\n"), 1);
    assert_int_equal(load(&c, NULL, NULL, &why), 0);
    assert_int_equal(c.log_level, LOG_WARN);
    unlink(file_name);
    config_free(&c);
    unsetenv("HIRED_CONFIG");
}

static void other_words_stay(void **state) {
    char *argv[] = {"app", "create", "--data", "d", "--name", "N", "--log-level=error", "--", "--listen", "x", NULL};
    const char *rest[] = {"app", "create", "--name", "N", "--", "--listen", "x"};
    int argc = 10;
    struct config c;
    struct str why;

    assert_int_equal(config_load(&c, &argc, argv, &why), 0);
    assert_string_equal(c.data, "d");
    assert_int_equal(c.log_level, LOG_ERROR);
    assert_int_equal(argc, 7);
    for (int i = 0; i < argc; i++)
        assert_string_equal(argv[i], rest[i]);
    assert_null(argv[argc]);
    config_free(&c);
}

static void units(void **state) {
    struct config c;
    struct str why;

    assert_int_equal(
        load(&c,
             "; a comment\n# another\n[server]\ndrain = 0\n[http]\nbody_max = 2M\nhead_timeout = 1500ms\n"
             "idle_timeout = 1h\nbody_rate_min = 0\n[store]\nmmap = 3G ; inline\n[fetch]\nallow = private\n",
             NULL, &why),
        0);
    assert_int_equal(c.drain_ms, 0);
    assert_int_equal(c.http.body_max, 2 * 1024 * 1024);
    assert_int_equal(c.http.head_timeout_ms, 1500);
    assert_int_equal(c.http.idle_timeout_ms, 3600000);
    assert_int_equal(c.http.body_rate_min, 0);
    assert_true(c.mmap_bytes == (size_t)3 << 30);
    assert_int_equal(c.fetch_allow, FETCH_ALLOW_PRIVATE);
    config_free(&c);
}

static void trusted_proxies(void **state) {
    struct config c;
    struct str why;

    assert_int_equal(load(&c, "[server]\ntrusted_proxies = 127.0.0.1, 10.1.0.0/16 fd00::/8\n", NULL, &why), 0);
    assert_int_equal(c.http.proxies.n, 3);
    config_free(&c);
    assert_int_equal(load(&c, "[server]\ntrusted_proxies = 127.0.0.1\n", WORDS("--trusted-proxies="), &why), 0);
    assert_int_equal(c.http.proxies.n, 0);
    config_free(&c);
    expect_refusal(
        "[server]\ntrusted_proxies = nginx.example.com\n", NULL,
        ":2: [server] trusted_proxies: \"nginx.example.com\" is not accepted; it takes addresses and networks");
    expect_refusal("[server]\ntrusted_proxies = 0.0.0.0/0\n", NULL, "none of them /0");
    expect_refusal("[server]\ntrusted_proxies = ::/0\n", NULL, "none of them /0");
    expect_refusal("[server]\ntrusted_proxies = ::ffff:0:0/96\n", NULL, "none of them /0");
    expect_refusal(NULL, WORDS("--trusted-proxies", "10.0.0.0/33"),
                   "--trusted-proxies: \"10.0.0.0/33\" is not accepted");
}

static void app_rates(void **state) {
    struct config c;
    struct str why;

    assert_int_equal(
        load(&c, "[app cli_0123456789abcdef]\nrate_factor = 2.5\n[app cli_00000000000000aa]\nrate_factor = 0\n", NULL,
             &why),
        0);
    assert_int_equal(c.n_app_rates, 2);
    assert_true(str_eq(c.app_rates[0].app_id, STR("cli_0123456789abcdef")));
    assert_true(c.app_rates[0].factor == 2.5);
    assert_true(c.app_rates[1].factor == 0);
    config_free(&c);
    expect_refusal("[app cli_0123456789ABCDEF]\nrate_factor = 1\n", NULL,
                   ":2: [app cli_0123456789ABCDEF] does not name");
    expect_refusal("[app cli_0123456789abcdef]\nrate = 1\n", NULL, "the only one is rate_factor");
    expect_refusal("[app cli_0123456789abcdef]\nrate_factor = -1\n", NULL, "0 (no limits) to 1000");
    expect_refusal("[app cli_0123456789abcdef]\nrate_factor = nan\n", NULL, "0 (no limits) to 1000");
    expect_refusal("[app cli_0123456789abcdef]\nrate_factor = 1\nrate_factor = 2\n", NULL,
                   ":3: [app cli_0123456789abcdef] rate_factor is set twice");
}

static void refusals_say_where_and_what(void **state) {
    expect_refusal(
        "[server]\n\nlisten = 8080\n", NULL,
        ":3: [server] listen: \"8080\" is not accepted; it takes HOST:PORT, as 127.0.0.1:8080 or [::1]:8080");
    expect_refusal("[server]\nlistne = 127.0.0.1:1\n", NULL,
                   ":2: unknown option \"listne\" in [server]; did you mean listen?");
    expect_refusal("[server]\nhead_max = 1k\n", NULL, "option \"head_max\" belongs in section [http]");
    expect_refusal("[sever]\nxyz = 1\n", NULL, "unknown section [sever]; did you mean [server]?");
    expect_refusal("threads = 1\n", NULL, "option \"threads\" belongs in section [server]");
    expect_refusal("[server]\nthreads = 1\nnode = 1\nthreads = 2\n", NULL,
                   ":4: [server] threads is set twice, first in line 2");
    expect_refusal("[server]\nnonsense\n", NULL, ":2: not a section, an option or a comment");
    expect_refusal("[server]\nnode = 1024\n", NULL, "it takes a number from 0 to 1007");
    expect_refusal("[http]\nhead_max = 2M\n", NULL, "it takes a size (as 64k, 16M, 2G) from 1k to 1M");
    expect_refusal("[http]\nhead_timeout = 10\n", NULL, "it takes a time (as 500ms, 10s, 2m, 1h) from 100ms to 10m");
    expect_refusal("[http]\nhead_max = 99999999999999999999k\n", NULL, "it takes a size");
    expect_refusal("[log]\nlevel = loud\n", NULL, "it takes debug, info, warn or error");
    expect_refusal("[server]\nrate_limits = yes\n", NULL, "it takes on or off");
    expect_refusal("[server]\nbase_url = hire.example.com\n", NULL, "http:// or https://");
    expect_refusal("\xff\xfe[\n", NULL, "the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected");
    expect_refusal("\xef\xbb\xbf[log]\nlevel = loud\n", NULL,
                   "it takes debug, info, warn or error"); /* the byte order mark is skipped */
    expect_refusal("[server]\nbase_url = http://h/\n", NULL, "without / at the end");
    expect_refusal(NULL, WORDS("--threads"), "--threads needs a value: a number from 0 to 256");
    expect_refusal(NULL, WORDS("--fetch-allow", "all"),
                   "--fetch-allow: \"all\" is not accepted; it takes none, loopback or private");
    expect_refusal(NULL, WORDS("--config", "/nowhere/hired.ini"),
                   "cannot read the configuration /nowhere/hired.ini: No such file");
    expect_refusal(NULL, WORDS("--config"), "--config needs a value");
    setenv("HIRED_NODE", "x", 1);
    expect_refusal(NULL, NULL, "HIRED_NODE: \"x\" is not accepted");
    unsetenv("HIRED_NODE");
}

/* A configuration that an upgrade kept. */
static void former_options_at_their_default_are_accepted(void **state) {
    struct config c;
    struct str why;

    assert_int_equal(load(&c, "[server]\ntest_clock = off\nnode = 7\n", NULL, &why), 0);
    assert_int_equal(c.node, 7);
    assert_false(c.test);
    config_free(&c);
    expect_refusal("[server]\ntest_clock = on\n", NULL,
                   ":2: this version has no option \"test_clock\" in [server]; test = on has the clock and more");
}

static void all_at_once(void **state) {
    const char *const words[] = {"--threads", "many", NULL};

    expect_refusal("[server]\nnode = -1\nlog = 1\n", words, ":2: [server] node");
    expect_refusal("[server]\nnode = -1\nlog = 1\n", words, ":3: unknown option");
    expect_refusal("[server]\nnode = -1\nlog = 1\n", words, "--threads: \"many\"");
}

static void long_lines_are_not_cut(void **state) {
    char ini[800] = "[server]\n; ";
    struct config c;
    struct str why;

    memset(ini + strlen(ini), 'x', 500); /* a comment may be longer than the buffer */
    strcat(ini, "\nnode = 5\n");
    assert_int_equal(load(&c, ini, NULL, &why), 0);
    assert_int_equal(c.node, 5);
    config_free(&c);

    memset(ini, 0, sizeof(ini));
    strcpy(ini, "[server]\ndata = ");
    memset(ini + strlen(ini), 'x', 500);
    strcat(ini, "\n");
    expect_refusal(ini, NULL, ":2: the line is longer than");
}

static void listen_addresses(void **state) {
    static const char *const bad[] = {"",     ":",      ":80",   "h:",      "h:x",   "h:65536",
                                      "h:1 ", "::1:80", "[]:80", "[::1:80", "h/x:1", "80"};
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    char *host;
    unsigned port;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(config_parse_listen(str_of(bad[i]), &a, &host, &port), -EINVAL);
    assert_int_equal(config_parse_listen(STR("[::]:0"), &a, &host, &port), 0);
    assert_string_equal(host, "::");
    assert_int_equal(port, 0);
}

/* The documented file matches the table, and is a valid configuration. */
static void etc_agrees(void **state) {
    char path[512], text[32768];
    struct buf expected = BUF_EMPTY;
    const char *end = strrchr(__FILE__, '/');
    char *argv[] = {"serve", "--config", path, NULL};
    int argc = 3;
    struct config c, defaults_only;
    struct str why = STR_ABSENT;
    size_t n;
    FILE *f;

    assert_non_null(end);
    snprintf(path, sizeof(path), "%.*s/../../../etc/hired.ini", (int)(end - __FILE__), __FILE__);
    f = fopen(path, "r");
    assert_non_null(f);
    n = fread(text, 1, sizeof(text), f);
    fclose(f);
    config_write_ini(&expected);
    if (n != expected.len || memcmp(text, expected.ptr, n) != 0)
        fail_msg("etc/hired.ini is out of date: build/hired help config > etc/hired.ini");
    buf_free(&expected);

    assert_int_equal(config_load(&c, &argc, argv, &why), 0);
    argc = 1;
    assert_int_equal(config_load(&defaults_only, &argc, argv, &why), 0);
    assert_memory_equal(&c.http, &defaults_only.http, sizeof(c.http));
    assert_int_equal(c.fetch_max_bytes, defaults_only.fetch_max_bytes);
    assert_int_equal(c.threads, defaults_only.threads);
    config_free(&c);
    config_free(&defaults_only);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(flag_over_environment_over_file),
        cmocka_unit_test(config_file_by_environment),
        cmocka_unit_test(other_words_stay),
        cmocka_unit_test(mistyped_variables),
        cmocka_unit_test(units),
        cmocka_unit_test(trusted_proxies),
        cmocka_unit_test(app_rates),
        cmocka_unit_test(refusals_say_where_and_what),
        cmocka_unit_test(former_options_at_their_default_are_accepted),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(long_lines_are_not_cut),
        cmocka_unit_test(listen_addresses),
        cmocka_unit_test(etc_agrees),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
