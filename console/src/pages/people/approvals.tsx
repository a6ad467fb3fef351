// SPDX-License-Identifier: Apache-2.0
//
// Which steps of a background check need an approval, and by whom.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, get, post } from '../../api';
import { Link, personName, tr, useT } from '../../base';
import type { Account, Settings } from '../../types';
import { Ask, Checks, differences, done, Load, Meanwhile, Tick, useDeed } from '../../ui';
import { role } from '../../words';
import { useAccounts } from './accounts-data';

function Switches({ s, busy, save }: { s: Settings; busy: boolean; save: (wish: Wish) => void }) {
    const t = useT();
    return (
        <fieldset>
            <legend>{t('哪些步骤需要审批', 'Steps that need approval')}</legend>
            <Tick disabled={busy} checked={s.approve_arrangement} onChange={(v) => save({ approve_arrangement: v })}>
                <b>{t('发起背调', 'New background checks')}</b>
                <br />
                <span className="muted small">
                    {t('通过之前，供应商不会收到订单。', 'The vendor does not receive the order until it is approved.')}
                </span>
            </Tick>
            <Tick disabled={busy} checked={s.approve_report} onChange={(v) => save({ approve_report: v })}>
                <b>{t('最终报告', 'Final reports')}</b>
                <br />
                <span className="muted small">
                    {t('通过之后背调才算完成。', 'The check is completed only after the report is approved.')}
                </span>
            </Tick>
            <p className="muted small">
                {t(
                    '开关只影响之后的步骤；正在等待审批的不变。',
                    'Changes apply to future steps only. Requests already pending approval are not affected.',
                )}
            </p>
        </fieldset>
    );
}

// Without approvers only administrators can approve; the page warns of that.
function Nobody({ s, accounts }: { s: Settings; accounts: Account[] }) {
    const t = useT();
    if ((s.approvers ?? []).length || !(s.approve_arrangement || s.approve_report)) return null;
    const admins = accounts.filter((a) => !a.disabled && a.roles.includes('admin')).map(personName);
    return (
        <p className="note warn" role="alert">
            {t(
                `还没有审批人：现在只有管理员（${admins.join('、')}）可以审批。请在下面选择审批人。`,
                `No approvers yet. Only administrators (${admins.join(', ')}) can approve. Select approvers below.`,
            )}
        </p>
    );
}

// The user's change: the new switches, and the approvers to add and to remove.
interface Wish {
    approve_arrangement?: boolean;
    approve_report?: boolean;
    add?: string[];
    remove?: string[];
}
function body(w: Wish, s: Settings) {
    const ids = (s.approvers ?? []).map((a) => a.id).filter((id) => !w.remove?.includes(id));
    const approvers = (w.add || w.remove) && [...new Set([...ids, ...(w.add ?? [])])];
    return {
        version: s.version,
        approve_arrangement: w.approve_arrangement,
        approve_report: w.approve_report,
        approvers,
    };
}
const onOff = (on: boolean) => (on ? tr('需要审批', 'required') : tr('不需要审批', 'not required'));
function settingsChanges(before: Settings, now: Settings) {
    const who = (s: Settings) => (s.approvers ?? []).map(personName).join(tr('、', ', '));
    return differences([
        [tr('发起背调', 'Approval of new checks'), onOff(before.approve_arrangement), onOff(now.approve_arrangement)],
        [tr('最终报告', 'Approval of final reports'), onOff(before.approve_report), onOff(now.approve_report)],
        [tr('审批人', 'Approvers'), who(before), who(now)],
    ]);
}
// Shown if another user changed the settings first: the server has refused the change, and the user sees the differences
// before saving again.
function Decide({
    wish,
    before,
    now,
    accounts,
    save,
    close,
}: {
    wish: Wish;
    before: Settings;
    now: Settings;
    accounts: Account[];
    save: () => Promise<unknown>;
    close: () => void;
}) {
    const t = useT();
    const names = (ids: string[]) =>
        ids.map((id) => personName(accounts.find((a) => a.id === id)) || id).join(t('、', ', '));
    const mine = [
        wish.approve_arrangement !== undefined &&
            `${t('发起背调', 'Approval of new checks')}: ${onOff(wish.approve_arrangement)}`,
        wish.approve_report !== undefined &&
            `${t('最终报告', 'Approval of final reports')}: ${onOff(wish.approve_report)}`,
        wish.add?.length && t(`增加审批人：${names(wish.add)}`, `Add approver: ${names(wish.add)}`),
        wish.remove?.length && t(`移除审批人：${names(wish.remove)}`, `Remove approver: ${names(wish.remove)}`),
    ].filter(Boolean);
    return (
        <Ask
            open
            close={close}
            title={t('设置已被别人修改', 'Someone else changed these settings')}
            text={
                <>
                    {t('你的修改还没有保存：', 'Your changes are not saved yet: ')}
                    <b>{mine.join(t('；', '; '))}</b>
                </>
            }
            notice={<Meanwhile changes={settingsChanges(before, now)} />}
            okText={t('仍然保存我的修改', 'Save my changes anyway')}
            act={save}
        />
    );
}

