/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed records: C structs described by tables, read from JSON and written as JSON. tools/apigen.py generates tables
 * and structs from api/, so each field is described once for input, output and storage.
 *
 * Members by type (all absent when the struct is zeroed):
 *     string        struct str                 ptr NULL: absent
 *     int           struct opt_int             set false: absent
 *     bool          struct opt_bool
 *     number        struct opt_num
 *     object        struct T *                 NULL: absent
 *     list of X     struct { X *v; size_t n; } v NULL: absent; n 0 with v set: an empty list
 *                   (elements: struct str, int64_t, bool, double, or struct T)
 *     map           struct str                 any JSON object, kept as its compact text
 *
 * A record has two text forms. The wire form is plain JSON. The stored form is JSON in which some string values are
 * slots, filled in for each reader (a user's id differs by app, a link's signature by hour), and some members are
 * conditional (left out for a reader without the scope). record_splice() makes the wire form of a stored form in one
 * pass, at about the speed of memcpy. The marks of the stored form:
 *
 * - \x01 U, 16 hex digits: the user with this internal id, in the reader's user_id_type
 * - \x01 F, 16 hex digits: a signed link to the kept file with this id
 * - \x02, a bit, ..., \x03: left out if the reader's hidden mask has the bit (byte value - 'A')
 * - \x02, a backquote, ..., \x03: members that the type does not describe, left out unless the reader asks for them
 *
 * JSON text cannot contain raw control bytes, so a mark is never part of a value. A conditional holds a whole member
 * and the comma before it. If that member is the first of its object, record_splice() drops the comma after the brace.
 */
#ifndef HIRED_BASE_RECORD_H
#define HIRED_BASE_RECORD_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"

struct opt_int {
    int64_t v;
    bool set;
};
struct opt_bool {
    bool v;
    bool set;
};
struct opt_num {
    double v;
    bool set;
};
struct str_list {
    struct str *v;
    size_t n;
};
struct int_list {
    int64_t *v;
    size_t n;
};
/* Every generated "list of struct T" has this layout. */
struct any_list {
    void *v;
    size_t n;
};

#define SET_INT(value) ((struct opt_int){(value), true})
#define SET_BOOL(value) ((struct opt_bool){(value), true})

enum record_kind {
    RECORD_STRING,
    RECORD_INT,
    RECORD_BOOL,
    RECORD_NUMBER,
    RECORD_OBJECT,
    RECORD_MAP,
};

enum record_slot {
    SLOT_NONE,
    SLOT_USER, /* the value is a user's id: in the struct, the internal id in decimal (stored) or the wire's own */
    SLOT_FILE, /* the value is a link: in the struct, "file:<id>" for a kept file, or a URL as it is */
};

struct record_type;

struct record_field {
    struct str name;
    enum record_kind kind;
    enum record_slot slot;
    bool list;
    bool required;
    bool has_min, has_max;
    uint32_t offset;  /* of the member in its struct */
    int8_t scope_bit; /* 1..30: hidden when that bit of the hidden mask is set; 0: never. Bit 0 is for user ids */
    int64_t min, max; /* of an int, where has_ says so */
    uint32_t min_len, max_len;     /* of a string, in characters; 0: unbounded */
    uint32_t min_items, max_items; /* of a list; 0: unbounded */
    const struct str *values;      /* allowed values of a string, or the digits of an int's; ended by an absent one */
    struct str initial;            /* the default, as text; absent: none */
    const struct record_type *of;  /* of an object */
};

struct record_type {
    struct str name;
    size_t size; /* of the struct */
    const struct record_field *fields;
    size_t n_fields;
    /* Offset of the struct str that holds the members which the table does not describe, as compact JSON without braces
     * ("a":1,"b":[]). 0: the struct has none, and such members are dropped. */
    size_t undescribed;
};

/* One error in an input. Its texts are in the arena of the reading call. */
struct violation {
    struct str field;       /* dotted path, list elements as [0] */
    struct str value;       /* as it was sent, cut at 64 bytes, or "" */
    struct str description; /* what is wrong, as the platform words it */
};

#define VIOLATIONS_MAX 64 /* further ones are counted but not kept */

struct violations {
    struct violation v[VIOLATIONS_MAX];
    size_t n; /* found; may exceed VIOLATIONS_MAX */
};

