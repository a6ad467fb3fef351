/* SPDX-License-Identifier: Apache-2.0
 *
 * A saved answer of the API, as text from which records are read one at a time: an answer of any size needs the memory
 * of one record only. Everything that a strict parser of the whole text would refuse is refused.
 */
#ifndef HIRED_CLI_IMPORT_ANSWER_H
#define HIRED_CLI_IMPORT_ANSWER_H

#include "base/arena.h"

struct answer {
    const char *name; /* of the file; "stdin" for standard input */
    struct str file;  /* the whole file; lines and columns count from its beginning */
    struct str text;  /* the part of the file that is this answer */
    bool mapped;      /* file is a mapping: pages that were walked may be released */

    struct str list;         /* the text between [ and ] of the list of records; absent: no list */
    struct str single;       /* the only record of an answer without a list; otherwise absent */
    struct str path;         /* where the records are: "data.items", "data.user" */
    struct str user_id_type; /* type of the user ids, as an export states it; absent in the platform's answers */
    bool bare;               /* records without an answer around them: list holds them, without commas */
    bool has_more;           /* the list continues on another page */

    /* for answer_place(): the last position that was counted */
    struct {
        size_t offset, line_begin;
        unsigned line;
    } counted;
};

/* An error in a file. */
struct finding {
    const char *file;
    unsigned line, column; /* from 1; 0: not known */
    struct str field;      /* dotted path; empty: the whole file */
    struct str reason;
};

/* Reads an answer that is in memory; text must outlive it. Returns 0, or -EINVAL with *ret_why (texts in the arena). */
int answer_of_text(struct answer *an, const char *name, struct str text, struct arena *a, struct finding *ret_why);

/* The same for the answer that begins at an offset of a file; the caller sets name, file and mapped. Sets *ret_end to
 * the offset behind the answer. */
int answer_at(struct answer *an, size_t offset, struct arena *a, size_t *ret_end, struct finding *ret_why);

/* One record, and its index in the answer. */
struct answer_item {
    struct str text;
    size_t index;
};

/* Walks the records: start with *at zeroed. Returns false at the end. */
struct answer_walk {
    size_t offset; /* into list */
    size_t index;
    size_t given_back; /* bytes of list whose pages were released */
    bool ended;
};
bool answer_next(const struct answer *an, struct answer_walk *at, struct answer_item *ret);

/* The dotted path of an item's member, from the root of the answer: "data.items[3].order_status". */
struct str answer_path(const struct answer *an, const struct answer_item *item, struct str member, struct arena *a);

/* Converts a position within the item to one within the file. Fast as long as items are passed in file order. */
void answer_place(struct answer *an, const struct answer_item *item, unsigned *line, unsigned *column);

/* Fills in *f and returns -EINVAL. */
int answer_refuse(struct finding *f, const char *name, struct str field, struct str reason);

/* Releases the whole pages of a mapping between two addresses; the kernel reads them again if they are needed. */
void answer_give_back(const char *from, const char *to);

#endif
