/* SPDX-License-Identifier: Apache-2.0
 *
 * A saved answer of the API as a text whose records are handed out one by one, so that a file of any size is read with
 * the memory of one record. Nothing is believed of the text: whatever a strict parser of the whole would refuse is
 * refused.
 */
#ifndef HIRED_CLI_ANSWER_H
#define HIRED_CLI_ANSWER_H

#include "base/arena.h"
#include "base/buf.h"

struct answer {
    const char *name; /* of the file; "stdin" */
    struct str text;
    struct buf owned; /* holds text read from a pipe */
    void *map;
    size_t map_len;

    struct str list;         /* what stands between [ and ] of the list of records; absent: there is none */
    struct str single;       /* the one record of an answer without a list; absent otherwise */
    struct str path;         /* "data.items", "data.user" */
    struct str user_id_type; /* which kind of ids an export says it holds; absent in the platform's answers */
};

/* Where something is wrong. */
struct finding {
    const char *file;
    unsigned line, column; /* from 1; 0: no place in the file */
    struct str field;      /* dotted path; empty: the file as a whole */
    struct str reason;
};

/* Opens a file ("-": standard input). Returns 0, or -EINVAL with *ret_why (texts in the arena). answer_close in any
 * case. */
int answer_open(struct answer *an, const char *name, struct arena *a, struct finding *ret_why);

/* An answer that is held in memory already (the demo's); the text must live as long as the answer. */
int answer_of_text(struct answer *an, const char *name, struct str text, struct arena *a, struct finding *ret_why);
void answer_close(struct answer *an);

/* One record in its answer. */
struct answer_item {
    struct str text;
    size_t index;
    unsigned line, column; /* of its first byte */
};

/* Walks the records: start with *at zeroed. Returns false at the end. */
struct answer_walk {
    size_t offset; /* in list */
    size_t index;
    size_t counted; /* text before this offset is counted in line and column */
    unsigned line, column;
    bool ended;
};
bool answer_next(const struct answer *an, struct answer_walk *at, struct answer_item *ret);

/* The dotted path of a member of an item, from the file's beginning: "data.items[3].order_status". */
struct str answer_path(const struct answer *an, const struct answer_item *item, struct str member, struct arena *a);

/* Moves a place within the item to one within the file. */
void answer_place(const struct answer_item *item, unsigned *line, unsigned *column);

#endif
