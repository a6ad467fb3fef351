// SPDX-License-Identifier: Apache-2.0
//
// The fields of a vendor's order form (nine types), and their values in the server's format.
import type { ReactElement } from 'react';
import type { CustomField } from '../../types';
import { both, useT } from '../../base';
import { Checks, Choice, Field, Text, Upload, uploadLimits, type Kept } from '../../ui';

export type Value = string | string[] | Kept | null;
export type Values = Record<string, Value | undefined>;

const isFile = (f: CustomField) => f.type === 'file' || f.type === 'resume';

// "" means that the field is empty.
export function wire(v: Value | undefined): string {
    if (!v) return '';
    if (Array.isArray(v)) return v.length ? JSON.stringify(v) : '';
    return typeof v === 'string' ? v.trim() : v.id;
}

interface Props {
    f: CustomField;
    value: Value | undefined;
    set: (v: Value) => void;
    busy: (b: boolean) => void;
    error?: string;
}

// field: the props that the surrounding label passes.
function Control({ f, value, set, busy: _, error: __, ...field }: Props): ReactElement {
    const t = useT();
    const text = typeof value === 'string' ? value : '';
    const common = { ...field, name: f.key, value: text, onChange: set };
    switch (f.type) {
        case 'select':
            return (
                <Choice
                    {...common}
                    none={t('请选择', 'Select')}
                    options={(f.options ?? []).map((o) => [o.key, both(o.name) || o.key])}
                />
            );
        case 'boolean':
            return (
                <Choice
                    {...common}
                    none={t('请选择', 'Select')}
                    options={[
                        ['true', t('是', 'Yes')],
                        ['false', t('否', 'No')],
                    ]}
                />
            );
        case 'textarea':
            return <Text {...common} rows={3} maxLength={200} />;
        case 'number':
        case 'date':
            return <Text {...common} type={f.type} />;
        default:
            return <Text {...common} maxLength={100} />;
    }
}

function FileControl({ f, value, set, busy, ...field }: Props) {
    const kept = value && typeof value === 'object' && !Array.isArray(value) ? value : null;
    const usage = f.type === 'resume' ? 'resume' : 'file';
    const hint = [both(f.description), uploadLimits(usage)].filter(Boolean).join(' · ');
    return (
        <Field label={both(f.name) || f.key} required={f.is_required} hint={hint} error={field.error}>
            <Upload usage={usage} name={f.key} value={kept} onChange={set} onBusy={busy} />
        </Field>
    );
}

export function Custom(props: Props) {
    const { f, value, set, error } = props;
    const common = { label: both(f.name) || f.key, hint: both(f.description), required: f.is_required, error };
    if (f.type === 'multiselect')
        return (
            <Checks
                {...common}
                value={Array.isArray(value) ? value : []}
                onChange={set}
                options={(f.options ?? []).map((o) => [o.key, both(o.name) || o.key])}
            />
        );
    if (isFile(f)) return <FileControl {...props} />;
    return (
        <Field {...common}>
            <Control {...props} />
        </Field>
    );
}
