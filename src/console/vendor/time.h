/* SPDX-License-Identifier: Apache-2.0
 *
 * How long vendors take, and which orders take longer than usual ("late"). The overview's numbers and the lists behind
 * them use the same functions, so both contain the same orders.
 */
#ifndef HIRED_CONSOLE_VENDOR_TIME_H
#define HIRED_CONSOLE_VENDOR_TIME_H

#include "console/console.h"
#include "console/key_list.h"

#define VENDOR_TIME_DAYS 30 /* usual times are computed from the results of this many days */

struct vendor_time {
    int64_t account;
    struct str name, provider_zh, provider_en;
    int64_t orders;            /* orders completed in these days */
    int64_t median_ms, p90_ms; /* from arrangement to result; 0: unknown */
};

struct vendor_times {
    struct vendor_time *v; /* by account, ascending */
    size_t n;
};

/* Midnight, in this server's time zone, at which the first of the last VENDOR_TIME_DAYS days began. */
int64_t vendor_time_since(int64_t now_ms);

/* The times of all accounts with results in these days, in the arena. Returns 0 or < 0. */
int vendor_times_get(struct call *c, struct vendor_times *ret);

/* An order that takes longer than this is late: the account's 90th percentile, or 10 days if it is unknown. */
int64_t vendor_usual_ms(const struct vendor_times *times, int64_t account);

/* The number of late orders. Returns 0 or < 0. */
int late_count(struct call *c, const struct vendor_times *times, int64_t *ret);

/* The keys (begin_time, id) of the late orders of an account (0: of all) after the key after, the earliest first, at
 * most max. In the arena. Reads at most max rows for each account. Returns 0 or < 0. */
int late_list(struct call *c, const struct vendor_times *times, int64_t account, struct list_key after, size_t max,
              struct key_list *ret);

/* Whether an order is late. Returns 1, 0 or < 0. */
int late_is(struct call *c, const struct vendor_times *times, int64_t order_id);

#endif
