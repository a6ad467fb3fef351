// SPDX-License-Identifier: Apache-2.0
//
// The form of an account: who it is, what they may do, which employee they are.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, post } from '../../api';
import { both, personName, useT } from '../../base';
import type { Account } from '../../types';
import { Checks, Choice, Dialog, done, Field, type SecretRows, Text, useDeed } from '../../ui';
import { role } from '../../words';
import { useReferences } from '../applications';
import { allRoles, kept, loginFault } from './accounts-data';

function useRoleOptions() {
    const t = useT();
    const about: Record<string, string> = {
        admin: t('设置与一切操作', 'settings and everything'),
        recruiter: t('投递、背调、面试', 'applications, checks, interviews'),
        approver: t('审批背调', 'lets checks pass'),
        interviewer: t('自己的面试', 'own interviews'),
    };
    return allRoles.map((r): [string, string] => [r, `${role(r)} · ${about[r]}`]);
}

interface Props {
    account: Account | null; // null: a new one
    all: Account[];
    mine: string;
    close: (secret?: SecretRows) => void;
}
export function EditAccount({ account, all, mine, close }: Props) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const refs = useReferences().data;
    const options = useRoleOptions();
    const [user, setUser] = useState(''),
        [taken, setTaken] = useState(''),
        [name, setName] = useState(account?.name ?? ''),
        [en, setEn] = useState(account?.en_name ?? ''),
        [roles, setRoles] = useState(account?.roles ?? ['recruiter']),
        [uid, setUid] = useState(account?.user_id ?? '');
    const why = account?.roles.includes('admin') && !roles.includes('admin') ? kept(account, all, mine) : '';
    const fault =
        loginFault(user.trim()) ||
        (taken === user.trim() && taken ? t('这个登录名已被使用', 'It is taken already') : '');
    const save = () =>
        run(async () => {
            const body = { name: name.trim(), en_name: en.trim() || name.trim(), roles, user_id: uid };
            try {
                const r = await post<{ account: Account; password?: string }>(
                    account ? `users/${account.id}` : 'users',
                    account ? body : { user: user.trim(), ...body },
                );
                await qc.invalidateQueries({ queryKey: ['users'] });
                if (account) done(t('已保存，权限立即生效', 'Saved; the roles count at once'));
                close(
                    r.password
                        ? [
                              [t('登录名', 'User'), r.account.user],
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
                account
                    ? t(`编辑 ${personName(account)}`, `Edit ${personName(account)}`)
                    : t('添加账号', 'Add an account')
            }
            open
            close={() => close()}
            busy={busy}
            disabled={!name.trim() || !roles.length || !!why || !!fault || (!account && !user.trim())}
            okText={account ? t('保存', 'Save') : t('添加', 'Add')}
            ok={save}
        >
            <div className="form">
                {!account && (
                    <Field
                        label={t('登录名', 'Name to sign in with')}
                        required
                        error={fault || undefined}
                        hint={t('密码会自动生成并只显示一次。', 'A password is made and shown once.')}
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
                    error={why || (roles.length ? undefined : t('至少一个角色', 'At least one role'))}
                />
                <Field
                    label={t('对应的员工', 'The employee')}
                    hint={
                        t('面试官靠它看到自己的面试。', 'By this an interviewer sees their own interviews.') +
                        (refs?.cut?.includes('users')
                            ? t('这里只列出前 500 位员工。', ' Only the first 500 people are offered here.')
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
