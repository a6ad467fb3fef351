/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in scenarios, and the choice of one.
 */
#include "robot/scenario.h"

#include "base/invariant.h"

static const char of_vendor[] =
    "{\n"
    "  \"scenarios\": [\n"
    "    {\"name\": \"green\", \"about\": \"progress after a minute, an interim report after an hour, a green report "
    "after a "
    "day; corrected if it is rejected\", \"steps\": [\n"
    "      {\"do\": \"progress\", \"after_s\": 60, \"stage_name\": \"开始核实\", \"stage_en_name\": \"Verification has "
    "begun\"},\n"
    "      {\"do\": \"interim\", \"after_s\": 3600, \"stage_name\": \"阶段报告\", \"stage_en_name\": \"Interim "
    "report\", "
    "\"result\": \"Green\"},\n"
    "      {\"do\": \"final\", \"after_s\": 86400, \"result\": \"Green\"},\n"
    "      {\"do\": \"correct\", \"after_s\": 90000, \"result\": \"Green\"},\n"
    "      {\"do\": \"correct\", \"after_s\": 172800, \"result\": \"Green\"},\n"
    "      {\"do\": \"correct\", \"after_s\": 259200, \"result\": \"Green\"}]},\n"
    "    {\"name\": \"yellow\", \"about\": \"a yellow interim report after an hour, a yellow report after a day\", "
    "\"steps\": [\n"
    "      {\"do\": \"interim\", \"after_s\": 3600, \"stage_name\": \"阶段报告\", \"stage_en_name\": \"Interim "
    "report\", "
    "\"result\": \"Yellow\"},\n"
    "      {\"do\": \"final\", \"after_s\": 86400, \"result\": \"Yellow\"},\n"
    "      {\"do\": \"correct\", \"after_s\": 90000, \"result\": \"Yellow\"}]},\n"
    "    {\"name\": \"red\", \"about\": \"progress after a minute, a red report after a day\", \"steps\": [\n"
    "      {\"do\": \"progress\", \"after_s\": 60, \"stage_name\": \"开始核实\", \"stage_en_name\": \"Verification has "
    "begun\"},\n"
    "      {\"do\": \"final\", \"after_s\": 86400, \"result\": \"Red\"},\n"
    "      {\"do\": \"correct\", \"after_s\": 90000, \"result\": \"Red\"}]},\n"
    "    {\"name\": \"fast\", \"about\": \"a green report after a second\", \"steps\": [\n"
    "      {\"do\": \"final\", \"after_s\": 1, \"result\": \"Green\"}]},\n"
    "    {\"name\": \"interims\", \"about\": \"three interim reports within three days, a green report after four\", "
    "\"steps\": "
    "[\n"
    "      {\"do\": \"interim\", \"after_s\": 3600, \"stage_name\": \"身份核实\", \"stage_en_name\": \"Identity\", "
    "\"result\": "
    "\"Green\"},\n"
    "      {\"do\": \"interim\", \"after_s\": 86400, \"stage_name\": \"学历核实\", \"stage_en_name\": \"Education\", "
    "\"result\": \"Green\"},\n"
    "      {\"do\": \"interim\", \"after_s\": 259200, \"stage_name\": \"工作履历核实\", \"stage_en_name\": "
    "\"Employment\", "
    "\"result\": \"Yellow\"},\n"
    "      {\"do\": \"final\", \"after_s\": 345600, \"result\": \"Green\"}]},\n"
    "    {\"name\": \"pages\", \"about\": \"reports as preview pages instead of PDFs\", \"steps\": [\n"
    "      {\"do\": \"interim\", \"after_s\": 3600, \"stage_name\": \"阶段报告\", \"stage_en_name\": \"Interim "
    "report\", "
    "\"result\": \"Green\", \"report\": \"page\"},\n"
    "      {\"do\": \"final\", \"after_s\": 86400, \"result\": \"Green\", \"report\": \"page\"}]},\n"
    "    {\"name\": \"late\", \"about\": \"progress after a minute, then nothing for 14 days, then a green report\", "
    "\"steps\": "
    "[\n"
    "      {\"do\": \"progress\", \"after_s\": 60, \"stage_name\": \"开始核实\", \"stage_en_name\": \"Verification has "
    "begun\"},\n"
    "      {\"do\": \"final\", \"after_s\": 1209600, \"result\": \"Green\"}]},\n"
    "    {\"name\": \"cancel\", \"about\": \"progress after a minute; the vendor cancels after an hour\", \"steps\": "
    "[\n"
    "      {\"do\": \"progress\", \"after_s\": 60, \"stage_name\": \"开始核实\", \"stage_en_name\": \"Verification has "
    "begun\"},\n"
    "      {\"do\": \"cancel\", \"after_s\": 3600}]},\n"
    "    {\"name\": \"silent\", \"about\": \"takes the event and never answers\", \"steps\": []},\n"
    "    {\"name\": \"deaf\", \"about\": \"does not take the event: answers it with 500 at every attempt\", "
    "\"refuses_event\": "
    "true, \"steps\": []}\n"
    "  ],\n"
    "  \"rules\": [\n"
    "    {\"name\": \"Robot Green\", \"scenario\": \"green\"},\n"
    "    {\"name\": \"Robot Yellow\", \"scenario\": \"yellow\"},\n"
    "    {\"name\": \"Robot Red\", \"scenario\": \"red\"},\n"
    "    {\"name\": \"Robot Fast\", \"scenario\": \"fast\"},\n"
    "    {\"name\": \"Robot Interims\", \"scenario\": \"interims\"},\n"
    "    {\"name\": \"Robot Pages\", \"scenario\": \"pages\"},\n"
    "    {\"name\": \"Robot Late\", \"scenario\": \"late\"},\n"
    "    {\"name\": \"Robot Cancel\", \"scenario\": \"cancel\"},\n"
    "    {\"name\": \"Robot Silent\", \"scenario\": \"silent\"},\n"
    "    {\"name\": \"Robot Deaf\", \"scenario\": \"deaf\"}\n"
    "  ],\n"
    "  \"otherwise\": \"green\"\n"
    "}\n";

