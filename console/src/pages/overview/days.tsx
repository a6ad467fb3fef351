// SPDX-License-Identifier: Apache-2.0
//
// The last 30 days as a column chart, and as a table for screen readers and anyone who prefers it.
import type { CSSProperties } from 'react';
import { calendarDay, useT } from '../../base';
import type { Overview } from '../../types';
import { State } from '../../ui';

type Day = NonNullable<Overview['days']>[number];

const height = (n: number, max: number) => ({ height: `${(n / max) * 100}%` }) as CSSProperties;

function Columns({ days, max }: { days: Day[]; max: number }) {
    const t = useT();
    return (
        <div className="days" aria-hidden="true">
            <span className="days-max">{max}</span>
            {days.map((d, i) => (
                <div
                    key={d.day}
                    className="day"
                    title={t(
                        `${calendarDay(d.day)}：安排 ${d.arranged}，完成 ${d.completed}`,
                        `${calendarDay(d.day)}: ${d.arranged} started, ${d.completed} completed`,
                    )}
                >
                    <div className="day-bars">
                        <i className="t-blue" style={height(d.arranged, max)} />
                        <i className="t-green" style={height(d.completed, max)} />
                    </div>
                    {(days.length - 1 - i) % 7 === 0 && <span>{calendarDay(d.day)}</span>}
                </div>
            ))}
        </div>
    );
}

function Table({ days }: { days: Day[] }) {
    const t = useT();
    return (
        <details className="as-table">
            <summary>{t('以表格查看', 'View as table')}</summary>
            <div className="tablewrap" tabIndex={0} role="group" aria-label={t('最近 30 天', 'Last 30 days')}>
                <table className="t">
                    <thead>
                        <tr>
                            <th>{t('日期', 'Date')}</th>
                            <th>{t('安排', 'Started')}</th>
                            <th>{t('完成', 'Completed')}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {days
                            .filter((d) => d.arranged || d.completed)
                            .map((d) => (
                                <tr key={d.day}>
                                    <td>{calendarDay(d.day)}</td>
                                    <td>{d.arranged}</td>
                                    <td>{d.completed}</td>
                                </tr>
                            ))}
                    </tbody>
                </table>
            </div>
        </details>
    );
}

export function Days({ days }: { days: Day[] }) {
    const t = useT();
    const arranged = days.reduce((n, d) => n + d.arranged, 0),
        completed = days.reduce((n, d) => n + d.completed, 0);
    return (
        <section className="card s8">
            <div className="card-head">
                <h2>{t('最近 30 天', 'Last 30 days')}</h2>
                <span className="end row tight">
                    <span className="pill t-blue">{t(`安排 ${arranged}`, `${arranged} started`)}</span>
                    <span className="pill t-green">{t(`完成 ${completed}`, `${completed} completed`)}</span>
                </span>
            </div>
            {arranged + completed === 0 ? (
                <State kind="empty" title={t('最近没有变化', 'No recent activity')} />
            ) : (
                <>
                    <Columns days={days} max={Math.max(1, ...days.map((d) => Math.max(d.arranged, d.completed)))} />
                    <Table days={days} />
                </>
            )}
        </section>
    );
}
