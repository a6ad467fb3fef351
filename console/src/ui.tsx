// SPDX-License-Identifier: Apache-2.0
//
// Small parts that all pages are made of: states, pills, fields, lists that load as one scrolls, questions before a deed.
import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import Button from '@douyinfe/semi-ui/lib/es/button';
import Modal from '@douyinfe/semi-ui/lib/es/modal';
import Toast from '@douyinfe/semi-ui/lib/es/toast';
import { cloneElement, useEffect, useId, useRef, useState, type CSSProperties, type ReactElement, type ReactNode } from 'react';
import { ApiError, get, type Page as PageOf } from './api';
import { ago, dateTimeExact, tr, useT } from './base';
import { light, type Tone } from './words';

export { Button, Modal };

export function Pill({ tone, text }: { tone: Tone; text: string }) {
    return <span className={`pill t-${tone}`}>{text}</span>;
}
export function Light({ result }: { result?: string }) {
    const l = light(result);
    if (!l.text) return null;
    return <span className={`light ${l.tone ? `l-${l.tone}` : ''}`}><i aria-hidden="true" />{l.text}</span>;
}
export function When({ ms }: { ms?: string | number }) {
    if (!ms) return null;
    return <time dateTime={new Date(Number(ms)).toISOString()} title={dateTimeExact(ms)}>{ago(ms)}</time>;
}
export function Head({ title, sub, crumb, children }: { title: ReactNode; sub?: ReactNode; crumb?: ReactNode; children?: ReactNode }) {
    useEffect(() => { if (typeof title === 'string') document.title = `${title} · hired`; }, [title]);
    return <header className="head"><div className="grow">{crumb}<h1>{title}</h1>{sub && <div className="sub">{sub}</div>}</div>{children && <div className="do">{children}</div>}</header>;
}

// ---- states ----
const drawings: Record<string, ReactElement> = {
    empty: <path d="M8 20h14l4 6h12l4-6h14M8 20l8-12h32l8 12v28a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4z" />,
    error: <path d="M32 8 58 54H6zM32 26v14M32 46v2" />,
    offline: <path d="M12 28c12-11 28-11 40 0M20 37c7-6 17-6 24 0M28 46c2-2 6-2 8 0M8 8l48 48" />,
    lock: <path d="M16 28h32v26H16zM22 28V20a10 10 0 0 1 20 0v8M32 38v6" />,
};
export function State({ kind, title, text, children }: { kind: string; title: string; text?: ReactNode; children?: ReactNode }) {
    return <div className="state" role={kind === 'empty' ? undefined : 'alert'}>
        <svg width="56" height="56" viewBox="0 0 64 64" fill="none" stroke="currentColor" strokeWidth="2.500" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">{drawings[kind]}</svg>
        <b>{title}</b>{text && <span>{text}</span>}{children}
    </div>;
}
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
    const t = useT();
    const again = retry && <Button onClick={retry}>{t('重试', 'Try again')}</Button>;
    if (error instanceof ApiError) {
        if (error.offline) return <State kind="offline" title={t('连不上服务器', 'The server cannot be reached')} text={t('连接恢复后会自动重试。', 'It is tried again when the connection is back.')}>{again}</State>;
        if (error.forbidden) return <State kind="lock" title={t('没有权限', 'Not for your role')} text={t('请联系管理员。', 'Please ask an administrator.')} />;
        if (error.status === 501) return <State kind="lock" title={t('这个版本还没有此功能', 'This version does not have it yet')} />;
        if (error.status === 404) return <State kind="empty" title={t('没有找到', 'There is nothing here')} text={error.message} />;
        return <State kind="error" title={t('出错了', 'That did not work')} text={<>{error.message}<br /><span className="mono">{error.logId}</span></>}>{again}</State>;
    }
    return <State kind="error" title={t('出错了', 'That did not work')} text={String((error as Error)?.message ?? error)}>{again}</State>;
}
export function Loading({ lines = 5 }: { lines?: number }) {
    const t = useT();
    return <div role="status" aria-label={t('加载中', 'Loading')} style={{ display: 'grid', gap: 14, padding: 18 }}>
        {Array.from({ length: lines }, (_, i) => <div key={i} className="sk" style={{ width: `${92 - (i * 17) % 45}%` }} />)}
    </div>;
}
export function Load<T>({ q, children, lines, title }: { title?: string; q: { data?: T; error: unknown; isPending: boolean; refetch: () => unknown }; children: (d: T) => ReactNode; lines?: number }) {
    if (q.data !== undefined) return <>{children(q.data)}</>;
    return <>{title && <h1 className="vh">{title}</h1>}{q.error ? <Failed error={q.error} retry={() => q.refetch()} /> : <Loading lines={lines} />}</>;
}

