// SPDX-License-Identifier: Apache-2.0
//
// One application: the person, the way through the stages, the background checks, the interviews.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import SideSheet from '@douyinfe/semi-ui/lib/es/sideSheet';
import { useEffect, useState } from 'react';
import { get } from '../api';
import type { ApplicationDetail, Session } from '../types';
import { both, dateTime, Link, navigate, useParam, useT } from '../base';
import { Button, Head, Load, Pill, State, When } from '../ui';
import { interviewSummary, interviewType, orderStatus } from '../words';
import { ArrangeForm, RecordForm } from './arrange';
import { CheckCard } from './check';
import { ScheduleForm } from './schedule';

export default function ApplicationPage({ id, session }: { id: string; session: Session }) {
    const t = useT();
    const qc = useQueryClient();
    const q = useQuery({ queryKey: ['application', id], queryFn: () => get<ApplicationDetail>(`applications/${id}`) });
    const [chosen, setChosen] = useParam('order');
    const [sheet, setSheet] = useState<'' | 'arrange' | 'record' | 'schedule'>('');
    // Semi's sheet has no name of its own for those who cannot see it.
    useEffect(() => {
        document.querySelector('.semi-sidesheet-inner')?.setAttribute('aria-label', sheet ? t('表单', 'Form') : '');
    }, [sheet, t]);
    const recruiter = session.user.roles.some((r) => r === 'admin' || r === 'recruiter');
    const changed = (order?: string) => {
        setSheet('');
        for (const k of ['application', 'applications', 'orders', 'overview', 'interviews'])
            qc.invalidateQueries({ queryKey: [k] });
        if (order) setChosen(order);
    };
    return (
        <Load q={q} title={t('投递', 'Application')} lines={10}>
            {(d) => {
                const a = d.application,
                    orders = d.orders ?? [],
                    shown = orders.find((o) => o.id === chosen) ?? orders[0];
                return (
                    <>
                        <Head
                            title={d.candidate?.name ?? a.talent_name}
                            crumb={
                                <Link className="crumb" href="/applications">
                                    ← {t('投递', 'Applications')}
                                </Link>
                            }
                            sub={
                                <span className="row tight">
                                    <span>{d.job?.title ?? a.job_title}</span>
                                    {a.stage && <span className="chip">{both(a.stage.name)}</span>}
                                    {a.active_status === 2 && <Pill tone="grey" text={t('已终止', 'Terminated')} />}
                                </span>
                            }
                        >
                            {recruiter && (
                                <>
                                    <Button onClick={() => setSheet('schedule')}>
                                        {t('安排面试', 'Schedule an interview')}
                                    </Button>
                                    <Button onClick={() => setSheet('record')}>
                                        {t('录入背调结果', 'Record a result')}
                                    </Button>
                                    <Button theme="solid" onClick={() => setSheet('arrange')}>
                                        {t('发起背调', 'Order a check')}
                                    </Button>
                                </>
                            )}
                        </Head>
                        <div className="cols">
                            <div>
                                {orders.length > 1 && (
                                    <nav className="tabs" aria-label={t('背景调查', 'Background checks')}>
                                        {orders.map((o) => (
                                            <a
                                                key={o.id}
                                                href={`?order=${o.id}`}
                                                aria-current={o === shown ? 'true' : undefined}
                                                onClick={(e) => {
                                                    e.preventDefault();
                                                    setChosen(o.id);
                                                }}
                                            >
                                                {o.package || o.name || both(o.provider_name)} ·{' '}
                                                {orderStatus(o.status, o.phase).text}
                                            </a>
                                        ))}
                                    </nav>
                                )}
                                {shown ? (
                                    <CheckCard key={shown.id} id={shown.id} />
                                ) : (
                                    <section className="card check">
                                        <h2>{t('背景调查', 'Background check')}</h2>
                                        <State
                                            kind="empty"
                                            title={t('还没有背景调查', 'No background check yet')}
                                            text={
                                                recruiter
                                                    ? t(
                                                          '向供应商发起，或录入已有结果。',
                                                          'Order one from a vendor, or record a result you have.',
                                                      )
                                                    : undefined
                                            }
                                        />
                                    </section>
                                )}
                            </div>
                            <div>
                                <section className="card">
                                    <h2>{t('候选人', 'Candidate')}</h2>
                                    {d.candidate ? (
                                        <dl className="dl">
                                            <dt>{t('手机', 'Mobile')}</dt>
                                            <dd>{d.candidate.mobile || '—'}</dd>
                                            <dt>{t('邮箱', 'Email')}</dt>
                                            <dd>{d.candidate.email || '—'}</dd>
                                            <dt>{t('城市', 'City')}</dt>
                                            <dd>{both(d.candidate.current_city) || '—'}</dd>
                                            <dt>{t('工作年限', 'Experience')}</dt>
                                            <dd>
                                                {d.candidate.experience_years
                                                    ? t(
                                                          `${d.candidate.experience_years} 年`,
                                                          `${d.candidate.experience_years} years`,
                                                      )
                                                    : '—'}
                                            </dd>
                                            {d.candidate.resume_url && (
                                                <>
                                                    <dt>{t('简历', 'Resume')}</dt>
                                                    <dd>
                                                        <a
                                                            href={d.candidate.resume_url}
                                                            target="_blank"
                                                            rel="noreferrer"
                                                        >
                                                            {t('打开', 'Open')}
                                                        </a>
                                                    </dd>
                                                </>
                                            )}
                                        </dl>
                                    ) : (
                                        <p className="muted">
                                            {t('这里没有此人的资料', 'Nothing is kept here about the person')}
                                        </p>
                                    )}
                                </section>
                                <section className="card">
                                    <div className="card-head">
                                        <h2>{t('面试', 'Interviews')}</h2>
                                    </div>
                                    {!d.interviews?.length ? (
                                        <p className="muted">{t('还没有面试', 'No interviews yet')}</p>
                                    ) : (
                                        <ul className="tl">
                                            {d.interviews.map((i) => (
                                                <li key={i.id}>
                                                    <Link href={`/interviews/${i.id}`}>{dateTime(i.begin_time)}</Link>
                                                    <div className="small muted">
                                                        {[
                                                            both(i.stage?.name),
                                                            both(i.round_type?.name),
                                                            interviewType(i.interview_type),
                                                        ]
                                                            .filter(Boolean)
                                                            .join(' · ')}
                                                    </div>
                                                    <Pill {...interviewSummary(i.interview_round_summary)} />
                                                </li>
                                            ))}
                                        </ul>
                                    )}
                                </section>
                                <section className="card">
                                    <h2>{t('阶段', 'Stages')}</h2>
                                    <ol className="tl">
                                        {[...(d.stages ?? [])].reverse().map((s, n) => (
                                            <li key={`${s.id}${n}`}>
                                                <div>{both(s.name)}</div>
                                                <div className="small muted">
                                                    <When ms={s.enter_time} />
                                                </div>
                                            </li>
                                        ))}
                                    </ol>
                                </section>
                            </div>
                        </div>
                        <SideSheet
                            title={
                                sheet === 'arrange'
                                    ? t('发起背调', 'Order a background check')
                                    : sheet === 'record'
                                      ? t('录入背调结果', 'Record a result by hand')
                                      : t('安排面试', 'Schedule an interview')
                            }
                            visible={!!sheet}
                            onCancel={() => setSheet('')}
                            width={560}
                            closeOnEsc
                        >
                            {sheet === 'arrange' && <ArrangeForm d={d} done={changed} />}
                            {sheet === 'record' && <RecordForm application={id} done={changed} />}
                            {sheet === 'schedule' && (
                                <ScheduleForm
                                    application={a}
                                    done={(i) => {
                                        changed();
                                        navigate(`/interviews/${i}`);
                                    }}
                                />
                            )}
                        </SideSheet>
                    </>
                );
            }}
        </Load>
    );
}
