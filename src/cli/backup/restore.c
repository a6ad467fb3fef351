/* SPDX-License-Identifier: Apache-2.0
 *
 * hired restore: makes a data directory from a copy. Everything is checked before the directory changes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/backup/collect.h"
#include "cli/backup/install.h"
#include "cli/backup/moment.h"
#include "cli/cli.h"
#include "cli/kept.h"
#include "cli/open.h"
#include "store/owner.h"
#include "store/verify.h"

static const char help[] =
    "usage: hired restore COPY [--replace] [OPTION...] [--data DIR]\n"
    "       hired restore --at TIME --from ARCHIVE [--replace] [OPTION...] [--data DIR]\n\n"
    "Makes the data directory DIR from a copy that hired backup made, or as it was at a time, from the\n"
    "archive that a server writes ([store] archive). No server may run in DIR. Everything is checked, and\n"
    "every file's digest is compared; DIR changes only after that. An interrupted restore is continued by\n"
    "the same command. A database of an older hired is brought up to date.\n\n"
    "  --at TIME          2026-03-01T10:00:00Z, with +08:00 for Z, or without a zone: local time\n"
    "  --from ARCHIVE     the archive; it may be in use\n"
    "  --replace          DIR may have data; it is kept in a folder of DIR, whose name is printed\n"
    "  --accept-findings  restores what can be read although the check finds errors or files are missing\n"
    "  --json             what was restored, as JSON on standard output\n"
    "  --data DIR         the data directory (data)\n\n"
    "example: hired restore /srv/backup/monday --data /var/lib/hired\n";

struct restore {
    struct cli *cli;
    const char *from; /* the copy, or the archive */
    const char *at;   /* the time, as given; NULL: from is a copy */
    struct moment moment;
    struct install install;
    struct collect files;
    struct db *db; /* of the stage */
    bool accept;   /* restores in spite of findings */
    int64_t findings;
};

/* ---- the database ---- */

static int copy_range(int from, int to) {
    char bytes[65536];
    ssize_t n;

    while ((n = read(from, bytes, sizeof(bytes))) != 0) {
        if (n < 0 && errno != EINTR)
            return -errno;
        for (ssize_t at = 0, done; n > 0 && at<n; at += done> 0 ? done : 0)
            if ((done = write(to, bytes + at, (size_t)(n - at))) < 0 && errno != EINTR)
                return -errno;
    }
    return fsync(to) < 0 ? -errno : 0;
}

/* Copies COPY/name into the stage. Returns 0 or a negative errno. */
static int copy_part(struct restore *r, const char *name) {
    char from[PATH_MAX], to[PATH_MAX];
    int in, out, error;

    if (snprintf(from, PATH_MAX, "%s/%s", r->from, name) >= PATH_MAX ||
        snprintf(to, PATH_MAX, "%s/%s", r->install.stage, name) >= PATH_MAX)
        return -ENAMETOOLONG;
    if (unlink(to) < 0 && errno != ENOENT)
        return -errno;
    in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return -errno;
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    error = out < 0 ? -errno : copy_range(in, out);
    close(in);
    if (out >= 0)
        close(out);
    return error;
}

static void tell_damage(void *ctx, struct str line) {
    fprintf(stderr, "hired.db: %.*s\n", STR_FMT(line));
}

/* Returns 0 if the restore may go on. */
static int found(struct restore *r, int findings) {
    r->findings += findings > 0 ? findings : 1;
    return r->accept ? 0
                     : cli_fail(r->cli,
                                "the database of %s is damaged; nothing was restored. With "
                                "--accept-findings what can be read is restored",
                                r->from);
}

static int verify_copy(struct restore *r) {
    const struct verify_watch watch = {.finding = tell_damage};
    struct verify_result result;
    int error = verify_pages(r->from, &watch, &result);

    if (error < 0 && error != -EUCLEAN)
        return cli_fail_errno(r->cli, error, "read the copy's database", NULL);
    return error < 0 || result.damaged > 0 || result.log_damaged ? found(r, (int)result.damaged) : 0;
}

static int build_database(struct restore *r) {
    int error = moment_build(&r->moment, r->install.stage);
    return error < 0 ? cli_fail(r->cli, "%s; nothing was restored", r->moment.why) : 0;
}

