/* SPDX-License-Identifier: Apache-2.0
 *
 * Log ids.
 */
#include "gateway/log_id.h"

#include <string.h>

#include "base/hex.h"
#include "base/id.h"

void log_id_init(struct log_id_maker *m) {
    *m = (struct log_id_maker){.stamp_s = -1};
    id_random(m->random, sizeof m->random);
}

static uint64_t next_random(struct log_id_maker *m) {
    uint64_t a = m->random[0], b = m->random[1];
    m->random[0] = b;
    a ^= a << 23;
    m->random[1] = a ^ b ^ (a >> 18) ^ (b >> 5);
    return m->random[1] + b;
}

void log_id_make(struct log_id_maker *m, int64_t now_ms, char ret[LOG_ID_LEN]) {
    time_t now_s = (time_t)(now_ms / 1000);
    if (now_s != m->stamp_s) {
        struct tm tm;
        char text[16];
        localtime_r(&now_s, &tm);
        strftime(text, sizeof text, "%Y%m%d%H%M%S", &tm);
        memcpy(m->stamp, text, sizeof m->stamp);
        m->stamp_s = now_s;
    }
    memcpy(ret, m->stamp, sizeof m->stamp);
    uint64_t random = next_random(m);
    for (int i = 0; i < 20; i++) {
        if (i == 16)
            random = next_random(m);
        ret[14 + i] = hex_digits_upper[random & 15];
        random >>= 4;
    }
}
