// SPDX-License-Identifier: Apache-2.0
//
// One vendor account as a card: what the vendor offers and which settings it requires.
import { useState } from 'react';
import { both, dateTime, useT } from '../../base';
import type { CustomField, Vendor } from '../../types';
import { Button, Pill } from '../../ui';

const SHORT = 8; // entries of a list before "show all"

interface Offer {
    id: string;
    name: string;
    about?: string;
    required?: boolean;
}
function Offers({ title, all, none }: { title: string; all: Offer[]; none: string }) {
    const t = useT();
    const [open, setOpen] = useState(false);
    const shown = open ? all : all.slice(0, SHORT);
    return (
        <div className="offers">
            <h3>
                {title} <span className="muted">{all.length || ''}</span>
            </h3>
            {!all.length && <p className="muted small">{none}</p>}
            <ul>
                {shown.map((o) => (
                    <li key={o.id}>
                        <div>
                            <b>{o.name}</b>
                            {o.required && <span className="req"> *</span>} <span className="mono muted">{o.id}</span>
                        </div>
                        {o.about && <div className="small muted">{o.about}</div>}
                    </li>
                ))}
            </ul>
            {all.length > SHORT && (
                <Button size="small" onClick={() => setOpen(!open)} aria-expanded={open}>
                    {open ? t('收起', 'Show less') : t(`显示全部 ${all.length} 项`, `Show all ${all.length}`)}
                </Button>
            )}
        </div>
    );
}

function useTypeWords() {
    const t = useT();
    const words: Record<string, string> = {
        text: t('单行文本', 'single-line text'),
        textarea: t('多行文本', 'multi-line text'),
        number: t('数字', 'number'),
        boolean: t('是 / 否', 'yes / no'),
        select: t('单选', 'single choice'),
        multiselect: t('多选', 'multiple choice'),
        date: t('日期', 'date'),
        file: t('文件', 'file'),
        resume: t('简历', 'resume'),
    };
    return (f: CustomField) => [words[f.type] ?? f.type, both(f.description)].filter(Boolean).join(' · ');
}

function Account({ v }: { v: Vendor }) {
    const t = useT();
    const value = (key: string) => v.account_values?.find((x) => x.key === key)?.value;
    return (
        <dl className="dl">
            <dt>{t('账号', 'Account')}</dt>
            <dd>
                {v.name} <span className="mono muted">{v.id}</span>
            </dd>
            <dt>{t('供应商 ID', 'Vendor ID')}</dt>
            <dd className="mono">{v.provider_id}</dd>
            <dt>{t('添加时间', 'Added')}</dt>
            <dd>{dateTime(v.create_time) || '—'}</dd>
            {(v.account_fields ?? []).map((f) => (
                <div key={f.key} className="pair">
                    <dt>{both(f.name)}</dt>
                    <dd>
                        {value(f.key) ??
                            (f.is_required ? <Pill tone="amber" text={t('未填写', 'Not filled in')} /> : '—')}
                    </dd>
                </div>
            ))}
        </dl>
    );
}

export function VendorCard({ v, edit, unbind }: { v: Vendor; edit: () => void; unbind: () => void }) {
    const t = useT();
    const about = useTypeWords();
    const nothing = !v.packages?.length && !v.items?.length && !v.order_fields?.length;
    const name = both(v.provider_name) || v.name;
    const none = v.app
        ? t('供应商还没有推送', 'The vendor has not sent any yet')
        : t('绑定应用后由供应商推送', 'The vendor sends these once an app is connected');
    return (
        <section className="card" aria-label={`${name} ${v.name}`}>
            <div className="card-head">
                <h2>{name}</h2>
                {v.app ? (
                    <Pill tone="green" text={t(`已绑定 ${v.app.name}`, `Connected to ${v.app.name}`)} />
                ) : (
                    <Pill tone="amber" text={t('未绑定应用', 'No app connected')} />
                )}
                <div className="do">
                    {v.app && <Button onClick={unbind}>{t('解除绑定', 'Disconnect')}</Button>}
                    <Button onClick={edit}>{v.app ? t('编辑', 'Edit') : t('绑定应用', 'Connect app')}</Button>
                </div>
            </div>
            <Account v={v} />
            {!v.app && nothing && <p className="muted small lead">{none}</p>}
            <div className="offerings" hidden={!v.app && nothing}>
                <Offers
                    title={t('套餐', 'Packages')}
                    none={none}
                    all={(v.packages ?? []).map((p) => ({ id: p.id, name: p.name, about: p.description }))}
                />
                <Offers
                    title={t('附加项', 'Add-ons')}
                    none={none}
                    all={(v.items ?? []).map((p) => ({ id: p.id, name: p.name, about: p.description }))}
                />
                <Offers
                    title={t('订单字段', 'Order fields')}
                    none={none}
                    all={(v.order_fields ?? []).map((f) => ({
                        id: f.key,
                        name: both(f.name),
                        about: about(f),
                        required: f.is_required,
                    }))}
                />
            </div>
        </section>
    );
}
