// SPDX-License-Identifier: Apache-2.0
//
// Number of checks by status.
import { Fragment, type CSSProperties } from 'react';
import { Link, useT } from '../../base';
import type { Overview } from '../../types';
import { State } from '../../ui';
import { orderStatus } from '../../words';

export function Statuses({ orders }: { orders: NonNullable<Overview['orders']> }) {
    const t = useT();
    const shown = orders.filter((o) => o.count > 0),
        max = Math.max(1, ...shown.map((o) => o.count));
    return (
        <section className="card s4">
            <h2>{t('背景调查状态', 'Background checks by status')}</h2>
            {!shown.length ? (
                <State kind="empty" title={t('还没有背景调查', 'No background checks yet')} />
            ) : (
                <div className="bars">
                    {shown.map((o) => {
                        const s = orderStatus(o.status, o.phase);
                        return (
                            <Fragment key={`${o.status} ${o.phase}`}>
                                <Link href={`/orders?status=${o.status}&phase=${o.phase}`}>{s.text}</Link>
                                <span className={`track t-${s.tone}`}>
                                    <div
                                        className="bar"
                                        style={{ width: `${(o.count / max) * 100}%` } as CSSProperties}
                                    />
                                </span>
                                <b>{o.count}</b>
                            </Fragment>
                        );
                    })}
                </div>
            )}
        </section>
    );
}
