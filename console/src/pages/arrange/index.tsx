// SPDX-License-Identifier: Apache-2.0
//
// Ordering a background check with the vendor's form.
import { useState, type FormEvent } from 'react';
import { ApiError, post } from '../../api';
import type { ApplicationDetail, CustomField, Page, Vendor } from '../../types';
import { both, Link, useT } from '../../base';
import { Button, Checks, Choice, done, Fault, Field, Load, State, Text, useDeed } from '../../ui';
import { useVendors } from '../orders';
import { Custom, wire, type Values } from './custom';
import { CandidateFields, ContactFields, reachable, usePerson, type Person } from './people';

export function ArrangeForm({ d, done: finish }: { d: ApplicationDetail; done: (order: string) => void }) {
    const t = useT();
    const q = useVendors();
    return (
        <Load<Page<Vendor>> q={q}>
            {(v) =>
                v.items?.length ? (
                    <Form d={d} vendors={v.items} finish={finish} />
                ) : (
                    <State
                        kind="empty"
                        title={t('还没有供应商', 'No vendors yet')}
                        text={t('管理员可以在设置里添加。', 'An administrator can add one in Settings.')}
                    />
                )
            }
        </Load>
    );
}

// The values of the form, without the people.
function useOrder(d: ApplicationDetail, vendors: Vendor[]) {
    const only = vendors.length === 1 ? vendors[0] : undefined;
    const resume = d.candidate?.resume_id
        ? { id: d.candidate.resume_id, name: d.candidate.resume_name ?? '' }
        : undefined;
    // A field of type resume starts with the application's resume.
    const begin = (v?: Vendor): Values =>
        Object.fromEntries((v?.order_fields ?? []).filter((f) => f.type === 'resume').map((f) => [f.key, resume]));
    const [account, setAccount] = useState(only?.id ?? ''),
        [pack, setPack] = useState(''),
        [items, setItems] = useState<string[]>([]),
        [values, setValues] = useState<Values>(() => begin(only)),
        [geo, setGeo] = useState('cn'),
        [remark, setRemark] = useState(''),
        [going, setGoing] = useState<Record<string, boolean>>({});
    const vendor = vendors.find((v) => v.id === account);
    return {
        vendor,
        account,
        choose: (id: string) => {
            setAccount(id);
            setPack('');
            setItems([]);
            setValues(begin(vendors.find((v) => v.id === id)));
        },
        pack,
        setPack,
        items,
        setItems,
        values,
        set: (key: string, v: Values[string]) => setValues((all) => ({ ...all, [key]: v })),
        geo,
        setGeo,
        remark,
        setRemark,
        going,
        setGoing: (key: string, b: boolean) => setGoing((all) => ({ ...all, [key]: b })),
    };
}
type Order = ReturnType<typeof useOrder>;

function bodyOf(d: ApplicationDetail, o: Order, candidate: Person, contact: Person, again: boolean) {
    const reach = (p: Person) => ({
        name: p.name.trim(),
        ...(p.mobile.trim() && { mobile: p.mobile.trim() }),
        ...(p.email.trim() && { email: p.email.trim() }),
    });
    return {
        application_id: d.application.id,
        account_id: o.account,
        ...(o.vendor?.packages?.length ? { package_id: o.pack } : { package_name: o.pack.trim() }),
        item_ids: o.items,
        candidate: reach(candidate),
        ...(contact.name.trim() && { contactor: reach(contact) }),
        custom_values: (o.vendor?.order_fields ?? [])
            .map((f) => ({ key: f.key, value: wire(o.values[f.key]) }))
            .filter((x) => x.value),
        geo: o.geo,
        ...(o.remark.trim() && { remark: o.remark.trim() }),
        ...(again && { again }),
    };
}

function VendorField({ o, vendors, error }: { o: Order; vendors: Vendor[]; error?: string }) {
    const t = useT();
    const name = (v: Vendor) =>
        `${both(v.provider_name) || v.name}${v.app ? '' : t('（未绑定应用）', ' (no app connected)')}`;
    return (
        <Field label={t('供应商', 'Vendor')} required error={error}>
            <Choice
                name="account_id"
                value={o.account}
                onChange={o.choose}
                none={t('请选择', 'Select')}
                options={vendors.map((v) => [v.id, name(v)])}
            />
        </Field>
    );
}

function PackageField({ o, vendor, error }: { o: Order; vendor: Vendor; error?: string }) {
    const t = useT();
    const packages = vendor.packages ?? [];
    return (
        <Field
            label={t('套餐', 'Package')}
            required
            error={error}
            hint={packages.find((p) => p.id === o.pack)?.description}
        >
            {packages.length ? (
                <Choice
                    name="package_id"
                    value={o.pack}
                    onChange={o.setPack}
                    none={t('请选择', 'Select')}
                    options={packages.map((p) => [p.id, p.name])}
                />
            ) : (
                <Text name="package_name" value={o.pack} onChange={o.setPack} maxLength={500} />
            )}
        </Field>
    );
}