/* The copy of a directory whose server was killed has a log. */
static int copy_database(struct restore *r) {
    int error;

    if (r->at)
        return build_database(r);
    error = verify_copy(r);
    if (error != 0)
        return error;
    error = copy_part(r, "hired.db");

    if (error == 0 && (error = copy_part(r, "hired.db-wal")) == -ENOENT)
        error = 0;
    return error < 0 ? cli_fail_errno(r->cli, error, "copy the database", NULL) : 0;
}

/* The structure is checked before schema steps are taken, all of the records after them. */
static int open_database(struct restore *r) {
    struct db_options o = {.dir = r->install.stage, .busy_ms = 1000, .no_copy = true};
    char path[PATH_MAX];
    struct str why;
    int n = snprintf(path, PATH_MAX, "%s/hired.db", r->install.stage);
    int error = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : db_check_file(path, tell_damage, NULL);

    if ((error > 0 || error == -EUCLEAN) && found(r, error) != 0)
        return 1;
    if (error < 0 && error != -EUCLEAN)
        return cli_fail_errno(r->cli, error, "check the database", NULL);
    error = db_open(&r->db, &o, DB_WRITE, &r->cli->arena, &why);
    if (error < 0)
        return cli_fail(r->cli, "%.*s", STR_FMT(why));
    error = db_check(r->db, tell_damage, NULL);
    if (error > 0)
        return found(r, error);
    return error < 0 ? cli_fail_errno(r->cli, error, "check the database", NULL) : 0;
}

/* ---- the files ---- */

/* A file that was removed since is in a folder named by a day. */
static int bring_gone(struct restore *r, int64_t id, int64_t size, struct str sha256) {
    char gone[PATH_MAX], day[PATH_MAX];
    int error = -ENOENT;
    DIR *d;

    if (snprintf(gone, sizeof(gone), "%s/gone", r->from) >= (int)sizeof(gone) || !(d = opendir(gone)))
        return -ENOENT;
    for (struct dirent *e; error == -ENOENT && (e = readdir(d));) {
        if (e->d_name[0] == '.' || snprintf(day, sizeof(day), "%s/%s", gone, e->d_name) >= (int)sizeof(day))
            continue;
        r->files.from = day;
        error = collect_file(&r->files, id, size, sha256);
    }
    closedir(d);
    r->files.from = r->from;
    return error;
}

static int bring(void *ctx, const struct kept_file *f) {
    struct restore *r = ctx;
    int error = collect_file(&r->files, f->name.id, f->size, f->sha256);

    if (error == -ENOENT && r->at)
        error = bring_gone(r, f->name.id, f->size, f->sha256);

    if (!r->accept || (error != -ENOENT && error != -EUCLEAN))
        return error;
    r->findings++;
    fprintf(stderr, "%s; it is left out\n", r->files.why);
    return 0;
}

static int bring_files(struct restore *r) {
    char path[PATH_MAX + 8];
    int error;

    r->files.from = r->from;
    r->files.to = r->install.stage;
    r->files.copies = true;
    snprintf(path, sizeof(path), "%s/files", r->install.stage);
    error = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
    if (error == 0)
        error = kept_walk(r->db, bring, r);
    if (error == 0)
        error = collect_sync(&r->files);
    if (error < 0 && r->files.why[0])
        return cli_fail(r->cli, "%s; nothing was restored", r->files.why);
    return error < 0 ? cli_fail_errno(r->cli, error, "copy the kept files", NULL) : 0;
}

/* ---- the command ---- */

/* Identifies the copy, so that an interrupted restore is only continued from the same. */
static int name_source(struct restore *r, char out[PATH_MAX + 64]) {
    char path[PATH_MAX], real[PATH_MAX];
    struct stat st;

    if (r->at) {
        int error = moment_find(&r->moment);
        snprintf(out, PATH_MAX + 64, "%s at %lld", r->from, (long long)r->moment.at_ms);
        return error < 0 ? cli_fail(r->cli, "%s", r->moment.why) : 0;
    }
    if (snprintf(path, sizeof(path), "%s/hired.db", r->from) >= (int)sizeof(path) || !realpath(r->from, real) ||
        stat(path, &st) < 0)
        return cli_fail_errno(r->cli, -errno, "read the copy's hired.db", NULL);
    snprintf(out, PATH_MAX + 64, "%s (%lld bytes, of %lld)", real, (long long)st.st_size, (long long)st.st_mtime);
    return 0;
}