// ---- lists, a page at a time as one scrolls ----
export function usePages<T>(key: unknown[], path: string, query: Record<string, string | number | boolean | undefined> = {}) {
    return useInfiniteQuery({
        queryKey: [...key, query],
        queryFn: ({ pageParam, signal }) => get<PageOf<T>>(path, { ...query, page_token: pageParam || undefined }, signal),
        initialPageParam: '',
        getNextPageParam: (last) => (last.has_more ? last.next_page_token ?? last.page_token : undefined),
        placeholderData: (before) => before,
    });
}
export const allOf = <T,>(q: UseInfiniteQueryResult<{ pages: PageOf<T>[] }, unknown>) => q.data?.pages.flatMap((p) => p.items ?? []) ?? [];
export function More({ q }: { q: UseInfiniteQueryResult<unknown, unknown> }) {
    const t = useT();
    const ref = useRef<HTMLDivElement>(null);
    const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = q;
    useEffect(() => {
        if (!ref.current || !hasNextPage || isError) return;
        const o = new IntersectionObserver((e) => { if (e.some((x) => x.isIntersecting) && !isFetchingNextPage) fetchNextPage(); }, { rootMargin: '600px' });
        o.observe(ref.current);
        return () => o.disconnect();
    }, [hasNextPage, isFetchingNextPage, fetchNextPage, isError]);
    if (!hasNextPage) return null;
    return <div className="more" ref={ref}><Button loading={isFetchingNextPage} onClick={() => fetchNextPage()}>{t('加载更多', 'Load more')}</Button></div>;
}
export function Rows({ label, cols, heads, children }: { label: string; cols: string; heads: string[]; children: ReactNode }) {
    return <div className="list" style={{ '--cols': cols } as CSSProperties}>
        <div className="list-head" aria-hidden="true">{heads.map((h) => <span key={h}>{h}</span>)}</div>
        <ul aria-label={label}>{children}</ul>
    </div>;
}

