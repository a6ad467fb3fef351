/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of people and jobs for lists and search, stored beside their records, and the members of a record that lists
 * show.
 */
#ifndef HIRED_HIRE_REFERENCE_CARD_H
#define HIRED_HIRE_REFERENCE_CARD_H

#include "hire/hire.h"

/* Stores the name of a talent or job for lists and search; the importer calls it for each record that it writes.
 * Does nothing for other kinds. */
int card_keep_name(struct hire *h, struct str kind, struct str id, struct str stored_doc);

/* Reads the name from a talent's or job's record: "" if it has none, absent for a record of another kind. Returns 0,
 * or -EBADMSG if a member that lists show has the wrong type. */
int card_read_name(struct hire *h, struct str kind, struct str stored_doc, struct str *ret);

/* Stores a name, replacing the previous one. searchable false: lists show it, but no search finds it. Returns 0 or <
 * 0. */
int card_set_name(struct hire *h, struct str kind, int64_t id, struct str name, bool searchable);

/* Reads the stored name, in the arena; absent: unknown. Returns 0 or < 0. */
int card_name(struct hire *h, struct str kind, int64_t id, struct str *ret);

struct id_list {
    int64_t *v; /* ascending */
    size_t n;
};
/* The records of a kind whose name contains a text; both are folded (base/fold.h). In the arena. */
struct card_found {
    struct str part;    /* the text, folded */
    struct id_list ids; /* the first ones by id */
    bool more;          /* there are more than ids has */
};
/* Finds at most max. Reads all names of that kind if there are fewer. Returns 0 or < 0. */
int card_search(struct hire *h, struct str kind, struct str text, size_t max, struct card_found *ret);
/* Whether the record is one of those that the search is for, also if it is not in ids. Returns 1, 0 or < 0. */
int card_is_found(struct hire *h, struct str kind, const struct card_found *found, int64_t id);
/* The vendor accounts whose name, or whose vendor's name in either language, contains the text. */
int card_search_vendors(struct hire *h, struct str text, struct id_list *ret);
bool id_list_has(const struct id_list *list, int64_t id);

struct card_place {
    struct str zh_name, en_name;
};

struct person_card {
    struct str name, mobile_code, mobile, email; /* absent: unknown */
    struct card_place *current_city;
    struct opt_int experience_years;
};
struct job_card {
    struct str title, code;
    struct card_place *department, *city;
};
/* Return 1, 0 (no such record) or < 0. In the arena. */
int person_card_get(struct hire *h, int64_t talent, struct person_card *ret);
int job_card_get(struct hire *h, int64_t job, struct job_card *ret);

#endif
