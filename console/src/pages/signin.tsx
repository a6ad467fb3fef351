// SPDX-License-Identifier: Apache-2.0
//
// The sign-in page.
import { useEffect, useState } from 'react';
import { depart } from '../arrive';
import { lang, useLang, useT } from '../base';
import { SignInForm } from '../shell/sign-in-form';
import { Field, Text } from '../ui';

export function SignIn() {
    const t = useT();
    const l = useLang();
    const [user, setUser] = useState('');
    useEffect(() => {
        document.title = `${t('登录', 'Sign in')} · hired`;
    }, [t, l]);
    return (
        <main className="sign">
            <SignInForm
                className="card"
                large
                user={user.trim()}
                okText={t('登录', 'Sign in')}
                wrong={t('账号或密码不对', 'Incorrect username or password')}
                begin={() => depart('', location.pathname)}
            >
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
            </SignInForm>
        </main>
    );
}
