// SPDX-License-Identifier: Apache-2.0
//
// Ordering a check on the vendor's own form (all nine types of fields), and entering a finished one by hand.
import { useState, type FormEvent } from 'react';
import { post } from '../api';
import type { ApplicationDetail, CustomField, Page, Vendor } from '../types';
import { both, useT } from '../base';
import { Button, Checks, Choice, done, Field, Load, State, Text, useDeed } from '../ui';
import { geos } from '../words';
import { useVendors } from './orders';

type Values = Record<string, string | string[]>;
function Custom({
    f,
    value,
    set,
    error,
}: {
    f: CustomField;
    value: string | string[];
    set: (v: string | string[]) => void;
    error?: string;
}) {
    const t = useT();
    const common = { label: both(f.name) || f.key, hint: both(f.description), required: f.is_required, error };
    const text = typeof value === 'string' ? value : '';
    const options = (f.options ?? []).map((o): [string, string] => [o.key, both(o.name) || o.key]);
    switch (f.type) {
        case 'multiselect':
            return <Checks {...common} value={Array.isArray(value) ? value : []} onChange={set} options={options} />;
        case 'select':
            return (
                <Field {...common}>
                    <Choice name={f.key} value={text} onChange={set} none={t('请选择', 'Choose')} options={options} />
                </Field>
            );
        case 'boolean':
            return (
                <Field {...common}>
                    <Choice
                        name={f.key}
                        value={text}
                        onChange={set}
                        none={t('请选择', 'Choose')}
                        options={[
                            ['true', t('是', 'Yes')],
                            ['false', t('否', 'No')],
                        ]}
                    />
                </Field>
            );
        case 'textarea':
            return (
                <Field {...common}>
                    <Text name={f.key} rows={3} value={text} onChange={set} maxLength={200} />
                </Field>
            );
        case 'number':
            return (
                <Field {...common}>
                    <Text name={f.key} type="number" value={text} onChange={set} />
                </Field>
            );
        case 'date':
            return (
                <Field {...common}>
                    <Text name={f.key} type="date" value={text} onChange={set} />
                </Field>
            );
        case 'file':
            return (
                <Field
                    {...common}
                    hint={[common.hint, t('填写附件 ID', 'The id of an attachment')].filter(Boolean).join(' · ')}
                >
                    <Text name={f.key} value={text} onChange={set} maxLength={100} />
                </Field>
            );
        case 'resume':
            return (
                <Field
                    {...common}
                    hint={[
                        common.hint,
                        t('填写简历附件 ID，或留空使用投递的简历', "The id of a resume; left empty, the application's"),
                    ]
                        .filter(Boolean)
                        .join(' · ')}
                    required={false}
                >
                    <Text name={f.key} value={text} onChange={set} maxLength={100} />
                </Field>
            );
        default:
            return (
                <Field {...common}>
                    <Text name={f.key} value={text} onChange={set} maxLength={100} />
                </Field>
            );
    }
}
function wire(_: CustomField, v: string | string[] | undefined): string {
    if (v === undefined || v === '' || (Array.isArray(v) && !v.length)) return '';
    if (Array.isArray(v)) return JSON.stringify(v);
    return v.trim();
}

