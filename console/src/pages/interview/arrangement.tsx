// SPDX-License-Identifier: Apache-2.0
//
// Time, place and participants of an interview.
import { type ReactNode } from 'react';
import { both, clock, day, isZhNow, personName, useT } from '../../base';
import type { Interview } from '../../types';
import { Pill } from '../../ui';
import { conclusion, interviewType, videoType } from '../../words';
import { lengthOf, zone } from '../interviews/dates';

function When({ i }: { i: Interview }) {
    const t = useT();
    const begin = Number(i.begin_time ?? 0),
        end = Number(i.end_time ?? 0);
    if (!begin) return <>{t('未定', 'Not set')}</>;
    const year = new Date(begin).getFullYear();
    return (
        <>
            <b>
                {isZhNow() ? `${year}年${day(begin)}` : `${day(begin)} ${year}`}{' '}
                <span className="nowrap">
                    {clock(begin)}
                    {end > begin && `–${clock(end)}`}
                </span>
            </b>
            <br />
            <span className="muted small">
                {[end > begin && lengthOf(end - begin), zone(begin)].filter(Boolean).join(' · ')}
            </span>
        </>
    );
}

// The server hides the others' conclusions from an interviewer who has not submitted an assessment.
function People({ i }: { i: Interview }) {
    const t = useT();
    return (
        <ul className="held-by">
            {i.interviewers?.map((p) => (
                <li key={p.record_id ?? p.user_id}>
                    <span>{personName(p)}</span>
                    {p.submitted && p.conclusion === undefined ? (
                        <Pill text={t('已提交', 'Submitted')} tone="grey" />
                    ) : (
                        <Pill {...conclusion(p.conclusion)} />
                    )}
                </li>
            ))}
        </ul>
    );
}

export function Arrangement({ i }: { i: Interview }) {
    const t = useT();
    const how = [interviewType(i.interview_type), i.interview_type === 3 && videoType(i.video_type)];
    const rows: [string, ReactNode][] = [
        [t('时间', 'Time'), <When i={i} />],
        [t('方式', 'Format'), how.filter(Boolean).join(' · ')],
        [t('会议室', 'Rooms'), i.rooms?.join(t('、', ', '))],
        [t('地点', 'Location'), both(i.address)],
        [t('阶段', 'Stage'), both(i.stage?.name)],
        [
            t('轮次', 'Round'),
            [i.round !== undefined && t(`第 ${i.round + 1} 轮`, `Round ${i.round + 1}`), both(i.round_type?.name)]
                .filter(Boolean)
                .join(' · '),
        ],
        [t('备注', 'Notes'), i.remark && <span className="said">{i.remark}</span>],
        [t('面试官', 'Interviewers'), <People i={i} />],
    ];
    return (
        <section className="card" aria-labelledby="arrangement">
            <h2 id="arrangement">{t('安排', 'Details')}</h2>
            <dl className="dl">
                {rows
                    .filter(([, what]) => what)
                    .map(([name, what]) => [<dt key={`${name}-t`}>{name}</dt>, <dd key={`${name}-d`}>{what}</dd>])}
            </dl>
        </section>
    );
}
