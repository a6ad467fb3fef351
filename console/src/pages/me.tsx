// SPDX-License-Identifier: Apache-2.0
//
// One's own account.
import { useState } from 'react';
import { post } from '../api';
import type { Session } from '../types';
import { personName, useT } from '../base';
import { Button, done, Field, Head, Text, useDeed } from '../ui';
import { role } from '../words';

export default function Me({ session }: { session: Session }) {
    const t = useT();
    const { busy, run } = useDeed();
    const [old, setOld] = useState(''),
        [fresh, setFresh] = useState(''),
        [again, setAgain] = useState('');
    const error =
        fresh && fresh.length < 10
            ? t('至少 10 个字符', 'At least 10 characters')
            : again && fresh !== again
              ? t('两次输入不一致', 'The two differ')
              : '';
    return (
        <>
            <Head
                title={personName(session.user)}
                sub={`${session.user.user} · ${session.user.roles.map(role).join(' · ')}`}
            />
            <section className="card" style={{ maxWidth: 460 }}>
                <h2>{t('修改密码', 'Change the password')}</h2>
                <form
                    className="form"
                    onSubmit={(e) => {
                        e.preventDefault();
                        run(async () => {
                            await post('session/change_password', { password: old, new_password: fresh });
                            done(t('密码已修改，其他登录已退出', 'Changed; all other sessions ended'));
                            setOld('');
                            setFresh('');
                            setAgain('');
                        });
                    }}
                >
                    <Field label={t('当前密码', 'Present password')}>
                        <Text type="password" autoComplete="current-password" value={old} onChange={setOld} />
                    </Field>
                    <Field label={t('新密码', 'New password')} error={error || undefined}>
                        <Text type="password" autoComplete="new-password" value={fresh} onChange={setFresh} />
                    </Field>
                    <Field label={t('再次输入新密码', 'New password once more')}>
                        <Text type="password" autoComplete="new-password" value={again} onChange={setAgain} />
                    </Field>
                    <Button
                        htmlType="submit"
                        theme="solid"
                        loading={busy}
                        disabled={!old || !fresh || fresh !== again || !!error}
                    >
                        {t('修改', 'Change')}
                    </Button>
                </form>
            </section>
        </>
    );
}
