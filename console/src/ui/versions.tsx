// SPDX-License-Identifier: Apache-2.0
//
// Concurrent edits: a form or confirmation keeps the version that it was opened with. If the record has changed since, it shows
// the changes, and the user either starts again from the new version or continues with their own values.
import Button from '@douyinfe/semi-ui/lib/es/button';
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '../api';
import { useT } from '../base';

interface Versioned {
    version?: string;
}
// One difference, in the page's terms.
export type Difference = [what: string, before: string, now: string];
export const differences = (all: Difference[]) => all.filter(([, before, now]) => before !== now);
// The members of `mine` that the user changed. Only they are sent, so that other users' changes to the rest are kept.
export function touched<T extends object>(mine: T, before: { [K in keyof T]?: unknown }): Partial<T> {
    const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
    return Object.fromEntries(Object.entries(mine).filter(([k, v]) => !same(v, before[k as keyof T]))) as Partial<T>;
}

// now: the record as the page has it; fresh: requests it from the server.
export function useVersion<T extends Versioned>(now: T, fresh: () => Promise<T | undefined>) {
    const [base, setBase] = useState(now),
        [met, setMet] = useState<T>();
    useEffect(() => setMet(undefined), [now.version]);
    const latest = met ?? now;
    return {
        base, // the version that the user edits
        latest,
        stale: latest.version !== base.version,
        goOn: () => setBase(latest),
        // Runs a change. Returns false if the server refused it because the record has changed; the difference is then shown.
        run: async (f: (version?: string) => Promise<unknown>) => {
            try {
                await f(base.version);
                return true;
            } catch (e) {
                const found = e instanceof ApiError && e.reason === 'stale' ? await fresh() : undefined;
                if (!found || found.version === base.version) throw e;
                setMet(found);
                return false;
            }
        },
    };
}

export function Meanwhile({
    changes,
    restart,
    goOn,
    goOnText,
    children,
}: {
    changes: Difference[];
    restart?: () => void;
    goOn?: () => void;
    goOnText?: string;
    children?: ReactNode;
}) {
    const t = useT();
    return (
        <div className="note t-amber meanwhile" role="alert">
            <b>{t('你打开之后，它已被修改', 'This was changed while you had it open')}</b>
            {changes.length > 0 && (
                <ul>
                    {changes.map(([what, before, now]) => (
                        <li key={what}>
                            {what}
                            {t('：', ': ')}
                            <del>{before || '—'}</del> → <ins>{now || '—'}</ins>
                        </li>
                    ))}
                </ul>
            )}
            {children}
            {(restart || goOn) && (
                <div className="row">
                    {restart && (
                        <Button size="small" onClick={restart}>
                            {t('载入最新内容', 'Load latest')}
                        </Button>
                    )}
                    {goOn && (
                        <Button size="small" onClick={goOn}>
                            {goOnText ?? t('保留我的修改', 'Keep my changes')}
                        </Button>
                    )}
                </div>
            )}
        </div>
    );
}
