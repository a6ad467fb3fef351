// SPDX-License-Identifier: Apache-2.0
//
// Apps whose event deliveries fail: tells recruiters why a vendor may not answer, and administrators what is wrong.
import { Link, useT } from '../../base';
import type { Overview } from '../../types';
import { Pill, State, When } from '../../ui';
import { deliveryError } from '../../words';

type App = NonNullable<Overview['failing']>[number];

function Count({ app, state, admin }: { app: App; state: 'waiting' | 'given_up'; admin: boolean }) {
    const t = useT();
    const n = app[state];
    if (!n) return null;
    const pill =
        state === 'waiting' ? (
            <Pill tone="amber" text={t(`${n} 个重试中`, `${n} retrying`)} />
        ) : (
            <Pill tone="red" text={t(`${n} 个已放弃`, `${n} failed`)} />
        );
    return admin ? (
        <Link href={`/events?app=${app.app_id}&state=${state === 'waiting' ? 'retrying' : state}`}>{pill}</Link>
    ) : (
        pill
    );
}

export function Failing({ failing, admin }: { failing: App[]; admin: boolean }) {
    const t = useT();
    return (
        <section className="card s6">
            <h2>{t('推送失败的事件', 'Delivery problems')}</h2>
            {!failing.length ? (
                <State kind="empty" title={t('全部送达', 'All events delivered')} />
            ) : (
                <ul className="tl">
                    {failing.map((f) => (
                        <li key={f.app_id}>
                            <div className="row">
                                <b className="clip grow">{f.name}</b>
                                <span className="row tight">
                                    <Count app={f} state="waiting" admin={admin} />
                                    <Count app={f} state="given_up" admin={admin} />
                                </span>
                            </div>
                            <div className="small muted">
                                {admin && `${deliveryError(f.last_error)} · `}
                                <When ms={f.last_at} />
                            </div>
                        </li>
                    ))}
                </ul>
            )}
        </section>
    );
}
