/* SPDX-License-Identifier: Apache-2.0
 *
 * hired backup: copies a data directory while the server runs; the copy can be served as it is. Most files are brought
 * before the database is copied, so the snapshot and the pin on the files last only as long as copying the database
 * and the files that are newer. The copy has a temporary name until all of it is on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/json.h"
#include "cli/backup/collect.h"
#include "cli/backup/note.h"
#include "cli/cli.h"
#include "cli/kept.h"
#include "cli/open.h"
#include "store/files/directory.h"
#include "store/verify.h"

#define PROGRESS_MS 200
#define RATE_MB 100 /* megabytes a second, unless --rate says otherwise */
#define NICE 10     /* the server goes first on a busy machine */

static const char help[] =
    "usage: hired backup NEW_DIR [--previous COPY] [--verify] [OPTION...] [--data DIR]\n\n"
    "Copies a data directory: the database at one moment, and every kept file that belongs to it. Works\n"
    "while the server runs. Page checksums and the copy's structure are checked. An interrupted backup\n"
    "leaves no directory.\n"
    "hired restore COPY brings a copy back; it can also be served as it is. Kept files never change, so\n"
    "they are hard links if NEW_DIR is on the same file system.\n\n"
    "  --previous COPY  an earlier copy beside NEW_DIR: files that it has are linked, not copied again\n"
    "  --no-links       copies every file and compares its digest\n"
    "  --rate MB        megabytes a second at most (100); 0: no limit\n"
    "  --verify         runs hired check on the copy: every record, and every file's digest\n"
    "  --json           what was copied, as JSON on standard output\n"
    "  --data DIR       the data directory (data)\n\n"
    "example: hired backup /srv/backup/monday --previous /srv/backup/sunday --data /var/lib/hired\n";

struct backup {
    struct cli *cli;
    const char *from;
    char *to;
    char draft[PATH_MAX]; /* temporary name of the copy */
    struct collect files;
    struct db *copied; /* the copy of the database */
    uint64_t rate;
    struct pace verify_pace;
    int64_t db_bytes, moment_ms, snapshot_ms; /* when the snapshot was taken, and how long it was held */
    bool progress;
    int64_t progress_ms;
};

/* ---- output ---- */

static void show_progress(struct backup *b, const char *what, int64_t done, int64_t total) {
    int64_t now = clock_mono_ms();

    if (!b->progress || now - b->progress_ms < PROGRESS_MS)
        return;
    b->progress_ms = now;
    if (total > 0)
        fprintf(stderr, "\r\033[Kcopying the %s %3lld %%", what, (long long)(100 * done / total));
    else
        fprintf(stderr, "\r\033[Kcopying the %s %lld", what, (long long)done);
    fflush(stderr);
}

static bool on_pages(void *ctx, int64_t done, int64_t total) {
    show_progress(ctx, "database", done, total);
    return true;
}

static void on_files(void *ctx, int64_t files) {
    show_progress(ctx, "files", files, 0);
}

/* ---- the files ---- */

/* A file that is erased meanwhile, or damaged, is left to the second walk, which knows what the copy needs. */
static int bring_early(void *ctx, const struct kept_file *f) {
    struct backup *b = ctx;
    int r = collect_file(&b->files, f->name.id, f->size, f->sha256);

    return r == -ENOENT || r == -EUCLEAN ? 0 : r;
}

static int bring(void *ctx, const struct kept_file *f) {
    struct backup *b = ctx;
    return collect_file(&b->files, f->name.id, f->size, f->sha256);
}

static int drop_unless_named(void *ctx, const struct files_entry *e) {
    struct backup *b = ctx;
    struct db_query q DB_CLEANUP = db_query(b->copied, SQL_FILE_OWNER);
    int64_t size = 0;
    struct stat st;
    int r;

    db_bind_int(&q, 1, e->id);
    r = db_row(&q);
    if (r != 0)
        return r < 0 ? r : 0;
    if (lstat(e->path, &st) == 0)
        size = st.st_size;
    if (unlink(e->path) < 0)
        return -errno;
    b->files.files--;
    b->files.bytes -= size;
    return 0;
}

/* Files that were brought early and erased before the snapshot. */
static int drop_erased(struct backup *b) {
    int r = 0;

    for (unsigned i = 0; i < 256 && r == 0; i++)
        r = directory_walk(b->draft, i, drop_unless_named, b);
    return r < 0 ? cli_fail_errno(b->cli, r, "remove erased files from the copy", NULL) : 0;
}

