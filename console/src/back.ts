// SPDX-License-Identifier: Apache-2.0
//
// The list that one came from, with its search and filters: a record's page leads back to it.
import { tr } from './base';

const lists: Record<string, () => string> = {
    '/': () => tr('概览', 'Overview'),
    '/applications': () => tr('投递', 'Applications'),
    '/orders': () => tr('背景调查', 'Background checks'),
    '/interviews': () => tr('面试', 'Interviews'),
};
const pathOf = (address: string) => address.split('?')[0];
const KEPT = 'hired.list';

// address: of the page that is shown. A list is remembered in this tab, over a reload too.
export function visited(address: string) {
    if (pathOf(address) in lists) sessionStorage.setItem(KEPT, address);
}

// own: the list to lead to when the page was opened by its address alone.
export function back(own: string): { href: string; name: string } {
    const href = sessionStorage.getItem(KEPT) ?? own;
    const name = (lists[pathOf(href)] ?? lists[own])();
    return { href, name };
}
