// SPDX-License-Identifier: Apache-2.0
//
// Deliveries of events: each with its attempts, body and answer, and once more if wanted.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api';
import type { App, Delivery, EventDetail, Page } from '../types';
import { dateTimeExact, Link, useParam, useT } from '../base';
import {
    allOf,
    Ask,
    Button,
    Choice,
    done,
    Failed,
    Head,
    Load,
    Loading,
    More,
    Pill,
    Rows,
    State,
    usePages,
    When,
} from '../ui';
import { deliveryState } from '../words';

export default function Events({ id }: { id?: string }) {
    return id ? <One id={id} /> : <List />;
}
function List() {
    const t = useT();
    const [state, setState] = useParam('state'),
        [app, setApp] = useParam('app');
    const apps = useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') }).data?.items ?? [];
    const q = usePages<Delivery>(['events'], 'events', { state, app_id: app, page_size: 50 });
    const rows = allOf(q);
    return (
        <>
            <Head
                title={t('事件', 'Events')}
                sub={t(
                    '发给应用的每一个事件，以及它是否送达',
                    'Every event that went to an app, and whether it arrived',
                )}
            />
            <search className="filters">
                <Choice
                    aria-label={t('状态', 'State')}
                    value={state}
                    onChange={setState}
                    none={t('所有状态', 'Every state')}
                    options={['waiting', 'delivered', 'given_up', 'superseded'].map((s) => [s, deliveryState(s).text])}
                />
                <Choice
                    aria-label={t('应用', 'App')}
                    value={app}
                    onChange={setApp}
                    none={t('所有应用', 'All apps')}
                    options={apps.map((a) => [a.app_id, a.name])}
                />
            </search>
            {q.isPending ? (
                <div className="list">
                    <Loading />
                </div>
            ) : q.error && !q.data ? (
                <div className="card">
                    <Failed error={q.error} retry={() => q.refetch()} />
                </div>
            ) : !rows.length ? (
                <div className="card">
                    <State
                        kind="empty"
                        title={t('没有事件', 'No events')}
                        text={t(
                            '应用订阅事件后，这里会显示每次投递。',
                            'Once an app subscribes to events, each delivery stands here.',
                        )}
                    />
                </div>
            ) : (
                <Rows
                    label={t('事件', 'Events')}
                    cols="minmax(0,2fr) minmax(0,1fr) 120px minmax(0,1fr) 110px"
                    heads={[
                        t('类型', 'Type'),
                        t('应用', 'App'),
                        t('状态', 'State'),
                        t('最后一次', 'Last attempt'),
                        t('时间', 'When'),
                    ]}
                >
                    {rows.map((d) => (
                        <li key={d.event_id + d.app_id}>
                            <Link className="line" href={`/events/${d.event_id}`}>
                                <span className="mono">{d.type}</span>
                                <span className="clip">{d.app_name}</span>
                                <span>
                                    <Pill {...deliveryState(d.state)} />
                                </span>
                                <span className="small muted clip">
                                    {d.last_status ? `HTTP ${d.last_status}` : d.last_error || '—'}
                                    {d.attempts ? t(` · ${d.attempts} 次`, ` · ${d.attempts}×`) : ''}
                                </span>
                                <span className="small muted">
                                    <When ms={d.create_time} />
                                </span>
                            </Link>
                        </li>
                    ))}
                </Rows>
            )}
            <More q={q} />
        </>
    );
}
function One({ id }: { id: string }) {
    const t = useT();
    const qc = useQueryClient();
    const q = useQuery({ queryKey: ['event', id], queryFn: () => get<EventDetail>(`events/${id}`) });
    const [replay, setReplay] = useState<string | null>(null);
    return (
        <Load q={q} title={t('事件', 'Event')}>
            {(e) => (
                <>
                    <Head
                        title={e.type}
                        crumb={
                            <Link className="crumb" href="/events">
                                ← {t('事件', 'Events')}
                            </Link>
                        }
                        sub={
                            <span className="mono">
                                {e.event_id} · {dateTimeExact(e.create_time)}
                            </span>
                        }
                    >
                        <Button theme="solid" onClick={() => setReplay('')}>
                            {t('重新投递', 'Deliver again')}
                        </Button>
                    </Head>
                    <div className="cards">
                        <div className="s6">
                            {(e.deliveries ?? []).map(({ delivery: d, attempts }) => (
                                <section className="card" key={d.app_id}>
                                    <div className="card-head">
                                        <h2>{d.app_name || d.app_id}</h2>
                                        <Pill {...deliveryState(d.state)} />
                                        <div className="do">
                                            <Button size="small" onClick={() => setReplay(d.app_id)}>
                                                {t('只给它重新投递', 'Again to this app')}
                                            </Button>
                                        </div>
                                    </div>
                                    {d.next_time && d.state === 'waiting' && (
                                        <p className="small muted" style={{ marginBottom: 10 }}>
                                            {t('下次尝试：', 'Next attempt: ')}
                                            <When ms={d.next_time} />
                                        </p>
                                    )}
                                    {!attempts?.length ? (
                                        <p className="muted">{t('还没有尝试', 'No attempt yet')}</p>
                                    ) : (
                                        <ol className="tl">
                                            {attempts.map((a) => (
                                                <li key={a.seq}>
                                                    <div className="row tight">
                                                        <Pill
                                                            tone={a.error ? 'red' : 'green'}
                                                            text={
                                                                a.status
                                                                    ? `HTTP ${a.status}`
                                                                    : a.way === 'long_connection'
                                                                      ? t('长连接', 'Long connection')
                                                                      : t('没有回应', 'No answer')
                                                            }
                                                        />
                                                        <span className="small muted">
                                                            {a.duration_ms} ms · {dateTimeExact(a.at)}
                                                        </span>
                                                    </div>
                                                    {a.error && (
                                                        <div className="small" style={{ color: 'var(--red)' }}>
                                                            {a.error}
                                                        </div>
                                                    )}
                                                    {a.answer && <div className="mono muted">{a.answer}</div>}
                                                </li>
                                            ))}
                                        </ol>
                                    )}
                                </section>
                            ))}
                        </div>
                        <section className="card s6">
                            <h2>{t('内容', 'Body')}</h2>
                            <pre className="code" tabIndex={0}>
                                {JSON.stringify(e.event ?? {}, null, 2)}
                            </pre>
                        </section>
                    </div>
                    <Ask
                        open={replay !== null}
                        close={() => setReplay(null)}
                        title={t('重新投递？', 'Deliver again?')}
                        text={t('应用会再次收到同一个 event_id。', 'The app receives the same event_id once more.')}
                        okText={t('重新投递', 'Deliver again')}
                        act={async () => {
                            await post(`events/${id}/replay`, replay ? { app_id: replay } : {});
                            done(t('已排队', 'It is on its way'));
                            await qc.invalidateQueries({ queryKey: ['event', id] });
                        }}
                    />
                </>
            )}
        </Load>
    );
}
