// SPDX-License-Identifier: Apache-2.0
//
// The filters of the audit log (actor, action, time), kept in the address.
import { personName, useParam, useT } from '../../base';
import { Button, FilterChoice, Text } from '../../ui';
import { useAccounts } from './accounts-data';
import { actions, actionText } from './audit-words';

// The start of the day, `later` days on, in the browser's time zone; '' if no day is chosen.
function startOf(day: string, later = 0): string {
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) return '';
    const [y, m, d] = day.split('-').map(Number);
    return String(new Date(y, m - 1, d + later).getTime());
}

export function useAuditFilters() {
    const [person] = useParam('person'),
        [action] = useParam('action'),
        [from, setFrom] = useParam('from'),
        [to, setTo] = useParam('to'),
        [subject, setSubject] = useParam('subject');
    return {
        ...{ from, setFrom, to, setTo, subject, setSubject },
        any: !!(person || action || from || to || subject),
        query: { account_id: person, action, subject, since: startOf(from), until: startOf(to, 1), page_size: 50 },
    };
}

export function AuditFilters({ f }: { f: ReturnType<typeof useAuditFilters> }) {
    const t = useT();
    const accounts = useAccounts().data?.items ?? [];
    return (
        <search className="filters">
            <FilterChoice
                name="person"
                label={t('谁', 'User')}
                all={t('所有人', 'Everyone')}
                options={accounts.map((a) => [a.id, personName(a)])}
            />
            <FilterChoice
                name="action"
                label={t('做了什么', 'Action')}
                all={t('所有操作', 'All actions')}
                options={actions.map((a) => [a, actionText(a)])}
            />
            <label className="between">
                <span className="muted small">{t('从', 'From')}</span>
                <Text type="date" name="from" value={f.from} onChange={f.setFrom} />
            </label>
            <label className="between">
                <span className="muted small">{t('到', 'To')}</span>
                <Text type="date" name="to" value={f.to} onChange={f.setTo} />
            </label>
            {f.subject && (
                <Button onClick={() => f.setSubject(undefined)} aria-label={t('不再只看这个对象', 'Show all subjects')}>
                    <span className="mono">{f.subject}</span> ✕
                </Button>
            )}
        </search>
    );
}
