/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader: a reading connection with its snapshot and the caches that are valid for it. Used by one thread: a loop, or
 * a thread of the pool (readers.h).
 */
#ifndef HIRED_GATEWAY_READER_H
#define HIRED_GATEWAY_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/answer_cache.h"
#include "gateway/caller/token.h"
#include "gateway/reading.h"
#include "gateway/user_cache.h"
#include "store/writer.h"

struct reader {
    struct db *db; /* NULL: the reader is not open */
    const struct writer *writer;
    unsigned index; /* in the pool; 0 for a loop's own */
    struct token_cache *tokens;
    struct user_cache *users;
    struct answer_cache *answers; /* NULL: answers are not repeated */
    int64_t users_changes;        /* db_change_count() when users was last found valid or emptied */
    int64_t users_ns;             /* when reader_renew looked at that */
    int64_t access_changes;       /* the number of access_changes() in the snapshot; -1: unknown. While asking is true:
                                   * that of an earlier snapshot, for which tokens is valid */
    struct db_query asked;        /* for the number */
    bool asking;                  /* the snapshot's number was not read yet; only in a pool */
    bool in_snapshot;
    int64_t snapshot_changes;  /* db_change_count() of the snapshot; -1: there is no snapshot, or no answers */
    uint64_t snapshot_commits; /* writer_commits() when the snapshot was taken */
    int64_t snapshot_ns;       /* clock_mono_ns() before it was taken; set by reader_renew */
};

/* repeats: keep answers. If each look at the database waits for the network, asking whether anything has changed costs
 * as much as reading anew. Returns 0, or a negative errno, which it has logged. reader_close takes a reader that is not
 * open. */
int reader_open(struct reader *rd, const struct db_options *o, const struct writer *writer, bool repeats);
void reader_close(struct reader *rd);

/* For a loop. All requests of a round share one snapshot, so that not each of them has to lock the database. A commit
 * makes the next request take a new snapshot, so a client that has got the answer to its write sees the write. */
void reader_share(struct reader *rd);

/* For a thread of the pool. A job may use a snapshot that was taken after the job was queued: then it sees every write
 * that its client knows of, also one that another process committed. So all jobs that wait at one time share one. */
void reader_renew(struct reader *rd, int64_t queued_ns);

/* For a thread of the pool, where asking for the number of access_changes() would cost a round trip: it goes with the
 * first statement of the snapshot instead, and who relies on the cache of tokens calls this before or after. Returns
 * false if something has changed that decides who may call; then the cache is empty, and whatever was decided by it
 * since reader_renew has to be decided anew. */
bool reader_confirm(struct reader *rd);

void reader_end_snapshot(struct reader *rd);

/* Empties the cache of users' ids if the database has changed since the last call. count: db_change_count(). */
void reader_tidy(struct reader *rd, int64_t count);

#endif
