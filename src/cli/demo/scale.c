/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo/scale.h"

#define DAY_MS INT64_C(86400000)
#define SPAN_DAYS 1095
#define SECOND_AFTER_DAYS 60

uint32_t scale_random(int64_t n, int salt, uint32_t span) {
    uint64_t x = ((uint64_t)n * 131 + (uint64_t)salt * 977 + 1) * UINT64_C(0x9E3779B97F4A7C15);

    x ^= x >> 29;
    x *= UINT64_C(0xBF58476D1CE4E5B9);
    x ^= x >> 32;
    return (uint32_t)((x >> 20) % span);
}

int64_t scale_begin(const struct scale *s, int64_t n) {
    int64_t span = SPAN_DAYS * DAY_MS;

    return s->now_ms - span + span / s->orders * n;
}

enum scale_course scale_course(int64_t n) {
    static const struct {
        enum scale_course course;
        uint32_t thousandths;
    } shares[] = {{COURSE_OPEN, 30},     {COURSE_BY_HAND, 40}, {COURSE_ENDED, 40},      {COURSE_REJECTED, 8},
                  {COURSE_WITHDRAWN, 6}, {COURSE_APPROVED, 4}, {COURSE_IN_APPROVAL, 4}, {COURSE_REPORT, 4}};
    uint32_t at = scale_random(n, 1, 1000);

    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); at -= shares[i++].thousandths)
        if (at < shares[i].thousandths)
            return shares[i].course;
    return COURSE_DONE;
}

int64_t scale_application(const struct scale *s, int64_t n) {
    int64_t third = n / 3, back = s->orders * SECOND_AFTER_DAYS / SPAN_DAYS / 3;

    if (n % 3 == 1)
        return 2 * (third >= back ? third - back : third);
    return 2 * third + (n % 3 == 2);
}

int64_t scale_first_order(int64_t application) {
    return application / 2 * 3 + (application % 2) * 2;
}

int64_t scale_applications(int64_t orders) {
    return orders / 3 * 2 + (orders % 3 > 0);
}
