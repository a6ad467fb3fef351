// SPDX-License-Identifier: Apache-2.0
//
// Tabs: in a narrow window they scroll, fade at the edges, and keep the current one visible.
import { useEffect, useRef, type ReactNode } from 'react';

function moreOf(el: HTMLElement) {
    const end = el.scrollWidth - el.clientWidth;
    el.dataset.more = [el.scrollLeft > 1 && 'before', el.scrollLeft < end - 1 && 'after'].filter(Boolean).join(' ');
}

// now: the current value; when it changes, its tab is scrolled into view.
export function Tabs({ label, now, children }: { label: string; now: string; children: ReactNode }) {
    const ref = useRef<HTMLElement>(null);
    useEffect(() => {
        const el = ref.current;
        if (!el) return;
        const look = () => moreOf(el);
        const sizes = new ResizeObserver(look);
        sizes.observe(el);
        el.addEventListener('scroll', look, { passive: true });
        return () => {
            sizes.disconnect();
            el.removeEventListener('scroll', look);
        };
    }, []);
    useEffect(() => {
        ref.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    }, [now]);
    return (
        <nav className="tabs" aria-label={label} ref={ref}>
            {children}
        </nav>
    );
}
