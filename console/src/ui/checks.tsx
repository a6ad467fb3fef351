// SPDX-License-Identifier: Apache-2.0
//
// A group of check boxes with a legend and, for long lists, a search.
import { useId, useState } from 'react';
import { useT } from '../base';
import { fold } from '../fold';
import { RequiredMark, Text } from './fields';

const SEARCH_FROM = 8;

type Option = [string, string];
interface Props {
    label: string;
    value: string[];
    onChange: (v: string[]) => void;
    options: Option[];
    required?: boolean;
    error?: string;
    hint?: string;
    search?: string; // label of the search; absent: no search
}

// Selected options come first; the order changes only with a new search.
function useFound({ value, options, search }: Props) {
    const [wanted, setWanted] = useState(''),
        [first, setFirst] = useState(value);
    if (search === undefined) return { found: options };
    const q = fold(wanted);
    return {
        wanted,
        want: (v: string) => {
            setWanted(v);
            setFirst(value);
        },
        found: options
            .filter(([, text]) => !q || fold(text).includes(q))
            .sort(([a], [b]) => Number(first.includes(b)) - Number(first.includes(a))),
    };
}

export function Checks(props: Props) {
    const { label, value, onChange, options, required, error, hint, search } = props;
    const t = useT();
    const id = useId();
    const { wanted, want, found } = useFound(props);
    const many = search !== undefined;
    return (
        <fieldset
            className={many ? 'pick' : undefined}
            aria-describedby={[hint && `${id}-h`, error && `${id}-e`].filter(Boolean).join(' ') || undefined}
            aria-invalid={!!error || undefined}
        >
            <legend>
                {label}
                {required && <RequiredMark />}
                {many && value.length > 0 && (
                    <span className="chip">{t(`已选 ${value.length}`, `${value.length} selected`)}</span>
                )}
            </legend>
            {hint && (
                <div className="muted small" id={`${id}-h`}>
                    {hint}
                </div>
            )}
            {want && options.length >= SEARCH_FROM && (
                <Text type="search" aria-label={search} placeholder={search} value={wanted} onChange={want} />
            )}
            <div className={many ? 'checks pick-list' : 'checks'}>
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
                {many && !found.length && <span className="muted small">{t('没有符合的', 'No matches')}</span>}
            </div>
            {error && (
                <div className="err" id={`${id}-e`} role="alert">
                    {error}
                </div>
            )}
        </fieldset>
    );
}
