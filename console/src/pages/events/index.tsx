// SPDX-License-Identifier: Apache-2.0
//
// Events: deliveries, subscriptions, and one event with all its attempts.
import { useParam, useT } from '../../base';
import { Head, Seg } from '../../ui';
import { Deliveries } from './deliveries';
import { One } from './one';
import { Subscriptions } from './subscriptions';

export default function Events({ id }: { id?: string }) {
    return id ? <One id={id} /> : <All />;
}

function All() {
    const t = useT();
    const [view, setView] = useParam('view');
    return (
        <>
            <Head
                title={t('事件', 'Events')}
                sub={t('发给应用的每一个事件，以及它是否送达', 'Events sent to apps and their delivery status')}
            >
                <Seg
                    label={t('视图', 'View')}
                    value={view === 'subscriptions' ? 'subscriptions' : ''}
                    onChange={(v) => setView(v || undefined)}
                    options={[
                        ['', t('推送记录', 'Deliveries')],
                        ['subscriptions', t('订阅', 'Subscriptions')],
                    ]}
                />
            </Head>
            {view === 'subscriptions' ? <Subscriptions /> : <Deliveries />}
        </>
    );
}
