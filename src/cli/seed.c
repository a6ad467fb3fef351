/* SPDX-License-Identifier: Apache-2.0
 *
 * hired seed: makes what a file describes, and describes what is there.
 */
#include "cli/seed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/open.h"

static const char help[] =
    "usage: hired seed FILE [--json] [--data DIR]\n"
    "       hired seed --dump [--tenant KEY] [--data DIR]\n"
    "       hired seed --schema\n\n"
    "Makes what a seed describes: tenants, apps, people, vendors, jobs, talents, applications, orders in\n"
    "any state, interviews, and templates of tenants (docs/TESTING.md). All of it is made, or nothing.\n"
    "What stands already is left as it is; where it differs, the output says so. \"-\" is standard input.\n"
    "Works beside a running server and without one. hired serve --test --seed FILE does it at the start.\n\n"
    "  --dump        writes a seed of what is there on standard output; secrets only of templates\n"
    "  --tenant KEY  only this tenant\n"
    "  --schema      writes the JSON Schema of seeds, for editors\n"
    "  --json        the outcome as JSON, with the secrets and tokens of the apps that were made\n"
    "  --data DIR    the data directory (data)\n\n"
    "example: hired seed acme.json --data data\n";

/* ---- the file ---- */

static int read_all(int fd, struct buf *out) {
    ssize_t n;
    do {
        buf_reserve(out, 65536);
        n = read(fd, out->ptr + out->len, 65536);
        if (n > 0)
            out->len += (size_t)n;
        if (out->len > SEED_FILE_MAX)
            return -EFBIG;
    } while (n > 0 || (n < 0 && errno == EINTR));
    return n < 0 ? -errno : 0;
}

static int read_file(const char *file, struct arena *a, struct str *ret) {
    struct buf text BUF_CLEANUP = BUF_EMPTY;
    bool input = strcmp(file, "-") == 0;
    int fd = input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = read_all(fd, &text);
    if (!input)
        close(fd);
    if (r == 0)
        *ret = str_without_mark(arena_dup(a, buf_str(&text)));
    return r;
}

void seed_file_tell(const struct seed *s, const char *file) {
    size_t kept = seed_findings_kept(&s->findings);
    for (size_t i = 0; i < kept; i++) {
        const struct seed_finding *f = &s->findings.v[i];
        fprintf(stderr, "%s:", file);
        if (f->line > 0)
            fprintf(stderr, "%u:%u:", f->line, f->column);
        fprintf(stderr, " %.*s%s%.*s\n", STR_FMT(f->path), f->path.len > 0 ? ": " : "", STR_FMT(f->reason));
    }
    if (s->findings.n > kept)
        fprintf(stderr, "... and %zu more\n", s->findings.n - kept);
}

int seed_file_read(struct seed *s, const char *command, const char *file, struct arena *a) {
    struct str text;
    *s = (struct seed){.arena = a};
    int r = read_file(file, a, &text);
    if (r < 0) {
        fprintf(stderr, "hired %s: cannot read %s: %s\n", command, file,
                r == -EFBIG ? "it has more than 64 MiB" : strerror(-r));
        return r;
    }
    r = seed_read(s, text, a);
    if (r < 0) {
        seed_file_tell(s, file);
        fprintf(stderr, "hired %s: nothing was made: %zu thing%s wrong\n", command, s->findings.n,
                s->findings.n == 1 ? " is" : "s are");
    }
    return r;
}

void seed_file_outcome(const struct seed_outcome *o, const char *file, FILE *out) {
    size_t shown = o->n_differences < SEED_FINDINGS_MAX ? o->n_differences : SEED_FINDINGS_MAX;
    fprintf(out, "%s: %lld records made, %lld were there already\n", file, (long long)o->made, (long long)o->stood);
    for (size_t i = 0; i < shown; i++) {
        const struct seed_difference_found *d = &o->differences[i];
        if (str_is_absent(d->stands))
            fprintf(out, "  differs: %.*s\n", STR_FMT(d->path));
        else
            fprintf(out, "  differs: %.*s is %.*s, not %.*s\n", STR_FMT(d->path), STR_FMT(d->stands), STR_FMT(d->seed));
    }
    if (o->n_differences > shown)
        fprintf(out, "  ... and %zu more\n", o->n_differences - shown);
}

