/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads the configuration: defaults, the INI file, the environment, the flags.
 */
#include "cli/config/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/config/load.h"
#include "cli/suggest.h"

static void load_environment(struct loading *l) {
    char name[64];

    for (size_t i = 0; i < n_config_options; i++) {
        const char *value = getenv(option_env(&config_options[i], name));
        if (value && option_set(l->c, &config_options[i], str_of(value)) < 0)
            config_complain_value(l, name, &config_options[i], str_of(value));
    }
}

size_t config_check_environment(struct arena *a, void (*fn)(void *ctx, struct str line), void *ctx) {
    char name[64];
    size_t n = 0;

    for (char **e = environ; *e; e++) {
        struct suggest s = {.typed = {*e, strcspn(*e, "=")}};
        bool known = !str_starts(s.typed, STR("HIRED_")) || str_eq(s.typed, STR("HIRED_CONFIG"));
        for (size_t i = 0; i < n_config_options && !known; i++) {
            struct str option = arena_dup(a, str_of(option_env(&config_options[i], name)));
            known = str_eq(option, s.typed);
            suggest_offer(&s, option);
        }
        if (known || str_is_absent(s.best) || s.distance > 2)
            continue;
        fn(ctx, arena_printf(a, "environment variable %.*s is not an option; did you mean %.*s?", STR_FMT(s.typed),
                             STR_FMT(s.best)));
        n++;
    }
    return n;
}

/* Tests whether argv[i] is this flag. Sets the value (behind '=' in the same word, or the next word) and the number of
 * words used; value is NULL if it is missing. alone: without a value the flag means "on". */
static bool flag_matches(struct str flag, bool alone, int argc, char **argv, int i, const char **ret_value,
                         int *ret_words) {
    struct str word = str_of(argv[i]);

    if (!str_starts(word, flag))
        return false;
    if (word.len == flag.len && alone && (i + 1 == argc || str_starts(str_of(argv[i + 1]), STR("--")))) {
        *ret_value = "on";
        *ret_words = 1;
        return true;
    }
    if (word.len == flag.len) {
        *ret_value = i + 1 < argc ? argv[i + 1] : NULL;
        *ret_words = i + 1 < argc ? 2 : 1;
        return true;
    }
    if (word.ptr[flag.len] != '=')
        return false;
    *ret_value = argv[i] + flag.len + 1;
    *ret_words = 1;
    return true;
}

static const char *config_file_name(struct loading *l, int argc, char **argv) {
    const char *file = getenv("HIRED_CONFIG"), *value;
    int words;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (flag_matches(STR("--config"), false, argc, argv, i, &value, &words)) {
            if (!value)
                config_complain(l, "--config needs a value: the path of an INI file");
            file = value;
        }
    return file && *file ? file : NULL;
}

static void load_flag(struct loading *l, const struct option *o, const char *flag, const char *value) {
    struct buf accepts BUF_CLEANUP = BUF_EMPTY;

    if (value && option_set(l->c, o, str_of(value)) == 0)
        return;
    if (value) {
        config_complain_value(l, flag, o, str_of(value));
        return;
    }
    option_accepts(o, &accepts);
    config_complain(l, "%s needs a value: %.*s", flag, STR_FMT(buf_str(&accepts)));
}

static void load_flags(struct loading *l, int *argc, char **argv) {
    int kept = 1;

    for (int i = 1; i < *argc;) {
        const char *value;
        char name[64];
        int words = 0;

        if (strcmp(argv[i], "--") == 0) {
            while (i < *argc)
                argv[kept++] = argv[i++];
            break;
        }
        if (!flag_matches(STR("--config"), false, *argc, argv, i, &value, &words))
            for (size_t k = 0; k < n_config_options && words == 0; k++)
                if (flag_matches(option_flag(&config_options[k], name), config_options[k].kind == OPT_BOOL, *argc, argv,
                                 i, &value, &words))
                    load_flag(l, &config_options[k], name, value);
        if (words == 0)
            argv[kept++] = argv[i++];
        i += words;
    }
    argv[kept] = NULL;
    *argc = kept;
}

int config_load(struct config *c, int *argc, char **argv, struct str *ret_why) {
    struct loading l = {.c = c};
    const char *file;
    int r = 0;

    memset(c, 0, sizeof(*c));
    for (size_t i = 0; i < n_config_options; i++)
        option_set(c, &config_options[i], str_of(config_options[i].initial));
    file = config_file_name(&l, *argc, argv);
    if (file)
        config_load_file(&l, file);
    load_environment(&l);
    load_flags(&l, argc, argv);
    if (l.errors.len > 0) {
        *ret_why = arena_dup(&c->arena, buf_str(&l.errors));
        r = -EINVAL;
    }
    buf_free(&l.errors);
    return r;
}

void config_free(struct config *c) {
    arena_free(&c->arena);
    memset(c, 0, sizeof(*c));
}
