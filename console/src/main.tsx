// SPDX-License-Identifier: Apache-2.0
//
// Begins the console: who is signed in, the frame around the pages, and what the server tells of changes.
import '@douyinfe/semi-ui/lib/es/_base/base.css';
import '@douyinfe/semi-foundation/lib/es/sideSheet/sideSheet.css';
import './app.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import LocaleProvider from '@douyinfe/semi-ui/lib/es/locale/localeProvider';
import enGB from '@douyinfe/semi-ui/lib/es/locale/source/en_GB';
import zhCN from '@douyinfe/semi-ui/lib/es/locale/source/zh_CN';
import { Component, lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, get, post, setCsrf, whenSignedOut, type Session } from './api';
import { lang, Link, navigate, personName, theme, useLang, useLocation, useT, useTheme } from './base';
import { SignIn } from './pages/signin';
import { Failed, Loading, State } from './ui';
import { role } from './words';

const Overview = lazy(() => import('./pages/overview'));
const Applications = lazy(() => import('./pages/applications'));
const ApplicationPage = lazy(() => import('./pages/application'));
const Orders = lazy(() => import('./pages/orders'));
const Interviews = lazy(() => import('./pages/interviews'));
const InterviewPage = lazy(() => import('./pages/interview'));
const SettingsPage = lazy(() => import('./pages/settings'));
const ApiPage = lazy(() => import('./pages/tryapi'));
const Requests = lazy(() => import('./pages/requests'));
const Events = lazy(() => import('./pages/events'));
const Me = lazy(() => import('./pages/me'));

const client = new QueryClient({
    queryCache: new QueryCache(), mutationCache: new MutationCache(),
    defaultOptions: { queries: { staleTime: 10_000, retry: (n, e) => e instanceof ApiError && (e.offline || e.status >= 502) && n < 2, refetchOnWindowFocus: true } },
});
whenSignedOut(() => client.setQueryData(['session'], null));

