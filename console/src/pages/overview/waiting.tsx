// SPDX-License-Identifier: Apache-2.0
//
// Work that waits for a person: approvals, and overdue checks.
import type { ReactNode } from 'react';
import { both, duration, Link, useT } from '../../base';
import type { OrderRow, Overview } from '../../types';
import { Pill, State, When } from '../../ui';
import { orderStatus } from '../../words';

function Row({ order, mark, children }: { order: OrderRow; mark: ReactNode; children: ReactNode }) {
    return (
        <li>
            <Link className="todo" href={`/applications/${order.application_id}?order=${order.id}`}>
                <b className="clip">{order.talent_name || order.id}</b>
                {mark}
                <span className="muted small clip about">
                    {[order.job_title, both(order.provider_name), order.package].filter(Boolean).join(' · ')}
                </span>
                <span className="muted small end">{children}</span>
            </Link>
        </li>
    );
}

export function Awaiting({ numbers }: { numbers: Overview }) {
    const t = useT();
    const orders = numbers.awaiting ?? [];
    const all = (numbers.orders ?? []).filter((o) => o.status === 5).reduce((n, o) => n + o.count, 0);
    return (
        <section className="card s6">
            <div className="card-head">
                <h2>{t('等待审批', 'Pending approval')}</h2>
                {all > orders.length && (
                    <Link className="small end" href="/orders?status=5">
                        {t(`全部 ${all} 个`, `View all ${all}`)}
                    </Link>
                )}
            </div>
            {!orders.length ? (
                <State kind="empty" title={t('没有待审批的', 'Nothing to approve')} />
            ) : (
                <ul>
                    {orders.map((o) => (
                        <Row key={o.id} order={o} mark={<Pill {...orderStatus(o.status, o.phase)} />}>
                            <When ms={o.update_time} />
                        </Row>
                    ))}
                </ul>
            )}
        </section>
    );
}

export function Late({ numbers }: { numbers: Overview }) {
    const t = useT();
    const late = numbers.late ?? [];
    return (
        <section className="card s6" id="late">
            <div className="card-head">
                <h2>{t('供应商逾期', 'Vendor overdue')}</h2>
                {(numbers.late_count ?? 0) > late.length && (
                    <Link className="small end" href="/orders?late=1">
                        {t(`共 ${numbers.late_count} 个`, `${numbers.late_count} in total`)}
                    </Link>
                )}
            </div>
            {!late.length ? (
                <State
                    kind="empty"
                    title={t('没有逾期的', 'Nothing is overdue')}
                    text={t('都在供应商平时的用时之内。', 'All checks are within the usual time of their vendor.')}
                />
            ) : (
                <ul>
                    {late.map(({ order: o, usual_ms }) => (
                        <Row
                            key={o.id}
                            order={o}
                            mark={
                                <Pill
                                    tone="red"
                                    text={t(
                                        `已 ${duration(Date.now() - Number(o.begin_time))}`,
                                        `${duration(Date.now() - Number(o.begin_time))} so far`,
                                    )}
                                />
                            }
                        >
                            {t(`通常 ${duration(usual_ms)}`, `usually ${duration(usual_ms)}`)}
                        </Row>
                    ))}
                </ul>
            )}
        </section>
    );
}
