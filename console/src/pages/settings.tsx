// SPDX-License-Identifier: Apache-2.0
//
// The tenant's settings, one tab each.
import { Link, useT } from '../base';
import { may } from '../shell/nav';
import type { Session } from '../types';
import { Head, State, Tabs } from '../ui';
import { Apps } from './apps';
import { Accounts, Approvals, AuditLog, Erasure } from './people';
import { Vendors } from './vendors';

function NotForYou() {
    const t = useT();
    return (
        <section className="card">
            <State
                kind="lock"
                title={t('设置只对管理员开放', 'Only administrators can open Settings')}
                text={t(
                    '需要改供应商、审批人或账号时，请联系管理员。',
                    'To change vendors, approvers or accounts, contact an administrator.',
                )}
            >
                <Link href="/">{t('回到首页', 'Back to home')}</Link>
            </State>
        </section>
    );
}

export default function Settings({ tab, session }: { tab: string; session: Session }) {
    const t = useT();
    const tabs: [string, string, JSX.Element][] = [
        ['vendors', t('背调供应商', 'Vendors'), <Vendors />],
        ['approvals', t('审批', 'Approvals'), <Approvals />],
        ['apps', t('应用', 'Apps'), <Apps tenant={session.tenant_key ?? ''} />],
        ['users', t('账号与角色', 'Accounts and roles'), <Accounts mine={session.user.id} />],
        ['audit', t('审计日志', 'Audit log'), <AuditLog />],
        ['erasure', t('删除个人数据', 'Data erasure'), <Erasure />],
    ];
    const [now, name, page] = tabs.find((x) => x[0] === tab) ?? tabs[0];
    if (!may(session, []))
        return (
            <>
                <Head title={t('设置', 'Settings')} />
                <NotForYou />
            </>
        );
    return (
        <>
            <Head title={t('设置', 'Settings')} window={`${name} · ${t('设置', 'Settings')}`} />
            <Tabs label={t('设置', 'Settings')} now={now}>
                {tabs.map(([k, text]) => (
                    <Link key={k} href={`/settings/${k}`} aria-current={k === now ? 'page' : undefined}>
                        {text}
                    </Link>
                ))}
            </Tabs>
            <div key={now}>{page}</div>
        </>
    );
}
