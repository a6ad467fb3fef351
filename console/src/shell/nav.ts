// SPDX-License-Identifier: Apache-2.0
//
// The pages of the navigation, and the roles that see them.
import type { Session } from '../types';

export interface Item {
    href: string;
    zh: string;
    en: string;
    icon: string;
    roles?: string[];
    group?: string;
}
export const items: Item[] = [
    {
        href: '/',
        zh: '概览',
        en: 'Overview',
        icon: 'M4 19V9M10 19V5M16 19v-7M21 19H3',
        roles: ['recruiter', 'approver'],
    },
    {
        href: '/applications',
        zh: '投递',
        en: 'Applications',
        icon: 'M8 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c0-4 3-6 6-6s6 2 6 6M16 4a4 4 0 0 1 0 8M18 14c3 1 4 3 4 6',
        roles: ['recruiter', 'approver'],
    },
    {
        href: '/orders',
        zh: '背景调查',
        en: 'Background checks',
        icon: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4',
        roles: ['recruiter', 'approver'],
    },
    { href: '/interviews', zh: '面试', en: 'Interviews', icon: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4' },
    {
        href: '/settings/vendors',
        zh: '设置',
        en: 'Settings',
        icon: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
        roles: ['admin'],
        group: 'admin',
    },
    { href: '/events', zh: '事件', en: 'Events', icon: 'M13 3L5 14h6l-1 7 8-11h-6z', roles: ['admin'], group: 'dev' },
    {
        href: '/api',
        zh: '接口调试',
        en: 'API',
        icon: 'M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16',
        roles: ['admin'],
        group: 'dev',
    },
    {
        href: '/requests',
        zh: '请求日志',
        en: 'Request log',
        icon: 'M4 6h16M4 12h16M4 18h10',
        roles: ['admin'],
        group: 'dev',
    },
];
export const may = (s: Session, roles?: string[]) =>
    !roles || s.user.roles.includes('admin') || roles.some((r) => s.user.roles.includes(r));
