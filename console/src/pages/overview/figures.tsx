// SPDX-License-Identifier: Apache-2.0
//
// Four counts; each links to the list that it counts.
import { Link, useT } from '../../base';
import type { Overview } from '../../types';
import type { Tone } from '../../words';

function Figure({ name, n, href, tone, note }: { name: string; n: number; href: string; tone: Tone; note: string }) {
    return (
        <Link href={href} className="card stat s3">
            <div className="muted">{name}</div>
            <div className={n > 0 ? `figure t-${tone}` : 'figure quiet'}>{n}</div>
            <div className="muted small">{note}</div>
        </Link>
    );
}

export function Figures({ numbers }: { numbers: Overview }) {
    const t = useT();
    const orders = numbers.orders ?? [];
    const count = (...statuses: number[]) =>
        orders.filter((o) => statuses.includes(o.status)).reduce((n, o) => n + o.count, 0);
    return (
        <>
            <Figure
                name={t('待审批', 'Pending approval')}
                n={count(5)}
                href="/orders?status=5"
                tone="amber"
                note={t('安排或报告等审批人决定', 'new checks and reports')}
            />
            <Figure
                name={t('供应商逾期', 'Vendor overdue')}
                n={numbers.late_count ?? 0}
                href="/orders?late=1"
                tone="red"
                note={t('比该供应商平时更久', 'longer than usual')}
            />
            <Figure
                name={t('已安排', 'In progress')}
                n={count(2)}
                href="/orders?status=2"
                tone="blue"
                note={t('供应商正在调查', 'with the vendor')}
            />
            <Figure
                name={t('近 30 天完成', 'Completed, last 30 days')}
                n={numbers.completed_count ?? 0}
                href={`/orders?done=${numbers.since}`}
                tone="green"
                note={t(`共完成 ${count(3)} 个`, `${count(3)} completed in total`)}
            />
        </>
    );
}
