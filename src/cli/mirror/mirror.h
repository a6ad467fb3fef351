/* SPDX-License-Identifier: Apache-2.0
 *
 * hired mirror: reads a tenant of another server of the platform into a tenant here.
 *
 * The work directory holds all state, so a mirror that was killed continues where it was:
 *
 *   mirror.json      whose mirror it is: address, app, and whether it is masked
 *   key              32 random bytes, from which masked values are invented (mask.h)
 *   run/NAME.jsonl   the answers of a step, one in each line, masked already if it is a masked mirror; only appended to
 *                    and synced after each line. A last line that was cut off is removed
 *   run/NAME.done    the step is complete
 *   run/missing      what the source did not give
 *   run/files/ID     the content of an attachment
 *
 * When all steps are complete the answers are imported (cli/import), files are stored, and run/ is removed. The next
 * run reads everything again and imports what has changed.
 */
#ifndef HIRED_CLI_MIRROR_MIRROR_H
#define HIRED_CLI_MIRROR_MIRROR_H

#include <stdatomic.h>
#include <stdio.h>

#include "cli/open.h"
#include "client/client.h"
#include "gateway/op.h"

struct masker;

struct mirror {
    const char *from, *app_id, *secret, *work, *tenant;
    bool mask;
    struct arena arena; /* of the whole run */
    struct cli *cli;    /* for the configuration; its database is not open while the source is read */
    struct client *client;
    struct masker *masker; /* NULL: nothing is masked */
    int dir, run, lock;    /* descriptors of the work directory, of run/, and of the lock */
    struct buf missing;    /* what could not be read, a sentence in each line */
    int64_t calls, retries;
    struct pace *paces; /* one for each of api_ops */
};

/* The stop of SIGINT and SIGTERM. */
extern _Atomic bool mirror_stop;

/* Prints a sentence about the run on standard error. */
void mirror_say(const struct mirror *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for an error; returns -EIO. */
int mirror_fail(const struct mirror *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Something that the source does not give, or that was left out; it is told at the end. */
void mirror_miss(struct mirror *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the work directory (work.c); results: 0 or a negative errno after an error message ---- */

int work_open(struct mirror *m);
void work_close(struct mirror *m);
/* Adds a line to run/missing, so that a later process of the same run tells it too; and reads them into m->missing. */
int work_note(struct mirror *m, struct str line);
void work_missing(struct mirror *m);
/* All is stored: removes run/. */
int work_finish(struct mirror *m);

/* The file of a step. */
struct step_file {
    struct mirror *m;
    const char *name;
    int fd;
    bool done;
    int64_t lines;
    int64_t begun_ms; /* by the clock; when the file was made */
};
/* Opens it, and calls fn for each line that is there already (fn may be NULL). */
typedef int (*step_line_fn)(void *ctx, const json_t *answer);
int step_open(struct mirror *m, const char *name, struct step_file *ret, step_line_fn fn, void *ctx);
int step_append(struct step_file *s, const json_t *answer);
int step_restart(struct step_file *s); /* forgets its lines */
int step_finish(struct step_file *s);  /* marks it complete; closes it */
void step_close(struct step_file *s);
/* Calls fn for each line of a step; a step that was not read has none. */
int step_each(struct mirror *m, const char *name, step_line_fn fn, void *ctx);
/* The paths of the files of all steps that have records to import, in the arena; *ret_n: how many. */
const char *step_path(struct mirror *m, const char *name);

/* ---- calls (call.c) ---- */

/* Calls an operation within its documented limits, and again after faults of the server or the connection. Returns 0
 * with an answer (perhaps a refusal), or a negative errno after an error message. */
int mirror_call(struct mirror *m, const char *operation, const char *path, const char *query, json_t *body,
                struct client_answer *ret);

/* The msg of a refusal, for people. It may name a person, so a masked mirror does not show it. */
const char *mirror_msg(const struct mirror *m, const struct client_answer *a);

enum refusal {
    REFUSED_ONE,     /* this record, or these parameters */
    REFUSED_SCOPE,   /* the app may not call the operation */
    REFUSED_UNKNOWN, /* the source does not have the operation */
    REFUSED_ALL,     /* the app or its token: no call can succeed */
};
enum refusal mirror_refusal(const struct client_answer *a);

/* ---- reading the source (read.c, steps.c) ---- */

/* A list with pages: query is without page_token. A mirror continues with the last page's token; if the source refuses
 * it, the list is read from its beginning. */
int read_list(struct mirror *m, const char *name, const char *operation, const char *path, const char *query);

/* One call for each id of a set; make fills in the call. */
struct id_set {
    struct str *ids;
    size_t n, cap;
    struct arena *arena;
    void *index; /* open addressing */
    size_t index_size;
};
bool id_set_add(struct id_set *s, struct str id); /* false: it was there */
void id_set_free(struct id_set *s);

struct detail {
    const char *name, *operation;
    void (*path)(struct str id, struct buf *path, struct buf *query);
    json_t *(*body)(struct str id); /* NULL: none */
    bool paged;
};
int read_details(struct mirror *m, const struct detail *d, const struct id_set *ids);

int read_source(struct mirror *m);

/* The steps whose answers are imported, ended by NULL. */
extern const char *const mirror_imported[];

/* ---- files (files.c) ---- */

int read_attachments(struct mirror *m, const struct id_set *ids);
int store_files(struct mirror *m);

/* ---- talents (talents.c) ---- */

/* If the source has given no talents: writes the step MADE_TALENTS, with a record for each talent that applications
 * name and that is not here, as far as orders say who it is. Returns their number, or a negative errno. */
#define MADE_TALENTS "made_talents"
int64_t make_talents(struct mirror *m);

#endif
