// SPDX-License-Identifier: Apache-2.0
//
// For each vendor, the time from order to result: median and 90th percentile.
import type { CSSProperties } from 'react';
import { both, duration, Link, useT } from '../../base';
import type { Overview } from '../../types';
import { State } from '../../ui';

type Time = NonNullable<Overview['times']>[number];

function Vendor({ time, slowest, since }: { time: Time; slowest: number; since?: string }) {
    const t = useT();
    const width = (ms?: string) => ({ width: `${(Number(ms ?? 0) / slowest) * 100}%` }) as CSSProperties;
    return (
        <li className="vendor-time">
            <div className="row">
                <Link className="grow clip" href={`/orders?vendor=${time.account_id}`}>
                    {both(time.provider_name) || time.name || time.account_id}
                </Link>
                <Link className="small" href={`/orders?vendor=${time.account_id}&done=${since}`}>
                    {t(`完成 ${time.orders} 个`, `${time.orders} completed`)}
                </Link>
            </div>
            <div className="span" aria-hidden="true">
                <i className="most" style={width(time.p90_ms)} />
                <i className="middle" style={width(time.median_ms)} />
            </div>
            {time.median_ms && (
                <div className="row small">
                    <span>
                        {t('中位数 ', 'Median ')}
                        <b>{duration(time.median_ms)}</b>
                    </span>
                    <span className="muted">
                        {t('九成在 ', '90% within ')}
                        <b>{duration(time.p90_ms)}</b>
                        {t(' 之内', '')}
                    </span>
                </div>
            )}
        </li>
    );
}

export function Times({ times, since }: { times: Time[]; since?: string }) {
    const t = useT();
    const slowest = Math.max(1, ...times.map((x) => Number(x.p90_ms ?? 0)));
    return (
        <section className="card s6">
            <h2>{t('各供应商出具结果的时间', 'Turnaround time by vendor')}</h2>
            {!times.length ? (
                <State
                    kind="empty"
                    title={t('近 30 天没有最终报告', 'No final reports in the last 30 days')}
                    text={t('供应商回传结果后显示。', 'Times appear here once vendors submit results.')}
                />
            ) : (
                <ul>
                    {times.map((x) => (
                        <Vendor key={x.account_id} time={x} slowest={slowest} since={since} />
                    ))}
                </ul>
            )}
        </section>
    );
}
