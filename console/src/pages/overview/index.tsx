// SPDX-License-Identifier: Apache-2.0
//
// The overview: work that waits for a person, and figures.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import { personName, useT } from '../../base';
import type { Overview as Numbers, Session } from '../../types';
import { Head, Load } from '../../ui';
import { Days } from './days';
import { Failing } from './failing';
import { Figures } from './figures';
import { Statuses } from './statuses';
import { Times } from './times';
import { Awaiting, Late } from './waiting';

function greeting(t: (zh: string, en: string) => string) {
    const hour = new Date().getHours();
    if (hour < 11) return t('早上好', 'Good morning');
    if (hour < 18) return t('下午好', 'Good afternoon');
    return t('晚上好', 'Good evening');
}

export default function Overview({ session }: { session: Session }) {
    const t = useT();
    const q = useQuery({
        queryKey: ['overview'],
        queryFn: () => get<Numbers>('metrics/overview'),
        refetchInterval: 60_000,
    });
    const admin = session.user.roles.includes('admin');
    return (
        <>
            <Head title={t('概览', 'Overview')} sub={`${greeting(t)}${t('，', ', ')}${personName(session.user)}`} />
            <Load q={q} lines={8}>
                {(d) => (
                    <div className="cards board">
                        <Figures numbers={d} />
                        <Awaiting numbers={d} />
                        <Late numbers={d} />
                        <Days days={d.days ?? []} />
                        <Statuses orders={d.orders ?? []} />
                        <Times times={d.times ?? []} since={d.since} />
                        <Failing failing={d.failing ?? []} admin={admin} />
                    </div>
                )}
            </Load>
        </>
    );
}
