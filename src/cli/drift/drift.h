/* SPDX-License-Identifier: Apache-2.0
 *
 * hired drift: compares recorded calls with the descriptions in this binary.
 *
 * A subject is an operation or an event of api/. For each one there is a tree of its described fields with counters of
 * what was seen, and a list of findings: what was seen and is not described.
 */
#ifndef HIRED_CLI_DRIFT_DRIFT_H
#define HIRED_CLI_DRIFT_DRIFT_H

#include "api_events.h"
#include "gateway/op.h"
#include "gateway/router.h"

enum drift_kind {
    DRIFT_OPERATION, /* the path or method, or the type of an event, is not described */
    DRIFT_FIELD,     /* a member of an answer or event */
    DRIFT_TYPE,      /* of a described member */
    DRIFT_VALUE,     /* of a member whose values are listed */
    DRIFT_CODE,      /* code and HTTP status of an answer */
    DRIFT_FORM,      /* an answer that is not the platform's envelope */
    DRIFT_PARAMETER, /* a parameter or member of a request */
    DRIFT_KINDS
};
extern const char *const drift_kind_names[DRIFT_KINDS]; /* "field" */

struct drift_place {
    const char *file;
    uint64_t line;   /* from 1 */
    struct str path; /* with indices: "data.items[3].name" */
};

struct drift_finding {
    enum drift_kind kind;
    struct str path; /* without indices: "data.items[].name"; "" if it is about the whole */
    struct str what; /* a sentence part */
    uint64_t times;
    struct drift_place first;
};

#define DRIFT_FINDINGS_MAX 300 /* of one subject; further ones are only counted */
#define DRIFT_CODES_MAX 64

struct drift_node {
    uint64_t seen;               /* times that the member had a value */
    uint64_t objects;            /* of an object: how many were read */
    uint64_t values;             /* bits: which of the first 64 listed values were seen */
    struct drift_node *children; /* one for each field of the type; NULL until the first object */
};

struct drift_subject {
    const struct op *op; /* NULL: an event, or calls that no operation describes */
    const struct api_event_entry *event;
    struct str name;
    uint64_t calls;     /* all; of events: bodies */
    uint64_t successes; /* answers with code 0 */
    uint64_t failed;    /* calls without an answer, or a server's fault without a code */
    uint64_t unread;    /* answers whose body was not kept, or not as a whole */
    struct drift_node root;
    struct {
        int64_t code;
        unsigned http;
        uint64_t times;
    } codes[DRIFT_CODES_MAX];
    size_t n_codes;
    struct drift_finding *findings;
    size_t n_findings, more;
};

struct drift {
    bool show_values;
    struct arena arena;
    struct router *router;
    struct drift_subject *subjects; /* api_n_ops operations, API_EVENTS events, and one for all else */
    size_t n_subjects;
    uint64_t read;       /* calls and events that were compared */
    uint64_t torn;       /* last lines that were cut off */
    uint64_t unreadable; /* other lines that are no record */
    struct drift_place first_unreadable;
    struct str unreadable_why;
};

/* A call as it was recorded. status 0: there was no answer; -1: not known. Texts that are absent were not kept. */
struct drift_call {
    struct str method, path, query, request, answer;
    const struct op *op; /* if the caller knows it; then method and path are not used */
    int status;
    bool request_cut, answer_cut;
    struct drift_place place;
};

void drift_begin(struct drift *d);
void drift_end(struct drift *d);

/* ---- comparing (compare.c, answer.c, request.c) ---- */

void drift_call(struct drift *d, const struct drift_call *c);

/* Takes a JSON object that is an event as it is sent. Returns false if it is none. */
bool drift_event(struct drift *d, const json_t *body, const struct drift_place *place);

/* One walk along the members of a body. */
struct drift_walk {
    struct drift *d;
    struct drift_subject *subject;
    const struct drift_place *place;
    bool request;           /* findings are parameters, and nothing is counted as seen */
    struct buf path, exact; /* without and with indices */
    struct arena scratch;
};

/* node NULL: nothing is counted. */
void drift_object(struct drift_walk *w, const struct record_type *t, const json_t *object, struct drift_node *node);
void drift_member(struct drift_walk *w, const struct record_field *f, const json_t *v, struct drift_node *node);
/* Whether the text is one of the field's listed values; index: -1 if not. */
int drift_value_index(const struct record_field *f, struct str text);

struct drift_mark {
    size_t path, exact;
};
struct drift_mark drift_enter(struct drift_walk *w, struct str name);
void drift_leave(struct drift_walk *w, struct drift_mark mark);

void drift_find(struct drift_walk *w, enum drift_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void drift_answer(struct drift *d, struct drift_subject *s, const struct drift_call *c);
void drift_request(struct drift *d, struct drift_subject *s, const struct drift_call *c, bool accepted);

/* ---- files (input.c) ---- */

/* Reads a file, or the files of a record in a directory. op: of a single saved answer; NULL: not known. Returns 0, or a
 * negative errno after an error message. */
int drift_read(struct drift *d, const char *path, const struct op *op);

/* ---- output (report.c, report_json.c, unseen.c) ---- */

/* Returns the number of findings. */
uint64_t drift_count(const struct drift *d);
void drift_print(const struct drift *d, bool unseen);
void drift_write_json(const struct drift *d, struct buf *out);

/* What a subject describes and no body had: calls fn with "field", "value" or "code", a text ("data.items[].name",
 * "...: 3", "1002858 (HTTP 400)") and in how many it could have been. */
typedef void (*drift_unseen_fn)(void *ctx, const char *what, struct str text, uint64_t of);
void drift_each_unseen(const struct drift_subject *s, drift_unseen_fn fn, void *ctx);

#endif
