/* SPDX-License-Identifier: Apache-2.0
 *
 * hired import: two walks over all files. The first writes every record in transactions that are undone, so that what
 * the domain would refuse is known before anything is kept; the second keeps them.
 */
#include "cli/import.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"

#define CHUNK 500      /* records in one transaction */
#define CHUNK_MS 1000  /* how long one may last: others wait meanwhile */
#define GAP_NS 5000000 /* between transactions: longer than a waiting server naps */
#define FINDINGS_SHOWN 50
#define PROGRESS_MS 200

static const char help[] =
    "usage: hired import FILE... [--app APP_ID] [--user-id-type open_id|union_id|user_id]\n"
    "                    [--tenant KEY] [--kind KIND] [--json] [--data DIR]\n\n"
    "Imports answers of the API as saved with curl: pages of background check orders, of external\n"
    "background checks, of interviews, and users; also what hired export wrote. \"-\" is standard input.\n"
    "Everything is checked first; if anything is wrong, nothing is imported. A running server sees it.\n\n"
    "  --app APP_ID           whose open_ids or union_ids the files hold\n"
    "  --user-id-type TYPE    which kind of id the files hold (open_id)\n"
    "  --tenant KEY           for whom; may be left out when there is one tenant\n"
    "  --kind KIND            what the files hold, when their members do not tell: application,\n"
    "                         external_application, talent, job, job_process, location, room ...\n"
    "  --json                 the outcome as JSON on standard output\n"
    "  --data DIR             where the records are (data)\n\n"
    "example: curl -H \"Authorization: Bearer $TOKEN\" \\\n"
    "             'https://open.feishu.cn/open-apis/hire/v1/interviews?start_time=1&page_size=100' |\n"
    "         hired import - --app cli_a1b2c3d4e5f60718\n";

/* ---- the walks ---- */

static void show_progress(struct import *im, bool last) {
    int64_t now = clock_mono_ms();

    if (!im->progress || (!last && now - im->progress_ms < PROGRESS_MS))
        return;
    im->progress_ms = now;
    if (last)
        fprintf(stderr, "\r\033[K");
    else
        fprintf(stderr, "\r\033[K%s %3.0f %%", im->keep ? "importing" : "checking",
                im->bytes_all ? 100.0 * (double)im->bytes_done / (double)im->bytes_all : 0.0);
    fflush(stderr);
}

void import_complain(struct import *im, const struct import_source *src, const struct answer_item *item,
                     struct str member, struct str reason) {
    struct finding f = {.file = src->answer.name, .line = item->line, .column = item->column, .reason = reason};
    struct str at = member;
    unsigned line, column;

    /* A member that is missing has no place: then that of what should hold it. */
    while (!str_is_empty(at) && record_locate(item->text, at, &line, &column) < 0) {
        while (at.len > 0 && at.ptr[at.len - 1] != '.' && at.ptr[at.len - 1] != '[')
            at.len--;
        at.len -= at.len > 0;
    }
    if (!str_is_empty(at)) {
        answer_place(item, &line, &column);
        f.line = line;
        f.column = column;
    }
    f.field = answer_path(&src->answer, item, member, &im->scratch);
    im->findings++;
    im->on_finding(im, &f);
}

/* The name that an object has twice, if that is what is wrong with the text: worth more than its place. */
static struct str name_given_twice(struct str text, struct arena *a) {
    json_error_t e;
    json_t *value = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &e);
    const char *begin, *end;

    json_decref(value);
    if (value || json_error_code(&e) != json_error_duplicate_key)
        return STR_ABSENT;
    begin = strchr(e.text, '"');
    end = begin ? strchr(begin + 1, '"') : NULL;
    return end ? arena_dup(a, (struct str){begin + 1, (size_t)(end - begin - 1)}) : STR_ABSENT;
}

/* Parses the item alone. NULL after complaining. */
static json_t *parse_item(struct import *im, struct import_source *src, const struct answer_item *item) {
    struct str why;
    json_t *value = record_parse(item->text, &im->scratch, &why);
    unsigned line, column;
    int used = 0;

    if (value && json_is_object(value))
        return value;
    if (value) {
        json_decref(value);
        if (im->first_look)
            import_complain(im, src, item, STR(""), STR("is not an object"));
        return NULL;
    }
    if (!im->first_look)
        return NULL;
    struct finding f = {.file = src->answer.name, .line = item->line, .column = item->column, .reason = why};
    struct str twice = name_given_twice(item->text, &im->scratch);
    if (sscanf(why.ptr, "line %u, column %u: %n", &line, &column, &used) >= 2 && used > 0) {
        answer_place(item, &line, &column);
        f.line = line;
        f.column = column;
        f.reason = str_skip(why, (size_t)used);
    }
    if (!str_is_absent(twice))
        f.reason = arena_printf(&im->scratch, "the member %.*s stands twice in one object", STR_FMT(twice));
    f.field = answer_path(&src->answer, item, STR(""), &im->scratch);
    im->findings++;
    im->on_finding(im, &f);
    return NULL;
}

