// SPDX-License-Identifier: Apache-2.0
//
// Where the keyboard and a screen reader stand when another page has come: at its head, which is read out; back in a page
// that was left, at the link by which it was left.

const pathOf = (address: string) => address.split('?')[0];
// The settings are one page whose tabs have addresses of their own.
const pageAt = (address: string) => pathOf(address).replace(/^(\/settings)\/.*/, '$1');

// What is to happen when the next head is there. moved: to another page; if not, only a focus that was lost is put back.
let due: { moved: boolean; link?: string } | null = null;
// Who goes on meanwhile is left where they are.
for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => (due = null), true);

// link: the address of the link that is to have the focus, if the page has one.
export function depart(from: string, to: string, link?: string) {
    if (pathOf(from) !== pathOf(to)) due = { moved: pageAt(from) !== pageAt(to), link };
}
// passing: another head takes this one's place when more of the page is there.
export function arrive(head: HTMLElement | null, passing: boolean) {
    if (!due || !head) return;
    const { moved, link } = due;
    if (!passing) due = null;
    if (!moved && document.activeElement !== document.body) return;
    const links = link ? [...document.querySelectorAll<HTMLElement>('main a')] : [];
    (links.find((a) => a.getAttribute('href') === link) ?? head).focus({ preventScroll: true });
}
// For what takes itself away when it is used.
export const toHead = () => document.querySelector<HTMLElement>('main h1')?.focus();
