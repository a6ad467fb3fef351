// SPDX-License-Identifier: Apache-2.0
//
// One app in the list: state, scopes and actions.
import { Link, useT } from '../../base';
import type { App } from '../../types';
import { Button, Pill } from '../../ui';
import { eventName } from '../events/names';
import type { Deed } from './question';

// Lists the tenants in which a store app is installed, and the commands for actions that only the operator may take.
function Installed({ app: a, tenant }: { app: App; tenant: string }) {
    const t = useT();
    const command = (verb: string, rest = '') => <code className="mono">{`hired app ${verb} ${a.app_id}${rest}`}</code>;
    return (
        <>
            {a.shared
                ? t('不只属于本租户，因此不能在这里修改', 'Shared with other tenants, so you cannot change it here')
                : t('只在本租户', 'This tenant only')}
            <details>
                <summary>{t('在服务器上执行的命令', 'Server commands')}</summary>
                <dl className="commands">
                    {a.shared && (
                        <>
                            <dt>{t('权限、来源地址', 'Scopes, allowed IPs')}</dt>
                            <dd>
                                {command('scopes', ' --scope …')}
                                {command('addresses', ' --allow …')}
                            </dd>
                            <dt>{t('密钥、停用', 'Secret, disable')}</dt>
                            <dd>
                                {command('rotate')}
                                {command('disable')}
                            </dd>
                        </>
                    )}
                    <dt>{t('从本租户移除', 'Remove from this tenant')}</dt>
                    <dd>{command('uninstall', ` --tenant ${tenant}`)}</dd>
                    <dt>{t('装到租户', 'Install in a tenant')}</dt>
                    <dd>{command('install', ' --tenant …')}</dd>
                </dl>
            </details>
        </>
    );
}

function Facts({ app: a, tenant }: { app: App; tenant: string }) {
    const t = useT();
    return (
        <dl className="dl">
            <dt>app_id</dt>
            <dd className="mono">{a.app_id}</dd>
            <dt>{t('权限', 'Scopes')}</dt>
            <dd>
                {a.scopes?.length ? (
                    <details>
                        <summary>{t(`${a.scopes.length} 个`, `${a.scopes.length} granted`)}</summary>
                        <div className="chips">
                            {a.scopes.map((s) => (
                                <span className="chip mono" key={s}>
                                    {s}
                                </span>
                            ))}
                        </div>
                    </details>
                ) : (
                    t('没有：什么接口也不能调用', 'None: cannot call any API')
                )}
            </dd>
            {!a.shared && (
                <>
                    <dt>{t('IP 白名单', 'Allowed IPs')}</dt>
                    <dd className="mono">{a.ip_allow?.join(', ') || t('不限', 'Any')}</dd>
                </>
            )}
            <dt>{t('订阅', 'Subscriptions')}</dt>
            <dd>{a.subscriptions?.map(eventName).join(t('、', ', ')) || '—'}</dd>
            {!a.shared && (
                <>
                    <dt>{t('请求地址', 'Request URL')}</dt>
                    <dd>
                        {a.request_url ? <span className="mono">{a.request_url}</span> : '—'}
                        {a.request_url && a.encrypted && (
                            <span className="muted small"> · {t('已加密', 'encrypted')}</span>
                        )}
                    </dd>
                </>
            )}
            {a.kind === 'store' && (
                <>
                    <dt>{t('安装', 'Installed')}</dt>
                    <dd>
                        <Installed app={a} tenant={tenant} />
                    </dd>
                </>
            )}
        </dl>
    );
}

export function AppCard({
    app: a,
    tenant,
    edit,
    ask,
}: {
    app: App;
    tenant: string;
    edit: () => void;
    ask: (deed: Deed) => void;
}) {
    const t = useT();
    return (
        <section className="card" data-app={a.app_id}>
            <div className="card-head">
                <h2>{a.name}</h2>
                <Pill
                    tone={a.disabled ? 'grey' : 'green'}
                    text={a.disabled ? t('已停用', 'Disabled') : t('启用', 'Enabled')}
                />
                <span className="chip">
                    {a.kind === 'store' ? t('商店应用', 'Store app') : t('自建应用', 'Custom app')}
                </span>
                {!a.shared && (
                    <div className="do">
                        <Button onClick={edit}>{t('设置', 'Edit')}</Button>
                        <Button onClick={() => ask('rotate')}>{t('更换密钥', 'Reset secret')}</Button>
                        <Button
                            type={a.disabled ? 'primary' : 'danger'}
                            onClick={() => ask(a.disabled ? 'enable' : 'disable')}
                        >
                            {a.disabled ? t('启用', 'Enable') : t('停用', 'Disable')}
                        </Button>
                    </div>
                )}
            </div>
            <Facts app={a} tenant={tenant} />
            <div className="row small card-links">
                <Link href={`/requests?app=${a.app_id}`}>{t('它的请求', 'View requests')}</Link>
                <Link href={`/events?app=${a.app_id}`}>{t('它的事件', 'View events')}</Link>
            </div>
        </section>
    );
}
