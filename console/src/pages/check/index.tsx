// SPDX-License-Identifier: Apache-2.0
//
// One background check: its status, the vendor's answers, and the actions that are possible now.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import type { OrderDetail } from '../../types';
import { useT } from '../../base';
import { Id, Light, Load, Pill } from '../../ui';
import { orderStatus } from '../../words';
import { Acts } from './acts';
import { Facts, FilledIn } from './facts';
import { Reports } from './reports';
import { History, Progress } from './story';
import { answered, Told } from './told';

function Card({ id, d }: { id: string; d: OrderDetail }) {
    const t = useT();
    const o = d.order;
    return (
        <>
            <div className="card-head">
                <h2>{t('背景调查', 'Background check')}</h2>
                <Pill {...orderStatus(d.status, d.phase)} />
                <Acts id={id} d={d} />
            </div>
            {d.told && !answered(d) && <Told told={d.told} />}
            {o.conclusion && (
                <div className="verdict">
                    <Light result={o.conclusion} />
                    <span className="muted small">{t('结论以最后一份报告为准', 'Based on the latest report')}</span>
                </div>
            )}
            <Facts o={o} />
            <Reports d={d} />
            {d.account_id && <Progress steps={o.process_info_list ?? []} />}
            <History steps={d.history ?? []} />
            <FilledIn d={d} />
            <Id label={t('背调编号', 'Check ID')} id={id} />
        </>
    );
}

export function CheckCard({ id }: { id: string }) {
    const t = useT();
    const q = useQuery({
        queryKey: ['order', id],
        queryFn: () => get<OrderDetail>(`orders/${id}`),
        // A failed delivery attempt does not change the order, so no change event arrives: the page polls.
        refetchInterval: ({ state }) => (state.data?.told?.state === 'waiting' ? 10_000 : false),
    });
    return (
        <section className="card check" aria-label={t('背景调查', 'Background check')}>
            <Load q={q} lines={9}>
                {(d) => <Card id={id} d={d} />}
            </Load>
        </section>
    );
}
