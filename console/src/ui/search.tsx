// SPDX-License-Identifier: Apache-2.0
//
// The search of a list: what it asks for stands in the address.
import { useEffect, useState } from 'react';
import { useParam, useT } from '../base';
import { Text } from './fields';

const SETTLE_MS = 120; // without a further letter, until a search is asked

// What is typed is shown at once; it goes into the address, and is asked, when a word has settled.
export function useSearch(): [string, (v: string) => void, string] {
    const [asked, ask] = useParam('q');
    const [typed, setTyped] = useState(asked);
    useEffect(() => setTyped(asked), [asked]);
    useEffect(() => {
        if (typed === asked) return;
        const timer = setTimeout(() => ask(typed), SETTLE_MS);
        return () => clearTimeout(timer);
        // Only what is typed starts the clock; ask is another function each time.
        // eslint-disable-next-line react-hooks/exhaustive-deps
    }, [typed]);
    return [typed, setTyped, asked];
}

// "/" leads to it, and the arrows from it into the rows (shell/keys.ts).
export function Search(o: { placeholder: string; value: string; onChange: (v: string) => void }) {
    const t = useT();
    return <Text className="search" type="search" aria-label={t('搜索', 'Search')} {...o} />;
}
