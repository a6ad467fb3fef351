// SPDX-License-Identifier: Apache-2.0
//
// Accounts at vendors: bind one, fill what the vendor asks for, see what it offers.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, post } from '../api';
import type { App, Page, Vendor } from '../types';
import { both, dateTime, useT } from '../base';
import { Ask, Button, Choice, Dialog, done, Field, Load, Pill, State, Text, useDeed } from '../ui';
import { useVendors } from './orders';

export const useApps = () => useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') });
const appOptions = (apps?: App[]) => (apps ?? []).map((a): [string, string] => [a.app_id, a.name]);

function Add({ close }: { close: () => void }) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const apps = useApps().data?.items;
    const [name, setName] = useState(''),
        [zh, setZh] = useState(''),
        [en, setEn] = useState(''),
        [provider, setProvider] = useState(''),
        [app, setApp] = useState(''),
        [values, setValues] = useState<Record<string, string>>({});
    const form =
        useQuery({
            queryKey: ['vendor_form', app],
            enabled: !!app,
            queryFn: () => get<{ fields?: NonNullable<Vendor['account_fields']> }>('vendor_form', { app_id: app }),
        }).data?.fields ?? [];
    return (
        <Dialog
            title={t('添加供应商账号', 'Add an account at a vendor')}
            open
            close={close}
            busy={busy}
            disabled={!name.trim() || !provider.trim() || form.some((f) => f.is_required && !values[f.key])}
            okText={t('添加', 'Add')}
            ok={() =>
                run(async () => {
                    await post('vendors', {
                        name,
                        provider_id: provider,
                        ...((zh || en) && { provider_name: { zh_cn: zh || en, en_us: en || zh } }),
                        ...(app && { app_id: app }),
                        ...(form.length && {
                            values: form
                                .filter((f) => values[f.key])
                                .map((f) => ({ key: f.key, value: values[f.key] })),
                        }),
                    });
                    done(t('已添加，供应商会收到通知', 'Added; the vendor is told'));
                    await qc.invalidateQueries({ queryKey: ['vendors'] });
                    close();
                })
            }
        >
            <div className="form">
                <Field label={t('账号名称', 'Name of the account')} required>
                    <Text value={name} onChange={setName} />
                </Field>
                <Field label={t('供应商 ID', 'Id of the vendor')} required>
                    <Text value={provider} onChange={setProvider} />
                </Field>
                <div className="two">
                    <Field label={t('供应商中文名', 'Vendor, Chinese')}>
                        <Text value={zh} onChange={setZh} />
                    </Field>
                    <Field label={t('供应商英文名', 'Vendor, English')}>
                        <Text value={en} onChange={setEn} />
                    </Field>
                </div>
                <Field label={t('供应商的应用', "The vendor's app")}>
                    <Choice
                        value={app}
                        onChange={setApp}
                        none={t('以后再绑定', 'Bind later')}
                        options={appOptions(apps)}
                    />
                </Field>
                {form.map((f) => (
                    <Field key={f.key} label={both(f.name)} hint={both(f.description)} required={f.is_required}>
                        <Text value={values[f.key] ?? ''} onChange={(v) => setValues({ ...values, [f.key]: v })} />
                    </Field>
                ))}
            </div>
        </Dialog>
    );
}
export function Vendors() {
    const t = useT();
    const qc = useQueryClient();
    const q = useVendors(),
        apps = useApps().data?.items;
    const [add, setAdd] = useState(false),
        [bind, setBind] = useState<Vendor | null>(null),
        [app, setApp] = useState('');
    return (
        <>
            <div className="row" style={{ marginBottom: 14, justifyContent: 'flex-end' }}>
                <Button theme="solid" onClick={() => setAdd(true)}>
                    {t('添加账号', 'Add an account')}
                </Button>
            </div>
            <Load q={q}>
                {(d) =>
                    !d.items?.length ? (
                        <div className="card">
                            <State kind="empty" title={t('还没有供应商', 'No vendors yet')} />
                        </div>
                    ) : (
                        <>
                            {d.items.map((v) => (
                                <section className="card" key={v.id}>
                                    <div className="card-head">
                                        <h2>{both(v.provider_name) || v.name}</h2>
                                        {v.app ? (
                                            <Pill
                                                tone="green"
                                                text={t(`已绑定 ${v.app.name}`, `Bound to ${v.app.name}`)}
                                            />
                                        ) : (
                                            <Pill tone="amber" text={t('未绑定应用', 'No app bound')} />
                                        )}
                                        <div className="do">
                                            <Button
                                                onClick={() => {
                                                    setBind(v);
                                                    setApp(v.app?.app_id ?? '');
                                                }}
                                            >
                                                {v.app ? t('更改绑定', 'Change the app') : t('绑定应用', 'Bind an app')}
                                            </Button>
                                        </div>
                                    </div>
                                    <dl className="dl">
                                        <dt>{t('账号', 'Account')}</dt>
                                        <dd>
                                            {v.name} <span className="mono muted">{v.id}</span>
                                        </dd>
                                        <dt>{t('添加时间', 'Added')}</dt>
                                        <dd>{dateTime(v.create_time) || '—'}</dd>
                                        <dt>{t('套餐', 'Packages')}</dt>
                                        <dd className="row tight">
                                            {v.packages?.length
                                                ? v.packages.map((p) => (
                                                      <span className="chip" key={p.id} title={p.description}>
                                                          {p.name}
                                                      </span>
                                                  ))
                                                : '—'}
                                        </dd>
                                        <dt>{t('附加项', 'Add-ons')}</dt>
                                        <dd className="row tight">
                                            {v.items?.length
                                                ? v.items.map((p) => (
                                                      <span className="chip" key={p.id} title={p.description}>
                                                          {p.name}
                                                      </span>
                                                  ))
                                                : '—'}
                                        </dd>
                                        <dt>{t('订单字段', 'Fields of an order')}</dt>
                                        <dd className="row tight">
                                            {v.order_fields?.length
                                                ? v.order_fields.map((f) => (
                                                      <span className="chip" key={f.key}>
                                                          {both(f.name)}
                                                          {f.is_required ? ' *' : ''}
                                                      </span>
                                                  ))
                                                : '—'}
                                        </dd>
                                        {(v.account_fields ?? []).map((f) => (
                                            <div key={f.key} style={{ display: 'contents' }}>
                                                <dt>{both(f.name)}</dt>
                                                <dd>{v.account_values?.find((x) => x.key === f.key)?.value ?? '—'}</dd>
                                            </div>
                                        ))}
                                    </dl>
                                </section>
                            ))}
                        </>
                    )
                }
            </Load>
            {add && <Add close={() => setAdd(false)} />}
            <Ask
                open={!!bind}
                close={() => setBind(null)}
                title={t('绑定应用', 'Bind an app')}
                okText={t('保存', 'Save')}
                danger={!!bind?.app && !app}
                text={
                    <Choice
                        aria-label={t('应用', 'App')}
                        value={app}
                        onChange={setApp}
                        none={t('不绑定', 'None')}
                        options={appOptions(apps)}
                    />
                }
                act={async () => {
                    await post(`vendors/${bind!.id}`, { app_id: app });
                    done(t('已保存', 'Saved'));
                    await qc.invalidateQueries({ queryKey: ['vendors'] });
                }}
            />
        </>
    );
}
