// SPDX-License-Identifier: Apache-2.0
//
// One interview: time and place, the interviewers' assessments, and the form for the user's own.
import { useQuery } from '@tanstack/react-query';
import { ApiError, get } from '../../api';
import type { InterviewDetail, Session } from '../../types';
import { back } from '../../back';
import { dateTime, Link, personName, useT } from '../../base';
import { Head, Load, Pill, State } from '../../ui';
import { interviewState } from '../../words';
import { may } from '../../shell/nav';
import { Arrangement } from './arrangement';
import { Assess } from './assess';
import { Change } from './change';
import { Records } from './records';

function Crumb() {
    const from = back('/interviews');
    return (
        <Link className="crumb" href={from.href}>
            ← {from.name}
        </Link>
    );
}

function Cancelled({ d }: { d: InterviewDetail }) {
    const t = useT();
    const { at, actor, reason } = d.cancelled ?? {};
    return (
        <section className="note t-amber" role="status">
            <b>{t('这场面试已取消', 'This interview was cancelled')}</b>
            <div>{[dateTime(at), personName(actor)].filter(Boolean).join(' · ')}</div>
            {reason && <div>{t(`原因：${reason}`, `Reason: ${reason}`)}</div>}
        </section>
    );
}

function Detail({ d, session }: { d: InterviewDetail; session: Session }) {
    const t = useT();
    const i = d.interview;
    return (
        <>
            <Head
                title={i.talent_name || t('面试', 'Interview')}
                crumb={<Crumb />}
                sub={
                    <span className="row tight">
                        {i.job_title}
                        {d.cancelled ? (
                            <Pill tone="grey" text={t('已取消', 'Cancelled')} />
                        ) : (
                            <Pill {...interviewState(i)} />
                        )}
                    </span>
                }
            >
                {may(session, ['recruiter', 'approver']) && (
                    <Link
                        className="semi-button semi-button-primary semi-button-light"
                        href={`/applications/${i.application_id}`}
                    >
                        <span className="semi-button-content">{t('查看投递', 'View application')}</span>
                    </Link>
                )}
                <Change i={i} version={d.version} />
            </Head>
            <div className="cols">
                <div>
                    {d.cancelled ? (
                        <Cancelled d={d} />
                    ) : (
                        <>
                            {i.may_assess && (
                                <Assess
                                    key={i.id}
                                    interview={i}
                                    form={d.form}
                                    levels={d.job_levels ?? []}
                                    account={session.user.id}
                                />
                            )}
                            <Records d={d} me={session.user.user_id} />
                        </>
                    )}
                </div>
                <Arrangement i={i} />
            </div>
        </>
    );
}

export default function InterviewPage({ id, session }: { id: string; session: Session }) {
    const t = useT();
    const q = useQuery({
        queryKey: ['interview', id],
        queryFn: () => get<InterviewDetail>(`interviews/${id}`),
    });
    if (q.error instanceof ApiError && q.error.status === 404)
        return (
            <>
                <Head title={t('面试', 'Interview')} crumb={<Crumb />} />
                <div className="card">
                    <State
                        kind="empty"
                        title={t('没有这场面试', 'Interview not found')}
                        text={t(
                            '它不存在，或者不是你的面试。',
                            'It does not exist, or you are not one of its interviewers.',
                        )}
                    >
                        <Link href="/interviews">{t('查看所有面试', 'View all interviews')}</Link>
                    </State>
                </div>
            </>
        );
    return (
        <Load q={q} title={t('面试', 'Interview')} lines={9}>
            {(d) => <Detail d={d} session={session} />}
        </Load>
    );
}
