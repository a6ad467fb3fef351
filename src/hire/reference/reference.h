/* SPDX-License-Identifier: Apache-2.0
 *
 * Records that are only looked up and listed: talents, jobs, hiring processes, forms, rooms ... The demo and the import
 * write them. A kind is the text in the column kind ("job_process").
 */
#ifndef HIRED_HIRE_REFERENCE_REFERENCE_H
#define HIRED_HIRE_REFERENCE_REFERENCE_H

#include "api_types.h"
#include "hire/hire.h"

/* Returns 1 and the stored doc (in the arena), 0 if there is none, or < 0. */
int reference_get(struct hire *h, struct str kind, struct str id, struct str *ret_doc);

/* Calls fn for each record of a kind with a sequence number greater than after_seq (0: all), in the order in which
 * the records were stored, until fn has accepted limit records. fn returns 1 (accepted), 0 (skipped) or a negative
 * errno, which ends the walk. id and doc are valid until fn returns. Returns the number accepted, or < 0. */
typedef int (*reference_fn)(void *ctx, int64_t seq, struct str id, struct str doc);
int reference_walk(struct hire *h, struct str kind, int64_t after_seq, int limit, reference_fn fn, void *ctx);

/* All hiring processes with their stages, in the arena. */
int reference_processes(struct hire *h, struct job_processes_list *ret);

/* The stage with that id and, in ret_process, its process; NULL if there is none. */
const struct job_processes_stage *process_stage(const struct job_processes_list *all, struct str stage_id,
                                                const struct job_processes **ret_process);

/* Places, as the tenant's addresses name them. */
enum place_type { PLACE_COUNTRY = 1, PLACE_STATE = 2, PLACE_CITY = 3, PLACE_DISTRICT = 4 };

struct place {
    uint64_t key; /* a hash of the code; lists are in the order of this key */
    struct str code, zh_name, en_name;
    struct str city, state,
        country; /* codes of the city, state and country that contain it; absent: unknown, or the place is larger */
};

/* All places of a type, each once, in the order of their keys; in the arena. */
int reference_places(struct hire *h, enum place_type type, struct place **ret, size_t *ret_n);

#endif
