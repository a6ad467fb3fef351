/* SPDX-License-Identifier: Apache-2.0
 *
 * The platform's envelope: {"code":0,"msg":"success","data":{...}}, or a failure with its error object.
 */
#ifndef HIRED_GATEWAY_ANSWER_H
#define HIRED_GATEWAY_ANSWER_H

#include "gateway/call.h"

/* Codes of the gateway itself; COMMON to all operations. */
enum {
    CODE_NO_SESSION = 4010, /* the console's; as are the next ones */
    CODE_FOREIGN_PAGE = 4030,
    CODE_NO_ROLE = 4031,
    CODE_BAD_REQUEST = 9499,
    CODE_TOKEN_PARAM = 10003,         /* token endpoints: a field is missing or wrong */
    CODE_TOKEN_NOT_INSTALLED = 10005, /* token endpoints: the app is not installed in that tenant, or there is none */
    CODE_TOKEN_TICKET = 10012,        /* token endpoints: not a ticket of the app's that is good now */
    CODE_TOKEN_APP_TOKEN = 10013,     /* token endpoints: app_access_token unknown, expired or revoked */
    CODE_TOKEN_SECRET = 10014,        /* token endpoints: id or secret wrong */
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

/* Begins a successful answer in out: up to where the handler's data goes. */
void answer_begin(const struct call *c, struct buf *out);

/* Ends it. data_at is out->len after answer_begin: nothing written since means empty data. */
void answer_end(const struct call *c, struct buf *out, size_t data_at);

/* Writes a failed call's whole body. */
void answer_failure(const struct call *c, struct buf *out);

/* Fails with a code of the gateway: its own status and words. */
int answer_fail_gateway(struct call *c, int code);

/* Fails because the app does not allow calls from that address. */
int answer_fail_address(struct call *c, struct str address);

/* Fails with 503: it may be tried again. detail says what there is too little of. Replaces an earlier failure. */
int answer_fail_busy(struct call *c, struct str detail);

/* What a negative errno that nobody has put into words says to the caller. Where something is lacking that may be there
 * again in a moment (the writer's time or queue, room on the disk, descriptors, memory; the server that is being
 * stopped), a sentence that names it, for answer_fail_busy; absent for a fault inside. */
struct str answer_busy_reason(int error);

/* Fails a call with that: 503, or 500 for a fault inside (which the caller of this logs). Returns whether it was 503.
 */
bool answer_fail_error(struct call *c, int error);

#endif
