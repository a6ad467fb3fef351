// SPDX-License-Identifier: Apache-2.0
//
// The week of interviews, as a calendar or a list.
import { useQuery } from '@tanstack/react-query';
import { get } from '../api';
import type { Interview, Page, Session } from '../types';
import { both, clock, dateTime, day, Link, personName, useParam, useT } from '../base';
import { Button, Head, Load, Pill, Rows, Seg, State, Tick } from '../ui';
import { interviewSummary, interviewType } from '../words';

const DAY = 86400000;
function monday(of: Date) {
    const d = new Date(of);
    d.setHours(0, 0, 0, 0);
    d.setDate(d.getDate() - ((d.getDay() + 6) % 7));
    return d;
}
export default function Interviews({ session }: { session: Session }) {
    const t = useT();
    const [week, setWeek] = useParam('week'),
        [view, setView] = useParam('view'),
        [mine, setMine] = useParam('mine');
    const start = monday(week ? new Date(`${week}T12:00:00`) : new Date()),
        list = view === 'list';
    const end = new Date(start);
    end.setDate(end.getDate() + (list ? 35 : 7));
    const q = useQuery({
        queryKey: ['interviews', start.getTime(), end.getTime(), mine],
        queryFn: async ({ signal }) => {
            const all: Interview[] = [];
            for (let token: string | undefined, n = 0; n < 10; n++) {
                const p: Page<Interview> = await get(
                    'interviews',
                    {
                        from: String(start.getTime()),
                        to: String(end.getTime() - 1),
                        mine: mine ? true : undefined,
                        page_size: 100,
                        page_token: token,
                    },
                    signal,
                );
                all.push(...(p.items ?? []));
                token = p.next_page_token ?? p.page_token;
                if (!p.has_more || !token) break;
            }
            return all;
        },
    });
    const move = (days: number) => {
        const d = new Date(start);
        d.setDate(d.getDate() + days);
        setWeek(d.toLocaleDateString('sv'));
    };
    const only = session.user.roles.length === 1 && session.user.roles[0] === 'interviewer';
    return (
        <>
            <Head title={t('面试', 'Interviews')} sub={`${day(start.getTime())} – ${day(end.getTime() - DAY)}`}>
                {!only && (
                    <Tick checked={!!mine} onChange={(v) => setMine(v ? '1' : undefined)}>
                        {t('只看我的', 'Only mine')}
                    </Tick>
                )}
                <Button onClick={() => move(-7)} aria-label={t('上一周', 'Week before')}>
                    ←
                </Button>
                <Button onClick={() => setWeek(undefined)}>{t('本周', 'This week')}</Button>
                <Button onClick={() => move(7)} aria-label={t('下一周', 'Next week')}>
                    →
                </Button>
                <Seg
                    label={t('视图', 'View')}
                    value={list ? 'list' : 'week'}
                    onChange={(v) => setView(v === 'list' ? 'list' : undefined)}
                    options={[
                        ['week', t('日历', 'Calendar')],
                        ['list', t('列表', 'List')],
                    ]}
                />
            </Head>
            <Load q={q}>
                {(items) =>
                    list ? (
                        items.length ? (
                            <Rows
                                label={t('面试', 'Interviews')}
                                cols="150px minmax(0,1.500fr) minmax(0,1.200fr) minmax(0,1fr) minmax(0,1.400fr)"
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
                                        <Link className="line" href={`/interviews/${i.id}`}>
                                            <span>{dateTime(i.begin_time)}</span>
                                            <div style={{ minWidth: 0 }}>
                                                <div className="name clip">{i.talent_name}</div>
                                                <div className="small muted clip">{i.job_title}</div>
                                            </div>
                                            <span className="small">
                                                {[both(i.stage?.name), interviewType(i.interview_type)]
                                                    .filter(Boolean)
                                                    .join(' · ')}
                                            </span>
                                            <span className="small">
                                                {i.interviewers?.map(personName).join(t('、', ', '))}
                                            </span>
                                            <span>
                                                <Pill {...interviewSummary(i.interview_round_summary)} />
                                            </span>
                                        </Link>
                                    </li>
                                ))}
                            </Rows>
                        ) : (
                            <div className="card">
                                <State kind="empty" title={t('这段时间没有面试', 'No interviews in this time')} />
                            </div>
                        )
                    ) : (
                        <>
                            <ul className="week">
                                {Array.from({ length: 7 }, (_, n) => {
                                    const d = new Date(start);
                                    d.setDate(d.getDate() + n);
                                    const next = new Date(d);
                                    next.setDate(next.getDate() + 1);
                                    const here = items.filter(
                                        (i) =>
                                            Number(i.begin_time) >= d.getTime() &&
                                            Number(i.begin_time) < next.getTime(),
                                    );
                                    return (
                                        <li
                                            key={n}
                                            className={`${here.length ? '' : 'free'} ${d.toDateString() === new Date().toDateString() ? 'today' : ''}`}
                                        >
                                            <h2>{day(d.getTime())}</h2>
                                            {here.map((i) => {
                                                const s = interviewSummary(i.interview_round_summary);
                                                return (
                                                    <Link
                                                        key={i.id}
                                                        className={`slot t-${s.tone}`}
                                                        href={`/interviews/${i.id}`}
                                                    >
                                                        <b>
                                                            {clock(i.begin_time)}–{clock(i.end_time)}
                                                        </b>
                                                        <span>{i.talent_name}</span>
                                                        <br />
                                                        <span>
                                                            {both(i.stage?.name)} · {s.text}
                                                        </span>
                                                    </Link>
                                                );
                                            })}
                                        </li>
                                    );
                                })}
                            </ul>
                            {!items.length && (
                                <State kind="empty" title={t('这一周没有面试', 'No interviews this week')} />
                            )}
                        </>
                    )
                }
            </Load>
        </>
    );
}
