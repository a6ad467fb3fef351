/* SPDX-License-Identifier: Apache-2.0
 *
 * Brings the kept files of a migrated database, or says where they must be.
 */
#include "cli/migrate/files.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/backup/collect.h"
#include "cli/kept.h"

struct bringing {
    struct cli *cli;
    struct collect files;
    int64_t missing;
};

static int count(void *ctx, int64_t id, int64_t size, struct str sha256, int64_t order_id) {
    ++*(int64_t *)ctx;
    return 0;
}

/* A missing or damaged file does not keep the others from being brought. */
static int bring(void *ctx, int64_t id, int64_t size, struct str sha256, int64_t order_id) {
    struct bringing *b = ctx;
    int r = collect_file(&b->files, id, size, sha256);
    if (r != -ENOENT && r != -EUCLEAN)
        return r;
    b->missing++;
    cli_fail(b->cli, "%s; it was left out", b->files.why);
    return 0;
}

static bool same_directory(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int open_filled(struct cli *c, const char *dir) {
    const struct db_options o = {.dir = dir, .busy_ms = 1000};
    struct str why = STR_ABSENT;
    int r = db_open(&c->db, &o, DB_READ, &c->arena, &why);
    return r < 0 ? cli_fail(c, "%.*s", STR_FMT(why)) : 0;
}

static int count_files(struct cli *c, const char *dir, int64_t *ret) {
    *ret = 0;
    if (open_filled(c, dir) != 0)
        return 1;
    int r = kept_walk(c->db, count, ret);
    c->db = db_close(c->db);
    return r < 0 ? cli_fail_errno(c, r, "list the kept files", NULL) : 0;
}

static int bring_all(struct bringing *b) {
    char path[PATH_MAX];
    int r = snprintf(path, sizeof(path), "%s/files", b->files.to) >= (int)sizeof(path) ? -ENAMETOOLONG : 0;
    if (r == 0 && mkdir(path, 0700) < 0 && errno != EEXIST)
        r = -errno;
    if (r == 0)
        r = kept_walk(b->cli->db, bring, b);
    if (r == 0)
        r = collect_sync(&b->files);
    if (r < 0 && b->files.why[0])
        return cli_fail(b->cli, "the database was migrated, but not its files: %s; bring the folder files of %s to %s",
                        b->files.why, b->files.from, b->files.to);
    return r < 0 ? cli_fail_errno(b->cli, r, "bring the kept files", NULL) : 0;
}

int migrate_bring_files(struct cli *c, const char *from, const char *to, FILE *out) {
    struct bringing b = {.cli = c, .files = {.from = from, .to = to}};
    char path[PATH_MAX];
    int64_t n;
    if (same_directory(from, to))
        return 0;
    if (count_files(c, to, &n) != 0)
        return 1;
    if (n == 0)
        return 0;
    if (snprintf(path, sizeof(path), "%s/files", from) >= (int)sizeof(path) || access(path, F_OK) < 0) {
        fprintf(out, "%lld kept files belong to it: bring the folder files of the servers' --data to %s.\n",
                (long long)n, to);
        return 0;
    }
    if (open_filled(c, to) != 0)
        return 1;
    int status = bring_all(&b);
    c->db = db_close(c->db);
    if (status == 0)
        fprintf(out, "%lld kept files are in %s/files.\n", (long long)b.files.files, to);
    return status != 0 || b.missing == 0
               ? status
               : cli_fail(c, "%lld kept files are missing in %s, as the lines above say", (long long)b.missing, from);
}

int migrate_name_files(struct cli *c, const char *from, FILE *out) {
    int64_t n;
    if (count_files(c, from, &n) != 0)
        return 1;
    if (n > 0)
        fprintf(out, "%lld kept files stay in %s/files: start the servers with --data %s.\n", (long long)n, from, from);
    return 0;
}