void violation_add(struct violations *vs, struct arena *a, struct str field, struct str value, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* How many of vs->v are filled. */
static inline size_t violations_kept(const struct violations *vs) {
    return vs->n < VIOLATIONS_MAX ? vs->n : VIOLATIONS_MAX;
}

/* Reads a JSON object into record (a zeroed struct of type t). Unknown members are ignored, null is absent, defaults
 * are filled in, and every error is added to vs. A required string that is empty counts as missing. Text is copied into
 * the arena. If a list is too long, the elements beyond the bound are not checked. Returns 0, or -EINVAL if vs grew.
 */
int record_read(const struct record_type *t, void *record, const json_t *object, struct arena *a,
                struct violations *vs);

/* Whether the value's JSON type is the field's; of a list: whether it may be an element. */
bool record_type_fits(const struct record_field *f, const json_t *v);

/* Called for each member that the type does not describe; path is in the arena. */
typedef void (*record_undescribed_fn)(void *ctx, struct str path);

/* For answers of the platform (import). Like record_read, but required members and bounds are not checked and defaults
 * are not filled in; types and enum values are checked. Members that the type does not describe are kept in the struct
 * and passed to fn; if fn is NULL they are errors ("unknown field"). */
int record_read_answer(const struct record_type *t, void *record, const json_t *object, struct arena *a,
                       struct violations *vs, record_undescribed_fn fn, void *ctx);

/* One text value, as from a query string, into the member of field; used for query and path parameters. An empty text
 * counts as absent. Lists take one element per call. A bool is "true" or "false" in any case (Python writes "True").
 * Text must be UTF-8 without NUL. Returns 0 or -EINVAL. */
int record_read_text(const struct record_field *f, void *record, struct str value, struct arena *a,
                     struct violations *vs);

/* Fills in defaults and checks required fields, after a run of record_read_text. Returns 0 or -EINVAL. */
int record_finish_text(const struct record_type *t, void *record, struct arena *a, struct violations *vs);

/* Writes the record as a JSON object in wire form: slots hold what the struct has, hidden and undescribed members are
 * left out. Writes a comma first if a value precedes it, as json.h does. */
void record_write(const struct record_type *t, const void *record, uint32_t hidden, struct buf *out);

/* Writes it in stored form: a user's id in decimal and a file's "file:<id>" become slots; other text in such a
 * member (a foreign id or URL) is kept as it is. */
void record_write_stored(const struct record_type *t, const void *record, struct buf *out);

/* Reads a stored form back into record, as record_write_stored took it. Returns 0, or -EBADMSG if it is damaged. */
int record_read_stored(const struct record_type *t, void *record, struct str stored, struct arena *a);

/* Whether a stored form without a type is whole: the text of one object. Returns 0 or -EBADMSG. */
int record_check_stored(struct str stored);

/* Fills slots for one reader. Both append the JSON-escaped value without quotes. */
struct record_reader {
    uint32_t hidden;  /* bit 0: user ids; others: scope bits */
    bool undescribed; /* also wants members that no type describes; the API never answers these */
    void (*user)(void *ctx, int64_t uid, struct buf *out);
    void (*file)(void *ctx, int64_t file_id, struct buf *out);
    void *ctx;
};

/* Appends the wire form of a stored form, after a comma if a value precedes it. A damaged stored form gives damaged
 * JSON, but nothing is read beyond its end. */
void record_splice(const struct record_reader *r, struct str stored, struct buf *out);

/* Returns the text of an object's members from the stored form (strings with quotes and escapes), ready to be written
 * into an answer; absent for a missing member. Much faster than reading the record. Use it only for members without
 * slots, because slots are not filled. The texts point into stored. */
void record_members(struct str stored, const struct str *names, size_t n, struct str *ret);

/* Calls fn on every user id in the record (members with SLOT_USER, at any depth), which may replace it. Stops at the
 * first non-zero return and returns that. path is the dotted path of the member, in the arena. */
typedef int (*record_user_fn)(void *ctx, struct str *value, struct str path);
int record_each_user(const struct record_type *t, void *record, struct arena *a, record_user_fn fn, void *ctx);

/* Drops the members that the types do not describe, at any depth. */
void record_drop_undescribed(const struct record_type *t, void *record);

/* Parses strict JSON, an object or a list: no duplicate names, valid UTF-8, no \u0000, integers within int64, at most
 * 64 levels deep. On failure returns NULL and sets *ret_why to a sentence in the arena that names line and column and
 * what is wrong, but contains no value, so it may be logged. Free the result with json_decref. */
json_t *record_parse(struct str text, struct arena *a, struct str *ret_why);

/* Finds where a dotted path (as in struct violation) stands in JSON text that record_parse took: 1-based line and
 * column (in characters) of the member's value. Returns 0, or -ENOENT if the text has no such member. */
int record_locate(struct str text, struct str path, unsigned *ret_line, unsigned *ret_column);

#endif
