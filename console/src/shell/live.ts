// SPDX-License-Identifier: Apache-2.0
//
// Change notifications from the server, and whether the browser is online.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { get } from '../api';
import { regain } from '../session';
import type { Application, OrderDetail } from '../types';
import { changeRow, freshen, pagesOf } from '../ui';

const GATHER_MS = 100; // changes within this time are handled together
const BUSY_MS = 1000; // the interval while changes keep coming
const SLOW_MS = 5000; // shortest interval between two requests for totals over all records
const SINGLY_MAX = 20; // rows that are reloaded one by one; above that, only the list's first page is
const AGAIN_MS = 2000; // wait before reconnecting a refused stream

// For each kind of record: the queries that show one, its lists, and the totals that include it.
const shows: Record<string, { one?: string; more: string[]; lists: string[]; figures?: string }> = {
    order: { one: 'order', more: ['application'], lists: ['orders'], figures: 'overview' },
    application: { one: 'application', more: [], lists: ['applications'] },
    interview: { more: ['interview', 'interviews', 'application'], lists: [] },
    delivery: { more: ['events', 'event'], lists: [], figures: 'overview' },
};
const slow = new Map<string, { timer: number; at: number }>();
function askSlowly(qc: QueryClient, key: string) {
    const s = slow.get(key) ?? { timer: 0, at: 0 };
    slow.set(key, s);
    const now = () => {
        s.timer = 0;
        s.at = Date.now();
        void qc.invalidateQueries({ queryKey: [key] });
    };
    s.timer ||= window.setTimeout(now, Math.max(0, s.at + SLOW_MS - Date.now()));
}
// ids: the changed records; '' means that many changed.
function ask(qc: QueryClient, kind: string, ids: Set<string>) {
    const s = shows[kind];
    if (!s) return;
    const known = ids.has('') ? [] : [...ids];
    if (s.one && known.length) for (const id of known) void qc.invalidateQueries({ queryKey: [s.one, id] });
    else if (s.one) void qc.invalidateQueries({ queryKey: [s.one] });
    for (const k of s.more) void qc.invalidateQueries({ queryKey: [k] });
    for (const k of s.lists) void freshen(qc, k, known);
    if (s.figures) askSlowly(qc, s.figures);
    if (kind === 'order') void showChecks(qc, known);
}
// An application's row shows its check, whose changes do not move the row: in a long list, only that row is reloaded.
async function showChecks(qc: QueryClient, ids: string[]) {
    const long = qc
        .getQueryCache()
        .findAll({ queryKey: ['applications'], predicate: (q) => q.isActive() && pagesOf(q) > 1 });
    void qc.invalidateQueries({ queryKey: ['applications'], predicate: (q) => !long.includes(q) || !ids.length });
    if (!long.length || ids.length > SINGLY_MAX) return;
    for (const id of ids) {
        const o = await get<OrderDetail>(`orders/${id}`).catch(() => null);
        const at = o?.order.application_id;
        if (!o || !at) continue;
        const order = { id, status: o.status, phase: o.phase, conclusion: o.order.conclusion };
        for (const q of long) changeRow<Application>(qc, q.queryKey, at, (row) => ({ ...row, order }));
    }
}

function listen(qc: QueryClient, setLost: (lost: boolean) => void) {
    const changed = new Map<string, Set<string>>();
    let source: EventSource,
        timer = 0,
        retry = 0,
        told = 0,
        missed = false, // since the last open connection
        over = false;
    const tell = () => {
        timer = 0;
        told = Date.now();
        for (const [kind, ids] of changed) ask(qc, kind, ids);
        changed.clear();
    };
    const hear = (e: MessageEvent) => {
        let d: { kind?: string; id?: string } = {};
        try {
            d = JSON.parse(e.data);
        } catch {
            return;
        }
        if (!d.kind) return;
        if (d.kind === 'reload') {
            // The server skipped notifications: everything shown may be out of date.
            changed.clear();
            void qc.invalidateQueries();
            return;
        }
        changed.set(d.kind, (changed.get(d.kind) ?? new Set()).add(d.id ?? ''));
        timer ||= window.setTimeout(tell, Date.now() - told < 2 * BUSY_MS ? BUSY_MS : GATHER_MS);
    };
    const open = () => {
        source = new EventSource('/console/api/events/stream');
        source.onmessage = hear;
        source.onopen = () => {
            if (missed) void qc.invalidateQueries();
            missed = false;
            setLost(false);
        };
        source.onerror = async () => {
            missed = true;
            // The browser reconnects by itself unless the server refused the stream. In that case the session may have ended, so
            // it is checked.
            if (source.readyState !== EventSource.CLOSED) return setLost(true);
            const at = Date.now();
            await regain().catch(() => false);
            if (over) return;
            const wait = Math.max(0, at + AGAIN_MS - Date.now());
            if (wait) setLost(true);
            retry = window.setTimeout(open, wait);
        };
    };
    open();
    return () => {
        over = true;
        source.close();
        clearTimeout(timer);
        clearTimeout(retry);
    };
}

// Invalidates the queries that show a changed record. Returns true while the connection is lost.
export function useLive() {
    const qc = useQueryClient();
    const [lost, setLost] = useState(false);
    useEffect(() => listen(qc, setLost), [qc]);
    return lost;
}
const online = (l: () => void) => {
    addEventListener('online', l);
    addEventListener('offline', l);
    return () => {
        removeEventListener('online', l);
        removeEventListener('offline', l);
    };
};
export const useOnline = () => useSyncExternalStore(online, () => navigator.onLine);
