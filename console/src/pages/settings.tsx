// SPDX-License-Identifier: Apache-2.0
//
// Settings of the tenant, a tab each.
import { Link, useT } from '../base';
import type { Session } from '../types';
import { Head } from '../ui';
import { Apps } from './apps';
import { Accounts, Approvals, AuditLog } from './people';
import { Vendors } from './vendors';

export default function Settings({ tab }: { tab: string; session: Session }) {
    const t = useT();
    const tabs: [string, string, () => JSX.Element][] = [
        ['vendors', t('背调供应商', 'Vendors'), Vendors],
        ['approvals', t('审批', 'Approvals'), Approvals],
        ['apps', t('应用', 'Apps'), Apps],
        ['users', t('账号与角色', 'Users and roles'), Accounts],
        ['audit', t('审计日志', 'Audit log'), AuditLog],
    ];
    const Now = (tabs.find((x) => x[0] === tab) ?? tabs[0])[2];
    return (
        <>
            <Head title={t('设置', 'Settings')} />
            <nav className="tabs" aria-label={t('设置', 'Settings')}>
                {tabs.map(([k, name]) => (
                    <Link key={k} href={`/settings/${k}`} aria-current={k === tab ? 'page' : undefined}>
                        {name}
                    </Link>
                ))}
            </nav>
            <Now />
        </>
    );
}
