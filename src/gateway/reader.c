/* SPDX-License-Identifier: Apache-2.0
 *
 * A reading connection with its snapshot and its caches.
 */
#include "gateway/reader.h"

#include "base/clock.h"
#include "base/log.h"
#include "gateway/caller/access_changes.h"

/* How long jobs may share a snapshot, which uses up the time that a read may take. */
#define SHARED_NS INT64_C(100000000)
#define TIDY_NS INT64_C(200000000) /* how often reader_renew checks the cache of users' ids */

int reader_open(struct reader *rd, const struct db_options *o, const struct writer *writer, bool repeats) {
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str why;
    int r = db_open(&rd->db, o, DB_READ, &scratch, &why);
    if (r < 0) {
        log_fmt(LOG_ERROR, "cannot open the database for reading: %.*s", STR_FMT(why));
        rd->db = NULL;
        return r;
    }
    rd->writer = writer;
    rd->tokens = token_cache_new();
    rd->users = user_cache_new();
    rd->answers = repeats ? answer_cache_new() : NULL;
    rd->users_changes = db_change_count(rd->db);
    rd->access_changes = rd->snapshot_changes = -1;
    return 0;
}

void reader_close(struct reader *rd) {
    if (!rd->db)
        return;
    reader_end_snapshot(rd);
    rd->tokens = token_cache_free(rd->tokens);
    rd->users = user_cache_free(rd->users);
    rd->answers = answer_cache_free(rd->answers);
    rd->db = db_close(rd->db);
}

struct db *reader_db(const struct reader *rd) {
    return rd->db;
}

/* Clears the token cache if something has changed that decides who may call. Returns false if it has. */
static bool note_changes(struct reader *rd, int64_t changes) {
    if (changes == rd->access_changes && changes >= 0)
        return true;
    token_cache_clear(rd->tokens);
    rd->access_changes = changes;
    return false;
}

static void stop_asking(struct reader *rd) {
    if (rd->asking)
        db_query_end(&rd->asked);
    rd->asking = false;
}

bool reader_confirm(struct reader *rd) {
    int64_t changes;
    if (!rd->asking)
        return true;
    if (access_changes_answer(&rd->asked, &changes) < 0)
        changes = -1;
    stop_asking(rd);
    return note_changes(rd, changes);
}

/* For a loop. */
static void take_snapshot(struct reader *rd) {
    int64_t changes;
    reader_end_snapshot(rd);
    /* If no snapshot could be begun, each statement sees the newest state anyway. */
    rd->in_snapshot = db_snapshot_begin(rd->db) == 0;
    rd->snapshot_changes = rd->in_snapshot && rd->answers ? db_change_count(rd->db) : -1;
    if (access_changes(rd->db, &changes) < 0)
        changes = -1;
    (void)note_changes(rd, changes);
}

/* For a thread of the pool. */
static void renew_snapshot(struct reader *rd) {
    stop_asking(rd);
    int r = rd->in_snapshot ? db_snapshot_renew(rd->db) : db_snapshot_begin(rd->db);
    rd->in_snapshot = r == 0;
    rd->snapshot_changes = -1;
    rd->asked = access_changes_ask(rd->db);
    rd->asking = true;
}

void reader_share(struct reader *rd) {
    uint64_t commits = writer_commits(rd->writer);
    if (rd->in_snapshot && rd->snapshot_commits == commits)
        return;
    rd->snapshot_commits = commits;
    take_snapshot(rd);
}

void reader_renew(struct reader *rd, int64_t queued_ns) {
    int64_t now_ns = clock_mono_ns();
    if (rd->in_snapshot && rd->snapshot_ns >= queued_ns && now_ns - rd->snapshot_ns < SHARED_NS)
        return;
    rd->snapshot_ns = now_ns;
    renew_snapshot(rd);
    if (rd->snapshot_ns - rd->users_ns < TIDY_NS)
        return;
    rd->users_ns = rd->snapshot_ns;
    reader_tidy(rd, db_change_count(rd->db));
}

void reader_end_snapshot(struct reader *rd) {
    stop_asking(rd);
    if (rd->in_snapshot)
        db_snapshot_end(rd->db);
    rd->in_snapshot = false;
}

void reader_tidy(struct reader *rd, int64_t count) {
    if (count == rd->users_changes)
        return;
    rd->users_changes = count;
    user_cache_clear(rd->users);
}
