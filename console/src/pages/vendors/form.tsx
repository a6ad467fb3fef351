// SPDX-License-Identifier: Apache-2.0
//
// Inputs for the settings that a vendor requires.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api';
import { both, useT } from '../../base';
import type { App, Page, Vendor } from '../../types';
import { Choice, Field, Text } from '../../ui';

export type VendorForm = NonNullable<Vendor['account_fields']>;
export type Values = Record<string, string>;

export const useApps = () => useQuery({ queryKey: ['apps'], queryFn: () => get<Page<App>>('apps') });

export function useVendorForm(app: string): VendorForm {
    const q = useQuery({
        queryKey: ['vendor_form', app],
        enabled: !!app,
        queryFn: () => get<{ fields?: VendorForm }>('vendor_form', { app_id: app }),
    });
    return (app && q.data?.fields) || [];
}
export const lacks = (form: VendorForm, values: Values) => form.some((f) => f.is_required && !values[f.key]?.trim());
export const filled = (form: VendorForm, values: Values) =>
    form.filter((f) => values[f.key]?.trim()).map((f) => ({ key: f.key, value: values[f.key].trim() }));

export function AppChoice({ value, onChange, none }: { value: string; onChange: (v: string) => void; none: string }) {
    const t = useT();
    const apps = useApps().data?.items ?? [];
    return (
        <Field
            label={t('供应商的应用', 'Vendor app')}
            hint={t(
                '它会收到账号和订单的通知，并回传进度和结果。',
                'Receives notifications about the account and its orders, and sends back progress and results.',
            )}
        >
            <Choice
                name="app_id"
                value={value}
                onChange={onChange}
                none={none}
                options={apps.filter((a) => !a.disabled || a.app_id === value).map((a) => [a.app_id, a.name])}
            />
        </Field>
    );
}

interface FieldsProps {
    form: VendorForm;
    values: Values;
    set: (v: Values) => void;
    strict?: boolean; // shows missing values at once
}
export function FormFields({ form, values, set, strict }: FieldsProps) {
    const t = useT();
    if (!form.length) return null;
    return (
        <fieldset>
            <legend>{t('供应商要求填写', 'Required by the vendor')}</legend>
            {form.map((f) => (
                <Field
                    key={f.key}
                    label={both(f.name)}
                    hint={both(f.description)}
                    required={f.is_required}
                    error={
                        strict && f.is_required && !values[f.key]?.trim()
                            ? t('供应商要求填写', 'Required by the vendor')
                            : undefined
                    }
                >
                    <Text
                        name={`v_${f.key}`}
                        value={values[f.key] ?? ''}
                        onChange={(v) => set({ ...values, [f.key]: v })}
                        maxLength={2000}
                    />
                </Field>
            ))}
        </fieldset>
    );
}
