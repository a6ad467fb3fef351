/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the whole domain: refusals, and numbers that the wire writes as text.
 */
#include "hire/hire.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/id.h"
#include "store/stamp.h"

static void refuse(struct hire *h, enum hire_refusal refusal, struct reason reason, const char *format, va_list args) {
    h->why = arena_vprintf(h->arena, format, args);
    h->refusal = refusal;
    h->reason = reason;
}

int hire_refuse(struct hire *h, enum hire_refusal refusal, const char *format, ...) {
    va_list args;

    va_start(args, format);
    refuse(h, refusal, (struct reason){0}, format, args);
    va_end(args);
    return HIRE_REFUSED;
}

int hire_refuse_for(struct hire *h, enum reason_word word, struct str subject, const char *format, ...) {
    va_list args;

    va_start(args, format);
    refuse(h, REFUSED_PARAMETER, (struct reason){.word = word, .subject = subject}, format, args);
    va_end(args);
    return HIRE_REFUSED;
}

static int refuse_time(struct hire *h, const char *field, struct str given) {
    int64_t last = h->now_ms + HIRE_TIME_AHEAD_MS, value;
    bool number = str_to_i64(given, &value) == 0;
    const char *hint =
        number && value >= HIRE_TIME_MIN / 1000 && value <= last / 1000 ? ", which looks like seconds" : "";

    return hire_refuse(h, REFUSED_PARAMETER,
                       "%s must be a time in milliseconds since 1970, from %" PRId64 " (the year 2000) to %" PRId64
                       " (a year from now); it is \"%.*s\"%s",
                       field, HIRE_TIME_MIN, last, STR_FMT(str_head(given, 32)), hint);
}

static bool time_makes_sense(const struct hire *h, int64_t ms) {
    return ms >= HIRE_TIME_MIN && ms <= HIRE_TIME_MAX && ms - HIRE_TIME_AHEAD_MS <= h->now_ms;
}

int hire_time(struct hire *h, const char *field, struct str text, int64_t *ret) {
    int64_t time;

    if (str_to_i64(text, &time) < 0 || !time_makes_sense(h, time))
        return refuse_time(h, field, text);
    *ret = time;
    return 0;
}

int hire_time_number(struct hire *h, const char *field, int64_t ms) {
    return ms == 0 || time_makes_sense(h, ms) ? 0 : refuse_time(h, field, hire_text(h, ms));
}

int hire_time_any(struct hire *h, const char *field, struct str text, int64_t *ret) {
    int64_t time;

    if (str_to_i64(text, &time) < 0 || time < 0 || time > HIRE_TIME_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "%s must be a time in milliseconds since 1970, 0 to %" PRId64, field,
                           HIRE_TIME_MAX);
    *ret = time;
    return 0;
}

int64_t hire_due_ms(const struct hire *h) {
    int64_t now = clock_now_ms();
    return h->now_ms < now ? h->now_ms : now;
}

int hire_imported_time_check(struct hire *h, const char *field, int64_t ms) {
    if (ms > hire_due_ms(h) + HIRE_IMPORT_AHEAD_MS) /* measured against the clock and not the stamp: this import may
                                                       have raised the stamp already */
        return hire_refuse(h, REFUSED_PARAMETER,
                           "%s is %" PRId64 ", more than a day ahead of this machine's clock; every later change would "
                           "have to be dated after it",
                           field, ms);
    return 0;
}

int hire_imported_time(struct hire *h, const char *field, int64_t ms) {
    int r = hire_imported_time_check(h, field, ms);

    return r < 0 ? r : db_stamp_raise(h->db, h->tenant, ms);
}

int hire_id(struct hire *h, const char *field, struct str text, int64_t *ret) {
    if (id_parse(text, ret) < 0)
        return hire_refuse(h, REFUSED_PARAMETER, "%s must be an id: decimal digits of a positive 64-bit number", field);
    return 0;
}

int hire_bounded(struct hire *h, const char *field, struct str text, bool required, size_t max_chars) {
    if (required && str_is_empty(text))
        return hire_refuse(h, REFUSED_PARAMETER, "%s must not be empty", field);
    if (!str_is_absent(text) && text.len > max_chars && str_chars(text) > max_chars)
        return hire_refuse(h, REFUSED_PARAMETER, "%s may have at most %zu characters; it has %zu", field, max_chars,
                           str_chars(text));
    return 0;
}

struct str hire_text(struct hire *h, int64_t value) {
    return arena_printf(h->arena, "%" PRId64, value);
}
