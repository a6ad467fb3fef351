/* SPDX-License-Identifier: Apache-2.0
 *
 * One call of an operation: what a handler is given and how it answers. The gateway has checked token, scopes,
 * limits and every documented field before a handler runs. The handler calls the domain (src/hire) and writes the
 * answer's data.
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
struct toolbox; /* testing/toolbox.h */

enum user_id_type { USER_OPEN_ID, USER_UNION_ID, USER_USER_ID };

/* The calling app as it was when its token was checked. Immutable; valid as long as the call. */
struct caller_app {
    int64_t id;            /* internal id */
    struct str app_id;     /* "cli_..." */
    int64_t developer;     /* the developer whose union_ids the app sees */
    bool store_app;        /* a store (ISV) app; false: a custom app */
    bool vendor_bound;     /* the app acts for vendor accounts: it sees and changes only their orders */
    uint32_t field_scopes; /* granted scope bits, as in api_field_scopes */
    uint64_t scopes[4];    /* granted scopes, bit i for api_scopes[i] */
};

/* Passwords to compare or hash for a call of the console. The operation's before() fills them in; the passwords
 * thread does the work (caller/passwords.h) before the handler runs. */
struct call_password {
    struct str given, stored; /* are compared; given absent: no comparison */
    bool fits;
    int error;             /* -ENOMEM: the comparison or the hash could not be made */
    int wrong_code;        /* the operation's error code if the comparison fails; the handler does not run then */
    struct str fresh;      /* is hashed, if the comparison succeeded; absent: no hash */
    struct str fresh_hash; /* the result, in the call's arena */
    void *found;           /* for the operation's before() and handler */
};

/* Slow work outside the database, such as a request to another server. The operation's before() sets it. run is
 * called on a thread of libuv's pool and may use neither the database nor the call's answer; the handler runs
 * afterwards and reads the result from ctx. run must return within two seconds and limit how many calls wait at
 * once, because all loops share these threads. */
struct call_errand {
    void (*run)(void *ctx);
    void *ctx;
};

/* The file of a multipart body. When the handler runs, the file is stored (store/files/files.h) under this id; the
 * gateway removes it if the call fails. */
struct call_file {
    int64_t id;
    struct str name;   /* as the client named it; "" if it gave no name */
    int64_t size;      /* bytes */
    struct str sha256; /* hex */
    char head[8];      /* the first bytes; zeros follow if the file is shorter */
};

struct call {
    const struct op *op;
    struct arena *arena;
    struct db *db; /* OP_READS, and before(): a reading connection; OP_WRITES: the writer's, within its transaction;
                    * OP_WAITS: NULL */
    const struct seal *seal;
    int64_t now_ms; /* the same time during the whole call; for a call that writes, its stamp (store/stamp.h) */
    int64_t tenant; /* internal id; 0 for public operations */
    const struct caller_app *app;
    enum user_id_type user_id_type;
    uint32_t hidden;        /* for record_reader: members of records that this caller may not see */
    bool private_addresses; /* accept links to private addresses (configuration) */
    bool network_addresses; /* accept addresses of the machine's networks too, not only the machine's own */
    struct str base_url;    /* for links: "http://host:port", from the configuration or from the request's Host */
    bool https;             /* the client uses TLS, which a proxy ends */
    struct str log_id;
    const void *params, *query, *body; /* the generated structs; NULL if the operation has none */
    const struct call_file *file;      /* the file of a multipart body; else NULL */
    struct buf *out;                   /* the handler appends the JSON of data here; if it appends nothing, data is
                                        * {} */

    /* Set by an operation's before() that answers the call itself (api/README.md): out holds the answer or stays
     * empty, and the handler does not run. */
    bool answered;
    uint32_t limit, reset_s; /* set if the call fails with CODE_LIMITED */
    struct str address;      /* the client's address; set for public operations and those of the console */

    struct toolbox *toolbox; /* for operations of the test mode; NULL: the server is not in the test mode */

    /* ---- for operations of the console ---- */
    const struct person *person; /* the signed-in person; NULL: no session */
    struct attempts *attempts;   /* failed attempts to sign in */
    struct attempts *secrets;    /* failed attempts with an app's secret */
    struct request_log *requests;
    struct call_password *password;
    struct call_errand errand; /* run NULL: no errand */
    struct str set_cookie;     /* a cookie for the answer, set by the handler; absent: none */
    /* For the audit log, which gets an entry for every change. audit_subject absent: the path's first parameter. */
    struct str audit_subject, audit_detail;

    struct str walk_filters;       /* the filters that page tokens of this list are bound to; set by call_page_open */
    struct user_cache *user_cache; /* the reader's; NULL: none */

    /* set by call_fail and the other functions that fail a call */
    unsigned http_status;
    int code; /* 0: success */
    struct str msg;
    struct str detail; /* for error.message; absent: none */
    struct violations *violations;
    struct str missing_scopes[8]; /* for permission_violations; the last one is absent */
    struct reason reason; /* for error.reason, subject and detail, which the console's pages read; set by the console's
                           * handlers */
    bool bare;            /* a failure has no error object (the token endpoints) */
};

/* A handler returns 0 with its answer in c->out, or the (always negative) value of one of the functions below, or
 * another negative errno, which means an internal fault: the gateway answers 500 1002001 and logs it. If a handler
 * returns a negative value, its transaction is rolled back. */

/* Fails the call with one of the operation's own error codes (api/) or with 1002002. The message says what is wrong
 * and what is accepted. */
int call_fail(struct call *c, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Fails the call because of ids of users that do not exist: 99992351, 99992364 or 99992360, by user_id_type; or, if
 * all ids belong to another app or tenant, 99992361, 99992364 or 99992381. */
int call_fail_users(struct call *c, const struct str *ids, size_t n);

/* Fails the call with 99992402 and one violation, for rules that the tables of api/ cannot express. */
int call_fail_field(struct call *c, struct str field, struct str value, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool caller_has_scope(const struct caller_app *app, int scope_index);

/* ---- writing the answer ---- */

/* A reader for record_splice that writes user ids as this caller sees them, and signed links. Valid as long as the
 * call. */
struct record_reader call_reader(struct call *c);

/* Appends a record in wire form for this caller. record is the type's struct, with internal user ids. */
void call_write_record(struct call *c, const struct record_type *type, const void *record, struct buf *out);

/* A link to a stored file of that kind, valid for life_s seconds. */
struct str call_link(struct call *c, enum link_kind kind, int64_t file_id, unsigned life_s);

/* For the end of a list answer: adds has_more and, if true, the page_token of the page that begins after (next_a,
 * next_b). from is what call_page_open returned. */
void call_write_page_end(struct call *c, bool has_more, int64_t next_a, int64_t next_b, const struct page_key *from);

/* ---- user ids ---- */

/* Finds the internal id of the user whom id names (a type of id by c->user_id_type). Returns 0, -ENOENT, or another
 * negative errno. */
int call_user_find(struct call *c, struct str id, int64_t *ret_uid);

/* ---- filters ---- */

/* Parses an optional id in a filter; absent or empty gives 0. If the text is not an id, fails the call and names the
 * parameter. */
int call_filter_id(struct call *c, const char *name, struct str text, int64_t *ret);

/* ---- paging ---- */

/* Reads the caller's page token, if it sent one. filters: bytes that are the same on every page of one list; they
 * must live as long as the call. Returns 0 and where the page begins (without a token: at the first record, and
 * walk_start_ms is now), or the value of call_fail if the token was not made by this server or belongs to another
 * operation, tenant or filter. */
int call_page_open(struct call *c, struct str page_token, struct str filters, struct page_key *ret);

#endif