static int fail_file(struct backup *b, int error) {
    if (error == -ENOENT || error == -EUCLEAN)
        return cli_fail(b->cli, "%s; hired check names its record", b->files.why);
    if (b->files.why[0])
        return cli_fail(b->cli, "%s", b->files.why);
    return cli_fail_errno(b->cli, error, "list the kept files", NULL);
}

/* ---- the database ---- */

static int open_copy(struct backup *b) {
    struct db_options o = {.dir = b->draft, .busy_ms = 1000};
    struct str why;
    int r = db_open(&b->copied, &o, DB_WRITE, &b->cli->arena, &why);

    return r < 0 ? cli_fail(b->cli, "the copy of the database cannot be read: %.*s", STR_FMT(why)) : 0;
}

static int copy_database(struct backup *b) {
    const struct db_copying how = {.rate = b->rate, .progress = on_pages, .ctx = b};
    int64_t begun_ms = clock_mono_ms();
    char path[PATH_MAX];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%s/hired.db", b->draft);
    int r = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;

    b->moment_ms = clock_now_ms();
    if (r == 0)
        r = db_copy(b->cli->db, path, &how);
    b->snapshot_ms = clock_mono_ms() - begun_ms;
    if (r == -EUCLEAN)
        return cli_fail(b->cli, "the database is damaged, so it was not copied; hired check says where");
    if (r < 0)
        return cli_fail_errno(b->cli, r, "copy the database", NULL);
    if (stat(path, &st) == 0)
        b->db_bytes = st.st_size;
    return open_copy(b);
}

static void tell_damage(void *ctx, struct str line) {
    fprintf(stderr, "%.*s\n", STR_FMT(line));
}

static int on_verified(void *ctx, size_t bytes) {
    struct backup *b = ctx;
    pace_moved(&b->verify_pace, bytes);
    return 0;
}

/* The copy's pages get checksums of their own, so damage is looked for in the original. */
static int verify_original(struct backup *b) {
    const struct verify_watch watch = {.pace = on_verified, .finding = tell_damage, .ctx = b};
    struct verify_result found;
    int r = verify_pages(b->from, &watch, &found);

    if (r < 0 && r != -EUCLEAN)
        return cli_fail_errno(b->cli, r, "read the database", NULL);
    return r == -EUCLEAN || found.damaged > 0 || found.log_damaged
               ? cli_fail(b->cli, "the database is damaged, so it was not copied; hired check says where")
               : 0;
}

static int check_copy(struct backup *b) {
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/hired.db", b->draft);
    int r = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : db_check_file(path, tell_damage, b);

    if (r > 0 || r == -EUCLEAN)
        return cli_fail(b->cli, "the database is damaged, so the copy was not kept; hired check says where");
    return r < 0 ? cli_fail_errno(b->cli, r, "check the copy", NULL) : 0;
}

/* Runs hired check on the copy, as an operator would. */
static int verify_copy(struct backup *b) {
    extern char **environ;
    char self[] = "hired", check[] = "check", data[] = "--data";
    char *argv[] = {self, check, data, b->draft, NULL};
    posix_spawn_file_actions_t quiet;
    int status = 0, r;
    pid_t pid;

    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    r = -posix_spawn(&pid, "/proc/self/exe", &quiet, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&quiet);
    while (r == 0 && waitpid(pid, &status, 0) < 0)
        r = errno == EINTR ? 0 : -errno;
    if (r < 0)
        return cli_fail_errno(b->cli, r, "run hired check", NULL);
    return status == 0 ? 0 : cli_fail(b->cli, "the copy has the errors above, so it was not kept");
}

/* ---- making the copy ---- */

/* While the files are pinned, what the server erases stays in its directory: only the database and the newest files
 * are copied meanwhile. */
static int copy_pinned(struct backup *b) {
    int64_t early = b->files.files;
    int pin = directory_pin(b->from), r;

    if (pin < 0)
        return cli_fail_errno(b->cli, pin, "keep the files from being removed", NULL);
    r = copy_database(b);
    if (r == 0 && (r = kept_walk(b->copied, bring, b)) < 0)
        r = fail_file(b, r);
    close(pin);
    return r == 0 && early > 0 ? drop_erased(b) : r;
}

static int copy_all(struct backup *b) {
    int r = kept_walk(b->cli->db, bring_early, b);

    if (r < 0)
        return fail_file(b, r);
    r = verify_original(b);
    if (r == 0)
        r = copy_pinned(b);
    b->copied = db_close(b->copied);
    return r == 0 ? check_copy(b) : r;
}