static int take_directories(struct restore *r) {
    struct owner_note holder = {.command = STR("")};
    struct str why;
    int error = r->at ? 0 : owner_look(r->from, &r->cli->arena, &holder);

    if (error == 1)
        return cli_fail(r->cli, "%.*s works in %s, so it is no copy that stands still; use hired backup",
                        STR_FMT(owner_describe(&holder, &r->cli->arena)), r->from);
    error = owner_take(&r->cli->owner, r->cli->config.data, r->cli->command, 0, &r->cli->arena, &holder, &why);
    if (error == -EBUSY)
        return cli_fail(r->cli, "%.*s Stop it first.", STR_FMT(why));
    return error < 0 ? cli_fail(r->cli, "%.*s", STR_FMT(why)) : 0;
}

static int prepare(struct restore *r) {
    int status = copy_database(r);

    if (status == 0)
        status = open_database(r);
    if (status == 0)
        status = bring_files(r);
    r->db = db_close(r->db);
    return status;
}

static int tell(const struct restore *r, bool json) {
    const struct install *p = &r->install;

    if (json) {
        struct buf out BUF_CLEANUP = BUF_EMPTY;
        json_begin(&out, '{');
        json_member_str(&out, STR("directory"), str_of(p->dir));
        json_member_str(&out, STR("from"), str_of(r->from));
        if (r->at)
            json_member_int(&out, STR("last_change"), r->moment.last_ms);
        json_member_int(&out, STR("findings"), r->findings);
        if (p->aside[0])
            json_member_str(&out, STR("old_data"), str_of(p->aside));
        json_end(&out, '}');
        return cli_print_json(&out);
    }
    if (r->at)
        printf("%s: restored from %s as of %s; the last change before it is of %lld ms since 1970\n", p->dir, r->from,
               r->at, (long long)r->moment.last_ms);
    else
        printf("%s: restored from %s\n", p->dir, r->from);
    if (r->findings > 0)
        printf("It has %lld errors, named above.\n", (long long)r->findings);
    if (p->aside[0])
        printf("The old data is in %s/%s; remove it when you do not need it any more.\n", p->dir, p->aside);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int run(struct restore *r, bool replace) {
    char source[PATH_MAX + 64];
    int status = name_source(r, source);

    if (status == 0)
        status = take_directories(r);
    if (status == 0)
        status = install_begin(&r->install, r->cli, source, replace);
    if (status == 0 && !r->install.prepared && (status = prepare(r)) != 0)
        install_drop(&r->install);
    return status == 0 ? install_finish(&r->install) : status;
}

/* Returns 0, or 1 after an error message. */
static int take_source(struct restore *r, const char *archive, int argc, char **argv) {
    if (!r->at != !archive)
        return cli_fail(r->cli, "--at and --from belong together");
    if (!r->at) {
        r->from = cli_word(r->cli, argc, argv, "the copy to restore");
        return r->from ? 0 : 1;
    }
    r->from = r->moment.archive = archive;
    if (cli_no_word(r->cli, argc, argv) < 0)
        return 1;
    if (moment_parse(str_of(r->at), &r->moment.at_ms) < 0)
        return cli_fail(r->cli, "--at takes a time such as 2026-03-01T10:00:00Z, not \"%s\"", r->at);
    return 0;
}

int cli_restore(int argc, char **argv) {
    bool json = false, replace = false;
    const char *archive = NULL;
    struct cli c CLI_CLEANUP = {.command = argv[0]};
    struct restore r = {.cli = &c};
    const struct arg args[] = {
        {"--json", ARG_FLAG, &json},    {"--replace", ARG_FLAG, &replace},          {"--at", ARG_TEXT, &r.at},
        {"--from", ARG_TEXT, &archive}, {"--accept-findings", ARG_FLAG, &r.accept}, {NULL, ARG_FLAG, NULL}};

    if (args_help(argc, argv)) {
        fputs(help, stdout);
        return 0;
    }
    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || take_source(&r, archive, argc, argv) != 0)
        return 2;
    if (cli_needs_directory(&c, "restore it as its server's documentation says (docs/SCALE.md)") != 0)
        return 1;
    return run(&r, replace) == 0 ? tell(&r, json) : 1;
}
