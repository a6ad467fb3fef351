/* SPDX-License-Identifier: Apache-2.0
 *
 * hired drift: the command line.
 */
#include <stdio.h>
#include <string.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/drift/drift.h"
#include "cli/import/json_heap.h"
#include "cli/open.h"
#include "cli/suggest.h"

static const char help[] =
    "usage: hired drift [OPTION...] PATH...\n\n"
    "Compares calls that hired serve --record has kept with the descriptions in this binary. Says where\n"
    "answers have members, types, values and codes that are not described, where requests have such\n"
    "parameters, and (--unseen) what is described and was never seen. A PATH is a directory of records,\n"
    "one of its files, a file with an event or events (a line each), or one answer that was saved with\n"
    "curl (curl -i: with its status). The exit status is 1 if there is drift, 2 if nothing was compared.\n\n"
    "  --operation NAME  of the answers that were saved with curl, such as interview.list\n"
    "  --unseen          list fields, values and codes that are described and were not seen\n"
    "  --values          show values that are not described; they may be personal data\n"
    "  --json            print JSON\n\n"
    "example: hired drift records\n";

/* Returns false after an error message. */
static bool find_operation(const char *name, const struct op **ret) {
    struct suggest s = {.typed = str_of(name)};
    *ret = NULL;
    if (!name)
        return true;
    for (size_t i = 0; i < api_n_ops; i++) {
        if (str_eq(api_ops[i].name, str_of(name)))
            *ret = &api_ops[i];
        suggest_offer(&s, api_ops[i].name);
    }
    if (*ret)
        return true;
    fprintf(stderr, "hired drift: there is no operation \"%s\"", name);
    if (!str_is_absent(s.best))
        fprintf(stderr, "; did you mean %.*s?", STR_FMT(s.best));
    fprintf(stderr, "%s\n", str_is_absent(s.best) ? "; docs/API.md lists them" : "");
    return false;
}

static int compare(struct drift *d, int argc, char **argv, const struct op *op, bool json, bool unseen) {
    for (int i = 1; i < argc; i++)
        if (drift_read(d, argv[i], op) < 0)
            return 2;
    if (json) {
        struct buf out BUF_CLEANUP = BUF_EMPTY;
        drift_write_json(d, &out);
        cli_print_json(&out);
    } else {
        drift_print(d, unseen);
    }
    if (d->read == 0) {
        fprintf(stderr, "hired drift: there is nothing to compare\n");
        return 2;
    }
    return drift_count(d) > 0 ? 1 : 0;
}

int cli_drift(int argc, char **argv) {
    const char *operation = NULL;
    bool unseen = false, json = false;
    struct drift d = {0};
    const struct op *op;
    const struct arg args[] = {{"--operation", ARG_TEXT, &operation},
                               {"--unseen", ARG_FLAG, &unseen},
                               {"--values", ARG_FLAG, &d.show_values},
                               {"--json", ARG_FLAG, &json},
                               {0}};
    if (args_help(argc, argv)) {
        printf("%s", help);
        return 0;
    }
    if (args_take("drift", args, &argc, argv) < 0 || !find_operation(operation, &op))
        return 2;
    if (argc < 2) {
        fprintf(stderr, "hired drift: name a directory of records, or files; see hired drift --help\n");
        return 2;
    }
    json_heap_begin();
    drift_begin(&d);
    int r = compare(&d, argc, argv, op, json, unseen);
    drift_end(&d);
    return r;
}