static int chunk_begin(struct import *im) {
    int r = 0;

    if (im->in_chunk == 0) {
        im->chunk_begun_ms = clock_mono_ms();
        r = db_begin(im->cli->db);
    }

    if (r < 0)
        cli_fail_errno(im->cli, r, "begin to write", NULL);
    return r;
}

static int chunk_end(struct import *im) {
    int r = 0;

    if (im->in_chunk == 0)
        return 0;
    im->in_chunk = 0;
    if (im->keep) {
        r = db_commit(im->cli->db);
        if (r < 0)
            cli_fail_errno(im->cli, r, "write", NULL);
    } else {
        db_rollback(im->cli->db);
        import_users_clear(im->users); /* it may know users that were undone */
    }
    if (im->gentle)
        nanosleep(&(struct timespec){.tv_nsec = GAP_NS}, NULL);
    return r;
}

static int walk_item(struct import *im, struct import_source *src, const struct answer_item *item, bool users) {
    json_t *value = parse_item(im, src, item);
    const struct item_kind *kind = src->kind;
    int r;

    if (!value)
        return 0;
    if (!kind)
        kind = kind_recognise(value);
    if (!kind) {
        if (im->first_look)
            import_complain(im, src, item, STR(""),
                            STR("is no kind of record that can be imported (a background check order, an external "
                                "background check, an interview, a user ...); --kind says which it is"));
        json_decref(value);
        return 0;
    }
    *(kind->store == KEPT_AS_USER ? &src->has_users : &src->has_others) = true;
    r = 0;
    if ((kind->store == KEPT_AS_USER) == users) {
        r = chunk_begin(im);
        if (r == 0) {
            im->in_chunk++;
            r = import_item(im, src, item, kind, value);
        }
    }
    json_decref(value);
    return r;
}

static int walk_source(struct import *im, struct import_source *src, bool users) {
    struct answer_walk at = {0};
    struct answer_item item;
    uint64_t before = im->bytes_done;

    if (im->type != src->type)
        import_users_clear(im->users);
    im->type = src->type;
    while (answer_next(&src->answer, &at, &item)) {
        int r = walk_item(im, src, &item, users);
        arena_reset(&im->scratch);
        if (r == 0 && (im->in_chunk >= CHUNK || (im->in_chunk > 0 && clock_mono_ms() - im->chunk_begun_ms > CHUNK_MS)))
            r = chunk_end(im);
        if (r < 0)
            return r;
        im->bytes_done = before + at.offset;
        show_progress(im, false);
    }
    im->bytes_done = before + src->answer.text.len;
    return 0;
}

/* Users first, whatever the order of the files: a record that names somebody by open_id must meet who it is. */
static int walk_all(struct import *im, struct import_source *sources, size_t n, bool keep) {
    int r = 0;

    im->keep = keep;
    im->bytes_all = im->bytes_done = 0;
    memset(im->counts, 0, n_item_kinds * sizeof(im->counts[0]));
    for (size_t i = 0; i < n; i++)
        im->bytes_all += sources[i].answer.text.len * (keep ? sources[i].has_users + sources[i].has_others : 2);
    for (int users = 1; users >= 0 && r == 0; users--) {
        im->first_look = users && !keep;
        for (size_t i = 0; i < n && r == 0; i++)
            if (im->first_look || (users ? sources[i].has_users : sources[i].has_others))
                r = walk_source(im, &sources[i], users);
        if (r == 0)
            r = chunk_end(im);
    }
    if (im->in_chunk > 0) {
        db_rollback(im->cli->db);
        im->in_chunk = 0;
    }
    show_progress(im, true);
    return r;
}

void import_begin(struct import *im, struct cli *c, const struct tenant_row *tenant, const struct app_row *app) {
    im->cli = c;
    im->tenant = tenant->id;
    im->view = (struct user_view){tenant->id, app ? app->id : 0, app ? app->developer : 0};
    im->counts = arena_array(&c->arena, struct import_count, n_item_kinds);
    im->users = import_users_new();
}

void import_end(struct import *im) {
    im->users = import_users_free(im->users);
    arena_free(&im->scratch);
}

int import_run(struct import *im, struct import_source *sources, size_t n) {
    int r = walk_all(im, sources, n, false);

    if (r < 0)
        return r;
    if (im->findings > 0)
        return -EINVAL;
    return walk_all(im, sources, n, true);
}

