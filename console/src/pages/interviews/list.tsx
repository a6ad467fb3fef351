// SPDX-License-Identifier: Apache-2.0
//
// Five weeks of interviews as a list.
import type { Interview } from '../../types';
import { both, clock, day, Link, personName, useT } from '../../base';
import { Pill, Rows, State } from '../../ui';
import { interviewState, interviewType } from '../../words';

function Line({ i }: { i: Interview }) {
    const t = useT();
    return (
        <Link className="line" href={`/interviews/${i.id}`}>
            <span>
                {day(i.begin_time)}{' '}
                <span className="muted">
                    {clock(i.begin_time)}–{clock(i.end_time)}
                </span>
            </span>
            <div className="who-is whole">
                <div className="name clip">{i.talent_name}</div>
                <div className="small muted clip">{i.job_title}</div>
            </div>
            <div className="round small">
                <div className="clip">{both(i.stage?.name)}</div>
                <div className="clip muted">{interviewType(i.interview_type)}</div>
            </div>
            <span className="small whole">{i.interviewers?.map(personName).join(t('、', ', '))}</span>
            <span>
                <Pill {...interviewState(i)} />
            </span>
        </Link>
    );
}

export function InterviewList({ items, mine }: { items: Interview[]; mine: boolean }) {
    const t = useT();
    if (!items.length)
        return (
            <div className="card">
                <State
                    kind="empty"
                    title={
                        mine
                            ? t('这五周没有你的面试', 'You have no interviews in these five weeks')
                            : t('这五周没有面试', 'No interviews in these five weeks')
                    }
                    text={t(
                        '安排面试：打开一份投递，点「安排面试」。',
                        'To schedule one, open an application and choose “Schedule interview”.',
                    )}
                />
            </div>
        );
    return (
        <Rows
            label={t('面试', 'Interviews')}
            cols="184px minmax(0,1.3fr) minmax(0,1fr) minmax(0,1.1fr) minmax(0,1.5fr)"
            heads={[
                t('时间', 'Time'),
                t('候选人', 'Candidate'),
                t('轮次', 'Round'),
                t('面试官', 'Interviewers'),
                t('评价', 'Assessment'),
            ]}
        >
            {items.map((i) => (
                <li key={i.id}>
                    <Line i={i} />
                </li>
            ))}
        </Rows>
    );
}
