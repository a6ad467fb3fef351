/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of reference records, such as jobs, processes, rooms.
 */
#ifndef HIRED_HANDLERS_REFERENCE_REFERENCE_H
#define HIRED_HANDLERS_REFERENCE_REFERENCE_H

#include "handlers/handlers.h"
#include "hire/reference/reference.h"

struct reference_page {
    const struct record_type *type;
    struct str by;                                     /* what the caller filters by; bound to the page token */
    bool (*wanted)(const void *record, struct str by); /* NULL: all */
    struct page page;                                  /* set by reference_page_write */
};

/* Answers a page of records of one kind; member is the name of the list in the answer. */
int reference_page_write(struct call *c, struct reference_page *p, struct str member, struct str kind,
                         struct opt_int page_size, struct str page_token);

#endif
