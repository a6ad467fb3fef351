/* SPDX-License-Identifier: Apache-2.0
 *
 * hired export: writes a tenant's records in the format of API answers, one file for each kind, from one consistent
 * read transaction and with the memory of one page. Importing the files elsewhere and exporting again gives the same
 * bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/import/kind.h"
#include "cli/open.h"
#include "cli/reader.h"

static const char help[] =
    "usage: hired export [--dir OUT] [--user-id-type user_id|union_id|open_id] [--app APP_ID]\n"
    "                    [--tenant KEY] [--json] [--data DIR]\n\n"
    "Writes a tenant's records in the form of the API's answers, a file for each kind: orders.json,\n"
    "interviews.json, external_background_checks.json, users.json ... hired import reads them back.\n"
    "Links to reports are those they were fetched from. Works while the server runs.\n\n"
    "  --dir OUT            where to write; created (mode 0700) if it does not exist (export)\n"
    "  --user-id-type TYPE  which kind of user id to write (user_id)\n"
    "  --app APP_ID         the app of the open_ids or union_ids; with user_id, those that were\n"
    "                       imported for it are added to users.json\n"
    "  --tenant KEY         which tenant; optional if there is only one\n"
    "  --json               the numbers of records as JSON on standard output\n"
    "  --data DIR           the data directory (data)\n\n"
    "example: hired export --data data --dir backup && hired import backup/*.json --data other\n";

struct export {
    struct cli *cli;
    const char *dir;
    struct user_view view;
    enum user_id_type type;
    const char *type_name; /* written into the files, so that the import need not be told */
    struct reader *reader;
    struct buf out;
    FILE *file;
    const char *path; /* path of the current file */
    int64_t records;  /* number of records of the current kind */
};

/* ---- one record ---- */

static int write_alias(struct export *e, int64_t uid, enum user_id_type type, struct str member, struct buf *out) {
    struct db_query q DB_CLEANUP = db_query(e->cli->db, SQL_USER_ALIAS_OF);
    int r;

    if (e->view.app == 0)
        return 0;
    db_bind_int(&q, 1, e->view.tenant);
    db_bind_int(&q, 2, uid);
    db_bind_int(&q, 3, type);
    db_bind_int(&q, 4, type == USER_OPEN_ID ? e->view.app : e->view.developer);
    r = db_row(&q);
    if (r == 1)
        json_member_str(out, member, db_text(&q, COL_USER_ALIAS_OF_ALIAS));
    return r < 0 ? r : 0;
}

/* open_ids and union_ids are derived from internal ids and mean nothing in another store, so they are left out unless
 * the whole export uses that type. */
static int write_user_ids(struct export *e, int64_t uid, struct str user_id, struct buf *out) {
    struct str id;
    int r;

    json_member_str(out, STR("user_id"), user_id);
    if (e->type == USER_USER_ID) {
        r = write_alias(e, uid, USER_OPEN_ID, STR("open_id"), out);
        return r < 0 ? r : write_alias(e, uid, USER_UNION_ID, STR("union_id"), out);
    }
    r = user_external_id(e->cli->db, e->cli->seal, &e->view, e->type, uid, &e->cli->arena, &id);
    if (r == 0)
        json_member_str(out, e->type == USER_OPEN_ID ? STR("open_id") : STR("union_id"), id);
    return r;
}

static int write_user(struct export *e, const struct db_query *q, struct buf *out) {
    struct str doc = db_text(q, COL_CLI_USERS_DOC), name = db_text(q, COL_CLI_USERS_NAME),
               en_name = db_text(q, COL_CLI_USERS_EN_NAME);
    struct buf rest BUF_CLEANUP = BUF_EMPTY;
    int r;

    json_begin(out, '{');
    r = write_user_ids(e, db_int(q, COL_CLI_USERS_ID), db_text(q, COL_CLI_USERS_USER_ID), out);
    if (r < 0)
        return r;
    if (!str_is_empty(name))
        json_member_str(out, STR("name"), name);
    if (!str_is_empty(en_name))
        json_member_str(out, STR("en_name"), en_name);
    reader_write(e->reader, doc, &rest);
    if (rest.len > 2) {
        json_comma(out);
        buf_add_str(out, str_skip(buf_str(&rest), 1));
    } else {
        json_end(out, '}');
    }
    return 0;
}

static int flush_out(struct export *e) {
    if (fwrite(e->out.ptr, 1, e->out.len, e->file) != e->out.len)
        return -errno;
    e->out.len = 0;
    return 0;
}

/* Writes one record on its own line. */
static int write_row(struct export *e, const struct item_kind *kind, const struct db_query *q) {
    struct buf record BUF_CLEANUP = BUF_EMPTY; /* separate: json_* tell by the byte before whether a comma is due */
    int r = 0;

    if (kind->store == KEPT_AS_USER)
        r = write_user(e, q, &record);
    else
        reader_write(e->reader, db_text(q, COL_CLI_RECORD_DOC), &record);
    if (r == 0)
        r = reader_error(e->reader);
    if (r < 0)
        return r;
    buf_add_str(&e->out, e->records++ > 0 ? STR(",\n") : STR("\n"));
    buf_add_str(&e->out, buf_str(&record));
    return flush_out(e);
}

