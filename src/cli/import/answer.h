/* SPDX-License-Identifier: Apache-2.0
 *
 * A saved answer of the API as a text whose records are handed out one by one, so that one of any size is read with
 * the memory of one record. Nothing is believed of the text: whatever a strict parser of the whole would refuse is
 * refused.
 */
#ifndef HIRED_CLI_IMPORT_ANSWER_H
#define HIRED_CLI_IMPORT_ANSWER_H

#include "base/arena.h"

struct answer {
    const char *name; /* of the file; "stdin" */
    struct str file;  /* all of it: places are counted from its beginning */
    struct str text;  /* what is this answer's */
    bool mapped;      /* file is mapped: what was walked over need not stay in memory */

    struct str list;         /* what stands between [ and ] of the list of records; absent: there is none */
    struct str single;       /* the one record of an answer without a list; absent otherwise */
    struct str path;         /* "data.items", "data.user" */
    struct str user_id_type; /* which kind of ids an export says it holds; absent in the platform's answers */
    bool bare;               /* no answer, but records one after the other: list has them, without commas */
    bool has_more;           /* the list goes on in another answer */

    /* of answer_place: what was counted last */
    struct {
        size_t offset, line_begin;
        unsigned line;
    } counted;
};

/* Where something is wrong. */
struct finding {
    const char *file;
    unsigned line, column; /* from 1; 0: no place in the file */
    struct str field;      /* dotted path; empty: the file as a whole */
    struct str reason;
};

/* An answer that is held in memory (the demo's); the text must live as long as the answer. Returns 0, or -EINVAL with
 * *ret_why (texts in the arena). */
int answer_of_text(struct answer *an, const char *name, struct str text, struct arena *a, struct finding *ret_why);

/* The same of what begins at an offset of a file; name, file and mapped are set. Sets *ret_end to the offset behind it.
 */
int answer_at(struct answer *an, size_t offset, struct arena *a, size_t *ret_end, struct finding *ret_why);

/* One record in its answer. */
struct answer_item {
    struct str text;
    size_t index;
};

/* Walks the records: start with *at zeroed. Returns false at the end. */
struct answer_walk {
    size_t offset; /* in list */
    size_t index;
    size_t given_back; /* of list, to the system */
    bool ended;
};
bool answer_next(const struct answer *an, struct answer_walk *at, struct answer_item *ret);

/* The dotted path of a member of an item, from the answer's beginning: "data.items[3].order_status". */
struct str answer_path(const struct answer *an, const struct answer_item *item, struct str member, struct arena *a);

/* Moves a place within the item to one within the file. Quick as long as items come in their order. */
void answer_place(struct answer *an, const struct answer_item *item, unsigned *line, unsigned *column);

/* Line and column (in characters) of an offset of the file, from 1; likewise. */
void answer_count(struct answer *an, size_t offset, unsigned *ret_line, unsigned *ret_column);

/* Fills in a finding and returns -EINVAL. */
int answer_refuse(struct finding *f, const char *name, struct str field, struct str reason);

/* Whole pages of a mapping that nobody looks at again soon. */
void answer_give_back(const char *from, const char *to);

#endif
