/* SPDX-License-Identifier: Apache-2.0
 *
 * What the server has answered and sent, in order, for tests to look at. In memory and bounded: beyond
 * JOURNAL_TENANT_MAX bytes of one tenant, or JOURNAL_MAX of all, the oldest entries go. Any thread.
 */
#ifndef HIRED_TESTING_JOURNAL_H
#define HIRED_TESTING_JOURNAL_H

#include "events/delivery/hooks.h"
#include "gateway/hooks.h"

#define JOURNAL_TENANT_MAX (8 * 1024 * 1024)
#define JOURNAL_MAX (64 * 1024 * 1024)
#define JOURNAL_BODY_MAX (64 * 1024) /* bytes that are kept of a body */
#define JOURNAL_NAME_MAX 80

enum journal_kind { JOURNAL_CALL = 1, JOURNAL_EVENT = 2 };

/* What entries can be found by, without reading them. */
struct journal_key {
    int64_t number; /* from 1, without gaps */
    int64_t time_ms;
    int64_t tenant; /* internal id; 0: unknown */
    enum journal_kind kind;
    char name[JOURNAL_NAME_MAX + 1]; /* of the operation, or the event's type */
    char app_id[JOURNAL_NAME_MAX + 1];
    int code, status;
};

struct journal_entry {
    struct journal_key key;
    struct str json; /* the members but number, time and tenant, without the outer braces; secrets are masked */
};

struct journal;
struct journal *journal_new(void);
struct journal *journal_free(struct journal *j); /* takes NULL; returns NULL */

void journal_add_call(struct journal *j, const struct call_answer *a);
void journal_add_event(struct journal *j, const struct event_attempt *e, const struct event_outcome *o);

/* What is wanted; all that is set must fit. */
struct journal_filter {
    enum journal_kind kind; /* 0: any */
    struct str name, app_id;
    bool of_tenant;
    int64_t tenant;
    const struct str *apps; /* with of_tenant: calls of an unknown tenant by these apps are of the tenant too */
    size_t n_apps;
    bool has_code, has_status;
    int64_t code, status;
};

/* At most max entries behind number `after` that fit, in the arena. *ret_last: the last number that was looked at. */
size_t journal_read(struct journal *j, const struct journal_filter *f, int64_t after, size_t max, struct arena *a,
                    struct journal_entry **ret, int64_t *ret_last);

/* The last number that was given; and the greatest of an entry that had to go for want of room, of any tenant. */
void journal_numbers(struct journal *j, int64_t *ret_last, int64_t *ret_dropped);

/* Waits until there is a number above last, at most so long. */
void journal_wait(struct journal *j, int64_t last, unsigned timeout_ms);

/* Removes the entries that fit. Returns how many. */
size_t journal_clear(struct journal *j, const struct journal_filter *f);

#endif
