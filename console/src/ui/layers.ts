// SPDX-License-Identifier: Apache-2.0
//
// The stack of open layers, and the focus: it moves into the top layer, Tab stays in it, Escape closes it, and the element that
// opened it gets the focus back. Elements below are inert. `useLayer` in layer.tsx is the interface.

// Where the focus returns when a layer closes: to the element that had it or, if that is gone, to its nearest neighbour.
interface Way {
    el: Element | null;
    around: Element[]; // its ancestors, nearest first
    place: number; // index of el in the nearest one
}
interface Entry {
    el: HTMLElement;
    close: () => void;
    back: Way;
    depth: number;
}
const open: Entry[] = [];
let silenced: HTMLElement[] = [];

const CAN_HAVE_FOCUS = 'a[href],button,input,select,textarea,iframe,summary,[tabindex]';
// The elements in el that Tab reaches, in order.
export const tabbable = (el: Element) =>
    [...el.querySelectorAll<HTMLElement>(CAN_HAVE_FOCUS)].filter(
        (x) =>
            x.tabIndex >= 0 &&
            !x.matches(':disabled, [data-guard]') &&
            !x.closest('[inert]') &&
            x.getClientRects().length > 0,
    );
export const anyLayer = () => open.length > 0;

function wayTo(el: Element | null): Way {
    const around: Element[] = [];
    for (let at = el?.parentElement; at && at !== document.body; at = at.parentElement) around.push(at);
    return { el, around, place: el?.parentElement ? [...el.parentElement.children].indexOf(el) : 0 };
}
export function wayBack(): Way {
    const active = document.activeElement;
    // The focused element of a layer may have been removed or disabled by its own action: then the layer itself is used.
    return wayTo(active === document.body ? (open[open.length - 1]?.el ?? null) : active);
}

// Makes everything inert except the top layer and the elements above it (toasts, the scrim that closes it).
function silence() {
    for (const el of silenced) el.inert = false;
    silenced = [];
    const top = open[open.length - 1];
    const root = document.documentElement;
    const bar = innerWidth - root.clientWidth;
    if (top && !root.classList.contains('covered')) document.body.style.paddingRight = bar ? `${bar}px` : '';
    if (!top) document.body.style.paddingRight = '';
    root.classList.toggle('covered', !!top);
    if (!top) return;
    for (let at: HTMLElement = top.el; at !== document.body && at.parentElement; at = at.parentElement)
        for (const other of at.parentElement.children) {
            if (other === at || !(other instanceof HTMLElement) || other.inert) continue;
            if (other.matches('.semi-toast-wrapper, [data-above], script')) continue;
            other.inert = true;
            silenced.push(other);
        }
}

// ---- the focus ----

// Focuses the first input, else the element marked with data-focus, else the layer's frame, so that screen readers read its
// label.
function focusInto(el: HTMLElement) {
    const inside = tabbable(el);
    const body = el.querySelector('[data-layer-body]');
    const field = inside.find((x) => body?.contains(x) && x.matches('input, select, textarea'));
    const marked = inside.find((x) => x.hasAttribute('data-focus'));
    const frame = el.matches('[role=dialog]') ? el : el.querySelector<HTMLElement>('[role=dialog]');
    (field ?? marked ?? frame)?.focus({ preventScroll: true });
}
function takes(el: Element | null) {
    if (!(el instanceof HTMLElement) || !el.isConnected) return false;
    el.focus({ preventScroll: true });
    return document.activeElement === el;
}
function toNeighbour(back: Way) {
    const [nearest] = back.around;
    // A button is rendered anew when it shows progress, so the element at the same index is tried first.
    if (nearest?.isConnected && tabbable(nearest).includes(nearest.children[back.place] as HTMLElement))
        return void takes(nearest.children[back.place]);
    for (const at of back.around) {
        if (!at.isConnected) continue;
        if (at.matches('main')) return void (takes(at.querySelector('h1')) || takes(at));
        if (takes(tabbable(at)[0] ?? null)) return;
    }
}
let watcher: MutationObserver | null = null;
function unwatch() {
    watcher?.disconnect();
    watcher = null;
}
for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, unwatch, true);
// The element that opened a layer may be removed shortly after the layer closes, by the change the layer made. Until the user
// presses a key or clicks, the focus then moves to its neighbour.
function giveBack(back: Way) {
    if (!back.el) return;
    if (!takes(back.el)) return toNeighbour(back);
    unwatch();
    watcher = new MutationObserver(() => {
        if (back.el?.isConnected) return;
        unwatch();
        if (document.activeElement === document.body) toNeighbour(back);
    });
    watcher.observe(document.body, { childList: true, subtree: true });
}

// Restores the focus when the focused element of an open layer is removed.
let held: Way | null = null;
addEventListener('focusin', (e) => (held = open.length ? wayTo(e.target as Element) : null), true);
const holder = new MutationObserver(() => {
    const top = open[open.length - 1];
    if (!top || !held || held.el?.isConnected || document.activeElement !== document.body) return;
    if (!held.around.some((at) => at.isConnected && top.el.contains(at))) return;
    toNeighbour(held);
    if (!top.el.contains(document.activeElement)) focusInto(top.el);
});
holder.observe(document.body, { childList: true, subtree: true });

// ---- coming and going ----

let gone: Entry[] = [];
// Several layers may close and one may open in the same task: settle() runs once, after all of them.
function settle() {
    const left = gone.sort((a, b) => a.depth - b.depth);
    gone = [];
    // If a layer was opened from one that has closed, its focus returns to the element that had opened the closed one.
    for (const o of open)
        for (const g of [...left].reverse()) if (o.back.el && g.el.contains(o.back.el)) o.back = g.back;
    const active = document.activeElement;
    const lost = !active || active === document.body || left.some((g) => g.el.contains(active));
    if (lost || active.closest('[inert]')) giveBack(left[0].back);
    const top = open[open.length - 1];
    if (top && !top.el.contains(document.activeElement)) focusInto(top.el);
}
// Opens a layer; the returned function closes it. close: called for Escape.
export function enter(el: HTMLElement, close: () => void, back: Way) {
    const entry: Entry = { el, close, back, depth: open.length };
    unwatch();
    open.push(entry);
    silence();
    if (!el.contains(document.activeElement)) focusInto(el);
    return () => {
        open.splice(open.indexOf(entry), 1);
        silence();
        if (gone.push(entry) === 1) queueMicrotask(settle);
    };
}

// ---- the keys ----

function turn(e: KeyboardEvent, top: HTMLElement) {
    const inside = tabbable(top),
        active = document.activeElement,
        first = inside[0],
        last = inside[inside.length - 1];
    const within = active instanceof HTMLElement && inside.includes(active);
    const out = e.shiftKey ? active === first : active === last;
    // If the layer's frame itself has the focus, Tab follows the order of the document.
    const fromFrame = !within && !!active && top.contains(active) && !e.shiftKey && inside.length > 0;
    if ((within && !out) || fromFrame) return;
    e.preventDefault();
    (e.shiftKey ? last : first)?.focus();
}
document.addEventListener('keydown', (e) => {
    const top = open[open.length - 1];
    if (!top || e.defaultPrevented || e.isComposing) return;
    if (e.key === 'Tab') turn(e, top.el);
    if (e.key !== 'Escape') return;
    // Escape in a search field first clears the field.
    const at = e.target as HTMLElement;
    if (at instanceof HTMLInputElement && at.type === 'search' && at.value) return;
    e.preventDefault();
    top.close();
});
