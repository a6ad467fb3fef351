// SPDX-License-Identifier: Apache-2.0
//
// One event: payload, receivers, and a button that sends it again.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../../api';
import { dateTimeExact, Link, useT } from '../../base';
import type { EventDetail } from '../../types';
import { Ask, Button, done, Head, Load } from '../../ui';
import { DeliveryCard } from './attempts';
import { eventName } from './names';

function Replay({ id, app, close }: { id: string; app: string | null; close: () => void }) {
    const t = useT();
    const qc = useQueryClient();
    return (
        <Ask
            open={app !== null}
            close={close}
            title={t('重新推送？', 'Resend this event?')}
            text={
                app
                    ? t('这个应用会再次收到同一个 event_id。', 'The app will receive the same event_id again.')
                    : t(
                          '收到过它的每个应用都会再次收到同一个 event_id。',
                          'Every app that received this event will receive the same event_id again.',
                      )
            }
            okText={t('重新推送', 'Resend')}
            act={async () => {
                await post(`events/${id}/replay`, app ? { app_id: app } : {});
                done(t('已排队', 'Queued to resend'));
                await qc.invalidateQueries({ queryKey: ['event', id] });
            }}
        />
    );
}

export function One({ id }: { id: string }) {
    const t = useT();
    const q = useQuery({ queryKey: ['event', id], queryFn: () => get<EventDetail>(`events/${id}`) });
    const [replay, setReplay] = useState<string | null>(null);
    return (
        <Load q={q} title={t('事件', 'Event')}>
            {(e) => (
                <>
                    <Head
                        title={eventName(e.type)}
                        crumb={
                            <Link className="crumb" href="/events">
                                ← {t('事件', 'Events')}
                            </Link>
                        }
                        sub={
                            <span className="mono">
                                {e.type} · {e.header_event_id} · {dateTimeExact(e.create_time)}
                            </span>
                        }
                    >
                        <Button theme="solid" onClick={() => setReplay('')}>
                            {t('重新推送', 'Resend')}
                        </Button>
                    </Head>
                    <div className="cards">
                        <div className="s6">
                            {(e.deliveries ?? []).map((one) => (
                                <DeliveryCard
                                    key={one.delivery.app_id}
                                    one={one}
                                    replay={() => setReplay(one.delivery.app_id)}
                                />
                            ))}
                        </div>
                        <section className="card s6">
                            <h2>{t('内容', 'Body')}</h2>
                            <pre className="code" tabIndex={0} aria-label={t('内容', 'Body')}>
                                {JSON.stringify(e.event ?? {}, null, 2)}
                            </pre>
                        </section>
                    </div>
                    <Replay id={id} app={replay} close={() => setReplay(null)} />
                </>
            )}
        </Load>
    );
}
