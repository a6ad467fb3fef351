/* SPDX-License-Identifier: Apache-2.0
 *
 * Log ids: the local time as yyyymmddHHMMSS, then 20 random hex digits.
 */
#ifndef HIRED_GATEWAY_LOG_ID_H
#define HIRED_GATEWAY_LOG_ID_H

#include <stdint.h>
#include <time.h>

#define LOG_ID_LEN 34

/* Makes log ids for one thread: unique, not secret. */
struct log_id_maker {
    uint64_t random[2];
    time_t stamp_s; /* the second that stamp is for */
    char stamp[14];
};

void log_id_init(struct log_id_maker *m);
void log_id_make(struct log_id_maker *m, int64_t now_ms, char ret[LOG_ID_LEN]);

#endif