static const char of_customer[] =
    "{\n"
    "  \"scenarios\": [\n"
    "    {\"name\": \"approve\", \"about\": \"approves the arrangement and every report\"},\n"
    "    {\"name\": \"reject_once\", \"about\": \"approves the arrangement, rejects the first report, approves the "
    "next\",\n"
    "     \"reports\": [\"reject\", \"approve\"]},\n"
    "    {\"name\": \"withdraw_once\", \"about\": \"takes the request to approve the first report back, approves the "
    "next\",\n"
    "     \"reports\": [\"withdraw\", \"approve\"]},\n"
    "    {\"name\": \"reject_arrangement\", \"about\": \"rejects the arrangement, so the vendor never hears of it\", "
    "\"arrangement\": \"reject\"},\n"
    "    {\"name\": \"withdraw_arrangement\", \"about\": \"takes the request to approve the arrangement back\", "
    "\"arrangement\": \"withdraw\"},\n"
    "    {\"name\": \"terminate\", \"about\": \"terminates after the vendor's first progress\", \"terminate_after\": "
    "\"progress\"},\n"
    "    {\"name\": \"terminate_at_once\", \"about\": \"terminates as soon as the check is arranged\", "
    "\"terminate_after\": "
    "\"arranged\"},\n"
    "    {\"name\": \"terminate_interim\", \"about\": \"terminates after the first interim report\", "
    "\"terminate_after\": "
    "\"interim\"},\n"
    "    {\"name\": \"terminate_report\", \"about\": \"terminates while the final report waits for approval\", "
    "\"terminate_after\": \"report\"}\n"
    "  ],\n"
    "  \"otherwise\": \"approve\"\n"
    "}\n";

struct str scenarios_text(enum scenario_kind kind) {
    return kind == SCENARIOS_OF_VENDOR ? str_of(of_vendor) : str_of(of_customer);
}

void scenarios_built_in(struct scenarios *ret, enum scenario_kind kind, struct arena *a) {
    struct scenario_findings findings = {0};
    int r = scenarios_read(ret, kind, STR("{}"), a, &findings);
    INVARIANT_RETURN(r == 0); /* a unit test reads them */
}

const struct scenario *scenario_find(const struct scenarios *s, struct str name) {
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(s->v[i].name, name))
            return &s->v[i];
    return NULL;
}

void scenario_unknown(const struct scenarios *s, struct str name, struct buf *out) {
    buf_printf(out, "there is no scenario \"%.*s\"; there are", STR_FMT(str_head(name, 100)));
    for (size_t i = 0; i < s->n; i++)
        buf_printf(out, "%s %.*s", i > 0 ? "," : "", STR_FMT(s->v[i].name));
}

static bool applies(struct str rule, struct str given) {
    return str_is_absent(rule) || (!str_is_absent(given) && str_eq_nocase(rule, str_trim(given)));
}

const struct scenario *scenario_choose(const struct scenarios *s, struct str name, struct str package_id,
                                       struct str account_id) {
    for (size_t i = 0; i < s->n_rules; i++) {
        const struct scenario_rule *r = &s->rules[i];
        if (applies(r->name, name) && applies(r->package_id, package_id) && applies(r->account_id, account_id))
            return &s->v[r->scenario];
    }
    return &s->v[s->otherwise];
}
