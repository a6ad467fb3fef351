// SPDX-License-Identifier: Apache-2.0
//
// Placeholders for content: empty, failed, offline, forbidden, loading.
import Button from '@douyinfe/semi-ui/lib/es/button';
import { type ReactElement, type ReactNode } from 'react';
import { ApiError } from '../api';
import { toHead } from '../arrive';
import { Link, navigate, useT } from '../base';
import { refusalText } from '../reasons';
import { Name, useWindowTitle } from './marks';

const drawings: Record<string, ReactElement> = {
    empty: <path d="M8 20h14l4 6h12l4-6h14M8 20l8-12h32l8 12v28a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4z" />,
    error: <path d="M32 8 58 54H6zM32 26v14M32 46v2" />,
    offline: <path d="M12 28c12-11 28-11 40 0M20 37c7-6 17-6 24 0M28 46c2-2 6-2 8 0M8 8l48 48" />,
    lock: <path d="M16 28h32v26H16zM22 28V20a10 10 0 0 1 20 0v8M32 38v6" />,
};
export function State({
    kind,
    title,
    text,
    children,
}: {
    kind: string;
    title: string;
    text?: ReactNode;
    children?: ReactNode;
}) {
    return (
        <div className="state" role={kind === 'empty' ? undefined : 'alert'}>
            <svg
                width="56"
                height="56"
                viewBox="0 0 64 64"
                fill="none"
                stroke="currentColor"
                strokeWidth="2.500"
                strokeLinecap="round"
                strokeLinejoin="round"
                aria-hidden="true"
            >
                {drawings[kind]}
            </svg>
            <b>{title}</b>
            {text && <span>{text}</span>}
            {children}
        </div>
    );
}
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
    const t = useT();
    const again = retry && <Button onClick={retry}>{t('重试', 'Try again')}</Button>;
    if (error instanceof ApiError) {
        if (error.offline)
            return (
                <State
                    kind="offline"
                    title={t('连不上服务器', 'Cannot reach the server')}
                    text={t('连接恢复后会自动重试。', 'hired tries again automatically once the connection is back.')}
                >
                    {again}
                </State>
            );
        if (error.forbidden)
            return (
                <State
                    kind="lock"
                    title={t('你的角色没有这里的权限', 'You do not have access to this page')}
                    text={t('需要时请联系管理员。', 'If you need access, contact an administrator.')}
                />
            );
        if (error.status === 501)
            return (
                <State kind="lock" title={t('这个版本还没有此功能', 'This version does not have this feature yet')} />
            );
        if (error.status === 404)
            return (
                <State
                    kind="empty"
                    title={t('没有找到', 'Not found')}
                    text={t(
                        '它可能已被删除，或者地址不完整。',
                        'It may have been deleted, or the address may be incomplete.',
                    )}
                >
                    <Link href="/">{t('回到首页', 'Back to home')}</Link>
                </State>
            );
        return (
            <State
                kind="error"
                title={t('出错了', 'Something went wrong')}
                text={
                    <>
                        {refusalText(error)}
                        <br />
                        <span className="mono">{error.logId}</span>
                    </>
                }
            >
                {again}
            </State>
        );
    }
    return (
        <State
            kind="error"
            title={t('出错了', 'Something went wrong')}
            text={String((error as Error)?.message ?? error)}
        >
            {again}
        </State>
    );
}
export function Loading({ lines = 5 }: { lines?: number }) {
    const t = useT();
    return (
        <div role="status" aria-label={t('加载中', 'Loading')} style={{ display: 'grid', gap: 14, padding: 18 }}>
            {Array.from({ length: lines }, (_, i) => (
                <div key={i} className="sk" style={{ width: `${92 - ((i * 17) % 45)}%` }} />
            ))}
        </div>
    );
}
// Placeholder rows of the same height as a list's rows.
export function LoadingRows() {
    const t = useT();
    return (
        <div className="list loading-rows" role="status" aria-label={t('加载中', 'Loading')}>
            {Array.from({ length: 10 }, (_, i) => (
                <div key={i}>
                    <div className="sk" />
                    <div className="sk" />
                </div>
            ))}
        </div>
    );
}
// No row matches the filters in the address.
export function NothingFits({ title }: { title: string }) {
    const t = useT();
    return (
        <State kind="empty" title={title} text={t('换个条件，或清除筛选。', 'Change or clear the filters.')}>
            <Button
                onClick={() => {
                    navigate(location.pathname, true);
                    toHead();
                }}
            >
                {t('清除筛选', 'Clear filters')}
            </Button>
        </State>
    );
}
export function Load<T>({
    q,
    children,
    lines,
    title,
}: {
    title?: string;
    q: { data?: T; error: unknown; isPending: boolean; refetch: () => unknown };
    children: (d: T) => ReactNode;
    lines?: number;
}) {
    useWindowTitle(q.data === undefined ? title : undefined);
    if (q.data !== undefined) return <>{children(q.data)}</>;
    return (
        <>
            {title && <Name passing>{title}</Name>}
            {q.error ? <Failed error={q.error} retry={() => q.refetch()} /> : <Loading lines={lines} />}
        </>
    );
}