function VendorFields({
    o,
    fields,
    errorOf,
}: {
    o: Order;
    fields: CustomField[];
    errorOf: (f: CustomField) => string | undefined;
}) {
    const t = useT();
    if (!fields.length) return null;
    return (
        <fieldset>
            <legend>{t('供应商要求的信息', 'Information the vendor needs')}</legend>
            {fields.map((f) => (
                <Custom
                    key={f.key}
                    f={f}
                    value={o.values[f.key]}
                    set={(v) => o.set(f.key, v)}
                    busy={(b) => o.setGoing(f.key, b)}
                    error={errorOf(f)}
                />
            ))}
        </fieldset>
    );
}

// An equal check is still open: the user opens it or orders a second one.
function Running({ first, busy, order }: { first: ApiError; busy: boolean; order: () => void }) {
    const t = useT();
    return (
        <div className="notice t-amber" role="alert">
            <p>
                {t(
                    '这位候选人在同一供应商的同一套餐还有一个未结束的背调。',
                    'This candidate already has a check in progress with the same vendor and package. ',
                )}
                <Link href={`/applications/${first.detail}?order=${first.subject}`}>{t('查看', 'View it')}</Link>
            </p>
            <Button onClick={order} loading={busy}>
                {t('仍然再发起一个', 'Start another one anyway')}
            </Button>
        </div>
    );
}

function Form({ d, vendors, finish }: { d: ApplicationDetail; vendors: Vendor[]; finish: (order: string) => void }) {
    const t = useT();
    const o = useOrder(d, vendors);
    const { busy, fault, run } = useDeed(true, (key) => both(o.vendor?.order_fields?.find((f) => f.key === key)?.name));
    const candidate = usePerson(d.candidate),
        contact = usePerson();
    const [tried, setTried] = useState(false),
        [running, setRunning] = useState<ApiError>();
    const fields = o.vendor?.order_fields ?? [];
    const need = t('请填写', 'This field is required');
    const faultOf = (f: CustomField) => {
        if (o.going[f.key]) return t('文件还在上传', 'The file is still uploading');
        return f.is_required && !wire(o.values[f.key]) ? need : undefined;
    };
    const whole =
        !!o.vendor &&
        !!o.pack.trim() &&
        !!candidate.name.trim() &&
        reachable(candidate) &&
        !fields.some((f) => faultOf(f));
    const submit = (e: FormEvent<HTMLFormElement>) => {
        e.preventDefault();
        const form = e.currentTarget;
        setTried(true);
        if (!whole) {
            // Scrolls to the first field with an error.
            requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid]')?.focus());
            return;
        }
        order(false);
    };
    const order = (again: boolean) => {
        setRunning(undefined);
        void run(async () => {
            try {
                const body = bodyOf(d, o, candidate, contact, again);
                const r = await post<{ order_id: string }>('orders/arrange', body);
                done(t('背调已发起', 'Background check started'));
                finish(r.order_id);
            } catch (e) {
                if (!(e instanceof ApiError) || e.reason !== 'check_running') throw e;
                setRunning(e);
            }
        });
    };
    return (
        <form className="form sheet-form" onSubmit={submit} noValidate>
            <VendorField o={o} vendors={vendors} error={tried && !o.vendor ? need : undefined} />
            {o.vendor && (
                <>
                    <PackageField o={o} vendor={o.vendor} error={tried && !o.pack.trim() ? need : undefined} />
                    {!!o.vendor.items?.length && (
                        <Checks
                            label={t('附加调查项', 'Add-on items')}
                            value={o.items}
                            onChange={o.setItems}
                            options={o.vendor.items.map((i) => [i.id, i.name])}
                        />
                    )}
                    <CandidateFields p={candidate} tried={tried} />
                    <VendorFields o={o} fields={fields} errorOf={(f) => (tried ? faultOf(f) : undefined)} />
                    <ContactFields p={contact} o={o} />
                </>
            )}
            <div className="sheet-foot">
                <Fault
                    text={
                        fault ||
                        (tried && !whole
                            ? t(
                                  '还有必填项没有填写，已在表单中标出。',
                                  'Some required fields are empty. They are marked in the form.',
                              )
                            : '')
                    }
                />
                {running && <Running first={running} busy={busy} order={() => order(true)} />}
                <Button htmlType="submit" theme="solid" block loading={busy}>
                    {t('发起', 'Start')}
                </Button>
            </div>
        </form>
    );
}
