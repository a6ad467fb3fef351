/* SPDX-License-Identifier: Apache-2.0
 *
 * Parses the flags of a subcommand: "--name value" and "--name=value", anywhere in the command line up to "--".
 */
#include "cli/args.h"

#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "cli/suggest.h"

bool args_help(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int complain_unknown(const char *command, const struct arg *args, struct str flag) {
    struct suggest s = {.typed = flag};

    for (const struct arg *a = args; a->name; a++)
        suggest_offer(&s, str_of(a->name));
    if (str_is_absent(s.best))
        fprintf(stderr, "hired %s: unknown option %.*s; see hired %s --help\n", command, STR_FMT(flag), command);
    else
        fprintf(stderr, "hired %s: unknown option %.*s; did you mean %.*s?\n", command, STR_FMT(flag), STR_FMT(s.best));
    return -EINVAL;
}

/* Returns 0, or -EINVAL after an error message. */
static int set_value(const char *command, const struct arg *a, const char *value) {
    struct str v = str_of(value);
    int64_t number;

    switch (a->kind) {
    case ARG_TEXT:
        *(const char **)a->to = value;
        return 0;
    case ARG_FLAG:
        *(bool *)a->to = true;
        return 0;
    case ARG_ONOFF:
        if (!str_eq(v, STR("on")) && !str_eq(v, STR("off"))) {
            fprintf(stderr, "hired %s: %s takes on or off, not \"%s\"\n", command, a->name, value);
            return -EINVAL;
        }
        *(int *)a->to = str_eq(v, STR("on"));
        return 0;
    case ARG_COUNT:
        if (str_to_i64(v, &number) < 0 || number < 0) {
            fprintf(stderr, "hired %s: %s takes a number, not \"%s\"\n", command, a->name, value);
            return -EINVAL;
        }
        *(int64_t *)a->to = number;
        return 0;
    case ARG_LIST: {
        struct buf *list = a->to;
        if (list->len > 0)
            buf_add_char(list, ' ');
        buf_add_str(list, v);
        return 0;
    }
    case ARG_EACH:
        buf_add_str(a->to, v);
        buf_add_char(a->to, 0);
        return 0;
    }
    return -EINVAL;
}

int args_take(const char *command, const struct arg *args, int *argc, char **argv) {
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        struct str flag = str_of(argv[i]);
        size_t equals = str_find(flag, '=');
        const char *value = NULL;
        const struct arg *a = args;

        if (str_eq(flag, STR("--"))) {
            while (++i < *argc)
                argv[kept++] = argv[i];
            break;
        }
        if (flag.len < 2 || flag.ptr[0] != '-') { /* "-" alone is a file name */
            argv[kept++] = argv[i];
            continue;
        }
        if (equals != SIZE_MAX) {
            value = flag.ptr + equals + 1;
            flag.len = equals;
        }
        while (a->name && !str_eq(flag, str_of(a->name)))
            a++;
        if (!a->name && str_eq(flag, STR("--json")) && !value)
            continue;
        if (!a->name)
            return complain_unknown(command, args, flag);
        if (a->kind != ARG_FLAG && !value && i + 1 < *argc)
            value = argv[++i];
        if ((a->kind == ARG_FLAG) != (value == NULL)) {
            fprintf(stderr, a->kind == ARG_FLAG ? "hired %s: %s takes no value\n" : "hired %s: %s needs a value\n",
                    command, a->name);
            return -EINVAL;
        }
        if (set_value(command, a, value) < 0)
            return -EINVAL;
    }
    argv[kept] = NULL;
    *argc = kept;
    return 0;
}

struct str *args_each(const struct buf *values, struct arena *a, size_t *ret_n) {
    struct str rest = buf_str(values), *v;
    size_t n = 0;

    for (size_t i = 0; i < rest.len; i++)
        n += rest.ptr[i] == 0;
    v = arena_array(a, struct str, n);
    for (size_t i = 0; i < n; i++)
        v[i] = str_cut(&rest, 0);
    *ret_n = n;
    return v;
}