/* Renames the copy to its final name, and syncs that. */
static int settle(struct backup *b) {
    int r = collect_sync(&b->files);

    if (r == 0)
        r = dir_sync(b->draft);
    if (r == 0 && rename(b->draft, b->to) < 0)
        r = -errno;
    if (r == 0)
        r = dir_sync_parent(b->to);
    return r < 0 ? cli_fail_errno(b->cli, r, "finish the copy", NULL) : 0;
}

/* Makes the temporary folder of the copy. Returns 0, or 1 after an error message. */
static int begin(struct backup *b) {
    int n = snprintf(b->draft, sizeof(b->draft), "%s.partial", b->to);

    if (n < 0 || n >= PATH_MAX)
        return cli_fail_errno(b->cli, -ENAMETOOLONG, "name the copy", NULL);
    if (access(b->to, F_OK) == 0)
        return cli_fail(b->cli, "%s exists already; a backup needs a new directory", b->to);
    if (mkdir(b->draft, 0700) == 0)
        return 0;
    if (errno == EEXIST)
        return cli_fail(
            b->cli, "%s exists already: another backup is running, or one was interrupted; if so, remove it", b->draft);
    return cli_fail_errno(b->cli, -errno, "make the directory", NULL);
}

static int tell(const struct backup *b, bool json) {
    int64_t bytes = b->db_bytes + b->files.bytes;

    if (json) {
        struct buf out BUF_CLEANUP = BUF_EMPTY;
        json_begin(&out, '{');
        json_member_str(&out, STR("directory"), str_of(b->to));
        json_member_int(&out, STR("moment"), b->moment_ms);
        json_member_int(&out, STR("files"), b->files.files);
        json_member_int(&out, STR("linked"), b->files.linked);
        json_member_int(&out, STR("copied"), b->files.copied);
        json_member_int(&out, STR("bytes"), bytes);
        json_member_int(&out, STR("snapshot_ms"), b->snapshot_ms);
        json_end(&out, '}');
        return cli_print_json(&out);
    }
    printf("%s: the database and %lld kept file%s, %lld bytes\n", b->to, (long long)b->files.files,
           b->files.files == 1 ? "" : "s", (long long)bytes);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* "name/" would put the temporary folder inside the final one */
static void cut_slashes(char *path) {
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/';)
        path[--n] = '\0';
}

static int run(struct backup *b, bool verify) {
    int r;

    if (b->files.previous && access(b->files.previous, F_OK) < 0)
        return cli_fail_errno(b->cli, -errno, "read the previous copy", NULL);
    if (cli_open(b->cli, CLI_READ) < 0 || begin(b) != 0)
        return 1;
    (void)setpriority(PRIO_PROCESS, 0, NICE);
    r = copy_all(b);
    if (b->progress)
        fputs("\r\033[K", stderr);
    if (r == 0 && verify)
        r = verify_copy(b);
    if (r == 0)
        r = settle(b);
    if (r == 0)
        (void)backup_note(b->from, b->moment_ms); /* only for the server's metrics; the directory may be read-only */
    if (r != 0)
        dir_remove(b->draft);
    return r;
}

int cli_backup(int argc, char **argv) {
    bool json = false, verify = false;
    int64_t rate = RATE_MB;
    struct cli c CLI_CLEANUP = {.command = argv[0]};
    struct backup b = {.cli = &c, .progress = isatty(STDERR_FILENO)};
    const struct arg args[] = {{"--json", ARG_FLAG, &json},
                               {"--previous", ARG_TEXT, &b.files.previous},
                               {"--no-links", ARG_FLAG, &b.files.copies},
                               {"--rate", ARG_COUNT, &rate},
                               {"--verify", ARG_FLAG, &verify},
                               {NULL, ARG_FLAG, NULL}};

    if (args_help(argc, argv)) {
        fputs(help, stdout);
        return 0;
    }
    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || !cli_word(&c, argc, argv, "the directory to make"))
        return 2;
    if (cli_needs_directory(&c, "back that up, with its kept files, by pg_basebackup or pgBackRest (docs/SCALE.md)") !=
        0)
        return 1;
    b.to = argv[1];
    cut_slashes(b.to);
    b.from = b.files.from = c.config.data;
    b.files.to = b.draft;
    b.files.progress = on_files;
    b.files.ctx = &b;
    b.rate = b.files.pace.rate = b.verify_pace.rate = (uint64_t)rate * 1000000;
    return run(&b, verify) == 0 ? tell(&b, json) : 1;
}
