// SPDX-License-Identifier: Apache-2.0
//
// The search of a list, kept in the address.
import { useEffect, useState } from 'react';
import { useParam, useT } from '../base';
import { Text } from './fields';

const SETTLE_MS = 120; // pause in typing after which the search is sent

// Typed text is shown at once; it goes into the address, and so to the server, after a pause.
export function useSearch(): [string, (v: string) => void, string] {
    const [asked, ask] = useParam('q');
    const [typed, setTyped] = useState(asked);
    useEffect(() => setTyped(asked), [asked]);
    useEffect(() => {
        if (typed === asked) return;
        const timer = setTimeout(() => ask(typed), SETTLE_MS);
        return () => clearTimeout(timer);
        // Only `typed` restarts the timer; `ask` is a new function on every render.
        // eslint-disable-next-line react-hooks/exhaustive-deps
    }, [typed]);
    return [typed, setTyped, asked];
}

// "/" focuses it, and the arrow keys move from it into the rows (shell/keys.ts).
export function Search(o: { placeholder: string; value: string; onChange: (v: string) => void }) {
    const t = useT();
    return <Text className="search" type="search" aria-label={t('搜索', 'Search')} {...o} />;
}
