// SPDX-License-Identifier: Apache-2.0
//
// Apps that may call: made, limited, pointed at a receiver, switched off; a secret is shown once.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api';
import type { App } from '../types';
import { useT } from '../base';
import { Ask, Button, Checks, Choice, Dialog, done, Field, Load, Pill, Secret, State, Text, useDeed } from '../ui';
import { useApps } from './vendors';

function Edit({ app, close }: { app: App | null; close: (secret?: [string, string][]) => void }) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const known = useQuery({
        queryKey: ['scopes'],
        staleTime: Infinity,
        queryFn: () => get<{ scopes?: string[]; event_types?: string[] }>('scopes'),
    }).data;
    const [name, setName] = useState(''),
        [kind, setKind] = useState('custom'),
        [scopes, setScopes] = useState(app?.scopes ?? []),
        [ips, setIps] = useState((app?.ip_allow ?? []).join('\n')),
        [url, setUrl] = useState(app?.request_url ?? ''),
        [key, setKey] = useState(''),
        [token, setToken] = useState(''),
        [subs, setSubs] = useState(app?.subscriptions ?? []),
        [find, setFind] = useState('');
    return (
        <Dialog
            width={640}
            title={app ? app.name : t('创建应用', 'Create an app')}
            open
            close={() => close()}
            busy={busy}
            disabled={!app && !name.trim()}
            okText={app ? t('保存', 'Save') : t('创建', 'Create')}
            ok={() =>
                run(async () => {
                    let secret: [string, string][] | undefined;
                    if (app)
                        await post(`apps/${app.app_id}`, {
                            scopes,
                            ip_allow: ips.split(/\s+/).filter(Boolean),
                            request_url: url.trim(),
                            subscriptions: subs,
                            ...(key && { encrypt_key: key }),
                            ...(token && { verification_token: token }),
                        });
                    else {
                        const r = await post<{ app: App; app_secret: string }>('apps', {
                            name: name.trim(),
                            kind,
                            scopes,
                        });
                        secret = [
                            ['app_id', r.app.app_id],
                            ['app_secret', r.app_secret],
                        ];
                    }
                    done(t('已保存', 'Saved'));
                    await qc.invalidateQueries({ queryKey: ['apps'] });
                    close(secret);
                })
            }
        >
            <div className="form" style={{ maxHeight: '62vh', overflowY: 'auto', paddingRight: 6 }} tabIndex={-1}>
                {!app && (
                    <div className="two">
                        <Field label={t('名称', 'Name')} required>
                            <Text value={name} onChange={setName} maxLength={100} />
                        </Field>
                        <Field label={t('类型', 'Kind')}>
                            <Choice
                                value={kind}
                                onChange={setKind}
                                options={[
                                    ['custom', t('自建应用', 'Custom')],
                                    ['store', t('商店应用', 'Store')],
                                ]}
                            />
                        </Field>
                    </div>
                )}
                <Field label={t('查找权限', 'Find a scope')}>
                    <Text type="search" value={find} onChange={setFind} />
                </Field>
                <Checks
                    label={t(`权限（已选 ${scopes.length}）`, `Scopes (${scopes.length} chosen)`)}
                    value={scopes}
                    onChange={setScopes}
                    options={(known?.scopes ?? []).filter((s) => s.includes(find)).map((s) => [s, s])}
                />
                {app && (
                    <>
                        <Field
                            label={t('IP 白名单', 'Allowed addresses')}
                            hint={t('每行一个，留空不限制', 'One a line; none: any')}
                        >
                            <Text rows={3} className="mono" value={ips} onChange={setIps} />
                        </Field>
                        <Field label={t('事件请求地址', 'Request URL of events')}>
                            <Text type="url" value={url} onChange={setUrl} />
                        </Field>
                        <div className="two">
                            <Field
                                label="Encrypt Key"
                                hint={app.encrypted ? t('已设置，留空不变', 'Set; left empty it stays') : undefined}
                            >
                                <Text value={key} onChange={setKey} />
                            </Field>
                            <Field
                                label="Verification Token"
                                hint={app.verified ? t('已设置，留空不变', 'Set; left empty it stays') : undefined}
                            >
                                <Text value={token} onChange={setToken} />
                            </Field>
                        </div>
                        <Checks
                            label={t('订阅的事件', 'Subscriptions')}
                            value={subs}
                            onChange={setSubs}
                            options={(known?.event_types ?? []).map((s) => [s, s])}
                        />
                    </>
                )}
            </div>
        </Dialog>
    );
}
export function Apps() {
    const t = useT();
    const qc = useQueryClient();
    const q = useApps();
    const [edit, setEdit] = useState<App | null | undefined>(),
        [secret, setSecret] = useState<[string, string][]>(),
        [ask, setAsk] = useState<['rotate' | 'switch', App]>();
    return (
        <>
            <div className="row" style={{ marginBottom: 14, justifyContent: 'flex-end' }}>
                <Button theme="solid" onClick={() => setEdit(null)}>
                    {t('创建应用', 'Create an app')}
                </Button>
            </div>
            <Load q={q}>
                {(d) =>
                    !d.items?.length ? (
                        <div className="card">
                            <State kind="empty" title={t('还没有应用', 'No apps yet')} />
                        </div>
                    ) : (
                        <>
                            {d.items.map((a) => (
                                <section className="card" key={a.app_id}>
                                    <div className="card-head">
                                        <h2>{a.name}</h2>
                                        <Pill
                                            tone={a.disabled ? 'grey' : 'green'}
                                            text={a.disabled ? t('已停用', 'Disabled') : t('启用', 'Enabled')}
                                        />
                                        <span className="chip">
                                            {a.kind === 'store' ? t('商店应用', 'Store') : t('自建应用', 'Custom')}
                                        </span>
                                        <div className="do">
                                            <Button onClick={() => setEdit(a)}>{t('设置', 'Edit')}</Button>
                                            <Button onClick={() => setAsk(['rotate', a])}>
                                                {t('更换密钥', 'New secret')}
                                            </Button>
                                            <Button
                                                type={a.disabled ? 'primary' : 'danger'}
                                                onClick={() => setAsk(['switch', a])}
                                            >
                                                {a.disabled ? t('启用', 'Enable') : t('停用', 'Disable')}
                                            </Button>
                                        </div>
                                    </div>
                                    <dl className="dl">
                                        <dt>app_id</dt>
                                        <dd className="mono">{a.app_id}</dd>
                                        <dt>{t('权限', 'Scopes')}</dt>
                                        <dd>{a.scopes?.length ?? 0}</dd>
                                        <dt>{t('IP 白名单', 'Addresses')}</dt>
                                        <dd className="mono">{a.ip_allow?.join(', ') || t('不限', 'any')}</dd>
                                        <dt>{t('事件', 'Events')}</dt>
                                        <dd className="mono">{a.subscriptions?.join(', ') || '—'}</dd>
                                        <dt>{t('请求地址', 'Request URL')}</dt>
                                        <dd className="mono">{a.request_url || '—'}</dd>
                                    </dl>
                                </section>
                            ))}
                        </>
                    )
                }
            </Load>
            {edit !== undefined && (
                <Edit
                    app={edit}
                    close={(s) => {
                        setEdit(undefined);
                        setSecret(s);
                    }}
                />
            )}
            {secret && (
                <Secret title={t('应用密钥', "The app's secret")} rows={secret} close={() => setSecret(undefined)} />
            )}
            <Ask
                open={!!ask}
                close={() => setAsk(undefined)}
                danger={!ask?.[1].disabled}
                title={
                    ask?.[0] === 'rotate'
                        ? t('更换密钥？', 'Make a new secret?')
                        : ask?.[1].disabled
                          ? t('启用应用？', 'Enable the app?')
                          : t('停用应用？', 'Disable the app?')
                }
                okText={t('确定', 'Yes')}
                text={
                    ask?.[0] === 'rotate'
                        ? t('旧密钥和现有令牌立即失效。', 'The old secret and all tokens stop working at once.')
                        : ask?.[1].disabled
                          ? t('它又可以调用接口。', 'It may call again.')
                          : t('它的所有请求会被拒绝。', 'All its requests are refused.')
                }
                act={async () => {
                    const [what, a] = ask!;
                    if (what === 'rotate')
                        setSecret([
                            ['app_id', a.app_id],
                            ['app_secret', (await post<{ app_secret: string }>(`apps/${a.app_id}/rotate`)).app_secret],
                        ]);
                    else await post(`apps/${a.app_id}`, { disabled: !a.disabled });
                    await qc.invalidateQueries({ queryKey: ['apps'] });
                }}
            />
        </>
    );
}
