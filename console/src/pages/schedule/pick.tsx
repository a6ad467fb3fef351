// SPDX-License-Identifier: Apache-2.0
//
// Choosing several of many: a search over check boxes; what is chosen stands first.
import { useId, useState } from 'react';
import { useT } from '../../base';
import { Text } from '../../ui';

const SEARCH_FROM = 8;

export function Pick({
    label,
    value,
    onChange,
    options,
    required,
    error,
    search,
}: {
    label: string;
    value: string[];
    onChange: (v: string[]) => void;
    options: [string, string][];
    required?: boolean;
    error?: string;
    search: string;
}) {
    const t = useT();
    const id = useId();
    const [wanted, setWanted] = useState(''),
        [first, setFirst] = useState(value);
    const q = wanted.trim().toLowerCase();
    const found = options
        .filter(([, text]) => !q || text.toLowerCase().includes(q))
        .sort(([a], [b]) => Number(first.includes(b)) - Number(first.includes(a)));
    return (
        <fieldset className="pick" aria-describedby={error ? `${id}-e` : undefined} aria-invalid={!!error || undefined}>
            <legend>
                {label}
                {required && (
                    <span className="req" aria-hidden="true">
                        {' '}
                        *
                    </span>
                )}
                {value.length > 0 && (
                    <span className="chip">{t(`已选 ${value.length}`, `${value.length} chosen`)}</span>
                )}
            </legend>
            {options.length >= SEARCH_FROM && (
                <Text
                    type="search"
                    aria-label={search}
                    placeholder={search}
                    value={wanted}
                    onChange={(v) => {
                        setWanted(v);
                        setFirst(value);
                    }}
                />
            )}
            <div className="checks pick-list">
                {found.map(([v, text]) => (
                    <label key={v}>
                        <input
                            type="checkbox"
                            checked={value.includes(v)}
                            onChange={(e) => onChange(e.target.checked ? [...value, v] : value.filter((x) => x !== v))}
                        />
                        {text}
                    </label>
                ))}
                {!found.length && <span className="muted small">{t('没有符合的', 'Nothing fits')}</span>}
            </div>
            {error && (
                <div className="err" id={`${id}-e`} role="alert">
                    {error}
                </div>
            )}
        </fieldset>
    );
}
