// SPDX-License-Identifier: Apache-2.0
//
// The layers that are open over the page, and the focus: it goes into the one on top, Tab keeps it there, Escape closes it, and
// what opened it has the focus again. What lies beneath is inert. `useLayer` in layer.tsx is the way in.

// Where the focus goes when a layer closes: what had it, or failing that what is nearest to where that stood.
interface Way {
    el: Element | null;
    around: Element[]; // nearest first
    place: number; // of el in the nearest one
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
// What Tab reaches in el, in order.
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
    // What had the focus in a layer may be gone or disabled by what it did: then the layer stands for it.
    return wayTo(active === document.body ? (open[open.length - 1]?.el ?? null) : active);
}

// Everything but the layer on top and what speaks from above it (toasts, the scrim that closes it) is inert.
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

// The first field that is to be filled in, else what the layer marks (data-focus), else the layer's own frame, whose label is
// read out then.
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
    // A button that shows its progress is made anew.
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
// What opened a layer may go a moment after it closed, with what the layer changed: until the reader goes on by themselves, its
// neighbour has the focus then.
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

// What has the focus in a layer may go while the layer stays.
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
// Several layers may close, and one open, in the same moment: what is decided is decided when that is over.
function settle() {
    const left = gone.sort((a, b) => a.depth - b.depth);
    gone = [];
    // A layer that was opened from one that has closed gives back to what had opened that.
    for (const o of open)
        for (const g of [...left].reverse()) if (o.back.el && g.el.contains(o.back.el)) o.back = g.back;
    const active = document.activeElement;
    const lost = !active || active === document.body || left.some((g) => g.el.contains(active));
    if (lost || active.closest('[inert]')) giveBack(left[0].back);
    const top = open[open.length - 1];
    if (top && !top.el.contains(document.activeElement)) focusInto(top.el);
}
// Opens a layer; what is returned closes it. close: what Escape asks for.
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
    // From the frame itself, Tab goes on by the order of the document.
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
    // A search field takes its text away first.
    const at = e.target as HTMLElement;
    if (at instanceof HTMLInputElement && at.type === 'search' && at.value) return;
    e.preventDefault();
    top.close();
});
