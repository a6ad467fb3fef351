/* SPDX-License-Identifier: Apache-2.0
 *
 * hired import: options, files, and output.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/array.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/import/answer_file.h"
#include "cli/import/import.h"

static const char help[] =
    "usage: hired import FILE... [--app APP_ID] [--user-id-type open_id|union_id|user_id]\n"
    "                    [--tenant KEY] [--kind KIND] [--json] [--data DIR]\n\n"
    "Imports answers of the API that were saved with curl: pages of background check orders, external\n"
    "background checks, interviews, users and other records; also files of hired export. \"-\" is\n"
    "standard input. Files may be gzipped, have headers (curl -i), or hold several answers or records.\n"
    "All files are checked first; if there is an error, nothing is imported. Up to 5,000 records are\n"
    "stored all together or not at all, if no server runs. To finish a larger import that was\n"
    "interrupted, import the same files again; hired check says how many records it has stored.\n\n"
    "  --app APP_ID           the app of the open_ids or union_ids in the files\n"
    "  --user-id-type TYPE    which kind of user id is in the files (open_id)\n"
    "  --tenant KEY           which tenant; optional if there is only one\n"
    "  --kind KIND            what is in the files, if their members do not show it: application,\n"
    "                         external_application, talent, job, job_process, location, room ...\n"
    "  --json                 the result as JSON on standard output\n"
    "  --data DIR             the data directory (data)\n\n"
    "example: curl -H \"Authorization: Bearer $TOKEN\" \\\n"
    "             'https://open.feishu.cn/open-apis/hire/v1/interviews?start_time=1&page_size=100' |\n"
    "         hired import - --app cli_a1b2c3d4e5f60718\n";

struct import_options {
    struct answer_file *files;
    size_t n_files;
    struct import_source *sources; /* of all files */
    size_t n_sources, sources_cap;

    bool json;
    bool type_given;
    enum user_id_type type;
    const struct item_kind *kind;
    struct buf findings; /* list of findings, with --json */
};

static void tell_finding(struct import *im, const struct finding *f) {
    struct import_options *o = im->ctx;

    import_show_progress(im, true);
    if (o->json) {
        struct buf *out = &o->findings;
        json_begin(out, '{');
        json_member_str(out, STR("file"), str_of(f->file));
        if (f->line > 0) {
            json_member_int(out, STR("line"), f->line);
            json_member_int(out, STR("column"), f->column);
        }
        if (!str_is_empty(f->field))
            json_member_str(out, STR("field"), f->field);
        json_member_str(out, STR("reason"), f->reason);
        json_end(out, '}');
        return;
    }
    fprintf(stderr, "%s:", f->file);
    if (f->line > 0)
        fprintf(stderr, "%u:%u:", f->line, f->column);
    fprintf(stderr, " %.*s%s%.*s\n", STR_FMT(f->field), str_is_empty(f->field) ? "" : ": ", STR_FMT(f->reason));
}

static int tell_refusal(const struct import *im) {
    const struct import_options *o = im->ctx;
    struct buf out BUF_CLEANUP = BUF_EMPTY;

    if (!o->json) {
        if (im->findings > FINDINGS_SHOWN)
            fprintf(stderr, "... and %zu more\n", im->findings - FINDINGS_SHOWN);
        fprintf(stderr, "hired import: nothing was imported: %zu thing%s wrong\n", im->findings,
                im->findings == 1 ? " is" : "s are");
        return 1;
    }
    json_begin(&out, '{');
    json_member_bool(&out, STR("imported"), false);
    json_member_int(&out, STR("wrong"), (int64_t)im->findings);
    json_key(&out, STR("findings"));
    json_begin(&out, '[');
    buf_add_str(&out, buf_str(&o->findings));
    json_end(&out, ']');
    json_end(&out, '}');
    cli_print_json(&out);
    return 1;
}

static void write_outcome(const struct import *im, struct buf *out) {
    json_begin(out, '{');
    json_member_bool(out, STR("imported"), true);
    for (size_t i = 0; i < n_item_kinds; i++) {
        const struct import_count *n = &im->counts[i];
        if (n->added + n->changed + n->same == 0)
            continue;
        json_key(out, item_kinds[i].plural);
        json_begin(out, '{');
        json_member_int(out, STR("new"), n->added);
        json_member_int(out, STR("changed"), n->changed);
        json_member_int(out, STR("unchanged"), n->same);
        json_end(out, '}');
    }
    import_write_undescribed(im, out);
    json_end(out, '}');
}

