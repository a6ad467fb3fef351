// SPDX-License-Identifier: Apache-2.0
//
// Inputs for path and query parameters, by their schemas; lists are comma-separated.
import { useT } from '../../base';
import { Choice, Field, Text } from '../../ui';
import type { Param } from './spec';

export type Values = Record<string, string>;

export const missing = (params: Param[], values: Values) =>
    params.filter((p) => (p.required || p.in === 'path') && !values[p.name]?.trim()).map((p) => p.name);

export const queryOf = (params: Param[], values: Values): [string, string][] =>
    params
        .filter((p) => p.in === 'query' && values[p.name]?.trim())
        .flatMap((p) => {
            const value = values[p.name].trim();
            const all = p.schema.type === 'array' ? value.split(/\s*[,，]\s*/).filter(Boolean) : [value];
            return all.map((v): [string, string] => [p.name, v]);
        });

function hintOf(p: Param, t: (zh: string, en: string) => string) {
    const s = p.schema;
    return [
        s.type === 'array' ? t('多个用逗号分隔', 'Separate multiple values with commas') : '',
        s.items?.description ?? s.description ?? '',
        s.default === undefined ? '' : t(`默认 ${s.default}`, `Default: ${s.default}`),
    ]
        .filter(Boolean)
        .join(t('；', '; '));
}

function One({ param, value, set, fault }: { param: Param; value: string; set: (v: string) => void; fault: boolean }) {
    const t = useT();
    return (
        <Field
            label={param.name}
            required={param.required || param.in === 'path'}
            hint={hintOf(param, t)}
            error={fault ? t('这是必填的', 'This parameter is required') : undefined}
        >
            {param.schema.enum ? (
                <Choice
                    name={param.name}
                    value={value}
                    onChange={set}
                    none="—"
                    options={param.schema.enum.map((v) => [String(v), String(v)])}
                />
            ) : (
                <Text name={param.name} value={value} onChange={set} autoComplete="off" />
            )}
        </Field>
    );
}

export function Params({
    params,
    values,
    set,
    faults,
}: {
    params: Param[];
    values: Values;
    set: (v: Values) => void;
    faults: string[];
}) {
    const t = useT();
    const one = (p: Param) => (
        <One
            key={p.name}
            param={p}
            value={values[p.name] ?? ''}
            set={(v) => set({ ...values, [p.name]: v })}
            fault={faults.includes(p.name)}
        />
    );
    const needed = params.filter((p) => p.required || p.in === 'path'),
        others = params.filter((p) => !needed.includes(p));
    return (
        <>
            {needed.map(one)}
            {others.length > 0 && (
                <details open={others.length <= 4 || undefined} className="params">
                    <summary>{t(`可选参数（${others.length}）`, `Optional parameters (${others.length})`)}</summary>
                    <div className="form two-wide">{others.map(one)}</div>
                </details>
            )}
        </>
    );
}
