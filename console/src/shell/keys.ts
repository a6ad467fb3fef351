// SPDX-License-Identifier: Apache-2.0
//
// The keys: "/" goes to the search, "g" and a letter to a page.
import { useEffect } from 'react';
import { navigate } from '../base';

export function useKeys() {
    useEffect(() => {
        let g = 0;
        const press = (e: KeyboardEvent) => {
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
