// SPDX-License-Identifier: Apache-2.0
//
// Where one begins the day: numbers, and what waits for a person.
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { get } from '../api';
import type { Overview as Numbers, Session } from '../types';
import { duration, Link, personName, useT } from '../base';
import { Head, Load, Pill, State, When } from '../ui';
import { orderStatus } from '../words';

function Days({ days }: { days: NonNullable<Numbers['days']> }) {
    const t = useT();
    const W = 640,
        H = 150,
        max = Math.max(1, ...days.map((d) => Math.max(d.arranged, d.completed))),
        step = W / Math.max(1, days.length);
    const w = Math.max(2, step * 0.34);
    return (
        <figure>
            <svg
                viewBox={`0 0 ${W} ${H + 22}`}
                width="100%"
                role="img"
                aria-label={t(
                    `30 天内安排 ${days.reduce((n, d) => n + d.arranged, 0)} 个，完成 ${days.reduce((n, d) => n + d.completed, 0)} 个`,
                    `In 30 days ${days.reduce((n, d) => n + d.arranged, 0)} arranged, ${days.reduce((n, d) => n + d.completed, 0)} completed`,
                )}
            >
                {[0, 0.5, 1].map((f) => (
                    <line key={f} x1="0" x2={W} y1={H - f * (H - 10)} y2={H - f * (H - 10)} stroke="var(--line)" />
                ))}
                {days.map((d, i) => (
                    <g key={d.day} transform={`translate(${i * step + step * 0.14},0)`}>
                        <title>{`${d.day}: ${d.arranged} / ${d.completed}`}</title>
                        <rect
                            x="0"
                            width={w}
                            rx="2"
                            y={H - (d.arranged / max) * (H - 10)}
                            height={(d.arranged / max) * (H - 10)}
                            fill="var(--brand)"
                        />
                        <rect
                            x={w + 1}
                            width={w}
                            rx="2"
                            y={H - (d.completed / max) * (H - 10)}
                            height={(d.completed / max) * (H - 10)}
                            fill="#17a35a"
                        />
                        {i % 7 === 0 && (
                            <text x="0" y={H + 17} fontSize="11" fill="var(--ink-2)">
                                {d.day.slice(5)}
                            </text>
                        )}
                    </g>
                ))}
            </svg>
            <figcaption className="row small muted">
                <span className="pill t-blue">{t('安排', 'Arranged')}</span>
                <span className="pill t-green">{t('完成', 'Completed')}</span>
            </figcaption>
        </figure>
    );
}

