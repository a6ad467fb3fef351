// SPDX-License-Identifier: Apache-2.0
//
// The cards beside the checks of an application: candidate, interviews, stages.
import type { ReactNode } from 'react';
import type { ApplicationDetail, Interview } from '../../types';
import { both, dateTime, Link, ownPath, useT } from '../../base';
import { Pill, When } from '../../ui';
import { interviewSummary, interviewType } from '../../words';

function Fact({ label, wide, children }: { label: string; wide?: boolean; children?: ReactNode }) {
    return (
        <div className={wide ? 'wide' : undefined}>
            <dt>{label}</dt>
            <dd>{children || '—'}</dd>
        </div>
    );
}

export function CandidateCard({ c }: { c: ApplicationDetail['candidate'] }) {
    const t = useT();
    if (!c)
        return (
            <section className="card">
                <h2>{t('候选人', 'Candidate')}</h2>
                <p className="muted">{t('这里没有此人的资料', 'No details on file for this candidate')}</p>
            </section>
        );
    const years = c.experience_years;
    return (
        <section className="card">
            <h2>{t('候选人', 'Candidate')}</h2>
            <dl className="facts">
                <Fact label={t('手机', 'Mobile')} wide>
                    {c.mobile && <a href={`tel:${c.mobile.replace(/[^\d+]/g, '')}`}>{c.mobile}</a>}
                </Fact>
                <Fact label={t('邮箱', 'Email')} wide>
                    {c.email && <a href={`mailto:${encodeURIComponent(c.email).replace('%40', '@')}`}>{c.email}</a>}
                </Fact>
                <Fact label={t('城市', 'City')}>{both(c.current_city)}</Fact>
                <Fact label={t('工作年限', 'Experience')}>
                    {years ? t(`${years} 年`, years === 1 ? '1 year' : `${years} years`) : ''}
                </Fact>
                {c.resume_url && (
                    <Fact label={t('简历', 'Resume')} wide>
                        <a href={ownPath(c.resume_url)} target="_blank" rel="noreferrer">
                            {c.resume_name || t('打开', 'Open')}
                        </a>
                    </Fact>
                )}
            </dl>
        </section>
    );
}

function InterviewItem({ i }: { i: Interview }) {
    const about = [both(i.stage?.name), both(i.round_type?.name), interviewType(i.interview_type)];
    return (
        <li>
            <div className="row tight between">
                <Link href={`/interviews/${i.id}`}>{dateTime(i.begin_time)}</Link>
                <Pill {...interviewSummary(i.interview_round_summary)} />
            </div>
            <div className="small muted">{about.filter(Boolean).join(' · ')}</div>
        </li>
    );
}
export function InterviewsCard({ interviews }: { interviews: Interview[] }) {
    const t = useT();
    return (
        <section className="card">
            <h2>{t('面试', 'Interviews')}</h2>
            {interviews.length ? (
                <ul className="tl">
                    {interviews.map((i) => (
                        <InterviewItem key={i.id} i={i} />
                    ))}
                </ul>
            ) : (
                <p className="muted">{t('还没有面试', 'No interviews yet')}</p>
            )}
        </section>
    );
}

export function StagesCard({ stages }: { stages: NonNullable<ApplicationDetail['stages']> }) {
    const t = useT();
    return (
        <section className="card">
            <h2>{t('阶段', 'Stages')}</h2>
            {stages.length ? (
                <ol className="tl">
                    {[...stages].reverse().map((s, n) => (
                        <li key={`${s.id}${n}`} aria-current={n === 0 ? 'step' : undefined}>
                            <div className="row tight between">
                                <span className={n === 0 ? 'strong' : undefined}>{both(s.name)}</span>
                                <span className="small muted">
                                    <When ms={s.enter_time} timed />
                                </span>
                            </div>
                        </li>
                    ))}
                </ol>
            ) : (
                <p className="muted">{t('没有阶段记录', 'No stage history yet')}</p>
            )}
        </section>
    );
}
