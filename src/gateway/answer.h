/* SPDX-License-Identifier: Apache-2.0
 *
 * The platform's envelope: {"code":0,"msg":"success","data":{...}}, or a failure with its error object.
 */
#ifndef HIRED_GATEWAY_ANSWER_H
#define HIRED_GATEWAY_ANSWER_H

#include "gateway/call.h"

/* Codes that the gateway itself answers with, for all operations. */
enum {
    CODE_NO_SESSION = 4010, /* the three of the console */
    CODE_FOREIGN_PAGE = 4030,
    CODE_NO_ROLE = 4031,
    CODE_TEST_REFUSED = 4032, /* the test mode's */
    CODE_BAD_REQUEST = 9499,
    CODE_TOKEN_PARAM = 10003,         /* token endpoints: a field is missing or wrong */
    CODE_TOKEN_NOT_INSTALLED = 10005, /* token endpoints: the app does not exist or is not installed in that tenant */
    CODE_TOKEN_TICKET = 10012,        /* token endpoints: not a currently valid ticket of the app */
    CODE_TOKEN_APP_TOKEN = 10013,     /* token endpoints: the app_access_token is unknown, expired or revoked */
    CODE_TOKEN_SECRET = 10014,        /* token endpoints: app_id or app_secret is wrong */
    CODE_SYSTEM = 1002001,
    CODE_PARAMETER = 1002002,
    CODE_NO_PATH = 99991201,
    CODE_NO_METHOD = 99991301,
    CODE_LIMITED = 99991400,
    CODE_IP_DENIED = 99991401,
    CODE_NO_TOKEN = 99991661,
    CODE_APP_DISABLED = 99991662,
    CODE_TOKEN_INVALID = 99991663,
    CODE_WRONG_TOKEN_TYPE = 99991668,
    CODE_TOKEN_PREFIX = 99991671,
    CODE_NO_SCOPE = 99991672,
    CODE_APP_NOT_INSTALLED = 99991673,
    CODE_NO_OPEN_ID = 99992351,
    CODE_NO_USER_ID = 99992360,
    CODE_NO_UNION_ID = 99992364,
    CODE_OPEN_ID_OF_OTHER_APP = 99992361,
    CODE_USER_OF_OTHER_TENANT =
        99992364, /* user_id and open_id; the platform has one code for this and for CODE_NO_UNION_ID */
    CODE_UNION_ID_OF_OTHER_TENANT = 99992381,
    CODE_FIELDS = 99992402,
};

/* Begins a successful answer in out, up to the place of the handler's data. */
void answer_begin(const struct call *c, struct buf *out);

/* Ends the answer. data_at is out->len after answer_begin; if nothing was appended since, data is empty. */
void answer_end(const struct call *c, struct buf *out, size_t data_at);

/* Writes the whole body of a failed call. */
void answer_failure(const struct call *c, struct buf *out);

/* Fails the call with a code of the gateway, its HTTP status and its msg. */
int answer_fail_gateway(struct call *c, int code);

/* That status, or 0 for another code. */
unsigned answer_gateway_status(int code);

/* Fails the call because the app's allow list does not contain address. */
int answer_fail_address(struct call *c, struct str address);

/* Fails the call with 503, so that the client tries again. detail says what the server lacks. Replaces an earlier
 * failure of the call. */
int answer_fail_busy(struct call *c, struct str detail);

/* A sentence for answer_fail_busy if error means that something is lacking for the moment (time or queue of the
 * writer, disk space, descriptors, memory; the server is stopping). Absent for any other error, which is an internal
 * fault. */
struct str answer_busy_reason(int error);

/* Fails the call with 503 if answer_busy_reason has a sentence for error, else with 500, which the caller of this
 * function logs. Returns whether it was 503. */
bool answer_fail_error(struct call *c, int error);

#endif
