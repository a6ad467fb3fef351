/* SPDX-License-Identifier: Apache-2.0
 *
 * A server's data directory: takes it, checks the clock, and opens the database.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/serve/clock_check.h"
#include "cli/serve/serving.h"
#include "gateway/caller/master_secret.h"
#include "gateway/caller/tenant.h"
#include "hire/name_fold.h"
#include "store/verify.h"

#define BUSY_MS 10000       /* how long a write waits for another process's lock */
#define STATEMENT_MS 15000  /* the longest statement of the writer on PostgreSQL, COMMIT included */
#define OWNER_WAIT_MS 30000 /* wait for a command that owns the directory, or for a server that is ending */

int serve_fail(const char *what, int error) {
    fprintf(stderr, "hired serve: %s: %s\n", what, strerror(-error));
    return error;
}

int serve_take_directory(struct serving *s) {
    struct owner_note holder = {.command = STR("")};
    struct str why;
    int r = owner_take(&s->owner, s->config.data, "serve", 0, &s->arena, &holder, &why);

    if (r == -EBUSY && (holder.state == OWNER_COMMAND || holder.state == OWNER_STOPPING)) {
        log_fmt(LOG_INFO, "%.*s Waiting for it to end.", STR_FMT(why));
        r = owner_take(&s->owner, s->config.data, "serve", OWNER_WAIT_MS, &s->arena, &holder, &why);
    }
    if (r == -EBUSY)
        fprintf(stderr,
                "hired serve: %.*s One process at a time writes there: use that one, stop it, or choose another "
                "directory with --data.\n",
                STR_FMT(why));
    else if (r < 0)
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
    return r;
}

static void log_folding(void *ctx, int64_t done, bool ended) {
    log_fmt(LOG_INFO, "search keys of names: %lld %s", (long long)done, ended ? "brought up to date" : "so far");
}

static int look_for_tenant(struct serving *s, struct db *db) {
    struct tenant_row row;
    int r = tenant_only(db, &s->arena, &row);

    s->tenant = r == 1 ? row.tenant_key : r == 0 ? STR_ABSENT : STR("");
    return r == -E2BIG || r > 0 ? 0 : r;
}

/* Tests move a test clock at will, so the time is neither checked nor noted. */
static int check_clock(const struct serving *s, struct db *db, struct arena *a, struct str *ret_why) {
    return s->config.test || s->config.accept_clock ? 0 : clock_check(db, a, ret_why);
}

/* Runs within a transaction. */
static int begin_store(struct serving *s, struct db *db) {
    int r = master_secret_seal(db, &s->seal);
    if (r == 0 && !s->config.test)
        r = clock_note(db);
    if (r == 0)
        r = clock_pull_back(db);
    return r < 0 ? r : 0;
}

static int open_archive(struct serving *s) {
    const struct archive_options o = {.dir = s->config.archive, .db = &s->db, .days = s->config.archive_days};
    struct str why;

    if (!s->config.archive)
        return 0;
    int r = archive_new(&s->archive, &o, &s->arena, &why);
    if (r < 0)
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
    return r;
}

/* Before SQLite opens the database, which drops what is behind damage without a word. */
static void look_at_log(const struct serving *s) {
    uint32_t damaged, lost;
    int r = verify_log(s->config.data, &damaged, &lost);

    if (r < 0)
        log_fmt(LOG_WARN, "cannot verify hired.db-wal: %s", strerror(-r));
    else if (damaged > 0)
        log_fmt(LOG_ERROR,
                "hired.db-wal is damaged in frame %u: the changes in its %u frames behind that were committed, and are "
                "lost unless a backup has them",
                damaged, lost);
}

int serve_join(struct serving *s) {
    struct str why = STR_ABSENT;
    s->db = config_db_options(&s->config);
    s->db.busy_ms = BUSY_MS;
    s->db.statement_ms = STATEMENT_MS;
    if (s->db.engine != DB_POSTGRESQL)
        return 0;
    if (s->config.archive) {
        fprintf(stderr, "hired serve: [store] archive is for a database in a directory; PostgreSQL archives its own "
                        "log (archive_mode, pgBackRest). Leave [store] archive empty.\n");
        return -EINVAL;
    }
    int r = nodes_join(&s->nodes, &s->db, s->config.node, &s->arena, &why);
    if (r < 0)
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
    return r;
}

int serve_open_store(struct serving *s) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct db *db;
    struct str why;
    if (s->db.engine == DB_SQLITE)
        look_at_log(s);
    int r = open_archive(s);
    if (r < 0)
        return r;
    r = db_open(&db, &s->db, DB_WRITE, &scratch, &why);
    if (r < 0) {
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
        return r;
    }
    if (s->archive)
        archive_attach(s->archive, db);
    r = check_clock(s, db, &scratch, &why);
    if (r == -ERANGE) {
        fprintf(stderr, "hired serve: %.*s\n", STR_FMT(why));
        db_close(db);
        return r;
    }
    if (r == 0)
        r = db_begin(db);
    if (r == 0) {
        r = begin_store(s, db);
        if (r == 0)
            r = db_commit(db);
        else
            db_rollback(db);
    }
    if (r == 0)
        r = names_fold(db, log_folding, NULL);
    if (r == 0)
        r = look_for_tenant(s, db);
    db_forget(db); /* after a crash the WAL may still hold data that was erased */
    if (r == 0 && s->archive)
        r = archive_start(s->archive);
    if (r == 0)
        r = writer_new(&s->writer, db, s->config.write_queue_max, s->config.write_group_max);
    if (r < 0) {
        db_close(db);
        return serve_fail("cannot begin to write", r);
    }
    writer_limit_log(s->writer, s->config.log_max_bytes);
    if (s->nodes)
        writer_ask(s->writer, nodes_may_write, s->nodes);
    return 0;
}
