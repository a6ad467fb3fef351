// SPDX-License-Identifier: Apache-2.0
//
// Days, weeks and time zones of the calendar, all in the browser's zone.
import { isZhNow, tr } from '../../base';
import type { Interview } from '../../types';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
// Do not add this to a date to get another day: days on which the clocks change are longer or shorter.
export const DAY = 24 * HOUR;

export function midnight(of: Date | number) {
    const d = new Date(of);
    d.setHours(0, 0, 0, 0);
    return d;
}
export function addDays(of: Date | number, days: number) {
    const d = new Date(of);
    d.setDate(d.getDate() + days);
    return d;
}
export function monday(of: Date) {
    const d = midnight(of);
    return addDays(d, -((d.getDay() + 6) % 7));
}
export const week = (start: Date) => Array.from({ length: 7 }, (_, n) => addDays(start, n));
// The format in addresses: 2026-03-09.
export const isoDay = (d: Date) => d.toLocaleDateString('sv');
export const isToday = (d: Date) => d.toDateString() === new Date().toDateString();

const locale = () => (isZhNow() ? 'zh-CN' : 'en-GB');
export const weekday = (d: Date) => d.toLocaleDateString(locale(), { weekday: 'short' });
export const longDay = (d: Date) => d.toLocaleDateString(locale(), { month: 'long', day: 'numeric', weekday: 'long' });
export function span(first: Date, last: Date) {
    if (!isZhNow())
        return new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'short', day: 'numeric' }).formatRange(
            first,
            last,
        );
    const zh = (d: Date, year: boolean) => `${year ? `${d.getFullYear()}年` : ''}${d.getMonth() + 1}月${d.getDate()}日`;
    return `${zh(first, true)} – ${zh(last, first.getFullYear() !== last.getFullYear())}`;
}

// "Asia/Shanghai (GMT+8)", at the given moment.
export function zone(at: number | Date = Date.now()) {
    const offset = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' })
        .formatToParts(at)
        .find((p) => p.type === 'timeZoneName')?.value;
    const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return offset && name !== 'UTC' ? `${name} (${offset})` : name;
}

export const beginOf = (i: Interview) => Number(i.begin_time ?? 0);
// An interview without an end is shown as 30 minutes.
export const endOf = (i: Interview) =>
    Math.max(Number(i.end_time ?? 0), beginOf(i) + MINUTE) || beginOf(i) + 30 * MINUTE;
export const within = (i: Interview, day: Date) =>
    beginOf(i) < addDays(day, 1).getTime() && endOf(i) > day.getTime() && beginOf(i) > 0;
export const beginsOn = (i: Interview, day: Date) =>
    beginOf(i) >= day.getTime() && beginOf(i) < addDays(day, 1).getTime();

// "45 minutes", "1 h 30 min".
export function lengthOf(ms: number) {
    const minutes = Math.round(ms / MINUTE),
        h = Math.floor(minutes / 60),
        m = minutes % 60;
    return [h && tr(`${h} 小时`, `${h} h`), m && tr(`${m} 分钟`, `${m} min`)].filter(Boolean).join(' ');
}
