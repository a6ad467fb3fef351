/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of the rules, and how a story is judged by one of them.
 */
#include "conformance/rule.h"

#include <string.h>

#include "conformance/judge.h"

#define ALL PLAY_ALL
#define PLAIN PLAY_BIT(PLAY_PLAIN)
#define BIND PLAY_BIT(PLAY_BIND)

const struct rule rules[] = {
    {"challenge", "The request URL answers url_verification with the challenge, within a second.",
     "EVENTS.md, Receiving them", BIND, "the app has no request URL, or is shared with other tenants", judge_challenge},
    {"event-answer", "Every event is answered with 200 within 3 seconds.", "EVENTS.md, Delivery", BIND | PLAIN,
     "no event was sent", judge_event_answer},
    {"forged-event",
     "An event whose signature (without an Encrypt Key: whose Verification Token) is wrong is not acted on.",
     "EVENTS.md, Receiving them", PLAY_BIT(PLAY_FORGED), "no forged event was sent", judge_forged_event},
    {"repeated-event", "An event that comes again, with the same event_id, is acted on once.", "EVENTS.md, Delivery",
     PLAIN | PLAY_BIT(PLAY_TWICE), "no event was taken twice", judge_repeated_event},
    {"retried-event", "An event whose first delivery broke off is acted on when it comes again.", "EVENTS.md, Delivery",
     PLAY_BIT(PLAY_BROKEN), "no event broke off and was taken later", judge_retried_event},
    {"out-of-order", "A check whose end is told before its beginning is not worked on.", "EVENTS.md, Delivery",
     PLAY_BIT(PLAY_DISORDER), "no canceled event was taken before its created event", judge_out_of_order},
    {"account", "The vendor pushes at least one package for an account that a customer has bound.",
     "guide-vendor.md, 2; API.md, eco_background_check_package.create", BIND, "the event of the account was not taken",
     judge_account},
    {"pushes", "What the vendor pushes (fields of accounts and orders, packages, add-on items) is accepted.",
     "API.md; DECISIONS.md, Vendors: what they push", BIND, "the vendor pushed nothing", judge_pushes},
    {"every-check",
     "Every check that the vendor has taken ends with a result or a cancellation, whatever its fields hold.",
     "ORDER.md; API.md, hire.eco_background_check.created_v1", PLAIN, "no event of a check was taken",
     judge_every_check},
    {"order-state", "Progress, results and cancellations come in states that allow them, and are not repeated.",
     "ORDER.md", PLAIN, "the vendor wrote nothing about a check", judge_order_state},
    {"known-order", "Only checks of which the vendor was told are written about.",
     "API.md, eco_background_check.update_progress, code 1002862", PLAIN, "the vendor wrote nothing about a check",
     judge_known_order},
    {"stage-id", "Each stage of a check has a stage_id of its own.", "API.md, eco_background_check.update_progress",
     PLAIN, "no check had progress", judge_stage_id},
    {"stage-time", "The stage_time of a check grows with each call.", "API.md, eco_background_check.update_progress",
     PLAIN, "no check had two stages", judge_stage_time},
    {"milliseconds", "stage_time and result_time are milliseconds since 1970.",
     "API.md, eco_background_check.update_progress and update_result", PLAIN, "the vendor gave no times",
     judge_milliseconds},
    {"stage-result", "A stage that has a result has a report as well.", "API.md, eco_background_check.update_progress",
     PLAIN, "no check had progress", judge_stage_result},
    {"report-file", "A report with report_url_type 1, or without a type, is a PDF that can be fetched.",
     "API.md, eco_background_check.update_result; DECISIONS.md, What is a PDF?", PLAIN, "no report was to be fetched",
     judge_report_file},
    {"approval", "Nothing is written about a check while its report waits for approval.", "ORDER.md",
     PLAY_BIT(PLAY_APPROVAL), "no report waited for approval", judge_approval},
    {"terminated", "A check that the customer has terminated is not written about any more.",
     "ORDER.md; API.md, hire.eco_background_check.canceled_v1", PLAY_BIT(PLAY_TERMINATED),
     "no canceled event was taken while a report was on its way", judge_terminated},
    {"rate-limit", "After 429 the vendor waits as x-ogw-ratelimit-reset says, and then repeats the call.",
     "HTTP.md; API.md, code 99991400", PLAY_BIT(PLAY_LIMITED), "no write was answered with 429", judge_rate_limit},
    {"server-error", "A call that was answered with 5xx, also in HTML, is repeated.", "API.md, code 1002001",
     PLAY_BIT(PLAY_FAILING), "no write was answered with 5xx", judge_server_error},
    {"expired-token", "When its token has ended (99991663), the vendor gets a new one and repeats the call.",
     "API.md, code 99991663", PLAY_BIT(PLAY_TOKEN), "no write had a token that had ended", judge_expired_token},
    {"lost-answer", "A write whose answer was lost is repeated as it was, or looked up; nothing is written twice.",
     "API.md, eco_background_check.update_progress; DECISIONS.md", PLAY_BIT(PLAY_LOST), "no answer of a write was lost",
     judge_lost_answer},
    {"no-storm", "A call that was refused is not repeated unchanged again and again.",
     "API.md, the codes of an operation", PLAIN | PLAY_BIT(PLAY_LOST), "the vendor made no call", judge_no_storm},
    {"token-cache", "A tenant_access_token is used for many calls until it ends.",
     "API.md, tenant_access_token.internal", PLAIN | PLAY_BIT(PLAY_TWICE), "the vendor made fewer than 10 calls",
     judge_token_cache},
    {"documented-fields", "Calls have documented fields only.", "API.md", PLAIN, "the vendor made no call",
     judge_documented_fields},
    {"valid-fields", "Fields have the documented types, values and lengths.",
     "API.md, codes 99992402, 9499 and 1002002", PLAIN, "the vendor made no call", judge_valid_fields},
    {"operations", "Calls go to paths that exist, with the documented method.", "API.md, codes 99991201 and 99991301",
     PLAIN, "the vendor made no call", judge_operations},
    {"permissions", "The app has the scopes of what it calls.", "API.md, code 99991672", PLAIN,
     "the vendor made no call", judge_permissions},
    {"authorization", "Calls carry a tenant_access_token as a bearer.", "API.md, codes 99991661, 99991668 and 99991671",
     PLAIN, "the vendor made no call", judge_authorization},
};
const size_t n_rules = sizeof rules / sizeof rules[0];