/* ---- walking the records ---- */

static int write_records(struct export *e, const struct item_kind *kind) {
    struct kind_walk walk;
    int r;

    e->records = 0;
    buf_printf(&e->out, "{\"code\":0,\"msg\":\"success\",\"user_id_type\":\"%s\",\"data\":{\"%.*s\":[", e->type_name,
               STR_FMT(kind->list_member));
    kind_walk_begin(&walk, e->cli->db, e->view.tenant, kind);
    while ((r = kind_walk_next(&walk)) == 1)
        if ((r = write_row(e, kind, &walk.query)) < 0)
            break;
    kind_walk_end(&walk);
    if (r < 0)
        return r;
    buf_add_str(&e->out, e->records > 0 ? STR("\n],\"has_more\":false}}\n") : STR("],\"has_more\":false}}\n"));
    return flush_out(e);
}

/* The file gets its final name only when it is complete. */
static int write_file(struct export *e, const struct item_kind *kind) {
    struct str path = arena_printf(&e->cli->arena, "%s/%.*s.json", e->dir, STR_FMT(kind->plural));
    struct str temporary = arena_printf(&e->cli->arena, "%.*s.new", STR_FMT(path));
    int fd = open(temporary.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r;

    e->path = path.ptr;
    if (fd < 0)
        return -errno;
    e->file = fdopen(fd, "w");
    e->out.len = 0;
    r = write_records(e, kind);
    if (r == 0 && (fflush(e->file) != 0 || fsync(fd) < 0))
        r = -errno;
    if (fclose(e->file) != 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(temporary.ptr, path.ptr) < 0)
        r = -errno;
    if (r < 0)
        unlink(temporary.ptr);
    return r;
}

static int export_all(struct export *e, bool as_json) {
    struct buf json BUF_CLEANUP = BUF_EMPTY;
    int64_t all = 0;
    int r = 0;

    if (mkdir(e->dir, 0700) < 0 && errno != EEXIST)
        return cli_fail(e->cli, "cannot make the directory %s: %s", e->dir, strerror(errno));
    json_begin(&json, '{');
    for (size_t i = 0; i < n_item_kinds && r == 0; i++) {
        r = write_file(e, &item_kinds[i]);
        json_member_int(&json, item_kinds[i].plural, e->records);
        all += e->records;
    }
    json_end(&json, '}');
    if (r < 0)
        return reader_error(e->reader) == -ENOENT
                   ? cli_fail(e->cli, "%s: a record names a user or a file that is not there; see hired check", e->path)
                   : cli_fail(e->cli, "cannot write %s: %s", e->path, cli_limit_reason(r));
    if (as_json)
        return cli_print_json(&json);
    printf("%lld records in %s\n", (long long)all, e->dir);
    return 0;
}

static int export_main(int argc, char **argv) {
    const char *tenant = NULL, *app_id = NULL, *type_name = "user_id";
    bool json = false;
    struct export e = {.dir = "export"};
    const struct arg args[] = {{"--tenant", ARG_TEXT, &tenant},
                               {"--app", ARG_TEXT, &app_id},
                               {"--dir", ARG_TEXT, &e.dir},
                               {"--out", ARG_TEXT, &e.dir},
                               {"--user-id-type", ARG_TEXT, &type_name},
                               {"--json", ARG_FLAG, &json},
                               {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP;
    struct tenant_row row;
    struct app_row app = {0};
    int r;

    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || cli_user_id_type(&c, type_name, &e.type) < 0 ||
        cli_no_word(&c, argc, argv) < 0)
        return 2;
    if (!app_id && e.type != USER_USER_ID) {
        cli_fail(&c, "needs --app APP_ID to know whose %ss to write", type_name);
        return 2;
    }
    if (cli_open(&c, CLI_READ) < 0 || cli_tenant_and_app(&c, tenant, app_id, &row, &app) < 0)
        return 1;
    e.cli = &c;
    e.type_name = type_name;
    e.view = (struct user_view){row.id, app.id, app.developer};
    e.reader = reader_new(&c, &e.view, e.type);
    reader_want_undescribed(e.reader);
    r = db_snapshot_begin(c.db);
    r = r < 0 ? cli_fail_errno(&c, r, "read the database", NULL) : export_all(&e, json);
    db_snapshot_end(c.db);
    reader_free(e.reader);
    buf_free(&e.out);
    return r;
}

int cli_export(int argc, char **argv) {
    if (!args_help(argc, argv))
        return export_main(argc, argv);
    fputs(help, stdout);
    return 0;
}
