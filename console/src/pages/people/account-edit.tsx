// SPDX-License-Identifier: Apache-2.0
//
// The form of an account: name, roles, and the employee it belongs to.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, get, post } from '../../api';
import { both, personName, tr, useT } from '../../base';
import type { Account } from '../../types';
import {
    Checks,
    Choice,
    Dialog,
    differences,
    done,
    Field,
    Meanwhile,
    type SecretRows,
    Text,
    touched,
    useDeed,
    useVersion,
} from '../../ui';
import { role } from '../../words';
import { useReferences } from '../applications';
import { allRoles, kept, loginFault } from './accounts-data';

function useRoleOptions() {
    const t = useT();
    const about: Record<string, string> = {
        admin: t('设置与一切操作', 'settings and all actions'),
        recruiter: t('投递、背调、面试', 'applications, background checks, interviews'),
        approver: t('审批背调', 'approves background checks'),
        interviewer: t('自己的面试', 'own interviews only'),
    };
    return allRoles.map((r): [string, string] => [r, `${role(r)} · ${about[r]}`]);
}

const fresh = async (id: string) => (await get<{ items?: Account[] }>('users')).items?.find((a) => a.id === id);
export const useAccountVersion = (a: Account) => useVersion(a, () => fresh(a.id));
export function accountChanges(before: Account, now: Account) {
    const roles = (a: Account) => a.roles.map(role).join(' · ');
    const state = (a: Account) => (a.disabled ? tr('已停用', 'Disabled') : tr('启用', 'Enabled'));
    return differences([
        [tr('姓名', 'Name'), before.name ?? '', now.name ?? ''],
        [tr('英文名', 'English name'), before.en_name ?? '', now.en_name ?? ''],
        [tr('角色', 'Roles'), roles(before), roles(now)],
        [tr('对应的员工', 'Employee'), before.user_id ?? '', now.user_id ?? ''],
        [tr('状态', 'Status'), state(before), state(now)],
    ]);
}
const NEW: Account = { id: '', user: '', name: '', roles: [] };

interface Props {
    account: Account | null; // null: a new account
    all: Account[];
    mine: string;
    close: (secret?: SecretRows) => void;
}
export function EditAccount(props: Props) {
    const [from, setFrom] = useState(props.account);
    return <Form key={from?.version ?? ''} {...props} account={from} restart={setFrom} />;
}
function Form({ account, all, mine, close, restart }: Props & { restart: (from: Account) => void }) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const refs = useReferences().data;
    const options = useRoleOptions();
    const v = useAccountVersion(account ?? NEW);
    const [user, setUser] = useState(''),
        [taken, setTaken] = useState(''),
        [name, setName] = useState(account?.name ?? ''),
        [en, setEn] = useState(account?.en_name ?? ''),
        [roles, setRoles] = useState(account?.roles ?? ['recruiter']),
        [uid, setUid] = useState(account?.user_id ?? '');
    const why = account?.roles.includes('admin') && !roles.includes('admin') ? kept(account, all, mine) : '';
    const fault =
        loginFault(user.trim()) ||
        (taken === user.trim() && taken ? t('这个登录名已被使用', 'This username is already taken') : '');
    const save = () =>
        run(async () => {
            const body = { name: name.trim(), en_name: en.trim() || name.trim(), roles, user_id: uid };
            try {
                let r: { account?: Account; password?: string } = {};
                const sent = await v.run(async (version) => {
                    r = await post(
                        account ? `users/${account.id}` : 'users',
                        account
                            ? { version, ...touched(body, { ...account, user_id: account.user_id ?? '' }) }
                            : { user: user.trim(), ...body },
                    );
                });
                if (!sent) return;
                await qc.invalidateQueries({ queryKey: ['users'] });
                if (account) done(t('已保存，权限立即生效', 'Saved. Permissions take effect immediately.'));
                close(
                    r.password
                        ? [
                              [t('登录名', 'Username'), r.account?.user ?? user.trim()],
                              [t('密码', 'Password'), r.password],
                          ]
                        : undefined,
                );
            } catch (e) {
                if (!(e instanceof ApiError) || e.reason !== 'user_taken') throw e;
                setTaken(user.trim());
            }
        });
    return (
        <Dialog
            title={
                account ? t(`编辑 ${personName(account)}`, `Edit ${personName(account)}`) : t('添加账号', 'Add account')
            }
            open
            close={() => close()}
            busy={busy}
            disabled={v.stale || !name.trim() || !roles.length || !!why || !!fault || (!account && !user.trim())}
            okText={account ? t('保存', 'Save') : t('添加', 'Add')}
            ok={save}
        >
            <div className="form">
                {v.stale && (
                    <Meanwhile
                        changes={accountChanges(v.base, v.latest)}
                        restart={() => restart(v.latest)}
                        goOn={v.goOn}
                    />
                )}
                {!account && (
                    <Field
                        label={t('登录名', 'Username')}
                        required
                        error={fault || undefined}
                        hint={t('密码会自动生成并只显示一次。', 'A password is generated and shown only once.')}
                    >
                        <Text name="user" value={user} onChange={setUser} maxLength={100} autoComplete="off" />
                    </Field>
                )}
                <div className="two">
                    <Field label={t('姓名', 'Name')} required>
                        <Text name="name" value={name} onChange={setName} maxLength={100} />
                    </Field>
                    <Field label={t('英文名', 'English name')}>
                        <Text name="en_name" value={en} onChange={setEn} maxLength={100} />
                    </Field>
                </div>
                <Checks
                    label={t('角色', 'Roles')}
                    required
                    value={roles}
                    onChange={setRoles}
                    options={options}
                    error={why || (roles.length ? undefined : t('至少一个角色', 'Select at least one role'))}
                />
                <Field
                    label={t('对应的员工', 'Employee')}
                    hint={
                        t('面试官靠它看到自己的面试。', 'Lets interviewers see their own interviews.') +
                        (refs?.cut?.includes('users')
                            ? t('这里只列出前 500 位员工。', ' Only the first 500 employees are listed.')
                            : '')
                    }
                >
                    <Choice
                        name="user_id"
                        value={uid}
                        onChange={setUid}
                        none={t('无', 'None')}
                        options={(refs?.users ?? []).map((u) => [u.id, both(u.name)])}
                    />
                </Field>
            </div>
        </Dialog>
    );
}
