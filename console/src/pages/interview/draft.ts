// SPDX-License-Identifier: Apache-2.0
//
// The draft of an assessment: saved in this browser with every change, until the assessment is submitted or discarded.
import { useCallback, useState } from 'react';
import { emptySheet, isBlank, type Sheet } from './rules';

const PREFIX = 'hired.assessment.';
const KEEP_MS = 90 * 86_400_000;

interface Kept {
    at: number;
    sheet: Sheet;
}
function read(key: string): Kept | null {
    try {
        const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null;
        if (typeof kept?.at !== 'number' || typeof kept.sheet !== 'object') return null;
        return { at: kept.at, sheet: { ...emptySheet, ...kept.sheet } };
    } catch {
        return null;
    }
}
// Deletes drafts that have not been changed for a quarter of a year.
function sweep() {
    try {
        for (const key of Object.keys(localStorage))
            if (key.startsWith(PREFIX) && (read(key)?.at ?? 0) < Date.now() - KEEP_MS) localStorage.removeItem(key);
    } catch {
        /* the browser may forbid storage */
    }
}

export function useDraft(account: string, interview: string) {
    const key = `${PREFIX}${account}.${interview}`;
    const [kept, setKept] = useState<Kept | null>(() => {
        sweep();
        return read(key);
    });
    const [failed, setFailed] = useState(false);
    const save = useCallback(
        (sheet: Sheet) => {
            const next = { at: Date.now(), sheet };
            setKept(next);
            try {
                if (isBlank(sheet)) localStorage.removeItem(key);
                else localStorage.setItem(key, JSON.stringify(next));
                setFailed(false);
            } catch {
                setFailed(true);
            }
        },
        [key],
    );
    const drop = useCallback(() => {
        setKept(null);
        try {
            localStorage.removeItem(key);
        } catch {
            /* storage is forbidden, so there was no draft either */
        }
    }, [key]);
    const sheet = kept?.sheet ?? emptySheet;
    return { sheet, at: isBlank(sheet) ? undefined : kept?.at, failed, save, drop };
}
