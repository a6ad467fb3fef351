// SPDX-License-Identifier: Apache-2.0
//
// Which steps of a background check wait for somebody, and for whom.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../api';
import { Link, personName, useT } from '../../base';
import type { Account, Settings } from '../../types';
import { Checks, done, Load, Tick, useDeed } from '../../ui';
import { role } from '../../words';
import { useAccounts } from './accounts-data';

function Switches({ s, busy, save }: { s: Settings; busy: boolean; save: (change: object) => void }) {
    const t = useT();
    return (
        <fieldset>
            <legend>{t('哪些步骤需要审批', 'What waits for approval')}</legend>
            <Tick disabled={busy} checked={s.approve_arrangement} onChange={(v) => save({ approve_arrangement: v })}>
                <b>{t('发起背调', 'A new background check')}</b>
                <br />
                <span className="muted small">
                    {t('通过之前，供应商不会收到订单。', 'The vendor hears nothing of it before.')}
                </span>
            </Tick>
            <Tick disabled={busy} checked={s.approve_report} onChange={(v) => save({ approve_report: v })}>
                <b>{t('最终报告', 'The final report')}</b>
                <br />
                <span className="muted small">{t('通过之后背调才算完成。', 'The check is completed only then.')}</span>
            </Tick>
            <p className="muted small">
                {t(
                    '开关只影响之后的步骤；正在等待审批的不变。',
                    'The switches bear on what comes; what waits already goes on waiting.',
                )}
            </p>
        </fieldset>
    );
}

// Administrators may approve anyway, so nothing is stuck without an approver; but somebody should know.
function Nobody({ s, accounts }: { s: Settings; accounts: Account[] }) {
    const t = useT();
    if ((s.approvers ?? []).length || !(s.approve_arrangement || s.approve_report)) return null;
    const admins = accounts.filter((a) => !a.disabled && a.roles.includes('admin')).map(personName);
    return (
        <p className="note warn" role="alert">
            {t(
                `还没有审批人：现在只有管理员（${admins.join('、')}）可以审批。请在下面选择审批人。`,
                `There is no approver: only administrators (${admins.join(', ')}) can approve now. Please choose somebody below.`,
            )}
        </p>
    );
}

export function Approvals() {
    const t = useT();
    const qc = useQueryClient();
    const q = useQuery({ queryKey: ['settings'], queryFn: () => get<Settings>('settings') });
    const accounts = useAccounts().data?.items ?? [];
    const { busy, run } = useDeed();
    const save = (change: object) =>
        run(async () => {
            await post('settings', change);
            done(t('已保存', 'Saved'));
            await Promise.all(['settings', 'users'].map((k) => qc.invalidateQueries({ queryKey: [k] })));
        });
    const others = (a: Account) => a.roles.filter((r) => r !== 'approver');
    const choose = (s: Settings, ids: string[]) => {
        const bare = (s.approvers ?? []).find((u) => !ids.includes(u.id) && u.roles.length === 1);
        if (!bare) return void save({ approvers: ids });
        run(() =>
            Promise.reject(
                new Error(
                    t(
                        `${personName(bare)} 只有“审批人”一个角色，请先在“账号与角色”里给另一个角色。`,
                        `${personName(bare)} has no other role; please give one under “Users and roles” first.`,
                    ),
                ),
            ),
        );
    };
    return (
        <section className="card narrowpage">
            <Load q={q}>
                {(s) => (
                    <div className="form">
                        <Switches s={s} busy={busy} save={save} />
                        <Nobody s={s} accounts={accounts} />
                        <Checks
                            label={t('谁可以审批', 'Who may approve')}
                            hint={t('管理员总是可以审批。', 'Administrators always may.')}
                            value={(s.approvers ?? []).map((a) => a.id)}
                            onChange={(ids) => choose(s, ids)}
                            options={accounts
                                .filter((a) => !a.disabled)
                                .map((a) => [a.id, [personName(a), ...others(a).map(role)].join(' · ')])}
                        />
                        <p className="small">
                            <Link href="/settings/users">{t('添加账号', 'Add an account')}</Link>
                        </p>
                    </div>
                )}
            </Load>
        </section>
    );
}