export function ArrangeForm({ d, done: finish }: { d: ApplicationDetail; done: (order: string) => void }) {
    const t = useT();
    const q = useVendors();
    return (
        <Load<Page<Vendor>> q={q}>
            {(v) =>
                v.items?.length ? (
                    <Inner d={d} vendors={v.items} finish={finish} />
                ) : (
                    <State
                        kind="empty"
                        title={t('还没有供应商', 'There is no vendor yet')}
                        text={t('管理员可以在设置里添加。', 'An administrator adds one in the settings.')}
                    />
                )
            }
        </Load>
    );
}
function Inner({ d, vendors, finish }: { d: ApplicationDetail; vendors: Vendor[]; finish: (order: string) => void }) {
    const t = useT();
    const { busy, run } = useDeed();
    const [account, setAccount] = useState(vendors.length === 1 ? vendors[0].id : ''),
        [pack, setPack] = useState(''),
        [packName, setPackName] = useState(''),
        [items, setItems] = useState<string[]>([]);
    const [values, setValues] = useState<Values>({}),
        [geo, setGeo] = useState('cn'),
        [remark, setRemark] = useState(''),
        [tried, setTried] = useState(false);
    const [name, setName] = useState(d.candidate?.name ?? ''),
        [mobile, setMobile] = useState(d.candidate?.mobile ?? ''),
        [email, setEmail] = useState(d.candidate?.email ?? '');
    const [cName, setCName] = useState(''),
        [cMobile, setCMobile] = useState(''),
        [cEmail, setCEmail] = useState('');
    const vendor = vendors.find((v) => v.id === account),
        fields = vendor?.order_fields ?? [],
        packages = vendor?.packages ?? [];
    const need = t('请填写', 'Please fill this in');
    const missing = (f: CustomField) =>
        tried && f.is_required && f.type !== 'resume' && !wire(f, values[f.key]) ? need : undefined;
    const submit = (e: FormEvent) => {
        e.preventDefault();
        setTried(true);
        if (
            !vendor ||
            !(packages.length ? pack : packName.trim()) ||
            !name.trim() ||
            fields.some((f) => f.is_required && f.type !== 'resume' && !wire(f, values[f.key]))
        )
            return;
        run(async () => {
            const r = await post<{ order_id: string }>('orders/arrange', {
                application_id: d.application.id,
                account_id: account,
                ...(packages.length ? { package_id: pack } : { package_name: packName.trim() }),
                item_ids: items,
                candidate: { name: name.trim(), ...(mobile && { mobile }), ...(email && { email }) },
                ...(cName && {
                    contactor: { name: cName, ...(cMobile && { mobile: cMobile }), ...(cEmail && { email: cEmail }) },
                }),
                custom_values: fields
                    .map((f) => ({ key: f.key, value: wire(f, values[f.key]) }))
                    .filter((x) => x.value),
                geo,
                ...(remark.trim() && { remark: remark.trim() }),
            });
            done(t('背调已发起', 'The check is ordered'));
            finish(r.order_id);
        });
    };
    return (
        <form className="form" onSubmit={submit} noValidate style={{ paddingBottom: 24 }}>
            <Field label={t('供应商', 'Vendor')} required error={tried && !vendor ? need : undefined}>
                <Choice
                    name="account_id"
                    value={account}
                    onChange={(v) => {
                        setAccount(v);
                        setPack('');
                        setItems([]);
                        setValues({});
                    }}
                    none={t('请选择', 'Choose')}
                    options={vendors.map((v) => [
                        v.id,
                        `${both(v.provider_name) || v.name}${v.app ? '' : t('（未绑定应用）', ' (no app bound)')}`,
                    ])}
                />
            </Field>
            {vendor && (
                <>
                    <Field
                        label={t('套餐', 'Package')}
                        required
                        error={tried && !(packages.length ? pack : packName.trim()) ? need : undefined}
                        hint={packages.find((p) => p.id === pack)?.description}
                    >
                        {packages.length ? (
                            <Choice
                                name="package_id"
                                value={pack}
                                onChange={setPack}
                                none={t('请选择', 'Choose')}
                                options={packages.map((p) => [p.id, p.name])}
                            />
                        ) : (
                            <Text name="package_name" value={packName} onChange={setPackName} maxLength={500} />
                        )}
                    </Field>
                    {!!vendor.items?.length && (
                        <Checks
                            label={t('附加调查项', 'Add-on items')}
                            value={items}
                            onChange={setItems}
                            options={vendor.items.map((i) => [i.id, i.name])}
                        />
                    )}
                    <fieldset>
                        <legend>{t('候选人', 'Candidate')}</legend>
                        <Field label={t('姓名', 'Name')} required error={tried && !name.trim() ? need : undefined}>
                            <Text name="candidate_name" value={name} onChange={setName} />
                        </Field>
                        <div className="two">
                            <Field label={t('手机', 'Mobile')}>
                                <Text value={mobile} onChange={setMobile} />
                            </Field>
                            <Field label={t('邮箱', 'Email')}>
                                <Text type="email" value={email} onChange={setEmail} />
                            </Field>
                        </div>
                    </fieldset>
                    {fields.length > 0 && (
                        <fieldset>
                            <legend>{t('供应商要求的信息', 'What the vendor asks')}</legend>
                            {fields.map((f) => (
                                <Custom
                                    key={f.key}
                                    f={f}
                                    value={values[f.key] ?? ''}
                                    set={(v) => setValues({ ...values, [f.key]: v })}
                                    error={missing(f)}
                                />
                            ))}
                        </fieldset>
                    )}
                    <details>
                        <summary className="muted" style={{ cursor: 'pointer' }}>
                            {t('联系人、区域和备注', 'Contact, region and remark')}
                        </summary>
                        <div className="form" style={{ marginTop: 12 }}>
                            <Field label={t('公司联系人', 'Contact of the company')}>
                                <Text value={cName} onChange={setCName} />
                            </Field>
                            <div className="two">
                                <Field label={t('联系人手机', "Contact's mobile")}>
                                    <Text value={cMobile} onChange={setCMobile} />
                                </Field>
                                <Field label={t('联系人邮箱', "Contact's email")}>
                                    <Text type="email" value={cEmail} onChange={setCEmail} />
                                </Field>
                            </div>
                            <Field label={t('数据区域', 'Region')}>
                                <Choice
                                    value={geo}
                                    onChange={setGeo}
                                    options={geos.map((g) => [g[0], t(g[1], g[2])])}
                                />
                            </Field>
                            <Field label={t('备注', 'Remark')}>
                                <Text rows={2} value={remark} onChange={setRemark} maxLength={2000} />
                            </Field>
                        </div>
                    </details>
                </>
            )}
            <Button htmlType="submit" theme="solid" block loading={busy}>
                {t('发起', 'Order the check')}
            </Button>
        </form>
    );
}

