// SPDX-License-Identifier: Apache-2.0
//
// Moves the focus after a page change: to the new page's heading, which screen readers then read out; after going back, to the
// link through which the user left that page.

const pathOf = (address: string) => address.split('?')[0];
// The settings tabs have an address each, but count as one page.
const pageAt = (address: string) => pathOf(address).replace(/^(\/settings)\/.*/, '$1');

// Where the focus goes once the next heading is rendered. moved: the page changed; if false, the focus moves only if it was lost.
let due: { moved: boolean; link?: string } | null = null;
// A user who presses a key or clicks in the meantime keeps the focus where it is.
for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => (due = null), true);

// link: the href of the link to focus, if the page has it.
export function depart(from: string, to: string, link?: string) {
    if (pathOf(from) !== pathOf(to)) due = { moved: pageAt(from) !== pageAt(to), link };
}
// passing: this heading is a placeholder that the loaded page's heading replaces.
export function arrive(head: HTMLElement | null, passing: boolean) {
    if (!due || !head) return;
    const { moved, link } = due;
    if (!passing) due = null;
    if (!moved && document.activeElement !== document.body) return;
    const links = link ? [...document.querySelectorAll<HTMLElement>('main a')] : [];
    (links.find((a) => a.getAttribute('href') === link) ?? head).focus({ preventScroll: true });
}
// For controls that are removed when they are used: moves the focus to the heading.
export const toHead = () => document.querySelector<HTMLElement>('main h1')?.focus();
