/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends the challenge of url_verification and checks the answer.
 */
#include "events/delivery/challenge.h"

#include <curl/curl.h>
#include <errno.h>

#include "base/id.h"
#include "base/json.h"
#include "base/record.h"
#include "events/delivery/delivery.h"
#include "events/delivery/webhook.h"
#include "events/outgoing.h"

#define WITHIN_MS 1000L
#define ANSWER_MAX 65536
#define ANSWER_MAX_TEXT "65536"
#define SHOWN_MAX 120 /* bytes of an answer that a message shows */

struct answer {
    struct buf text;
    bool too_long;
    struct str why; /* why it is not JSON; absent: it is JSON, or it was not parsed */
};

static size_t on_bytes(char *bytes, size_t one, size_t len, void *ctx) {
    struct answer *answer = ctx;

    answer->too_long = answer->text.len + len > ANSWER_MAX;
    if (answer->too_long)
        return 0;
    buf_add(&answer->text, bytes, len);
    return len;
}

/* Whether the answer is a JSON object with the same challenge. */
static bool echoes(struct answer *answer, struct str challenge, struct arena *a) {
    struct str why = STR_ABSENT;
    json_t *object = record_parse(buf_str(&answer->text), a, &why);
    const char *echoed = json_string_value(json_object_get(object, "challenge"));
    bool same = echoed && str_eq(str_of(echoed), challenge);

    answer->why = object ? STR_ABSENT : why;
    json_decref(object);
    return same;
}

static struct str beginning(struct str answer, struct arena *a) {
    return str_head(delivery_readable(a, answer), SHOWN_MAX);
}

/* The beginning of the answer, for the end of a sentence. */
static struct str shown(struct str answer, struct arena *a) {
    struct str text = beginning(answer, a);

    if (text.len == 0)
        return STR("; nothing else came");
    return arena_printf(a, "; what came begins: %.*s", STR_FMT(text));
}

static void refuse(struct receiver_fault *ret, struct reason reason, struct str why) {
    *ret = (struct receiver_fault){.why = why, .reason = reason};
}

static void say(struct receiver_fault *ret, struct arena *a, CURLcode code, struct str met, long status,
                const struct answer *got) {
    struct str answer = buf_str(&got->text);
    if (got->too_long)
        refuse(ret, (struct reason){.word = REASON_RECEIVER_TOO_LONG, .subject = STR(ANSWER_MAX_TEXT)},
               arena_printf(a,
                            "its answer (status %ld) is longer than " ANSWER_MAX_TEXT
                            " bytes; {\"challenge\":\"...\"} is expected%.*s",
                            status, STR_FMT(shown(answer, a))));
    else if (code == CURLE_OPERATION_TIMEDOUT)
        refuse(ret, (struct reason){.word = REASON_RECEIVER_SILENT}, STR("it did not answer within a second"));
    else if (code != CURLE_OK)
        refuse(ret, (struct reason){.word = REASON_RECEIVER_UNREACHABLE, .detail = met},
               arena_printf(a, "no answer came: %.*s", STR_FMT(met)));
    else if (status != 200)
        refuse(ret, (struct reason){REASON_RECEIVER_STATUS, arena_printf(a, "%ld", status), beginning(answer, a)},
               arena_printf(a, "it answered with status %ld; 200 is expected%.*s", status, STR_FMT(shown(answer, a))));
    else
        refuse(ret, (struct reason){.word = REASON_RECEIVER_ECHO, .detail = beginning(answer, a)},
               arena_printf(a,
                            "its answer does not echo the challenge; {\"challenge\":\"...\"} is expected%s%.*s%s%.*s",
                            answer.len > 0 && got->why.len > 0 ? ", and this is no JSON (" : "",
                            STR_FMT(answer.len > 0 ? got->why : STR("")), answer.len > 0 && got->why.len > 0 ? ")" : "",
                            STR_FMT(shown(answer, a))));
}

int challenge_ask(const struct challenge *c, struct arena *a, struct receiver_fault *ret) {
    struct buf plain BUF_CLEANUP = BUF_EMPTY;
    struct answer answer = {.text = BUF_EMPTY};
    struct webhook hook WEBHOOK_CLEANUP = {0};
    struct outgoing_guard guard = {.allow_loopback = c->allow_loopback, .allow_private = c->allow_private};
    char text[32], error[CURL_ERROR_SIZE] = "";
    struct str challenge = {text, sizeof(text)};
    long status = 0;
    int r = -EPROTO;

    id_random_hex(text, sizeof(text) / 2);
    json_begin(&plain, '{');
    json_member_str(&plain, STR("challenge"), challenge);
    json_member_str(&plain, STR("token"), c->verification_token);
    json_member_str(&plain, STR("type"), STR("url_verification"));
    json_end(&plain, '}');

    CURL *curl = curl_easy_init();
    if (!curl)
        return -ENOMEM;
    webhook_prepare(&hook, c->encrypt_key, buf_str(&plain));
    webhook_setup(&hook, curl, &guard, c->url, WITHIN_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);

    if (guard.refused)
        refuse(ret, (struct reason){.word = REASON_RECEIVER_ADDRESS},
               STR("its address is not a public one, and the configuration ([fetch] allow) permits no other"));
    else if (code == CURLE_OK && status == 200 && echoes(&answer, challenge, a))
        r = 0;
    else
        say(ret, a, code, arena_printf(a, "%s", error[0] ? error : curl_easy_strerror(code)), status, &answer);
    buf_free(&answer.text);
    return r;
}
