// SPDX-License-Identifier: Apache-2.0
//
// The order's data: candidate, contacts, and the values of the vendor's form.
import { useState, type ReactNode } from 'react';
import type { CustomField, OrderDetail } from '../../types';
import { both, dateTime, lang, ownPath, tr, useT } from '../../base';
import { fileSize } from '../../ui';
import { geos } from '../../words';

type Order = OrderDetail['order'];

function Fact({ label, children }: { label: string; children?: ReactNode }) {
    return (
        <div>
            <dt>{label}</dt>
            <dd>{children || '—'}</dd>
        </div>
    );
}

function AddOns({ items }: { items: NonNullable<Order['ext_item_info_list']> }) {
    return (
        <span className="row tight">
            {items.map((i) => (
                <span className="chip" key={i.id}>
                    {i.name}
                </span>
            ))}
        </span>
    );
}

export function Facts({ o }: { o: Order }) {
    const t = useT();
    const items = o.ext_item_info_list ?? [];
    return (
        <dl className="facts three">
            <Fact label={t('供应商', 'Vendor')}>
                {both(o.provider_info?.provider_name) || t('手工录入', 'Added manually')}
            </Fact>
            <Fact label={o.package ? t('套餐', 'Package') : t('名称', 'Name')}>{o.package || o.name}</Fact>
            <Fact label={t('附加项', 'Add-ons')}>{items.length > 0 && <AddOns items={items} />}</Fact>
            <Fact label={t('发起', 'Started')}>{dateTime(o.begin_time ?? o.upload_time)}</Fact>
            <Fact label={t('结束', 'Ended')}>{dateTime(o.end_time)}</Fact>
            <Fact label={t('联系人', 'Contact')}>{o.contactor_info?.name}</Fact>
        </dl>
    );
}

const DAY_MS = 86_400_000;
// A day is stored as midnight UTC; a moment is shown in the browser's time zone.
function dateText(value: string) {
    if (!/^-?\d+$/.test(value)) return value;
    const ms = Number(value);
    const zone = ms % DAY_MS === 0 ? { timeZone: 'UTC' } : {};
    return new Date(ms).toLocaleDateString(lang.get() === 'zh' ? 'zh-CN' : 'en-GB', {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        ...zone,
    });
}
function listOf(value: string): string[] {
    try {
        const list: unknown = JSON.parse(value);
        return Array.isArray(list) ? list.map(String) : [value];
    } catch {
        return [value];
    }
}
function valueText(f: CustomField, value: string): string {
    const option = (k: string) => both(f.options?.find((o) => o.key === k)?.name) || k;
    switch (f.type) {
        case 'boolean':
            return value === 'true' ? tr('是', 'Yes') : tr('否', 'No');
        case 'select':
            return option(value);
        case 'multiselect':
            return listOf(value).map(option).join(tr('、', ', '));
        case 'date':
            return dateText(value);
        default:
            return value;
    }
}

// A file in the vendor's form, such as a consent or a resume.
function AttachedFile({ id, file }: { id: string; file?: NonNullable<OrderDetail['attachments']>[number] }) {
    const t = useT();
    if (!file) return <>{t(`附件 ${id} 已不存在`, `Attachment ${id} no longer exists`)}</>;
    const size = file.size ? ` · ${fileSize(Number(file.size))}` : '';
    if (!file.url)
        return (
            <>{t(`${file.name}（导入的记录，文件不在这里）`, `${file.name} (imported; the file is not stored here)`)}</>
        );
    return (
        <>
            <a href={ownPath(file.url)} target="_blank" rel="noreferrer">
                {file.name}
            </a>
            <span className="muted">{size}</span>
        </>
    );
}

// An identity document's number is hidden until the user clicks, against reading over the shoulder. For users without the
// permission the server has already masked it.
function IdentityNumber({ value }: { value: string }) {
    const t = useT();
    const [shown, setShown] = useState(false);
    if (value.startsWith('****')) return <span className="mono">{value}</span>;
    return (
        <span className="row tight">
            <span className="mono">{shown ? value : `****${value.slice(-4)}`}</span>
            <button type="button" className="linkish" aria-pressed={shown} onClick={() => setShown(!shown)}>
                {shown ? t('隐藏', 'Hide') : t('显示', 'Show')}
            </button>
        </span>
    );
}
function Value({ f, value, identity, d }: { f?: CustomField; value: string; identity: boolean; d: OrderDetail }) {
    if (f && (f.type === 'file' || f.type === 'resume'))
        return <AttachedFile id={value} file={d.attachments?.find((a) => a.id === value)} />;
    if (identity) return <IdentityNumber value={value} />;
    return <>{f ? valueText(f, value) : value}</>;
}

export function FilledIn({ d }: { d: OrderDetail }) {
    const t = useT();
    const o = d.order;
    const geo = geos.find((g) => g[0] === o.geo);
    const rows: [string, ReactNode][] = (o.custom_data_list ?? []).map((v) => {
        const f = o.custom_field_list?.find((x) => x.key === v.key);
        return [
            f ? both(f.name) || f.key : v.key,
            <Value key={v.key} f={f} value={v.value} identity={!!d.identity_keys?.includes(v.key)} d={d} />,
        ];
    });
    if (geo) rows.push([t('数据区域', 'Data region'), t(geo[1], geo[2])]);
    if (o.remark) rows.push([t('备注', 'Notes'), o.remark]);
    if (!rows.length) return null;
    return (
        <details className="more-of">
            <summary>
                {t('订单填写的内容', 'Order details')} <span className="muted">({rows.length})</span>
            </summary>
            <dl className="dl">
                {rows.map(([label, text], n) => (
                    <div key={n} className="pair">
                        <dt>{label}</dt>
                        <dd>{text}</dd>
                    </div>
                ))}
            </dl>
        </details>
    );
}
