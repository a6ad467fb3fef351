// SPDX-License-Identifier: Apache-2.0
//
// Language, theme, navigation and time formats: shared by all pages.
import { useSyncExternalStore, type AnchorHTMLAttributes } from 'react';
import { depart } from './arrive';
import type { I18n } from './types';

function store<T extends string>(key: string, first: T, apply: (v: T) => void) {
    let value = first;
    const listeners = new Set<() => void>();
    return {
        get: () => value,
        set(v: T) {
            value = v;
            try {
                localStorage.setItem(key, v);
            } catch {
                /* the browser may forbid storage */
            }
            apply(v);
            listeners.forEach((l) => l());
        },
        subscribe: (l: () => void) => {
            listeners.add(l);
            return () => {
                listeners.delete(l);
            };
        },
    };
}
const html = document.documentElement;
export type Lang = 'zh' | 'en';
export const lang = store<Lang>('hired.lang', html.lang === 'en' ? 'en' : 'zh', (v) => {
    html.lang = v === 'zh' ? 'zh-CN' : 'en';
});
const applyTheme = (v: string) => {
    html.dataset.theme = v;
    if (v === 'dark') document.body.setAttribute('theme-mode', 'dark');
    else document.body.removeAttribute('theme-mode');
};
export const theme = store<'light' | 'dark'>(
    'hired.theme',
    html.dataset.theme === 'dark' ? 'dark' : 'light',
    applyTheme,
);
applyTheme(theme.get());
export const useLang = () => useSyncExternalStore(lang.subscribe, lang.get);
export const useTheme = () => useSyncExternalStore(theme.subscribe, theme.get);

// Every text is written in both languages at the place that uses it.
export const tr = (zh: string, en: string) => (lang.get() === 'zh' ? zh : en);
export function useT() {
    useLang();
    return tr;
}
export const both = (n?: I18n | null): string => {
    if (!n) return '';
    return (lang.get() === 'zh' ? n.zh_cn || n.en_us : n.en_us || n.zh_cn) ?? '';
};
export const personName = (p?: { name?: string; en_name?: string } | null) =>
    p ? (lang.get() === 'en' && p.en_name ? p.en_name : (p.name ?? p.en_name ?? '')) : '';

// ---- addresses ----
const moved = new Set<() => void>();
const tell = () => moved.forEach((l) => l());
// State of a history entry: the address that the user went to from it.
type Left = { left: string };
// A page with an unsaved form may stop navigation: it gets a function that continues it, and calls it once the user agrees.
let here = location.pathname + location.search;
let held: ((go: () => void) => void) | null = null;
export function hold(ask: (go: () => void) => void) {
    held = ask;
    return () => {
        if (held === ask) held = null;
    };
}
addEventListener('popstate', () => {
    const to = location.pathname + location.search;
    const ask = held;
    if (ask && to.split('?')[0] !== here.split('?')[0]) {
        history.pushState(null, '', here);
        ask(() => leave(to));
        return;
    }
    depart(here, to, (history.state as Left | null)?.left);
    here = to;
    tell();
});
// Removes the hold, after the form was saved or discarded.
export const letGo = () => {
    held = null;
};
function leave(to: string) {
    letGo();
    navigate(to);
}
export function navigate(to: string, replace = false) {
    if (to === location.pathname + location.search) return;
    if (held && to.split('?')[0] !== location.pathname) {
        held(() => leave(to));
        return;
    }
    if (!replace) history.replaceState({ left: to } satisfies Left, '');
    depart(here, to);
    here = to;
    history[replace ? 'replaceState' : 'pushState'](null, '', to);
    if (!replace) scrollTo(0, 0);
    tell();
}
export const useLocation = () =>
    useSyncExternalStore(
        (l) => {
            moved.add(l);
            return () => {
                moved.delete(l);
            };
        },
        () => location.pathname + location.search,
    );
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
    return (
        <a
            {...rest}
            href={href}
            onClick={(e) => {
                onClick?.(e);
                if (e.defaultPrevented || e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return;
                e.preventDefault();
                navigate(href);
            }}
        />
    );
}
// A filter that is kept in the address, so that a filtered page can be shared as a link.
// without: parameters to remove when this one is set.
export function useParam(name: string, without: string[] = []): [string, (v: string | undefined) => void] {
    useLocation();
    const value = new URLSearchParams(location.search).get(name) ?? '';
    return [
        value,
        (v) => {
            const p = new URLSearchParams(location.search);
            for (const other of without) p.delete(other);
            if (v) p.set(name, v);
            else p.delete(name);
            const s = p.toString();
            navigate(location.pathname + (s ? `?${s}` : ''), true);
        },
    ];
}

// Checks a URL from outside: returns it if it is http or https, else '', so that a link cannot run a script or open a program.
export function webAddress(url?: string) {
    try {
        return /^https?:$/.test(new URL(url ?? '').protocol) ? (url ?? '') : '';
    } catch {
        return '';
    }
}
// The path of a file on this server, whatever host name its URL has.
export function ownPath(url?: string) {
    try {
        return url ? new URL(url, location.href).pathname.replace(/^\/*/, '/') : '';
    } catch {
        return '';
    }
}

// ---- times ----
const locale = () => (lang.get() === 'zh' ? 'zh-CN' : 'en-GB');
const date = (ms?: string | number) => (ms ? new Date(Number(ms)) : null);
export const dateTime = (ms?: string | number) =>
    date(ms)?.toLocaleString(locale(), {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
    }) ?? '';
export const dateTimeExact = (ms?: string | number) =>
    date(ms)?.toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'medium' }) ?? '';
export const day = (ms?: string | number) =>
    date(ms)?.toLocaleDateString(locale(), { month: 'short', day: 'numeric', weekday: 'short' }) ?? '';
// A date without a year that the server counts in, such as 2026-11-28: no zone moves it.
export const calendarDay = (iso: string) =>
    new Date(`${iso}T00:00:00Z`).toLocaleDateString(locale(), { month: 'short', day: 'numeric', timeZone: 'UTC' });
export const clock = (ms?: string | number) =>
    date(ms)?.toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' }) ?? '';
export function ago(ms?: string | number, timed?: boolean) {
    if (!ms) return '';
    const s = (Number(ms) - Date.now()) / 1000;
    const f = new Intl.RelativeTimeFormat(lang.get() === 'zh' ? 'zh-CN' : 'en', { numeric: 'auto' });
    const abs = Math.abs(s);
    if (abs < 60) return f.format(Math.round(s), 'second');
    if (abs < 3600) return f.format(Math.round(s / 60), 'minute');
    if (abs < 86400) return f.format(Math.round(s / 3600), 'hour');
    if (abs < 86400 * 30) return f.format(Math.round(s / 86400), 'day');
    if (timed) return dateTime(ms);
    return date(ms)!.toLocaleDateString(locale(), { year: 'numeric', month: 'short', day: 'numeric' });
}
const rounded = (n: number, digits: number) => String(Number(n.toFixed(digits)));
export function duration(ms?: string | number) {
    const h = Number(ms ?? 0) / 3600000;
    if (h < 1) return tr(`${Math.max(1, Math.round(h * 60))} 分钟`, `${Math.max(1, Math.round(h * 60))} min`);
    const hours = rounded(h, 1);
    if (h < 48) return tr(`${hours} 小时`, hours === '1' ? '1 hour' : `${hours} hours`);
    const days = rounded(h / 24, h < 240 ? 1 : 0);
    return tr(`${days} 天`, `${days} days`);
}
export const isZhNow = () => lang.get() === 'zh';
