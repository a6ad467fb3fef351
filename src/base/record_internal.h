/* SPDX-License-Identifier: Apache-2.0
 *
 * What the record_*.c files share: where a member stands in its struct, and how a breach is reported.
 */
#ifndef HIRED_BASE_RECORD_INTERNAL_H
#define HIRED_BASE_RECORD_INTERNAL_H

#include "base/record.h"

/* The marks of the stored form; see record.h. */
enum { MARK_SLOT = 1, MARK_BEGIN = 2, MARK_END = 3, SLOT_DIGITS = 16, SLOT_LEN = 2 + SLOT_DIGITS };

/* The bit of a conditional that holds members without a description. */
enum { UNDESCRIBED_BIT = 31 };

/* Where a value stands, as a chain towards the root on the reader's stack: it becomes text only if a breach is found.
 */
struct record_path {
    const struct record_path *up;
    struct str name; /* of a member; absent: an element of a list */
    size_t index;
};

struct str record_path_text(const struct record_path *p, struct arena *a);

enum record_mode {
    MODE_INPUT,  /* everything the table says */
    MODE_ANSWER, /* types, enums; unknown members are kept or refused */
};

struct record_reading {
    struct arena *a;
    struct violations *vs;
    enum record_mode mode;
    record_undescribed_fn undescribed; /* in MODE_ANSWER; NULL: unknown members are breaches */
    void *undescribed_ctx;
};

void record_breach(struct record_reading *r, const struct record_path *p, struct str value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What the table says beyond the type; a list's elements and single values alike. */
void record_check_string(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                         struct str value);
void record_check_int(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                      int64_t value);
void record_check_number(struct record_reading *r, const struct record_field *f, const struct record_path *p,
                         double value);
void record_check_items(struct record_reading *r, const struct record_field *f, const struct record_path *p, size_t n);

/* Fills in an absent member's default, or reports it as missing. */
void record_fill(struct record_reading *r, const struct record_field *f, const struct record_path *p, void *record);

/* 1-based line, and column in characters, of the byte at offset. */
void record_position(struct str text, size_t offset, unsigned *ret_line, unsigned *ret_column);

/* Like record_parse for the most common JSON. NULL does not mean an error: the text then has to go to jansson. */
json_t *record_parse_plain(struct str text);

size_t record_element_size(const struct record_field *f);
bool record_is_absent(const struct record_field *f, const void *record);

static inline void *record_member(const struct record_field *f, void *record) {
    return (char *)record + f->offset;
}

static inline const void *record_member_const(const struct record_field *f, const void *record) {
    return (const char *)record + f->offset;
}

#endif
