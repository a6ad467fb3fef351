// SPDX-License-Identifier: Apache-2.0
//
// Small components: status pill, conclusion colour, time, page heading.
import { useEffect, useRef, type ReactNode } from 'react';
import { arrive } from '../arrive';
import { ago, dateTimeExact, useLocation } from '../base';
import { light, type Tone } from '../words';

export function Pill({ tone, text }: { tone: Tone; text: string }) {
    return <span className={`pill t-${tone}`}>{text}</span>;
}
// short: the colour only, for narrow rows.
export function Light({ result, short }: { result?: string; short?: boolean }) {
    const l = light(result);
    if (!l.text) return null;
    return (
        <span className={`light ${l.tone ? `l-${l.tone}` : ''}`}>
            <i aria-hidden="true" />
            <span className={short ? 'clip' : undefined}>{short ? l.text.split(' · ')[0] : l.text}</span>
        </span>
    );
}
// timed: with the time of day even for old dates.
export function When({ ms, timed }: { ms?: string | number; timed?: boolean }) {
    if (!ms) return null;
    return (
        <time dateTime={new Date(Number(ms)).toISOString()} title={dateTimeExact(ms)}>
            {ago(ms, timed)}
        </time>
    );
}
// Sets the title of the browser window.
export function useWindowTitle(title?: string) {
    useEffect(() => {
        if (title) document.title = `${title} · hired`;
    }, [title]);
}
// The page's heading, which gets the focus after navigation. passing: a placeholder while the page loads.
export function Name({ children, passing }: { children: ReactNode; passing?: boolean }) {
    const ref = useRef<HTMLHeadingElement>(null);
    const path = useLocation().split('?')[0];
    useEffect(() => arrive(ref.current, !!passing), [path, passing]);
    return (
        <h1 ref={ref} tabIndex={-1} className={passing ? 'vh' : undefined}>
            {children}
        </h1>
    );
}
export function Head({
    title,
    window,
    sub,
    crumb,
    children,
}: {
    title: ReactNode;
    window?: string; // absent: same as the title
    sub?: ReactNode;
    crumb?: ReactNode;
    children?: ReactNode;
}) {
    useWindowTitle(window ?? (typeof title === 'string' ? title : undefined));
    return (
        <header className="head">
            <div className="grow">
                {crumb}
                <Name>{title}</Name>
                {sub && <div className="sub">{sub}</div>}
            </div>
            {children && <div className="do">{children}</div>}
        </header>
    );
}
