// SPDX-License-Identifier: Apache-2.0
//
// Keyboard shortcuts: "/" focuses the search, arrow keys move from it through the rows, "g" and a letter open a page, "?" shows
// the list of shortcuts.
import { useEffect } from 'react';
import { navigate } from '../base';
import { anyLayer } from '../ui';

// The letter after "g" for each page.
export const letters: Record<string, string> = {
    '/': 'o',
    '/applications': 'a',
    '/orders': 'b',
    '/interviews': 'i',
    '/settings/vendors': 's',
    '/events': 'e',
};

function toRow(e: KeyboardEvent) {
    const at = e.target as HTMLElement;
    const row = at.matches('a.line');
    if (!row && !at.matches('input[type=search]')) return;
    const rows = [...document.querySelectorAll<HTMLElement>('.list a.line')];
    const n = (row ? rows.indexOf(at) : -1) + (e.key === 'ArrowDown' ? 1 : -1);
    const next = rows[n] ?? (n < 0 && row ? document.querySelector<HTMLElement>('input[type=search]') : null);
    if (!next) return;
    e.preventDefault();
    next.focus();
}

// On a page without a search, "/" opens the list of applications, which has one.
function toSearch() {
    const search = () => document.querySelector<HTMLElement>('main input[type=search]');
    if (search()) {
        search()?.focus();
        return;
    }
    if (!document.querySelector('nav a[href="/applications"]')) return;
    navigate('/applications');
    const watch = new MutationObserver(() => {
        if (!search()) return;
        watch.disconnect();
        search()?.focus();
    });
    watch.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => watch.disconnect(), 5000);
}

// help: opens the list of shortcuts.
export function useKeys(help: () => void) {
    useEffect(() => {
        let g = 0;
        const press = (e: KeyboardEvent) => {
            // An open layer handles the keys itself.
            if (anyLayer()) return;
            if (e.key === 'ArrowDown' || e.key === 'ArrowUp') toRow(e);
            if (e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test((e.target as HTMLElement).tagName))
                return;
            if (e.key === '/') {
                e.preventDefault();
                toSearch();
            } else if (e.key === '?') help();
            else if (e.key === 'g') g = Date.now();
            else if (Date.now() - g < 1200) {
                const to = Object.keys(letters).find((place) => letters[place] === e.key);
                if (to) navigate(to);
                g = 0;
            }
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
        // help always does the same, so the listener need not be replaced when it changes.
        // eslint-disable-next-line react-hooks/exhaustive-deps
    }, []);
}