static int tell_outcome(const struct import *im) {
    const struct import_options *o = im->ctx;
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    struct import_count all = {0};
    const char *between = " (";

    if (o->json) {
        write_outcome(im, &out);
        return cli_print_json(&out);
    }
    for (size_t i = 0; i < n_item_kinds; i++) {
        const struct import_count *n = &im->counts[i];
        all.added += n->added;
        all.changed += n->changed;
        all.same += n->same;
    }
    printf("%lld new, %lld changed, %lld unchanged", (long long)all.added, (long long)all.changed, (long long)all.same);
    for (size_t i = 0; i < n_item_kinds; i++) {
        const struct import_count *n = &im->counts[i];
        int64_t sum = n->added + n->changed + n->same;
        if (sum == 0)
            continue;
        printf("%s%lld %.*s", between, (long long)sum, STR_FMT(item_kinds[i].plural));
        between = ", ";
    }
    printf("%s\n", between[0] == ',' ? ")" : "");
    import_warn_undescribed(im);
    return 0;
}

static void choose_type(struct import *im, struct import_source *src) {
    const struct import_options *o = im->ctx;
    struct str said = src->answer.user_id_type;
    struct finding f = {.file = src->answer.name, .field = STR("user_id_type")};

    src->type = o->type;
    if (str_is_absent(said))
        return;
    src->type = str_eq(said, STR("open_id"))    ? USER_OPEN_ID
                : str_eq(said, STR("union_id")) ? USER_UNION_ID
                                                : USER_USER_ID;
    if (src->type == USER_USER_ID && !str_eq(said, STR("user_id")))
        f.reason = STR("must be open_id, union_id or user_id");
    else if (o->type_given && src->type != o->type)
        f.reason = arena_printf(&im->cli->arena, "the file says it holds ids of the type %.*s, --user-id-type another",
                                STR_FMT(said));
    if (!str_is_absent(f.reason))
        import_tell(im, &f);
}

static struct import_source *add_source(struct import *im) {
    struct import_options *o = im->ctx;

    o->sources = arena_array_grow(&im->cli->arena, o->sources, o->n_sources, &o->sources_cap, sizeof(*o->sources));
    o->sources[o->n_sources] = (struct import_source){.kind = o->kind};
    return &o->sources[o->n_sources++];
}

/* Reads all answers of one file. */
static void open_file(struct import *im, const char *name) {
    struct import_options *o = im->ctx;
    struct answer_file *file = &o->files[o->n_files++];
    struct finding f;
    int r = answer_file_open(file, name, &im->cli->arena, &f);

    if (r < 0) {
        import_tell(im, &f);
        return;
    }
    for (;;) {
        struct answer an;
        r = answer_file_next(file, &an, &im->cli->arena, &f);
        if (r == 0)
            return;
        if (r < 0) {
            import_tell(im, &f);
            continue;
        }
        struct import_source *src = add_source(im);
        src->answer = an;
        choose_type(im, src);
    }
}

/* Warns if the last page of a kind's list is missing: an answer has has_more, and no answer of that kind is a last
 * page. */
static void warn_of_missing_pages(const struct import *im) {
    const struct import_options *o = im->ctx;

    for (size_t k = 0; k < n_item_kinds; k++) {
        const char *name = NULL;
        bool ended = false;
        for (size_t i = 0; i < o->n_sources; i++) {
            const struct import_source *s = &o->sources[i];
            if ((s->kind ? s->kind : s->first_kind) != &item_kinds[k])
                continue;
            name = s->answer.has_more ? s->answer.name : name;
            ended = ended || !s->answer.has_more;
        }
        if (name && !ended)
            fprintf(
                stderr,
                "hired import: warning: %s says has_more: true, and its page_token leads to no other file: %.*s are "
                "missing; ask with that page_token for the next page and import it too\n",
                name, STR_FMT(item_kinds[k].plural));
    }
}

/* ---- signals ---- */

static volatile sig_atomic_t stopped;

static void on_signal(int number) {
    stopped = number;
}

static void mind_signals(void) {
    struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}; /* a second one kills */

    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

/* Reports how many records an unfinished import has written. */
static int tell_taken(const struct import *im, int error) {
    const struct import_options *o = im->ctx;
    struct buf out BUF_CLEANUP = BUF_EMPTY;
    const char *why = error == -EINTR    ? "it was stopped"
                      : error == -ESTALE ? "a file has changed since it was checked"
                                         : "it failed";

    if (im->taken == 0)
        cli_fail(im->cli, "%s; nothing was imported", why);
    else
        cli_fail(im->cli,
                 "%s after %lld of %lld records; those are stored, and importing the same files again adds the rest",
                 why, (long long)im->taken, (long long)im->records);
    if (!o->json)
        return 1;
    json_begin(&out, '{');
    json_member_bool(&out, STR("imported"), false);
    json_member_int(&out, STR("taken"), im->taken);
    json_member_int(&out, STR("records"), im->records);
    json_end(&out, '}');
    cli_print_json(&out);
    return 1;
}

/* ---- an empty store ---- */

struct founding {
    const char *tenant_key, *app_id;
    struct tenant_row tenant;
    struct app_row app;
};

