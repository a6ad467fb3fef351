// SPDX-License-Identifier: Apache-2.0
//
// Settings about people: who approves, who may sign in, who did what, and whose data is erased.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api';
import type { Account, Application, Audit, Page, Settings } from '../types';
import { both, dateTimeExact, personName, useT } from '../base';
import {
    allOf,
    Ask,
    Button,
    Checks,
    Choice,
    Dialog,
    done,
    Field,
    Load,
    More,
    Pill,
    Secret,
    State,
    Text,
    Tick,
    useDeed,
    usePages,
    When,
} from '../ui';
import { role } from '../words';
import { useReferences } from './applications';

const useAccounts = () => useQuery({ queryKey: ['users'], queryFn: () => get<Page<Account>>('users') });
const roles = ['admin', 'recruiter', 'approver', 'interviewer'];

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
    return (
        <section className="card">
            <Load q={q}>
                {(s) => (
                    <div className="form">
                        <Tick
                            disabled={busy}
                            checked={s.approve_arrangement}
                            onChange={(v) => save({ approve_arrangement: v })}
                        >
                            <b>{t('安排背调需要审批', 'Arrangements wait for an approver')}</b>
                            <br />
                            <span className="muted small">
                                {t('通过之前，供应商不会收到订单。', 'The vendor receives nothing before.')}
                            </span>
                        </Tick>
                        <Tick disabled={busy} checked={s.approve_report} onChange={(v) => save({ approve_report: v })}>
                            <b>{t('最终报告需要审批', 'Final reports wait for an approver')}</b>
                            <br />
                            <span className="muted small">
                                {t('通过之后背调才算完成。', 'The check is completed only then.')}
                            </span>
                        </Tick>
                        <Checks
                            label={t('审批人', 'Approvers')}
                            value={(s.approvers ?? []).map((a) => a.id)}
                            onChange={(v) => save({ approvers: v })}
                            options={accounts.filter((a) => !a.disabled).map((a) => [a.id, personName(a)])}
                        />
                    </div>
                )}
            </Load>
        </section>
    );
}

