// SPDX-License-Identifier: Apache-2.0
//
// The dialog that adds or changes a vendor account. It says which event the vendor receives.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../../api';
import { useT } from '../../base';
import type { Vendor } from '../../types';
import { Dialog, done, Field, Meanwhile, Text, touched, useDeed } from '../../ui';
import { AppChoice, filled, FormFields, lacks, useVendorForm, type Values } from './form';
import { useVendorVersion, vendorChanges } from './version';

function useFields(v: Vendor | null) {
    const [name, setName] = useState(v?.name ?? ''),
        [provider, setProvider] = useState(v?.provider_id ?? ''),
        [zh, setZh] = useState(v?.provider_name?.zh_cn ?? ''),
        [en, setEn] = useState(v?.provider_name?.en_us ?? ''),
        [app, setApp] = useState(v?.app?.app_id ?? ''),
        [values, setValues] = useState<Values>(
            Object.fromEntries((v?.account_values ?? []).map((x) => [x.key, x.value])),
        );
    return { name, setName, provider, setProvider, zh, setZh, en, setEn, app, setApp, values, setValues };
}
type Fields = ReturnType<typeof useFields>;

// Names the event that the vendor will receive.
function Told({ v, f, valuesChanged }: { v: Vendor | null; f: Fields; valuesChanged: boolean }) {
    const t = useT();
    const was = v?.app?.app_id ?? '';
    if (was && !f.app)
        return (
            <p className="note warn" role="note">
                {t(
                    '解除绑定后，这个应用不再收到此账号的通知，也不能再更新它的订单。进行中的订单保留。供应商不会收到解绑通知。',
                    'Once disconnected, the app receives no more notifications for this account and can no longer update its orders. Orders in progress are kept. The vendor is not notified that you disconnected the app.',
                )}
            </p>
        );
    if (!f.app) return null;
    const tells = f.app !== was || f.name.trim() !== v?.name || valuesChanged;
    return (
        <p className="note small" role="note">
            {tells
                ? t('保存后会通知供应商（账号绑定事件）。', 'When you save, the vendor is notified (account event).')
                : t(
                      '供应商不会收到通知：它知道的内容没有变。',
                      'The vendor is not notified, because nothing it knows has changed.',
                  )}
        </p>
    );
}

function Names({ f, fresh }: { f: Fields; fresh: boolean }) {
    const t = useT();
    return (
        <>
            <Field label={t('账号名称', 'Account name')} required>
                <Text name="name" value={f.name} onChange={f.setName} maxLength={500} />
            </Field>
            {fresh && (
                <Field
                    label={t('供应商 ID', 'Vendor ID')}
                    required
                    hint={t(
                        '供应商在订单里的标识，以后不能改。',
                        'Identifies the vendor in orders. You cannot change it later.',
                    )}
                >
                    <Text name="provider_id" value={f.provider} onChange={f.setProvider} maxLength={200} />
                </Field>
            )}
            <div className="two">
                <Field label={t('供应商中文名', 'Vendor name (Chinese)')}>
                    <Text name="zh" value={f.zh} onChange={f.setZh} maxLength={100} />
                </Field>
                <Field label={t('供应商英文名', 'Vendor name (English)')}>
                    <Text name="en" value={f.en} onChange={f.setEn} maxLength={100} />
                </Field>
            </div>
        </>
    );
}

const NEW: Vendor = { id: '', name: '', provider_id: '' };
type Props = { vendor: Vendor | null; close: () => void };

export function EditVendor({ vendor, close }: Props) {
    const [from, setFrom] = useState(vendor);
    return <Form key={from?.version ?? ''} vendor={from} close={close} restart={setFrom} />;
}
function Form({ vendor, close, restart }: Props & { restart: (from: Vendor) => void }) {
    const t = useT();
    const qc = useQueryClient();
    const { busy, run } = useDeed();
    const f = useFields(vendor);
    const form = useVendorForm(f.app);
    const values = filled(form, f.values);
    const valuesChanged = JSON.stringify(values) !== JSON.stringify(vendor?.account_values ?? []);
    const body = {
        name: f.name.trim(),
        provider_name: { zh_cn: f.zh.trim() || f.en.trim(), en_us: f.en.trim() || f.zh.trim() },
        app_id: f.app,
        ...(form.length && (!vendor || valuesChanged) && { values }),
    };
    const v = useVendorVersion(vendor ?? NEW);
    const save = () =>
        run(async () => {
            let told: boolean | undefined;
            const sent = await v.run(async (version) => {
                if (!vendor) {
                    await post('vendors', { ...body, provider_id: f.provider.trim() });
                    told = !!f.app;
                    return;
                }
                const mine = touched(body, {
                    name: vendor.name,
                    provider_name: {
                        zh_cn: vendor.provider_name?.zh_cn ?? '',
                        en_us: vendor.provider_name?.en_us ?? '',
                    },
                    app_id: vendor.app?.app_id ?? '',
                });
                if (Object.keys(mine).length)
                    told = (await post<{ told?: boolean }>(`vendors/${vendor.id}`, { version, ...mine })).told;
            });
            if (!sent) return;
            done(told ? t('已保存，供应商会收到通知', 'Saved. The vendor will be notified.') : t('已保存', 'Saved'));
            await qc.invalidateQueries({ queryKey: ['vendors'] });
            close();
        });
    return (
        <Dialog
            title={vendor ? t('编辑供应商账号', 'Edit vendor account') : t('添加供应商账号', 'Add vendor account')}
            open
            close={close}
            width={560}
            busy={busy}
            disabled={v.stale || !f.name.trim() || !f.provider.trim() || lacks(form, f.values)}
            okText={vendor ? t('保存', 'Save') : t('添加', 'Add')}
            danger={!!vendor?.app && !f.app}
            ok={save}
        >
            <div className="form">
                {v.stale && (
                    <Meanwhile
                        changes={vendorChanges(v.base, v.latest)}
                        restart={() => restart(v.latest)}
                        goOn={v.goOn}
                    />
                )}
                <Names f={f} fresh={!vendor} />
                <AppChoice value={f.app} onChange={f.setApp} none={t('不绑定', 'None')} />
                <FormFields form={form} values={f.values} set={f.setValues} strict={!!vendor} />
                <Told v={vendor} f={f} valuesChanged={valuesChanged} />
            </div>
        </Dialog>
    );
}
