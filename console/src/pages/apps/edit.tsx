// SPDX-License-Identifier: Apache-2.0
//
// The form for an app's scopes, allowed IP addresses and event subscriptions.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import type { App } from '../../types';
import { Checks, Dialog, done, errorText, Field, Meanwhile, Seg, Text, touched, type SecretRows } from '../../ui';
import { useKnown } from '../events/deliveries';
import { eventName } from '../events/names';
import { receiverBody, ReceiverFields } from './receiver';
import { Scopes } from './scopes';
import { appChanges, useAppVersion } from './version';

type Part = 'scopes' | 'events' | 'addresses';

type Props = { app: App; close: (rows?: SecretRows) => void };

export function Edit({ app, close }: Props) {
    const [from, setFrom] = useState(app);
    return <Form key={from.version} app={from} close={close} restart={setFrom} />;
}
function Form({ app, close, restart }: Props & { restart: (from: App) => void }) {
    const t = useT();
    const qc = useQueryClient();
    const v = useAppVersion(app);
    const types = useKnown().data?.event_types ?? [];
    const [part, setPart] = useState<Part>('scopes'),
        [busy, setBusy] = useState(false),
        [fault, setFault] = useState(''),
        [scopes, setScopes] = useState(app.scopes ?? []),
        [ips, setIps] = useState((app.ip_allow ?? []).join('\n')),
        [receiver, setReceiver] = useState({ url: app.request_url ?? '', key: '', token: '' }),
        [subscriptions, setSubscriptions] = useState(app.subscriptions ?? []);
    const save = async () => {
        setBusy(true);
        setFault('');
        try {
            const mine = { scopes, ip_allow: ips.split(/\s+/).filter(Boolean), subscriptions };
            const before = {
                scopes: app.scopes ?? [],
                ip_allow: app.ip_allow ?? [],
                subscriptions: app.subscriptions ?? [],
            };
            let r: { verification_token?: string } = {};
            const sent = await v.run(async (version) => {
                r = await post(`apps/${app.app_id}`, {
                    version,
                    ...touched(mine, before),
                    ...receiverBody(app, receiver),
                });
            });
            if (!sent) return setBusy(false);
            done(t('已保存', 'Saved'));
            await qc.invalidateQueries({ queryKey: ['apps'] });
            close(r.verification_token ? [['Verification Token', r.verification_token]] : undefined);
        } catch (e) {
            setFault(errorText(e));
        }
        setBusy(false);
    };
    return (
        <Dialog
            width={760}
            title={t(`设置 ${app.name}`, `Edit ${app.name}`)}
            open
            close={() => close()}
            busy={busy}
            okText={t('保存', 'Save')}
            ok={save}
            disabled={v.stale}
        >
            {v.stale && (
                <Meanwhile changes={appChanges(v.base, v.latest)} restart={() => restart(v.latest)} goOn={v.goOn} />
            )}
            <Seg
                label={t('设置', 'Settings')}
                value={part}
                onChange={setPart}
                options={[
                    ['scopes', t('权限', 'Scopes')],
                    ['events', t('事件', 'Events')],
                    ['addresses', t('IP 白名单', 'Allowed IPs')],
                ]}
            />
            {fault && (
                <div className="notice t-red" role="alert">
                    {t('未保存：', 'Not saved: ')}
                    {fault}
                </div>
            )}
            <div className="form tall" tabIndex={-1}>
                {part === 'scopes' && <Scopes value={scopes} set={setScopes} />}
                {part === 'events' && (
                    <>
                        <Checks
                            label={t('订阅的事件', 'Subscribed events')}
                            value={subscriptions}
                            onChange={setSubscriptions}
                            options={types.map((s) => [s, `${eventName(s)}\n${s}`])}
                        />
                        <ReceiverFields app={app} value={receiver} set={setReceiver} />
                    </>
                )}
                {part === 'addresses' && (
                    <Field
                        label={t('允许的来源地址', 'Allowed IP addresses')}
                        hint={t(
                            '每行一个地址或网段，如 10.1.0.0/16；留空不限制',
                            'Enter one IP address or network per line, such as 10.1.0.0/16. Leave empty to allow any address.',
                        )}
                    >
                        <Text rows={5} name="ip_allow" className="mono" value={ips} onChange={setIps} />
                    </Field>
                )}
            </div>
        </Dialog>
    );
}