export function RecordForm({ application, done: finish }: { application: string; done: (order: string) => void }) {
    const t = useT();
    const { busy, run } = useDeed();
    const [name, setName] = useState(''),
        [result, setResult] = useState(''),
        [remark, setRemark] = useState(''),
        [reportName, setReportName] = useState(''),
        [url, setUrl] = useState(''),
        [kind, setKind] = useState('1'),
        [tried, setTried] = useState(false);
    const need = t('请填写', 'Please fill this in');
    return (
        <form
            className="form"
            noValidate
            onSubmit={(e) => {
                e.preventDefault();
                setTried(true);
                if (!name.trim() || !result.trim() || (url && !reportName)) return;
                run(async () => {
                    const r = await post<{ order_id: string }>('orders/record', {
                        application_id: application,
                        name: name.trim(),
                        result: result.trim(),
                        ...(remark && { remark }),
                        ...(url && {
                            reports: [{ report_name: reportName, report_url: url, report_url_type: Number(kind) }],
                        }),
                    });
                    done(t('已录入', 'Recorded'));
                    finish(r.order_id);
                });
            }}
        >
            <Field label={t('名称', 'Name')} required error={tried && !name.trim() ? need : undefined}>
                <Text name="record_name" value={name} onChange={setName} maxLength={500} />
            </Field>
            <Field
                label={t('结果', 'Result')}
                required
                error={tried && !result.trim() ? need : undefined}
                hint={t('例如：绿灯', 'Such as: Green')}
            >
                <Text name="record_result" rows={2} value={result} onChange={setResult} maxLength={2000} />
            </Field>
            <fieldset>
                <legend>{t('报告（可不填）', 'Report (may be left out)')}</legend>
                <Field
                    label={t('报告名称', 'Name of the report')}
                    error={tried && url && !reportName ? need : undefined}
                >
                    <Text value={reportName} onChange={setReportName} />
                </Field>
                <Field label={t('链接', 'Link')}>
                    <Text type="url" value={url} onChange={setUrl} />
                </Field>
                <Field label={t('链接是', 'The link is')}>
                    <Choice
                        value={kind}
                        onChange={setKind}
                        options={[
                            ['1', t('要下载的 PDF', 'a PDF to download')],
                            ['2', t('预览页面', 'a page to look at')],
                        ]}
                    />
                </Field>
            </fieldset>
            <Field label={t('备注', 'Remark')}>
                <Text rows={2} value={remark} onChange={setRemark} maxLength={2000} />
            </Field>
            <Button htmlType="submit" theme="solid" block loading={busy}>
                {t('录入', 'Record')}
            </Button>
        </form>
    );
}
