/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules' functions, by the file that has them, and what several of them ask. A fault belongs to one rule: the
 * general ones (refused calls) leave out what a special one explains.
 */
#ifndef HIRED_CONFORMANCE_JUDGE_H
#define HIRED_CONFORMANCE_JUDGE_H

#include "conformance/rule.h"

typedef void rule_judge_fn(const struct story *s, struct verdict *v);

rule_judge_fn judge_challenge, judge_event_answer, judge_forged_event, judge_repeated_event, judge_retried_event,
    judge_out_of_order; /* judge_event.c */
rule_judge_fn judge_account, judge_pushes, judge_every_check, judge_order_state, judge_known_order, judge_approval,
    judge_terminated, judge_report_file;                                                    /* judge_order.c */
rule_judge_fn judge_stage_id, judge_stage_time, judge_milliseconds, judge_stage_result;     /* judge_stage.c */
rule_judge_fn judge_rate_limit, judge_server_error, judge_expired_token, judge_lost_answer; /* judge_fault.c */
rule_judge_fn judge_documented_fields, judge_valid_fields, judge_operations, judge_permissions, judge_authorization,
    judge_token_cache, judge_no_storm; /* judge_call.c */

/* Of the writes about one check, whether the one at index i ... */
bool write_repeats(const struct story_order *o, const struct write *w, size_t n,
                   size_t i);                                 /* does again what was accepted */
bool write_repeats_lost(const struct write *w, size_t i);     /* repeats one whose answer was lost */
bool write_uses_stage_again(const struct write *w, size_t i); /* has the stage_id of another stage */
bool write_time_stands(const struct write *w, size_t i);      /* has a stage_time that is not greater than all before */
bool write_time_is_no_ms(const struct write *w);              /* has a time that is not in milliseconds */
bool write_lacks_report(const struct write *w);               /* has a result of a stage without a report */
const char *write_name(const struct write *w);                /* "update_progress" */

/* Calls fn for each check of these plays (bits), with what the vendor wrote about it. */
typedef void check_fn(const struct story *s, struct verdict *v, const struct story_order *o, const struct write *w,
                      size_t n);
void each_check(const struct story *s, struct verdict *v, unsigned plays, check_fn *fn);

/* Shows the event of a check, and what the vendor wrote about it behind number `after`. */
void finding_show_check(struct finding *f, const struct story *s, const struct story_order *o, int64_t after);

#endif