const struct rule *rule_find(struct str name) {
    for (size_t i = 0; i < n_rules; i++)
        if (str_eq(str_of(rules[i].name), name))
            return &rules[i];
    return NULL;
}

enum outcome rule_judge(const struct rule *r, const struct story *s, struct arena *a, struct verdict *ret) {
    *ret = (struct verdict){.arena = a, .why = STR_ABSENT};
    r->judge(s, ret);
    if (ret->n_findings > 0)
        return RULE_FAILED;
    if (ret->judged)
        return RULE_PASSED;
    ret->left_out = (r->plays & ~s->played) != 0 && str_is_absent(ret->why);
    if (str_is_absent(ret->why))
        ret->why = ret->left_out ? STR("what it is judged by was not played") : str_of(r->needs);
    return RULE_NOT_JUDGED;
}

/* The finding with that text; NULL: there is none. */
static struct finding *found_before(struct verdict *v, struct str text) {
    for (size_t i = 0; i < v->n_findings && i < FINDINGS_MAX; i++)
        if (str_eq(v->findings[i].text, text))
            return &v->findings[i];
    return NULL;
}

struct finding *verdict_find(struct verdict *v, const char *format, ...) {
    static struct finding spare; /* the findings beyond FINDINGS_MAX are only counted */
    va_list args;

    va_start(args, format);
    struct str text = arena_vprintf(v->arena, format, args);
    va_end(args);
    v->judged = true;
    struct finding *f = found_before(v, text);
    if (f) {
        f->times++;
        return f;
    }
    f = v->n_findings < FINDINGS_MAX ? &v->findings[v->n_findings] : &spare;
    v->n_findings++;
    *f = (struct finding){.text = text, .times = 1};
    return f;
}

void finding_show(struct finding *f, const json_t *entry) {
    if (entry && f->n_evidence < EVIDENCE_MAX)
        f->evidence[f->n_evidence++] = entry;
}

void verdict_excuse(struct verdict *v, const char *format, ...) {
    va_list args;
    va_start(args, format);
    v->why = arena_vprintf(v->arena, format, args);
    va_end(args);
}
