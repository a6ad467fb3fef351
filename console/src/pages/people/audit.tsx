// SPDX-License-Identifier: Apache-2.0
//
// The audit log: actor, action, subject, time and address.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import { both, dateTimeExact, Link, personName, useT } from '../../base';
import type { App, Audit, Page } from '../../types';
import type { console_audit } from '../../wire';
import { allOf, Listing, Rows, State, usePages, NothingFits } from '../../ui';
import { useVendors } from '../orders';
import { useAccounts } from './accounts-data';
import { AuditFilters, useAuditFilters } from './audit-filters';
import { actionText, detailText, subjectKind } from './audit-words';

type Entry = Audit & Pick<console_audit, 'application_id' | 'talent_name' | 'job_title'>;

function useNames() {
    const accounts = useAccounts().data?.items ?? [];
    const vendors = useVendors().data?.items ?? [];
    const apps = useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') }).data?.items ?? [];
    return (kind: string, id: string) => {
        const vendor = vendors.find((v) => v.id === id);
        if (kind === 'account') return personName(accounts.find((a) => a.id === id));
        if (kind === 'app') return apps.find((a) => a.app_id === id || a.id === id)?.name ?? '';
        return kind === 'vendor' && vendor ? both(vendor.provider_name) || vendor.name : '';
    };
}
function hrefOf(kind: string, e: Entry): string {
    switch (kind) {
        case 'order':
            return e.application_id ? `/applications/${e.application_id}?order=${e.subject}` : '';
        case 'interview':
            return `/interviews/${e.subject}`;
        case 'event':
            return `/events/${e.subject}`;
        case 'account':
            return '/settings/users';
        case 'app':
            return '/settings/apps';
        case 'vendor':
            return '/settings/vendors';
        default:
            return '';
    }
}

function Subject({ e, name }: { e: Entry; name: string }) {
    const kind = subjectKind(e.action);
    if (!e.subject || !kind) return null;
    const href = hrefOf(kind, e);
    const about = [e.talent_name, e.job_title].filter(Boolean).join(' · ');
    const text = name || about || <span className="mono">{e.subject}</span>;
    return href ? <Link href={href}>{text}</Link> : <>{text}</>;
}

function Row({ e, name }: { e: Entry; name: string }) {
    const t = useT();
    const words: Record<string, string> = { operator: t('命令行', 'Command line'), system: t('系统', 'System') };
    return (
        <li>
            <div className="line">
                <div className="deed">
                    <b>{actionText(e.action)}</b>
                    {e.detail && <div className="small muted wrap">{detailText(e.action, e.detail)}</div>}
                </div>
                <div>{personName(e.actor) || words[e.actor?.kind ?? ''] || '—'}</div>
                <div className="wrap">
                    <Subject e={e} name={name} />
                </div>
                <div className="small muted when">
                    <time dateTime={new Date(Number(e.at)).toISOString()} title={e.log_id}>
                        {dateTimeExact(e.at)}
                    </time>
                    {e.address && <div className="mono">{e.address}</div>}
                </div>
            </div>
        </li>
    );
}

export function AuditLog() {
    const t = useT();
    const f = useAuditFilters();
    const names = useNames();
    const q = usePages<Entry>(['audit'], 'audit', f.query);
    const rows = allOf(q);
    const empty = f.any ? (
        <NothingFits title={t('没有符合条件的记录', 'No matching entries')} />
    ) : (
        <State kind="empty" title={t('还没有记录', 'No entries yet')} />
    );
    return (
        <>
            <AuditFilters f={f} />
            <Listing q={q} empty={empty}>
                <Rows
                    label={t('审计日志', 'Audit log')}
                    cols="minmax(200px, 1.6fr) minmax(110px, 0.8fr) minmax(140px, 1fr) 190px"
                    heads={[
                        t('做了什么', 'Action'),
                        t('谁', 'User'),
                        t('对象', 'Subject'),
                        t('时间与来源', 'Time and source'),
                    ]}
                >
                    {rows.map((e) => (
                        <Row key={e.id} e={e} name={names(subjectKind(e.action), e.subject ?? '')} />
                    ))}
                </Rows>
            </Listing>
        </>
    );
}
