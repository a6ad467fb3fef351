// SPDX-License-Identifier: Apache-2.0
//
// One application: candidate, stages, background checks, interviews.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../api';
import type { ApplicationDetail, OrderRow, Session } from '../../types';
import { back } from '../../back';
import { both, letGo, Link, navigate, useParam, useT } from '../../base';
import { Button, Head, Load, Pill, Sheet, State, Tabs } from '../../ui';
import { orderStatus } from '../../words';
import { ArrangeForm } from '../arrange';
import { RecordForm } from '../arrange/record';
import { CheckCard } from '../check';
import { ScheduleForm } from '../schedule';
import { CandidateCard, InterviewsCard, StagesCard } from './cards';

type Which = '' | 'arrange' | 'record' | 'schedule';

function Title({ d, open }: { d: ApplicationDetail; open?: (w: Which) => void }) {
    const t = useT();
    const a = d.application,
        from = back('/applications');
    return (
        <Head
            title={d.candidate?.name ?? a.talent_name}
            crumb={
                <Link className="crumb" href={from.href}>
                    ← {from.name}
                </Link>
            }
            sub={
                <span className="row tight">
                    <span>{d.job?.title ?? a.job_title}</span>
                    {d.job?.department && <span>· {both(d.job.department)}</span>}
                    {a.stage && <span className="chip">{both(a.stage.name)}</span>}
                    {a.active_status === 2 && <Pill tone="grey" text={t('已终止', 'Terminated')} />}
                </span>
            }
        >
            {open && (
                <>
                    <Button onClick={() => open('schedule')}>{t('安排面试', 'Schedule interview')}</Button>
                    <Button onClick={() => open('record')}>{t('录入背调结果', 'Add result')}</Button>
                    <Button theme="solid" onClick={() => open('arrange')}>
                        {t('发起背调', 'Start check')}
                    </Button>
                </>
            )}
        </Head>
    );
}

function Checks({ orders, shown, choose }: { orders: OrderRow[]; shown?: OrderRow; choose: (id: string) => void }) {
    const t = useT();
    return (
        <Tabs label={t('背景调查', 'Background checks')} now={shown?.id ?? ''}>
            {orders.map((o) => (
                <a
                    key={o.id}
                    href={`?order=${o.id}`}
                    aria-current={o === shown ? 'true' : undefined}
                    onClick={(e) => {
                        e.preventDefault();
                        choose(o.id);
                    }}
                >
                    {o.package || o.name || both(o.provider_name)} · {orderStatus(o.status, o.phase).text}
                </a>
            ))}
        </Tabs>
    );
}

function NoCheck({ recruiter }: { recruiter: boolean }) {
    const t = useT();
    return (
        <section className="card check">
            <h2>{t('背景调查', 'Background check')}</h2>
            <State
                kind="empty"
                title={t('还没有背景调查', 'No background checks yet')}
                text={
                    recruiter
                        ? t(
                              '向供应商发起，或录入已有结果。',
                              'Start one with a vendor, or add a result you already have.',
                          )
                        : undefined
                }
            />
        </section>
    );
}

function Sheets({
    which,
    d,
    close,
    changed,
}: {
    which: Which;
    d: ApplicationDetail;
    close: () => void;
    changed: (order?: string) => void;
}) {
    const t = useT();
    const titles = {
        arrange: t('发起背调', 'Start background check'),
        record: t('录入背调结果', 'Add result manually'),
        schedule: t('安排面试', 'Schedule interview'),
    };
    return (
        <Sheet title={which ? titles[which] : ''} open={!!which} close={close}>
            {which === 'arrange' && <ArrangeForm d={d} done={changed} />}
            {which === 'record' && <RecordForm application={d.application.id} done={changed} />}
            {which === 'schedule' && (
                <ScheduleForm
                    application={d.application}
                    done={(i) => {
                        changed();
                        navigate(`/interviews/${i}`);
                    }}
                />
            )}
        </Sheet>
    );
}

function Detail({ d, recruiter }: { d: ApplicationDetail; recruiter: boolean }) {
    const qc = useQueryClient(),
        t = useT();
    const [chosen, setChosen] = useParam('order');
    const [sheet, setSheet] = useState<Which>('');
    const orders = d.orders ?? [],
        shown = orders.find((o) => o.id === chosen) ?? orders[0];
    // Only the latest checks are listed if there are many; an older one that a link names is listed as well.
    const card = d.orders_more && chosen ? chosen : shown?.id;
    const changed = (order?: string) => {
        letGo();
        setSheet('');
        for (const k of ['application', 'applications', 'orders', 'overview', 'interviews'])
            void qc.invalidateQueries({ queryKey: [k] });
        if (order) setChosen(order);
    };
    return (
        <>
            <Title d={d} open={recruiter ? setSheet : undefined} />
            <div className="cols">
                <div>
                    {orders.length > 1 && <Checks orders={orders} shown={shown} choose={setChosen} />}
                    {d.orders_more && (
                        <p className="small muted">
                            {t(
                                `这里列出最近 ${orders.length} 个背调，其余在背调列表中`,
                                `Showing the latest ${orders.length} checks. See Background checks for the rest.`,
                            )}
                        </p>
                    )}
                    {card ? <CheckCard key={card} id={card} /> : <NoCheck recruiter={recruiter} />}
                </div>
                <div>
                    <CandidateCard c={d.candidate} />
                    <InterviewsCard interviews={d.interviews ?? []} />
                    <StagesCard stages={d.stages ?? []} />
                </div>
            </div>
            <Sheets which={sheet} d={d} close={() => setSheet('')} changed={changed} />
        </>
    );
}

export default function ApplicationPage({ id, session }: { id: string; session: Session }) {
    const t = useT();
    const q = useQuery({ queryKey: ['application', id], queryFn: () => get<ApplicationDetail>(`applications/${id}`) });
    const recruiter = session.user.roles.some((r) => r === 'admin' || r === 'recruiter');
    return (
        <Load q={q} title={t('投递', 'Application')} lines={10}>
            {(d) => <Detail key={id} d={d} recruiter={recruiter} />}
        </Load>
    );
}