export default function Overview({ session }: { session: Session }) {
    const t = useT();
    const q = useQuery({ queryKey: ['overview'], queryFn: () => get<Numbers>('metrics/overview') });
    const admin = session.user.roles.includes('admin');
    return (
        <>
            <Head
                title={t('概览', 'Overview')}
                sub={t(`你好，${personName(session.user)}`, `Hello ${personName(session.user)}`)}
            />
            <Load q={q}>
                {(d) => {
                    const orders = d.orders ?? [],
                        total = orders.reduce((n, o) => n + o.count, 0);
                    const sum = (f: (s: number) => boolean) =>
                        orders.filter((o) => f(o.status)).reduce((n, o) => n + o.count, 0);
                    const max = Math.max(1, ...orders.map((o) => o.count)),
                        slowest = Math.max(1, ...(d.times ?? []).map((x) => Number(x.p90_ms)));
                    const stats: [string, number, string][] = [
                        [t('待审批', 'Await approval'), sum((s) => s === 5), '/orders?status=5'],
                        [t('进行中', 'Under way'), sum((s) => s === 2 || s === 8), '/orders?status=2'],
                        [t('已完成', 'Completed'), sum((s) => s === 3), '/orders?status=3'],
                    ];
                    return (
                        <div className="cards">
                            {stats.map(([name, n, href]) => (
                                <Link key={name} href={href} className="card stat s4">
                                    <div className="muted">{name}</div>
                                    <div className="figure">{n}</div>
                                </Link>
                            ))}
                            <section className="card s5">
                                <h2>{t('背景调查状态', 'Checks by status')}</h2>
                                {total === 0 ? (
                                    <State kind="empty" title={t('还没有背景调查', 'No checks yet')} />
                                ) : (
                                    <div className="bars">
                                        {orders
                                            .filter((o) => o.count)
                                            .map((o) => {
                                                const s = orderStatus(o.status, o.phase);
                                                return [
                                                    <Link
                                                        key={`${o.status}${o.phase}`}
                                                        href={`/orders?status=${o.status}`}
                                                    >
                                                        {s.text}
                                                    </Link>,
                                                    <span
                                                        key={`b${o.status}${o.phase}`}
                                                        className={`track t-${s.tone}`}
                                                    >
                                                        <div
                                                            className="bar"
                                                            style={
                                                                { width: `${(o.count / max) * 100}%` } as CSSProperties
                                                            }
                                                        />
                                                    </span>,
                                                    <b key={`n${o.status}${o.phase}`}>{o.count}</b>,
                                                ];
                                            })}
                                    </div>
                                )}
                            </section>
                            <section className="card s7">
                                <h2>{t('最近 30 天', 'The last 30 days')}</h2>
                                {d.days?.some((x) => x.arranged || x.completed) ? (
                                    <Days days={d.days} />
                                ) : (
                                    <State kind="empty" title={t('最近没有变化', 'Nothing lately')} />
                                )}
                            </section>
                            <section className="card s7">
                                <h2>{t('各供应商出具结果的时间', 'Time to result by vendor')}</h2>
                                {!d.times?.length ? (
                                    <State kind="empty" title={t('还没有最终报告', 'No final reports yet')} />
                                ) : (
                                    <div
                                        className="tablewrap"
                                        tabIndex={0}
                                        role="group"
                                        aria-label={t('供应商用时', 'Times')}
                                    >
                                        <table className="t">
                                            <thead>
                                                <tr>
                                                    <th>{t('供应商', 'Vendor')}</th>
                                                    <th>{t('订单', 'Orders')}</th>
                                                    <th>{t('中位数', 'Median')}</th>
                                                    <th>90%</th>
                                                    <th style={{ width: '35%' }}>
                                                        <span className="vh">{t('图', 'Chart')}</span>
                                                    </th>
                                                </tr>
                                            </thead>
                                            <tbody>
                                                {d.times.map((x) => (
                                                    <tr key={x.account_id}>
                                                        <td>{x.name}</td>
                                                        <td>{x.orders}</td>
                                                        <td>{duration(x.median_ms)}</td>
                                                        <td>{duration(x.p90_ms)}</td>
                                                        <td>
                                                            <svg width="100%" height="14" aria-hidden="true">
                                                                <rect
                                                                    rx="5"
                                                                    height="10"
                                                                    y="2"
                                                                    width={`${(Number(x.p90_ms) / slowest) * 100}%`}
                                                                    fill="var(--brand-soft)"
                                                                />
                                                                <rect
                                                                    rx="5"
                                                                    height="10"
                                                                    y="2"
                                                                    width={`${(Number(x.median_ms) / slowest) * 100}%`}
                                                                    fill="var(--brand)"
                                                                />
                                                            </svg>
                                                        </td>
                                                    </tr>
                                                ))}
                                            </tbody>
                                        </table>
                                    </div>
                                )}
                            </section>
                            <section className="card s5">
                                <h2>{t('投递失败的事件', 'Failing deliveries')}</h2>
                                {!d.failing?.length ? (
                                    <State kind="empty" title={t('全部送达', 'All is delivered')} />
                                ) : (
                                    <ul className="tl">
                                        {d.failing.map((f) => (
                                            <li key={f.app_id}>
                                                <div className="row">
                                                    <b>{f.name}</b>
                                                    {f.waiting > 0 && (
                                                        <Pill
                                                            tone="amber"
                                                            text={t(
                                                                `${f.waiting} 个重试中`,
                                                                `${f.waiting} being retried`,
                                                            )}
                                                        />
                                                    )}
                                                    {f.given_up > 0 && (
                                                        <Pill
                                                            tone="red"
                                                            text={t(`${f.given_up} 个已放弃`, `${f.given_up} given up`)}
                                                        />
                                                    )}
                                                </div>
                                                <div className="small muted">
                                                    {f.last_error} · <When ms={f.last_at} />
                                                </div>
                                                {admin && (
                                                    <Link className="small" href={`/events?app=${f.app_id}`}>
                                                        {t('查看', 'Look')}
                                                    </Link>
                                                )}
                                            </li>
                                        ))}
                                    </ul>
                                )}
                            </section>
                        </div>
                    );
                }}
            </Load>
        </>
    );
}
