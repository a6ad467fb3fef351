// SPDX-License-Identifier: Apache-2.0
//
// Remembers the last list that the user visited, with its search and filters, for the "back" link of a record's page.
import { tr } from './base';

const lists: Record<string, () => string> = {
    '/': () => tr('概览', 'Overview'),
    '/applications': () => tr('投递', 'Applications'),
    '/orders': () => tr('背景调查', 'Background checks'),
    '/interviews': () => tr('面试', 'Interviews'),
};
const pathOf = (address: string) => address.split('?')[0];
const KEPT = 'hired.list';

// address: the page that is shown. The list is kept per tab in sessionStorage, so it survives a reload.
export function visited(address: string) {
    if (pathOf(address) in lists) sessionStorage.setItem(KEPT, address);
}

// own: the list to link to if the user opened the page directly by its address.
export function back(own: string): { href: string; name: string } {
    const href = sessionStorage.getItem(KEPT) ?? own;
    const name = (lists[pathOf(href)] ?? lists[own])();
    return { href, name };
}