static int found(struct cli *c, void *ctx) {
    struct founding *n = ctx;
    struct str secret;
    int r = tenant_create(c->db, str_of(n->tenant_key), STR("imported"), &c->arena, &n->tenant);

    if (r == 0 && n->app_id)
        r = app_create(c->db, n->tenant.id, APP_CUSTOM, STR("imported"), STR(""), str_of(n->app_id), STR_ABSENT,
                       &c->arena, &n->app, &secret);
    return r < 0 ? cli_fail_errno(c, r, "make the tenant", NULL) : 0;
}

/* If the store has no tenant, creates the tenant and the app. Returns 0, or -1 after an error message. */
static int find_or_found(struct cli *c, struct founding *n) {
    struct tenant_row any;

    if (tenant_only(c->db, &c->arena, &any) != 0) {
        return cli_tenant_and_app(c, n->tenant_key, n->app_id, &n->tenant, &n->app) < 0 ? -1 : 0;
    }
    if (cli_transact(c, found, n) != 0)
        return -1;
    fprintf(stderr, "hired import: %s was empty: made the tenant %.*s", c->config.data, STR_FMT(n->tenant.tenant_key));
    if (n->app_id)
        fprintf(stderr, " and the app %s, without scopes (hired app scopes) and secret (hired app rotate)", n->app_id);
    fprintf(stderr, "\n");
    return 0;
}

/* ---- running the import ---- */

static bool needs_app(struct import *im, const struct import_source *sources, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (sources[i].type != USER_USER_ID) {
            cli_fail(im->cli, "needs --app APP_ID to know whose ids %s holds, or --user-id-type user_id",
                     sources[i].answer.name);
            return true;
        }
    return false;
}

/* Returns the exit status. */
static int import_sources(struct import *im, struct founding *f) {
    struct import_options *o = im->ctx;
    int r;

    if (!f->app_id && needs_app(im, o->sources, o->n_sources))
        return 2;
    if (cli_open(im->cli, CLI_CREATE) < 0 || find_or_found(im->cli, f) < 0)
        return 1;
    import_journal_tell(im->cli);
    import_begin(im, im->cli, &f->tenant, f->app_id ? &f->app : NULL);
    mind_signals();
    /* If a file could not be read, the others are still checked, so that all errors are reported at once. */
    bool bad = im->findings > 0;
    r = bad ? import_check(im, o->sources, o->n_sources) : import_run(im, o->sources, o->n_sources);
    import_end(im);
    if (r == -EINVAL || (r == 0 && bad))
        return tell_refusal(im);
    if (r < 0)
        return tell_taken(im, r);
    warn_of_missing_pages(im);
    return tell_outcome(im);
}

/* Returns 0, or -EINVAL after an error message. */
static int read_options(struct cli *c, struct import_options *o, const char *type_name, const char *kind_name,
                        const char *app_id) {
    o->type_given = type_name != NULL;
    if (cli_user_id_type(c, type_name ? type_name : "open_id", &o->type) < 0)
        return -EINVAL;
    if (app_id && !app_id_valid(str_of(app_id))) {
        cli_fail(c, "--app takes the id of an app (cli_ and 16 hex digits), not \"%s\"", app_id);
        return -EINVAL;
    }
    if (kind_name && !(o->kind = kind_find(str_of(kind_name)))) {
        fprintf(stderr, "hired import: --kind takes");
        for (size_t i = 0; i < n_item_kinds; i++)
            fprintf(stderr, "%s %.*s", i ? "," : "", STR_FMT(item_kinds[i].name));
        fprintf(stderr, "; not \"%s\"\n", kind_name);
        return -EINVAL;
    }
    return 0;
}

static int import_main(int argc, char **argv) {
    const char *type_name = NULL, *kind_name = NULL;
    struct import_options o = {0};
    struct founding f = {0};
    const struct arg args[] = {
        {"--tenant", ARG_TEXT, &f.tenant_key}, {"--app", ARG_TEXT, &f.app_id}, {"--user-id-type", ARG_TEXT, &type_name},
        {"--kind", ARG_TEXT, &kind_name},      {"--json", ARG_FLAG, &o.json},  {NULL, ARG_FLAG, NULL}};
    struct import im = {
        .gentle = true, .progress = isatty(STDERR_FILENO), .on_finding = tell_finding, .ctx = &o, .stop = &stopped};
    struct cli c CLI_CLEANUP;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || read_options(&c, &o, type_name, kind_name, f.app_id) < 0)
        return 2;
    if (argc < 2) {
        cli_fail(&c, "needs the name of at least one FILE, or - for standard input");
        return 2;
    }
    im.cli = &c;
    o.files = arena_array(&c.arena, struct answer_file, (size_t)argc - 1);
    for (int i = 1; i < argc; i++)
        open_file(&im, argv[i]);
    im.label = argc == 2 ? argv[1] : arena_printf(&c.arena, "%s and %d more", argv[1], argc - 2).ptr;
    r = import_sources(&im, &f);
    for (size_t i = 0; i < o.n_files; i++)
        answer_file_close(&o.files[i]);
    buf_free(&o.findings);
    return r;
}

int cli_import(int argc, char **argv) {
    if (!args_help(argc, argv))
        return import_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