const icon = (d: string) => <svg width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={d} /></svg>;
interface Item { href: string; zh: string; en: string; icon: string; roles?: string[]; group?: string }
const items: Item[] = [
    { href: '/', zh: '概览', en: 'Overview', icon: 'M4 19V9M10 19V5M16 19v-7M21 19H3', roles: ['recruiter', 'approver'] },
    { href: '/applications', zh: '投递', en: 'Applications', icon: 'M8 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c0-4 3-6 6-6s6 2 6 6M16 4a4 4 0 0 1 0 8M18 14c3 1 4 3 4 6', roles: ['recruiter', 'approver'] },
    { href: '/orders', zh: '背景调查', en: 'Background checks', icon: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4', roles: ['recruiter', 'approver'] },
    { href: '/interviews', zh: '面试', en: 'Interviews', icon: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4' },
    { href: '/settings/vendors', zh: '设置', en: 'Settings', icon: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4', roles: ['admin'], group: 'admin' },
    { href: '/events', zh: '事件', en: 'Events', icon: 'M13 3L5 14h6l-1 7 8-11h-6z', roles: ['admin'], group: 'dev' },
    { href: '/api', zh: '接口调试', en: 'API', icon: 'M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16', roles: ['admin'], group: 'dev' },
    { href: '/requests', zh: '请求日志', en: 'Request log', icon: 'M4 6h16M4 12h16M4 18h10', roles: ['admin'], group: 'dev' },
];
export const may = (s: Session, roles?: string[]) => !roles || s.user.roles.includes('admin') || roles.some((r) => s.user.roles.includes(r));

// The server tells what changed; the queries that show it are asked again.
function useLive(on: boolean) {
    const qc = useQueryClient();
    useEffect(() => {
        if (!on) return;
        const source = new EventSource('/console/api/events/stream');
        const hear = (e: MessageEvent) => {
            let d: { kind?: string; id?: string } = {};
            try { d = JSON.parse(e.data); } catch { return; }
            if (d.kind === 'order') {
                qc.invalidateQueries({ queryKey: d.id ? ['order', d.id] : ['order'] });
                for (const k of ['orders', 'overview', 'application', 'applications']) qc.invalidateQueries({ queryKey: [k] });
            } else if (d.kind === 'application') {
                qc.invalidateQueries({ queryKey: d.id ? ['application', d.id] : ['application'] });
                qc.invalidateQueries({ queryKey: ['applications'] });
            } else if (d.kind === 'interview') {
                for (const k of ['interview', 'interviews', 'application']) qc.invalidateQueries({ queryKey: [k] });
            } else if (d.kind === 'delivery') for (const k of ['events', 'event', 'overview']) qc.invalidateQueries({ queryKey: [k] });
        };
        source.onmessage = hear;
        for (const name of ['change', 'order', 'application', 'interview', 'delivery']) source.addEventListener(name, hear as EventListener);
        return () => source.close();
    }, [on, qc]);
}
const online = (l: () => void) => { addEventListener('online', l); addEventListener('offline', l); return () => { removeEventListener('online', l); removeEventListener('offline', l); }; };

class Guard extends Component<{ children: ReactNode; at: string }, { error: unknown }> {
    state = { error: null as unknown };
    static getDerivedStateFromError(error: unknown) { return { error }; }
    componentDidUpdate(before: { at: string }) { if (before.at !== this.props.at && this.state.error) this.setState({ error: null }); }
    render() { return this.state.error ? <Failed error={this.state.error} retry={() => this.setState({ error: null })} /> : this.props.children; }
}

function pageOf(path: string, s: Session): ReactNode {
    const [, a, b] = path.split('?')[0].split('/');
    if (!a) return may(s, ['recruiter', 'approver']) ? <Overview session={s} /> : <Interviews session={s} />;
    if (a === 'applications') return b ? <ApplicationPage id={b} session={s} /> : <Applications />;
    if (a === 'orders') return <Orders />;
    if (a === 'interviews') return b ? <InterviewPage id={b} /> : <Interviews session={s} />;
    if (a === 'settings') return <SettingsPage tab={b ?? 'vendors'} session={s} />;
    if (a === 'api') return <ApiPage />;
    if (a === 'requests') return <Requests />;
    if (a === 'events') return <Events id={b} />;
    if (a === 'me') return <Me session={s} />;
    return <NotFound />;
}
function NotFound() {
    const t = useT();
    return <State kind="empty" title={t('没有这个页面', 'There is no such page')}><Link href="/">{t('回到首页', 'Back to the start')}</Link></State>;
}

export function Switches() {
    const t = useT();
    const l = useLang(), th = useTheme();
    return <div className="row tight">
        <button className="iconbtn" lang={l === 'zh' ? 'en' : 'zh-CN'} onClick={() => lang.set(l === 'zh' ? 'en' : 'zh')}>{l === 'zh' ? 'English' : '中文'}</button>
        <button className="iconbtn" aria-label={th === 'dark' ? t('浅色', 'Light colours') : t('深色', 'Dark colours')} onClick={() => theme.set(th === 'dark' ? 'light' : 'dark')}>
            {icon(th === 'dark' ? 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1M5 19l1-1M18 6l1-1' : 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z')}</button>
    </div>;
}

function Shell({ session }: { session: Session }) {
    const t = useT();
    const at = useLocation();
    const qc = useQueryClient();
    const isOnline = useSyncExternalStore(online, () => navigator.onLine);
    const [open, setOpen] = useState(false);
    const main = useRef<HTMLElement>(null);
    useLive(true);
    useEffect(() => setOpen(false), [at]);
    // "/" goes to the search, "g" and a letter to a page.
    useEffect(() => {
        let g = 0;
        const press = (e: KeyboardEvent) => {
            if (e.ctrlKey || e.metaKey || e.altKey || /INPUT|TEXTAREA|SELECT/.test((e.target as HTMLElement).tagName)) return;
            if (e.key === '/') { const s = document.querySelector<HTMLElement>('input[type=search]'); if (s) { e.preventDefault(); s.focus(); } }
            else if (e.key === 'g') g = Date.now();
            else if (Date.now() - g < 1200) {
                const to = { o: '/', a: '/applications', b: '/orders', i: '/interviews', s: '/settings/vendors', e: '/events' }[e.key];
                if (to) navigate(to);
                g = 0;
            }
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    }, []);
    const path = at.split('?')[0];
    const top = `/${path.split('/')[1] ?? ''}`;
    const link = (i: Item) => <li key={i.href}><Link href={i.href} aria-current={(i.href === '/' ? path === '/' : `/${i.href.split('/')[1]}` === top) ? 'page' : undefined}>{icon(i.icon)}{t(i.zh, i.en)}</Link></li>;
    const mine = items.filter((i) => may(session, i.roles));
    const dev = mine.filter((i) => i.group === 'dev');
    return <div className="shell">
        <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>{t('跳到正文', 'Skip to the content')}</a>
        <header className="topbar">
            <button className="iconbtn" aria-label={t('菜单', 'Menu')} aria-expanded={open} onClick={() => setOpen(!open)}>{icon('M4 7h16M4 12h16M4 17h16')}</button>
            <Link href="/" className="brand"><img src="/icon.svg" alt="" />hired</Link><Switches />
        </header>
        {open && <button className="scrim" aria-label={t('关闭菜单', 'Close the menu')} onClick={() => setOpen(false)} />}
        <aside className={`side ${open ? 'open' : ''}`} onKeyDown={(e) => { if (e.key === 'Escape') setOpen(false); }}>
            <Link href="/" className="brand"><img src="/icon.svg" alt="" /><span>hired<small>{session.tenant_name}</small></span></Link>
            <nav className="nav" aria-label={t('主导航', 'Main')}><ul>{mine.filter((i) => !i.group).map(link)}{mine.filter((i) => i.group === 'admin').map(link)}</ul>
                {dev.length > 0 && <><div className="nav-head">{t('开发者', 'Integrators')}</div><ul>{dev.map(link)}</ul></>}</nav>
            <div className="side-foot"><Switches />
                <div className="who"><span className="face" aria-hidden="true">{personName(session.user).slice(0, 1)}</span>
                    <Link href="/me" className="grow" style={{ color: 'inherit' }}><div className="clip" style={{ fontWeight: 600 }}>{personName(session.user)}</div><div className="clip small muted">{session.user.roles.map(role).join(' · ')}</div></Link>
                    <button className="iconbtn" aria-label={t('退出登录', 'Sign out')} title={t('退出登录', 'Sign out')} onClick={async () => { try { await post('session/sign_out'); } finally { qc.clear(); qc.setQueryData(['session'], null); navigate('/'); } }}>{icon('M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9')}</button></div>
            </div>
        </aside>
        <main id="main" ref={main} tabIndex={-1}>
            {!isOnline && <div className="banner" role="status">{t('网络已断开，显示的是最后一次的内容', 'You are offline; what you see is how it stood last')}</div>}
            <div className="content"><Guard at={at}><Suspense fallback={<Loading />}>{pageOf(at, session)}</Suspense></Guard></div>
        </main>
    </div>;
}

function Root() {
    const l = useLang();
    const q = useQuery<Session | null>({ queryKey: ['session'], staleTime: Infinity, queryFn: async () => {
        try { return await get<Session>('session'); } catch (e) { if (e instanceof ApiError && (e.signedOut || e.forbidden)) return null; throw e; }
    } });
    if (q.data) setCsrf(q.data.csrf_token);
    return <LocaleProvider locale={l === 'zh' ? zhCN : enGB}>
        {q.error ? <Failed error={q.error} retry={() => q.refetch()} /> : q.data === undefined ? <Loading /> : q.data ? <Shell session={q.data} /> : <SignIn />}
    </LocaleProvider>;
}
createRoot(document.getElementById('root')!).render(<QueryClientProvider client={client}><Root /></QueryClientProvider>);
