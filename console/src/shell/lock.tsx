// SPDX-License-Identifier: Apache-2.0
//
// The dialog that asks for the password when the session has ended; the page below keeps its content.
import { personName, useT } from '../base';
import { giveUp, type Lock } from '../session';
import type { Session } from '../types';
import { Button, Field, Modal } from '../ui';
import { SignInForm } from './sign-in-form';

function Another({ session, busy }: { session: Session; busy: boolean }) {
    const t = useT();
    const who = personName(session.user);
    return (
        <div>
            <Button block onClick={giveUp} disabled={busy}>
                {t('换一个账号登录', 'Use another account')}
            </Button>
            <p className="muted small">
                {t(
                    `如果你不是${who}。这个页面上填写的内容会丢弃。`,
                    `If you are not ${who}. Anything typed on this page will be discarded.`,
                )}
            </p>
        </div>
    );
}

export function Locked({ why, session }: { why: Exclude<Lock, ''>; session: Session }) {
    const t = useT();
    return (
        <Modal
            title={t('请重新登录', 'Sign in again')}
            width={440}
            className={`lock ${why === 'left' ? 'veiled' : ''}`}
        >
            <SignInForm
                user={session.user.user}
                okText={t('登录并继续', 'Sign in and continue')}
                wrong={t('密码不对', 'Incorrect password')}
                others={(busy) => <Another session={session} busy={busy} />}
            >
                <p>
                    {why === 'left'
                        ? t(
                              '你在另一个窗口退出了登录。输入密码可以回到这个页面，填写的内容都在。',
                              'You signed out in another window. Enter your password to return to this page. Anything you typed is still here.',
                          )
                        : t(
                              '登录已结束。输入密码后从这里继续，填写的内容都在。',
                              'Your session has ended. Enter your password to continue. Anything you typed is still here.',
                          )}
                </p>
                <Field label={t('账号', 'Username')}>
                    <input
                        className="native"
                        name="user"
                        value={session.user.user}
                        readOnly
                        tabIndex={-1}
                        autoComplete="username"
                    />
                </Field>
            </SignInForm>
        </Modal>
    );
}
