// SPDX-License-Identifier: Apache-2.0
//
// The way in.
import Button from '@douyinfe/semi-ui/lib/es/button';
import { useEffect, useState, type FormEvent } from 'react';
import { depart } from '../arrive';
import { ApiError } from '../api';
import { lang, useLang, useT } from '../base';
import { refusalText } from '../reasons';
import { signIn } from '../session';
import { Field, Text } from '../ui';

export function SignIn() {
    const t = useT();
    const l = useLang();
    const [user, setUser] = useState(''),
        [password, setPassword] = useState(''),
        [error, setError] = useState(''),
        [busy, setBusy] = useState(false);
    useEffect(() => {
        document.title = `${t('登录', 'Sign in')} · hired`;
    }, [t, l]);
    const submit = async (e: FormEvent) => {
        e.preventDefault();
        setBusy(true);
        setError('');
        try {
            depart('', location.pathname);
            await signIn(user.trim(), password);
        } catch (x) {
            const a = x as ApiError;
            setError(
                a.offline
                    ? t('连不上服务器', 'Cannot reach the server')
                    : a.status === 401
                      ? t('账号或密码不对', 'Incorrect username or password')
                      : refusalText(a),
            );
        } finally {
            setBusy(false);
        }
    };
    return (
        <main className="sign">
            <form className="card form" onSubmit={submit}>
                <div className="row">
                    <img src="/icon.svg" width="40" height="40" alt="" />
                    <span className="grow" />
                    <button
                        type="button"
                        className="iconbtn"
                        lang={l === 'zh' ? 'en' : 'zh-CN'}
                        onClick={() => lang.set(l === 'zh' ? 'en' : 'zh')}
                    >
                        {l === 'zh' ? 'English' : '中文'}
                    </button>
                </div>
                <div>
                    <h1>{t('登录 hired', 'Sign in to hired')}</h1>
                    <p className="muted">
                        {t('投递、面试与背景调查', 'Applications, interviews and background checks')}
                    </p>
                </div>
                <Field label={t('账号', 'Username')}>
                    <Text name="user" value={user} onChange={setUser} autoComplete="username" autoFocus />
                </Field>
                <Field label={t('密码', 'Password')} error={error}>
                    <Text
                        name="password"
                        type="password"
                        value={password}
                        onChange={setPassword}
                        autoComplete="current-password"
                    />
                </Field>
                <Button htmlType="submit" theme="solid" size="large" block loading={busy} disabled={!user || !password}>
                    {t('登录', 'Sign in')}
                </Button>
            </form>
        </main>
    );
}
