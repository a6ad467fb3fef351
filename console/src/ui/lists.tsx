// SPDX-License-Identifier: Apache-2.0
//
// Lists that load a page at a time as one scrolls.
import Button from '@douyinfe/semi-ui/lib/es/button';
import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect, useRef, type CSSProperties, type ReactNode } from 'react';
import { get } from '../api';
import type { Page as PageOf } from '../types';
import { useT } from '../base';

export function usePages<T>(
    key: unknown[],
    path: string,
    query: Record<string, string | number | boolean | undefined> = {},
) {
    return useInfiniteQuery({
        queryKey: [...key, query],
        queryFn: ({ pageParam, signal }) =>
            get<PageOf<T>>(path, { ...query, page_token: pageParam || undefined }, signal),
        initialPageParam: '',
        getNextPageParam: (last) => (last.has_more ? (last.next_page_token ?? last.page_token) : undefined),
        placeholderData: (before) => before,
    });
}
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
            <div className="list-head" aria-hidden="true">
                {heads.map((h) => (
                    <span key={h}>{h}</span>
                ))}
            </div>
            <ul aria-label={label}>{children}</ul>
        </div>
    );
}
