/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls of the source: within the documented limits, and again after faults.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "cli/mirror/mirror.h"
#include "cli/mirror/pace.h"
#include "gateway/answer.h"

#define TRIES 9 /* the waits between them add up to two minutes */
#define WAIT_MAX_MS 30000

/* Returns -ECANCELED if the run is to end. */
static int rest(int64_t ms) {
    for (int64_t end = clock_mono_ns() + ms * 1000000; clock_mono_ns() < end && !mirror_stop;) {
        int64_t left = end - clock_mono_ns(), step = left < 50000000 ? left : 50000000;
        nanosleep(&(struct timespec){.tv_nsec = step > 0 ? (long)step : 0}, NULL);
    }
    return mirror_stop ? -ECANCELED : 0;
}

static size_t find_op(const char *name) {
    for (size_t i = 0; i < api_n_ops; i++)
        if (str_eq(api_ops[i].name, str_of(name)))
            return i;
    return SIZE_MAX;
}

/* The server has failed; a repetition may help. */
static bool is_fault(int r, const struct client_answer *a) {
    if (r == 0)
        return a->code == CODE_SYSTEM || a->status >= 500;
    if (r == -EBADMSG) /* the page of a proxy, or an answer that was cut off; not another page of the server */
        return a->status >= 500 || a->status == 429 || a->status == 200 || a->status == 0;
    return r == -ETIMEDOUT || r == -ECONNREFUSED || r == -ECONNRESET || r == -EHOSTUNREACH || r == -EIO;
}

enum refusal mirror_refusal(const struct client_answer *a) {
    if (a->status == 501 || a->code == CODE_NO_PATH || a->code == CODE_NO_METHOD)
        return REFUSED_UNKNOWN;
    switch (a->code) {
    case CODE_NO_SCOPE:
        return REFUSED_SCOPE;
    case CODE_LIMITED:
    case CODE_IP_DENIED:
    case CODE_NO_TOKEN:
    case CODE_APP_DISABLED:
    case CODE_TOKEN_INVALID:
    case CODE_WRONG_TOKEN_TYPE:
    case CODE_TOKEN_PREFIX:
    case CODE_APP_NOT_INSTALLED:
        return REFUSED_ALL;
    default:
        return REFUSED_ONE;
    }
}

const char *mirror_msg(const struct mirror *m, const struct client_answer *a) {
    return m->masker ? "its msg is not shown, because the mirror is masked" : a->msg;
}

static int give_up(struct mirror *m, int r, struct client_answer *a) {
    if (r == -ECANCELED)
        return r;
    if (r == 0)
        a->msg = mirror_msg(m, a);
    mirror_fail(m, "%s. What was read is in %s: the same command continues there",
                r == 0 ? client_refusal(m->client, a) : client_why(m->client), m->work);
    return r < 0 ? r : -EIO;
}

int mirror_call(struct mirror *m, const char *operation, const char *path, const char *query, json_t *body,
                struct client_answer *ret) {
    size_t at = find_op(operation);
    const struct op *op = &api_ops[at];
    struct buf method BUF_CLEANUP = BUF_EMPTY;
    buf_add_str(&method, op->method);
    buf_add_char(&method, '\0');
    for (int64_t wait_ms = 250, tries = 1;; tries++, wait_ms = wait_ms * 2 < WAIT_MAX_MS ? wait_ms * 2 : WAIT_MAX_MS) {
        int64_t pause = pace_take(&m->paces[at], op, clock_mono_ns() / 1000000);
        if (pause > 0 && rest(pause) < 0)
            return -ECANCELED;
        int r = client_call(m->client, method.ptr, path, query, body, ret);
        m->calls++;
        if (mirror_stop || r == -ECANCELED)
            return -ECANCELED;
        if (is_fault(r, ret) && ret->status != 501 && tries < TRIES) {
            m->retries++;
            if (rest(wait_ms) < 0)
                return -ECANCELED;
            continue;
        }
        if (r < 0 || is_fault(r, ret)) {
            if (ret->status == 501)
                return 0;
            return give_up(m, r, ret);
        }
        if (ret->code != 0 && mirror_refusal(ret) == REFUSED_ALL)
            return give_up(m, 0, ret);
        return 0;
    }
}
