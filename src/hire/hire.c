/* SPDX-License-Identifier: Apache-2.0
 *
 * What all of the domain shares: refusals, and reading and writing the numbers that the wire has as text.
 */
#include "hire/hire.h"

#include <inttypes.h>

#include "base/id.h"

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

int hire_time(struct hire *h, const char *field, struct str text, int64_t *ret) {
    int64_t time;

    if (str_to_i64(text, &time) < 0 || time < 1 || time > HIRE_TIME_MAX)
        return hire_refuse(h, REFUSED_PARAMETER, "%s must be a time in milliseconds since 1970, 1 to %" PRId64, field,
                           HIRE_TIME_MAX);
    *ret = time;
    return 0;
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
