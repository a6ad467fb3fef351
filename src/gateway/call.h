/* SPDX-License-Identifier: Apache-2.0
 *
 * One call of an operation: what a handler gets and how it answers. The gateway has checked token, scopes, limits and
 * every documented field before a handler runs; a handler asks the domain and writes the answer's data.
 */
#ifndef HIRED_GATEWAY_CALL_H
#define HIRED_GATEWAY_CALL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/reason.h"
#include "base/seal.h"
#include "gateway/link.h"
#include "gateway/op.h"
#include "gateway/page_token.h"
#include "store/db.h"

struct user_cache;
struct person;   /* gateway/caller/session.h */
struct attempts; /* gateway/caller/attempts.h */
struct request_log;

enum user_id_type { USER_OPEN_ID, USER_UNION_ID, USER_USER_ID };

/* The calling app, as it was when the token was checked. Shared and immutable; valid for the call. */
struct caller_app {
    int64_t id;            /* internal */
    struct str app_id;     /* "cli_..." */
    int64_t developer;     /* whose union_ids it sees */
    bool store_app;        /* store (ISV) app; else custom */
    bool vendor_bound;     /* acts for vendor accounts: sees and changes their orders only */
    uint32_t field_scopes; /* granted scope bits, as in api_field_scopes */
    uint64_t scopes[4];    /* granted scopes, bit i for api_scopes[i] */
};

/* Passwords that a call of the console brings. The operation's before() sets them; by the time its handler runs, what
 * they ask for has been done, off the loops. */
struct call_password {
    struct str given, stored; /* to be compared; given absent: nothing is */
    bool fits;
    int wrong_code;        /* of the operation's errors: the answer if it does not fit; the handler does not run then */
    struct str fresh;      /* to be hashed (if what was given fits); absent: nothing is */
    struct str fresh_hash; /* in the call's arena */
    void *found;           /* for the operation's own use */
};

/* Something that waits for the world, such as asking an address whether it answers. An operation's before() sets it;
 * run is called on a thread of the pool and uses neither the database nor the call's answer; what it found out is the
 * handler's to look at. run must end within a second or two and bound how many it makes wait, since uploads use the
 * same threads. */
struct call_errand {
    void (*run)(void *ctx);
    void *ctx;
};

/* The file of a multipart body. It is kept (store/files/files.h) under its id when the handler runs, and removed again
 * if the call fails. */
struct call_file {
    int64_t id;
    struct str name;   /* as the sender named it; "" if it did not */
    int64_t size;      /* bytes */
    struct str sha256; /* hex */
    char head[8];      /* how it begins, with zeros behind a shorter one */
};

struct call {
    const struct op *op;
    struct arena *arena;
    struct db *db; /* reading, or the writer's within its transaction: by op->effect */
    const struct seal *seal;
    int64_t now_ms; /* one time for the whole call; while a call writes, its stamp (store/stamp.h) */
    int64_t tenant; /* internal id; 0 for public operations */
    const struct caller_app *app;
    enum user_id_type user_id_type;
    uint32_t hidden;        /* for record_reader: members this caller may not see */
    bool private_addresses; /* links to private addresses are accepted (configuration) */
    bool network_addresses; /* not only to this machine's own, but to those of its networks */
    struct str base_url;    /* for links: "http://host:port", as the caller reached us or as configured */
    bool https;             /* the caller reached us by TLS, which a proxy ends */
    struct str log_id;
    const void *params, *query, *body; /* the generated structs; NULL where the operation has none */
    const struct call_file *file;      /* of a multipart body; else NULL */
    struct buf *out;                   /* the handler appends the JSON of data here; nothing at all means {} */

    /* Set by the before() of an operation that looks first (api/README.md): the answer is in out, or nothing is to be
     * in it, and the handler does not run. */
    bool answered;
    uint32_t limit, reset_s; /* of a call that fails with CODE_LIMITED */
    struct str address;      /* from where the call comes; of public operations and the console's */

    /* of the console */
    const struct person *person; /* who has signed in; NULL: nobody */
    struct attempts *attempts;   /* to sign in */
    struct attempts *secrets;    /* to show an app's secret */
    struct request_log *requests;
    struct call_password *password;
    struct call_errand errand; /* run NULL: none */
    struct str set_cookie;     /* a handler's, for the answer; absent: none */
    /* Every call that changes something leaves an entry in the audit log: with these, or the path's first parameter. */
    struct str audit_subject, audit_detail;

    struct str walk_filters;       /* what page tokens of this walk are bound to; set by call_page_open */
    struct user_cache *user_cache; /* of the loop; NULL: none */

    /* set by call_fail and friends */
    unsigned http_status;
    int code; /* 0: success */
    struct str msg;
    struct str detail; /* for error.message; absent: none */
    struct violations *violations;
    struct str missing_scopes[8]; /* for permission_violations; ended by an absent one */
    struct reason
        reason; /* for error.reason, subject and detail, which the console's pages read; its handlers set it */
    bool bare;  /* a failure without an error object (the token endpoints) */
};

/* A handler returns 0 with its answer in c->out, or what one of these returns (always negative), or another negative
 * errno: a fault inside, answered as 500 1002001 and logged. What it wrote is undone in each of the latter cases. */

/* One of the operation's own error codes (api/), or 1002002; msg says what is wrong and what is accepted. */
int call_fail(struct call *c, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Ids by which the caller finds nobody: 99992351, 99992364 or 99992360 by user_id_type; or, if all of them are of
 * another app or tenant, 99992361, 99992364 or 99992381. */
int call_fail_users(struct call *c, const struct str *ids, size_t n);

/* 99992402 with one violation, for what a table cannot say. */
int call_fail_field(struct call *c, struct str field, struct str value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool caller_has_scope(const struct caller_app *app, int scope_index);

/* ---- writing the answer ---- */

/* A reader for record_splice that fills in this caller's user ids and signed links. Valid for the call. */
struct record_reader call_reader(struct call *c);

/* A record that is in its struct, with users' ids internal, in the wire form of this caller. */
void call_write_record(struct call *c, const struct record_type *type, const void *record, struct buf *out);

/* A link to a kept file of that kind, for life_s seconds. */
struct str call_link(struct call *c, enum link_kind kind, int64_t file_id, unsigned life_s);

/* For the end of a list answer's object: adds has_more and, if so, the page_token of a page that begins right behind
 * (next_a, next_b). from is what call_page_open gave. */
void call_write_page_end(struct call *c, bool has_more, int64_t next_a, int64_t next_b, const struct page_key *from);

/* ---- user ids ---- */

/* The internal id of the user that id means to this caller (in its user_id_type). Returns 0, -ENOENT, or another errno.
 */
int call_user_find(struct call *c, struct str id, int64_t *ret_uid);

/* ---- filters ---- */

/* An optional id in a filter: absent or empty is 0. Fails the call with the parameter's name. */
int call_filter_id(struct call *c, const char *name, struct str text, int64_t *ret);

/* ---- paging ---- */

/* Opens the caller's page token, if it sent one. filters: bytes that are the same on every page of a walk and live as
 * long as the call. Returns 0 and where the page begins (on the first page: before everything, and the walk starts
 * now), or call_fail's value for a token that is not ours, of another operation, of other filters or of another tenant.
 */
int call_page_open(struct call *c, struct str page_token, struct str filters, struct page_key *ret);

#endif