function EditAccount({ account, close }: { account: Account | null; close: (secret?: [string, string][]) => void }) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const refs = useReferences().data;
    const [user, setUser] = useState(''),
        [name, setName] = useState(account?.name ?? ''),
        [en, setEn] = useState(account?.en_name ?? ''),
        [mine, setMine] = useState(account?.roles ?? ['recruiter']),
        [uid, setUid] = useState(account?.user_id ?? '');
    return (
        <Dialog
            title={account ? personName(account) : t('添加账号', 'Add an account')}
            open
            close={() => close()}
            busy={busy}
            disabled={!name.trim() || !mine.length || (!account && !user.trim())}
            okText={t('保存', 'Save')}
            ok={() =>
                run(async () => {
                    const body = {
                        name: name.trim(),
                        ...(en && { en_name: en }),
                        roles: mine,
                        ...(uid && { user_id: uid }),
                    };
                    const r = await post<{ account: Account; password?: string }>(
                        account ? `users/${account.id}` : 'users',
                        account ? body : { user: user.trim(), ...body },
                    );
                    await qc.invalidateQueries({ queryKey: ['users'] });
                    close(
                        r.password
                            ? [
                                  [t('账号', 'User'), r.account.user],
                                  [t('密码', 'Password'), r.password],
                              ]
                            : undefined,
                    );
                })
            }
        >
            <div className="form">
                {!account && (
                    <Field label={t('登录名', 'Name to sign in with')} required>
                        <Text value={user} onChange={setUser} maxLength={100} />
                    </Field>
                )}
                <div className="two">
                    <Field label={t('姓名', 'Name')} required>
                        <Text value={name} onChange={setName} />
                    </Field>
                    <Field label={t('英文名', 'English name')}>
                        <Text value={en} onChange={setEn} />
                    </Field>
                </div>
                <Checks
                    label={t('角色', 'Roles')}
                    required
                    value={mine}
                    onChange={setMine}
                    options={roles.map((r) => [r, role(r)])}
                />
                <Field label={t('对应的员工', 'The employee')}>
                    <Choice
                        value={uid}
                        onChange={setUid}
                        none="—"
                        options={(refs?.users ?? []).map((u) => [u.id, both(u.name)])}
                    />
                </Field>
            </div>
        </Dialog>
    );
}
export function Accounts() {
    const t = useT();
    const qc = useQueryClient();
    const q = useAccounts();
    const [edit, setEdit] = useState<Account | null | undefined>(),
        [secret, setSecret] = useState<[string, string][]>(),
        [ask, setAsk] = useState<['reset' | 'switch', Account]>();
    return (
        <section className="card">
            <div className="card-head">
                <h2>{t('账号与角色', 'Users and roles')}</h2>
                <div className="do">
                    <Button theme="solid" onClick={() => setEdit(null)}>
                        {t('添加账号', 'Add an account')}
                    </Button>
                </div>
            </div>
            <Load q={q}>
                {(d) => (
                    <div className="tablewrap" tabIndex={0} role="group" aria-label={t('账号', 'Accounts')}>
                        <table className="t">
                            <thead>
                                <tr>
                                    <th>{t('姓名', 'Name')}</th>
                                    <th>{t('登录名', 'User')}</th>
                                    <th>{t('角色', 'Roles')}</th>
                                    <th>{t('最近登录', 'Last sign-in')}</th>
                                    <th>
                                        <span className="vh">{t('操作', 'Deeds')}</span>
                                    </th>
                                </tr>
                            </thead>
                            <tbody>
                                {(d.items ?? []).map((a) => (
                                    <tr key={a.id}>
                                        <td>
                                            <b>{personName(a)}</b>{' '}
                                            {a.disabled && <Pill tone="grey" text={t('已停用', 'Disabled')} />}
                                        </td>
                                        <td className="mono">{a.user}</td>
                                        <td>{a.roles.map(role).join(' · ')}</td>
                                        <td className="small muted">
                                            {a.last_sign_in ? <When ms={a.last_sign_in} /> : t('从未', 'never')}
                                        </td>
                                        <td>
                                            <div className="row tight">
                                                <Button size="small" onClick={() => setEdit(a)}>
                                                    {t('编辑', 'Edit')}
                                                </Button>
                                                <Button size="small" onClick={() => setAsk(['reset', a])}>
                                                    {t('重置密码', 'Reset password')}
                                                </Button>
                                                <Button
                                                    size="small"
                                                    type={a.disabled ? 'primary' : 'danger'}
                                                    onClick={() => setAsk(['switch', a])}
                                                >
                                                    {a.disabled ? t('启用', 'Enable') : t('停用', 'Disable')}
                                                </Button>
                                            </div>
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                )}
            </Load>
            {edit !== undefined && (
                <EditAccount
                    account={edit}
                    close={(s) => {
                        setEdit(undefined);
                        setSecret(s);
                    }}
                />
            )}
            {secret && <Secret title={t('新密码', 'New password')} rows={secret} close={() => setSecret(undefined)} />}
            <Ask
                open={!!ask}
                close={() => setAsk(undefined)}
                danger={!ask?.[1].disabled}
                title={
                    ask?.[0] === 'reset'
                        ? t('重置密码？', 'Reset the password?')
                        : ask?.[1].disabled
                          ? t('启用账号？', 'Enable the account?')
                          : t('停用账号？', 'Disable the account?')
                }
                okText={t('确定', 'Yes')}
                text={`${personName(ask?.[1])} (${ask?.[1].user})`}
                act={async () => {
                    const [what, a] = ask!;
                    const r = await post<{ password?: string }>(
                        `users/${a.id}`,
                        what === 'reset' ? { reset_password: true } : { disabled: !a.disabled },
                    );
                    if (r.password)
                        setSecret([
                            [t('账号', 'User'), a.user],
                            [t('密码', 'Password'), r.password],
                        ]);
                    await qc.invalidateQueries({ queryKey: ['users'] });
                }}
            />
        </section>
    );
}

export function AuditLog() {
    const t = useT();
    const q = usePages<Audit>(['audit'], 'audit', { page_size: 50 });
    return (
        <section className="card">
            <h2>{t('审计日志', 'Audit log')}</h2>
            <Load q={q}>
                {() =>
                    !allOf(q).length ? (
                        <State kind="empty" title={t('还没有记录', 'Nothing yet')} />
                    ) : (
                        <div className="tablewrap" tabIndex={0} role="group" aria-label={t('审计日志', 'Audit log')}>
                            <table className="t">
                                <thead>
                                    <tr>
                                        <th>{t('时间', 'When')}</th>
                                        <th>{t('谁', 'Who')}</th>
                                        <th>{t('做了什么', 'What')}</th>
                                        <th>{t('对象', 'To what')}</th>
                                        <th>{t('来自', 'From')}</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {allOf(q).map((a) => (
                                        <tr key={a.id}>
                                            <td className="small" style={{ whiteSpace: 'nowrap' }}>
                                                {dateTimeExact(a.at)}
                                            </td>
                                            <td>{personName(a.actor) || a.actor?.kind}</td>
                                            <td>
                                                <span className="mono">{a.action}</span>
                                                {a.detail && <div className="small muted">{a.detail}</div>}
                                            </td>
                                            <td className="mono">{a.subject}</td>
                                            <td className="mono">{a.address}</td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                    )
                }
            </Load>
            <More q={q} />
        </section>
    );
}

export function Erasure() {
    const t = useT();
    const [query, setQuery] = useState(''),
        [person, setPerson] = useState<Application | null>(null),
        [result, setResult] = useState<Record<string, number>>();
    const q = useQuery({
        queryKey: ['erasure', query],
        enabled: query.trim().length > 0,
        queryFn: () => get<Page<Application>>('applications', { query: query.trim(), page_size: 10 }),
    });
    const people = [...new Map((q.data?.items ?? []).map((a) => [a.talent_id, a])).values()];
    return (
        <section className="card" style={{ maxWidth: 640 }}>
            <h2>{t('删除一个人的个人数据', "Erase a person's data")}</h2>
            <p className="muted" style={{ marginBottom: 14 }}>
                {t(
                    '姓名、号码、地址和文件会从所有记录里删除，无法恢复。记录本身保留。',
                    'Names, numbers, addresses and files leave every record for good. The records themselves stay.',
                )}
            </p>
            <Field label={t('候选人姓名', 'Name of the person')}>
                <Text type="search" value={query} onChange={setQuery} />
            </Field>
            {query.trim() && (
                <Load q={q} lines={2}>
                    {() =>
                        !people.length ? (
                            <p className="muted" style={{ padding: '12px 0' }}>
                                {t('没有找到', 'Nobody found')}
                            </p>
                        ) : (
                            <ul className="reports">
                                {people.map((a) => (
                                    <li key={a.talent_id}>
                                        <div className="grow">
                                            <b>{a.talent_name}</b>
                                            <div className="small muted">
                                                {a.job_title} · <span className="mono">{a.talent_id}</span>
                                            </div>
                                        </div>
                                        <Button type="danger" onClick={() => setPerson(a)}>
                                            {t('删除数据', 'Erase')}
                                        </Button>
                                    </li>
                                ))}
                            </ul>
                        )
                    }
                </Load>
            )}
            {result && (
                <p role="status" style={{ marginTop: 14 }}>
                    {t(
                        `已完成：投递 ${result.applications ?? 0}，背调 ${result.orders ?? 0}，面试 ${result.interviews ?? 0}，文件 ${result.files ?? 0}`,
                        `Done: ${result.applications ?? 0} applications, ${result.orders ?? 0} checks, ${result.interviews ?? 0} interviews, ${result.files ?? 0} files`,
                    )}
                </p>
            )}
            <Ask
                open={!!person}
                close={() => setPerson(null)}
                danger
                reason="required"
                title={t(
                    `删除 ${person?.talent_name ?? ''} 的数据？`,
                    `Erase the data of ${person?.talent_name ?? ''}?`,
                )}
                text={t('无法恢复。', 'It cannot be undone.')}
                okText={t('永久删除', 'Erase for good')}
                act={async (reason) => {
                    setResult(await post<Record<string, number>>('erasure', { talent_id: person!.talent_id, reason }));
                    setQuery('');
                    done(t('已删除', 'Erased'));
                }}
            />
        </section>
    );
}