export function Approvals() {
    const t = useT();
    const qc = useQueryClient();
    const q = useQuery({ queryKey: ['settings'], queryFn: () => get<Settings>('settings') });
    const accounts = useAccounts().data?.items ?? [];
    const { busy, run } = useDeed();
    const [met, setMet] = useState<{ wish: Wish; before: Settings; now: Settings }>();
    const send = async (wish: Wish, s: Settings) => {
        try {
            await post('settings', body(wish, s));
            done(t('已保存', 'Saved'));
            setMet(undefined);
        } catch (e) {
            if (!(e instanceof ApiError) || e.reason !== 'stale') throw e;
            setMet({ wish, before: s, now: await get<Settings>('settings') });
            return false;
        } finally {
            await Promise.all(['settings', 'users'].map((k) => qc.invalidateQueries({ queryKey: [k] })));
        }
        return true;
    };
    const save = (wish: Wish, s: Settings) => run(() => send(wish, s));
    const others = (a: Account) => a.roles.filter((r) => r !== 'approver');
    const choose = (s: Settings, ids: string[]) => {
        const bare = (s.approvers ?? []).find((u) => !ids.includes(u.id) && u.roles.length === 1);
        const had = (s.approvers ?? []).map((u) => u.id);
        const wish = { add: ids.filter((x) => !had.includes(x)), remove: had.filter((x) => !ids.includes(x)) };
        if (!bare) return void save(wish, s);
        run(() =>
            Promise.reject(
                new Error(
                    t(
                        `${personName(bare)} 只有“审批人”一个角色，请先在“账号与角色”里给另一个角色。`,
                        `Approver is the only role of ${personName(bare)}. First assign another role under “Accounts and roles”.`,
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
                        <Switches s={s} busy={busy} save={(wish) => save(wish, s)} />
                        <Nobody s={s} accounts={accounts} />
                        <Checks
                            label={t('谁可以审批', 'Who can approve')}
                            hint={t('管理员总是可以审批。', 'Administrators can always approve.')}
                            value={(s.approvers ?? []).map((a) => a.id)}
                            onChange={(ids) => choose(s, ids)}
                            options={accounts
                                .filter((a) => !a.disabled)
                                .map((a) => [a.id, [personName(a), ...others(a).map(role)].join(' · ')])}
                        />
                        <p className="small">
                            <Link href="/settings/users">{t('添加账号', 'Add account')}</Link>
                        </p>
                    </div>
                )}
            </Load>
            {met && (
                <Decide
                    {...met}
                    accounts={accounts}
                    save={() => send(met.wish, met.now)}
                    close={() => setMet(undefined)}
                />
            )}
        </section>
    );
}
