// SPDX-License-Identifier: Apache-2.0
//
// The form for an app's event receiver: the server verifies the URL before it is saved, and can test it at any time.
import { useEffect, useRef, useState } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import type { App } from '../../types';
import { Button, errorText, Field, Text } from '../../ui';

export interface Receiver {
    url: string;
    key: string; // '': unchanged
    token: string;
}
export const receiverBody = (app: App, r: Receiver) => ({
    ...(r.url.trim() !== (app.request_url ?? '') && { request_url: r.url.trim() }),
    ...(r.key && { encrypt_key: r.key }),
    ...(r.token && { verification_token: r.token }),
});

function Test({ app, receiver }: { app: App; receiver: Receiver }) {
    const t = useT();
    const [busy, setBusy] = useState(false),
        [said, say] = useState<{ good: boolean; text: string }>();
    const place = useRef<HTMLDivElement>(null);
    useEffect(() => {
        place.current?.scrollIntoView({ block: 'nearest' }); // some browsers return a promise, which an effect must not return
    }, [said]);
    const test = async () => {
        setBusy(true);
        say(undefined);
        try {
            await post(`apps/${app.app_id}/challenge`, receiverBody(app, receiver));
            say({
                good: true,
                text: t('地址回应了校验，可以保存。', 'The URL returned the challenge. You can save it.'),
            });
        } catch (e) {
            say({ good: false, text: errorText(e) });
        }
        setBusy(false);
    };
    return (
        <div>
            <Button loading={busy} disabled={!receiver.url.trim()} onClick={test}>
                {t('测试地址', 'Test URL')}
            </Button>
            <div role="status" className="test-said" ref={place}>
                {said && <div className={`notice ${said.good ? 't-green' : 't-red'}`}>{said.text}</div>}
            </div>
        </div>
    );
}

export function ReceiverFields({ app, value, set }: { app: App; value: Receiver; set: (r: Receiver) => void }) {
    const t = useT();
    const kept = t('已设置，留空不变', 'Already set. Leave empty to keep it');
    return (
        <>
            <Field
                label={t('事件请求地址', 'Event request URL')}
                hint={t(
                    '保存时会发送 url_verification；一秒内原样返回 challenge 才会保存。留空则经长连接接收。',
                    'When you save, hired sends url_verification. The URL is saved only if it returns the challenge within one second. Leave empty to receive events over a long connection.',
                )}
            >
                <Text
                    type="url"
                    name="request_url"
                    placeholder="https://hr.example.com/events"
                    value={value.url}
                    onChange={(url) => set({ ...value, url })}
                />
            </Field>
            <div className="two">
                <Field label="Encrypt Key" hint={app.encrypted ? kept : t('可不填', 'Optional')}>
                    <Text
                        name="encrypt_key"
                        autoComplete="off"
                        value={value.key}
                        onChange={(key) => set({ ...value, key })}
                    />
                </Field>
                <Field
                    label="Verification Token"
                    hint={app.verified ? kept : t('不填会自动生成', 'Leave empty to generate one')}
                >
                    <Text
                        name="verification_token"
                        autoComplete="off"
                        value={value.token}
                        onChange={(token) => set({ ...value, token })}
                    />
                </Field>
            </div>
            <Test app={app} receiver={value} />
        </>
    );
}
