// SPDX-License-Identifier: Apache-2.0
//
// Which app receives which events, and at which URL.
import { Link, useT } from '../../base';
import type { App } from '../../types';
import { Load, Pill } from '../../ui';
import { useApps, useKnown } from './deliveries';
import { eventName } from './names';

function Subscriber({ app }: { app: App }) {
    const t = useT();
    return (
        <li className="subscriber">
            <span className="grow two-lines">
                <b className="clip">{app.name}</b>
                {app.request_url ? (
                    <span className="mono muted clip" title={app.request_url}>
                        {app.request_url}
                    </span>
                ) : (
                    <span className="small muted">
                        {t(
                            '没有请求地址：经长连接，否则等待',
                            'No request URL. Sent over a long connection when there is one.',
                        )}
                    </span>
                )}
            </span>
            {app.disabled && <Pill tone="grey" text={t('已停用', 'Disabled')} />}
            <Link className="small" href={`/events?app=${app.app_id}`}>
                {t('它的推送', 'View deliveries')}
            </Link>
        </li>
    );
}

export function Subscriptions() {
    const t = useT();
    const apps = useApps(),
        known = useKnown();
    return (
        <Load q={apps}>
            {(d) => (
                <div className="cards">
                    {(known.data?.event_types ?? []).map((type) => {
                        const of = (d.items ?? []).filter((a) => a.subscriptions?.includes(type));
                        return (
                            <section className="card s6" key={type}>
                                <h2>{eventName(type)}</h2>
                                <p className="mono muted">{type}</p>
                                {of.length ? (
                                    <ul>
                                        {of.map((a) => (
                                            <Subscriber key={a.app_id} app={a} />
                                        ))}
                                    </ul>
                                ) : (
                                    <p className="small muted nobody">
                                        {t('没有应用订阅。', 'No apps are subscribed.')}{' '}
                                        <Link href="/settings/apps">
                                            {t('在应用设置里订阅', 'Subscribe in app settings')}
                                        </Link>
                                    </p>
                                )}
                            </section>
                        );
                    })}
                </div>
            )}
        </Load>
    );
}
