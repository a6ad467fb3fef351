/* SPDX-License-Identifier: Apache-2.0
 *
 * An operation of the API as data. The table of all operations is generated from api/ (tools/apigen.py).
 */
#ifndef HIRED_GATEWAY_OP_H
#define HIRED_GATEWAY_OP_H

#include "base/record.h"

struct call;

enum op_access {
    OP_PUBLIC,  /* no token: the token endpoints */
    OP_TENANT,  /* tenant_access_token */
    OP_APP,     /* app_access_token */
    OP_CONSOLE, /* a signed-in person's session */
};

enum op_effect {
    OP_READS,  /* runs on the loop's thread with its reading connection */
    OP_WRITES, /* runs on the writer thread, inside its transaction */
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
    struct str msg_member; /* "message" where the platform's answer says that for msg; absent: "msg" */
    enum op_access access;
    enum op_effect effect;
    enum op_body body_kind;
    bool flat;      /* the answer's fields stand beside code and msg, not within data */
    bool anonymous; /* of the console: nobody need have signed in */
    bool stream;    /* of the console: answered as server-sent events */
    uint8_t roles;  /* of the console: one of these is needed, bit 1 << enum console_role; 0: any */
    unsigned app_types;
    uint16_t index;             /* in the table */
    uint32_t field_mask;        /* scope bits whose fields this operation hides from apps without the scope */
    const uint16_t *scopes_any; /* indices into api_scopes, ended by UINT16_MAX; NULL: none asked for */
    struct op_limit limits[2];  /* calls 0: none */
    const struct record_type *params, *query, *body, *data; /* NULL: none */
    const struct op_error *errors;                          /* its own, ended by code 0 */
    /* Of operations with passwords or an errand, and of those that look first: runs before the handler, on the loop
     * with its reading connection, and fills in c->password or c->errand, or answers (c->answered). */
    int (*before)(struct call *c);
    int (*handle)(struct call *c); /* NULL: documented by the platform, not supported by hired */
};

/* Generated. */
extern const struct op api_ops[];
extern const uint16_t api_n_ops;
extern const struct str api_scopes[]; /* every scope any operation, field or event asks for; sorted */
extern const uint16_t api_n_scopes;
/* By scope bit; absent: unused; bit 0 is not a scope. Where any of several scopes suffices, they stand here with '|'
 * between. */
extern const struct str api_field_scopes[32];
extern const struct str api_openapi_json; /* what GET /openapi.json answers */

/* Index of a scope in api_scopes, or -ENOENT. */
int api_scope_find(struct str name);

#endif
