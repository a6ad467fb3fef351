// SPDX-License-Identifier: Apache-2.0
//
// The user's own account: profile and password.
import { useState, type FormEvent } from 'react';
import { ApiError, post } from '../api';
import type { Session } from '../types';
import { personName, useT } from '../base';
import { Button, done, Field, Head, Text, useDeed } from '../ui';
import { role } from '../words';

const LEAST = 10; // characters; the server's minimum for a password

function ChangePassword() {
    const t = useT();
    const { busy, run } = useDeed();
    const [old, setOld] = useState(''),
        [fresh, setFresh] = useState(''),
        [again, setAgain] = useState(''),
        [wrong, setWrong] = useState('');
    const short =
        fresh && fresh.length < LEAST
            ? t(`至少 ${LEAST} 个字符，现在 ${fresh.length} 个`, `At least ${LEAST} characters (now ${fresh.length})`)
            : '';
    const same = fresh && fresh === old ? t('和当前密码一样', 'This is your current password') : '';
    const differ = again && fresh !== again ? t('两次输入不一致', 'The passwords do not match') : '';
    const submit = (e: FormEvent) => {
        e.preventDefault();
        run(async () => {
            try {
                await post('session/change_password', { password: old, new_password: fresh });
            } catch (x) {
                const a = x as ApiError;
                if (a.code === 4290)
                    return setWrong(t('尝试次数过多，请稍后再试', 'Too many attempts. Please try again later.'));
                if (a.code === 4012) return setWrong(t('当前密码不对', 'Your current password is incorrect'));
                throw x;
            }
            done(t('密码已修改，其他登录已退出', 'Password changed. You have been signed out everywhere else.'));
            [setOld, setFresh, setAgain].forEach((set) => set(''));
        });
    };
    return (
        <section className="card narrowform">
            <h2>{t('修改密码', 'Change password')}</h2>
            <form className="form" onSubmit={submit}>
                <Field label={t('当前密码', 'Current password')} error={wrong || undefined}>
                    <Text
                        type="password"
                        name="password"
                        autoComplete="current-password"
                        value={old}
                        onChange={(v) => {
                            setOld(v);
                            setWrong('');
                        }}
                    />
                </Field>
                <Field
                    label={t('新密码', 'New password')}
                    error={short || same || undefined}
                    hint={t(
                        `至少 ${LEAST} 个字符，没有其他要求；几个不相关的词就很好。`,
                        `At least ${LEAST} characters, with no other rules. A few unrelated words work well.`,
                    )}
                >
                    <Text
                        type="password"
                        name="new_password"
                        autoComplete="new-password"
                        maxLength={200}
                        value={fresh}
                        onChange={setFresh}
                    />
                </Field>
                <Field label={t('再次输入新密码', 'Confirm new password')} error={differ || undefined}>
                    <Text
                        type="password"
                        name="again"
                        autoComplete="new-password"
                        maxLength={200}
                        value={again}
                        onChange={setAgain}
                    />
                </Field>
                <p className="muted small">
                    {t('修改后，你在其他地方的登录会立即退出。', 'You will be signed out everywhere else immediately.')}
                </p>
                <Button
                    htmlType="submit"
                    theme="solid"
                    loading={busy}
                    disabled={!old || !fresh || fresh !== again || !!(short || same || wrong)}
                >
                    {t('修改', 'Change password')}
                </Button>
            </form>
        </section>
    );
}

export default function Me({ session }: { session: Session }) {
    const t = useT();
    const u = session.user;
    return (
        <>
            <Head title={personName(u)} sub={t('我的账号', 'My account')} />
            <section className="card narrowform">
                <h2>{t('账号', 'Account')}</h2>
                <dl className="dl">
                    <dt>{t('登录名', 'Username')}</dt>
                    <dd className="mono">{u.user}</dd>
                    <dt>{t('角色', 'Roles')}</dt>
                    <dd>{u.roles.map(role).join(' · ')}</dd>
                    {u.user_id && (
                        <>
                            <dt>{t('员工 ID', 'Employee ID')}</dt>
                            <dd className="mono">{u.user_id}</dd>
                        </>
                    )}
                </dl>
            </section>
            <ChangePassword />
        </>
    );
}
