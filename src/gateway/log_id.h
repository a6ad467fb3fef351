/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes log ids: the local time as yyyymmddHHMMSS, then 20 random hex digits.
 */
#ifndef HIRED_GATEWAY_LOG_ID_H
#define HIRED_GATEWAY_LOG_ID_H

#include <stdint.h>
#include <time.h>

#define LOG_ID_LEN 34

/* Used by one thread. The ids are unique; they are not secret. */
struct log_id_maker {
    uint64_t random[2];
    time_t stamp_s; /* the second for which stamp was formatted */
    char stamp[14];
};

void log_id_init(struct log_id_maker *m);
void log_id_make(struct log_id_maker *m, int64_t now_ms, char ret[LOG_ID_LEN]);

#endif
