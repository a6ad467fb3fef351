// SPDX-License-Identifier: Apache-2.0
//
// People and rooms that are already booked at the planned time. A warning only: it does not prevent saving.
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { post } from '../../api';
import { clock, personName, tr, useT } from '../../base';
import type { Conflict } from '../../types';
import { beginOf, endOf, type Plan } from './model';

export function useConflicts(plan: Plan, application: string, except?: string) {
    const begin = beginOf(plan),
        end = endOf(plan);
    const body = useDeferredValue(
        JSON.stringify({
            begin_time: String(begin),
            end_time: String(end),
            application_id: application,
            ...(plan.people.length && { interviewers: plan.people.slice(0, 20) }),
            ...(plan.rooms.length && { room_ids: plan.rooms }),
            ...(except && { except_id: except }),
        }),
    );
    return useQuery({
        queryKey: ['interviews', 'conflicts', body],
        enabled: end > begin,
        placeholderData: (before: Conflict[] | undefined) => before,
        queryFn: async () => (await post<{ items?: Conflict[] }>('interviews/conflicts', JSON.parse(body))).items ?? [],
    });
}

function who(c: Conflict) {
    return [
        ...(c.interviewers ?? []).map((p) => personName(p) || p.user_id),
        ...(c.rooms ?? []),
        ...(c.candidate ? [tr('候选人本人', 'the candidate')] : []),
    ].join(tr('、', ', '));
}

export function Conflicts({ found }: { found: Conflict[] }) {
    const t = useT();
    return (
        <div className="note t-amber" role="status" hidden={!found.length}>
            {!!found.length && (
                <>
                    <b>{t('这个时间有冲突', 'This time conflicts with other interviews')}</b>
                    <ul>
                        {found.map((c) => (
                            <li key={c.interview_id}>
                                {t(
                                    `${who(c)}：${clock(c.begin_time)}–${clock(c.end_time)} 已有面试`,
                                    `${who(c)}: another interview ${clock(c.begin_time)}–${clock(c.end_time)}`,
                                )}
                                {c.talent_name && (
                                    <span>
                                        {t('（', ' (')}
                                        {[c.talent_name, c.job_title].filter(Boolean).join(' · ')}
                                        {t('）', ')')}
                                    </span>
                                )}
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </div>
    );
}
