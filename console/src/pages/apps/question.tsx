// SPDX-License-Identifier: Apache-2.0
//
// The dialog that asks for confirmation before an app is disabled or enabled or gets a new secret.
import { useQueryClient } from '@tanstack/react-query';
import { post } from '../../api';
import { tr, useT } from '../../base';
import type { App } from '../../types';
import { Ask, Meanwhile, type SecretRows } from '../../ui';
import { appChanges, useAppVersion } from './version';

export type Deed = 'rotate' | 'enable' | 'disable';

const words = (deed: Deed): { title: string; text: string; ok: string } =>
    ({
        rotate: {
            title: tr('更换密钥？', 'Reset the app secret?'),
            text: tr(
                '旧密钥和现有令牌立即失效，长连接会断开。',
                'The old secret and all current tokens stop working immediately, and long connections are closed.',
            ),
            ok: tr('更换', 'Reset'),
        },
        enable: {
            title: tr('启用应用？', 'Enable this app?'),
            text: tr('它又可以调用接口并接收事件。', 'The app can call the API and receive events again.'),
            ok: tr('启用', 'Enable'),
        },
        disable: {
            title: tr('停用应用？', 'Disable this app?'),
            text: tr(
                '它的所有请求会被拒绝，不再收到事件，长连接会断开。',
                'All its requests will be refused, it will receive no more events, and its long connections will be closed.',
            ),
            ok: tr('停用', 'Disable'),
        },
    })[deed];

type Asked = { deed: Deed; app: App };
type Props = { close: () => void; tell: (rows: SecretRows) => void };

export function Question({ asked, ...rest }: Props & { asked?: Asked }) {
    return asked ? <Form key={asked.deed + asked.app.app_id} asked={asked} {...rest} /> : null;
}
function Form({ asked: { deed, app }, close, tell }: Props & { asked: Asked }) {
    const t = useT();
    const qc = useQueryClient();
    const w = words(deed);
    const v = useAppVersion(app);
    const act = async () => {
        const sent = await v.run(async (version) => {
            if (deed === 'rotate') {
                const { app_secret } = await post<{ app_secret: string }>(`apps/${app.app_id}/rotate`);
                tell([
                    ['app_id', app.app_id],
                    ['app_secret', app_secret],
                ]);
            } else await post(`apps/${app.app_id}`, { version, disabled: deed === 'disable' });
        });
        if (sent) await qc.invalidateQueries({ queryKey: ['apps'] });
        return sent;
    };
    return (
        <Ask
            open
            close={close}
            danger={deed !== 'enable'}
            title={w.title}
            blocked={v.stale}
            notice={
                v.stale && (
                    <Meanwhile
                        changes={appChanges(v.base, v.latest)}
                        goOn={v.base.disabled === v.latest.disabled ? v.goOn : undefined}
                        goOnText={t('仍然继续', 'Continue anyway')}
                    />
                )
            }
            text={
                <>
                    <b>{app.name}</b> <span className="mono">{app.app_id}</span>
                    <br />
                    {w.text}
                </>
            }
            okText={w.ok}
            act={act}
        />
    );
}