/* ---- the command ---- */

struct import_options {
    bool json;
    bool type_given;
    enum user_id_type type;
    const struct item_kind *kind;
    struct buf findings; /* JSON list, with --json */
};

static void tell_finding(struct import *im, const struct finding *f) {
    struct import_options *o = im->ctx;

    if (im->findings > FINDINGS_SHOWN)
        return;
    show_progress(im, true);
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
    buf_add_char(&out, '[');
    buf_add_str(&out, buf_str(&o->findings));
    buf_add_char(&out, ']');
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

/* Returns false after telling. */
static bool choose_type(struct import *im, struct import_source *src) {
    const struct import_options *o = im->ctx;
    struct str said = src->answer.user_id_type;
    struct finding f = {.file = src->answer.name, .field = STR("user_id_type")};

    src->type = o->type;
    if (str_is_absent(said))
        return true;
    src->type = str_eq(said, STR("open_id"))    ? USER_OPEN_ID
                : str_eq(said, STR("union_id")) ? USER_UNION_ID
                                                : USER_USER_ID;
    if (src->type == USER_USER_ID && !str_eq(said, STR("user_id")))
        f.reason = STR("must be open_id, union_id or user_id");
    else if (o->type_given && src->type != o->type)
        f.reason = arena_printf(&im->cli->arena, "the file says it holds ids of the type %.*s, --user-id-type another",
                                STR_FMT(said));
    if (str_is_absent(f.reason))
        return true;
    im->findings++;
    im->on_finding(im, &f);
    return false;
}

/* Opens all files; tells of each that is no answer. Returns how many are open. */
static size_t open_sources(struct import *im, struct import_source *sources, int n, char **names) {
    const struct import_options *o = im->ctx;
    size_t opened = 0;

    for (int i = 0; i < n; i++) {
        struct finding f;
        sources[opened].kind = o->kind;
        if (answer_open(&sources[opened].answer, names[i], &im->cli->arena, &f) < 0) {
            im->findings++;
            im->on_finding(im, &f);
            answer_close(&sources[opened].answer);
            continue;
        }
        choose_type(im, &sources[opened++]);
    }
    return opened;
}

/* ---- a store that is empty yet ---- */

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

/* Into an empty store, an import brings tenant and app with it. Returns 0, or -1 after telling. */
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

/* ---- the whole ---- */

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
static int import_sources(struct import *im, struct import_source *sources, size_t n, struct founding *f) {
    int r;

    if (!f->app_id && needs_app(im, sources, n))
        return 2;
    if (cli_open(im->cli, CLI_CREATE) < 0 || find_or_found(im->cli, f) < 0)
        return 1;
    import_begin(im, im->cli, &f->tenant, f->app_id ? &f->app : NULL);
    /* What can be said of the other files is said too. */
    r = im->findings > 0 ? walk_all(im, sources, n, false) : import_run(im, sources, n);
    import_end(im);
    if (im->findings > 0)
        return tell_refusal(im);
    return r < 0 ? 1 : tell_outcome(im);
}

static bool app_id_ok(const char *id) {
    return strlen(id) == APP_ID_LEN && strncmp(id, "cli_", 4) == 0 &&
           strspn(id + 4, "0123456789abcdef") == APP_ID_LEN - 4;
}

/* Returns 0, or -EINVAL after telling. */
static int read_options(struct cli *c, struct import_options *o, const char *type_name, const char *kind_name,
                        const char *app_id) {
    o->type_given = type_name != NULL;
    if (cli_user_id_type(c, type_name ? type_name : "open_id", &o->type) < 0)
        return -EINVAL;
    if (app_id && !app_id_ok(app_id)) {
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
    struct import im = {.gentle = true, .progress = isatty(STDERR_FILENO), .on_finding = tell_finding, .ctx = &o};
    struct import_source *sources;
    struct cli c CLI_CLEANUP;
    size_t n;
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || read_options(&c, &o, type_name, kind_name, f.app_id) < 0)
        return 2;
    if (argc < 2) {
        cli_fail(&c, "needs the name of at least one FILE, or - for standard input");
        return 2;
    }
    im.cli = &c;
    sources = arena_array(&c.arena, struct import_source, (size_t)argc - 1);
    n = open_sources(&im, sources, argc - 1, argv + 1);
    r = import_sources(&im, sources, n, &f);
    for (size_t i = 0; i < n; i++)
        answer_close(&sources[i].answer);
    buf_free(&o.findings);
    return r;
}

int cli_import(int argc, char **argv) {
    if (!args_help(argc, argv))
        return import_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
