// SPDX-License-Identifier: Apache-2.0
//
// One question of a feedback form, with the control for its type.
import { useId, type ReactNode } from 'react';
import type { Named, Option, Question } from '../../types';
import { both, useT } from '../../base';
import { Choice, Field, RequiredMark, Text, Tick } from '../../ui';
import {
    DESCRIPTION,
    JOB_LEVEL,
    MULTIPLE,
    RECORD,
    SCORE,
    SCORE_BY_CHOICE,
    SCORE_BY_NUMBER,
    SINGLE,
    TEXT_MAX,
    type Answer,
} from './rules';

const SCALE_MAX = 11; // points of a scale that fit into one row

// Several controls under one label, with the error text below.
export function Group({
    name,
    hint,
    required,
    error,
    kind = 'radiogroup',
    children,
}: {
    name: string;
    hint?: ReactNode;
    required?: boolean;
    error?: string;
    kind?: 'radiogroup' | 'group';
    children: ReactNode;
}) {
    const id = useId();
    return (
        <div
            className="field question"
            role={kind}
            aria-labelledby={id}
            aria-required={kind === 'radiogroup' && required ? true : undefined}
            aria-invalid={kind === 'radiogroup' && error ? true : undefined}
            aria-describedby={error || hint ? `${id}-h` : undefined}
        >
            <div className="label" id={id}>
                {name}
                {required && <RequiredMark />}
            </div>
            {hint && !error && (
                <div className="hint" id={`${id}-h`}>
                    {hint}
                </div>
            )}
            {children}
            {error && (
                <div className="err" id={`${id}-h`} role="alert">
                    {error}
                </div>
            )}
        </div>
    );
}

export function Options({
    name,
    options,
    chosen,
    choose,
    many,
    points,
}: {
    name: string;
    options: Option[];
    chosen: string[];
    choose: (ids: string[]) => void;
    many?: boolean;
    points?: boolean;
}) {
    return (
        <div className="options">
            {options.map((o) => (
                <label key={o.id} className="option">
                    <input
                        type={many ? 'checkbox' : 'radio'}
                        name={name}
                        checked={chosen.includes(o.id)}
                        onChange={(e) =>
                            choose(
                                !many
                                    ? [o.id]
                                    : e.target.checked
                                      ? [...chosen, o.id]
                                      : chosen.filter((x) => x !== o.id),
                            )
                        }
                    />
                    <span>
                        {points && o.level !== undefined && <b>{o.level} · </b>}
                        {both(o.name)}
                        {both(o.description) && <span className="muted small"> {both(o.description)}</span>}
                    </span>
                </label>
            ))}
        </div>
    );
}

function Scale({ q, value, set }: { q: Question; value: string; set: (v: string) => void }) {
    const low = q.lower ?? 0,
        n = (q.upper ?? 100) - low + 1;
    return (
        <div className="scale">
            {Array.from({ length: n }, (_, i) => String(low + i)).map((v) => (
                <label key={v}>
                    <input type="radio" name={q.id} checked={value === v} onChange={() => set(v)} />
                    <span>{v}</span>
                </label>
            ))}
        </div>
    );
}

function Levels({ q, value, set, levels }: { q: Question; value: Answer; set: (a: Answer) => void; levels: Named[] }) {
    const t = useT();
    const options = levels.map((l): [string, string] => [l.id, both(l.name)]);
    return (
        <div className="levels">
            {!value.unclear && (
                <div className="two">
                    <Choice
                        aria-label={t('最低职级', 'Lowest level')}
                        name={`${q.id}-low`}
                        value={value.low ?? ''}
                        onChange={(low) => set({ ...value, low })}
                        none={t('最低', 'Lowest')}
                        options={options}
                    />
                    <Choice
                        aria-label={t('最高职级', 'Highest level')}
                        name={`${q.id}-high`}
                        value={value.high ?? ''}
                        onChange={(high) => set({ ...value, high })}
                        none={t('最高', 'Highest')}
                        options={options}
                    />
                </div>
            )}
            {q.not_evident && (
                <Tick checked={!!value.unclear} onChange={(unclear) => set(unclear ? { unclear } : {})}>
                    {t('无法判断', 'Unable to judge')}
                </Tick>
            )}
        </div>
    );
}

function Points({ q, value, set, error }: { q: Question; value: string; set: (v: string) => void; error?: string }) {
    const t = useT();
    const { lower = 0, upper = 100 } = q,
        hint = t(`${lower}–${upper} 分`, `${lower} to ${upper} points`);
    if (upper - lower < SCALE_MAX)
        return (
            <Group name={both(q.name)} hint={both(q.description) || hint} required={q.is_required} error={error}>
                <Scale q={q} value={value} set={set} />
            </Group>
        );
    return (
        <Field label={both(q.name)} hint={both(q.description) || hint} required={q.is_required} error={error}>
            <Text type="number" className="points" name={q.id} value={value} onChange={set} />
        </Field>
    );
}

export function Ask({
    q,
    value,
    set,
    levels,
    error,
}: {
    q: Question;
    value: Answer;
    set: (a: Answer) => void;
    levels: Named[];
    error?: string;
}) {
    const common = { name: both(q.name), hint: both(q.description), required: q.is_required, error };
    const byChoice = q.type === SINGLE || q.type === SCORE || (q.type === SCORE_BY_CHOICE && !!q.options?.length);
    if (byChoice || q.type === MULTIPLE)
        return (
            <Group {...common} kind={byChoice ? 'radiogroup' : 'group'}>
                <Options
                    name={q.id}
                    options={q.options ?? []}
                    chosen={value.options ?? []}
                    choose={(options) => set({ options })}
                    many={q.type === MULTIPLE}
                    points={q.type === SCORE || q.type === SCORE_BY_CHOICE}
                />
            </Group>
        );
    if (q.type === SCORE_BY_NUMBER || q.type === SCORE_BY_CHOICE)
        return <Points q={q} value={value.score ?? ''} set={(score) => set({ score })} error={error} />;
    if (q.type === JOB_LEVEL)
        return (
            <Group {...common} kind="group">
                <Levels q={q} value={value} set={set} levels={levels} />
            </Group>
        );
    return (
        <Field label={both(q.name)} hint={both(q.description)} required={q.is_required} error={error}>
            <Text
                rows={q.type === RECORD ? 7 : q.type === DESCRIPTION ? 4 : 2}
                name={q.type === RECORD ? 'content' : q.id}
                value={value.text ?? ''}
                onChange={(text) => set({ text })}
                maxLength={TEXT_MAX}
            />
        </Field>
    );
}
