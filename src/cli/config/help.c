/* SPDX-License-Identifier: Apache-2.0
 *
 * Help about the options, and the text of etc/hired.ini.
 */
#include <stdio.h>
#include <string.h>

#include "cli/config/option.h"

void config_print_help(void) {
    char name[64];

    printf("  %-24s %s\n", "--config FILE", "an INI file (or HIRED_CONFIG)");
    for (size_t i = 0; i < n_config_options; i++) {
        const struct option *o = &config_options[i];
        char left[96];

        if (!o->common)
            continue;
        option_flag(o, name);
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
    for (size_t i = 0; i < n_config_options; i++) {
        const struct option *o = &config_options[i];
        if (strcmp(section, o->section) != 0) {
            section = o->section;
            buf_printf(out, "\n[%s]\n", section);
        }
        buf_add_char(out, '\n');
        write_about(out, o->about);
        buf_add_lit(out, "; Takes ");
        option_accepts(o, out);
        option_flag(o, flag);
        buf_printf(out, ".\n; %s %s, %s\n", flag, o->arg, option_env(o, env));
        buf_printf(out, "%s =%s%s\n", o->name, *o->initial ? " " : "", o->initial);
    }
    buf_add_lit(out, "\n"
                     "; One app's documented limits times a factor; 0 lifts them. A section for each such app.\n"
                     "; [app cli_0123456789abcdef]\n"
                     "; rate_factor = 2\n");
}
