// SPDX-License-Identifier: Apache-2.0
//
// Local times as the form holds them, and the moments they name in the browser's zone: usually one; none if the clocks go forward
// over it; two if they go back over it. A moment that was loaded keeps its milliseconds as long as the entered date and time
// match it.
import { isoDay } from '../interviews/dates';

const MINUTE = 60_000,
    DAY = 24 * 60 * MINUTE;

export interface Time {
    date: string; // 2026-03-09
    clock: string; // 14:00
    was?: number; // the loaded moment, as long as date and clock match it
}
export const clockOf = (ms: number) => new Date(ms).toTimeString().slice(0, 5);
export const timeAt = (ms: number): Time => ({ date: isoDay(new Date(ms)), clock: clockOf(ms), was: ms });
const says = (t: Time, ms: number) => isoDay(new Date(ms)) === t.date && clockOf(ms) === t.clock;
const asUtc = (t: Time) => Date.parse(`${t.date}T${t.clock}:00Z`);
const offset = (ms: number) => new Date(ms).getTimezoneOffset() * MINUTE;

// The moments that date and clock name, earliest first; empty if either is not filled in.
export function momentsOf(t: Time) {
    const utc = asUtc(t);
    if (Number.isNaN(utc)) return [];
    const all = new Set([utc + offset(utc - DAY), utc + offset(utc + DAY)].filter((ms) => says(t, ms)));
    return [...all].sort((a, b) => a - b);
}
// The chosen moment, or NaN if there is none.
export const momentOf = (t: Time) => (t.was !== undefined && says(t, t.was) ? t.was : (momentsOf(t)[0] ?? NaN));

// The local times between which the clocks skip this time; undefined if they do not, or if it is not filled in.
export function gapOf(t: Time): [string, string] | undefined {
    const utc = asUtc(t);
    if (Number.isNaN(utc) || momentsOf(t).length) return undefined;
    let before = utc - 2 * DAY,
        after = utc + 2 * DAY;
    const old = offset(before);
    while (after - before > 1) {
        const middle = Math.floor((before + after) / 2);
        if (offset(middle) === old) before = middle;
        else after = middle;
    }
    const clockUnder = (o: number) => new Date(after - o).toISOString().slice(11, 16);
    return [clockUnder(old), clockUnder(offset(after))];
}
// The offset from UTC at that moment: "UTC+2", "UTC+10:30".
export function aheadOf(ms: number) {
    const minutes = -offset(ms) / MINUTE,
        abs = Math.abs(minutes),
        rest = abs % 60;
    return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(abs / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}
// The day that is that many days later.
export function daysAfter(date: string, days: number) {
    const utc = Date.parse(`${date}T00:00:00Z`);
    return Number.isNaN(utc) ? date : new Date(utc + days * DAY).toISOString().slice(0, 10);
}
export const daysBetween = (from: string, to: string) =>
    Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY) || 0;
