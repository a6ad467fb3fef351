/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads the INI file.
 */
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/config/load.h"
#include "cli/suggest.h"
#include "gateway/caller/app.h"

/* Sections [app cli_...]. */
static void set_app(struct loading *l, struct str app_id, const char *name, struct str value) {
    struct config *c = l->c;
    char *end;
    double factor;
    size_t i;

    if (strcmp(name, "rate_factor") != 0) {
        config_complain(l, "%s:%u: unknown option \"%s\" in [app %.*s]; the only one is rate_factor", l->file, l->line,
                        name, STR_FMT(app_id));
        return;
    }
    factor = strtod(value.ptr, &end);
    if (value.len == 0 || *end != '\0' || strspn(value.ptr, "0123456789.") != value.len || factor > 1000) {
        config_complain(
            l, "%s:%u: [app %.*s] rate_factor: \"%.*s\" is not accepted; it takes a number from 0 (no limits) to 1000",
            l->file, l->line, STR_FMT(app_id), STR_FMT(value));
        return;
    }
    for (i = 0; i < c->n_app_rates; i++)
        if (str_eq(c->app_rates[i].app_id, app_id)) {
            config_complain(l, "%s:%u: [app %.*s] rate_factor is set twice", l->file, l->line, STR_FMT(app_id));
            return;
        }
    if (c->n_app_rates == CONFIG_APP_RATES_MAX) {
        config_complain(l, "%s:%u: more than %d sections [app cli_...]", l->file, l->line, CONFIG_APP_RATES_MAX);
        return;
    }
    if (!c->app_rates)
        c->app_rates = arena_array(&c->arena, struct app_rate, CONFIG_APP_RATES_MAX);
    c->app_rates[c->n_app_rates++] = (struct app_rate){arena_dup(&c->arena, app_id), factor};
}

static void complain_unknown(struct loading *l, const char *section, const char *name) {
    struct suggest in_section = {.typed = str_of(name)}, of_section = {.typed = str_of(section)};
    const char *elsewhere = NULL;
    bool known = false;

    for (size_t i = 0; i < n_config_options; i++) {
        suggest_offer(&of_section, str_of(config_options[i].section));
        if (strcmp(config_options[i].section, section) == 0) {
            known = true;
            suggest_offer(&in_section, str_of(config_options[i].name));
        } else if (strcmp(config_options[i].name, name) == 0) {
            elsewhere = config_options[i].section;
        }
    }
    if (elsewhere)
        config_complain(l, "%s:%u: option \"%s\" belongs in section [%s]", l->file, l->line, name, elsewhere);
    else if (known && !str_is_absent(in_section.best))
        config_complain(l, "%s:%u: unknown option \"%s\" in [%s]; did you mean %.*s?", l->file, l->line, name, section,
                        STR_FMT(in_section.best));
    else if (known)
        config_complain(l, "%s:%u: unknown option \"%s\" in [%s]; \"hired help config\" lists them", l->file, l->line,
                        name, section);
    else if (section[0] == '\0')
        config_complain(l, "%s:%u: option \"%s\" is above the first section", l->file, l->line, name);
    else if (!str_is_absent(of_section.best))
        config_complain(l, "%s:%u: unknown section [%s]; did you mean [%.*s]?", l->file, l->line, section,
                        STR_FMT(of_section.best));
    else
        config_complain(l, "%s:%u: unknown section [%s]; \"hired help config\" lists them", l->file, l->line, section);
}

/* Returns whether an earlier version had the option. */
static bool take_former(struct loading *l, const char *section, const char *name, struct str value) {
    for (const struct former_option *o = former_options; o->name; o++) {
        if (strcmp(o->section, section) != 0 || strcmp(o->name, name) != 0)
            continue;
        if (!str_eq(value, str_of(o->initial)))
            config_complain(l, "%s:%u: this version has no option \"%s\" in [%s]; %s", l->file, l->line, name, section,
                            o->now);
        return true;
    }
    return false;
}

static int on_option(void *ctx, const char *section, const char *name, const char *value) {
    struct loading *l = ctx;
    struct str s = str_of(section), v = str_of(value);
    char where[PATH_MAX + 128];

    if (str_starts(s, STR("app "))) {
        struct str app_id = str_trim(str_skip(s, 4));
        if (!app_id_valid(app_id))
            config_complain(l, "%s:%u: [%s] does not name an app; it takes [app cli_ and 16 hex digits]", l->file,
                            l->line, section);
        else
            set_app(l, app_id, name, v);
        return 1;
    }
    for (size_t i = 0; i < n_config_options; i++) {
        const struct option *o = &config_options[i];
        if (strcmp(o->section, section) != 0 || strcmp(o->name, name) != 0)
            continue;
        if (l->seen[i])
            config_complain(l, "%s:%u: [%s] %s is set twice, first in line %u", l->file, l->line, section, name,
                            l->seen[i]);
        l->seen[i] = l->line;
        if (option_set(l->c, o, v) < 0) {
            snprintf(where, sizeof(where), "%s:%u: [%s] %s", l->file, l->line, section, name);
            config_complain_value(l, where, o, v);
        }
        return 1;
    }
    if (!take_former(l, section, name, v))
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
                config_complain(l, "%s: the text is UTF-16 (it begins with its byte order mark): UTF-8 is expected",
                                l->file);
                return NULL;
            }
            if (len + 1 < (size_t)size || line[len - 1] == '\n' || feof(l->stream))
                break;
            if (line[strspn(line, " \t")] != ';' && line[strspn(line, " \t")] != '#')
                config_complain(l, "%s:%u: the line is longer than %d bytes", l->file, l->line, size - 2);
        }
        l->continued = len > 0 && line[len - 1] != '\n';
    }
    /* An indented line would continue the value above; no option needs that, so it is refused as a mistake. */
    size_t blanks = strspn(line, " \t");
    memmove(line, line + blanks, len - blanks + 1);
    return line;
}

void config_load_file(struct loading *l, const char *file) {
    struct config *c = l->c;
    int r;

    c->file = (char *)arena_dup(&c->arena, str_of(file)).ptr;
    l->file = c->file;
    l->stream = fopen(file, "re");
    if (!l->stream) {
        config_complain(l, "cannot read the configuration %s: %s", file, strerror(errno));
        return;
    }
    r = ini_parse_stream(read_line, l, on_option, l);
    if (ferror(l->stream))
        config_complain(l, "cannot read the configuration %s: %s", file, strerror(errno));
    else if (r > 0)
        config_complain(l, "%s:%d: not a section, an option or a comment; expected name = value", l->file, r);
    fclose(l->stream);
}