// ---- fields ----
export function Field({ label, hint, error, required, children }: { label: string; hint?: ReactNode; error?: string; required?: boolean; children: ReactElement }) {
    const id = useId();
    return <div className="field">
        <label htmlFor={id}>{label}{required && <span className="req" aria-hidden="true"> *</span>}</label>
        {cloneElement(children, { id, 'aria-required': required || undefined, 'aria-invalid': error ? true : undefined, 'aria-describedby': hint || error ? `${id}-h` : undefined })}
        {error ? <div className="err" id={`${id}-h`} role="alert">{error}</div> : hint ? <div className="hint" id={`${id}-h`}>{hint}</div> : null}
    </div>;
}
export type TextProps = { value: string; onChange: (v: string) => void; type?: string; rows?: number; placeholder?: string; maxLength?: number; autoFocus?: boolean; autoComplete?: string; className?: string; id?: string; name?: string; 'aria-label'?: string; accept?: string };
export function Text({ value, onChange, rows, className, ...rest }: TextProps) {
    const props = { ...rest, className: `native ${className ?? ''}`, value, onChange: (e: { target: { value: string } }) => onChange(e.target.value) };
    return rows ? <textarea {...props} rows={rows} /> : <input {...props} />;
}
export function Choice({ value, onChange, options, none, ...rest }: { value: string; onChange: (v: string) => void; options: [string, string][]; none?: string; id?: string; 'aria-label'?: string; name?: string }) {
    return <select className="native" {...rest} value={value} onChange={(e) => onChange(e.target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}
    </select>;
}
export function Checks({ label, value, onChange, options, required, error, hint }: { label: string; value: string[]; onChange: (v: string[]) => void; options: [string, string][]; required?: boolean; error?: string; hint?: string }) {
    return <fieldset><legend>{label}{required && <span style={{ color: 'var(--red)' }} aria-hidden="true"> *</span>}</legend>
        {hint && <div className="muted small">{hint}</div>}
        <div className="checks">{options.map(([v, text]) => <label key={v}>
            <input type="checkbox" checked={value.includes(v)} onChange={(e) => onChange(e.target.checked ? [...value, v] : value.filter((x) => x !== v))} />{text}
        </label>)}</div>
        {error && <div className="small" style={{ color: 'var(--red)' }} role="alert">{error}</div>}
    </fieldset>;
}
export function Tick({ checked, onChange, children, disabled }: { checked: boolean; onChange: (v: boolean) => void; children: ReactNode; disabled?: boolean }) {
    return <label className="tick"><input type="checkbox" disabled={disabled} checked={checked} onChange={(e) => onChange(e.target.checked)} /><span>{children}</span></label>;
}

// ---- deeds ----
export const done = (text: string) => Toast.success({ content: text, duration: 3 });
export function sayError(e: unknown) {
    const a = e instanceof ApiError ? e : null;
    Toast.error({ content: a?.offline ? tr('连不上服务器，未保存', 'The server cannot be reached; nothing was saved') : `${(e as Error).message}${a?.logId ? ` (${a.logId})` : ''}`, duration: 6 });
}
// Runs a deed with its button showing progress; an error becomes words.
export function useDeed() {
    const [busy, setBusy] = useState(false);
    return { busy, run: async (f: () => Promise<unknown>) => {
        setBusy(true);
        try { await f(); return true; } catch (e) { sayError(e); return false; } finally { setBusy(false); }
    } };
}
export function Dialog({ title, open, close, ok, okText, danger, busy, disabled, children, width }: {
    title: string; open: boolean; close: () => void; ok?: () => void; okText?: string; danger?: boolean; busy?: boolean; disabled?: boolean; children: ReactNode; width?: number;
}) {
    const t = useT();
    return <Modal title={title} visible={open} onCancel={close} width={width ?? 520} closeOnEsc maskClosable={!busy} modalRender={undefined}
        footer={<div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button onClick={close} disabled={busy}>{ok ? t('取消', 'Cancel') : t('关闭', 'Close')}</Button>
            {ok && <Button theme="solid" type={danger ? 'danger' : 'primary'} loading={busy} disabled={disabled} onClick={ok}>{okText ?? t('确定', 'OK')}</Button>}
        </div>}>{children}</Modal>;
}
// A question before a deed, with a reason where one is wanted.
export function Ask({ title, text, okText, danger, reason, open, close, act }: {
    title: string; text: ReactNode; okText: string; danger?: boolean; reason?: 'required' | 'optional'; open: boolean; close: () => void; act: (reason: string) => Promise<unknown>;
}) {
    const t = useT();
    const [why, setWhy] = useState('');
    const { busy, run } = useDeed();
    useEffect(() => { if (open) setWhy(''); }, [open]);
    return <Dialog title={title} open={open} close={close} danger={danger} okText={okText} busy={busy} disabled={reason === 'required' && !why.trim()}
        ok={async () => { if (await run(() => act(why.trim()))) close(); }}>
        <div className="form"><p>{text}</p>
            {reason && <Field label={reason === 'required' ? t('原因', 'Reason') : t('说明（可不填）', 'Note (may be left out)')} required={reason === 'required'}><Text rows={3} value={why} onChange={setWhy} maxLength={2000} name="reason" /></Field>}
        </div>
    </Dialog>;
}
export function Secret({ title, rows, close }: { title: string; rows: [string, string][]; close: () => void }) {
    const t = useT();
    return <Dialog title={title} open close={close}><div className="form">
        <p>{t('它只显示这一次，请现在保存。', 'It is shown this once. Please keep it now.')}</p>
        {rows.map(([k, v]) => <div key={k}><div className="muted small">{k}</div><div className="row"><code className="mono grow" data-secret>{v}</code>
            <Button size="small" onClick={() => navigator.clipboard?.writeText(v).then(() => done(t('已复制', 'Copied')))}>{t('复制', 'Copy')}</Button></div></div>)}
    </div></Dialog>;
}
export function Seg<T extends string>({ value, onChange, options, label }: { value: T; onChange: (v: T) => void; options: [T, string][]; label: string }) {
    return <div className="seg" role="group" aria-label={label}>{options.map(([v, text]) => <button type="button" key={v} aria-pressed={v === value} onClick={() => onChange(v)}>{text}</button>)}</div>;
}
