// SPDX-License-Identifier: Apache-2.0
//
// Times of a day as people fill them in, in the browser's zone, and the moments that they name: mostly one; none when the clocks go
// forward over it, two when they go back over it. A moment that was there before stays what it was, to the millisecond, as long
// as what is filled in still says it.
import { isoDay } from '../interviews/dates';

const MINUTE = 60_000,
    DAY = 24 * 60 * MINUTE;

export interface Time {
    date: string; // 2026-03-09
    clock: string; // 14:00
    was?: number; // the moment that was meant, as long as date and clock say it
}
export const clockOf = (ms: number) => new Date(ms).toTimeString().slice(0, 5);
export const timeAt = (ms: number): Time => ({ date: isoDay(new Date(ms)), clock: clockOf(ms), was: ms });
const says = (t: Time, ms: number) => isoDay(new Date(ms)) === t.date && clockOf(ms) === t.clock;
const asUtc = (t: Time) => Date.parse(`${t.date}T${t.clock}:00Z`);
const offset = (ms: number) => new Date(ms).getTimezoneOffset() * MINUTE;

// The moments that date and clock name, earliest first; none as well where something is not filled in.
export function momentsOf(t: Time) {
    const utc = asUtc(t);
    if (Number.isNaN(utc)) return [];
    const all = new Set([utc + offset(utc - DAY), utc + offset(utc + DAY)].filter((ms) => says(t, ms)));
    return [...all].sort((a, b) => a - b);
}
// The moment that is meant; NaN: there is none.
export const momentOf = (t: Time) => (t.was !== undefined && says(t, t.was) ? t.was : (momentsOf(t)[0] ?? NaN));

// Between which times of the day the clocks go forward over this one; absent: they do not, or it is not filled in.
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
// What the clock is ahead of UTC at that moment: "UTC+2", "UTC+10:30".
export function aheadOf(ms: number) {
    const minutes = -offset(ms) / MINUTE,
        abs = Math.abs(minutes),
        rest = abs % 60;
    return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(abs / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}
// So many days after it.
export function daysAfter(date: string, days: number) {
    const utc = Date.parse(`${date}T00:00:00Z`);
    return Number.isNaN(utc) ? date : new Date(utc + days * DAY).toISOString().slice(0, 10);
}
export const daysBetween = (from: string, to: string) =>
    Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY) || 0;
