/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes compact JSON into a buf. Commas are set by looking at the last byte written, so there is no state to keep:
 *
 *     json_begin(b, '{'); json_key(b, STR("code")); json_int(b, 0); json_end(b, '}');
 *
 * Text must be valid UTF-8. '/' is not escaped and non-ASCII is written as it is, so that JSON.stringify(JSON.parse(x))
 * gives the very same bytes (the official Node SDK depends on that when it checks an event's signature).
 */
#ifndef HIRED_BASE_JSON_H
#define HIRED_BASE_JSON_H

#include "base/buf.h"

/* Writes a comma if a value precedes. For a value that the caller writes without the functions below. */
void json_comma(struct buf *b);

/* open is '{' or '['. Writes a comma first if a value precedes. */
void json_begin(struct buf *b, char open);
void json_end(struct buf *b, char close);

/* A member's name, after a comma if a member precedes. The value must follow immediately. */
void json_key(struct buf *b, struct str key);

void json_str(struct buf *b, struct str s); /* absent is written as "" */
void json_int(struct buf *b, int64_t value);

/* The shortest form that reads back, as JavaScript writes it; finite only. From 2^63 up it has an exponent (JavaScript
 * sets one from 1e21 on), so that nobody reads an integer out of range. */
void json_num(struct buf *b, double value);
void json_bool(struct buf *b, bool value);

/* A 64-bit id, as the wire has them: a string of decimal digits. */
void json_id(struct buf *b, int64_t id);

/* The text between the quotes, escaped as json_str does. */
void json_escape(struct buf *b, struct str s);

/* Shorthands for members. */
void json_member_str(struct buf *b, struct str key, struct str value); /* an absent value writes nothing at all */
void json_member_raw(struct buf *b, struct str key, struct str json);  /* JSON as it is; absent writes nothing */
void json_member_int(struct buf *b, struct str key, int64_t value);
void json_member_bool(struct buf *b, struct str key, bool value);
void json_member_id(struct buf *b, struct str key, int64_t id);
void json_member_words(struct buf *b, struct str key,
                       struct str words); /* what spaces separate, as an array of strings */

#endif
