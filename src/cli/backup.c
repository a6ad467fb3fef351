/* SPDX-License-Identifier: Apache-2.0
 *
 * hired backup: copies a data directory while the server runs; the copy can be served as it is. It copies the database
 * in one consistent read transaction, then the files that this state names, and compares each file's digest with its
 * row. The copy has a temporary name until all of it is on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/kept.h"
#include "cli/open.h"
#include "store/files/files.h"

#define PROGRESS_MS 200

static const char help[] =
    "usage: hired backup NEW_DIR [--json] [--data DIR]\n\n"
    "Copies a data directory: the database at one moment, and every kept file that belongs to it. Works\n"
    "while the server runs and does not delay it. To restore, serve the copy, or put it in the place of\n"
    "the old directory while no server runs. An interrupted backup leaves no directory.\n\n"
    "  --json      what was copied, as JSON on standard output\n"
    "  --data DIR  the data directory (data)\n\n"
    "example: hired backup /srv/backup/hired-monday --data /var/lib/hired\n";

struct backup {
    struct cli *cli;
    const char *from;
    char *to;
    char draft[PATH_MAX]; /* temporary name of the copy */
    int64_t files, bytes;
    bool progress;
    int64_t progress_ms;
    struct files_draft file; /* the file being written */
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

static void on_pages(void *ctx, int64_t done, int64_t total) {
    show_progress(ctx, "database", done, total);
}

/* ---- the files ---- */

static int write_piece(void *ctx, struct str bytes) {
    struct backup *b = ctx;
    return files_draft_write(&b->file, bytes);
}

static int fail_file(struct backup *b, int64_t id, int error) {
    if (error == -ENOENT)
        return cli_fail(b->cli,
                        "the file %016llx is missing. If a person's data was erased just now, make the backup "
                        "again; otherwise hired check names its record",
                        (unsigned long long)id);
    return cli_fail_errno(b->cli, error, "copy a kept file", NULL);
}

/* Returns 0, or 1 after an error message. */
static int copy_file(void *ctx, int64_t id, int64_t wanted_size, struct str sha256, int64_t order_id) {
    struct backup *b = ctx;
    char path[PATH_MAX], hex[KEPT_HEX];
    int64_t size;
    int r = files_path(b->from, id, path);

    if (r == 0)
        r = files_draft_begin(&b->file, b->draft, id);
    if (r < 0)
        return fail_file(b, id, r);
    r = kept_digest(path, write_piece, b, &size, hex);
    if (r == 0 && (size != wanted_size || !str_eq(str_of(hex), sha256))) {
        files_draft_drop(&b->file);
        return cli_fail(b->cli, "%s differs from the file that was stored; hired check names its record", path);
    }
    if (r < 0)
        files_draft_drop(&b->file);
    else
        r = files_draft_keep(&b->file, b->draft, id);
    if (r < 0)
        return fail_file(b, id, r);
    b->files++;
    b->bytes += size;
    show_progress(b, "files", b->files, 0);
    return 0;
}

/* ---- making the copy ---- */

static int copy_database(struct backup *b) {
    char path[PATH_MAX];
    struct stat st;
    int n = snprintf(path, sizeof(path), "%s/hired.db", b->draft);
    int r = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : db_copy(b->cli->db, path, on_pages, b);

    if (r < 0)
        return cli_fail_errno(b->cli, r, "copy the database", NULL);
    if (stat(path, &st) == 0)
        b->bytes += st.st_size;
    return 0;
}

static int copy_all(struct backup *b) {
    int r = db_snapshot_begin(b->cli->db);

    if (r < 0)
        return cli_fail_errno(b->cli, r, "read the database", NULL);
    r = copy_database(b);
    if (r == 0)
        r = kept_walk(b->cli->db, copy_file, b);
    db_snapshot_end(b->cli->db);
    return r < 0 ? cli_fail_errno(b->cli, r, "list the kept files", NULL) : r;
}

static int sync_dir(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int r = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return r;
}

/* The folder that contains path: "a" for "a/b", "." for "b". */
static int sync_parent(const char *path) {
    char parent[PATH_MAX];
    char *slash;

    snprintf(parent, sizeof(parent), "%s", path);
    slash = strrchr(parent, '/');
    if (!slash)
        return sync_dir(".");
    slash[slash == parent] = '\0';
    return sync_dir(parent);
}

/* Renames the copy to its final name, and syncs that. */
static int settle(struct backup *b) {
    char files[PATH_MAX];
    int r = sync_dir(b->draft);

    if (r == 0 && b->files > 0) {
        int n = snprintf(files, sizeof(files), "%s/files", b->draft);
        r = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : sync_dir(files);
    }
    if (r == 0 && rename(b->draft, b->to) < 0)
        r = -errno;
    if (r == 0)
        r = sync_parent(b->to);
    return r < 0 ? cli_fail_errno(b->cli, r, "finish the copy", NULL) : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    return remove(path);
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
    if (json) {
        struct buf out BUF_CLEANUP = BUF_EMPTY;
        json_begin(&out, '{');
        json_member_str(&out, STR("directory"), str_of(b->to));
        json_member_int(&out, STR("files"), b->files);
        json_member_int(&out, STR("bytes"), b->bytes);
        json_end(&out, '}');
        return cli_print_json(&out);
    }
    printf("%s: the database and %lld kept file%s, %lld bytes\n", b->to, (long long)b->files, b->files == 1 ? "" : "s",
           (long long)b->bytes);
    return fflush(stdout) == 0 ? 0 : 1;
}

/* "name/" would put the temporary folder inside the final one */
static void cut_slashes(char *path) {
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/';)
        path[--n] = '\0';
}

int cli_backup(int argc, char **argv) {
    bool json = false;
    const struct arg args[] = {{"--json", ARG_FLAG, &json}, {NULL, ARG_FLAG, NULL}};
    struct cli c CLI_CLEANUP = {.command = argv[0]};
    struct backup b = {.cli = &c, .progress = isatty(STDERR_FILENO)};

    if (args_help(argc, argv)) {
        fputs(help, stdout);
        return 0;
    }
    if (cli_begin(&c, argv[0], args, &argc, argv) < 0 || !cli_word(&c, argc, argv, "the directory to make"))
        return 2;
    b.to = argv[1];
    cut_slashes(b.to);
    b.from = c.config.data;
    if (cli_open(&c, CLI_READ) < 0 || begin(&b) != 0)
        return 1;
    int r = copy_all(&b);
    if (b.progress)
        fputs("\r\033[K", stderr);
    if (r == 0)
        r = settle(&b);
    if (r != 0) {
        nftw(b.draft, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        return 1;
    }
    return tell(&b, json);
}
