// SPDX-License-Identifier: Apache-2.0
//
// Form fields: label, hint and error around the browser's native controls, which assistive tools support.
import { cloneElement, useId, type ReactElement, type ReactNode } from 'react';

export const RequiredMark = () => (
    <span className="req" aria-hidden="true">
        {' '}
        *
    </span>
);
export function Field({
    label,
    hint,
    error,
    required,
    children,
}: {
    label: string;
    hint?: ReactNode;
    error?: string;
    required?: boolean;
    children: ReactElement;
}) {
    const id = useId();
    return (
        <div className="field">
            <label htmlFor={id}>
                {label}
                {required && <RequiredMark />}
            </label>
            {cloneElement(children, {
                id,
                'aria-required': required || undefined,
                'aria-invalid': error ? true : undefined,
                'aria-describedby': hint || error ? `${id}-h` : undefined,
            })}
            {error ? (
                <div className="err" id={`${id}-h`} role="alert">
                    {error}
                </div>
            ) : hint ? (
                <div className="hint" id={`${id}-h`}>
                    {hint}
                </div>
            ) : null}
        </div>
    );
}
export type TextProps = {
    value: string;
    onChange: (v: string) => void;
    type?: string;
    rows?: number;
    placeholder?: string;
    maxLength?: number;
    autoFocus?: boolean;
    autoComplete?: string;
    className?: string;
    id?: string;
    name?: string;
    'aria-label'?: string;
    accept?: string;
};
export function Text({ value, onChange, rows, className, ...rest }: TextProps) {
    const props = {
        ...rest,
        className: `native ${className ?? ''}`,
        value,
        onChange: (e: { target: { value: string } }) => onChange(e.target.value),
    };
    return rows ? <textarea {...props} rows={rows} /> : <input {...props} />;
}
export function Choice({
    value,
    onChange,
    options,
    none,
    ...rest
}: {
    value: string;
    onChange: (v: string) => void;
    options: [string, string][];
    none?: string;
    id?: string;
    'aria-label'?: string;
    name?: string;
}) {
    return (
        <select className="native" {...rest} value={value} onChange={(e) => onChange(e.target.value)}>
            {none !== undefined && <option value="">{none}</option>}
            {options.map(([v, text]) => (
                <option key={v} value={v}>
                    {text}
                </option>
            ))}
        </select>
    );
}
export function Tick({
    checked,
    onChange,
    children,
    disabled,
}: {
    checked: boolean;
    onChange: (v: boolean) => void;
    children: ReactNode;
    disabled?: boolean;
}) {
    return (
        <label className="tick">
            <input type="checkbox" disabled={disabled} checked={checked} onChange={(e) => onChange(e.target.checked)} />
            <span>{children}</span>
        </label>
    );
}

export function Seg<T extends string>({
    value,
    onChange,
    options,
    label,
}: {
    value: T;
    onChange: (v: T) => void;
    options: [T, string][];
    label: string;
}) {
    return (
        <div className="seg" role="group" aria-label={label}>
            {options.map(([v, text]) => (
                <button type="button" key={v} aria-pressed={v === value} onClick={() => onChange(v)}>
                    {text}
                </button>
            ))}
        </div>
    );
}
