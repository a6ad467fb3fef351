/* SPDX-License-Identifier: Apache-2.0
 *
 * The description of one operation of the API. tools/apigen.py generates the table of all operations from api/.
 */
#ifndef HIRED_GATEWAY_OP_H
#define HIRED_GATEWAY_OP_H

#include "base/record.h"

struct call;

enum op_access {
    OP_PUBLIC,  /* needs no token: the token endpoints */
    OP_TENANT,  /* needs a tenant_access_token */
    OP_APP,     /* needs an app_access_token */
    OP_CONSOLE, /* needs the session of a signed-in person */
    OP_TEST,    /* needs the test mode, and a caller on this machine or the token of the configuration */
};

enum op_effect {
    OP_READS,  /* runs on a reader's thread, which may be the loop's (gateway/reading.h) */
    OP_WRITES, /* runs on the writer thread, inside its transaction */
    OP_WAITS,  /* runs on a thread of its own, without a database connection, and may take long; OP_TEST only */
};

enum op_body { OP_BODY_NONE, OP_BODY_JSON, OP_BODY_MULTIPART };

enum { OP_APP_CUSTOM = 1, OP_APP_STORE = 2 }; /* bits of app_types */

struct op_limit {
    uint32_t calls, seconds;
};

struct op_error {
    unsigned http;
    int code;
    struct str msg;
};

struct op {
    struct str name;   /* "background_check_order.list" */
    struct str method; /* "GET" */
    struct str path;   /* "/open-apis/hire/v1/background_check_orders"; parameters as ":application_id" */
    struct str success_msg;
    struct str msg_member; /* the member that holds msg, where it is not called "msg"; absent: "msg" */
    enum op_access access;
    enum op_effect effect;
    enum op_body body_kind;
    bool flat;      /* the answer's fields stand beside code and msg, not inside data */
    bool anonymous; /* console: needs no session */
    bool stream;    /* console: answers with server-sent events */
    uint8_t roles;  /* console: the person needs one of these roles, bit 1 << enum console_role; 0: any role */
    unsigned app_types;
    uint16_t index;             /* of this operation in api_ops */
    uint32_t field_mask;        /* scope bits: the operation hides their fields from apps without the scope */
    const uint16_t *scopes_any; /* one of these is needed: indices into api_scopes, ended by UINT16_MAX; NULL: no
                                 * scope needed */
    struct op_limit limits[2];  /* calls 0: no limit */
    const struct record_type *params, *query, *body, *data; /* NULL: none */
    const struct op_error *errors;                          /* the operation's own error codes, ended by code 0 */
    /* For operations with passwords, with an errand, or that may answer without a write. Runs before the handler on
     * a reader's thread with its connection, and sets c->password or c->errand, or answers and sets
     * c->answered. */
    int (*before)(struct call *c);
    int (*handle)(struct call *c); /* NULL: the platform documents the operation, hired does not support it */
};

/* Generated. */
extern const struct op api_ops[];
extern const uint16_t api_n_ops;
extern const struct str api_scopes[]; /* all scopes that operations, fields or events need; sorted */
extern const uint16_t api_n_scopes;
/* The scope of each scope bit; absent: unused; bit 0 is not a scope. Where any of several scopes is enough, they are
 * separated by '|'. */
extern const struct str api_field_scopes[32];
extern const struct str api_openapi_json; /* the answer of GET /openapi.json */

/* Index of a scope in api_scopes, or -ENOENT. */
int api_scope_find(struct str name);

#endif
