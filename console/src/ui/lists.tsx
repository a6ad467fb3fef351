// SPDX-License-Identifier: Apache-2.0
//
// Lists that load one page at a time while the user scrolls.
import Button from '@douyinfe/semi-ui/lib/es/button';
import {
    useInfiniteQuery,
    type InfiniteData,
    type QueryClient,
    type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { memo, useEffect, useRef, useState, type ComponentType, type CSSProperties, type ReactNode } from 'react';
import { get } from '../api';
import type { Page as PageOf } from '../types';
import { useT } from '../base';
import { Failed, LoadingRows } from './states';

type Filters = Record<string, string | number | boolean | undefined>;
export function usePages<T>(key: unknown[], path: string, query: Filters = {}) {
    return useInfiniteQuery({
        queryKey: [...key, query],
        meta: { path, query },
        queryFn: ({ pageParam, signal }) =>
            get<PageOf<T>>(path, { ...query, page_token: pageParam || undefined }, signal),
        initialPageParam: '',
        getNextPageParam: (last) => (last.has_more ? (last.next_page_token ?? last.page_token) : undefined),
        placeholderData: (before) => before,
    });
}
type Pages<T> = InfiniteData<PageOf<T>, string>;
export const pagesOf = (q: { state: { data?: unknown } }) =>
    (q.state.data as Pages<unknown> | undefined)?.pages?.length ?? 0;

// Updates lists after changes. Changed records move to the top of a list that is ordered by change, so of a list with several
// loaded pages only the first is requested, and its rows replace older copies; reloading every page would take a request each.
export async function freshen(qc: QueryClient, key: string, ids: string[]) {
    for (const q of qc.getQueryCache().findAll({ queryKey: [key] })) {
        const { path, query } = (q.meta ?? {}) as { path?: string; query?: Filters };
        if (!path || pagesOf(q) < 2 || !ids.length || !q.isActive()) {
            void qc.invalidateQueries({ queryKey: q.queryKey, exact: true });
            continue;
        }
        const head = await get<PageOf<{ id: string }>>(path, query).catch(() => null);
        if (head) qc.setQueryData<Pages<{ id: string }>>(q.queryKey, (d) => d && withHead(d, head.items ?? [], ids));
    }
}
function withHead(d: Pages<{ id: string }>, head: { id: string }[], ids: string[]) {
    const gone = new Set([...ids, ...head.map((i) => i.id)]);
    const pages = d.pages.map((p) =>
        p.items?.some((i) => gone.has(i.id)) ? { ...p, items: p.items.filter((i) => !gone.has(i.id)) } : p,
    );
    pages[0] = { ...pages[0], items: [...head, ...(pages[0].items ?? [])] };
    return { ...d, pages };
}
// Replaces one row in a loaded list, if the list has it.
export const changeRow = <T extends { id: string }>(
    qc: QueryClient,
    key: readonly unknown[],
    id: string,
    change: (row: T) => T,
) =>
    qc.setQueryData<Pages<T>>(
        key,
        (d) =>
            d && {
                ...d,
                pages: d.pages.map((p) =>
                    p.items?.some((i) => i.id === id)
                        ? { ...p, items: p.items.map((i) => (i.id === id ? change(i) : i)) }
                        : p,
                ),
            },
    );

export const allOf = <T,>(q: UseInfiniteQueryResult<{ pages: PageOf<T>[] }, unknown>) =>
    q.data?.pages.flatMap((p) => p.items ?? []) ?? [];
export function More({ q }: { q: UseInfiniteQueryResult<unknown, unknown> }) {
    const t = useT();
    const ref = useRef<HTMLDivElement>(null);
    const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = q;
    useEffect(() => {
        if (!ref.current || !hasNextPage || isError) return;
        const o = new IntersectionObserver(
            (e) => {
                if (e.some((x) => x.isIntersecting) && !isFetchingNextPage) fetchNextPage();
            },
            { rootMargin: '600px' },
        );
        o.observe(ref.current);
        return () => o.disconnect();
    }, [hasNextPage, isFetchingNextPage, fetchNextPage, isError]);
    if (!hasNextPage) return null;
    return (
        <div className="more" ref={ref}>
            <Button loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
                {t('加载更多', 'Load more')}
            </Button>
        </div>
    );
}
// Shows the loading, error or empty state, or the rows with a loader for more.
export function Listing<T>({
    q,
    empty,
    children,
}: {
    q: UseInfiniteQueryResult<{ pages: PageOf<T>[] }, unknown>;
    empty: ReactNode;
    children: ReactNode;
}) {
    if (q.isPending) return <LoadingRows />;
    if (q.error && !q.data)
        return (
            <div className="card">
                <Failed error={q.error} retry={() => q.refetch()} />
            </div>
        );
    // A page may be empty and have a next one, because the server looks at a bounded number of records for each page.
    if (!q.data?.pages.some((p) => p.items?.length) && !q.hasNextPage) return <div className="card">{empty}</div>;
    if (!q.data?.pages.some((p) => p.items?.length))
        return (
            <>
                <LoadingRows />
                <More q={q} />
            </>
        );
    return (
        <>
            {children}
            <More q={q} />
        </>
    );
}

// Renders rows page by page: a loaded page is not rendered again when the next one arrives, and pages far from the viewport are
// placeholders of the same height, so that the cost does not depend on the list's length.
const FAR = '3000px';
function PageRowsOf<T extends { id: string }>({ items, row: Row }: { items: T[]; row: ComponentType<{ item: T }> }) {
    const ref = useRef<HTMLDivElement>(null);
    const [near, setNear] = useState(true),
        height = useRef(0);
    useEffect(() => {
        const el = ref.current;
        if (!el) return;
        const o = new IntersectionObserver(
            ([e]) => {
                const held = el.contains(document.activeElement);
                if (!e.isIntersecting && !held) height.current = el.offsetHeight;
                setNear(e.isIntersecting || held);
            },
            { rootMargin: FAR },
        );
        o.observe(el);
        return () => o.disconnect();
    }, []);
    return (
        <div ref={ref} className="page" style={near ? undefined : { height: height.current }}>
            {near &&
                items.map((i) => (
                    <div role="listitem" key={i.id}>
                        <Row item={i} />
                    </div>
                ))}
        </div>
    );
}
const PageRows = memo(PageRowsOf) as typeof PageRowsOf;
export function PagedRows<T extends { id: string }>({
    q,
    row,
    label,
    cols,
    heads,
}: {
    q: UseInfiniteQueryResult<{ pages: PageOf<T>[] }, unknown>;
    row: ComponentType<{ item: T }>;
    label: string;
    cols: string;
    heads: string[];
}) {
    return (
        <div className="list" style={{ '--cols': cols } as CSSProperties}>
            <ListHead heads={heads} />
            <div role="list" aria-label={label}>
                {q.data?.pages.map((p, n) => !!p.items?.length && <PageRows key={n} items={p.items} row={row} />)}
            </div>
        </div>
    );
}
const ListHead = ({ heads }: { heads: string[] }) => (
    <div className="list-head" aria-hidden="true">
        {heads.map((h) => (
            <span key={h}>{h}</span>
        ))}
    </div>
);
export function Rows({
    label,
    cols,
    heads,
    children,
}: {
    label: string;
    cols: string;
    heads: string[];
    children: ReactNode;
}) {
    return (
        <div className="list" style={{ '--cols': cols } as CSSProperties}>
            <ListHead heads={heads} />
            <ul aria-label={label}>{children}</ul>
        </div>
    );
}
