/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that are looked up and listed but have no life of their own: talents, jobs, hiring processes, forms, rooms
 * ... They come by demo and import; a kind is named as its table row says ("job_process").
 */
#ifndef HIRED_HIRE_REFERENCE_REFERENCE_H
#define HIRED_HIRE_REFERENCE_REFERENCE_H

#include "api_types.h"
#include "hire/hire.h"

/* Returns 1 and the stored doc (in the arena), 0 if there is none, or < 0. */
int reference_get(struct hire *h, struct str kind, struct str id, struct str *ret_doc);

/* Walks a kind in the order in which its records came, behind after_seq (0: all), until fn has taken limit of them. fn
 * returns 1 (taken), 0 (passed over) or a negative errno, which ends the walk. id and doc live until it returns.
 * Returns the number taken, or < 0. */
typedef int (*reference_fn)(void *ctx, int64_t seq, struct str id, struct str doc);
int reference_walk(struct hire *h, struct str kind, int64_t after_seq, int limit, reference_fn fn, void *ctx);

/* All hiring processes with their stages, in the arena. */
int reference_processes(struct hire *h, struct job_processes_list *ret);

/* The stage with that id, and whose it is; NULL if there is none. */
const struct job_processes_stage *process_stage(const struct job_processes_list *all, struct str stage_id,
                                                const struct job_processes **ret_process);

/* Places, as the tenant's addresses name them. */
enum place_type { PLACE_COUNTRY = 1, PLACE_STATE = 2, PLACE_CITY = 3, PLACE_DISTRICT = 4 };

struct place {
    uint64_t key; /* of the code: where it stands in lists */
    struct str code, zh_name, en_name;
    struct str city, state, country; /* codes of what it lies in; absent: unknown, or of a larger kind */
};

/* All places of a type, each once, by key; in the arena. */
int reference_places(struct hire *h, enum place_type type, struct place **ret, size_t *ret_n);

#endif
