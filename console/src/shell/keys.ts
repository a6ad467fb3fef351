// SPDX-License-Identifier: Apache-2.0
//
// The keys: "/" goes to the search, arrows go from there through the rows of a list, "g" and a letter go to a page.
import { useEffect } from 'react';
import { navigate } from '../base';

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

export function useKeys() {
    useEffect(() => {
        let g = 0;
        const press = (e: KeyboardEvent) => {
            // What stands over the page has the keys.
            if (document.querySelector('.semi-modal, .semi-sidesheet-inner')) return;
            if (e.key === 'ArrowDown' || e.key === 'ArrowUp') toRow(e);
            if (e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test((e.target as HTMLElement).tagName))
                return;
            if (e.key === '/') {
                const s = document.querySelector<HTMLElement>('input[type=search]');
                if (s) {
                    e.preventDefault();
                    s.focus();
                }
            } else if (e.key === 'g') g = Date.now();
            else if (Date.now() - g < 1200) {
                const to = {
                    o: '/',
                    a: '/applications',
                    b: '/orders',
                    i: '/interviews',
                    s: '/settings/vendors',
                    e: '/events',
                }[e.key];
                if (to) navigate(to);
                g = 0;
            }
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    }, []);
}
