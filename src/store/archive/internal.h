/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the archive share.
 */
#ifndef HIRED_STORE_ARCHIVE_INTERNAL_H
#define HIRED_STORE_ARCHIVE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/archive/archive.h"
#include "store/archive/read.h"
#include "store/owner.h"
#include "store/sqlite/format.h"

#define ARCHIVE_MARKS 4096
#define ARCHIVE_NEW_FILES 1024

enum archive_state {
    ARCHIVE_STARTING, /* the log may not be reset, and nothing is copied yet */
    ARCHIVE_RUNNING,
    ARCHIVE_BROKEN, /* interrupted: a new line begins when it can */
};

/* The last of the commits that ended within ARCHIVE_ENTRY_MS of the first. */
struct mark {
    int64_t first_ms, last_ms;
    int64_t pages; /* in the log after it */
};

/* Where the archive's thread writes. Only that thread changes it. */
struct line {
    char path[PATH_MAX];
    int64_t segment;
    int log, index, wal;   /* descriptors; wal is the server's log */
    int64_t size;          /* of the segment */
    int64_t start, copied; /* of the current image: where it begins, and how many of its bytes are in the archive */
    unsigned char header[WAL_HEADER]; /* of the current image; zeros: none */
    int64_t bytes;                    /* in all segments since the last base */
};

struct archive {
    struct archive_options o;
    struct owner *owner;
    struct arena arena;
    pthread_t thread, base_thread;
    bool started, stop;
    struct line line;
    bool clean;           /* the directory is as the clean stop of line_found left it */
    char found[PATH_MAX]; /* the newest line at the start; empty: none */

    pthread_mutex_t lock; /* protects what follows */
    pthread_cond_t wake, done;
    enum archive_state state;
    uint64_t committed, archived; /* numbers of commits */
    int64_t pages;                /* in the log */
    bool hurry;                   /* a checkpoint waits for the thread */
    int64_t behind_since_ms;      /* clock_mono_ms() of the first checkpoint that was put off; 0: none */
    struct mark marks[ARCHIVE_MARKS];
    unsigned n_marks;
    int64_t new_files[ARCHIVE_NEW_FILES];
    unsigned n_new_files;
    bool files_lost;        /* there were too many: look at all of them */
    int64_t segment, start; /* of the current image, for a base */

    _Atomic int64_t base_ms, last_ms; /* of the last base; of the last commit in the archive */
    _Atomic uint64_t bytes, breaks;
    _Atomic bool basing;                     /* changed with the lock held */
    _Atomic bool no_base;                    /* archive_end_base was called */
    int64_t base_due_ms, retry_ms, sweep_ms; /* clock_mono_ms() */
    bool base_joinable;
};

/* ---- append.c; all return 0 or a negative errno ---- */

/* Begins a line at the present state of the log. */
int line_begin(struct archive *ar);
/* Continues the line that was found at the start, if nothing is missing in it. -ESTALE: it cannot be continued. */
int line_continue(struct archive *ar);
/* Copies what was committed since the last call. */
int line_append(struct archive *ar);
void line_close(struct line *l);

/* ---- keep.c ---- */

/* Brings one kept file into the archive. 0 also if it was removed meanwhile. */
int keep_file(const struct archive *ar, int64_t id);
/* Brings all kept files that the archive does not have. */
int keep_all(const struct archive *ar);
/* Moves files that the data directory does not have any more to gone/. */
int keep_sweep(const struct archive *ar);

/* ---- base.c ---- */

/* Makes a base in the current line; slow. */
int base_make(struct archive *ar);

/* ---- retain.c ---- */

/* Removes what is not needed for the last o.days. */
int retain_sweep(const struct archive *ar);

#endif
