// SPDX-License-Identifier: Apache-2.0
//
// The attempts of one delivery: time, channel, result.
import { dateTimeExact, useT } from '../../base';
import type { EventDetail } from '../../types';
import { Button, Pill, When } from '../../ui';
import { deliveryError, deliveryState } from '../../words';

type One = NonNullable<EventDetail['deliveries']>[number];
type AttemptRow = NonNullable<One['attempts']>[number];

function Attempt({ attempt: a }: { attempt: AttemptRow }) {
    const t = useT();
    const way = a.way === 'long_connection' ? t('长连接', 'Long connection') : t('请求地址', 'Request URL');
    return (
        <li>
            <div className="row tight">
                <b>{t(`第 ${a.seq} 次`, `Attempt ${a.seq}`)}</b>
                <Pill
                    tone={a.error ? 'red' : 'green'}
                    text={
                        a.status
                            ? `${way === t('长连接', 'Long connection') ? 'code' : 'HTTP'} ${a.status}`
                            : t('没有回应', 'No response')
                    }
                />
                <span className="small muted">
                    {way} · {a.duration_ms} ms · {dateTimeExact(a.at)}
                </span>
            </div>
            {a.error && <div className="small bad">{deliveryError(a.error)}</div>}
            {a.answer && (
                <pre className="code answered" tabIndex={0} aria-label={t('回应', 'Response')}>
                    {a.answer}
                </pre>
            )}
        </li>
    );
}

export function DeliveryCard({
    one: { delivery: d, attempts, attempts_more: more },
    replay,
}: {
    one: One;
    replay: () => void;
}) {
    const t = useT();
    return (
        <section className="card">
            <div className="card-head">
                <h2>{d.app_name || d.app_id}</h2>
                <Pill {...deliveryState(d.state)} />
                <div className="do">
                    <Button size="small" onClick={replay}>
                        {t('只给它重新推送', 'Resend to this app only')}
                    </Button>
                </div>
            </div>
            {d.state === 'waiting' && attempts && attempts.length > 0 && (
                <p className="small muted next">
                    {Number(d.next_time) > Date.now() ? (
                        <>
                            {t('下次尝试：', 'Next attempt: ')}
                            <When ms={d.next_time} timed />
                        </>
                    ) : (
                        t(
                            '等应用有了请求地址或长连接就会再试。',
                            'hired tries again once the app has a request URL or a long connection.',
                        )
                    )}
                </p>
            )}
            {!attempts?.length ? (
                <p className="muted">
                    {t(
                        '还没有尝试：应用没有请求地址，也没有长连接时，事件会等着。',
                        'No attempts yet. The event waits until the app has a request URL or a long connection.',
                    )}
                </p>
            ) : (
                <ol className="tl">
                    {attempts.map((a) => (
                        <Attempt key={a.seq} attempt={a} />
                    ))}
                </ol>
            )}
            {more && <p className="small muted">{t('更早的尝试没有列出。', 'Earlier attempts are not shown.')}</p>}
        </section>
    );
}
