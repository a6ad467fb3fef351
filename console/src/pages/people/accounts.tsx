// SPDX-License-Identifier: Apache-2.0
//
// The accounts that may sign in: list and actions.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api';
import { personName, useT } from '../../base';
import type { Account } from '../../types';
import { Ask, Button, done, Load, Meanwhile, Pill, Rows, Secret, type SecretRows, When } from '../../ui';
import { role } from '../../words';
import { accountChanges, EditAccount, useAccountVersion } from './account-edit';
import { kept, useAccounts } from './accounts-data';

type Deed = 'edit' | 'reset' | 'switch';

function Deeds({ a, why, choose }: { a: Account; why: string; choose: (what: Deed) => void }) {
    const t = useT();
    const of = personName(a);
    return (
        <div className="row tight deeds">
            <Button size="small" onClick={() => choose('edit')} aria-label={t(`编辑 ${of}`, `Edit ${of}`)}>
                {t('编辑', 'Edit')}
            </Button>
            <Button
                size="small"
                onClick={() => choose('reset')}
                aria-label={t(`重置 ${of} 的密码`, `Reset password for ${of}`)}
            >
                {t('重置密码', 'Reset password')}
            </Button>
            <Button
                size="small"
                type={a.disabled ? 'primary' : 'danger'}
                disabled={!a.disabled && !!why}
                title={a.disabled ? undefined : why || undefined}
                onClick={() => choose('switch')}
                aria-label={
                    a.disabled
                        ? t(`启用 ${of}`, `Enable ${of}`)
                        : t(`停用 ${of}`, `Disable ${of}`) + (why ? ` (${why})` : '')
                }
            >
                {a.disabled ? t('启用', 'Enable') : t('停用', 'Disable')}
            </Button>
        </div>
    );
}

function AccountRow({
    a,
    why,
    mine,
    choose,
}: {
    a: Account;
    why: string;
    mine: boolean;
    choose: (what: Deed) => void;
}) {
    const t = useT();
    return (
        <li>
            <div className="line">
                <div>
                    <span className="name">{personName(a)}</span>{' '}
                    {mine && <span className="chip">{t('你', 'you')}</span>}{' '}
                    {a.disabled && <Pill tone="grey" text={t('已停用', 'Disabled')} />}
                    <div className="mono muted">{a.user}</div>
                </div>
                <div className="row tight">
                    {a.roles.map((r) => (
                        <span className="chip" key={r}>
                            {role(r)}
                        </span>
                    ))}
                </div>
                <div className="when small muted">
                    {a.last_sign_in ? <When ms={a.last_sign_in} /> : t('从未登录', 'Never signed in')}
                </div>
                <Deeds a={a} why={why} choose={choose} />
            </div>
        </li>
    );
}

function AskFirst({
    what,
    a,
    close,
    made,
}: {
    what: Deed;
    a: Account;
    close: () => void;
    made: (s: SecretRows) => void;
}) {
    const t = useT();
    const qc = useQueryClient();
    const v = useAccountVersion(a);
    const who = `${personName(a)} (${a.user})`;
    const [title, text] =
        what === 'reset'
            ? [
                  t('重置密码？', 'Reset this password?'),
                  t(
                      `${who} 的旧密码立即失效，已登录的地方会退出。新密码只显示一次。`,
                      `The old password of ${who} stops working immediately, and ${who} is signed out everywhere. The new password is shown only once.`,
                  ),
              ]
            : a.disabled
              ? [t('启用账号？', 'Enable this account?'), t(`${who} 可以重新登录。`, `${who} can sign in again.`)]
              : [
                    t('停用账号？', 'Disable this account?'),
                    t(
                        `${who} 会立即退出，不能再登录。记录保留，以后可以再启用。`,
                        `${who} will be signed out immediately and cannot sign in again. Records are kept, and you can enable the account again later.`,
                    ),
                ];
    return (
        <Ask
            open
            close={close}
            danger={what === 'reset' || !a.disabled}
            title={title}
            text={text}
            okText={what === 'reset' ? t('重置', 'Reset') : a.disabled ? t('启用', 'Enable') : t('停用', 'Disable')}
            blocked={v.stale}
            notice={
                v.stale && (
                    <Meanwhile
                        changes={accountChanges(v.base, v.latest)}
                        goOn={v.base.disabled === v.latest.disabled ? v.goOn : undefined}
                        goOnText={t('仍然继续', 'Continue anyway')}
                    />
                )
            }
            act={async () => {
                let r: { password?: string } = {};
                const sent = await v.run(async (version) => {
                    r = await post(`users/${a.id}`, {
                        version,
                        ...(what === 'reset' ? { reset_password: true } : { disabled: !a.disabled }),
                    });
                });
                if (!sent) return false;
                await qc.invalidateQueries({ queryKey: ['users'] });
                if (r.password)
                    made([
                        [t('登录名', 'Username'), a.user],
                        [t('密码', 'Password'), r.password],
                    ]);
                else done(a.disabled ? t('已启用', 'Enabled') : t('已停用', 'Disabled'));
            }}
        />
    );
}

export function Accounts({ mine }: { mine: string }) {
    const t = useT();
    const q = useAccounts();
    const all = q.data?.items ?? [];
    const [doing, setDoing] = useState<[Deed, Account | null]>(),
        [secret, setSecret] = useState<SecretRows>();
    const what = doing?.[0],
        account = doing?.[1];
    const end = () => setDoing(undefined);
    return (
        <>
            <div className="row above">
                <p className="muted grow">
                    {t(
                        '角色立即生效；停用和重置密码会结束已有的登录。',
                        'Role changes take effect immediately. Disabling an account or resetting its password signs the user out.',
                    )}
                </p>
                <Button theme="solid" onClick={() => setDoing(['edit', null])}>
                    {t('添加账号', 'Add account')}
                </Button>
            </div>
            <Load q={q}>
                {() => (
                    <Rows
                        label={t('账号', 'Accounts')}
                        cols="minmax(180px, 1.2fr) minmax(160px, 1.3fr) 120px 300px"
                        heads={[t('姓名', 'Name'), t('角色', 'Roles'), t('最近登录', 'Last sign-in'), '']}
                    >
                        {all.map((a) => (
                            <AccountRow
                                key={a.id}
                                a={a}
                                mine={a.id === mine}
                                why={kept(a, all, mine)}
                                choose={(w) => setDoing([w, a])}
                            />
                        ))}
                    </Rows>
                )}
            </Load>
            {what === 'edit' && (
                <EditAccount
                    account={account ?? null}
                    all={all}
                    mine={mine}
                    close={(s) => {
                        end();
                        setSecret(s);
                    }}
                />
            )}
            {account && what && what !== 'edit' && <AskFirst what={what} a={account} close={end} made={setSecret} />}
            {secret && <Secret title={t('新密码', 'New password')} rows={secret} close={() => setSecret(undefined)} />}
        </>
    );
}