const char *seed_file_reason(int error) {
    return error == -E2BIG   ? "there would be more than 32 templates"
           : error == -EFBIG ? "a template has more than 1 MiB"
                             : NULL;
}

/* ---- applying ---- */

struct seed_command {
    struct seed seed;
    struct seed_outcome *out;
    const char *file;
};

static int apply(struct cli *c, void *ctx) {
    struct seed_command *w = ctx;
    int r = seed_apply(&w->seed, c->db, c->seal, w->out);

    if (w->seed.findings.n > 0) {
        seed_file_tell(&w->seed, w->file);
        return cli_fail(c, "nothing was made: %zu thing%s wrong", w->seed.findings.n,
                        w->seed.findings.n == 1 ? " is" : "s are");
    }
    if (seed_file_reason(r))
        return cli_fail(c, "nothing was made: %s", seed_file_reason(r));
    return r < 0 ? cli_fail_errno(c, r, "make what the seed describes", NULL) : 0;
}

static int print_json(const struct seed_command *w) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    json_begin(&out, '{');
    seed_outcome_write(w->out, &out);
    json_end(&out, '}');
    return cli_print_json(&out);
}

static int run(struct cli *c, struct seed_command *w, bool json) {
    if (seed_file_read(&w->seed, c->command, w->file, &c->arena) < 0)
        return 1;
    if (seed_prepare(&w->seed) < 0)
        return cli_fail(c, "there is not enough memory to hash the passwords");
    if (cli_open(c, CLI_CREATE) < 0 || cli_transact(c, apply, w) != 0)
        return 1;
    if (json)
        return print_json(w);
    seed_file_outcome(w->out, w->file, stdout);
    return 0;
}

/* ---- describing ---- */

static int dump(struct cli *c, const char *tenant) {
    int r;
    if (cli_open(c, CLI_READ) < 0)
        return 1;
    r = db_snapshot_begin(c->db);
    json_t *root = r == 0 ? seed_dump(c->db, c->seal, str_of(tenant), &c->arena, &r) : NULL;
    db_snapshot_end(c->db);
    if (r == -ENOENT && tenant)
        return cli_fail(c, "there is no tenant \"%s\"; hired tenant list shows them", tenant);
    if (!root)
        return cli_fail_errno(c, r, "describe what is there", NULL);
    json_dumpf(root, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(root);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int print_schema(void) {
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    json_begin(&out, '{');
    seed_schema_write(&out);
    json_end(&out, '}');
    return cli_print_json(&out);
}

static int seed_main(int argc, char **argv) {
    bool wants_dump = false, wants_schema = false, json = false;
    const char *tenant = NULL;
    const struct arg args[] = {{"--dump", ARG_FLAG, &wants_dump},
                               {"--schema", ARG_FLAG, &wants_schema},
                               {"--json", ARG_FLAG, &json},
                               {"--tenant", ARG_TEXT, &tenant},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0)
        return 2;
    if (wants_dump || wants_schema) {
        if (cli_no_word(&c, argc, argv) < 0)
            return 2;
        return wants_schema ? print_schema() : dump(&c, tenant);
    }
    struct seed_command w = {.out = arena_new(&c.arena, struct seed_outcome),
                             .file = cli_word(&c, argc, argv, "the file of a seed, or --dump")};
    if (!w.file)
        return 2;
    int r = run(&c, &w, json);
    seed_end(&w.seed);
    return r;
}

int cli_seed(int argc, char **argv) {
    if (!args_help(argc, argv))
        return seed_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
