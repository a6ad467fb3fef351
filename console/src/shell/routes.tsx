// SPDX-License-Identifier: Apache-2.0
//
// Maps addresses to pages; each page's code is loaded when it is first opened.
import { lazy, type ReactNode } from 'react';
import { Link, useT } from '../base';
import type { Session } from '../types';
import { Head, State } from '../ui';
import { items, may } from './nav';

const Overview = lazy(() => import('../pages/overview'));
const Applications = lazy(() => import('../pages/applications'));
const ApplicationPage = lazy(() => import('../pages/application'));
const Orders = lazy(() => import('../pages/orders'));
const Interviews = lazy(() => import('../pages/interviews'));
const InterviewPage = lazy(() => import('../pages/interview'));
const SettingsPage = lazy(() => import('../pages/settings'));
const ApiPage = lazy(() => import('../pages/tryapi'));
const Requests = lazy(() => import('../pages/requests'));
const Events = lazy(() => import('../pages/events'));
const Me = lazy(() => import('../pages/me'));

export function pageOf(path: string, s: Session): ReactNode {
    const [, a, b] = path.split('?')[0].split('/');
    if (!a) return may(s, ['recruiter', 'approver']) ? <Overview session={s} /> : <Interviews session={s} />;
    const place = items.find((i) => i.href === `/${a}`);
    if (place && !may(s, place.roles)) return <NotForYou zh={place.zh} en={place.en} />;
    if (a === 'applications') return b ? <ApplicationPage id={b} session={s} /> : <Applications />;
    if (a === 'orders') return <Orders />;
    if (a === 'interviews') return b ? <InterviewPage id={b} session={s} /> : <Interviews session={s} />;
    if (a === 'settings') return <SettingsPage tab={b ?? 'vendors'} session={s} />;
    if (a === 'api') return <ApiPage />;
    if (a === 'requests') return <Requests />;
    if (a === 'events') return <Events id={b} />;
    if (a === 'me') return <Me session={s} />;
    return <NotFound />;
}

function Nowhere({ title, kind, text }: { title: string; kind: string; text: string }) {
    const t = useT();
    return (
        <>
            <Head title={title} />
            <section className="card">
                <State kind={kind} title={text}>
                    <Link href="/">{t('回到首页', 'Back to home')}</Link>
                </State>
            </section>
        </>
    );
}
function NotForYou({ zh, en }: { zh: string; en: string }) {
    const t = useT();
    return (
        <Nowhere
            title={t(zh, en)}
            kind="lock"
            text={t('你的角色没有这里的权限', 'You do not have access to this page')}
        />
    );
}
function NotFound() {
    const t = useT();
    return (
        <Nowhere
            title={t('没有这个页面', 'Page not found')}
            kind="empty"
            text={t('地址可能有误，或页面已经移走', 'The address may be wrong, or the page may have moved')}
        />
    );
}
