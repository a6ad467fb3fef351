/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom the client calls for: the token of an app, a given token, or a session of the console.
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client/internal.h"

#define RENEW_EARLY_MS 300000 /* a token is renewed so long before its end, or at half of its time if that is later */
#define EXPIRE_MAX_S 86400    /* a token is renewed after a day at the latest, whatever the server says */
#define CODE_SIGN_IN 4010     /* of the console: there is no session, or it has ended */

static void set_secret(char **to, const char *text) {
    if (*to)
        OPENSSL_cleanse(*to, strlen(*to));
    free(*to);
    size_t len = text ? strlen(text) + 1 : 0;
    *to = text ? memcpy(mem_alloc(len), text, len) : NULL;
}

void credentials_drop(struct client *c) {
    set_secret(&c->bearer, NULL);
    set_secret(&c->csrf, NULL);
    set_secret(&c->cookie, NULL);
}

/* Asks for a token or a session. Returns 0 when it was granted: the caller takes it from the answer. */
static int ask(struct client *c, const char *path, const char *id_name, const char *secret_name,
               struct client_answer *ret) {
    json_t *body = json_pack("{s:s, s:s}", id_name, c->id ? c->id : "", secret_name, c->secret ? c->secret : "");
    struct transfer t = {
        .method = "POST", .path = path, .body = body, .fd = -1, .max = c->o.body_max, .anonymous = true};
    if (!body)
        return client_fail(c, &t, -EACCES, "the id or the secret is no text in UTF-8");
    int r = client_send(c, &t, ret);
    if (r == 0 && ret->code != 0)
        r = client_fail(c, &t, -EACCES, "the credentials were refused: code %d, %s", ret->code, ret->msg);
    json_decref(body);
    return r;
}

/* Whether a text of the server may be sent back in a header: a line's end in it would begin another header. */
static bool fits_header(const char *text) {
    for (size_t i = 0; text && text[i]; i++)
        if ((unsigned char)text[i] < 0x20)
            return false;
    return text && *text;
}

static int get_token(struct client *c) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int r = ask(c, "/open-apis/auth/v3/tenant_access_token/internal", "app_id", "app_secret", &a);
    if (r < 0)
        return r;
    const char *token = json_string_value(json_object_get(a.body, "tenant_access_token"));
    int64_t seconds = json_integer_value(json_object_get(a.body, "expire"));
    int64_t ms = (seconds < 0 ? 0 : seconds > EXPIRE_MAX_S ? EXPIRE_MAX_S : seconds) * 1000;
    const struct transfer t = {.method = "POST", .path = "/open-apis/auth/v3/tenant_access_token/internal"};
    if (!fits_header(token))
        return client_fail(c, &t, -EBADMSG, "the answer has no tenant_access_token");
    set_secret(&c->bearer, token);
    c->renew_at_ms = clock_mono_ms() + (ms > 2 * RENEW_EARLY_MS ? ms - RENEW_EARLY_MS : ms / 2);
    return 0;
}

static int sign_in(struct client *c) {
    struct client_answer a CLIENT_ANSWER_CLEANUP = CLIENT_ANSWER_EMPTY;
    int r = ask(c, "/console/api/session/sign_in", "user", "password", &a);
    if (r < 0)
        return r;
    const char *csrf = json_string_value(json_object_get(a.data, "csrf_token"));
    const struct transfer t = {.method = "POST", .path = "/console/api/session/sign_in"};
    struct arena scratch ARENA_CLEANUP = ARENA_EMPTY;
    struct str given = client_answer_header(&a, STR("Set-Cookie")), cookie = str_cut(&given, ';');
    if (!fits_header(csrf) || str_is_empty(cookie) || memchr(cookie.ptr, '\r', cookie.len))
        return client_fail(c, &t, -EBADMSG, "the answer has no csrf_token or no cookie");
    set_secret(&c->csrf, csrf);
    set_secret(&c->cookie, arena_dup(&scratch, cookie).ptr);
    return 0;
}

int credentials_get(struct client *c) {
    if (c->o.credentials == CLIENT_APP && (!c->bearer || clock_mono_ms() >= c->renew_at_ms))
        return get_token(c);
    if (c->o.credentials == CLIENT_TOKEN && !c->bearer)
        set_secret(&c->bearer, c->secret);
    if (c->o.credentials == CLIENT_SESSION && !c->csrf)
        return sign_in(c);
    return 0;
}

static struct curl_slist *add(struct curl_slist *list, const char *name, const char *value) {
    struct buf line BUF_CLEANUP = BUF_EMPTY;
    buf_printf(&line, "%s%s", name, value);
    buf_add_char(&line, '\0');
    list = curl_slist_append(list, line.ptr);
    OPENSSL_cleanse(line.ptr, line.len);
    return list;
}

struct curl_slist *credentials_headers(const struct client *c, struct curl_slist *list) {
    if (c->bearer)
        list = add(list, "Authorization: Bearer ", c->bearer);
    if (c->csrf) {
        list = add(list, "X-Csrf-Token: ", c->csrf);
        list = add(list, "Cookie: ", c->cookie);
    }
    return list;
}

bool credentials_ended(struct client *c, const struct client_answer *a) {
    bool ended = (c->o.credentials == CLIENT_APP && a->code == CODE_TOKEN_ENDED) ||
                 (c->o.credentials == CLIENT_SESSION && a->code == CODE_SIGN_IN);
    if (ended)
        credentials_drop(c);
    return ended;
}
