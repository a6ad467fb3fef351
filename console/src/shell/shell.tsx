// SPDX-License-Identifier: Apache-2.0
//
// The frame around the pages: navigation, language, theme, account.
import { Component, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { visited } from '../back';
import { lang, Link, personName, theme, useLang, useLocation, useT, useTheme } from '../base';
import { signOut, useLock } from '../session';
import type { Session } from '../types';
import { Button, Failed, Loading, useDeed, useLayer } from '../ui';
import { role } from '../words';
import { Icon } from './icon';
import { useKeys } from './keys';
import { KeysHelp } from './keys-help';
import { useLive, useOnline } from './live';
import { items, may, type Item } from './nav';
import { pageOf } from './routes';

class Guard extends Component<{ children: ReactNode; at: string }, { error: unknown }> {
    state = { error: null as unknown };
    static getDerivedStateFromError(error: unknown) {
        return { error };
    }
    componentDidUpdate(before: { at: string }) {
        if (before.at !== this.props.at && this.state.error) this.setState({ error: null });
    }
    render() {
        return this.state.error ? (
            <Failed error={this.state.error} retry={() => this.setState({ error: null })} />
        ) : (
            this.props.children
        );
    }
}

export function Switches() {
    const t = useT();
    const l = useLang(),
        th = useTheme();
    const colours = th === 'dark' ? t('浅色', 'Light theme') : t('深色', 'Dark theme');
    return (
        <div className="row tight">
            <button
                className="iconbtn"
                lang={l === 'zh' ? 'en' : 'zh-CN'}
                onClick={() => lang.set(l === 'zh' ? 'en' : 'zh')}
            >
                {l === 'zh' ? 'English' : '中文'}
            </button>
            <button
                className="iconbtn"
                aria-label={colours}
                title={colours}
                onClick={() => theme.set(th === 'dark' ? 'light' : 'dark')}
            >
                <Icon
                    d={
                        th === 'dark'
                            ? 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1M5 19l1-1M18 6l1-1'
                            : 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z'
                    }
                />
            </button>
        </div>
    );
}

// A user who loses a role keeps the open page until they leave it, to read it or to copy what they typed.
function useKept(at: string, session: Session) {
    const path = at.split('?')[0];
    const [kept, setKept] = useState({ path, roles: session.user.roles });
    const renew = () => setKept({ path, roles: session.user.roles });
    if (kept.path !== path) renew();
    const lost = kept.roles.filter((r) => !session.user.roles.includes(r));
    const roles = [...session.user.roles, ...lost];
    return {
        lostRoles: lost.length > 0,
        shown: lost.length ? { ...session, user: { ...session.user, roles } } : session,
        renew,
    };
}
// Closes the menu of a narrow window when the window becomes wide.
function useWide(then: () => void) {
    const f = useRef(then);
    f.current = then;
    useEffect(() => {
        const wide = matchMedia('(min-width: 901px)');
        const tell = () => wide.matches && f.current();
        wide.addEventListener('change', tell);
        return () => wide.removeEventListener('change', tell);
    }, []);
}

// Nobody should take a server for tests for the one with the company's records.
function TestMode() {
    const t = useT();
    return (
        <span
            className="test-mode"
            title={t('这个服务器只用于测试（--test）', 'This server is for tests only (--test)')}
        >
            {t('测试模式', 'Test mode')}
        </span>
    );
}

export function Shell({ session }: { session: Session }) {
    const t = useT();
    const at = useLocation();
    useEffect(() => {
        // For interviewers "/" shows their interviews, whose address is /interviews.
        if (at !== '/' || may(session, ['recruiter', 'approver'])) visited(at);
    }, [at, session]);
    const isOnline = useOnline();
    const [open, setOpen] = useState(false),
        [keys, setKeys] = useState(false);
    const main = useRef<HTMLElement>(null);
    const lost = useLive();
    const leaving = useDeed();
    const lock = useLock();
    const { shown, lostRoles, renew } = useKept(at, session);
    const side = useRef<HTMLDivElement>(null);
    useEffect(() => setOpen(false), [at]);
    useWide(() => setOpen(false));
    useLayer(side, open, () => setOpen(false));
    useKeys(() => setKeys(true));
    const path = at.split('?')[0];
    const mine = items.filter((i) => may(session, i.roles));
    // A user without access to the overview starts at the first page of the navigation.
    const here = path === '/' ? mine[0].href : `/${path.split('/')[1]}`;
    const link = (i: Item) => (
        <li key={i.href}>
            <Link
                href={i.href}
                aria-current={
                    (i.href === '/' ? path === '/' : `/${i.href.split('/')[1]}` === here) ? 'page' : undefined
                }
            >
                <Icon d={i.icon} />
                {t(i.zh, i.en)}
            </Link>
        </li>
    );
    const dev = mine.filter((i) => i.group === 'dev');
    return (
        <div className="shell">
            <a
                className="skip"
                href="#main"
                onClick={(e) => {
                    e.preventDefault();
                    main.current?.focus();
                }}
            >
                {t('跳到正文', 'Skip to main content')}
            </a>
            <header className="topbar">
                <button
                    className="iconbtn"
                    aria-label={t('菜单', 'Menu')}
                    aria-expanded={open}
                    onClick={() => setOpen(!open)}
                >
                    <Icon d={'M4 7h16M4 12h16M4 17h16'} />
                </button>
                <Link href="/" className="brand">
                    <img src="/icon.svg" alt="" />
                    hired
                </Link>
                {session.test && <TestMode />}
                <Switches />
            </header>
            {open && (
                <button
                    className="scrim"
                    data-above
                    tabIndex={-1}
                    aria-label={t('关闭菜单', 'Close menu')}
                    onClick={() => setOpen(false)}
                />
            )}
            <div
                className={`side ${open ? 'open' : ''}`}
                ref={side}
                {...(open
                    ? { role: 'dialog', 'aria-modal': true, 'aria-label': t('菜单', 'Menu') }
                    : { role: 'complementary' })}
                tabIndex={-1}
            >
                <Link href="/" className="brand">
                    <img src="/icon.svg" alt="" />
                    <span>
                        hired<small>{session.tenant_name}</small>
                    </span>
                    {session.test && <TestMode />}
                </Link>
                <nav className="nav" aria-label={t('主导航', 'Main navigation')}>
                    <ul>
                        {mine.filter((i) => !i.group).map(link)}
                        {mine.filter((i) => i.group === 'admin').map(link)}
                    </ul>
                    {dev.length > 0 && (
                        <>
                            <div className="nav-head">{t('开发者', 'Developers')}</div>
                            <ul>{dev.map(link)}</ul>
                        </>
                    )}
                </nav>
                <div className="side-foot">
                    <div className="row tight">
                        <Switches />
                        <button
                            className="iconbtn"
                            aria-label={t('快捷键', 'Keyboard shortcuts')}
                            title={t('快捷键（?）', 'Keyboard shortcuts (?)')}
                            aria-keyshortcuts="?"
                            onClick={() => setKeys(true)}
                        >
                            ?
                        </button>
                    </div>
                    <div className="who">
                        <span className="face" aria-hidden="true">
                            {personName(session.user).slice(0, 1)}
                        </span>
                        <Link href="/me" className="grow" style={{ color: 'inherit' }}>
                            <div className="clip" style={{ fontWeight: 600 }}>
                                {personName(session.user)}
                            </div>
                            <div className="clip small muted">{session.user.roles.map(role).join(' · ')}</div>
                        </Link>
                        <button
                            className="iconbtn"
                            aria-label={t('退出登录', 'Sign out')}
                            title={t('退出登录', 'Sign out')}
                            disabled={leaving.busy}
                            onClick={() => leaving.run(signOut)}
                        >
                            <Icon d={'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9'} />
                        </button>
                    </div>
                </div>
            </div>
            <KeysHelp session={session} open={keys} close={() => setKeys(false)} />
            <main id="main" ref={main} tabIndex={-1}>
                {(lost || !isOnline) && !lock && (
                    <div className="banner" role="status">
                        {isOnline
                            ? t(
                                  '连不上服务器，显示的是最后一次的内容；恢复后自动更新',
                                  'Cannot reach the server. You are seeing the last loaded data; it updates when the connection is back.',
                              )
                            : t(
                                  '网络已断开，显示的是最后一次的内容',
                                  'You are offline. You are seeing the last loaded data.',
                              )}
                    </div>
                )}
                {lostRoles && (
                    <div className="banner row" role="status">
                        <span className="grow">
                            {t(
                                `你的角色已变更，现在是：${session.user.roles.map(role).join('、')}。这个页面仍可阅读，但有些操作不再可用。`,
                                `Your roles have changed. You are now: ${session.user.roles.map(role).join(', ')}. You can still read this page, but some actions are no longer available.`,
                            )}
                        </span>
                        <Button size="small" onClick={renew}>
                            {t('刷新页面', 'Refresh page')}
                        </Button>
                    </div>
                )}
                <div className="content">
                    <Guard at={at}>
                        <Suspense fallback={<Loading />}>{pageOf(at, shown)}</Suspense>
                    </Guard>
                </div>
            </main>
        </div>
    );
}
