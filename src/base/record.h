/* SPDX-License-Identifier: Apache-2.0
 *
 * Typed records: C structs described by tables, read from JSON and written as JSON. The tables and structs are
 * generated from api/ (see tools/apigen.py), so that a field is described once for the check of what comes in, for what
 * goes out, and for what is stored.
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
 * Two forms of a record exist as text. The wire form is plain JSON. The stored form is JSON in which some string values
 * stand as slots, to be filled for each reader (a user's id differs by app; a link's signature by hour) and some
 * members are conditional (left out for a reader without the scope). record_splice() makes the wire form of a stored
 * one in one pass, at about the speed of memcpy: \x01 U <16 hex>          the user with this internal id, in the
 * reader's user_id_type \x01 F <16 hex>          a signed link to the kept file with this id \x02 <bit> ... \x03 left
 * out if the reader's hidden mask has bit (byte value - 'A') set \x02 ` ... \x03          members that the type does
 * not describe: left out unless the reader asks for them Raw control bytes cannot occur in JSON text otherwise. A
 * conditional holds a whole member and the comma in front of it; where it was the object's first, the splice drops the
 * comma that then follows the brace.
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
/* The shape of every generated "list of struct T". */
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
    /* Where the struct has a struct str for the members that the table does not describe, as compact JSON without
     * braces
     * ("a":1,"b":[]); 0: it has none, and they are dropped. */
    size_t undescribed;
};

/* One thing wrong with an input. All of them live in the arena of the reading call. */
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
 * are filled in, every breach is added to vs. A required string that is empty counts as missing. Text is copied into
 * the arena. Of a list that is too long, what lies beyond its bound is not looked at. Returns 0, or -EINVAL if vs grew.
 */
int record_read(const struct record_type *t, void *record, const json_t *object, struct arena *a,
                struct violations *vs);

/* Told each member that the type does not describe, with its path in the arena. */
typedef void (*record_undescribed_fn)(void *ctx, struct str path);

/* As record_read, but neither required nor bounds of length and number are asked for, nor defaults filled in: for
 * reading answers (import). Types and values of enums are. Members that the type does not describe are kept in the
 * struct and told to fn; without fn they are breaches ("unknown field"). */
int record_read_answer(const struct record_type *t, void *record, const json_t *object, struct arena *a,
                       struct violations *vs, record_undescribed_fn fn, void *ctx);

/* One text value, as from a query string, into the member of field; used for query and path parameters. An empty text
 * counts as absent. Lists take one element per call. A bool is "true" or "false" in any case (Python writes "True").
 * Text must be UTF-8 without NUL. Returns 0 or -EINVAL. */
int record_read_text(const struct record_field *f, void *record, struct str value, struct arena *a,
                     struct violations *vs);

/* Fills in defaults and asks for what is required, after a run of record_read_text. Returns 0 or -EINVAL. */
int record_finish_text(const struct record_type *t, void *record, struct arena *a, struct violations *vs);

/* Writes the record as a JSON object in wire form: slots hold what the struct has, hidden and undescribed members are
 * left out. Sets the comma before it where one is due, as json.h does. */
void record_write(const struct record_type *t, const void *record, uint32_t hidden, struct buf *out);

/* Writes it in stored form: a user's id in decimal and a file's "file:<id>" become slots; any other text in their place
 * (an id that is not ours, a foreign URL) stays the text it is. */
void record_write_stored(const struct record_type *t, const void *record, struct buf *out);

/* Reads a stored form back into record, as record_write_stored took it. Returns 0, or -EBADMSG if it is damaged. */
int record_read_stored(const struct record_type *t, void *record, struct str stored, struct arena *a);

/* Fills slots for one reader. Both append the JSON-escaped value without quotes. */
struct record_reader {
    uint32_t hidden;  /* bit 0: user ids; others: scope bits */
    bool undescribed; /* wants members that no type describes, which the API never answers */
    void (*user)(void *ctx, int64_t uid, struct buf *out);
    void (*file)(void *ctx, int64_t file_id, struct buf *out);
    void *ctx;
};

/* Appends the wire form of a stored one, with the comma before it where one is due. Text that is damaged gives damaged
 * JSON, but is never read beyond its end. */
void record_splice(const struct record_reader *r, struct str stored, struct buf *out);

/* The values of an object's members as their text stands in the stored form (a string with quotes and escapes), to be
 * written into an answer as they are; absent where it has none. Much faster than reading the record. Only for members
 * that hold no slots: those stay raw. The texts point into stored. */
void record_members(struct str stored, const struct str *names, size_t n, struct str *ret);

/* Calls fn on every user id in the record (members with SLOT_USER, at any depth), which may replace it. Stops at the
 * first non-zero return and returns that. path is the dotted path of the member, in the arena. */
typedef int (*record_user_fn)(void *ctx, struct str *value, struct str path);
int record_each_user(const struct record_type *t, void *record, struct arena *a, record_user_fn fn, void *ctx);

/* Drops the members that the types do not describe, at any depth. */
void record_drop_undescribed(const struct record_type *t, void *record);

/* Parses strict JSON, an object or a list: no duplicate names, valid UTF-8, no \u0000, integers within int64, at most
 * 64 levels deep. On failure returns NULL and sets *ret_why to a sentence in the arena that names line and column and
 * what is wrong, but no value, so that it may be logged. Free the result with json_decref. */
json_t *record_parse(struct str text, struct arena *a, struct str *ret_why);

/* Finds where a dotted path (as in struct violation) stands in JSON text that record_parse took: 1-based line and
 * column (in characters) of the member's value. Returns 0, or -ENOENT (the path of what is missing leads nowhere). */
int record_locate(struct str text, struct str path, unsigned *ret_line, unsigned *ret_column);

#endif
